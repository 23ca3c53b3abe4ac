// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * New processes and threads.
 */
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

static struct kmem_cache *task_struct_cachep;
static struct kmem_cache *files_cachep;

static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *tsk;

	tsk = kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
	if (!tsk)
		return NULL;
	*tsk = *orig;
	return tsk;
}

static int copy_files(unsigned long clone_flags, struct task_struct *tsk)
{
	if (clone_flags & CLONE_FILES)
		return 0;
	tsk->files = kmem_cache_alloc(files_cachep, GFP_KERNEL);
	return tsk->files ? 0 : -ENOMEM;
}

static struct task_struct *copy_process(struct kernel_clone_args *args)
{
	struct task_struct *p = dup_task_struct(current);
	int retval;

	if (!p)
		return ERR_PTR(-ENOMEM);
	retval = copy_files(args->flags, p);
	if (retval) {
		kmem_cache_free(task_struct_cachep, p);
		return ERR_PTR(retval);
	}
	p->thread_fn = args->fn;
	p->thread_arg = args->fn_arg;
	return p;
}

pid_t kernel_clone(struct kernel_clone_args *args)
{
	struct task_struct *p = copy_process(args);

	if (IS_ERR(p))
		return PTR_ERR(p);
	wake_up_new_task(p);
	return p->pid;
}

pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct kernel_clone_args args = {
		.flags	= flags | CLONE_VM | CLONE_UNTRACED,
		.fn	= fn,
		.fn_arg	= arg,
		.kthread = 1,
	};

	return kernel_clone(&args);
}

pid_t user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct kernel_clone_args args = {
		.flags	= flags | CLONE_VM | CLONE_UNTRACED,
		.fn	= fn,
		.fn_arg	= arg,
	};

	return kernel_clone(&args);
}

SYSCALL_DEFINE0(fork)
{
	struct kernel_clone_args args = { .exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

void __init fork_init(void)
{
	task_struct_cachep = kmem_cache_create("task_struct",
					       sizeof(struct task_struct), 0);
	files_cachep = kmem_cache_create("files_cache",
					 sizeof(struct files_struct), 0);
}
