// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/types.h>

#ifndef __HAVE_ARCH_STRSTR
char *strstr(const char *s1, const char *s2)
{
	size_t len = strlen(s2);

	for (; *s1; s1++)
		if (!strncmp(s1, s2, len))
			return (char *)s1;
	return NULL;
}
EXPORT_SYMBOL(strstr);
#endif

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}
EXPORT_SYMBOL(strlen);
