/* SPDX-License-Identifier: MIT */
#ifndef _TYPES_H
#define _TYPES_H

/* How many. */
#define WIDGETS 4
#define widget_get(w)	({ get_it(w); \
	(w)->count; })
#define widget_first first_widget()
#define WIDGET_FIELD(x) widget_##x

enum widget_state {
	WIDGET_NEW,
	WIDGET_OLD = (1 << 2),
};

typedef int (*widget_fn)(struct widget *w, int flags);
typedef struct {
	int a;
} widget_t;
typedef unsigned long widget_flags;

struct __attribute__((packed)) widget_ops {
	int (*open)(struct widget *w, int flags);
	struct widget_more *more;
	union {
		void (*close)(struct widget *w);
	};
} __aligned(8);

struct widget_wire {
	u8 kind;
} __packed;

struct widget_line {
	long busy;
} ____cacheline_aligned_in_smp widget_lines[4];

static struct {
	int used;
} __widget_pool;

extern int widget_count;
int widget_open(struct widget *w) __must_check;
struct widget *widget_find(const char *name);

#if defined(CONFIG_A) || defined(CONFIG_B)
static inline void widget_debug(void) { debug_it(); }
#elif defined(CONFIG_C)
#define widget_debug() do { } while (0)
#endif

#endif
