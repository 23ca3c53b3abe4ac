//! Patterns: open brackets, hints, pattern files, and conditions on line and file.

use crate::util::{Dir, eqnice};

#[test]
fn an_open_bracket_is_plain_text_with_one_note() {
    let dir = Dir::new();
    dir.create("a.c", "p = kmalloc(size, GFP);\nx = a[3];\ny = *ptr;\nint x{1};\nf(kmem(\n");
    for (pattern, line) in [
        ("kmem(", "f(kmem("),
        ("kmalloc(size", "p = kmalloc(size, GFP);"),
        ("a[3", "x = a[3];"),
        ("*ptr", "y = *ptr;"),
        ("x{", "int x{1};"),
    ] {
        let done = dir.kgrep(&["--no-header", pattern]).run().expect_code(0);
        assert!(done.stdout().trim_end().ends_with(line), "{done}");
        assert_eq!(done.stdout().lines().count(), 1, "{done}");
        assert_eq!(done.stderr().lines().count(), 1, "one note: {done}");
        assert!(done.stderr().contains("plain text"), "{done}");
    }
}

#[test]
fn a_note_is_not_needed_when_plain_text_was_asked_for() {
    let dir = Dir::kernel();
    eqnice!("8\n", {
        let found = dir.kgrep(&["-F", "--no-header", "kmem_cache_alloc("]).stdout();
        format!("{}\n", found.lines().count())
    });
}

#[test]
fn other_flags_hold_for_a_pattern_that_is_plain_text() {
    let dir = Dir::new();
    dir.create("a.c", "KMALLOC(x)\nkmalloc(x)\n");
    let done = dir.kgrep(&["-i", "--no-header", "kmalloc("]).run().expect_code(0);
    assert_eq!(done.stdout().lines().count(), 2, "{done}");
}

#[test]
fn a_pattern_that_is_wrong_otherwise_is_an_error() {
    let dir = Dir::kernel();
    dir.kgrep(&["\\p{NoSuchClass}"]).run().expect_code(2);
}

#[test]
fn a_valid_pattern_that_finds_nothing_gets_a_hint_when_its_text_would() {
    let dir = Dir::new();
    dir.create("a.c", "kmalloc(size)\n");
    let done = dir.kgrep(&["kmalloc(size)"]).run().expect_code(1);
    assert_eq!(done.stderr().lines().count(), 1, "{done}");
    assert!(done.stderr().contains("-F"), "{done}");
    let done = dir.kgrep(&["nothing(size)"]).run().expect_code(1);
    eqnice!("", done.stderr());
}

#[test]
fn patterns_from_flags_and_files_are_alternatives() {
    let dir = Dir::new();
    dir.create("a.c", "one\ntwo\nthree\nfour\n");
    let patterns = dir.beside("patterns");
    std::fs::write(&patterns, "one\nfour\n").unwrap();
    let lines = |args: &[&str]| {
        let command =
            args.iter().fold(dir.kgrep(&["--no-header"]), |command, arg| command.arg(arg));
        command.stdout()
    };
    let file = patterns.to_str().unwrap();
    eqnice!("0 a.c 1 one\n1 a.c 4 four\n", lines(&["-f", file]));
    eqnice!("0 a.c 1 one\n1 a.c 2 two\n2 a.c 4 four\n", lines(&["-f", file, "-e", "two"]));
    // With -e, the first word is a path.
    eqnice!("0 a.c 2 two\n1 a.c 3 three\n", lines(&["-e", "two", "-e", "three", "a.c"]));
}

#[test]
fn a_pattern_file_may_come_from_standard_input() {
    let dir = Dir::new();
    dir.create("a.c", "one\ntwo\n");
    eqnice!("0 a.c 2 two\n", dir.kgrep(&["--no-header", "-f", "-"]).input("two\n").stdout());
}

#[test]
fn a_pattern_file_that_is_not_there_is_named() {
    Dir::kernel().kgrep(&["-f", "no/such/file"]).run().expect_error(&["no/such/file"]);
}

#[test]
fn a_pattern_may_begin_with_a_dash() {
    let dir = Dir::new();
    dir.create("a.c", "-ENOMEM\n");
    eqnice!("0 a.c 1 -ENOMEM\n", dir.kgrep(&["--no-header", "-e", "-ENOMEM"]).stdout());
    eqnice!("0 a.c 1 -ENOMEM\n", dir.kgrep(&["--no-header", "--", "-ENOMEM"]).stdout());
}

