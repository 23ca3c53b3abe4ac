// SPDX-License-Identifier: GPL-2.0
/* Reserves memory for the kernel that is started after a crash. */
#include <linux/init.h>
#include <linux/lamp.h>

#define RESERVE_ALIGN	(16UL << 20)

/* Reads "size[@offset]". */
static int __init parse_simple(char *cmdline, unsigned long *size,
			       unsigned long *base)
{
	char *cur = cmdline;

	*size = memparse(cmdline, &cur);
	if (cmdline == cur)
		return -EINVAL;

	if (*cur == '@')
		*base = memparse(cur + 1, &cur);

	return 0;
}

static char * __init last_option(char *cmdline, const char *name)
{
	char *p = cmdline, *found = NULL;

	while ((p = strstr(p, name))) {
		found = p;
		p += strlen(name);
	}

	return found;
}

static int __init parse_reservation(char *cmdline, unsigned long system_ram,
				    unsigned long *size,
				    unsigned long *base,
				    const char *name)
{
	char *option;

	*size = 0;
	*base = 0;

	option = last_option(cmdline, name);
	if (!option)
		return -EINVAL;

	option += strlen(name);

	return parse_simple(option, size, base);
}

int __init reserve_for_crash(char *cmdline, unsigned long system_ram)
{
	unsigned long size, base;

	if (parse_reservation(cmdline, system_ram, &size, &base, "crashkernel="))
		return 0;

	return reserve_aligned(base, size, RESERVE_ALIGN);
}

static int __init early_crashkernel(char *arg)
{
	return 0;
}
early_param("crashkernel", early_crashkernel);
