//! Enclosing things, one kind of file after the other.

use super::*;
use crate::diff::locate::Lines;

/// What encloses the lines of `text` that hold `HERE`.
fn at(name: &str, text: &str) -> Option<(Thing, String)> {
    let lines = Lines::of(text.as_bytes());
    let hit = |line: &&[u8]| memchr::memmem::find(line, b"HERE").is_some();
    let first = lines.iter().position(hit).unwrap();
    let last = lines.iter().rposition(hit).unwrap();
    let found = enclosing(name.as_bytes(), &lines, first..last + 1)?;
    Some((found.thing, String::from_utf8_lossy(&found.name).into_owned()))
}

fn is(name: &str, text: &str, thing: Thing, called: &str) {
    assert_eq!(at(name, text), Some((thing, called.to_owned())), "{text}");
}

#[test]
fn c_functions() {
    let f =
        "static int __init lamp_setup(char *arg,\n\t\t\t     int flags)\n{\n\tint a; /* HERE */\n";
    is("lamp.c", f, Thing::Function, "lamp_setup");
    is(
        "lamp.c",
        "int\nlamp_on(struct lamp *l)\n{\n#ifdef X\nout:\n\tHERE\n",
        Thing::Function,
        "lamp_on",
    );
    is(
        "l.c",
        "SYSCALL_DEFINE2(lamp_set, int, fd, int, level)\n{\n\tHERE\n",
        Thing::Function,
        "lamp_set",
    );
    is("l.c", "void f(void)\n{\n}\n\nint g(int HERE)\n{\n", Thing::Function, "g");
    is(
        "l.h",
        "static __printf(1, 2) int say(const char *fmt, ...)\n{\n\tHERE\n",
        Thing::Function,
        "say",
    );
    for head in [
        "static __always_inline __alloc_size(1) void *lamp_get(size_t size)",
        "static __always_inline __lamp_attribute(1) void *lamp_get(size_t size,\n\t\tint node)",
        "__alloc_size(2) __malloc struct lamp *lamp_get(int a, size_t size)",
        "int lamp_get(int a) __must_hold(&lamps)",
        "static int lamp_get(int a) __lamp_held(&lamps) __other(x)",
    ] {
        is("l.c", &format!("{head}\n{{\n\tHERE\n"), Thing::Function, "lamp_get");
    }
}

#[test]
fn between_c_functions_the_next_one_counts() {
    is("l.c", "void f(void)\n{\n}\n\n/*\n * HERE\n */\nint g(int a)\n{\n", Thing::Function, "g");
    is("l.c", "void f(void)\n{\n}\nEXPORT_SYMBOL_GPL(HERE);\n", Thing::Registration, "HERE");
    is("l.c", "void f(void)\n{\n}\n\n#ifdef HERE\nint g(int a)\n{\n", Thing::Function, "g");
    is("l.c", "#include <a.h>\n#include <HERE.h>\n\nint g(void)\n", Thing::Includes, "#include");
}

#[test]
fn other_things_in_c() {
    is("l.h", "struct lamp {\n\tint a;\n\tint HERE;\n};\n", Thing::Type, "lamp");
    is("l.h", "enum {\n\tHERE,\n", Thing::Type, "enum");
    is(
        "l.c",
        "static const struct pci_device_id lamp_ids[] = {\n\t{ HERE },\n",
        Thing::Variable,
        "lamp_ids",
    );
    is("l.h", "#define lamp_each(l) \\\n\tfor (;;) \\\n\t\tHERE\n", Thing::Macro, "lamp_each");
    is("l.h", "extern int a;\n#define HERE 1\n", Thing::Macro, "HERE");
    is(
        "l.c",
        "static DEFINE_MUTEX(a);\nmodule_param(HERE, int, 0);\n",
        Thing::Registration,
        "HERE",
    );
}

#[test]
fn kconfig_parameters_documents() {
    let kconfig =
        "config LAMP\n\tbool \"Lamp\"\n\n\tdefault HERE\n\thelp\n\t  config of the lamp.\n";
    is("drivers/lamp/Kconfig", kconfig, Thing::Config, "LAMP");
    let params = "\tlamp=\t\t[HW] The lamp\n\t\t\tFormat: <HERE>\n\n\tnext=\n";
    is("Documentation/admin-guide/kernel-parameters.txt", params, Thing::Parameter, "lamp");
    is(
        "Documentation/l.rst",
        "Lamps\n=====\n\ntext\n\nDimming\n-------\n\nHERE\n",
        Thing::Section,
        "Dimming",
    );
    is("MAINTAINERS", "LAMP DRIVERS\nM:\tA <a@b>\nF:\tHERE\n", Thing::Section, "LAMP DRIVERS");
}

