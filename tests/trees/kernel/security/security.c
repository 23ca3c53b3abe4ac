// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/security.h>

int security_sb_pivotroot(const struct path *old_path,
			  const struct path *new_path)
{
	return call_int_hook(sb_pivotroot, 0, old_path, new_path);
}
