// SPDX-License-Identifier: GPL-2.0
#include <linux/lamp.h>
#include <linux/module.h>
#include <linux/pci.h>

static int level = 100;
module_param(level, int, 0644);

static const struct pci_device_id lamp_ids[] = {
	{ PCI_DEVICE(0x1d0f, 0x0001) },
	{ PCI_DEVICE(0x1d0f, 0x0002) },
	{ PCI_DEVICE(0x1d0f, 0x00ff) },
	{ }
};
MODULE_DEVICE_TABLE(pci, lamp_ids);

int lamp_switch(struct lamp *lamp, bool on)
{
	if (on && lamp->broken)
		return -EIO;

	lamp->on = on;
	return 0;
}
EXPORT_SYMBOL_GPL(lamp_switch);

int lamp_level(const struct lamp *lamp, int scale)
{
	return lamp->on ? level * scale / 100 : 0;
}
EXPORT_SYMBOL_GPL(lamp_level);

MODULE_LICENSE("GPL");
