//! Golden outlines of hand-written files, one for each way the kernel writes things, and
//! properties that hold for any bytes.

use std::fmt::Write;
use std::time::Instant;

use proptest::prelude::*;

use super::{FileOutline, NO_NAME, outline};
use crate::idiom::Idioms;

fn shown(path: &str, bytes: &[u8]) -> String {
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
            insta::assert_snapshot!(shown($file, bytes));
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
    let (short, long) = (time(1 << 18).max(0.002), time(1 << 20));
    assert!(long < 20.0 * short, "{short} s, and {long} s for four times as much");
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
    let found = shown("a.c", b"static } * int M(foo) ( static\n");
    assert_eq!(found, "  1-1 declaration M static (foo)\n");
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
    assert_eq!(shown("a.c", one.as_bytes()), "  2-2 variable x #if B && ...\n");
    let some = format!("#if {}\n", ["CONFIG_LAMP"; 30].join(" && "));
    let all = shown("a.c", (some.repeat(40) + "int x;\n" + &"#endif\n".repeat(40)).as_bytes());
    assert!(all.len() < 1500 && all.ends_with(" && ...\n"), "{all}");
}

#[test]
fn the_name_of_a_typedef() {
    let text = b"typedef _Bool\t\tbool;\ntypedef guid_t efi_guid_t __aligned(__alignof__(u32));\n\
        typedef u32 (hash_fn)(const struct net *net,\n\tconst u8 *at);\ntypedef int (*open_fn)(u8 flags);\n\
        typedef u8 mac_t[6];\ntypedef void *(*next_fn)(void *from);\ntypedef int plain_fn(int a, u8 b);\n";
    let found = shown("a.h", text);
    let names: Vec<&str> =
        found.lines().filter_map(|line| Some(line.split_once("typedef ")?.1)).collect();
    assert_eq!(
        names,
        ["bool", "efi_guid_t", "hash_fn", "open_fn", "mac_t", "next_fn", "plain_fn"],
        "{found}"
    );
}
