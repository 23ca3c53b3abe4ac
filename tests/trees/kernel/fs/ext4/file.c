// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ext4.h"

static ssize_t ext4_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	if (!iov_iter_count(to))
		return 0;
	return generic_file_read_iter(iocb, to);
}

static ssize_t ext4_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ext4_debug("write of %zu bytes\n", iov_iter_count(from));
	return generic_file_write_iter(iocb, from);
}

static int ext4_file_open(struct inode *inode, struct file *filp)
{
	struct ext4_inode_info *ei = EXT4_I(inode);

	if (ei->i_flags & EXT4_ENCRYPT_FL)
		return -ENOKEY;
	return generic_file_open(inode, filp);
}

const struct file_operations ext4_file_operations = {
	.llseek		= generic_file_llseek,
	.read_iter	= ext4_file_read_iter,
	.write_iter	= ext4_file_write_iter,
	.open		= ext4_file_open,
};
