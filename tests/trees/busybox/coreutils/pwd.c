/* SPDX-License-Identifier: MIT OR Apache-2.0 */
//config:config PWD
//config:	bool "pwd"

//applet:IF_PWD(APPLET(pwd, BB_DIR_BIN, BB_SUID_DROP))

//kbuild:lib-$(CONFIG_PWD) += pwd.o

//usage:#define pwd_trivial_usage
//usage:	""

#include "libbb.h"

int pwd_main(int argc, char **argv)
{
	char *folder = current_folder();

	if (!folder)
		return EXIT_FAILURE;
	puts(folder);
	return fflush_all();
}
