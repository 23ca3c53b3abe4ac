//! Definitions that macros make: where they are, and what they call.

use crate::util::Dir;

/// The rows of a command's table without its header.
fn rows(dir: &Dir, args: &[&str]) -> String {
    dir.kgrep(&["--no-header"]).args(args).stdout()
}

/// Whether a row has all these words.
fn has(table: &str, words: &[&str]) -> bool {
    table.lines().any(|row| words.iter().all(|word| row.contains(word)))
}

/// Asks the same of the tree without an index and with one.
fn both(dir: &Dir, check: impl Fn(&Dir)) {
    check(dir);
    dir.kgrep(&["index", "."]).run().expect_ok();
    check(dir);
}

#[test]
fn a_macro_of_the_file_makes_functions() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "#define MAKE(name) void name(void) { helper(); }\n\
         MAKE(mk_foo)\n\
         #define MAKE2(name, op) static int name##_##op(int x) { return do_##op(x); }\n\
         MAKE2(bar, add) MAKE2(bar, sub)\n\
         #define EACH(M, x, ...) M(x) REST(M, __VA_ARGS__)\n\
         #define REST(M, x) M(x)\n\
         EACH(MAKE, mk_one, mk_two)\n\
         void helper(void) {}\n\
         int do_add(int x) { return x; }\n\
         int do_sub(int x) { return x; }\n",
    );
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["def", "mk_foo"]), &["a.c", " 2 ", "function"]));
        for name in ["mk_foo", "mk_one", "mk_two"] {
            assert!(has(&rows(dir, &["callers", "helper"]), &[name]), "{name}");
        }
        assert!(has(&rows(dir, &["callers", "do_add"]), &["bar_add"]));
        assert!(has(&rows(dir, &["callers", "do_sub"]), &["bar_sub"]));
    });
}

#[test]
fn a_macro_of_a_header_makes_functions_and_counts_at_once_when_it_changes() {
    let dir = Dir::new();
    dir.create("h.h", "#define GEN(name) int gen_##name(int a) { return name##_impl(a); }\n");
    dir.create(
        "a.c",
        "#include \"h.h\"\nint x_impl(int a) { return a; }\nGEN(x)\n\
         int user(void) { return gen_x(1); }\n",
    );
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["def", "gen_x"]), &["a.c", " 3 ", "function"]));
        assert!(has(&rows(dir, &["callers", "x_impl"]), &["gen_x"]));
    });
    dir.create("h.h", "#define GEN(name) int made_##name(int a) { return name##_impl(a); }\n");
    assert!(has(&rows(&dir, &["callers", "x_impl"]), &["made_x"]));
    assert!(!has(&rows(&dir, &["callers", "x_impl"]), &["gen_x"]));
    dir.create("b.c", "#include \"h.h\"\nGEN(y)\n");
    assert!(has(&rows(&dir, &["def", "made_y"]), &["b.c", " 2 "]));
    dir.kgrep(&["index", "."]).run().expect_ok();
    assert!(has(&rows(&dir, &["def", "made_y"]), &["b.c", " 2 "]));
    assert!(has(&rows(&dir, &["def", "made_x"]), &["a.c", " 3 "]));
}

#[test]
fn a_header_of_entries_is_what_its_includers_make_of_it() {
    let dir = Dir::new();
    dir.create("include/linux/hook_defs.h", "HOOK(int, 0, file_open, struct file *file)\n");
    dir.create(
        "security/hooks.c",
        "#define HOOK(RET, DEFAULT, NAME, ...) \\\nRET lsm_##NAME(__VA_ARGS__) \\\n{ \\\n\
         \treturn note(DEFAULT); \\\n}\n\
         #include <linux/hook_defs.h>\n#undef HOOK\nint note(int a) { return a; }\n",
    );
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["def", "lsm_file_open"]), &["hook_defs.h", " 1 ", "function"]));
        assert!(has(&rows(dir, &["callers", "note"]), &["lsm_file_open"]));
    });
}

