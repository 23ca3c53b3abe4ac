/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_CRASH_CORE_H
#define _LINUX_CRASH_CORE_H

extern struct resource crashk_res;

int parse_crashkernel(char *cmdline, unsigned long long *crash_size,
		      unsigned long long *crash_base);

#endif /* _LINUX_CRASH_CORE_H */
