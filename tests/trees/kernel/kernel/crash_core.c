// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Memory that is set aside for the kernel that runs after a crash.
 */
#include <linux/crash_core.h>
#include <linux/init.h>

struct resource crashk_res = {
	.name	= "Crash kernel",
	.start	= 0,
	.end	= 0,
};

/*
 * crashkernel=size[@offset]
 */
static int __init parse_crashkernel_simple(char *cmdline,
					   unsigned long long *crash_size,
					   unsigned long long *crash_base)
{
	char *cur = cmdline;

	*crash_size = memparse(cmdline, &cur);
	if (cmdline == cur) {
		pr_warn("crashkernel: memory value expected\n");
		return -EINVAL;
	}
	if (*cur == '@')
		*crash_base = memparse(cur + 1, &cur);
	else if (*cur != ' ' && *cur != '\0') {
		pr_warn("crashkernel: unrecognized char: %c\n", *cur);
		return -EINVAL;
	}
	return 0;
}

static char * __init get_last_crashkernel(char *cmdline, const char *name)
{
	char *p, *last = NULL;

	for (p = strstr(cmdline, name); p; p = strstr(p + 1, name))
		last = p;
	return last;
}

int __init parse_crashkernel(char *cmdline, unsigned long long *crash_size,
			     unsigned long long *crash_base)
{
	char *found = get_last_crashkernel(cmdline, "crashkernel=");

	*crash_size = 0;
	*crash_base = 0;
	if (!found)
		return -ENOENT;
	return parse_crashkernel_simple(found + strlen("crashkernel="),
					crash_size, crash_base);
}

/* Only so that the parameter counts as known; setup_arch() reads it. */
static int __init parse_crashkernel_dummy(char *arg)
{
	return 0;
}
early_param("crashkernel", parse_crashkernel_dummy);

static int __init crash_notes_memory_init(void)
{
	return alloc_crash_notes() ? 0 : -ENOMEM;
}
subsys_initcall(crash_notes_memory_init);
