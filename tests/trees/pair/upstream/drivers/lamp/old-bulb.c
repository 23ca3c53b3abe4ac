// SPDX-License-Identifier: GPL-2.0
#include <linux/lamp.h>

#define BULB_WATTS	60
#define BULB_VOLTS	230
#define BULB_HOURS	1000

unsigned int bulb_current_ma(void)
{
	return BULB_WATTS * 1000 / BULB_VOLTS;
}

bool bulb_expired(unsigned int hours)
{
	return hours > BULB_HOURS;
}