#[test]
fn and_and_not_are_conditions_on_the_line() {
    let dir = Dir::new();
    dir.create("a.c", "lock a\nlock b\nlock a b\nunlocked\n");
    let found = |args: &[&str]| {
        let command = dir.kgrep(&["--no-header", "--format", "grep"]);
        args.iter().fold(command, |command, arg| command.arg(arg)).stdout()
    };
    eqnice!("a.c:1:lock a\na.c:3:lock a b\n", found(&["lock", "--and", " a"]));
    eqnice!("a.c:3:lock a b\n", found(&["lock", "--and", " a", "--and", " b"]));
    eqnice!("a.c:2:lock b\na.c:4:unlocked\n", found(&["lock", "--not", " a"]));
    eqnice!("a.c:2:lock b\n", found(&["lock", "--not", " a", "--not", "un"]));
    eqnice!("a.c:1:lock a\n", found(&["lock", "--and", " a", "--not", " b"]));
}

#[test]
fn file_has_and_file_lacks_are_conditions_on_the_file() {
    let dir = Dir::kernel();
    let files = |args: &[&str]| {
        let command = dir.kgrep(&["-l", "--format", "grep", "kmem_cache_alloc\\("]);
        args.iter().fold(command, |command, arg| command.arg(arg)).stdout()
    };
    eqnice!("drivers/block/ramdisk.c\nfs/ext4/inode.c\n", files(&["--file-has", "module_init"]));
    eqnice!(
        "fs/namespace.c\ninclude/linux/slab.h\nkernel/fork.c\nmm/slab.c\n",
        files(&["--file-lacks", "module_init"])
    );
    eqnice!(
        "fs/namespace.c\n",
        files(&["--file-lacks", "module_init", "--file-has", "pivot_root"])
    );
}

#[test]
fn inverting_counts_lines_without_a_match() {
    let dir = Dir::new();
    dir.create("a.c", "one\ntwo\nthree\n");
    eqnice!("0 a.c 1 one\n1 a.c 3 three\n", dir.kgrep(&["--no-header", "-v", "two"]).stdout());
}

#[test]
fn a_note_gives_the_one_reason() {
    let dir = Dir::new();
    dir.create("a.c", "x(\n*p\ny)\n");
    for (pattern, reason) in [
        ("x(", "has an open bracket"),
        ("*p", "has an operator with nothing before it"),
        ("y)", "closes a bracket that was never opened"),
    ] {
        let done = dir.kgrep(&[pattern]).run().expect_code(0);
        eqnice!(
            format!("kgrep: note: `{pattern}` {reason}: searched as plain text\n"),
            done.stderr()
        );
    }
    let done = dir.kgrep(&["--and", "x(", "x"]).run().expect_code(0);
    eqnice!("kgrep: note: `x(` has an open bracket: searched as plain text\n", done.stderr());
}

#[test]
fn an_error_quotes_what_was_typed() {
    let dir = Dir::kernel();
    for args in [&["foo\\"][..], &["-w", "foo\\"], &["-x", "-e", "good", "-e", "foo\\"]] {
        let done = args.iter().fold(dir.kgrep(&[]), |command, arg| command.arg(arg)).run();
        done.expect_error(&["`foo\\`: ends in a backslash"]);
    }
}

#[test]
fn conditions_hold_for_a_part_of_the_line_also_with_x() {
    let dir = Dir::new();
    dir.create("a.c", "lock(a);\nlock(b);\n");
    let found = |args: &[&str]| {
        let command = dir.kgrep(&["--format", "grep"]);
        args.iter().fold(command, |command, arg| command.arg(arg)).stdout()
    };
    eqnice!("a.c:1:lock(a);\n", found(&["-x", "lock.*", "--and", "a"]));
    eqnice!("a.c:2:lock(b);\n", found(&["-x", "lock.*", "--not", "a"]));
    // Words are words, as in git grep.
    eqnice!("a.c:1:lock(a);\n", found(&["-w", "lock", "--and", "a"]));
}

#[test]
fn there_is_no_hint_where_it_would_mislead() {
    let dir = Dir::new();
    dir.create("a.c", "kmalloc(size)\n");
    // Every line matches, so -v finds nothing: the pattern is not to blame.
    let done = dir.kgrep(&["-v", "k.*"]).run().expect_code(1);
    eqnice!("", done.stderr());
    // What was plain text already is not searched again.
    let done = dir.kgrep(&["nothing("]).run().expect_code(1);
    assert_eq!(done.stderr().lines().count(), 1, "only the note: {done}");
    // Beside one that was, the other gets its hint, and both are as they were typed.
    let done = dir.kgrep(&["-e", "nothing(", "-e", "kmalloc(size)"]).run().expect_code(1);
    assert!(done.stderr().contains("nothing matches `nothing(`, `kmalloc(size)`"), "{done}");
}

#[test]
fn a_condition_on_the_file_takes_crlf_as_the_search_does() {
    let dir = Dir::new();
    dir.create("dos.c", "int needle;\r\nmodule_init\r\n");
    let found = dir.kgrep(&["--crlf", "--file-has", "module_init$", "-l", "needle;$"]).run();
    eqnice!("", found.stderr());
    assert!(found.stdout().contains("dos.c"), "{}", found.stdout());
}
