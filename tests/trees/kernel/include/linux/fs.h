/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/types.h>

struct inode;
struct super_block;

struct file {
	struct path			f_path;
	const struct file_operations	*f_op;
	unsigned int			f_flags;
	void				*private_data;
};

struct file_operations {
	loff_t (*llseek)(struct file *, loff_t, int);
	ssize_t (*read_iter)(struct kiocb *, struct iov_iter *);
	ssize_t (*write_iter)(struct kiocb *, struct iov_iter *);
	int (*open)(struct inode *, struct file *);
	int (*release)(struct inode *, struct file *);
};

struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*free_inode)(struct inode *inode);
};

int vfs_open(const struct path *path, struct file *file);
void vfs_caches_init(void);

#endif /* _LINUX_FS_H */
