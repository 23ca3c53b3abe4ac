// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * System calls that may be left out.
 */
#include <linux/syscalls.h>

asmlinkage long sys_ni_syscall(void)
{
	return -ENOSYS;
}

COND_SYSCALL(kexec_load);
