// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/init.h>

static void __init smp_build_mpidr_hash(void)
{
	u64 mask = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		mask |= cpu_logical_map(cpu) ^ cpu_logical_map(0);
	pr_debug("mask of mpidr: %#llx\n", mask);
}

void __init setup_arch(char **cmdline_p)
{
	*cmdline_p = boot_command_line;
	early_fixmap_init();
	smp_build_mpidr_hash();
}