#[test]
fn a_macro_in_the_place_of_a_name_or_of_a_head() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "#define SAFE(name) name##_safe\n\
         int SAFE(pack)(int a) { return low(a); }\n\
         #define HANDLER(name) static int handle_##name(int a)\n\
         HANDLER(reset)\n{\n\treturn low(2);\n}\n\
         int low(int a) { return a; }\n",
    );
    both(&dir, |dir| {
        let table = rows(dir, &["callers", "low"]);
        assert!(has(&table, &["pack_safe"]) && has(&table, &["handle_reset"]), "{table}");
    });
}

#[test]
fn a_template_is_defined_once_for_each_name_it_is_given() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "#define PTTYPE 64\n#include \"tmpl.h\"\n#undef PTTYPE\n\
         #define PTTYPE 32\n#include \"tmpl.h\"\n#undef PTTYPE\n\
         int top(int x) { return paging64_walk(x) + paging32_walk(x); }\n",
    );
    dir.create("other.c", "void helper(void) {}\n");
    dir.create(
        "tmpl.h",
        "#if PTTYPE == 64\n#define FNAME(name) paging##64_##name\n#else\n\
         #define FNAME(name) paging32_##name\n#endif\n\
         static int FNAME(helper)(int a) { return a; }\n\
         static int FNAME(walk)(int a)\n{\n\treturn FNAME(helper)(a);\n}\n#undef FNAME\n",
    );
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["def", "paging64_walk"]), &["tmpl.h", " 7 ", "function"]));
        let table = rows(dir, &["callees", "paging32_walk"]);
        assert!(has(&table, &["paging32_helper"]) && !has(&table, &["paging64_helper"]), "{table}");
        // What the macro makes a name of is not handed to anyone.
        assert!(!has(&table, &["passed to"]), "{table}");
    });
}

#[test]
fn a_header_makes_its_names_for_each_file_that_includes_it() {
    let dir = Dir::new();
    let user = |one: &str, other: &str| {
        let part = |name: &str| format!("#undef MTYPE\n#define MTYPE {name}\n#include \"gen.h\"\n");
        format!(
            "#include <linux/token.h>\n{}{}\
             static void {one}_note(int a) {{}}\nint top(void) {{ return {one}_add(1); }}\n",
            part(one),
            part(other)
        )
    };
    dir.create(
        "include/linux/token.h",
        "#define CONC(a, b) a##b\n#define TOKEN(a, b) CONC(a, b)\n",
    );
    dir.create(
        "net/gen.h",
        "#undef mtype_add\n#undef mtype_note\n#undef mtype_table\n\
         #define mtype_add TOKEN(MTYPE, _add)\n#define mtype_note TOKEN(MTYPE, _note)\n\
         #define mtype_table TOKEN(MTYPE, _table)\n\
         struct variant { int (*add)(int a); };\n\
         static int\nmtype_add(int a)\n{\n\tmtype_note(a);\n\treturn a;\n}\n\
         static const struct variant mtype_table = {\n\t.add = mtype_add,\n};\n",
    );
    dir.create("net/one.c", user("hash_ip4", "hash_ip6"));
    dir.create("net/two.c", user("hash_net4", "hash_net6"));
    dir.create("net/run.c", "int run(const struct variant *v)\n{\n\treturn v->add(1);\n}\n");
    both(&dir, |dir| {
        for name in ["hash_ip4", "hash_ip6", "hash_net4", "hash_net6"] {
            let table = rows(dir, &["def", &format!("{name}_add")]);
            assert!(has(&table, &["net/gen.h", " 8 ", "function"]), "{name}: {table}");
            let table = rows(dir, &["callers", "--kinds", "init", &format!("{name}_add")]);
            assert!(has(&table, &[&format!("{name}_table"), "init of variant.add"]), "{table}");
        }
        let table = rows(dir, &["callees", "hash_ip4_add"]);
        assert!(has(&table, &["hash_ip4_note"]) && !has(&table, &["hash_ip6_note"]), "{table}");
        assert!(has(&rows(dir, &["callers", "hash_ip4_add"]), &["top", "call"]));
        assert!(has(&rows(dir, &["def", "mtype_add"]), &["net/gen.h", "function"]));
    });
    dir.create("net/two.c", user("hash_mac", "hash_port"));
    assert!(has(&rows(&dir, &["def", "hash_port_add"]), &["net/gen.h", " 8 "]));
    assert_eq!(dir.kgrep(&["def", "hash_net4_add"]).run().code(), 1);
    assert!(has(&rows(&dir, &["def", "hash_ip6_add"]), &["net/gen.h"]));
}

