//! What a configuration leaves out of answers: what it doesn't build, and how much that was.

use crate::util::{Dir, eqnice};

/// A small kernel: two drivers of which one is off, a header of each, and what a compiler
/// alone could tell.
pub(crate) fn kernel(values: &str) -> Dir {
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

const MAYBE: &str = "kgrep: 1 in files that may be built or not (only a shell or a compiler could \
                     tell): drivers/maybe.c\n";

fn note(hidden: u64, total: u64) -> String {
    format!(
        "kgrep: {hidden} of {total} are in files that this configuration doesn't build; --kconfig \
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
    eqnice!(("", all("the only result is")), (found.as_str(), said));
    // Without one, nothing changes.
    let none = ["--kconfig", "none", "--format", "grep", "FAN_NUMBER"];
    assert_eq!(dir.kgrep(&none).env("KCONFIG_CONFIG", ".config").stdout().lines().count(), 2);
}

#[test]
fn questions_about_code_leave_it_out_too() {
    let dir = kernel("CONFIG_LAMP=y\n");
    let (found, said) = both(&dir, &["def", "FAN_NUMBER"]);
    eqnice!(("", all("the only result is")), (found.as_str(), said));
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

/// A kernel with arms: a real function and a stub, one call for modules only.
fn with_arms(values: &str) -> Dir {
    let dir = kernel(values);
    dir.create(
        "drivers/core.c",
        "#include <linux/lamp.h>\nint switch_on(int number)\n{\n#ifdef CONFIG_FAN\n\
         \treturn light_up(number);\n#else\n\treturn dim(number);\n#endif\n}\n\
         #ifdef MODULE\nint only_module(void)\n{\n\treturn light_up(1);\n}\n#endif\n",
    );
    dir.create(
        "include/linux/lamp.h",
        "#ifndef LAMP_H\n#define LAMP_H\n#if IS_ENABLED(CONFIG_LAMP)\nint light_up(int number);\n\
         #else\nstatic inline int light_up(int number)\n{\n\treturn 0;\n}\n#endif\n#endif\n",
    );
    dir.create("drivers/lamp.c", "int light_up(int number)\n{\n\treturn number;\n}\n");
    dir.create("drivers/fan.c", "int dim(int number)\n{\n\treturn number;\n}\n");
    dir
}

#[test]
fn arms_that_are_off_are_left_out_of_code() {
    let arms = |hidden, total| note(hidden, total).replace("files that", "files and #if arms that");
    let dir = with_arms("CONFIG_LAMP=y\n");
    let (found, said) = both(&dir, &["def", "light_up"]);
    let expected = "\
drivers/lamp.c:1:int light_up(int number)
include/linux/lamp.h:4:int light_up(int number);
";
    eqnice!((expected, arms(1, 3)), (found.as_str(), said));
    // The real one is in a file that isn't built; the declaration is in an arm that is off.
    let off = with_arms("CONFIG_FAN=y\n");
    let (found, said) = both(&off, &["def", "light_up"]);
    let expected = "include/linux/lamp.h:6:static inline int light_up(int number)\n";
    eqnice!((expected, arms(2, 3)), (found.as_str(), said));
    let (found, _) = both(&off, &["callees", "switch_on"]);
    let expected = "\
drivers/core.c:2:int switch_on(int number)
drivers/core.c:5:\treturn light_up(number);
";
    eqnice!(expected, found);
    let (found, said) = both(&off, &["callers", "light_up"]);
    let expected = "\
include/linux/lamp.h:6:static inline int light_up(int number)
drivers/core.c:5:\treturn light_up(number);
";
    eqnice!((expected, arms(1, 2)), (found.as_str(), said));
    let (found, said) = both(&dir, &["chain", "switch_on", "light_up"]);
    assert!(found.is_empty(), "{found}");
    assert!(said.contains("only what this configuration builds"), "{said}");
    let (found, _) = both(&off, &["chain", "switch_on", "light_up"]);
    eqnice!("drivers/core.c:5:\treturn light_up(number);\n", found);
}

/// Two ways to a function: one in a branch for fans, one for lamps that leaves without them.
const BRANCHES: &str = "\
int dim(void)
{
	return 0;
}
int switch_on(int number)
{
	if (IS_ENABLED(CONFIG_FAN)) {
		dim();
		return 1;
	}
	return IS_ENABLED(CONFIG_LAMP) ? relay() : dim();
}
int relay(void)
{
	if (!IS_ENABLED(CONFIG_LAMP))
		return 0;
#ifdef CONFIG_FAN
	dim();
#endif
	return dim();
}
";

#[test]
fn branches_that_are_off_are_left_out_of_code() {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.create("drivers/core.c", BRANCHES);
    let (found, _) = both(&dir, &["callees", "switch_on"]);
    let expected = "\
drivers/core.c:5:int switch_on(int number)
drivers/core.c:7:	if (IS_ENABLED(CONFIG_FAN)) {
drivers/core.c:11:	return IS_ENABLED(CONFIG_LAMP) ? relay() : dim();
";
    eqnice!(expected, found);
    // The use that the index has is in an arm that is off; another one isn't.
    let (found, said) = both(&dir, &["callers", "dim"]);
    let expected = "\
drivers/core.c:1:int dim(void)
drivers/core.c:20:	return dim();
";
    eqnice!(expected, found);
    assert!(said.contains("1 of 2 are in files and #if arms"), "{said}");
    let (found, said) = both(&dir, &["refs", "dim"]);
    eqnice!("drivers/core.c:20:\treturn dim();\n", found);
    assert!(said.contains("3 of 4"), "{said}");
    // The shortest way is off: the next one is shown.
    let (found, _) = both(&dir, &["chain", "switch_on", "dim"]);
    let expected = "\
drivers/core.c:11:	return IS_ENABLED(CONFIG_LAMP) ? relay() : dim();
drivers/core.c:20:	return dim();
";
    eqnice!(expected, found);
    let other = "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_FAN=y\n";
    dir.create(".config", other);
    let (found, _) = both(&dir, &["chain", "switch_on", "dim"]);
    eqnice!("drivers/core.c:8:\t\tdim();\n", found);
    let edges = dir.kgrep(&["--kconfig", ".config", "export", "edges"]).stdout();
    assert!(edges.contains("switch_on\tdim\tcall"), "{edges}");
    assert!(!edges.contains("relay\tdim") && !edges.contains("switch_on\trelay"), "{edges}");
}

#[test]
fn a_call_of_what_is_not_built_stays_where_a_header_declares_it() {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.create("include/linux/fan.h", "int spin(void);\n");
    dir.create(
        "drivers/lamp.c",
        "#include <linux/fan.h>\nint lamp(void)\n{\n\treturn spin() + setup();\n}\n",
    );
    let edges = dir.kgrep(&["--kconfig", ".config", "export", "edges"]).stdout();
    assert!(edges.contains("drivers/lamp.c\tlamp\tspin\tcall\n"), "{edges}");
}

#[test]
fn definitions_of_several_arms_show_their_guards() {
    let dir = with_arms("CONFIG_LAMP=y\n");
    let table = dir.kgrep(&["def", "light_up"]).stdout();
    let (header, _) = table.split_once('\n').unwrap();
    assert!(header.contains(" Guard "), "{table}");
    assert!(table.contains(" #if IS_ENABLED(CONFIG_LAMP) "), "{table}");
    assert!(table.contains(" #if !IS_ENABLED(CONFIG_LAMP) "), "{table}");
    let json = dir.kgrep(&["--json", "def", "light_up"]).stdout();
    assert!(json.contains(r##""guard":"#if IS_ENABLED(CONFIG_LAMP)""##), "{json}");
    // Under a configuration those are left that it has; and where there is one, nothing is told.
    for words in [&["--kconfig", ".config", "def", "light_up"][..], &["def", "switch_on"]] {
        let table = dir.kgrep(words).run().stdout();
        assert!(!table.contains(" Guard "), "{table}");
    }
}

#[test]
fn the_lists_of_a_configuration() {
    let dir = kernel("CONFIG_LAMP=m\nCONFIG_FAN=y\n");
    dir.create("drivers/lamp-parts.c", "int parts;\n");
    dir.create(
        "drivers/Makefile",
        "obj-y := core.o\nobj-$(CONFIG_LAMP) += lamps.o\nlamps-y := lamp.o lamp-parts.o\n\
         obj-$(CONFIG_FAN) += fan.o\n",
    );
    let table =
        |words: &[&str]| dir.kgrep(&["--kconfig", ".config", "--no-header"]).args(words).stdout();
    let built = table(&["list", "built"]);
    for row in ["drivers/fan.c", "built in", "drivers/lamp.c", "lamps", "arch/x86/setup.c"] {
        assert!(built.contains(row), "{row}: {built}");
    }
    assert!(!built.contains("maybe.c"), "{built}");
    // Files are the answer: no line of theirs is shown.
    assert!(!built.contains("return") && !built.contains("#include"), "{built}");
    assert_eq!(table(&["list", "built", "lamps"]).lines().count(), 2);
    assert_eq!(table(&["list", "built", "drivers/f*"]).lines().count(), 1);
    let modules = table(&["list", "modules"]);
    assert!(modules.contains("lamps") && modules.contains("drivers/lamp-parts.c"), "{modules}");
    assert!(!modules.contains("fan.c"), "{modules}");
    dir.kgrep(&["list", "built"]).run().expect_error(&["no configuration is named"]);
    // Why, for a name and a glob.
    let named = table(&["built", "lamp", "LAMP_NUMBER"]);
    assert!(named.contains("lamp: 1 of 1 built") && named.contains("module lamps"), "{named}");
    assert!(named.contains("included by what is built"), "{named}");
    let globbed = table(&["built", "drivers/*.c"]);
    assert!(globbed.contains("drivers/*.c: 4 of 5 built"), "{globbed}");
    let nothing = ["--kconfig", ".config", "built", "no_such_thing"];
    let done = dir.kgrep(&nothing).run().expect_code(1);
    assert!(done.stderr().contains("no such name: no_such_thing"), "{done}");
    let done = dir.kgrep(&nothing).arg("lamp").run().expect_code(0);
    assert!(done.stderr().contains("no such name: no_such_thing"), "{done}");
    let no_file = ["--kconfig", ".config", "built", "drivers/no_such.c"];
    dir.kgrep(&no_file).run().expect_error(&["drivers/no_such.c", "no such file"]);
}

/// What `built` prints of these words, as grep would, with what it says.
fn built(dir: &Dir, words: &[&str]) -> (String, String) {
    let flags = ["--kconfig", ".config", "--no-header", "built"];
    let done = dir.kgrep(&flags).args(words).run();
    (done.stdout(), done.stderr())
}

/// Three drivers that are off, each for another reason, and one that no Makefile names.
fn kernel_with_drivers_off() -> Dir {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.create(
        "drivers/Makefile",
        "obj-y := core.o\nobj-$(CONFIG_LAMP) += lamp.o\nobj-$(CONFIG_FAN) += fans/\n\
         ifdef CONFIG_RELAY\nobj-y += relay.o\nendif\n",
    );
    std::fs::remove_file(dir.path("drivers/fan.c")).unwrap();
    std::fs::remove_file(dir.path("drivers/maybe.c")).unwrap();
    dir.create("drivers/fans/Makefile", "obj-y := all-fans.o\nall-fans-objs := fan.o blade.o\n");
    dir.create("drivers/fans/fan.c", "int spin(void)\n{\n\treturn 0;\n}\n");
    dir.create("drivers/fans/blade.c", "int blade(void)\n{\n\treturn spin();\n}\n");
    dir.create("drivers/relay.c", "int relay(void)\n{\n\treturn 0;\n}\n");
    dir.create("drivers/unused.c", "int unused(void)\n{\n\treturn 0;\n}\n");
    dir.create("arch/arm/Makefile", "obj-y := setup.o\n");
    dir.create("arch/arm/setup.c", "int arm_setup(void)\n{\n\treturn 0;\n}\n");
    dir
}

/// A file that a Makefile names under a symbol that is off was said to be named by none, unless it
/// was asked for alone.
#[test]
fn built_tells_of_many_files_what_keeps_each_out() {
    let dir = kernel_with_drivers_off();
    let (globbed, said) = built(&dir, &["drivers/**/*.c", "spin", "unused", "arm_setup"]);
    insta::assert_snapshot!(globbed);
    assert_eq!(said, "");
    let (alone, _) = built(&dir, &["arch/arm/setup.c"]);
    assert!(
        alone.starts_with("arch/arm/setup.c: not built: of another architecture, arm\n"),
        "{alone}"
    );
    let json = dir.kgrep(&["--kconfig", ".config", "--json", "built", "drivers/fans/*.c"]).stdout();
    assert_eq!(json.matches("CONFIG_FAN is not set").count(), 2, "{json}");
}

/// A folder was no such file, and nothing was said of the other words.
#[test]
fn built_takes_a_folder_as_its_files() {
    let dir = kernel_with_drivers_off();
    let (found, said) = built(&dir, &["drivers/fans/", "arch/x86", "lamp"]);
    insta::assert_snapshot!(found);
    assert_eq!(said, "");
    // Without a slash it is a name first; from another folder, and the whole tree.
    dir.create("fans/fan.c", "int fans(void);\n");
    let (found, _) = built(&dir, &["drivers"]);
    assert!(found.starts_with("drivers: 2 of 6 built\n"), "{found}");
    dir.create(".git/HEAD", "ref: refs/heads/main\n");
    let flags = ["--kconfig", "../.config", "--no-header", "built"];
    let here = |word| dir.kgrep(&flags).arg(word).folder(&dir.path("drivers")).stdout();
    assert!(here("./fans").starts_with("drivers/fans: 0 of 2 built\n"), "{}", here("./fans"));
    assert!(here("..").starts_with(".: 3 of 9 built\n"), "{}", here(".."));
    let (found, said) = built(&dir, &["drivers/no_such.c", "spin"]);
    assert!(found.starts_with("spin: 0 of 1 built\n"), "{found}");
    assert_eq!(said, "kgrep: drivers/no_such.c: no such file in the tree\n");
}

#[test]
fn built_tells_which_file_includes_a_header() {
    let dir = kernel("CONFIG_LAMP=y\n");
    let headers = ["drivers/lamp.h", "drivers/fan.h"];
    let flags = ["--kconfig", ".config", "--no-header", "built"];
    // Evaluated now, then as it was kept.
    for _ in 0..2 {
        let told = dir.kgrep(&flags).args(&headers).stdout();
        let lamp = ["drivers/lamp.h: included by what is built", "#include \"lamp.h\""];
        for words in [&lamp[..], &["drivers/fan.h: nothing that is built includes it"]].concat() {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}

#[test]
fn built_tells_the_arm_of_a_definition() {
    let dir = with_arms("CONFIG_LAMP=y\n");
    let told = dir.kgrep(&["--kconfig", ".config", "--no-header", "built", "light_up"]).stdout();
    assert!(told.contains("light_up: 1 of 2 built"), "{told}");
    assert!(told.contains(" no  #if !IS_ENABLED(CONFIG_LAMP) is off"), "{told}");
    let module = dir.kgrep(&["--kconfig", ".config", "built", "only_module"]).stdout();
    assert!(module.contains("#if defined(MODULE) is off"), "{module}");
}

#[test]
fn two_configurations_are_compared() {
    let dir = kernel("CONFIG_LAMP=m\nCONFIG_HZ=100\n");
    dir.create("new", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_FAN=y\n");
    let done = dir.kgrep(&["configs", ".config", "new", "--format", "grep"]).run();
    let expected = "\
Kconfig:4:config FAN
Kconfig:1:config LAMP
drivers/lamp.c:1:#include \"lamp.h\"
drivers/fan.c:1:#include \"fan.h\"
drivers/lamp.c:1:#include \"lamp.h\"
";
    eqnice!(expected, done.stdout());
    assert!(done.stderr().contains("1 symbol of no Kconfig file") && done.stderr().contains("HZ"));
    let table = dir.kgrep(&["configs", ".config", "new"]).run().stdout();
    for words in ["symbols", "modules", "files", "built in", "not built"] {
        assert!(table.contains(words), "{words}: {table}");
    }
    assert_eq!(dir.kgrep(&["configs", "new", "new"]).run().expect_code(1).stdout(), "");
    dir.kgrep(&["configs", "new", "Kconfig"]).run().expect_error(&["Kconfig", "configuration"]);
}

#[test]
fn trace_tells_a_symbols_value_and_what_it_builds() {
    let dir = kernel("CONFIG_LAMP=y\n");
    dir.create(
        "Kconfig",
        "config LAMP\n\tbool \"Lamps\"\n\tdepends on POWER\n\nconfig POWER\n\tbool\n\n\
         config HOUSE\n\tbool \"House\"\n\tselect LAMP\n\nconfig SHADE\n\tbool \"Shade\"\n\
         \tdepends on LAMP\n",
    );
    dir.create(".config", "CONFIG_X86=y\nCONFIG_LAMP=y\nCONFIG_POWER=y\nCONFIG_SHADE=y\n");
    let told = dir.kgrep(&["--kconfig", ".config", "trace", "CONFIG_LAMP"]).run().stdout();
    for words in [
        "In this configuration: CONFIG_LAMP=y",
        "needs, yes: CONFIG_POWER=y",
        "HOUSE selects it, CONFIG_HOUSE is not set",
        "SHADE needs it, CONFIG_SHADE=y",
        "What it builds",
        "drivers/lamp.c",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // It is kept, and yet an edit of any of its files counts.
    let told = |words: &[&str], isnt: &[&str]| {
        let told = dir.kgrep(&["--kconfig", ".config", "trace", "LAMP"]).run().stdout();
        assert!(words.iter().all(|words| told.contains(words)), "{words:?}: {told}");
        assert!(!isnt.iter().any(|words| told.contains(words)), "{isnt:?}: {told}");
    };
    told(&["HOUSE selects it"], &["drivers/fan.c"]);
    dir.kgrep(&["index"]).run();
    told(&["HOUSE selects it"], &["drivers/fan.c"]);
    dir.create("drivers/Makefile", "obj-y := core.o\nobj-$(CONFIG_LAMP) += fan.o\n");
    told(&["drivers/fan.c"], &["drivers/lamp.c"]);
    let kconfig = "config LAMP\n\tbool \"Lamps\"\n\nconfig TENT\n\tbool \"Tent\"\n\tselect LAMP\n";
    dir.create("Kconfig", kconfig);
    told(&["TENT selects it", "drivers/fan.c"], &["HOUSE", "POWER"]);
    dir.create(".config", "CONFIG_X86=y\nCONFIG_LAMP=m\n");
    told(&["CONFIG_LAMP=m", "module fan"], &["built in"]);
    let plain = dir.kgrep(&["trace", "CONFIG_LAMP"]).run().stdout();
    assert!(!plain.contains("In this configuration"), "{plain}");
}

#[test]
fn a_difference_is_of_files_that_are_built() {
    let dir = kernel("CONFIG_LAMP=y\n");
    for name in ["lamp", "fan"] {
        let file = format!("drivers/{name}.c");
        let patch = format!(
            "--- a/{file}\n+++ b/{file}\n@@ -1,2 +1,2 @@\n #include \"{name}.h\"\n-int {name}(void)\n\
             +long {name}(void)\n"
        );
        dir.create(&format!("../patches/{name}.patch"), patch);
    }
    let diff = ["diff", "../patches", "--on", ".", "--format", "grep"];
    let done = dir.kgrep(&["--kconfig", ".config"]).args(&diff).run();
    assert!(done.stdout().contains("lamp") && !done.stdout().contains("fan"), "{done}");
    let said = "kgrep: 1 of 2 files that differ are not built by this configuration; --kconfig none \
                shows them\n";
    eqnice!(said, done.stderr());
    assert!(dir.kgrep(&diff).stdout().contains("fan"));
    let alone = ["--kconfig", ".config", "diff", "../patches"];
    dir.kgrep(&alone).run().expect_error(&["--on"]);
}

#[test]
fn a_tree_that_is_no_kernels_is_left_alone() {
    let dir = Dir::new();
    dir.create("notes.c", "int needle;\n");
    dir.config("kconfig = '.config'\n");
    assert!(dir.kgrep(&["needle"]).stdout().contains("notes.c"));
    assert!(dir.kgrep(&["needle"]).env("KCONFIG_CONFIG", "/no/such").stdout().contains("notes.c"));
    dir.create("Makefile", "obj-y := notes.o\n");
    assert!(dir.kgrep(&["needle"]).stdout().contains("notes.c"), "it has no such file");
    dir.kgrep(&["needle"]).env("KCONFIG_CONFIG", "/no/such").run().expect_error(&["/no/such"]);
}
