//! Names that macros paste together, entries that only assembler makes, and functions that a
//! private header has for all.

use crate::util::Dir;

/// Who calls what, by the exported edges of these kinds: `caller > callee`.
fn edges(dir: &Dir, kinds: &[&str]) -> Vec<String> {
    let done = dir.kgrep(&["export", "edges"]).run();
    assert_eq!(done.code(), 0, "{}", done.stderr());
    let rows = done.stdout();
    let edge = |row: &str| {
        let [_, caller, callee, kind] = row.split('\t').collect::<Vec<_>>().try_into().ok()?;
        kinds.contains(&kind).then(|| format!("{caller} > {callee}"))
    };
    let mut edges: Vec<String> = rows.lines().filter_map(edge).collect();
    // An inline function that is called is expanded, too.
    edges.dedup();
    edges
}

#[test]
fn a_macro_calls_what_it_pastes_together_from_its_arguments() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "static inline int const_dim(int n) { return n; }\nstatic inline int _dim(int n) { return n; }\n\
         #define lampop(op, n) (__builtin_constant_p(n) ? const##op(n) : op(n))\n\
         #define dim(n) lampop(_dim, n)\n\
         static inline int __glow0(int n) { return n; }\n#define __glow1(n, how) _dim(n)\n\
         #define glow(n, ...) CONCATENATE(__glow, COUNT_ARGS(__VA_ARGS__))(n, ## __VA_ARGS__)\n\
         int __lampprop_ptr(int *s);\nint __lampprop_spin_ptr(int *s) { return 1; }\n\
         #define __lampcase(s, lock, prop) lamp_##lock##_t: __lampprop_##lock##_##prop\n\
         #define __lampprop(s, prop) _Generic(*(s), lamp_t: __lampprop_##prop, __lampcase(s, spin, prop))\n\
         #define lamp_ptr(s) __lampprop(s, ptr)(s)\n",
    );
    dir.create("a.c", "int use(int n) { return dim(n) + glow(n) + lamp_ptr(&n); }\n");
    let found = edges(&dir, &["call", "ref", "macro"]);
    let of = |name: &str| -> Vec<&str> {
        let start = format!("{name} > ");
        found.iter().filter_map(|edge| edge.strip_prefix(&start)).collect()
    };
    assert_eq!(of("use"), ["dim", "glow", "lamp_ptr"]);
    assert_eq!(of("dim"), ["_dim", "const_dim", "lampop"]);
    assert_eq!(of("glow"), ["CONCATENATE", "COUNT_ARGS", "__glow0", "__glow1"]);
    assert_eq!(of("lamp_ptr"), ["__lampprop", "__lampprop_spin_ptr"]);
}

#[test]
fn a_table_has_what_its_macros_paste_together() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "#define RUN(n) lamp_run##n\nstatic int RUN(32)(void) { return 0; }\n\
         static int RUN(64)(void) { return 0; }\n\
         #define EVAL1(FN, x) FN(x)\n#define EVAL2(FN, x, y...) FN(x) EVAL1(FN, y)\n\
         #define RUN_LIST(n) RUN(n),\n\
         static int (*runs[])(void) = { EVAL2(RUN_LIST, 32, 64) };\n",
    );
    assert_eq!(edges(&dir, &["init"]), ["runs > lamp_run32", "runs > lamp_run64"]);
}

#[test]
fn an_exceptions_entry_calls_its_handler_once() {
    let dir = Dir::new();
    dir.create(
        "arch/x86/include/asm/idtentry.h",
        "#ifndef __ASSEMBLY__\n#define DECLARE_IDTENTRY(vector, func) \\\n\
         \tasmlinkage void asm_##func(void); \\\n\t__visible void func(struct pt_regs *regs)\n\
         #define DECLARE_IDTENTRY_RAW(vector, func) \\\n\tDECLARE_IDTENTRY(vector, func)\n#else\n\
         #define DECLARE_IDTENTRY(vector, func) \\\n\tidtentry vector asm_##func func has_error_code=0\n\
         #define DECLARE_IDTENTRY_RAW(vector, func) \\\n\tDECLARE_IDTENTRY(vector, func)\n#endif\n\
         DECLARE_IDTENTRY_RAW(X86_TRAP_LAMP, exc_lamp);\n",
    );
    dir.create(
        "arch/x86/kernel/traps.c",
        "DEFINE_IDTENTRY_RAW(exc_lamp)\n{\n\tdim();\n}\nvoid dim(void) {}\n",
    );
    let calls = edges(&dir, &["call"]);
    let entries: Vec<&String> = calls.iter().filter(|edge| edge.starts_with("asm_")).collect();
    assert_eq!(entries, ["asm_exc_lamp > exc_lamp"]);
    let places = dir.kgrep(&["def", "asm_exc_lamp", "--kind", "asm"]).stdout();
    assert_eq!(places.lines().count(), 2, "{places}");
}

