// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Mounts, and the tree that they make.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

static struct kmem_cache *mnt_cache __read_mostly;
static DECLARE_RWSEM(namespace_sem);

static struct mount *alloc_vfsmnt(const char *name)
{
	struct mount *mnt = kmem_cache_alloc(mnt_cache, GFP_KERNEL);

	if (!mnt)
		return NULL;
	mnt->mnt_devname = kstrdup(name, GFP_KERNEL);
	if (!mnt->mnt_devname) {
		kmem_cache_free(mnt_cache, mnt);
		return NULL;
	}
	return mnt;
}

static inline bool may_mount(void)
{
	return ns_capable(current->nsproxy->mnt_ns->user_ns, CAP_SYS_ADMIN);
}

static bool is_path_reachable(struct mount *mnt, const struct path *root)
{
	while (&mnt->mnt != root->mnt && mnt->mnt_parent != mnt)
		mnt = mnt->mnt_parent;
	return &mnt->mnt == root->mnt;
}

/*
 * pivot_root: makes new_root the root of this namespace, and hangs the old
 * root below put_old.
 *
 * Both must be folders, put_old must be at or below new_root, and new_root
 * must be a mount point of its own.
 */
SYSCALL_DEFINE2(pivot_root, const char __user *, new_root,
		const char __user *, put_old)
{
	struct path new, old, root;
	struct mount *new_mnt;
	int error;

	if (!may_mount())
		return -EPERM;

	error = user_path_at(AT_FDCWD, new_root, LOOKUP_DIRECTORY, &new);
	if (error)
		return error;
	error = user_path_at(AT_FDCWD, put_old, LOOKUP_DIRECTORY, &old);
	if (error)
		goto out_new;
	error = security_sb_pivotroot(&old, &new);
	if (error)
		goto out_old;

	get_fs_root(current->fs, &root);
	down_write(&namespace_sem);
	new_mnt = real_mount(new.mnt);
	error = -EINVAL;
	if (!check_mnt(new_mnt))
		goto out_unlock;
	/* put_old must be below new_root */
	if (!is_path_reachable(real_mount(old.mnt), &new))
		goto out_unlock;
	error = -EBUSY;
	if (new.mnt == root.mnt)
		goto out_unlock;
	attach_mnt(new_mnt, &root, &old);
	chroot_fs_refs(&root, &new);
	error = 0;
out_unlock:
	up_write(&namespace_sem);
	path_put(&root);
out_old:
	path_put(&old);
out_new:
	path_put(&new);
	return error;
}

void __init mnt_init(void)
{
	mnt_cache = kmem_cache_create("mnt_cache", sizeof(struct mount), 0);
	if (!mnt_cache)
		panic("Failed to create the mount cache\n");
}

void __init vfs_caches_init(void)
{
	mnt_init();
}
