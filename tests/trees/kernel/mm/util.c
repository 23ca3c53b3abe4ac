// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/slab.h>

/**
 * kstrdup - copy a string into memory of its own
 * @s: the string
 * @gfp: what the allocator may do
 */
char *kstrdup(const char *s, gfp_t gfp)
{
	size_t len = strlen(s) + 1;
	char *buf = kmalloc(len, gfp);

	if (buf)
		memcpy(buf, s, len);
	return buf;
}
EXPORT_SYMBOL(kstrdup);