#[test]
fn a_part_of_a_name_is_what_the_file_says() {
    let dir = Dir::new();
    dir.create(
        "include/rdma/named.h",
        "#define _PASTE(x, y) x ## y\n#define _NAME(x, y) _PASTE(x, y)\n\
         #define HANDLER(id) _NAME(MODULE_NAME, _handler_##id)\n",
    );
    dir.create(
        "drivers/cq.c",
        "#define MODULE_NAME ib_verbs\n#include <rdma/named.h>\n\
         static int HANDLER(CQ_CREATE)(int a)\n{\n\treturn low(a);\n}\nint low(int a) { return a; }\n",
    );
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["callers", "low"]), &["ib_verbs_handler_CQ_CREATE", "call"]));
    });
}

#[test]
fn a_part_of_a_name_is_what_an_included_header_says_or_each_includer() {
    let dir = Dir::new();
    dir.create(
        "include/rdma/named.h",
        "#define _PASTE(x, y) x ## y\n#define _NAME(x, y) _PASTE(x, y)\n\
         #define HANDLER(id) _NAME(MODULE_NAME, _handler_##id)\n\
         #define TOKEN(a, b) _NAME(a, b)\n",
    );
    dir.create("drivers/verbs.h", "#define MODULE_NAME ib_verbs\n#include <rdma/named.h>\n");
    dir.create(
        "drivers/cq.c",
        "#include \"verbs.h\"\nstatic int HANDLER(CQ_CREATE)(int a)\n{\n\treturn low(a);\n}\n\
         int low(int a) { return a; }\n",
    );
    dir.create(
        "drivers/gen.h",
        "static int\nTOKEN(HTYPE, _create)(int a)\n{\n\treturn gen_alloc(a);\n}\nint gen_alloc(int a) { return a; }\n",
    );
    for kind in ["ip", "mac"] {
        let text =
            format!("#include <rdma/named.h>\n#define HTYPE hash_{kind}\n#include \"gen.h\"\n");
        dir.create(&format!("drivers/hash_{kind}.c"), text);
    }
    both(&dir, |dir| {
        assert!(has(&rows(dir, &["callers", "low"]), &["ib_verbs_handler_CQ_CREATE", "call"]));
        for name in ["hash_ip_create", "hash_mac_create"] {
            assert!(has(&rows(dir, &["callees", name]), &["gen_alloc", "call"]), "{name}");
            assert!(has(&rows(dir, &["def", name]), &["drivers/gen.h", "function"]), "{name}");
        }
    });
    dir.create("drivers/verbs.h", "#define MODULE_NAME rd_verbs\n#include <rdma/named.h>\n");
    dir.create(
        "drivers/hash_mac.c",
        "#include <rdma/named.h>\n#define HTYPE hash_net\n#include \"gen.h\"\n",
    );
    assert!(has(&rows(&dir, &["callers", "low"]), &["rd_verbs_handler_CQ_CREATE", "call"]));
    assert!(has(&rows(&dir, &["callees", "hash_net_create"]), &["gen_alloc", "call"]));
    assert_eq!(dir.kgrep(&["def", "hash_mac_create"]).run().code(), 1);
}

#[test]
fn how_many_arguments_there_are_chooses_the_macro() {
    let dir = Dir::new();
    dir.create(
        "include/linux/cleanup.h",
        "#define DEFINE_COND_3(_name, _ext, _lock) DEFINE_COND_4(_name, _ext, _lock, 1)\n\
         #define DEFINE_COND_4(_name, _ext, _lock, _cond) \\\n\
         static int class_##_name##_ext##_constructor(struct lk *_T) { return (_lock) && (_cond); }\n\
         #define DEFINE_COND(X...) CONCATENATE(DEFINE_COND_, COUNT_ARGS(X))(X)\n\
         #define set_name(a, ...) CONCATENATE(set_name_, COUNT_ARGS(__VA_ARGS__))(a, __VA_ARGS__)\n\
         #define set_name_1(a, b) low_name(a, b, b)\n",
    );
    dir.create(
        "a.c",
        "#include <linux/cleanup.h>\nDEFINE_COND(lk, _try, lk_trylock(_T))\n\
         DEFINE_COND(lk, _intr, lk_lock_intr(_T), _RET == 0)\n\
         int lk_trylock(struct lk *l) { return 1; }\nint lk_lock_intr(struct lk *l) { return 0; }\n\
         void low_name(int a, int b, int c) {}\nvoid user(void) { set_name(1, 2); }\n",
    );
    both(&dir, |dir| {
        let table = rows(dir, &["callers", "lk_trylock"]);
        assert!(has(&table, &["class_lk_try_constructor", "call"]), "{table}");
        let table = rows(dir, &["callers", "lk_lock_intr"]);
        assert!(has(&table, &["class_lk_intr_constructor", "call"]), "{table}");
        let table = rows(dir, &["callers", "low_name", "-d", "3"]);
        assert!(has(&table, &["set_name_1"]) && has(&table, &["user"]), "{table}");
    });
}

