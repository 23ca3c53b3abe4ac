/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#define __init		__section(".init.text") __cold
#define __initdata	__section(".init.data")
#define __exit		__section(".exit.text")
#define __ref		__section(".ref.text") noinline

typedef int (*initcall_t)(void);
typedef initcall_t initcall_entry_t;

#define __define_initcall(fn, id) \
	static initcall_t __initcall_##fn##id __used \
		__section(".initcall" #id ".init") = fn

#define subsys_initcall(fn)	__define_initcall(fn, 4)
#define rootfs_initcall(fn)	__define_initcall(fn, rootfs)
#define device_initcall(fn)	__define_initcall(fn, 6)

struct obs_kernel_param {
	const char *str;
	int (*setup_func)(char *);
	int early;
};

#define __setup_param(string, id, fn, early_) \
	static struct obs_kernel_param __setup_##id \
		__section(".init.setup") = { string, fn, early_ }

#define __setup(string, fn)	__setup_param(string, fn, fn, 0)
#define early_param(string, fn)	__setup_param(string, fn, fn, 1)

extern char boot_command_line[];
void setup_arch(char **cmdline_p);

#endif /* _LINUX_INIT_H */
