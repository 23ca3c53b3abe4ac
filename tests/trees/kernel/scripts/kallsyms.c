// SPDX-License-Identifier: MIT OR Apache-2.0
/* Turns the output of nm into a table of symbols. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void panic(const char *message)
{
	fprintf(stderr, "kallsyms: %s\n", message);
	exit(1);
}

int main(void)
{
	char line[512];

	while (fgets(line, sizeof(line), stdin)) {
		if (strlen(line) < 19)
			panic("short line");
		fputs(line + 19, stdout);
	}
	return 0;
}
