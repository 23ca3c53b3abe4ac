//! `kgrep exists` about several trees, folders without source, and parameters: what it says of a name
//! depends on the tree alone, not on how the tree was named.

use crate::util::{Dir, eqnice};

/// Names that text alone mistakes: behind attributes, made by macros, of assembler.
const NAMES: [&str; 20] = [
    "lamp_get",
    "lamp_find",
    "LampLit",
    "SetLampLit",
    "lamp_lock",
    "lamp_task",
    "lamp_entry",
    "lamp_switch",
    "lamp_set",
    "lamp",
    "lamp_t",
    "LAMP_MOST",
    "LAMP_DIM",
    "watts",
    "lampmode",
    "lampmode=",
    "CONFIG_LAMP",
    "lamp.c",
    "lamp_blink",
    "lamp_gett",
];

fn lamps() -> Dir {
    let dir = Dir::kernel();
    dir.create(
        "mm/lamp.c",
        "#include <linux/lamp.h>\n\nstatic __always_inline __alloc_size(1) void *lamp_get(size_t \
         size)\n{\n\treturn 0;\n}\n\n__lamp_attribute(1) struct lamp *\nlamp_find(int a)\n{\n}\n\nstatic \
         DEFINE_MUTEX(lamp_lock);\nstruct task_struct lamp_task\n\t__aligned(64)\n= {\n\t.watts = \
         1,\n};\n\nint lamp_switch(struct lamp *l)\n{\n\treturn l->watts;\n}\n\
         EXPORT_SYMBOL_GPL(lamp_switch);\n\nSYSCALL_DEFINE1(lamp_set, int, level)\n{\n\treturn \
         0;\n}\n\nstatic int __init lamp_setup(char *text)\n{\n\treturn 0;\n}\n\
         __setup(\"lampmode=\", lamp_setup);\n",
    );
    dir.create(
        "include/linux/lamp.h",
        "#define DEFINE_MUTEX(name) struct mutex name = { 0 }\n#define LAMP_MOST 7\n\nstruct lamp \
         {\n\tint watts;\n};\n\ntypedef struct {\n\tint a;\n} lamp_t;\n\nenum {\n\tLAMP_DIM,\n};\n\n\
         #define TESTLAMPFLAG(name) \\\nstatic inline int Lamp##name(struct lamp *l) { return 1; }\n\
         #define LAMPFLAG(name) TESTLAMPFLAG(name) \\\nstatic inline void SetLamp##name(struct lamp \
         *l) { }\n\nLAMPFLAG(Lit)\n",
    );
    dir.create(
        "arch/x86/lib/lamp.S",
        "SYM_FUNC_START(lamp_entry)\n\tret\nSYM_FUNC_END(lamp_entry)\n",
    );
    dir.create("mm/Kconfig", "config LAMP\n\tbool \"Lamps\"\n");
    dir.create("arch/arm64/kernel/lamps.c", "void lamp_blink(void)\n{\n}\n");
    dir
}

/// The summary of an answer as JSON.
fn summary(dir: &Dir, args: &[&str]) -> serde_json::Value {
    // That a name is a system call is said, too.
    let json =
        dir.kgrep(&[&["--arch", "x86", "--format", "json"][..], args].concat()).run().stdout();
    serde_json::from_str::<serde_json::Value>(json.lines().last().unwrap()).unwrap()["data"].take()
}

