// SPDX-License-Identifier: MIT OR Apache-2.0
#include <stdio.h>
#include <stdlib.h>

static void panic(const char *message)
{
	fprintf(stderr, "fatal: %s\n", message);
	exit(1);
}

static int run_command(const char *name)
{
	if (!name)
		panic("no command");
	return puts(name);
}

int main(int argc, char **argv)
{
	return run_command(argv[1]) < 0;
}
