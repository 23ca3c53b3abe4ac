// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/init.h>

const char linux_banner[] = "Linux version " UTS_RELEASE " (toy)\n";

static int __init early_hostname(char *arg)
{
	return strscpy(init_uts_ns.name.nodename, arg, __NEW_UTS_LEN);
}
early_param("hostname", early_hostname);