#[test]
fn a_function_in_a_private_header_is_for_all() {
    let dir = Dir::new();
    dir.create("include/linux/lamp.h", "void lamp_note(int n);\n#define lamp_qs(n) lamp_note(n)\n");
    dir.create("kernel/lamp/tasks.h", "void lamp_note(int n) {}\nstatic void own(int n) {}\n");
    dir.create("kernel/lamp/update.c", "#include \"tasks.h\"\n");
    dir.create("mm/other.c", "void f(void) { lamp_note(1); own(2); }\n");
    assert_eq!(edges(&dir, &["call"]), ["f > lamp_note", "lamp_qs > lamp_note"]);
}

#[test]
fn a_macro_that_a_macro_hands_on_is_used() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "void lamp_print(int n);\n#define LAMP_IF(c, func, ...) do { if (c) func(__VA_ARGS__); } while (0)\n\
         #define LAMP(n) lamp_print(n)\n#define LAMP_ONCE(c, n) LAMP_IF(c, LAMP, n)\n",
    );
    dir.create("a.c", "void f(void) { LAMP_ONCE(1, 2); }\nvoid lamp_print(int n) {}\n");
    let wanted = ["LAMP_ONCE > LAMP", "LAMP_ONCE > LAMP_IF", "f > LAMP_ONCE"];
    assert_eq!(edges(&dir, &["macro"]), wanted);
    let chain = || dir.kgrep(&["--format", "grep", "chain", "f", "lamp_print"]).run().stdout();
    let way = "a.c:1:void f(void) { LAMP_ONCE(1, 2); }\n\
               include/linux/lamp.h:4:#define LAMP_ONCE(c, n) LAMP_IF(c, LAMP, n)\n\
               include/linux/lamp.h:3:#define LAMP(n) lamp_print(n)\n";
    assert_eq!(chain(), way);
    // An index says the same, also of a macro that comes later.
    dir.create(
        "include/linux/lamp.h",
        "void lamp_print(int n);\n#define LAMP_ONCE(c, n) LAMP_IF(c, LAMP, n)\n",
    );
    dir.kgrep(&["index", "."]).run().expect_ok();
    assert_eq!(chain(), "");
    dir.create("include/linux/more.h", "#define LAMP(n) lamp_print(n)\n");
    assert_eq!(chain().lines().count(), 3, "{}", chain());
}

#[test]
fn a_short_function_of_the_file_is_expanded_like_an_inline_one() {
    let dir = Dir::new();
    let long = "\tdim();\n".repeat(20);
    let few = "\t/* It is said why. */\n".repeat(10);
    let many = "\tdim(); take(); own(); long_one(); few(); many();\n\n".repeat(4);
    dir.create(
        "a.c",
        format!(
            "void dim(void) {{}}\nstatic void take(void)\n{{\n\tdim();\n}}\n\
             void __weak own(void)\n{{\n\tdim();\n}}\nstatic void long_one(void)\n{{\n{long}}}\n\
             static void few(void)\n{{\n{few}\tdim();\n}}\n\
             static void many(void)\n{{\n{many}}}\n\
             void f(void) {{ take(); own(); long_one(); few(); many(); }}\n"
        ),
    );
    dir.create("b.c", "void g(void) { f(); }\n");
    let expanded = [
        "f > few",
        "f > take",
        "few > dim",
        "long_one > dim",
        "many > dim",
        "many > few",
        "many > take",
        "own > dim",
        "take > dim",
    ];
    assert_eq!(edges(&dir, &["macro"]), expanded);
}

#[test]
fn what_is_a_macro_or_an_inline_function_is_said_to_be_expanded() {
    let dir = Dir::new();
    dir.create(
        "include/linux/lamp.h",
        "#ifdef CONFIG_LAMP\nstatic inline void lamp_lock(int n)\n{\n\tlamp_wait(n);\n}\n#else\n\
         #define lamp_lock(n) lamp_spin(n)\n#endif\n\
         #ifdef CONFIG_LAMP\nvoid lamp_open(int n);\n#else\n#define lamp_open(n) do { } while (0)\n#endif\n",
    );
    dir.create(
        "lamp.c",
        "void lamp_wait(int n) {}\nvoid lamp_spin(int n) {}\nvoid lamp_open(int n) {}\n",
    );
    dir.create("a.c", "void f(void)\n{\n\tlamp_lock(1);\n\tlamp_open(1);\n}\n");
    assert_eq!(
        edges(&dir, &["call"]),
        ["f > lamp_open", "lamp_lock > lamp_wait", "lamp_lock > lamp_spin"]
    );
    assert_eq!(edges(&dir, &["macro"]), ["f > lamp_lock"]);
}
