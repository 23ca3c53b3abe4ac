//! Receivers of calls through fields whose structure another file tells: variables, functions and macros
//! of headers, types' names, members of members, unions.

use crate::indirect::hows;
use crate::util::Dir;

const HEADER: &str = "struct lamp_ops { int (*on)(int a); };\n\
     struct lamp_pool { int (*take)(int a); };\ntypedef struct lamp_pool lamp_pool_t;\n\
     typedef struct { int (*wake)(int a); } lamp_wait_t;\n\
     struct lamp {\n\tint nr;\n\tconst struct lamp_ops *ops;\n\tlamp_pool_t *pool;\n\tlamp_wait_t wait;\n\
     \tunion {\n\t\tstruct {\n\t\t\tint size;\n\t\t\tstruct lamp_ops *deep;\n\t\t} kernel;\n\t\tint user;\n\t} u;\n\
     \tunion {\n\t\tstruct lamp_leaf {\n\t\t\tstruct lamp_ops *edge;\n\t\t} leaf;\n\t\tint tree;\n\t};\n\
     \tunion {\n\t\tint (*show)(int a);\n\t\tint (*link)(int a);\n\t} op;\n};\n\
     extern struct lamp_ops lamp_ops;\nextern struct lamp_ops *lamp_table[];\nextern lamp_pool_t lamp_pool;\n\
     struct lamp *find_lamp(int nr);\nlamp_pool_t *pool_of(int nr);\n\
     static inline struct lamp *inline_lamp(int nr)\n{\n\treturn 0;\n}\n\
     #define to_lamp(x) container_of(x, struct lamp, list)\n\
     #define LAMP_CB(x) ((struct lamp *)&((x)->cb[0]))\n\
     #define LAMP_OPS(x) (inline_lamp(x)->ops)\n";

/// Tables of other structures, with fields of the same names.
const OTHERS: &str = "struct door_ops { int (*on)(int a); int (*take)(int a); int (*wake)(int a); int (*show)(int a); };\n\
     static int wrong(int a) { return a; }\n\
     static struct door_ops doors = { .on = wrong, .take = wrong, .wake = wrong, .show = wrong };\n";

const TABLES: &str = "#include <linux/lamp.h>\n\
     static int right(int a) { return a; }\nstatic int give(int a) { return a; }\n\
     static int rise(int a) { return a; }\nstatic int tell(int a) { return a; }\n\
     struct lamp_ops lamp_ops = { .on = right };\n\
     void fill(struct lamp *lamp) { lamp->pool->take = give; lamp->op.show = tell; }\n\
     void fill_wait(lamp_wait_t *wait) { wait->wake = rise; }\n";

/// A function for each way to get at a field.
const CALLS: &str = "#include <linux/lamp.h>\n\
     static struct lamp *own_lamp(int nr)\n{\n\treturn find_lamp(nr);\n}\n\
     #define own(x) container_of(x, struct lamp, list)\n\
     int by_variable(int a)\n{\n\treturn lamp_ops.on(a);\n}\n\
     int by_array(int a)\n{\n\treturn lamp_table[a]->on(a);\n}\n\
     int by_prototype(int a)\n{\n\treturn find_lamp(a)->ops->on(a);\n}\n\
     int by_inline(int a)\n{\n\treturn inline_lamp(a)->ops->on(a);\n}\n\
     int by_static(int a)\n{\n\treturn own_lamp(a)->ops->on(a);\n}\n\
     int by_own_macro(void *p)\n{\n\treturn own(p)->ops->on(1);\n}\n\
     int by_macro(void *p)\n{\n\treturn to_lamp(p)->ops->on(1);\n}\n\
     int by_cast(struct sk_buff *p)\n{\n\treturn LAMP_CB(p)->ops->on(1);\n}\n\
     int by_path(int a)\n{\n\treturn LAMP_OPS(a)->on(a);\n}\n\
     int by_inner(struct lamp *lamp)\n{\n\treturn lamp->u.kernel.deep->on(1);\n}\n\
     int by_leaf(struct lamp *lamp)\n{\n\treturn lamp->leaf.edge->on(1);\n}\n\
     int by_type(lamp_pool_t *pool)\n{\n\treturn pool->take(1);\n}\n\
     int by_local(int a)\n{\n\tlamp_pool_t *pool = pool_of(a);\n\treturn pool->take(a);\n}\n\
     int by_member(struct lamp *lamp)\n{\n\treturn lamp->pool->take(1);\n}\n\
     int by_given(int a)\n{\n\treturn pool_of(a)->take(a);\n}\n\
     int by_typed(int a)\n{\n\treturn lamp_pool.take(a);\n}\n\
     int by_unnamed(struct lamp *lamp)\n{\n\treturn lamp->wait.wake(1);\n}\n\
     int by_union(int a)\n{\n\treturn find_lamp(a)->op.show(a);\n}\n";

fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("include/linux/lamp.h", HEADER);
    dir.create("drivers/door.c", OTHERS);
    dir.create("drivers/lamps.c", TABLES);
    dir.create("kernel/run.c", CALLS);
    dir
}

#[test]
fn what_other_files_tell_leads_to_the_structure() {
    let dir = tree();
    let expected = [
        ("by_variable", "right", "lamp_ops.on"),
        ("by_array", "right", "lamp_table.on"),
        ("by_prototype", "right", "find_lamp().ops.on"),
        ("by_inline", "right", "inline_lamp().ops.on"),
        ("by_static", "right", "lamp.ops.on"),
        ("by_own_macro", "right", "lamp.ops.on"),
        ("by_macro", "right", "to_lamp().ops.on"),
        ("by_cast", "right", "LAMP_CB().ops.on"),
        ("by_path", "right", "LAMP_OPS().on"),
        ("by_inner", "right", "lamp.u.kernel.deep.on"),
        ("by_leaf", "right", "lamp.leaf.edge.on"),
        ("by_type", "give", "lamp_pool_t.take"),
        ("by_local", "give", "lamp_pool_t.take"),
        ("by_member", "give", "lamp.pool.take"),
        ("by_given", "give", "pool_of().take"),
        ("by_typed", "give", "lamp_pool.take"),
        ("by_unnamed", "rise", "lamp.wait.wake"),
        ("by_union", "tell", "find_lamp().op.show"),
    ];
    for (from, to, through) in expected {
        assert_eq!(hows(&dir, from, to), [format!("indirect, through {through}")], "{from}");
        assert_eq!(hows(&dir, from, "wrong"), [] as [&str; 0], "{from}");
    }
}

#[test]
fn an_edit_of_a_header_counts_at_once() {
    let dir = tree();
    dir.kgrep(&["index", "."]).run().expect_ok();
    assert_eq!(hows(&dir, "by_prototype", "right").len(), 1);
    let other = HEADER.replace("struct lamp *find_lamp", "struct door_ops *find_lamp");
    let other = other.replace("extern struct lamp_ops lamp_ops", "extern struct door_ops lamp_ops");
    dir.create("include/linux/lamp.h", other);
    assert_eq!(hows(&dir, "by_prototype", "right").len(), 0);
    assert_eq!(hows(&dir, "by_variable", "wrong"), ["indirect, through lamp_ops.on"]);
    dir.create("include/linux/lamp.h", HEADER);
    assert_eq!(hows(&dir, "by_prototype", "right").len(), 1);
}

#[test]
fn headers_that_disagree_give_no_structure() {
    let dir = tree();
    dir.create("drivers/lamp.h", "extern struct door_ops lamp_ops;\n");
    assert_eq!(hows(&dir, "by_variable", "right"), [] as [&str; 0]);
    assert_eq!(hows(&dir, "by_variable", "wrong"), [] as [&str; 0]);
}

#[test]
fn a_variable_that_a_macro_declares_has_its_structure() {
    let dir = Dir::new();
    dir.create("drivers/door.c", OTHERS);
    dir.create(
        "kernel/tasks.c",
        "struct tasks { int (*on)(int a); int nr; };\n\
         #define DEFINE_TASKS(name) static struct tasks name = { .nr = 1 }\n\
         static int start(int a) { return a; }\n\
         DEFINE_TASKS(lamp_tasks);\n\
         void fill(void)\n{\n\tlamp_tasks.on = start;\n}\n\
         int run(struct tasks *tasks)\n{\n\treturn (tasks->on)(1);\n}\n",
    );
    assert_eq!(hows(&dir, "run", "start"), ["indirect, through tasks.on"]);
    assert_eq!(hows(&dir, "run", "wrong"), [] as [&str; 0]);
}

