//! `kgrep exists`: what a name is in the tree, or the proof that it is nothing; and that the other
//! commands say what it rests on where they find nothing.

use crate::util::{Dir, eqnice};

/// A tree with one thing of each kind.
fn lamps() -> Dir {
    let dir = Dir::kernel();
    dir.create(
        "lib/lamp.c",
        "#include <linux/lamp.h>\n\nstatic DEFINE_MUTEX(lamp_lock);\n\nint lamp_on(struct lamp \
         *lamp)\n{\n\treturn lamp->watts;\n}\nEXPORT_SYMBOL(lamp_on);\n\nstatic int __init \
         lamp_setup(char *text)\n{\n\treturn 0;\n}\n__setup(\"lampmode=\", lamp_setup);\n",
    );
    dir.create(
        "include/linux/lamp.h",
        "#define DEFINE_MUTEX(name) struct mutex name = { 0 }\n\nstruct lamp {\n\tint watts;\n\tint \
         (*dim)(struct lamp *lamp, int by);\n};\n\nint lamp_off(struct lamp *lamp);\n",
    );
    dir.create("lib/Kconfig", "config LAMP\n\tbool \"Lamps\"\n");
    dir.create("arch/arm64/kernel/lamp.c", "void lamp_blink(void)\n{\n}\n");
    dir.create("tools/lib/lamp.c", "void lamp_test(void)\n{\n}\n");
    dir.create("Documentation/lamp.rst", "Lamps\n=====\n\nCall lamp_dance() to see.\n");
    dir
}

#[test]
fn each_name_has_its_verdict() {
    let dir = lamps();
    let names = [
        "lamp_on",
        "lamp_off",
        "lamp_lock",
        "lampmode",
        "CONFIG_LAMP",
        "watts",
        "dim",
        "lamp.rst",
        "lamp_blink",
        "lamp_test",
        "lamp_dance",
        "lamp_om",
    ];
    let args = [&["--arch", "x86", "exists", "--format", "json"][..], &names].concat();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let json = dir.kgrep(&args).run().expect_ok().stdout();
        let summary: serde_json::Value =
            serde_json::from_str(json.lines().last().unwrap()).unwrap();
        let told: Vec<String> = summary["data"]["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| {
                let word = |field: &str| name[field].as_str().unwrap().to_owned();
                // The index knows names by their words, too.
                let said = word("said").split("; near").next().unwrap_or_default().to_owned();
                format!("{}: {}: {said}\n", word("name"), word("verdict"))
            })
            .collect();
        eqnice!(
            "lamp_on: defined: defined, exported\n\
             lamp_off: declared: declared, not defined\n\
             lamp_lock: defined: defined, made by DEFINE_MUTEX\n\
             lampmode: parameter: a parameter\n\
             CONFIG_LAMP: kconfig: a Kconfig symbol\n\
             watts: field: a field\n\
             dim: field: a field\n\
             lamp.rst: file: a file\n\
             lamp_blink: elsewhere: not here, only of arm64\n\
             lamp_test: elsewhere: not here, only in tools/\n\
             lamp_dance: text: not defined or declared, in text only: 1 line\n\
             lamp_om: nothing: nothing: 0 of 60 files, checked now; not declared, defined, exported \
             or made by a macro that kgrep knows; as text: 0 lines\n",
            told.concat()
        );
        let coverage = &summary["data"]["coverage"];
        assert_eq!(coverage["files"], 60, "{coverage}");
        assert_eq!(coverage["complete"], true, "{coverage}");
        assert_eq!(coverage["arch"], "x86", "{coverage}");
    }
}

#[test]
fn a_table_has_the_verdicts_as_titles_and_what_is_nothing_above() {
    let dir = lamps();
    eqnice!(
        "lamp_om: nothing: 0 of 60 files, checked now; not declared, defined, exported or made by \
         a macro that kgrep knows; as text: 0 lines; near: lamp_on, lamp_off\n\
         \n\
         Index File                   Line What     Content\n\
         \n\
         lamp_on: defined, exported\n    \
         0 lib/lamp.c                5 function int lamp_on(struct lamp *lamp)\n    \
         1 lib/lamp.c                9 exported EXPORT_SYMBOL(lamp_on);\n\
         \n\
         lamp_dance: not defined or declared, in text only: 1 line\n    \
         2 Documentation/lamp.rst    4 text     Call lamp_dance() to see.\n",
        dir.kgrep(&["exists", "lamp_on", "lamp_om", "lamp_dance"]).stdout()
    );
    let done = dir.kgrep(&["exists", "lamp_om", "--format", "grep"]).run().expect_code(1);
    assert!(done.stderr().contains("lamp_om: nothing: 0 of 60 files"), "{}", done.stderr());
    assert!(done.stdout().is_empty(), "{}", done.stdout());
    // What was listed can be gone on with.
    dir.kgrep(&["exists", "lamp_on"]).run().expect_ok();
    assert!(dir.kgrep(&["-s", "p", "1"]).stdout().contains("EXPORT_SYMBOL(lamp_on)"));
}

