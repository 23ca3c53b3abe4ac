/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The way into the kernel: from the SYSCALL instruction to C.
 */
#include <linux/linkage.h>

	.code64
	.section .entry.text, "ax"

SYM_CODE_START(entry_SYSCALL_64)
	swapgs
	pushq	%rcx
	pushq	%r11
	movq	%rsp, %rdi
	movslq	%eax, %rsi
	call	do_syscall_64
	popq	%r11
	popq	%rcx
	swapgs
	sysretq
SYM_CODE_END(entry_SYSCALL_64)

SYM_FUNC_START(clear_page_orig)
	xorl	%eax, %eax
	movl	$4096/8, %ecx
	rep stosq
	ret
SYM_FUNC_END(clear_page_orig)