#[test]
fn what_a_template_is_called_by_leads_nowhere() {
    let dir = Dir::new();
    dir.create("a.c", "#include <linux/k.h>\nint user(char *d) { return strx(d, \"x\"); }\n");
    dir.create("b.c", "int register_family(void) { return 0; }\n");
    dir.create("include/linux/args.h", "#define CONC(a, b) a ## b\n");
    dir.create(
        "include/linux/k.h",
        "#include <linux/args.h>\n#define strx(d, s) CONC(__strx, 2)(d, s)\n",
    );
    dir.create(
        "include/linux/tmpl.h",
        "int CONC(FAM, _register)(void) { return register_family(); }\n",
    );
    both(&dir, |dir| {
        dir.kgrep(&["chain", "user", "register_family"]).run().expect_code(1);
    });
}

#[test]
fn a_guard_releases_through_its_destructor() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "DEFINE_FREE(myfree, struct x *, if (_T) really_free(_T))\n\
         DEFINE_GUARD(mylock, struct lk *, lk_lock(_T), lk_unlock(_T))\n\
         DEFINE_CLASS(fdx, struct fdx, fdx_put(_T), fdx_get(fd), int fd)\n\
         void really_free(struct x *x) {}\nvoid lk_lock(struct lk *l) {}\n\
         void lk_unlock(struct lk *l) {}\nvoid fdx_put(struct fdx f) {}\n\
         int user(struct lk *l)\n{\n\tstruct x *p __free(myfree) = get_x();\n\
         \tguard(mylock)(l);\n\tCLASS(fdx, f)(3);\n\treturn 0;\n}\n",
    );
    both(&dir, |dir| {
        let table = rows(dir, &["callers", "lk_unlock", "-d", "2"]);
        assert!(has(&table, &["class_mylock_destructor"]) && has(&table, &["user"]), "{table}");
        assert!(!has(&table, &["constructor"]), "{table}");
        let table = rows(dir, &["callers", "really_free", "-d", "2"]);
        assert!(has(&table, &["__free_myfree"]) && has(&table, &["user"]), "{table}");
        let table = rows(dir, &["callers", "fdx_put"]);
        assert!(has(&table, &["class_fdx_destructor"]), "{table}");
    });
}

#[test]
fn a_guard_may_be_in_a_macro_and_before_the_name() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "struct x {\n\tint (*run)(void);\n};\nint x_run(void) { return 1; }\n\
         struct x known = { .run = x_run };\nDEFINE_FREE(myfree, struct x *, if (_T) really_free(_T))\n\
         DEFINE_GUARD(mylock, struct lk *, lk_lock(_T), lk_unlock(_T))\n\
         #define AUTO_FREE(name) *name __free(myfree) = 0\n\
         #define with_lock(l) scoped_class(mylock, x, l)\n\
         #define handed_on(name, l) scoped_class(name, x, l)\n\
         void really_free(struct x *x) {}\nvoid lk_lock(struct lk *l) {}\nvoid lk_unlock(struct lk *l) {}\n\
         int before(void)\n{\n\tstruct x __free(myfree) *p = get_x();\n\n\tp->run();\n\treturn 0;\n}\n\
         int inside(void)\n{\n\tstruct x AUTO_FREE(p);\n\n\treturn 0;\n}\n\
         int scoped(struct lk *l)\n{\n\twith_lock(l)\n\t\treturn 1;\n\treturn 0;\n}\n",
    );
    both(&dir, |dir| {
        let table = rows(dir, &["callers", "really_free", "-d", "3"]);
        assert!(has(&table, &["before"]) && has(&table, &["inside"]), "{table}");
        let table = rows(dir, &["callers", "lk_unlock", "-d", "3"]);
        assert!(has(&table, &["with_lock"]) && has(&table, &["scoped"]), "{table}");
        assert!(!has(&table, &["handed_on"]), "{table}");
        // The local that the attribute is about is known.
        let table = rows(dir, &["callees", "before"]);
        assert!(has(&table, &["x_run", "through x.run"]), "{table}");
    });
}

