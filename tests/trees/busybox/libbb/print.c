/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "libbb.h"

int fflush_all(void)
{
	return fflush(NULL);
}

void print_words(char **words)
{
	for (; *words; words++)
		printf("%s%s", *words, words[1] ? " " : "");
}