#[test]
fn nothing_is_proven_only_where_all_could_be_read() {
    let dir = lamps();
    dir.kgrep(&["exists", "lamp_om"]).run().expect_code(1);
    // Larger than what is read of code.
    let file = std::fs::File::create(dir.path("lib/large.c")).unwrap();
    file.set_len(65 << 20).unwrap();
    let done = dir.kgrep(&["exists", "lamp_om"]).run().expect_code(2);
    assert!(done.stdout().contains("lamp_om: not found, but not all files could be read"));
    assert!(done.stderr().contains("lib/large.c"), "{}", done.stderr());
    dir.kgrep(&["exists", "lamp_on"]).run().expect_code(0);
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let asked = |args: &[&str], code| {
            let args = [&["--format", "json"][..], args].concat();
            let json = dir.kgrep(&args).run().expect_code(code).stdout();
            let last: serde_json::Value =
                serde_json::from_str(json.lines().last().unwrap()).unwrap();
            let coverage = &last["data"]["coverage"];
            let unread = serde_json::json!(["lib/large.c"]);
            assert_eq!(coverage["unread"], unread, "{args:?} {indexed}: {coverage}");
            assert_eq!(coverage["complete"], false, "{args:?} {indexed}: {coverage}");
            assert!(coverage["files"].as_u64() > Some(20), "{args:?} {indexed}: {coverage}");
        };
        // Nothing in what could be read proves nothing.
        asked(&["exists", "lamp_om"], 2);
        asked(&["def", "lamp_om"], 2);
        asked(&["callers", "lamp_om"], 2);
        asked(&["trace", "lamp_on"], 0);
    }
}

/// The kernel was once said not to have labels of its assembler, and what it has by including a
/// file of another program.
#[test]
fn labels_of_assembler_and_files_lent_by_other_programs_count() {
    let dir = lamps();
    dir.create(
        "arch/x86/entry/lamp.S",
        "#include \"lamp.h\"\n\n.macro LAMP_PUSH reg\n\tpush \\reg\n.endm\n\nlamp_again:\n\tjmp \
         lamp_again\n",
    );
    dir.create("arch/arm64/kernel/lamp.S", "lamp_there:\n\tb lamp_there\n");
    dir.create("kernel/lamp/core.c", "#include \"../../tools/lib/lamp/core.c\"\n");
    dir.create(
        "tools/lib/lamp/core.c",
        "#include \"core.h\"\n\nstatic int lamp_core(void)\n{\n\treturn lamp_inner();\n}\n",
    );
    dir.create(
        "tools/lib/lamp/core.h",
        "static inline int lamp_inner(void)\n{\n\treturn 1;\n}\n\nstruct shade {\n\tint opacity;\n};\n",
    );
    dir.create("tools/lib/lamp/other.c", "struct other {\n\tint lamp_width;\n};\n");
    let names = ["lamp_again", "LAMP_PUSH", "lamp_there", "lamp_core", "lamp_inner", "lamp_width"];
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let args = [&["--arch", "x86", "exists", "--no-header"][..], &names].concat();
        eqnice!(
            "lamp_again: defined\n\
             0 arch/x86/entry/lamp.S    7 static asm             lamp_again:\n\
             \n\
             LAMP_PUSH: defined\n\
             1 arch/x86/entry/lamp.S    3 macro                  .macro LAMP_PUSH reg\n\
             \n\
             lamp_there: not here, only of arm64\n\
             2 arch/arm64/kernel/lamp.S 1 text                   lamp_there:\n\
             3 arch/arm64/kernel/lamp.S 2 text                   b lamp_there\n\
             \n\
             lamp_core: defined\n\
             4 tools/lib/lamp/core.c    3 static function        static int lamp_core(void)\n\
             \n\
             lamp_inner: defined\n\
             5 tools/lib/lamp/core.h    1 static inline function static inline int lamp_inner(void)\n\
             \n\
             lamp_width: not here, only in tools/\n\
             6 tools/lib/lamp/other.c   2 text                   int lamp_width;\n",
            dir.kgrep(&args).stdout()
        );
    }
}

