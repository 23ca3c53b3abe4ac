// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Where the kernel begins: from the first C function to the first program.
 */
#include <linux/crash_core.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/slab.h>

char boot_command_line[COMMAND_LINE_SIZE] __initdata;
static char *execute_command;
static char *ramdisk_execute_command = "/init";
static bool bootconfig_found __initdata;

static const char *argv_init[MAX_INIT_ARGS + 2] = { "init", NULL };
const char *envp_init[MAX_INIT_ENVS + 2] = { "HOME=/", "TERM=linux", NULL };

static int kernel_init(void *unused);

/* Which program is run in the root folder, instead of /sbin/init. */
static int __init init_setup(char *str)
{
	execute_command = str;
	return 1;
}
__setup("init=", init_setup);

/* Which program is run in the initramfs, instead of /init. */
static int __init rdinit_setup(char *str)
{
	ramdisk_execute_command = str;
	return 1;
}
__setup("rdinit=", rdinit_setup);

#ifdef CONFIG_BOOT_CONFIG
static int __init warn_bootconfig(char *str)
{
	pr_warn("bootconfig is found on the command line, but no file was loaded\n");
	return 0;
}

static void __init setup_boot_config(void)
{
	if (strstr(boot_command_line, "bootconfig"))
		bootconfig_found = true;
	if (!bootconfig_found)
		return;
	if (xbc_init(initrd_end()) < 0)
		warn_bootconfig(NULL);
}
early_param("bootconfig", warn_bootconfig);
#else
static inline void setup_boot_config(void) { }
#endif

static int run_init_process(const char *init_filename)
{
	argv_init[0] = init_filename;
	pr_info("Run %s as init process\n", init_filename);
	return kernel_execve(init_filename, argv_init, envp_init);
}

static int try_to_run_init_process(const char *init_filename)
{
	int ret = run_init_process(init_filename);

	if (ret && ret != -ENOENT)
		pr_err("Starting init: %s exists but can't be run (error %d)\n",
		       init_filename, ret);
	return ret;
}

static void __init do_one_initcall(initcall_t fn)
{
	int ret = fn();

	if (ret)
		pr_debug("initcall %ps returned %d\n", fn, ret);
}

static void __init do_initcalls(void)
{
	initcall_entry_t *entry;

	for (entry = __initcall_start; entry < __initcall_end; entry++)
		do_one_initcall(initcall_from_entry(entry));
}

/* Everything that needs memory and a scheduler, but no user space yet. */
static void __init do_basic_setup(void)
{
	driver_init();
	do_initcalls();
}

static noinline void __init kernel_init_freeable(void)
{
	do_basic_setup();
	console_on_rootfs();
	if (init_eaccess(ramdisk_execute_command) != 0) {
		ramdisk_execute_command = NULL;
		prepare_namespace();
	}
}

static int __ref kernel_init(void *unused)
{
	kernel_init_freeable();
	free_initmem();

	if (ramdisk_execute_command) {
		if (!run_init_process(ramdisk_execute_command))
			return 0;
	}
	if (execute_command) {
		if (!run_init_process(execute_command))
			return 0;
		panic("Requested init %s failed.", execute_command);
	}
	if (!try_to_run_init_process("/sbin/init") ||
	    !try_to_run_init_process("/bin/init") ||
	    !try_to_run_init_process("/bin/sh"))
		return 0;

	panic("No working init found. Try passing init= to the kernel.");
}

noinline void __ref rest_init(void)
{
	int pid;

	/* The first thread gets process id 1, so it is made first. */
	pid = user_mode_thread(kernel_init, NULL, CLONE_FS);
	pid = kernel_thread(kthreadd, NULL, CLONE_FS | CLONE_FILES);
	schedule_preempt_disabled();
	cpu_startup_entry(CPUHP_ONLINE);
}

asmlinkage __visible void __init __no_sanitize_address start_kernel(void)
{
	char *command_line;

	setup_arch(&command_line);
	setup_boot_config();
	parse_early_param();
	mm_init();
	sched_init();
	fork_init();
	vfs_caches_init();
	rest_init();
}
