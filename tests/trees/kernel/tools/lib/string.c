// SPDX-License-Identifier: MIT OR Apache-2.0
/* For the tools, which run in user space. */
#include <stdlib.h>
#include <string.h>

char *kstrdup(const char *s)
{
	return strdup(s);
}

void kfree(void *p)
{
	free(p);
}
