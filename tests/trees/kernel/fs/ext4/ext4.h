/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _EXT4_H
#define _EXT4_H

#include <linux/fs.h>

struct ext4_inode_info {
	unsigned int		i_flags;
	unsigned long long	i_disksize;
	struct inode		vfs_inode;
};

#define EXT4_I(inode)	container_of(inode, struct ext4_inode_info, vfs_inode)

#ifdef CONFIG_EXT4_DEBUG
#define ext4_debug(fmt, ...)	pr_debug("ext4: " fmt, ##__VA_ARGS__)
#else
#define ext4_debug(fmt, ...)	no_printk(fmt, ##__VA_ARGS__)
#endif

struct inode *ext4_alloc_inode(struct super_block *sb);
extern const struct file_operations ext4_file_operations;

#endif /* _EXT4_H */
