// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/slab.h>
#include "ext4.h"

static struct kmem_cache *ext4_inode_cachep;

/*
 * Called for each inode that is read or made; the caller holds no lock.
 */
struct inode *ext4_alloc_inode(struct super_block *sb)
{
	struct ext4_inode_info *ei;

	ei = kmem_cache_alloc(ext4_inode_cachep, GFP_NOFS);
	if (!ei)
		return NULL;
	ei->i_flags = 0;
	ei->i_disksize = 0;
	return &ei->vfs_inode;
}

static void ext4_free_in_core_inode(struct inode *inode)
{
	kmem_cache_free(ext4_inode_cachep, EXT4_I(inode));
}

static const struct super_operations ext4_sops = {
	.alloc_inode	= ext4_alloc_inode,
	.free_inode	= ext4_free_in_core_inode,
};

static int __init ext4_init_fs(void)
{
	ext4_inode_cachep = kmem_cache_create("ext4_inode",
					      sizeof(struct ext4_inode_info), 0);
	return ext4_inode_cachep ? 0 : -ENOMEM;
}

static void __exit ext4_exit_fs(void)
{
	kmem_cache_destroy(ext4_inode_cachep);
}

module_init(ext4_init_fs);
module_exit(ext4_exit_fs);
MODULE_DESCRIPTION("Toy ext4");
