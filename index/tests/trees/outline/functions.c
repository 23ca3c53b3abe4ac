// SPDX-License-Identifier: MIT
/* Functions in the shapes that kernels write them. */
#include <linux/init.h>
#include "local.h"

struct widget {
	struct widget_ops *ops;
	int (*poke)(struct widget *w);
	const char *name;
};

/**
 * boot_widgets - bring all widgets up
 */
asmlinkage __visible void __init __no_sanitize_address boot_widgets(void)
{
	struct widget *w = first_widget();
	int i, *left = NULL, (*hook)(int) = default_hook;

	for (int n = 0; n < 3; n++)
		prepare(w, n);
	hook(1);
	w->poke(w);
	w->ops->open(w, 0);
	w->poke = lazy_poke;
	asm volatile("nop" : : "r" (left) : "memory");
	widget_run(widget_thread, w, "widget/%d", i);
	kthread_run(widget_thread, w, "widget");
again:
	switch (w->state) {
	case WIDGET_NEW:
		goto again;
	default:
		break;
	}
}

static __printf(1, 2) int
widget_say(const char *fmt, ...)
{
	return ({ int r = say_it(fmt); r ? r : fallback_say; });
}

static inline enum widget_state widget_state(struct widget *w) __must_hold(&w->lock)
{
	return READ_ONCE(w->state);
}

static int (*widget_pick(int which))(struct widget *)
{
	return which ? first_pick : second_pick;
}

#ifdef CONFIG_WIDGET_FAST
static int widget_go(struct widget *w, int fast)
{
	if (fast) {
		go_fast(w);
#else
static int widget_go(struct widget *w)
{
	if (w) {
		go_slow(w);
#endif
	}
	return _Generic(w, struct widget *: go_typed)(w);
}

#if 0
static void never(void)
{
	not_called();
}
#else
static void always(void)
{
	is_called();
}
#endif

int __weak arch_widget(void) { return 0; }

static const struct widget_ops fast_ops = {
	.open	= fast_open,
	.close	= IS_ENABLED(CONFIG_X) ? fast_close : NULL,
	.nested	= { .deep = deep_fn },
};

static void use_literal(void)
{
	struct widget_ops ops = (struct widget_ops){ .open = literal_open, };
	static const struct widget_ops fixed = { .open = fixed_open };

	guard(mutex)(&widget_lock);
	scoped_guard(spinlock, &w->lock)
		under_lock();
	register_it(&ops, &fixed);
}

void broken(int a {
	lost();
}

void after_broken(void)
{
	found_again();
}
