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
    dir.create("include/linux/named.h", NAMED_H);
    dir.create("drivers/lamp/v.h", "#define MODULE_NAME far\n#include <linux/named.h>\n");
    dir.create("drivers/lamp/en/v.h", "#define MODULE_NAME near\n#include <linux/named.h>\n");
    dir.create("drivers/lamp/en/cq.c", format!("#include \"../v.h\"\n{CQ_C}"));
    let callers = dir.kgrep(&["callers", "low"]).stdout();
    assert!(callers.contains("far_h_cq") && !callers.contains("near_h_cq"), "{callers}");
    check(
        &dir,
        &[
            (&["callers", "lamp_err"], "drivers/lamp/qos.h:1 drivers/lamp/en/qos.c:5"),
            (&["callers", "lamp_none"], ""),
        ],
    );
}

/// Asserts that all edges of the tree are those that an index from nothing has, after an update of another.
fn check_update(dir: &Dir, change: impl Fn(&Dir)) -> String {
    dir.kgrep(&["index", "--rebuild", "."]).run().expect_ok();
    change(dir);
    let updated = dir.kgrep(&["export", "edges"]).stdout();
    dir.kgrep(&["index", "--rebuild", "."]).run().expect_ok();
    assert_eq!(updated, dir.kgrep(&["export", "edges"]).stdout());
    updated
}

const NAMED_H: &str = "#define _PASTE(x, y) x ## y\n#define _NAME(x, y) _PASTE(x, y)\n\
                       #define HANDLER(id) _NAME(MODULE_NAME, _h_##id)\n#define PLAIN(id) _NAME(MODULE_NAME, id)\n\
                       #define TOKEN(a, b) _NAME(a, b)\n";

const CQ_C: &str = "static int HANDLER(cq)(int a)\n{\n\treturn low(a);\n}\n\
                    static int PLAIN(_plain)(int a)\n{\n\treturn low(a);\n}\nint low(int a) { return a; }\n";

#[test]
fn names_made_of_words_are_the_same_after_an_update() {
    let dir = Dir::new();
    dir.create("include/linux/named.h", NAMED_H);
    dir.create("drivers/cq.c", format!("#include \"v.h\"\n{CQ_C}"));
    let arms = "#ifdef CONFIG_X\n#define MODULE_NAME aa\n#else\n#define MODULE_NAME bb\n#endif\n";
    dir.create("drivers/v.h", format!("{arms}#include <linux/named.h>\n"));
    let appended = format!("#include \"v.h\"\n{CQ_C}\n");
    let edges = check_update(&dir, |dir| dir.create("drivers/cq.c", &appended));
    for name in ["aa_h_cq", "bb_h_cq"] {
        assert!(edges.contains(&format!("drivers/cq.c\t{name}\tlow\tcall\n")), "{edges}");
    }
    let now = "#define MODULE_NAME cc\n#include <linux/named.h>\n";
    let edges = check_update(&dir, |dir| dir.create("drivers/v.h", now));
    assert!(edges.contains("drivers/cq.c\tcc_h_cq\tlow\tcall\n"), "{edges}");
    // A file of code that another one includes.
    let included = format!("#include \"v.c\"\n{CQ_C}");
    dir.create("drivers/cq.c", &included);
    dir.create("drivers/v.c", "#define MODULE_NAME dd\n#include <linux/named.h>\n");
    let edges = check_update(&dir, |dir| dir.create("drivers/cq.c", format!("{included}\n")));
    assert!(edges.contains("drivers/cq.c\tdd_h_cq\tlow\tcall\n"), "{edges}");
}

#[test]
fn a_header_is_named_by_those_that_include_it_and_not_its_namesake() {
    let dir = Dir::new();
    dir.create("include/linux/named.h", NAMED_H);
    for folder in ["a", "b"] {
        let make = format!(
            "static int\nTOKEN(HTYPE, _on)(int a)\n{{\n\treturn low_{folder}(a);\n}}\nint low_{folder}(int a) {{ return a; }}\n"
        );
        dir.create(&format!("drivers/{folder}/gen.h"), make);
        let user =
            format!("#include <linux/named.h>\n#define HTYPE {folder}\n#include \"gen.h\"\n");
        dir.create(&format!("drivers/{folder}/x.c"), user);
    }
    let edges = dir.kgrep(&["export", "edges"]).stdout();
    let of = |caller: &str| {
        edges.lines().filter(|row| row.contains(caller) && row.contains("low_")).collect::<Vec<_>>()
    };
    for folder in ["a", "b"] {
        let row = format!("drivers/{folder}/gen.h\t{folder}_on\tlow_{folder}\t");
        let found = of(&format!("\t{folder}_on\t"));
        assert!(!found.is_empty() && found.iter().all(|edge| edge.starts_with(&row)), "{edges}");
    }
    // Two words of which each has several meanings: nothing tells which go together.
    dir.create("drivers/c/gen.h", "static int\nTOKEN(PRE, POST)(int a)\n{\n\treturn a;\n}\n");
    for (one, other) in [("ip", "_v4"), ("net", "_v6")] {
        let user = format!(
            "#include <linux/named.h>\n#define PRE {one}\n#define POST {other}\n#include \"gen.h\"\n"
        );
        dir.create(&format!("drivers/c/{one}.c"), user);
    }
    for wrong in ["net_v4", "ip_v6"] {
        assert_eq!(dir.kgrep(&["def", wrong]).run().code(), 1, "{wrong}");
    }
}
