// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Unpacks the archive that the boot loader left in memory.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/slab.h>

static __initdata char *collected;

static char * __init unpack_to_rootfs(char *buf, unsigned long len)
{
	collected = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!collected)
		panic("can't allocate the initramfs's buffer");
	while (len > 0) {
		long used = write_entry(buf, len, collected);

		if (used <= 0)
			return "broken archive";
		buf += used;
		len -= used;
	}
	kfree(collected);
	return NULL;
}

static int __init populate_rootfs(void)
{
	char *err = unpack_to_rootfs(__initramfs_start, __initramfs_size);

	if (err)
		pr_emerg("initramfs: %s\n", err);
	return 0;
}
rootfs_initcall(populate_rootfs);
