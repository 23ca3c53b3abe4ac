//! Files that are compiled together: what one of them may mean is also what another has for itself.

use crate::util::Dir;

/// The places of a command's rows, in their order.
fn rows(dir: &Dir, args: &[&str]) -> String {
    let text = dir.kgrep(&["--no-header", "--format", "grep"]).args(args).run().stdout();
    let place = |row: &str| row.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
    text.lines().map(place).collect::<Vec<_>>().join(" ")
}

/// Asserts these places of the tree without an index and with one.
fn check(dir: &Dir, expected: &[(&[&str], &str)]) {
    for _ in 0..2 {
        for (args, rows_expected) in expected {
            assert_eq!(rows(dir, args), *rows_expected, "{args:?}");
        }
        dir.kgrep(&["index", "."]).run().expect_ok();
    }
}

const LAMP_H: &str = "static inline int lamp_on(int a)\n{\n\treturn a;\n}\n";

#[test]
fn a_part_of_a_unit_calls_what_the_unit_included_before_it() {
    let dir = Dir::new();
    dir.create("kernel/lamp/lamp.h", LAMP_H);
    dir.create(
        "kernel/lamp/build.c",
        "#include \"lamp.h\"\n#include \"rt.c\"\n#include \"dl.h\"\n",
    );
    dir.create("kernel/lamp/rt.c", "static int rt_on(int a)\n{\n\treturn lamp_on(a);\n}\n");
    dir.create(
        "kernel/lamp/dl.h",
        "static int dl_on(int a)\n{\n\treturn lamp_on(a) + rt_on(a);\n}\n",
    );
    // Nobody includes this one, and this includes nothing.
    dir.create("kernel/lamp/other.c", "int other(int a)\n{\n\treturn lamp_on(a);\n}\n");
    let definition = "kernel/lamp/lamp.h:1";
    check(
        &dir,
        &[
            (
                &["callers", "lamp_on"],
                &format!("{definition} kernel/lamp/dl.h:3 kernel/lamp/rt.c:3"),
            ),
            (&["callers", "rt_on"], "kernel/lamp/rt.c:1 kernel/lamp/dl.h:3"),
            (&["callees", "dl_on"], "kernel/lamp/dl.h:1 kernel/lamp/dl.h:3 kernel/lamp/dl.h:3"),
        ],
    );
    // Now it is compiled alone.
    dir.create("kernel/lamp/build.c", "#include \"lamp.h\"\n#include \"dl.h\"\n");
    assert_eq!(rows(&dir, &["callers", "lamp_on"]), format!("{definition} kernel/lamp/dl.h:3"));
    assert_eq!(rows(&dir, &["callers", "rt_on"]), "");
}

#[test]
fn what_a_file_includes_itself_is_nearer() {
    let dir = Dir::new();
    dir.create("drivers/a/lamp.h", LAMP_H);
    dir.create("drivers/b/lamp.h", LAMP_H);
    dir.create(
        "drivers/a/part.h",
        "#include \"lamp.h\"\nstatic int part(void)\n{\n\treturn lamp_on(1);\n}\n",
    );
    dir.create("drivers/top.c", "#include \"b/lamp.h\"\n#include \"a/part.h\"\n");
    check(
        &dir,
        &[
            (&["callees", "part"], "drivers/a/part.h:2 drivers/a/part.h:4"),
            (&["callers", "lamp_on"], "drivers/a/lamp.h:1 drivers/a/part.h:4 drivers/b/lamp.h:1"),
        ],
    );
    let defined = dir.kgrep(&["--no-header", "callees", "part", "--format", "json"]).stdout();
    assert!(defined.contains("drivers/a/lamp.h") && !defined.contains("drivers/b"), "{defined}");
}

#[test]
fn an_include_that_leads_out_of_the_folder_means_no_file_beside() {
    let dir = Dir::new();
    dir.create("drivers/lamp/qos.h", "#define lamp_err(a) lamp_print(a)\n");
    dir.create("drivers/lamp/en/qos.h", "#define lamp_none(a) 0\n");
    dir.create(
        "drivers/lamp/en/qos.c",
        "#include \"../qos.h\"\n\nint lamp_qos(int a)\n{\n\treturn lamp_err(a) + lamp_none(a);\n}\n",
    );
    check(
        &dir,
        &[
            (&["callers", "lamp_err"], "drivers/lamp/qos.h:1 drivers/lamp/en/qos.c:5"),
            (&["callers", "lamp_none"], ""),
        ],
    );
}
