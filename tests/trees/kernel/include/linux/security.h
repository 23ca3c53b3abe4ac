/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_SECURITY_H
#define _LINUX_SECURITY_H

#ifdef CONFIG_SECURITY
int security_sb_pivotroot(const struct path *old_path,
			  const struct path *new_path);
#else
static inline int security_sb_pivotroot(const struct path *old_path,
					const struct path *new_path)
{
	return 0;
}
#endif

#endif /* _LINUX_SECURITY_H */
