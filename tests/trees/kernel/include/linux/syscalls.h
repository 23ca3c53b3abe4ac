/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_SYSCALLS_H
#define _LINUX_SYSCALLS_H

#define SYSCALL_DEFINE0(name) \
	asmlinkage long sys_##name(void)
#define SYSCALL_DEFINEx(x, name, ...) \
	asmlinkage long sys##name(__MAP(x, __SC_DECL, __VA_ARGS__))
#define SYSCALL_DEFINE2(name, ...) SYSCALL_DEFINEx(2, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE3(name, ...) SYSCALL_DEFINEx(3, _##name, __VA_ARGS__)

asmlinkage long sys_open(const char __user *filename, int flags, umode_t mode);
asmlinkage long sys_fork(void);
asmlinkage long sys_pivot_root(const char __user *new_root,
			       const char __user *put_old);
asmlinkage long sys_ni_syscall(void);

#endif /* _LINUX_SYSCALLS_H */
