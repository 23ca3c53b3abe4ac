// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/fs.h>
#include <linux/syscalls.h>

static int do_dentry_open(struct file *f, struct inode *inode)
{
	f->f_op = inode->i_fop;
	if (!f->f_op)
		return -ENODEV;
	if (f->f_op->open)
		return f->f_op->open(inode, f);
	return 0;
}

/**
 * vfs_open - open the file at the given path
 * @path: the path to open
 * @file: the file that is being set up
 *
 * Return: 0, or a negative errno.
 */
int vfs_open(const struct path *path, struct file *file)
{
	file->f_path = *path;
	return do_dentry_open(file, path->dentry->d_inode);
}
EXPORT_SYMBOL(vfs_open);

SYSCALL_DEFINE3(open, const char __user *, filename, int, flags, umode_t, mode)
{
	struct path path;
	int fd;

	fd = user_path_at(AT_FDCWD, filename, flags, &path);
	if (fd < 0)
		return fd;
	return fd_install_path(&path, flags, mode);
}
