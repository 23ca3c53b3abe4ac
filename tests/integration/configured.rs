//! What a configuration leaves out of answers: what it doesn't build, and how much that was.

use crate::util::{Dir, eqnice};

/// A small kernel: two drivers of which one is off, a header of each, and what a compiler
/// alone could tell.
fn kernel(values: &str) -> Dir {
    let dir = Dir::new();
    dir.create(
        ".config",
        format!("# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\n{values}"),
    );
    dir.create("Kconfig", "config LAMP\n\tbool \"Lamps\"\n\nconfig FAN\n\tbool \"Fans\"\n");
    dir.create("Makefile", "obj-y := drivers/ arch/x86/\n");
    dir.create(
        "drivers/Makefile",
        "obj-y := core.o\nobj-$(CONFIG_LAMP) += lamp.o\nobj-$(CONFIG_FAN) += fan.o\n\
         ifeq ($(shell uname),Linux)\nobj-y += maybe.o\nendif\n",
    );
    dir.create("arch/x86/Makefile", "obj-y := setup.o\n");
    dir.create("arch/x86/setup.c", "int setup(void)\n{\n\treturn switch_on(1);\n}\n");
    dir.create("drivers/core.c", "int switch_on(int number)\n{\n\treturn number;\n}\n");
    dir.create(
        "drivers/lamp.c",
        "#include \"lamp.h\"\nint lamp(void)\n{\n\treturn switch_on(LAMP_NUMBER);\n}\n",
    );
    dir.create("drivers/lamp.h", "#define LAMP_NUMBER 2\n");
    dir.create(
        "drivers/fan.c",
        "#include \"fan.h\"\nint fan(void)\n{\n\treturn switch_on(FAN_NUMBER) + lamp();\n}\n\
         int spin(void)\n{\n\treturn fan();\n}\n",
    );
    dir.create("drivers/fan.h", "#define FAN_NUMBER 3\n");
    dir.create("drivers/maybe.c", "int maybe(void)\n{\n\treturn switch_on(4);\n}\n");
    dir.create("Documentation/switch.txt", "switch_on() is called by each driver.\n");
    dir
}

const MAYBE: &str = "kgrep: 1 in files of which only a shell or a compiler could tell whether they \
                     are built: drivers/maybe.c\n";

fn note(hidden: u64, total: u64) -> String {
    format!(
        "kgrep: {hidden} of {total} in files that this configuration doesn't build; --kconfig \
         none shows them\n"
    )
}

fn all(number: &str) -> String {
    format!(
        "kgrep: {number} in files that this configuration doesn't build; --kconfig none shows \
         them\n"
    )
}

/// Standard output and standard error of a question under the tree's configuration.
fn asked(dir: &Dir, words: &[&str]) -> (String, String) {
    let done = dir.kgrep(&["--kconfig", ".config", "--format", "grep"]).args(words).run();
    (done.stdout(), done.stderr())
}

/// The answers with an index, and without one, which must be the same.
fn both(dir: &Dir, words: &[&str]) -> (String, String) {
    let without = asked(dir, words);
    dir.kgrep(&["index"]).run();
    let with = asked(dir, words);
    assert_eq!(without, with, "an index changes nothing: {words:?}");
    with
}

#[test]
fn a_search_leaves_out_what_is_not_built() {
    let dir = kernel("CONFIG_LAMP=y\n");
    let (found, said) = both(&dir, &["switch_on"]);
    let expected = "\
Documentation/switch.txt:1:switch_on() is called by each driver.
arch/x86/setup.c:3:\treturn switch_on(1);
drivers/core.c:1:int switch_on(int number)
drivers/lamp.c:4:\treturn switch_on(LAMP_NUMBER);
drivers/maybe.c:3:\treturn switch_on(4);
";
    eqnice!(expected, found);
    eqnice!(note(1, 6) + MAYBE, said);
    let (found, said) = asked(&dir, &["-l", "NUMBER"]);
    eqnice!("drivers/lamp.c\ndrivers/lamp.h\n", found);
    eqnice!(note(2, 4), said);
    // From another folder, and of one file.
    let config = dir.path(".config").display().to_string();
    let done = dir
        .kgrep(&["--kconfig", &config, "--format", "grep", "FAN_NUMBER"])
        .folder(&dir.path("drivers"))
        .run();
    eqnice!((all("all 2 are"), 1), (done.stderr(), done.code()));
    let done = dir.kgrep(&["--kconfig", ".config", "-q", "FAN_NUMBER"]).run();
    eqnice!(("", 1), (done.stderr().as_str(), done.code()));
    let (found, said) = asked(&dir, &["FAN_NUMBER", "drivers/fan.h"]);
    eqnice!(("", all("what there is is")), (found.as_str(), said));
    // Without one, nothing changes.
    let none = ["--kconfig", "none", "--format", "grep", "FAN_NUMBER"];
    assert_eq!(dir.kgrep(&none).env("KCONFIG_CONFIG", ".config").stdout().lines().count(), 2);
}