#[test]
fn what_stands_behind_a_variables_name_is_not_its_name() {
    let dir = Dir::new();
    dir.create(
        "mm/lamp.c",
        "gfp_t __lamp_gfp;\nlamp_t *__lamp_first;\n__u32 lamp_max __read_mostly = 1;\nstatic __be32 lamp_addr __initdata = 2;\n\
         static const typeof(lamp_ops) lamp_own __initconst = { 3 };\nlamp_t lamp_one __read_mostly;\n\
         static lamp_t __initdata lamp_two = { 4 };\nlamp_t __lamp_mask __read_mostly = LAMP_MASK;\n\
         #define LAMP_TABLE(name) static struct lamp name[]\nLAMP_TABLE(lamp_table) __initdata = {\n\tLAMP(1),\n};\n",
    );
    for (name, line) in [
        ("__lamp_gfp", 1),
        ("__lamp_first", 2),
        ("lamp_max", 3),
        ("lamp_addr", 4),
        ("lamp_own", 5),
        ("lamp_one", 6),
        ("lamp_two", 7),
        ("__lamp_mask", 8),
        ("lamp_table", 10),
    ] {
        let done = dir.kgrep(&["def", name]).run();
        let place = format!("mm/lamp.c {line:>4} {name}");
        let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
        let table = done.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(table.contains(&place), "{name}: {table}");
    }
    for word in ["__read_mostly", "__initdata"] {
        dir.kgrep(&["def", word]).run().expect_code(1);
    }
}

#[test]
fn a_parameter_whose_type_stands_apart_has_it() {
    let dir = Dir::new();
    dir.create("drivers/door.c", OTHERS);
    dir.create("include/linux/lamp.h", HEADER);
    dir.create("drivers/lamps.c", TABLES);
    dir.create(
        "kernel/call.c",
        "#include <linux/lamp.h>\nBPF_CALL_2(lamp_call, struct lamp *, lamp, u64, nr)\n{\n\treturn lamp->ops->on(nr);\n}\n",
    );
    assert_eq!(hows(&dir, "lamp_call", "right"), ["indirect, through lamp.ops.on"]);
    assert_eq!(hows(&dir, "lamp_call", "wrong"), [] as [&str; 0]);
}

#[test]
fn a_table_that_is_named_alone_calls_what_it_has() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "struct lamp_ops { int (*on)(int a); int (*off)(int a); };\n\
         extern const struct lamp_ops desk_ops;\nextern const struct lamp_ops *any_ops;\n\
         extern struct lamp_ops soft_ops;\n",
    );
    dir.create(
        "drivers/lamps.c",
        "#include <linux/lamp.h>\nstatic int desk_on(int a) { return a; }\nint desk_off(int a) { return a; }\n\
         static int wall_on(int a) { return a; }\n\
         const struct lamp_ops desk_ops = { .on = desk_on, .off = desk_off };\n\
         static const struct lamp_ops wall_ops = { .on = wall_on };\n\
         const struct lamp_ops *any_ops = &wall_ops;\nstruct lamp_ops soft_ops = { .on = desk_on };\n\
         int by_own(int a)\n{\n\treturn wall_ops.on(a);\n}\n",
    );
    dir.create(
        "kernel/run.c",
        "#include <linux/lamp.h>\nint by_table(int a)\n{\n\treturn desk_ops.on(a);\n}\n\
         int by_pointer(int a)\n{\n\treturn any_ops->on(a);\n}\n\
         int by_soft(int a)\n{\n\treturn soft_ops.on(a);\n}\n",
    );
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        assert_eq!(hows(&dir, "by_table", "desk_on"), ["indirect, through desk_ops.on"]);
        assert_eq!(hows(&dir, "by_table", "wall_on"), [] as [&str; 0]);
        assert_eq!(hows(&dir, "by_own", "wall_on"), ["call"]);
        assert_eq!(hows(&dir, "by_own", "desk_on"), [] as [&str; 0]);
        // What a pointer points to, and what may be written, may be any.
        for (from, through) in [("by_pointer", "any_ops.on"), ("by_soft", "soft_ops.on")] {
            for to in ["desk_on", "wall_on"] {
                assert_eq!(hows(&dir, from, to), [format!("indirect, through {through}")]);
            }
        }
        let callers =
            dir.kgrep(&["callers", "wall_on", "--kinds", "indirect", "--all"]).run().stdout();
        assert!(!callers.contains("by_table") && callers.contains("by_soft"), "{callers}");
        let callees = dir.kgrep(&["callees", "by_table", "--kinds", "indirect"]).run().stdout();
        assert!(callees.contains("desk_on") && !callees.contains("wall_on"), "{callees}");
    }
}
