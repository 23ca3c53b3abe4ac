//! Shapes of code that are rarely seen: odd heads, tables declared with their struct, calls
//! between Rust and C, stubs.

use crate::util::Dir;

/// The rows of a command's table without its header.
fn rows(dir: &Dir, args: &[&str]) -> String {
    dir.kgrep(&["--no-header", "--arch", "x86"]).args(args).stdout()
}

#[test]
fn odd_heads_are_definitions() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "int (paren_name)(int a) { return callee_c(a); }\n\
         struct foo { int x; } *struct_ret(void) { return callee_i(); }\n\
         enum e { A1, B1 } enum_ret(void) { return callee_j(); }\n\
         int after(void) { return callee_k(); }\n\
         static int kr(a, b)\n\tint a;\n\tchar *b;\n{\n\treturn callee_d(a);\n}\n\
         int last(void) { return callee_l(); }\n",
    );
    let lines = [
        ("paren_name", 1),
        ("struct_ret", 2),
        ("enum_ret", 3),
        ("after", 4),
        ("kr", 5),
        ("last", 11),
    ];
    for (name, line) in lines {
        let table = rows(&dir, &["callees", name]);
        assert!(table.contains("callee_"), "{name}: {table}");
        let table = rows(&dir, &["def", name]);
        assert!(table.contains("function") && table.contains(&format!(" {line} ")), "{table}");
    }
    assert!(rows(&dir, &["def", "foo"]).contains("struct"));
    assert!(rows(&dir, &["def", "B1"]).contains("enumerator"));
}

#[test]
fn a_table_declared_with_its_struct_is_seen() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "static int probe_one(struct req *r) { return 1; }\n\
         static int probe_two(struct req *r) { return 2; }\n\
         static struct {\n\tint id;\n\tint (*probe)(struct req *r);\n} probes[] = {\n\
         \t{ 1, probe_one },\n\t{ .id = 2, .probe = probe_two },\n};\n\
         static const struct entry {\n\tint id;\n\tint (*fn)(struct req *r);\n} named[] = {\n\
         \t{ .id = 1, .fn = probe_one },\n};\n\
         int run_all(struct req *r)\n{\n\treturn probes[0].probe(r) + named[0].fn(r);\n}\n",
    );
    let table = rows(&dir, &["callers", "probe_one"]);
    assert!(table.contains("probes") && table.contains("named"), "{table}");
    assert!(rows(&dir, &["def", "probes"]).contains("variable"));
    for target in ["probe_one", "probe_two"] {
        let table = rows(&dir, &["chain", "--indirect", "run_all", target]);
        assert!(table.contains(target), "{table}");
    }
}

#[test]
fn the_elements_of_a_table_may_begin_in_column_0() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "struct driver { int (*probe)(int); };\n\
         static int one(int a) { return a; }\nstatic int two(int a) { return a; }\n\
         static struct driver drivers[] = {\n{\n\t.probe = one,\n}, {\n\t.probe = two,\n} };\n\
         int after(struct driver *d) { return d->probe(1); }\n",
    );
    for name in ["one", "two"] {
        let table = rows(&dir, &["callers", name]);
        assert!(table.contains("drivers") && table.contains("after"), "{name}: {table}");
    }
}

#[test]
fn calls_across_the_border_of_rust() {
    let dir = Dir::new();
    dir.create(
        "r.rs",
        "#[no_mangle]\npub extern \"C\" fn rust_called_from_c(a: i32) -> i32 { rust_inner(a) }\n\
         fn rust_inner(a: i32) -> i32 { unsafe { bindings::c_function(a) } }\n\
         impl Foo { pub fn method(&self) { Self::assoc(2); self.other(1) } fn other(&self, a: i32) {} fn assoc(a: i32) {} }\n",
    );
    dir.create(
        "rc.c",
        "int rust_called_from_c(int a);\nint c_side(void) { return rust_called_from_c(1); }\n\
         int c_function(int a) { return a; }\n",
    );
    for (name, caller) in [
        ("c_function", "rust_inner"),
        ("rust_inner", "rust_called_from_c"),
        ("rust_called_from_c", "c_side"),
        ("other", "method"),
        ("assoc", "method"),
    ] {
        let table = rows(&dir, &["callers", name]);
        assert!(table.contains(caller), "{name}: {table}");
    }
}

