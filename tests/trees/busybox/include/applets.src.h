/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The applets; lines that begin with INSERT are filled from the sources.
 */
#ifndef APPLET
# define APPLET(name, where, suid)
#endif
INSERT
