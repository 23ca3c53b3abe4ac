//! What is too large is left out, and that is said; what can be read is read the same way by
//! every command.

use std::fs::{self, File};
use std::io::Write;

use crate::pty::Terminal;
use crate::util::{Dir, eqnice};

/// A file with this beginning, and zeros up to `size`, which take no room on the disk.
fn sparse(dir: &Dir, name: &str, start: &str, size: u64) {
    let mut file = File::create(dir.path(name)).unwrap();
    file.write_all(start.as_bytes()).unwrap();
    file.set_len(size).unwrap();
}

#[test]
fn a_file_too_large_for_an_outline_is_named_in_the_answers() {
    let dir = Dir::new();
    dir.create("Kconfig", "");
    dir.create("a.c", "int g(void)\n{\n\treturn 1;\n}\nint h(void)\n{\n\treturn g();\n}\n");
    sparse(&dir, "large.c", "int i(void)\n{\n\treturn g();\n}\n", (64 << 20) + 1);
    let told = "large.c: larger than 64 MiB, so that its code is not read";
    let ask = |words: &[&str]| {
        let done = dir.kgrep(words).run().expect_code(0);
        assert!(done.stderr().contains(told), "{done}");
        assert!(done.stdout().contains("a.c") && !done.stdout().contains("large.c"), "{done}");
    };
    ask(&["callers", "g"]);
    ask(&["refs", "g"]);
    dir.kgrep(&["index"]).run().expect_ok();
    ask(&["callers", "g"]);
    ask(&["refs", "g"]);
    let status = dir.kgrep(&["index", "--status"]).stdout();
    assert!(status.contains("large.c: larger than 64 MiB"), "{status}");
}

#[test]
fn a_zero_byte_hides_no_code_from_any_question() {
    let dir = Dir::new();
    dir.create("Kconfig", "");
    dir.create("a.c", "int g(void)\n{\n\treturn 1;\n}\nint h(void)\n{\n\t\0return g();\n}\n");
    let setup = "\0int lamp;\nstatic int set_lamp(char *s)\n{\n\treturn 0;\n}\n";
    dir.create("b.c", format!("{setup}__setup(\"lamp_limit=\", set_lamp);\n"));
    dir.create("Documentation/lamp.bin", "\0lamp_limit=\n");
    // A picture has words by chance, of which nothing is said.
    dir.create("Documentation/lamp.gif", "\0lamp_limit=\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        for question in ["callers", "refs"] {
            let done = dir.kgrep(&[question, "g"]).run().expect_ok();
            assert!(done.stdout().contains(" h "), "{question}, index: {indexed}: {done}");
        }
        // The text of code, in a section of `trace` and in `list`.
        let done = dir.kgrep(&["trace", "lamp_limit", "--no-header"]).run().expect_code(0);
        eqnice!(
            "Registration\n0 b.c 6  __setup(\"lamp_limit=\", set_lamp);\n\nHandler\n1 b.c 2  static \
             int set_lamp(char *s)\n2 b.c 3  {\n3 b.c 4  return 0;\n4 b.c 5  }\n",
            done.stdout()
        );
        let binary = dir.path("Documentation/lamp.bin");
        let told = "has zero bytes, so that its matches are left out";
        eqnice!(format!("kgrep: {}: {told}\n", binary.display()), done.stderr());
    }
}

#[test]
fn a_line_without_an_end_does_not_take_all_memory() {
    let dir = Dir::new();
    sparse(&dir, "line", "needle ", 300 << 20);
    dir.create("other", "needle\n");
    let done = dir.kgrep(&["-a", "needle"]).run().expect_code(2);
    assert!(done.stderr().contains("line: has a line longer than 256 MiB"), "{done}");
    assert!(done.stdout().contains("other"), "{done}");
}

#[test]
fn a_folder_that_is_no_source_tree_is_indexed_only_when_it_is_named() {
    let dir = Dir::new();
    dir.create("letters/a.txt", "dear\n");
    dir.kgrep(&["index"]).run().expect_error(&["is not a source tree", "`kgrep index .`"]);
    assert!(!dir.cache().join("index").exists(), "nothing was read");
    dir.kgrep(&["index", "."]).run().expect_ok();
    // From then on it has an index to be updated.
    dir.kgrep(&["index"]).run().expect_ok();
    for mark in [".git/config", "MAINTAINERS", "Kconfig", "Makefile", "Kbuild"] {
        let dir = Dir::new();
        dir.create(mark, "");
        dir.kgrep(&["index"]).run().expect_ok();
    }
}

#[test]
fn a_question_says_what_it_reads_and_how_to_stop_that() {
    let dir = Dir::new();
    for number in 0..2100 {
        dir.create(&format!("many/{number}.c"), "int x;\n");
    }
    let done = dir.kgrep(&["def", "x"]).run().expect_code(0);
    assert!(done.stderr().contains("is not a source tree"), "{done}");
    assert!(done.stderr().contains("Ctrl-C stops it"), "{done}");
    dir.create("Makefile", "");
    assert_eq!(dir.kgrep(&["def", "x"]).run().stderr(), "");
    let (_, screen) = Terminal::kgrep(&dir, &["--no-less", "def", "x"], &[]).finish();
    assert!(screen.contains("Ctrl-C stops"), "{}", screen.escape_debug());
    fs::remove_file(dir.path("Makefile")).unwrap();
}