#[test]
fn builds_trees_assembler_yaml_scripts() {
    is("Makefile", "obj-y += a.o\nall: b\n\t@echo HERE\n", Thing::Target, "all");
    is("drivers/Makefile", "obj-$(CONFIG_HERE) += a.o\n", Thing::Key, "obj-$(CONFIG_HERE)");
    is("a.dts", "/ {\n\tleds {\n\t\tx;\n\t};\n\tlamp@1 {\n\t\tHERE;\n", Thing::Node, "lamp@1");
    is("a.S", "SYM_FUNC_START(lamp_low)\n\tret HERE\n", Thing::Label, "lamp_low");
    is("a.yaml", "properties:\n  reg:\n    minItems: HERE\n", Thing::Key, "reg");
    is("a.py", "def lamp(x):\n    HERE\n", Thing::Function, "lamp");
    is("a.rs", "pub(crate) fn lamp(x: u8) {\n    HERE\n", Thing::Function, "lamp");
}

#[test]
fn a_hunk_is_put_into_the_tree_that_is_there() {
    let old = "int f(void)\n{\n\ta();\n}\n\nint g(void)\n{\n\tb();\n\tc();\n\td();\n\te();\n}\n";
    let new = old.replace("\te();\n", "\tnew();\n\te();\n");
    let name = Some(b"x.c".to_vec());
    let hunks = crate::diff::lines::hunks(old.as_bytes(), new.as_bytes());
    let file = FileChange { old: name.clone(), new: name, hunks, ..FileChange::default() };
    let hunk = &file.hunks[0];
    for tree in [old, new.as_str()] {
        let found = of_hunk(&file, hunk, Some(&Lines::of(tree.as_bytes()))).unwrap();
        assert_eq!((found.name.as_slice(), found.line), (&b"g"[..], 6));
    }
    // Without a tree only the `@@` line knows.
    assert_eq!(of_hunk(&file, hunk, None).unwrap().name, b"g");
}

/// A field of such a type was once said to be in `struct`.
#[test]
fn a_typedef_without_a_tag_has_its_name_at_the_end() {
    for end in ["} __packed lamp_t;", "} lamp_t __attribute__((packed));", "} lamp_t, *lamp_p;"] {
        is("l.h", &format!("typedef struct {{\n\tint HERE;\n{end}\n"), Thing::Type, "lamp_t");
    }
    is("l.h", "typedef struct lamp {\n\tint HERE;\n} lamp_t;\n", Thing::Type, "lamp");
    is("l.h", "enum {\n\tHERE,\n};\n\nint f(void)\n{\n}\n", Thing::Type, "enum");
}

/// Lines that begin, go on and end what C has.
const PARTS: &[&str] = &[
    "struct lamp {\n",
    "\tint hours;\n",
    "};\n",
    "static int f(int a)\n",
    "{\n",
    "\treturn 0;\n",
    "}\n",
    "int x;\n",
    "static const struct y z[] = {\n",
    "#define A(x) \\\n",
    "\tx \\\n",
    "typedef struct {\n",
    "} lamp_t;\n",
    "/* comment\n",
    "\n",
    "EXPORT_SYMBOL(f);\n",
];

proptest::proptest! {
    #[test]
    fn any_text_any_file(
        text in proptest::collection::vec(proptest::sample::select(
            b"a_ \t\n#{}()=;:\\*/\"0".to_vec()), 0..200),
        start in 0..30_usize, length in 0..30_usize,
    ) {
        let lines = Lines::of(&text);
        for name in ["a.c", "Kconfig", "MAINTAINERS", "Makefile", "a.S", "a.dts", "a.yaml", "a.rst",
            "a.py", "kernel-parameters.txt", "other"] {
            let _ = enclosing(name.as_bytes(), &lines, start..start + length);
        }
    }
    #[test]
    fn lines_in_a_row_are_in_what_each_is_in_alone(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
        asked in proptest::collection::vec(proptest::bool::ANY, 40),
    ) {
        let text = parts.concat();
        let lines = Lines::of(text.as_bytes());
        let mut above = c::Above::default();
        for (at, _) in asked.iter().enumerate().filter(|(_, asked)| **asked) {
            let alone = enclosing(b"a.c", &lines, at..at + 1);
            proptest::prop_assert_eq!(enclosing_line(b"a.c", &lines, at, &mut above), alone);
        }
    }
}
