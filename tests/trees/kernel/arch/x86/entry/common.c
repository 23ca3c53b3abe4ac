// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/syscalls.h>

__visible noinstr void do_syscall_64(struct pt_regs *regs, int nr)
{
	if (nr < NR_syscalls)
		regs->ax = sys_call_table[nr](regs);
	else
		regs->ax = sys_ni_syscall();
}
