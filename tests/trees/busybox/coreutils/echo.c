/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Prints its arguments.
 */
//config:config ECHO
//config:	bool "echo"
//config:	default y
//config:	help
//config:	Prints what it is given, with a newline at the end.

//applet:IF_ECHO(APPLET(echo, BB_DIR_BIN, BB_SUID_DROP))

//kbuild:lib-$(CONFIG_ECHO) += echo.o

//usage:#define echo_trivial_usage
//usage:	"[-n] [ARG]..."
//usage:#define echo_full_usage "\n\n"
//usage:	"Print ARGs, with blanks in between\n"
//usage:     "\n	-n	No newline at the end"

#include "libbb.h"

int echo_main(int argc, char **argv)
{
	bool newline = true;

	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = false;
		argv++;
	}
	print_words(argv + 1);
	if (newline)
		putchar('\n');
	return fflush_all();
}
