/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>

struct files_struct;

/**
 * struct task_struct - one thread
 * @pid: its number
 * @files: its open files
 */
struct task_struct {
	pid_t			pid;
	struct files_struct	*files;
#ifdef CONFIG_SMP
	int			on_cpu;
#endif
	int			(*thread_fn)(void *);
	void			*thread_arg;
};

struct kernel_clone_args {
	unsigned long	flags;
	int		exit_signal;
	int		kthread;
	int		(*fn)(void *);
	void		*fn_arg;
};

pid_t kernel_clone(struct kernel_clone_args *args);
pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);
pid_t user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags);
void wake_up_new_task(struct task_struct *p);
void schedule(void);

#endif /* _LINUX_SCHED_H */
