// SPDX-License-Identifier: MIT
/* Macros that define, register, and run. */
#define CREATE_TRACE_POINTS
#include <trace/events/widget.h>

static DEFINE_MUTEX(widget_lock);
static LIST_HEAD(widgets);
static DEFINE_PER_CPU(struct widget *, current_widget) = &first;
static __initdata DECLARE_COMPLETION(widgets_up);
static DECLARE_WORK(widget_work, widget_work_fn);
DEFINE_FREE(widget, struct widget *, if (_T) put_widget(_T))
DEFINE_STATIC_KEY_FALSE(widget_key);

SYSCALL_DEFINE2(widget_open, const char __user *, name, int, flags)
{
	return do_widget_open(name, flags);
}

COMPAT_SYSCALL_DEFINE1(widget_close, compat_long_t, fd)
{
	return do_widget_close(fd);
}

BPF_CALL_1(bpf_widget, u64, id)
{
	return widget_by_id(id);
}

static int __init widget_init(void)
{
	INIT_WORK(&widget_work, widget_work_fn);
	return request_irq(1, widget_irq, 0, "widget", NULL);
}
module_init(widget_init);
__setup("widget=", widget_setup);
early_param("widgets", widget_early);
late_time_init = widget_time_init;
EXPORT_SYMBOL_GPL(widget_init);

#define WIDGET_ATTR(_name) \
	static struct widget_attr _name##_attr = { .show = _name##_show, }

WIDGET_ATTR(colour);

static const struct of_device_id widget_of_match[] = {
	{ .compatible = "acme,widget-2" },
	{ }
};
MODULE_DEVICE_TABLE(of, widget_of_match);
