//! `kgrep trace PARAMETER=`: of a parameter that many register, what is the kernel's own comes first,
//! and its documentation is the paragraph about it.

use crate::util::Dir;

const DOCUMENTATION: &str = "\
\tacpi.debug=\t[HW,ACPI]
\t\t\tSay more; the
\t\t\troot cause is then told.

\tmem=nn[KMG]\t[KNL] Use so much memory.
\t\t\tWhat is beyond is not
\t\t\tmem that is used.

\troot=\t\t[KNL] Where the files are
\t\t\tA device.

\trootwait\t[KNL] Wait for it.
";

/// A tree in which three architectures, the core and drivers have parameters of one name.
fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("Documentation/admin-guide/kernel-parameters.txt", DOCUMENTATION);
    for top in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile"] {
        dir.create(top, "");
    }
    for arch in ["arm", "sh", "x86"] {
        let source = format!(
            "static int __init {arch}_mem(char *p)\n{{\n\treturn 0;\n}}\n\
             early_param(\"mem\", {arch}_mem);\n\
             void {arch}_die(void)\n{{\n\tif (panic_on_oops)\n\t\tpanic(\"oops\");\n}}\n"
        );
        dir.create(&format!("arch/{arch}/kernel/setup.c"), source);
    }
    dir.create(
        "mm/mem.c",
        "static int __init core_mem(char *p)\n{\n\treturn 0;\n}\n__setup(\"mem=\", core_mem);\n",
    );
    dir.create(
        "drivers/char/card.c",
        "static char *card_mem;\nmodule_param_named(mem, card_mem, charp, 0);\n",
    );
    dir.create(
        "kernel/panic.c",
        "int panic_on_oops;\nstatic int __init oops_setup(char *s)\n{\n\tpanic_on_oops = 1;\n\
         \treturn 0;\n}\nearly_param(\"oops\", oops_setup);\n\
         static int __init root_setup(char *s)\n{\n\treturn 0;\n}\n__setup(\"root=\", root_setup);\n",
    );
    dir
}

/// The places of a section's rows, as `path:line`.
fn section(dir: &Dir, args: &[&str], title: &str) -> Vec<String> {
    let json = dir.kgrep(&[&["--format", "json", "trace", "--arch", "x86"], args].concat());
    let json = json.stdout();
    let values = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let rows = values.filter(|value| {
        value["data"]["section"].as_str().is_some_and(|own| own.starts_with(title))
    });
    let place = |row: serde_json::Value| {
        let data = &row["data"];
        format!("{}:{}", data["path"]["text"].as_str().unwrap(), data["line_number"])
    };
    rows.map(place).collect()
}

#[test]
fn what_the_core_registers_comes_before_other_architectures_and_drivers() {
    let dir = tree();
    assert_eq!(
        section(&dir, &["mem="], "Registration"),
        ["arch/x86/kernel/setup.c:5", "mm/mem.c:5", "arch/arm/kernel/setup.c:5"]
    );
    let told = dir.kgrep(&["trace", "--arch", "x86", "mem="]).stdout();
    assert!(told.contains("elsewhere: arm · sh"), "{told}");
    assert_eq!(section(&dir, &["mem="], "Modules' parameters"), ["drivers/char/card.c:2"]);
    assert!(section(&dir, &["mem="], "Variable").is_empty(), "that is the driver's");
    let all = section(&dir, &["--all", "mem="], "Registration");
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(all[..2], ["arch/x86/kernel/setup.c:5", "mm/mem.c:5"]);
}

#[test]
fn the_documentation_is_the_paragraph_about_the_parameter() {
    let dir = tree();
    let lines = |name: &str| {
        let places = section(&dir, &[name], "Documentation, in full");
        let numbers = places.iter().map(|place| place.rsplit(':').next().unwrap().to_owned());
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(lines("root="), ["9", "10"]);
    assert_eq!(lines("mem="), ["5", "6", "7"]);
}

#[test]
fn who_reads_a_variable_is_told_of_the_architecture_that_counts() {
    let dir = tree();
    let title = "What it sets, and who reads that";
    let users = section(&dir, &["oops="], title);
    assert_eq!(
        users,
        ["kernel/panic.c:4", "kernel/panic.c:1", "arch/x86/kernel/setup.c:8"],
        "set, defined, read"
    );
    let all = section(&dir, &["--all", "oops="], title);
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(all[2].starts_with("arch/x86"), "{all:?}");
}
