// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/crash_core.h>
#include <linux/init.h>

static void __init reserve_crashkernel(void)
{
	unsigned long long size, base;

	if (parse_crashkernel(boot_command_line, &size, &base) || !size)
		return;
	if (!base)
		base = memblock_phys_alloc_range(size, CRASH_ALIGN);
	crashk_res.start = base;
	crashk_res.end = base + size - 1;
	pr_info("Reserving %lluMB of memory at %lluMB for crashkernel\n",
		size >> 20, base >> 20);
}

void __init setup_arch(char **cmdline_p)
{
	*cmdline_p = boot_command_line;
	early_cpu_init();
	reserve_crashkernel();
}
