// SPDX-License-Identifier: MIT
// Heads that arms choose, functions that macros make, constants with brackets in them.

#ifdef CONFIG_WIDGET_SWAPPED
SYSCALL_DEFINE2(widget_move, int, from, int, to)
#elif defined(CONFIG_WIDGET_SIZED)
SYSCALL_DEFINE3(widget_move, int, to, int, from,
		unsigned long, size)
#else
SYSCALL_DEFINE2(widget_move, int, to, int, from)
#endif
{
	return do_move(to, from);
}

#ifdef CONFIG_WIDGET_OLD
SYSCALL_DEFINE0(widget_old)
{
	return old_widget();
}
#endif

#define WIDGET_SHOW(_name) \
static ssize_t _name##_show(struct widget *w) \
{ \
	return emit_widget(w->_name); \
}

WIDGET_SHOW(colour)
WIDGET_SHOW(size)

// A function's address, as a parameter and through one.
static int each_widget(int (*visit)(struct widget *w, void *data), void *data)
{
	struct widget *w = first_widget();

	return visit(w, data);
}

static int say_brackets(char c)
{
	if (c == '{' || c == '\'' || c == '"')		// not a '}'
		say("}} /* no comment", c);
	return each_widget(say_widget, \
			   NULL);
}

TRACE_EVENT(widget_moved,
	TP_PROTO(struct widget *w),
	TP_ARGS(w),
	TP_STRUCT__entry(__field(int, to)),
	TP_fast_assign(__entry->to = widget_place(w);),
	TP_printk("%d", __entry->to)
);

void __attribute__((noinline)) after_all(void)
{
	found_again();
}