#[test]
fn a_driver_has_the_functions_that_register_it() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "static int foo_probe(struct platform_device *p) { return 0; }\n\
         static struct platform_driver foo_driver = { .probe = foo_probe };\n\
         module_platform_driver(foo_driver);\n",
    );
    both(&dir, |dir| {
        for name in ["foo_driver_init", "foo_driver_exit"] {
            assert!(has(&rows(dir, &["def", name]), &["a.c", " 3 ", "function"]), "{name}");
        }
        assert!(has(&rows(dir, &["callers", "foo_probe"]), &["foo_driver"]));
    });
}

#[test]
fn a_system_call_answers_to_all_its_names() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "SYSCALL_DEFINE1(frob, int, a)\n{\n\treturn do_frob(a);\n}\n\
         COMPAT_SYSCALL_DEFINE1(frob, int, a) { return do_frob(a); }\n\
         int do_frob(int a) { return a; }\n",
    );
    both(&dir, |dir| {
        for name in ["__x64_sys_frob", "__se_sys_frob", "__arm64_sys_frob", "__x64_compat_sys_frob"]
        {
            assert!(has(&rows(dir, &["callees", name]), &["do_frob"]), "{name}");
        }
        for name in ["frob", "__se_sys_frob", "__x64_sys_frob", "compat_sys_frob", "ksys_frob"] {
            let told = dir.kgrep(&["trace", name]).stdout();
            assert!(told.contains("SYSCALL_DEFINE1(frob, int, a)"), "{name}: {told}");
        }
        // The function itself, and each of its two callers once, under one name.
        assert_eq!(rows(dir, &["callers", "do_frob"]).lines().count(), 3);
    });
}

#[test]
fn a_tracepoint_of_a_header_that_was_included_before() {
    let dir = Dir::new();
    dir.create("internal.h", "#include <trace/events/my.h>\n");
    dir.create(
        "main.c",
        "#include \"internal.h\"\n#define CREATE_TRACE_POINTS\n#include <trace/events/my.h>\n",
    );
    dir.create(
        "include/trace/events/my.h",
        "TRACE_EVENT(my_ev, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry(), TP_fast_assign(), TP_printk(\"x\"));\n",
    );
    both(&dir, |dir| {
        let table = dir.kgrep(&["export", "edges"]).stdout();
        assert!(
            table.contains("main.c\t__tracepoint_my_ev\ttrace_event_raw_event_my_ev\tinit"),
            "{table}"
        );
        // What is made of it is found by its names.
        for name in ["__traceiter_my_ev", "__bpf_trace_my_ev", "trace_event_get_offsets_my_ev"] {
            let table = rows(dir, &["def", name]);
            assert!(has(&table, &["include/trace/events/my.h", " 1 ", "tracepoint"]), "{table}");
            let told = dir.kgrep(&["exists", name]).run().expect_code(0).stdout();
            assert!(told.contains(&format!("{name}: defined")), "{told}");
        }
        dir.kgrep(&["exists", "__traceiter_my_eve"]).run().expect_code(1);
    });
}

#[test]
fn a_registering_macro_makes_no_functions_of_its_own() {
    let dir = Dir::new();
    dir.create(
        "include/linux/module.h",
        "#define module_init(f) static inline int __inittest(void) { return f(); }\n",
    );
    dir.create("a.c", "static int foo_init(void) { return 0; }\nmodule_init(foo_init);\n");
    both(&dir, |dir| {
        let table = rows(dir, &["callers", "foo_init"]);
        assert!(has(&table, &["module_init"]) && !has(&table, &["__inittest"]), "{table}");
    });
}

