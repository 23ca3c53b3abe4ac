//! Golden outlines of hand-written files, one for each way the kernel writes things, and
//! properties that hold for any bytes.

use std::fmt::Write;
use std::time::Instant;

use proptest::prelude::*;

use super::{FileOutline, Kind, Mentioned, NO_NAME, mentions, outline};
use crate::idiom::Idioms;

fn outline_text(path: &str, bytes: &[u8]) -> String {
    let found = outline(path.as_bytes(), bytes, &Idioms::built_in());
    let name = |id| String::from_utf8_lossy(found.name(id)).into_owned();
    let mut out = String::new();
    for include in &found.includes {
        writeln!(out, "{:3} include {} local={}", include.line, name(include.path), include.local)
            .expect("a string");
    }
    for definition in &found.definitions {
        write!(
            out,
            "{:3}-{} {} {}",
            definition.first,
            definition.last,
            definition.kind.name(),
            name(definition.name)
        )
        .expect("a string");
        for (set, word) in [
            (1, "static"),
            (2, "inline"),
            (4, "extern"),
            (8, "init"),
            (16, "exit"),
            (32, "weak"),
            (64, "alias"),
        ] {
            // The bit of `inline` says of a variable that it is a table that is never written.
            let word = match (definition.kind, word) {
                (Kind::Variable, "inline") => "table",
                (_, word) => word,
            };
            if definition.flags.0 & set != 0 {
                write!(out, " {word}").expect("a string");
            }
        }
        if definition.doc > 0 {
            write!(out, " doc={}", definition.doc).expect("a string");
        }
        if definition.params != NO_NAME {
            write!(out, " ({})", name(definition.params)).expect("a string");
        }
        if definition.guard != NO_NAME {
            write!(out, " #if {}", name(definition.guard)).expect("a string");
        }
        out.push('\n');
    }
    for used in &found.uses {
        let within =
            found.definitions.get(used.within as usize).map_or("-".to_owned(), |d| name(d.name));
        write!(out, "{:3} {within}: {:?} {}", used.line, used.kind, name(used.name))
            .expect("a string");
        if used.via != NO_NAME {
            write!(out, " via {}", name(used.via)).expect("a string");
        }
        out.push_str(if used.runs { " runs\n" } else { "\n" });
    }
    out
}

macro_rules! golden {
    ($test:ident, $file:literal) => {
        #[test]
        fn $test() {
            let bytes = include_bytes!(concat!("../../tests/trees/outline/", $file));
            insta::assert_snapshot!(outline_text($file, bytes));
        }
    };
}

golden!(functions, "functions.c");
golden!(arms, "arms.c");
golden!(idioms, "idioms.c");
golden!(types, "types.h");
golden!(assembler, "entry.S");
golden!(kconfig, "Kconfig");
golden!(rust, "lib.rs");