#[test]
fn answers_about_several_trees_and_about_logs_say_what_they_cover() {
    let dir = lamps();
    dir.create("log", "lamp_on: hello\n");
    let summary = |args: &[&str]| -> serde_json::Value {
        let json = dir.kgrep(&[&["--format", "json"][..], args].concat()).run().stdout();
        let last: serde_json::Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
        last["data"]["coverage"].clone()
    };
    let trees = summary(&["--arch", "x86", "exists", "lamp_on", "--in", ".", "lib"]);
    assert_eq!(
        trees,
        serde_json::json!({ "complete": true, "trees": {
            ".": { "files": 46, "indexed": false, "arch": "x86", "complete": true },
            "lib": { "files": 3, "indexed": false, "complete": true },
        } })
    );
    let history = summary(&["history", "lamp_on", ".", "lib"]);
    assert_eq!(history["complete"], true, "{history}");
    // A folder inside of a tree is looked at by itself.
    assert_eq!(history["trees"]["lib"], trees["trees"]["lib"], "{history}");
    let log = summary(&["log", "log"]);
    assert_eq!(log["complete"], true, "{log}");
    assert!(log["files"].as_u64() > Some(20), "{log}");
}

#[test]
fn what_changed_just_now_is_seen() {
    let dir = lamps();
    dir.kgrep(&["index"]).run().expect_ok();
    dir.kgrep(&["exists", "lamp_new"]).run().expect_code(1);
    dir.create("lib/new/lamp.c", "int lamp_new;\n");
    dir.kgrep(&["exists", "lamp_new"]).run().expect_code(0);
    std::fs::remove_file(dir.path("lib/new/lamp.c")).unwrap();
    dir.kgrep(&["exists", "lamp_new"]).run().expect_code(1);
}

#[test]
fn a_patch_that_would_bring_it_is_named() {
    let dir = lamps();
    dir.create(
        "patches/0001-lamp.patch",
        "--- a/lib/lamp.c\n+++ b/lib/lamp.c\n@@ -1,1 +1,2 @@\n #include <linux/lamp.h>\n+int \
         lamp_soon;\n",
    );
    let args = ["exists", "--format", "grep", "lamp_soon", "lamp_late", "--patches", "patches"];
    std::fs::rename(dir.path("patches"), dir.beside("patches")).unwrap();
    let patches = dir.beside("patches");
    let said = dir.kgrep(&args[..6]).arg(patches).run().expect_code(0).stderr();
    assert!(said.contains("lamp_soon: in a patch only: 0 of 60 files, checked now; added by"));
    assert!(said.contains("0001-lamp.patch") && said.contains("lamp_late: nothing"), "{said}");
}

#[test]
fn what_a_configuration_does_not_build_is_elsewhere_and_why() {
    let dir = lamps();
    dir.create("boot.config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n");
    dir.create("drivers/Makefile", "obj-$(CONFIG_LAMP) += lamp.o\n");
    dir.create("drivers/lamp.c", "int lamp_driver(void)\n{\n\treturn 0;\n}\n");
    let said = dir.kgrep(&["--kconfig", "boot.config", "exists", "lamp_driver"]).stdout();
    assert!(
        said.contains("lamp_driver: not here, only in what this configuration doesn't build"),
        "{said}"
    );
}

#[test]
fn other_commands_say_what_nothing_rests_on() {
    let dir = lamps();
    for command in ["def", "refs", "callers", "callees", "trace"] {
        let done = dir.kgrep(&[command, "lamp_om"]).run().expect_code(1);
        let said = done.stderr();
        assert!(said.contains("0 of 60 files have it as text, checked now"), "{command}: {said}");
        let done = dir.kgrep(&["--format", "json", command, "lamp_om"]).run().expect_code(1);
        let summary: serde_json::Value = serde_json::from_str(done.stdout().trim()).unwrap();
        assert_eq!(summary["type"], "summary");
        assert_eq!(summary["data"]["coverage"]["complete"], true, "{summary}");
    }
    let done = dir.kgrep(&["def", "lamp_dance"]).run().expect_code(1);
    assert!(done.stderr().contains("as text: 1 line, `kgrep lamp_dance` shows them"));
}

/// It was proved to be nothing: no line has the two words with a dot between.
#[test]
fn a_field_is_named_with_its_structure() {
    let dir = lamps();
    dir.create("drivers/watts.h", "struct watts {\n\tint lamp;\n\tint watts;\n};\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        let table = dir.kgrep(&["exists", "--no-header", "lamp.watts", "lamp.dim"]).stdout();
        insta::assert_snapshot!("a_field_is_named_with_its_structure", table);
        dir.kgrep(&["exists", "lamp.lamp", "bulb.watts"]).run().expect_code(1);
    }
}

#[test]
fn a_file_that_is_no_text_is_told_of_once() {
    let dir = Dir::kernel();
    dir.create("tools/lamp.bin", b"never_heard_of\0\n".as_slice());
    let said = dir.kgrep(&["exists", "never_heard_of"]).run().stderr();
    assert_eq!(said.matches("lamp.bin").count(), 1, "{said}");
}
