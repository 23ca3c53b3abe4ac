/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LAMP_H
#define _LINUX_LAMP_H

struct lamp {
	bool on;
	bool broken;
	const char *name;
};

int lamp_switch(struct lamp *lamp, bool on);
int lamp_level(const struct lamp *lamp);

#endif
