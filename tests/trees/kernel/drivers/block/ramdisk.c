// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A disk in memory, one page a piece.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/slab.h>

static struct kmem_cache *page_cachep;
static int rd_nr = 16;
module_param(rd_nr, int, 0444);
MODULE_PARM_DESC(rd_nr, "Maximum number of RAM disks");

static void *ramdisk_get_page(struct ramdisk *rd, sector_t sector)
{
	void *page = radix_lookup(&rd->pages, sector);

	if (!page) {
		page = kmem_cache_alloc(page_cachep, GFP_NOIO);
		radix_store(&rd->pages, sector, page);
	}
	return page;
}

static int ramdisk_open(struct inode *inode, struct file *file)
{
	file->private_data = kmalloc(sizeof(struct ramdisk), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int ramdisk_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations ramdisk_fops = {
	.open		= ramdisk_open,
	.release	= ramdisk_release,
};

static int __init ramdisk_init(void)
{
	page_cachep = kmem_cache_create("ramdisk_page", PAGE_SIZE, 0);
	if (!page_cachep)
		return -ENOMEM;
	return register_blkdev(RAMDISK_MAJOR, "ramdisk", &ramdisk_fops);
}

static void __exit ramdisk_exit(void)
{
	unregister_blkdev(RAMDISK_MAJOR, "ramdisk");
	kmem_cache_destroy(page_cachep);
}

module_init(ramdisk_init);
module_exit(ramdisk_exit);