#[test]
fn what_a_macro_writes_is_shown_where_it_makes_the_definition() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "#define LAMP_ATTR(name, by) __LAMP_ATTR(name, by)\n\
         #define __LAMP_ATTR(name, by)\t\t\\\n\
         static int name##_show(void)\t\t\\\n{\t\t\t\t\\\n\treturn dim(by);\t\t\\\n}\n",
    );
    dir.create(
        "a.c",
        "#include <linux/lamp.h>\n\nLAMP_ATTR(watts, 3);\nint plain(void) { return 1; }\n",
    );
    let body = dir.kgrep(&["def", "--body", "--expand", "watts_show"]).stdout();
    let lines: Vec<&str> = body.lines().skip(1).collect();
    let expected = [
        "3 LAMP_ATTR(watts, 3);",
        "what LAMP_ATTR() writes (include/linux/lamp.h:1)",
        "   static int watts_show(void)",
        "   {",
        "   \treturn dim(3);",
        "   }",
    ];
    assert_eq!(lines, expected);
    assert!(!dir.kgrep(&["def", "--body", "watts_show"]).stdout().contains("dim(3)"));
    let plain = dir.kgrep(&["def", "--body", "--expand", "plain"]).stdout();
    assert_eq!(plain.lines().count(), 2, "{plain}");
    dir.kgrep(&["def", "--expand", "plain"]).run().expect_error(&["--body"]);
}

#[test]
fn a_macro_that_hands_on_is_told_with_what_does_the_work() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "#define lamp_hooks(_do) ({ __typeof__(_do) _r = _do; _r; })\n\
         int lamp_take_noprof(int room);\n\
         #define lamp_take(...) lamp_hooks(lamp_take_noprof(__VA_ARGS__))\n\
         #define hall_take(room) lamp_take(room)\n\
         #define lamp_swap(a, b) (lamp_put(a), lamp_put(b), lamp_take_noprof(a), lamp_lock())\n\
         static inline void lamp_put(int room) { }\n\
         #define LAMP_DIM 0x40 /* lamp_lock() is not called */\n\
         #define lamp_say(a) lamp_best((a), \"lamp_lock hall lamp_put\")\n\
         #define lamp_of(a) lamp_best(&(a)->hall.lamp_lock, bulb)\n\
         #define LAMP_RANGE LAMP_DIM ... LAMP_LIT\n#define LAMP_LIT 0x50\n",
    );
    // What a program's header calls so, the kernel doesn't mean.
    dir.create("tools/include/lamp.h", "#define bulb 1\n");
    dir.create(
        "lib/lamp.c",
        "#include <linux/lamp.h>\n\
         /* The first lamp of a room. */\n\
         static int lamp_find(int room)\n\
         {\n\
         \tlamp_lock();\n\
         \treturn lamp_best(room);\n\
         }\n\
         /* Takes a lamp. */\n\
         int lamp_take_noprof(int room)\n\
         {\n\
         \treturn lamp_find(room);\n\
         }\n\
         void lamp_lock(void)\n{\n}\n\
         int lamp_best(int room)\n{\n\treturn room;\n}\n\
         int hall(void)\n{\n\treturn lamp_take_noprof(1);\n}\n",
    );
    let sections = |name: &str| -> Vec<String> {
        let told = dir.kgrep(&["--layout", "sections", "trace", name]).stdout();
        told.lines().map(str::to_owned).collect()
    };
    both(&dir, |_| {
        for name in ["lamp_take", "hall_take"] {
            insta::assert_snapshot!(format!("work_of_{name}"), sections(name).join("\n"));
        }
        // The words of a comment call nothing, those of a text are no functions more, and fields are none.
        for name in ["lamp_swap", "LAMP_DIM", "lamp_say", "lamp_of", "LAMP_RANGE"] {
            insta::assert_snapshot!(format!("no_work_of_{name}"), sections(name).join("\n"));
        }
    });
}