#[test]
fn a_damaged_outline_is_refused() {
    let found = outline(b"a.c", b"int f(void) { return g(); }", &Idioms::built_in());
    let bytes = found.encode();
    assert_eq!(FileOutline::decode(&bytes), Ok(found));
    for cut in 0..bytes.len() {
        assert!(FileOutline::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

/// The time for a text and for one four times as long must not differ by much more than that.
fn assert_linear(make: impl Fn(usize) -> Vec<u8>) {
    let idioms = Idioms::built_in();
    let time = |size| {
        let text = make(size);
        let start = Instant::now();
        outline(b"x.c", &text, &idioms);
        start.elapsed().as_secs_f64()
    };
    // What else the machine does is no fault of the outline: one quiet moment of three will do.
    let mut measured = Vec::new();
    for _ in 0..3 {
        let (short, long) = (time(1 << 18).max(0.002), time(1 << 20));
        if long < 20.0 * short {
            return;
        }
        measured.push((short, long));
    }
    panic!("seconds, and those for four times as much: {measured:?}");
}

#[test]
fn deep_and_endless_nesting_takes_linear_time() {
    for part in [
        "{",
        "((((",
        "[",
        "#if X\n{\n",
        "#else\n",
        "f(",
        "a=({",
        "struct a {",
        "x->",
        "#define A(a##b\n",
        "/*",
        "\"",
        "A(x)\n",
    ] {
        assert_linear(|size| part.repeat(size / part.len()).into_bytes());
        assert_linear(|size| {
            [&b"int f(void) {\n"[..], &part.repeat(size / part.len()).into_bytes()].concat()
        });
    }
}

#[test]
fn what_the_text_tells_of_calls_is_found_in_linear_time() {
    for part in [
        "if (p->a && p->a && p->b) p->f();\n",
        "if (!p->a) return;\np->f();\n",
        "p->ops = &a; if (x) p->ops->f();\n",
        "while (1) { if (x) p = &a; p->f();\n",
        "if (x) p = y ? &a : &b; p->f();\n",
        "a = b->c; else p->f();\n",
    ] {
        assert_linear(|size| {
            let calls = part.repeat(size / part.len()).into_bytes();
            [&b"int f(struct lamp *p) {\n"[..], &calls].concat()
        });
    }
}

#[test]
fn a_declaration_of_very_many_names_takes_linear_time() {
    for (before, name, after) in [
        ("typedef struct { int a; } ", "a, ", "z;"),
        ("typedef struct lamp ", "*a, ", "z;"),
        ("typedef int ", "(*a)(void), ", "z;"),
        ("struct lamp { int a; } ", "a, ", "z;"),
        ("struct lamp { int ", "a, ", "z; };"),
        ("struct lamp { ", "struct { int a; } a; ", "};"),
        ("struct lamp { int ", "(*a)(void), ", "z; };"),
        ("union { struct { int ", "a, ", "z; }; };"),
        ("enum lamp { ", "a, ", "z };"),
        ("static struct lamp ", "a = { .on = f }, ", "z;"),
        ("static struct lamp a = { ", ".on = f, ", "};"),
        ("static struct lamp a[] = { ", "{ .on = f }, ", "};"),
        ("static int ", "a[] = { 1 }, ", "z;"),
        ("extern int ", "a(void), ", "z(void);"),
        ("extern int ", "a(int x) b ", ";"),
        ("int f(", "struct lamp *a, ", "int z)\n{\n}\n"),
        ("int f(", "int (*a)(void), ", "int z)\n{\n}\n"),
        ("int f(void)\n{\nstruct lamp ", "*a, ", "z;\n}\n"),
        ("int f(void)\n{\nstruct lamp ", "*a = g(), ", "z;\n}\n"),
        ("int f(void)\n{\n", "struct lamp *a; ", "}\n"),
        ("int f(void)\n{\n", "struct { int a; } a; ", "}\n"),
        ("int f(a)\n", "int a; ", "{\n}\n"),
        ("DEFINE_LAMP(", "a, ", "z);"),
        ("#define LAMP(", "a, ", "z) f(a)\n"),
        ("#define LAMP ", "a, ", "z\n"),
    ] {
        assert_linear(|size| format!("{before}{}{after}", name.repeat(size / name.len())).into());
        let distinct = |number| name.replace('a', &format!("a{number}"));
        assert_linear(|size| {
            let names: String = (0..size / (name.len() + 6)).map(distinct).collect();
            format!("{before}{names}{after}").into()
        });
    }
}

#[test]
fn an_argument_that_is_a_body_may_begin_with_anything() {
    let found = outline_text("a.c", b"DEFINE_FREE(lamp, int, = x ? &a : &b; p->f())\n");
    assert!(found.starts_with("  1-1 function __free_lamp static"), "{found}");
}

#[test]
fn no_reserved_word_is_a_functions_name() {
    let made = "#define SAFE(type) type##_safe\n\nSAFE(struct lamp) {\n\tint on;\n};\n";
    let found = outline_text("a.c", made.as_bytes());
    assert!(found.contains("struct lamp_safe") && !found.contains("function"), "{found}");
    let found = outline_text(
        "a.c",
        b"SAFE(struct lamp) {\n\tint on;\n};\n\nint f(void)\n{\n\treturn 1;\n}\n",
    );
    assert!(found.contains("  5-8 function f") && !found.contains("1-3"), "{found}");
    let found = outline_text("a.c", b"DEFINE_LAMP(int, lamp)\n{\n\treturn 1;\n}\n");
    assert!(found.contains("  1-4 function DEFINE_LAMP"), "{found}");
}

#[test]
fn fifty_megabytes_of_brackets_end() {
    for part in [b'{', b'('] {
        let found = outline(b"x.c", &vec![part; 50 << 20], &Idioms::built_in());
        assert_eq!(found.uses, []);
    }
}

const PARTS: &[&str] = &[
    "static ",
    "int ",
    "struct x ",
    "foo",
    "(",
    ")",
    "{",
    "}",
    ";",
    ",",
    "=",
    "*",
    "->",
    ".",
    "#if 0\n",
    "#ifdef A\n",
    "#else\n",
    "#endif\n",
    "#define M(a) a##_b",
    "\n",
    "\\\n",
    "\"s\"",
    "'c'",
    "/*",
    "*/",
    "typedef ",
    "enum ",
    "[",
    "]",
    "SYSCALL_DEFINE1",
    "module_init",
    "DEFINE_FREE",
    "guard(mutex)(&x)",
    "extern \"C\" ",
    ":",
    "case ",
    "&",
    "1",
    "M(foo)",
    "call foo",
    ".globl foo",
    "foo:",
    "SYM_FUNC_START(foo)",
    "fn ",
    "config A",
    "#include <a.h>",
    "  ",
];

proptest! {
    #[test]
    fn any_bytes_have_an_outline(bytes: Vec<u8>, path in prop::sample::select(vec!["a.c", "a.h", "a.S", "Kconfig", "a.rs"])) {
        let found = outline(path.as_bytes(), &bytes, &Idioms::built_in());
        prop_assert_eq!(FileOutline::decode(&found.encode()), Ok(found));
    }

    #[test]
    fn spliced_code_has_an_outline_within_its_lines(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..200),
        path in prop::sample::select(vec!["a.c", "a.S", "a.rs", "Kconfig"]),
    ) {
        let text = parts.concat();
        let lines = text.split('\n').count() as u32;
        let found = outline(path.as_bytes(), text.as_bytes(), &Idioms::built_in());
        for definition in &found.definitions {
            prop_assert!(definition.first >= 1 && definition.first <= definition.last && definition.last <= lines);
        }
        for used in &found.uses {
            prop_assert!(used.line >= 1 && used.line <= lines);
        }
    }

    #[test]
    fn real_looking_code_cut_and_joined_anywhere_has_an_outline(from in 0usize..2400, to in 0usize..2400) {
        let text = include_bytes!("../../tests/trees/outline/functions.c");
        let (from, to) = (from.min(text.len()), to.min(text.len()));
        outline(b"a.c", &[&text[..from], &text[to..]].concat(), &Idioms::built_in());
    }
}

#[test]
fn a_bracket_that_is_never_closed_is_no_list_of_parameters() {
    let found = outline_text("a.c", b"static } * int M(foo) ( static\n");
    assert_eq!(found, "  1-1 declaration M static (foo)\n");
}

/// Braces in both arms of a condition that don't match leave a function's statements outside of it.
#[test]
fn a_statement_outside_of_functions_declares_nothing() {
    let mut text = "lamp--;\nlamp->on = 1;\nlamp.on = 1;\n".to_owned();
    for operator in ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"] {
        text += &format!("lamp {operator}= 2; ");
    }
    text += "\nint a[N - 1], b, *c = d - 1;\n";
    let found = outline_text("a.c", text.as_bytes());
    assert_eq!(found, "  5-5 variable a\n  5-5 variable b\n  5-5 variable c\n  5 c: Init d\n");
}

#[test]
fn assembler_in_a_header_declares_nothing() {
    let text = b"\t.macro\tloop_page ar at\n\n\tloop_all \\ar, \\at, PAGE_SIZE, \\ar\n\n\t.endm\n\n\nint lamp;\n";
    assert_eq!(outline_text("cache.h", text), "");
    assert_eq!(
        outline_text("lamp.h", b"int a, \\\n\tb;\n"),
        "  1-2 variable a\n  1-2 variable b\n"
    );
}

#[test]
fn what_is_for_assembler_hides_no_code() {
    for (assembler, code) in [
        ("#ifdef __ASSEMBLY__\n", "#else\n"),
        ("#if defined(__ASSEMBLER__) && defined(CONFIG_LAMP)\n", "#elif !defined(__ASSEMBLER__)\n"),
        ("#ifndef __ASSEMBLER__\n#else\n", "#endif\n#ifndef __ASSEMBLY__\n"),
    ] {
        let text = format!(
            "{assembler}.macro LAMP_ON reg\n\tmov \\reg, (sp)\n.endm\n#define LAMP 1\n{code}\
             static inline int lamp_on(void)\n{{\n\treturn 1;\n}}\n#endif\n"
        );
        let found = outline_text("lamp.h", text.as_bytes());
        assert!(found.contains("function lamp_on") && found.contains("constant LAMP"), "{found}");
    }
}

#[test]
fn a_macro_alone_on_its_line_is_no_type() {
    let found = outline_text(
        "a.c",
        b"LAMP_ID(func, a)\n#ifdef CONFIG_LAMP\nLAMP_ID(func, b)\n#else\nLAMP_ID_UNUSED\n#endif\n\
          LAMP_ID(func, c)\nLAMP_ID_UNUSED\n\nstatic int lamp(int a)\n{\n\treturn a;\n}\n",
    );
    assert!(found.contains("10-13 function lamp static"), "{found}");
    assert!(!found.contains("function LAMP_ID") && !found.contains("declaration"), "{found}");
    // A type on a line of its own.
    for name in ["lamp", "LAMP_INIT"] {
        let text = format!("int a;\nLAMP_STATUS\n{name}(int a)\n{{\n\treturn a;\n}}\n");
        let found = outline_text("a.c", text.as_bytes());
        assert!(found.contains(&format!("2-6 function {name}")), "{found}");
    }
}

#[test]
fn braces_of_an_argument_may_end_in_the_first_column() {
    let made = "#define LAMP(name, spec...) static int name(void) { return on((struct s)spec); }\n";
    let found = outline_text(
        "a.c",
        format!(
            "{made}LAMP(lamp_a, {{\n\t.x = 1,\n}});\nLAMP(lamp_b, {{\n\t.x = 1,\n}}, {{\n}});\n"
        )
        .as_bytes(),
    );
    assert!(
        found.contains("2-4 function lamp_a") && found.contains("5-8 function lamp_b"),
        "{found}"
    );
}

#[test]
fn how_long_an_array_is_makes_no_function_static() {
    let found = outline_text(
        "a.c",
        b"void lamp(int key[static 2])\n{\n}\nstatic void own(int key[static 2])\n{\n}\nint all(int key[static 2]);\n",
    );
    assert!(
        found.contains("1-3 function lamp (") && found.contains("7-7 declaration all ("),
        "{found}"
    );
    assert!(found.contains("4-6 function own static"), "{found}");
}

#[test]
fn what_pastes_may_stand_anywhere() {
    for use_of in [
        "f(CONCATENATE)",
        "CONCATENATE",
        "CONCATENATE(",
        "CONCATENATE()",
        "CONCATENATE(a, b)",
        "CONCATENATE(a, COUNT_ARGS",
    ] {
        let text = format!(
            "#define MAKE(n) void n(void) {{ {use_of}; }}\nMAKE(foo)\nvoid bar(void) {{ }}\n"
        );
        let found = outline_text("a.c", text.as_bytes());
        assert!(found.contains("function bar"), "{use_of}: {found}");
    }
}

#[test]
fn looking_for_counted_names_leaves_time_for_pasted_ones() {
    let counted = "CONCATENATE(set_name_, COUNT_ARGS(1))(1);\n".repeat(600);
    let text = format!(
        "#define bitop(op, n) const##op(n)\nvoid user(void)\n{{\n{counted}bitop(_test, 1);\n}}\n\
         void const_test(int n) {{ }}\n"
    );
    let found = outline_text("a.c", text.as_bytes());
    assert!(found.contains("user: Call const_test"), "{}", &found[found.len() - 300..]);
}

#[test]
fn macros_that_write_macros_without_end_are_given_up() {
    let mut text = String::new();
    for level in 0..20 {
        let next = format!("A{}(x) ", level + 1).repeat(8);
        text += &format!("#define A{level}(x) {next}\n");
    }
    text += "#define A20(x) int f_##x(void) { return 0; }\n#define SELF(x) SELF(x) SELF(x)\n";
    text += &format!("#define WIDE(x) {}\n", "x ".repeat(1 << 14));
    for at in 0..200 {
        text += &format!("A0(a{at})\nSELF(a)\nWIDE({})\n", "y".repeat(100));
    }
    text += "int after(void) { return 0; }\n";
    let begun = Instant::now();
    let found = outline(b"x.c", text.as_bytes(), &Idioms::built_in());
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    assert!(found.definitions.iter().any(|d| found.name(d.name) == b"after"));
}

#[test]
fn of_conditions_only_so_much_is_kept_as_people_read() {
    let long = "A".repeat(100_000);
    let one = format!("#if B && {long}\nint x;\n#endif\n");
    assert_eq!(outline_text("a.c", one.as_bytes()), "  2-2 variable x #if B && ...\n");
    let some = format!("#if {}\n", ["CONFIG_LAMP"; 30].join(" && "));
    let all =
        outline_text("a.c", (some.repeat(40) + "int x;\n" + &"#endif\n".repeat(40)).as_bytes());
    assert!(all.len() < 1500 && all.ends_with(" && ...\n"), "{all}");
}

#[test]
fn the_name_of_a_typedef() {
    let text = b"typedef _Bool\t\tbool;\ntypedef guid_t efi_guid_t __aligned(__alignof__(u32));\n\
        typedef u32 (hash_fn)(const struct net *net,\n\tconst u8 *at);\ntypedef int (*open_fn)(u8 flags);\n\
        typedef u8 mac_t[6];\ntypedef void *(*next_fn)(void *from);\ntypedef int plain_fn(int a, u8 b);\n\
        typedef struct { int a; } one_t, *one_p, ones_t[4];\ntypedef u8 low_t, high_t;\n";
    let found = outline_text("a.h", text);
    let names: Vec<&str> =
        found.lines().filter_map(|line| Some(line.split_once("typedef ")?.1)).collect();
    assert_eq!(
        names,
        [
            "bool",
            "efi_guid_t",
            "hash_fn",
            "open_fn",
            "mac_t",
            "next_fn",
            "plain_fn",
            "one_t",
            "one_p",
            "ones_t",
            "low_t",
            "high_t"
        ],
        "{found}"
    );
}

/// A source in which every way to leave something out has a name that it could lose.
const LAMPS: &str = "#include <linux/lamp.h>
#define LIMIT 8
#define WRAP(x) lamp_set(x, LIMIT)
#define MAKE(name) static int name##_show(void) { return lamp_get(); }
MAKE(desk)
struct lamp_ops { int (*set)(struct lamp *lamp, int level); };
static int set_level(struct lamp *lamp, int level)
{
\treturn WRAP(lamp);
}
static const struct lamp_ops ops = { .set = set_level };
#if 0
int unused(void) { return lamp_get(); }
#else
int used(void) { return LIMIT; }
#endif
static struct lamp *one;
int all(struct lamp *lamp, const struct lamp_ops *o)
{
\t/* lamp_get */
\tpr_info(\"lamp_get\");
\to->set(lamp, LIMIT);
\tone = lamp;
\treturn register_lamp(set_level);
}
module_param(LIMIT, int, 0);
EXPORT_SYMBOL(all);
#undef LIMIT
int mixed(void)
{
#if 0
\treturn lamp_dead();
#endif
\treturn 0;
}
";

/// The outlines above, and the lamps.
const SOURCES: [(&str, &[u8]); 8] = [
    ("lamps.c", LAMPS.as_bytes()),
    ("functions.c", include_bytes!("../../tests/trees/outline/functions.c")),
    ("arms.c", include_bytes!("../../tests/trees/outline/arms.c")),
    ("idioms.c", include_bytes!("../../tests/trees/outline/idioms.c")),
    ("types.h", include_bytes!("../../tests/trees/outline/types.h")),
    ("entry.S", include_bytes!("../../tests/trees/outline/entry.S")),
    ("Kconfig", include_bytes!("../../tests/trees/outline/Kconfig")),
    ("lib.rs", include_bytes!("../../tests/trees/outline/lib.rs")),
];

#[test]
fn of_one_name_as_much_is_said_as_by_the_whole_outline() {
    let idioms = Idioms::built_in();
    for (path, bytes) in SOURCES {
        let path = path.as_bytes();
        let whole = outline(path, bytes, &idioms);
        let names: std::collections::BTreeSet<&[u8]> =
            (0..whole.names.len()).map(|id| whole.name(id as u32)).collect();
        let names = names
            .into_iter()
            .filter(|name| name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'));
        for name in names.filter(|name| !name.is_empty()) {
            let Mentioned { outline: part, lines, .. } = mentions(path, bytes, &idioms, name);
            let said = |outline: &FileOutline| {
                let text = |id| String::from_utf8_lossy(outline.name(id)).into_owned();
                let is = |id| outline.name(id) == name;
                let uses = outline.uses.iter().filter(|used| {
                    is(used.name) || outline.name(used.name).starts_with(&[name, b"@"].concat())
                });
                let within =
                    |number: u32| outline.definitions.get(number as usize).map(|d| text(d.name));
                let uses = uses.filter(|used| lines.contains(&used.line));
                let uses: Vec<_> = uses
                    .map(|used| {
                        (used.line, used.kind, used.runs, text(used.via), within(used.within))
                    })
                    .collect();
                let defined =
                    outline.definitions.iter().filter(|d| is(d.name) && d.kind != Kind::File);
                let defined: Vec<_> = defined.map(|d| (d.first, d.last, d.kind, d.flags)).collect();
                (uses, defined)
            };
            let shown = String::from_utf8_lossy(name);
            assert_eq!(said(&part), said(&whole), "{shown} in {}", String::from_utf8_lossy(path));
        }
    }
}

#[test]
fn the_lines_of_a_name_are_those_of_code() {
    let lines = |name: &str| {
        let idioms = Idioms::built_in();
        let Mentioned { mut lines, .. } =
            mentions(b"lamps.c", LAMPS.as_bytes(), &idioms, name.as_bytes());
        lines.dedup();
        lines
    };
    assert_eq!(lines("lamp_get"), [4, 13]);
    assert_eq!(lines("LIMIT"), [2, 3, 15, 22, 26, 28]);
    assert_eq!(lines("set_level"), [7, 11, 24]);
    assert_eq!(lines("lamp_dead"), [32]);
    let Mentioned { outline, .. } =
        mentions(b"lamps.c", LAMPS.as_bytes(), &Idioms::built_in(), b"lamp_dead");
    assert!(outline.definitions.iter().any(|d| outline.name(d.name) == b"mixed"));
}

#[test]
fn only_the_first_macro_of_a_file_guards_it() {
    let text = "#ifndef B_H\n#define B_H 0\n#endif\n#ifndef MORE\n#define MORE\n#endif\n#ifndef B_C\n#define B_C\n#endif\n";
    assert_eq!(
        outline_text("b.h", text.as_bytes()),
        "  5-5 constant MORE #if !defined(MORE)\n  8-8 constant B_C #if !defined(B_C)\n"
    );
}