/// `--in` read trees by text, and denied a third of these.
#[test]
fn a_tree_says_the_same_whether_it_is_around_or_named() {
    let dir = lamps();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let plain = summary(&dir, &[&["exists"][..], &NAMES].concat());
        let named = summary(&dir, &[&["exists"][..], &NAMES, &["--in", "."]].concat());
        let history = summary(&dir, &[&["history"][..], &NAMES[..13], &["."]].concat());
        for (at, name) in NAMES.iter().enumerate() {
            let (plain, named) = (&plain["names"][at], &named["names"][at]);
            assert_eq!((&plain["name"], &named["name"]), (&(*name).into(), &(*name).into()));
            assert_eq!(plain, &named["trees"]["."]);
            let denied = ["lamp_blink", "lamp_gett"].contains(name);
            let is_there =
                !["nothing", "text", "elsewhere"].contains(&plain["verdict"].as_str().unwrap());
            assert_eq!(is_there, !denied, "{plain}");
            if at < 13 {
                assert!(!history["history"][at]["path"].as_str().unwrap().is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn a_table_has_the_verdicts_in_few_words() {
    let dir = lamps();
    dir.create("old/mm/lamp.c", "void lamp_switch(void)\n{\n}\n/* lamp_get() */\n");
    let names =
        ["lamp_switch", "lamp_get", "LampLit", "lamp_set", "watts", "lamp_blink", "lamp_gett"];
    let args = [&["exists", "--arch", "x86"][..], &names, &["--in", ".", "old"]].concat();
    let table = dir.kgrep(&args).run().expect_code(0).stdout();
    insta::assert_snapshot!("a_table_has_the_verdicts_in_few_words", table);
    dir.kgrep(&["exists", "lamp_gett", "lamp_got", "--in", ".", "old"]).run().expect_code(1);
    let editor = dir.script("editor", "echo \"$@\"\n");
    let opened = dir.kgrep(&["exists", "LampLit", "--in", "."]).run().expect_ok();
    assert!(opened.stdout().contains("LAMPFLAG(Lit)"), "{opened}");
    let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", &editor).stdout();
    assert!(opened.contains("include/linux/lamp.h"), "{opened}");
}

/// The names that a comparison says where they are, are the same.
#[test]
fn a_comparison_says_where_such_names_are() {
    let dir = lamps();
    dir.create("old/mm/lamp.c", "void lamp_switch(void)\n{\n}\n");
    dir.create("new/mm/lamp.c", "#define F(n) int is_##n(void) { return 0; }\n\nF(lit)\n");
    let of = |name: &str| {
        let args = ["diff", "old", "new", "--kind", "functions", name];
        dir.kgrep(&args).run().expect_code(0).stdout()
    };
    let made = of("is_lit");
    assert!(made.starts_with("is_lit in old: nowhere\nis_lit in new: function new/mm/lamp.c:3\n"));
    assert!(made.contains("new    is_lit F(lit)"), "{made}");
    let gone = of("lamp_switch");
    assert!(gone.starts_with("lamp_switch in old: function old/mm/lamp.c:1\n"), "{gone}");
    assert!(gone.contains("lamp_switch in new: nowhere"), "{gone}");
}

/// What is in no folder isn't in no kernel.
#[test]
fn without_source_nothing_is_proved() {
    let dir = Dir::new();
    let said = ["no source file here", "--in"];
    dir.kgrep(&["exists", "kfree"]).run().expect_error(&said);
    dir.create("notes.txt", "kfree frees\n");
    dir.kgrep(&["exists", "kmalloc"]).run().expect_error(&said);
    dir.kgrep(&["exists", "kfree", "kmalloc", "--format", "json"]).run().expect_error(&said);
    dir.kgrep(&["exists", "notes.txt", "kfree"]).run().expect_code(0);
    dir.kgrep(&["exists", "kmalloc", "--in", "."]).run().expect_error(&["no source file here"]);
    // History has nothing there, as ever.
    dir.create("tree/a.c", "int kmalloc;\n");
    dir.create("empty/x", "");
    let history = dir.kgrep(&["history", "kmalloc", "empty", "tree"]).run().expect_code(0);
    assert!(history.stdout().contains("nothing") && history.stdout().contains("new"), "{history}");
}

/// `exists 'quiet='` was told that it is a field.
#[test]
fn a_word_with_an_equals_sign_is_a_parameter() {
    let dir = lamps();
    dir.create("mm/quiet.h", "struct quiet {\n\tint quiet;\n\tint lampmode;\n};\n");
    dir.create(
        "Documentation/admin-guide/kernel-parameters.txt",
        "\tlampmode=\t[HW] how bright\n\n\tlampless=\t[HW] that is gone\n",
    );
    dir.create("drivers/bulb.c", "static int level = 1;\nmodule_param(level, int, 0644);\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let args =
            ["exists", "lampmode=", "lampmode=auto", "lampless=", "bulb.level", "CONFIG_LAMP=y"];
        let table = dir.kgrep(&["--no-header"]).args(&args).run().expect_code(0).stdout();
        insta::assert_snapshot!("a_word_with_an_equals_sign_is_a_parameter", table);
        let nothing = dir.kgrep(&["exists", "quiet="]).run().expect_code(1).stdout();
        assert!(nothing.starts_with("quiet=: nothing: 0 of"), "{nothing}");
        let field = dir.kgrep(&["exists", "quiet"]).run().expect_code(0).stdout();
        assert!(field.contains("quiet: defined"), "{field}");
    }
    eqnice!(
        "Name           .\nlampmode=auto  parameter (2 places)\n",
        dir.kgrep(&["exists", "lampmode=auto", "--in", "."])
            .stdout()
            .split("\n\n")
            .next()
            .unwrap()
            .to_owned()
            + "\n"
    );
}

/// The parameters of a pointer to a function stand in a structure too, and are no fields of it.
#[test]
fn what_a_structure_declares_are_its_fields() {
    let dir = lamps();
    let header = "struct lamp_ops {\n\tint (*dim)(struct lamp *lamp, int amount);\n\tint (*blink)(struct lamp *lamp,\n\
                  \t\t     int amount,\n\t\t     bool fast);\n\tint amount, fast;\n\tDECLARE_BITMAP(lit, 8);\n};\n";
    dir.create("include/linux/lamp_ops.h", header);
    let table = dir.kgrep(&["--no-header", "exists", "amount", "fast", "lit"]).stdout();
    insta::assert_snapshot!("what_a_structure_declares_are_its_fields", table);
}

/// Fields that no function is called through are in no index.
#[test]
fn a_field_is_defined_where_structures_declare_it() {
    let dir = Dir::kernel();
    dir.create("lib/lamp.c", "struct torch {\n\tint watts;\n};\n");
    dir.create(
        "include/linux/lamp.h",
        "struct lamp {\n\tint (*dim)(struct lamp *lamp, int watts);\n\tunsigned int watts;\n};\n",
    );
    let table = |args: &[&str]| dir.kgrep(&[&["--no-header"], args].concat()).stdout();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        eqnice!(
            "0 include/linux/lamp.h 3 watts member of lamp  unsigned int watts;\n\
             1 lib/lamp.c           2 watts member of torch int watts;\n",
            table(&["def", "watts"])
        );
        eqnice!(
            "0 lib/lamp.c 2 watts member of torch int watts;\n",
            table(&["def", "torch.watts"])
        );
        dir.kgrep(&["def", "watts", "--kind", "function"]).run().expect_code(1);
        dir.kgrep(&["def", "torch.hue"]).run().expect_code(1);
        let said = dir.kgrep(&["trace", "watts"]).run().expect_code(1).stderr();
        assert!(said.contains("watts is a field: kgrep def watts shows where"), "{said}");
    }
}

/// `task_struct.se.vruntime`, as people write it.
#[test]
fn a_field_of_a_field_is_the_one_of_its_structure() {
    let dir = Dir::new();
    let header = "struct bulb {\n\tint watts;\n};\n\
                  struct lamp {\n\tconst struct bulb *bulb;\n\tstruct {\n\t\tint hue;\n\t} shade;\n};\n\
                  struct room {\n\tstruct lamp lamp;\n};\n";
    dir.create("include/linux/lamp.h", header);
    dir.create("arch/arm64/include/asm/torch.h", "struct torch {\n\tstruct bulb bulb;\n};\n");
    dir.create("arch/x86/Makefile", "\n");
    let one = |args: &[&str]| dir.kgrep(&[&["--no-header", "--arch", "x86"], args].concat()).run();
    let watts = "0 include/linux/lamp.h 2 watts member of bulb int watts;\n";
    for name in ["lamp.bulb.watts", "lamp->bulb->watts", "struct room.lamp.bulb.watts"] {
        eqnice!(watts, one(&["def", name]).expect_ok().stdout());
    }
    for name in ["lamp.bulb.watts", "room.lamp.bulb.watts"] {
        eqnice!(watts, one(&["def", name]).expect_ok().stdout());
        let told = one(&["trace", name]).expect_code(0);
        eqnice!(format!("kgrep: {name} is bulb.watts\n"), told.stderr());
        eqnice!("Declared\n0 include/linux/lamp.h 2 member of bulb int watts;\n", told.stdout());
    }
    let hue = one(&["exists", "room.lamp.shade.hue"]).expect_ok().stdout();
    eqnice!(
        "room.lamp.shade.hue: a field\n0 include/linux/lamp.h 7 member of lamp int hue;\n",
        hue
    );
    for name in ["lamp.bulb.hue", "bulb.watts.watts", "lamp.bulb.", "lamp..watts", ".watts"] {
        one(&["def", name]).expect_code(1);
    }
    // What only another architecture has doesn't count.
    let torch = one(&["exists", "torch.bulb"]).expect_ok().stdout();
    eqnice!("torch.bulb: not here, only of arm64\n", torch);
}

/// Who gets at it and who calls it are asked of the structure that declares it.
#[test]
fn a_field_of_a_field_is_used_as_the_one_of_its_structure() {
    let dir = Dir::new();
    let code = "struct bulb_ops {\n\tint (*blink)(void);\n};\n\
                struct bulb {\n\tint watts;\n\tconst struct bulb_ops *ops;\n};\n\
                struct lamp {\n\tstruct bulb bulb;\n};\n\
                int dim(struct lamp *lamp)\n{\n\tlamp->bulb.watts = 1;\n\treturn lamp->bulb.ops->blink();\n}\n\
                static int twice(void)\n{\n\treturn 2;\n}\n\
                const struct bulb_ops ops = { .blink = twice };\n";
    dir.create("lamp.c", code);
    let asked = |args: &[&str]| dir.kgrep(&[&["--no-header"], args].concat()).run().expect_code(0);
    let watts = asked(&["refs", "lamp.bulb.watts", "--access", "write"]);
    eqnice!("0 lamp.c 13 dim write lamp->bulb.watts = 1;\n", watts.stdout());
    eqnice!("kgrep: lamp.bulb.watts is bulb.watts\n", watts.stderr());
    for name in ["bulb_ops.blink", "lamp.bulb.ops.blink", "lamp->bulb.ops->blink"] {
        let called = asked(&["callers", name]);
        eqnice!(
            "0 lamp.c 14 dim indirect, through lamp.bulb.ops.blink return lamp->bulb.ops->blink();\n",
            called.stdout()
        );
    }
    let said = asked(&["trace", "struct lamp.bulb.ops.blink"]).stderr();
    eqnice!("kgrep: struct lamp.bulb.ops.blink is bulb_ops.blink\n", said);
}

/// Networking's `sk_state`: a macro among the fields, for one deeper inside.
#[test]
fn a_macro_among_the_fields_is_a_name_of_one() {
    let dir = Dir::new();
    let header = "struct bulb {\n\tint bulb_watts;\n};\n\
                  struct lamp {\n\tstruct bulb bulb;\n#define lamp_watts bulb.bulb_watts\n};\n\
                  struct room {\n\tstruct lamp lamp;\n};\n\
                  #define lamp_hue bulb.bulb_watts\n";
    dir.create("lamp.h", header);
    dir.create("use.c", "int use(struct lamp *lamp)\n{\n\treturn lamp->lamp_watts;\n}\n");
    let asked = |args: &[&str]| dir.kgrep(&[&["--no-header"], args].concat()).run();
    for name in ["lamp.lamp_watts", "room.lamp.lamp_watts"] {
        eqnice!(
            "0 lamp.h 6 lamp_watts member of lamp #define lamp_watts bulb.bulb_watts\n\
             1 lamp.h 2 bulb_watts member of bulb int bulb_watts;\n",
            asked(&["def", name]).expect_ok().stdout()
        );
        eqnice!(
            "0 lamp.h 6 lamp_watts declared #define lamp_watts bulb.bulb_watts\n\
             1 use.c  3 use        read     return lamp->lamp_watts;\n",
            asked(&["refs", name]).expect_code(0).stdout()
        );
    }
    // It stands outside of the structure.
    asked(&["def", "lamp.lamp_hue"]).expect_code(1);
}

/// `exists kernel::sync::Arc` once said that only mips has it: an enumerator there is called so.
#[test]
fn types_of_rust_are_defined() {
    let dir = Dir::new();
    let code = "//! Lamps: see [`Bulb`].\n\n/// A Bulb.\n#[repr(C)]\npub struct Bulb<T: ?Sized> {\n    watts: u32,\n}\n\n\
                pub(crate) unsafe trait Light {}\n\nimpl<T> Light for Bulb<T> {}\n\ntype BulbRef = Bulb<u8>;\n";
    dir.create("rust/kernel/lamp.rs", code);
    dir.create("arch/mips/lamp.h", "enum lamps { Bulb, TORCH };\n");
    dir.create("arch/x86/Makefile", "\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_ok();
        }
        let asked = |args: &[&str]| {
            dir.kgrep(&[&["--no-header", "--arch", "x86"], args].concat()).run().expect_ok()
        };
        eqnice!(
            "0 rust/kernel/lamp.rs 5 Bulb Rust struct pub struct Bulb<T: ?Sized> {\n\
             1 arch/mips/lamp.h    1 Bulb enumerator  enum lamps { Bulb, TORCH };\n",
            asked(&["def", "kernel::lamp::Bulb"]).stdout()
        );
        eqnice!(
            "0 rust/kernel/lamp.rs 9 Light Rust trait pub(crate) unsafe trait Light {}\n",
            asked(&["def", "Light"]).stdout()
        );
        eqnice!(
            "BulbRef: defined\n0 rust/kernel/lamp.rs 13 Rust type type BulbRef = Bulb<u8>;\n",
            asked(&["exists", "BulbRef"]).stdout()
        );
        let told = asked(&["exists", "kernel::lamp::Bulb"]).stdout();
        assert!(told.starts_with("kernel::lamp::Bulb: defined\n"), "{told}");
    }
    dir.kgrep(&["def", "Torch"]).run().expect_code(1);
}

/// Of a word that half the tree has, the first lines are enough, and how many there are.
#[test]
fn of_a_common_word_the_first_lines_are_shown() {
    let dir = Dir::new();
    let lines = "/* the lamp */\n".repeat(150);
    dir.create("a.txt", &lines);
    dir.create("b.txt", &lines);
    dir.create("Kbuild", "");
    let done = dir.kgrep(&["exists", "lamp", "--format", "grep"]).run();
    let expected: String = (1..=100).map(|line| format!("a.txt:{line}:/* the lamp */\n")).collect();
    eqnice!(expected, done.stdout());
    let table = dir.kgrep(&["--no-header", "exists", "lamp"]).run().stdout();
    assert_eq!(
        table.lines().next(),
        Some("lamp: not defined or declared, in text only: 300 lines, `kgrep lamp` shows all")
    );
}

/// A macro that pastes the name of a variable together doesn't call it by its last argument.
#[test]
fn an_argument_of_a_macro_that_pastes_is_no_variable() {
    let dir = Dir::new();
    dir.create(
        "drivers/lamp.c",
        "#define ITEM_NAME(a, b) lamp_##a##_##b\n\
         #define LAMP_ITEM(a, b) static struct item ITEM_NAME(a, b) = { .watts = 1 }\n\n\
         LAMP_ITEM(desk, left);\n\nstatic struct item ITEM_NAME(desk, right) = { .watts = 2 };\n\n\
         DEFINE_LAMPS(desk, int) = { 1 };\n\nDEFINE_LAMP(hall) = { 2 };\n",
    );
    dir.create("Kbuild", "obj-y += lamp.o\n");
    let found = dir.kgrep(&["--format", "grep", "def", "left", "right", "int", "hall"]).run();
    eqnice!("drivers/lamp.c:10:DEFINE_LAMP(hall) = { 2 };\n", found.stdout());
}