#[test]
fn questions_about_code_leave_it_out_too() {
    let dir = kernel("CONFIG_LAMP=y\n");
    let (found, said) = both(&dir, &["def", "FAN_NUMBER"]);
    eqnice!(("", all("what there is is")), (found.as_str(), said));
    let (found, said) = both(&dir, &["def", "LAMP_NUMBER"]);
    eqnice!(("drivers/lamp.h:1:#define LAMP_NUMBER 2\n", ""), (found.as_str(), said.as_str()));
    let (found, said) = both(&dir, &["callers", "switch_on"]);
    let expected = "\
drivers/core.c:1:int switch_on(int number)
arch/x86/setup.c:3:\treturn switch_on(1);
drivers/lamp.c:4:\treturn switch_on(LAMP_NUMBER);
drivers/maybe.c:3:\treturn switch_on(4);
";
    eqnice!((expected, note(1, 4)), (found.as_str(), said));
    let (found, said) = both(&dir, &["refs", "switch_on"]);
    let expected = "\
arch/x86/setup.c:3:\treturn switch_on(1);
drivers/lamp.c:4:\treturn switch_on(LAMP_NUMBER);
drivers/maybe.c:3:\treturn switch_on(4);
";
    eqnice!((expected, note(1, 4) + MAYBE), (found.as_str(), said));
    let (found, said) = both(&dir, &["callees", "spin"]);
    assert!(found.is_empty(), "{found}");
    assert!(said.contains("drivers/fan.c, which this configuration doesn't build"), "{said}");
    let (found, said) = both(&dir, &["chain", "lamp", "switch_on"]);
    eqnice!(("drivers/lamp.c:4:\treturn switch_on(LAMP_NUMBER);\n", ""), (&*found, &*said));
    let found = dir.kgrep(&["--format", "grep", "chain", "spin", "lamp"]).stdout();
    assert_eq!(found.lines().count(), 2, "{found}");
    let (found, said) = both(&dir, &["chain", "spin", "lamp"]);
    assert!(found.is_empty() && said.contains("doesn't build"), "{found}{said}");
}

#[test]
fn a_chain_does_not_pass_what_is_not_built() {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.create("drivers/core.c", "int switch_on(int number)\n{\n\treturn spin();\n}\n");
    let found = dir.kgrep(&["--format", "grep", "chain", "setup", "lamp"]).stdout();
    assert_eq!(found.lines().count(), 4, "{found}");
    let (found, said) = both(&dir, &["chain", "setup", "lamp"]);
    assert!(found.is_empty(), "{found}");
    assert!(said.contains("no chain from setup to lamp"), "{said}");
    assert!(said.contains("only what this configuration builds was looked at"), "{said}");
}

#[test]
fn find_and_trace_leave_it_out() {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.kgrep(&["index", "--code"]).run();
    let (found, said) = asked(&dir, &["find", "fan"]);
    assert!(!found.contains("fan.c") && found.contains("Kconfig"), "{found}");
    assert!(said.contains("in files that this configuration doesn't build"), "{said}");
    let (found, said) = asked(&dir, &["trace", "switch_on"]);
    assert!(found.contains("lamp.c") && !found.contains("fan.c"), "{found}");
    assert!(!said.contains("no chain"), "{said}");
}

#[test]
fn edits_count_at_the_next_question() {
    let dir = kernel("CONFIG_LAMP=y\n");
    let check = |with_index: bool| {
        let files = |name: &str| asked(&dir, &["-l", name]).0;
        eqnice!("drivers/lamp.c\ndrivers/lamp.h\n", files("NUMBER"));
        // A Makefile, the configuration, a new file, an include, and a file that goes away.
        dir.create("drivers/Makefile", "obj-y := core.o fan.o\n");
        eqnice!("drivers/fan.c\ndrivers/fan.h\n", files("NUMBER"));
        dir.create("drivers/fan.c", "#include \"lamp.h\"\nint fan = LAMP_NUMBER;\n");
        eqnice!("drivers/fan.c\ndrivers/lamp.h\n", files("NUMBER"));
        dir.create("include/lamp.h", "#define OTHER_NUMBER 7\n");
        dir.create("drivers/fan.c", "#include <lamp.h>\nint fan = LAMP_NUMBER;\n");
        eqnice!("drivers/fan.c\ninclude/lamp.h\n", files("NUMBER"));
        std::fs::remove_file(dir.path("include/lamp.h")).unwrap();
        eqnice!("drivers/fan.c\n", files("NUMBER"));
        dir.create(
            "drivers/Makefile",
            "obj-$(CONFIG_LAMP) := lamp.o\nobj-$(CONFIG_FAN) += fan.o\n",
        );
        dir.create("drivers/fan.c", "#include \"fan.h\"\nint fan = FAN_NUMBER;\n");
        eqnice!("drivers/lamp.c\ndrivers/lamp.h\n", files("NUMBER"));
        dir.create(".config", "CONFIG_X86=y\nCONFIG_FAN=y\n");
        eqnice!("drivers/fan.c\ndrivers/fan.h\n", files("NUMBER"));
        dir.create(".config", "CONFIG_X86=y\nCONFIG_LAMP=y\n");
        if with_index {
            dir.kgrep(&["index"]).run().expect_code(0);
        }
    };
    check(true);
    check(true);
    check(false);
}