/// A macro under `#ifndef __KERNEL__` hid the function that the kernel calls.
#[test]
fn a_macro_that_no_kernel_has_hides_nothing() {
    let dir = Dir::new();
    dir.create("Kbuild", "");
    dir.create("kernel/note.c", "void hush(const char *t)\n{\n}\nvoid low(int t)\n{\n}\n");
    dir.create(
        "lib/a.c",
        "#ifndef __KERNEL__\n#define hush(t) puts(t)\n#endif\n\
         #ifdef CONFIG_NOTE\nvoid hush(const char *t);\n\
         #else\n#define hush(t) do { } while (0)\n#endif\n\
         void a(void)\n{\n\thush(\"a\");\n}\n",
    );
    dir.create(
        "lib/b.c",
        "#ifndef __KERNEL__\n#define low(t) puts(t)\n#else\n#define low(t) put(t)\n#endif\n\
         void b(void)\n{\n\tlow(1);\n}\n",
    );
    // Other programs have it.
    dir.create(
        "tools/x/a.c",
        "#ifndef __KERNEL__\n#define warn(t) puts(t)\n#endif\nvoid tool(void)\n{\n\twarn(\"a\");\n}\n",
    );
    dir.create("tools/lib/w.c", "void warn(const char *t)\n{\n}\n");
    let callees = |name: &str| {
        let done = dir.kgrep(&["--no-header", "callees", "--macros", name]).run().expect_ok();
        done.stdout()
    };
    both(&dir, |_| {
        let told = ["a", "b", "tool"].map(callees).concat();
        insta::assert_snapshot!("a_macro_that_no_kernel_has", told);
    });
}

#[test]
fn what_a_macro_makes_hands_on_to_the_files_own_functions() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "struct show {\n\tint (*format)(int a);\n};\n\
         static int handler(void *data)\n{\n\tstruct show *d = data;\n\n\treturn d->format(1);\n}\n\
         static int show(int a, int (*format)(int a))\n{\n\tstruct show data = { .format = format };\n\n\
         \treturn handler(&data);\n}\n\
         #define FMT(name) static int fmt_##name(int a) { return a; }\n\
         #define SHOW(name) FMT(name) int show_##name(int a) { return show(a, fmt_##name); }\n\
         SHOW(first)\nSHOW(second)\n",
    );
    let args = ["--format", "json", "callees", "--kinds", "indirect", "handler"];
    let rows = dir.kgrep(&args).run().expect_code(0).stdout();
    for name in ["fmt_first", "fmt_second"] {
        assert!(rows.contains(&format!("\"callee\":\"{name}\"")), "{rows}");
    }
}

#[test]
fn what_reads_the_value_of_a_mounts_parameter_is_in_its_table() {
    let dir = Dir::new();
    dir.create(
        "include/linux/fs_parser.h",
        "struct fs_parameter_spec;\ntypedef int fs_param_type(const struct fs_parameter_spec *p);\n\
         fs_param_type fs_param_is_u32, fs_param_is_string, fs_param_is_own;\n\
         struct fs_parameter_spec {\n\tconst char *name;\n\tfs_param_type *type;\n};\n\
         #define __fsparam(TYPE, NAME) { .name = NAME, .type = TYPE }\n\
         #define fsparam_u32(NAME, OPT) __fsparam(fs_param_is_u32, NAME)\n\
         #define fsparam_string(NAME, OPT) __fsparam(fs_param_is_string, NAME)\n",
    );
    let function = |name: &str| {
        format!("int fs_param_is_{name}(const struct fs_parameter_spec *p)\n{{\n\treturn 0;\n}}\n")
    };
    let parse = "int parse(const struct fs_parameter_spec *p)\n{\n\treturn p->type(p);\n}\n";
    let text = "#include <linux/fs_parser.h>\n".to_owned() + &function("u32") + &function("string");
    dir.create("fs/fs_parser.c", text + &function("own") + parse);
    dir.create(
        "fs/lamp.c",
        "#include <linux/fs_parser.h>\nstatic const struct fs_parameter_spec lamp_params[] = {\n\
         \tfsparam_u32(\"watts\", 1),\n\tfsparam_string(\"name\", 2),\n\t__fsparam(fs_param_is_own, \"own\"),\n\t{}\n};\n",
    );
    let args = ["--format", "json", "callees", "--kinds", "indirect", "parse"];
    let rows = dir.kgrep(&args).run().expect_code(0).stdout();
    for name in ["u32", "string", "own"] {
        assert!(rows.contains(&format!("\"callee\":\"fs_param_is_{name}\"")), "{rows}");
    }
}
