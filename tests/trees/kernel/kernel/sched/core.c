// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/init.h>
#include <linux/sched.h>

DEFINE_PER_CPU_SHARED_ALIGNED(struct rq, runqueues);

static void __sched notrace __schedule(bool preempt)
{
	struct rq *rq = this_rq();
	struct task_struct *prev = rq->curr;
	struct task_struct *next = pick_next_task(rq, prev);

	if (prev != next)
		context_switch(rq, prev, next);
}

asmlinkage __visible void __sched schedule(void)
{
	__schedule(false);
}
EXPORT_SYMBOL(schedule);

void __sched schedule_preempt_disabled(void)
{
	preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

void wake_up_new_task(struct task_struct *p)
{
	struct rq *rq = task_rq(p);

	enqueue_task(rq, p);
	trace_sched_wakeup_new(p);
}

void __init sched_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		raw_spin_lock_init(&cpu_rq(cpu)->lock);
}