#[test]
fn calls_inside_of_rust_lead_to_other_files() {
    let dir = Dir::new();
    dir.create(
        "rust/kernel/error.rs",
        "pub fn to_result(err: i32) -> Result { check(err) }\nfn check(err: i32) -> Result { Ok(()) }\n",
    );
    dir.create(
        "rust/kernel/lamp.rs",
        "use crate::{error::to_result, sync::{Arc, wake}};\n\
         fn on() -> Result { to_result(unsafe { bindings::lamp_on() }) }\n\
         fn off() -> Result { crate::error::to_result(1) }\n\
         fn not_it(x: &Lamp) { x.to_result(); Lamp::to_result(2); core::to_result(3); }\n",
    );
    dir.create(
        "lib/lamp.c",
        "int lamp_on(void) { return 0; }\nvoid to_bits(void) { to_result(4); }\n",
    );
    let table = rows(&dir, &["callers", "to_result"]);
    assert!(table.contains("on   ") && table.contains("off  "), "{table}");
    assert!(!table.contains("not_it") && !table.contains("to_bits"), "{table}");
    assert!(rows(&dir, &["def", "kernel::error::to_result"]).contains("rust/kernel/error.rs"));
    assert!(rows(&dir, &["callers", "lamp_on"]).contains("rust/kernel/lamp.rs"));
}

#[test]
fn a_macro_of_an_else_hides_what_its_own_file_defines_alone() {
    let dir = Dir::new();
    dir.create(
        "include/ring.h",
        "int ring_first(int a);\nint ring_next(int a);\nint ring_last(int a);\n",
    );
    dir.create(
        "mm/ring.c",
        "#include \"ring.h\"\nint ring_first(int a) { return ring_copy(a); }\n\
         int ring_next(int a) { return ring_copy(a); }\n\
         int ring_last(int a) { return ring_copy(a); }\nint ring_copy(int a) { return a; }\n",
    );
    dir.create(
        "mm/log.c",
        "#include \"ring.h\"\n#ifdef CONFIG_LOG\nint seek(void) { return ring_first(1); }\n\
         struct ops { int (*next)(int); } ops = { .next = ring_next };\n\
         static int last(int a) { return a; }\n#else\n\
         #ifdef CONFIG_MORE\n#define ring_first(a) 0\n#endif\n#define ring_next 0\n\
         #define last(a) 0\n#endif\n#define ring_last(a) 0\n\
         int rewind(void) { return ring_first(2) + last(3) + ring_last(4); }\n",
    );
    dir.create("mm/last.c", "int last(int a) { return ring_copy(a); }\n");
    for (from, hops) in [("seek", 2), ("rewind", 2)] {
        let found = dir.kgrep(&["chain", from, "ring_copy", "--format", "grep"]).run().stdout();
        assert_eq!(found.lines().count(), hops, "{from}: {found}");
    }
    let rows = rows(&dir, &["chain", "rewind", "ring_copy"]);
    let uses = dir.kgrep(&["refs", "ring_next", "--format", "json"]).stdout();
    assert!(uses.contains("init of ops.next"), "{uses}");
    let titles: Vec<&str> = rows.lines().filter(|row| row.contains('→')).collect();
    assert_eq!(titles, ["rewind → ring_first → ring_copy"]);
}

#[test]
fn a_call_that_means_a_stub_or_the_real_function_is_one_row() {
    let dir = Dir::new();
    dir.create("mm/user.c", "#include \"sec.h\"\nint user(void) { return sec_check(1); }\n");
    dir.create("sec/sec.c", "#include \"sec.h\"\nint sec_check(int a) { return real_work(a); }\n");
    dir.create(
        "include/sec.h",
        "#ifdef CONFIG_SEC\nint sec_check(int a);\n#else\n\
         static inline int sec_check(int a) { return 0; }\n#endif\n",
    );
    let table = rows(&dir, &["callers", "sec_check"]);
    assert_eq!(table.lines().filter(|row| row.contains("mm/user.c")).count(), 1, "{table}");
}
