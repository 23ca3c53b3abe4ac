/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define __NR_pivot_root 41
__SYSCALL(__NR_pivot_root, sys_pivot_root)
#define __NR_kexec_load 104
__SYSCALL(__NR_kexec_load, sys_kexec_load)
