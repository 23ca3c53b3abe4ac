//! What fingers bring along from grep, git grep, ripgrep and vgrep: flags that do what is
//! meant, output that a script can read, and a hint where something else was meant.

use std::process::{Command, Stdio};

use crate::pty::Terminal;
use crate::util::{Dir, eqnice, has_ripgrep};

/// A tree with lines of all kinds: several matches, none, NUL bytes, nothing at all.
fn tree() -> Dir {
    let dir = Dir::new();
    dir.create("a.c", "foo bar foo\nx\nfoo\n");
    dir.create("b.c", "nothing\n");
    dir.create("empty.c", "");
    dir.create("ml.c", "one foo\nbar two\nfoo bar\n");
    dir.create("nul.c", "foo\0bar\nfoo\n");
    dir.create("other-nul.c", "zz\0bar\n");
    dir.create("sub/a.h", "foo\n");
    dir
}

/// What ripgrep prints in the tree.
fn ripgrep(dir: &Dir, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new("rg");
    command.args(["--no-config", "-n", "--with-filename", "--sort", "path"]).args(args);
    let done = command.current_dir(dir.tree()).stdin(Stdio::null()).output();
    done.expect("rg was there a moment ago").stdout
}

#[test]
fn files_counts_and_parts_are_ripgreps_in_a_pipe() {
    if !has_ripgrep() {
        return;
    }
    let dir = tree();
    for args in [
        &["-l", "foo"][..],
        &["-c", "foo"],
        &["-c", "foo", "nul.c", "a.c"],
        &["-l", "-0", "foo"],
        &["-c", "--null", "foo"],
        &["-o", "foo"],
        &["-o", "foo", "nul.c", "a.c"],
        &["-o", "\\w+"],
        &["-o", "", "a.c"],
        &["-o", "-v", "foo"],
        &["-o", "-m1", "foo"],
        &["-o", "-C1", "o"],
        &["-o0", "-C1", "o"],
        &["-oi", "FOO"],
        &["-co", "foo"],
        &["-cov", "foo"],
        &["-Uo", "foo\\nbar"],
        &["-Uo", "foo\\n"],
        &["-Uo", "foo\\n.*\\nfoo"],
        &["-coU", "foo\\nbar|foo"],
        &["--files-without-match", "foo"],
        &["--files-without-match", "-v", "foo"],
        &["--files-without-match", ""],
        &["--files-without-match", "-0", "foo"],
        &["--files-without-match", "foo", "nul.c", "other-nul.c", "a.c"],
        &["--files-without-match", "-g", "*.h", "zzz"],
        &["-l", "--files-without-match", "foo"],
        &["--files-without-match", "-l", "foo"],
        &["-c", "-l", "foo"],
        &["--vimgrep", "foo"],
        &["--vimgrep", "-0", "foo"],
        &["--vimgrep", "-o", "foo"],
        &["--vimgrep", "-oU", "foo\\nbar"],
    ] {
        let expected = ripgrep(&dir, args);
        assert!(!expected.is_empty(), "{args:?} should find something");
        let done = dir.kgrep(args).run().expect_code(0);
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "@");
        eqnice!(shown(&expected), shown(done.bytes()));
    }
}

#[test]
fn the_index_does_not_hide_files_without_a_match() {
    let dir = tree();
    let before = dir.kgrep(&["--files-without-match", "foo"]).stdout();
    dir.kgrep(&["index", "."]).run().expect_code(0);
    eqnice!(before, dir.kgrep(&["--files-without-match", "foo"]).stdout());
    dir.kgrep(&["-q", "--files-without-match", "foo"]).run().expect_code(0);
    dir.kgrep(&["--files-without-match", "foo", "a.c"]).run().expect_code(1);
}

#[test]
fn bare_output_has_a_list_all_the_same() {
    let dir = tree();
    eqnice!("a.c:2\nml.c:2\nsub/a.h:1\n", dir.kgrep(&["-c", "foo"]).stdout());
    let table = "Index File    Matches\n    0 a.c           2\n    1 ml.c          2\n    2 sub/a.h       1\n";
    eqnice!(table, dir.kgrep(&["-s", "p"]).stdout());
    // A table is there on request.
    eqnice!(table, dir.kgrep(&["-c", "--format", "table", "foo"]).stdout());
    // The list has the lines, of which two here match once and one twice.
    eqnice!("a.c:1:foo\na.c:1:foo\na.c:3:foo\n", dir.kgrep(&["-o", "foo", "a.c"]).stdout());
    let lines = "Index File Line Content\n    0 a.c     1 foo bar foo\n    1 a.c     3 foo\n";
    eqnice!(lines, dir.kgrep(&["-s", "p"]).stdout());
    eqnice!(
        "Index File Line Content\n    0 a.c     1 foo\n              1 foo\n    1 a.c     3 foo\n",
        dir.kgrep(&["-o", "--format", "table", "foo", "a.c"]).stdout()
    );
    eqnice!("b.c\nempty.c\n", dir.kgrep(&["--files-without-match", "foo"]).stdout());
    let editor = dir.script("ed", "echo \"$@\"\n");
    let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", &editor).stdout();
    assert!(opened.trim_end().ends_with("b.c"), "{opened}");
}

#[test]
fn a_terminal_has_numbers_for_files() {
    let dir = tree();
    let (_, screen) = Terminal::kgrep(&dir, &["--no-less", "-l", "foo"], &[]).finish();
    assert!(screen.contains("Index") && screen.contains("ml.c"), "{screen}");
}

#[test]
fn greps_flags_do_what_is_meant() {
    let dir = tree();
    let plain = dir.kgrep(&["foo"]).stdout();
    for flags in
        [&["-E"][..], &["-nH"], &["-rnE"], &["--sort", "path"], &["--sort=none"], &["-nrIH"]]
    {
        eqnice!(plain, dir.kgrep(flags).arg("foo").stdout());
    }
    dir.kgrep(&["--sort", "modified", "foo"]).run().expect_error(&["--sort", "path"]);
    let vimgrep = dir.kgrep(&["--format", "vimgrep", "foo"]).stdout();
    eqnice!(vimgrep, dir.kgrep(&["--vimgrep", "foo"]).stdout());
    eqnice!(vimgrep, dir.kgrep(&["--format", "grep", "foo", "--vimgrep"]).stdout());
    let json = dir.kgrep(&["--json", "foo"]).stdout();
    assert!(json.starts_with("{\"type\":\"begin\""), "{json}");
    let rows = dir.kgrep(&["-s", "p", "--json"]).stdout();
    assert!(rows.starts_with("{\"type\":\"begin\""), "{rows}");
}

#[test]
fn include_and_exclude_are_greps() {
    let dir = tree();
    for (flags, files) in [
        (&["--include=*.h"][..], "sub/a.h\n"),
        (&["--include", "*.h", "--include", "ml.*"], "ml.c\nsub/a.h\n"),
        (&["--exclude=*.h"], "a.c\nml.c\n"),
        (&["--include=*.c", "--exclude=a.c"], "ml.c\n"),
        // Of two that fit, the later one counts.
        (&["--exclude=a.c", "--include=*.c"], "a.c\nml.c\n"),
        (&["--exclude-dir=sub"], "a.c\nml.c\n"),
        (&["--exclude-dir=sub/", "--exclude=a*"], "ml.c\n"),
    ] {
        eqnice!(files, dir.kgrep(flags).args(&["-l", "foo"]).stdout());
    }
}

#[test]
fn a_basic_regular_expression_is_greps() {
    let dir = Dir::new();
    dir.create("a.c", "f(x)\nbar|baz\nbar\nfoo foo\n*p\na+b\na-b\n");
    for (pattern, lines) in [
        ("f(x)", "1"),
        ("bar|", "2"),
        ("^bar$\\|^f", "1 3 4"),
        ("\\(foo\\) *\\(foo\\)", "4"),
        ("o\\{2\\}", "4"),
        ("*p", "5"),
        // `+`, `,` or `-`; a dash at an end is one.
        ("a[+--]b", "6 7"),
        ("a[b-]b", "7"),
        ("f[[=o=]][[.o.]]", "4"),
    ] {
        let rows = dir.kgrep(&["-G", "--format", "grep", pattern]).stdout();
        let found: Vec<&str> = rows.lines().filter_map(|row| row.split(':').nth(1)).collect();
        assert_eq!(found.join(" "), lines, "{pattern}");
    }
    dir.kgrep(&["-G", "[[.space.]]"]).run().expect_error(&["[[.space.]]: only one letter"]);
    // Of -E, -G and -F the last one counts.
    dir.kgrep(&["-G", "-E", "ba(r|z)"]).run().expect_code(0);
    dir.kgrep(&["-G", "-F", "(foo)"]).run().expect_code(1);
}

#[test]
fn a_pattern_with_a_dash_is_searched_or_said_how() {
    let dir = Dir::new();
    dir.create("a.c", "\tret = file->f_op;\n\treturn -EINVAL;\n");
    eqnice!("0 a.c 1 ret = file->f_op;\n", dir.kgrep(&["--no-header", "->f_op"]).stdout());
    eqnice!("0 a.c 1 ret = file->f_op;\n", dir.kgrep(&["--no-header", "->f_op", "a.c"]).stdout());
    eqnice!(
        "0 a.c 1 ret = file->f_op;\n",
        dir.kgrep(&["--no-header", "-s", "g", "->f_op"]).stdout()
    );
    // The letters behind it are no flags.
    for pattern in ["->s_op", "->sb", "->ops", "->list", "->state", "->e_f"] {
        let dir = Dir::new();
        dir.create("a.c", format!("\tx = y{pattern};\n"));
        let row = format!("0 a.c 1 x = y{pattern};\n");
        for args in [
            &[pattern][..],
            &[pattern, "a.c"],
            &["-A", "0", pattern],
            &["--maxdepth", "2", pattern],
            &["-s", "g", pattern],
        ] {
            eqnice!(row.as_str(), dir.kgrep(&[&["--no-header"], args].concat()).stdout());
        }
    }
    for number in ["-EINVAL", "-EBUSY", "-ETIMEDOUT", "-EUSERS", "-ENOENT", "-E2BIG"] {
        for args in [&[number][..], &[number, "a.c"]] {
            let hint = format!("kgrep -e '{number}'");
            dir.kgrep(args).run().expect_error(&["read as flags", &hint]);
        }
    }
    eqnice!("0 a.c 2 return -EINVAL;\n", dir.kgrep(&["--no-header", "-e", "-EINVAL"]).stdout());
    // These are flags of grep's.
    for flags in ["-ERI", "-EC1", "-EHn", "-EFIR"] {
        dir.kgrep(&[flags, "f_op"]).run().expect_code(0);
    }
    dir.kgrep(&["-Qx"]).run().expect_error(&["-Q", "kgrep -e '-Qx'"]);
}

#[test]
fn a_glob_in_place_of_a_path_is_said_to_be_one() {
    let dir = tree();
    dir.kgrep(&["foo", "--", "*.h"]).run().expect_error(&["*.h: No such file", "-g '*.h'"]);
    let done = dir.kgrep(&["foo", "gone.h"]).run().expect_code(2);
    eqnice!("kgrep: gone.h: No such file or directory\n", done.stderr());
}

#[test]
fn a_mistyped_command_is_guessed() {
    let dir = Dir::kernel();
    let done = dir.kgrep(&["calers", "vfs_read"]).run().expect_code(2);
    eqnice!(
        "kgrep: vfs_read: no such file or folder; did you mean `kgrep callers vfs_read`?\n",
        done.stderr()
    );
    dir.kgrep(&["ref", "vfs_read"]).run().expect_error(&["`kgrep refs vfs_read`"]);
    dir.kgrep(&["chian", "a", "b"]).run().expect_error(&["`kgrep chain a b`"]);
    // Words to search for, and paths.
    dir.kgrep(&["calers"]).run().expect_code(1);
    dir.kgrep(&["calers", "mm"]).run().expect_code(1);
    let done = dir.kgrep(&["kfree", "nowhere"]).run().expect_code(2);
    assert!(!done.stderr().contains("mean"), "{done}");
}

#[test]
fn help_and_version_are_commands() {
    let dir = Dir::new();
    eqnice!(dir.kgrep(&["--help"]).stdout(), dir.kgrep(&["help"]).stdout());
    eqnice!(dir.kgrep(&["trace", "--help"]).stdout(), dir.kgrep(&["help", "trace"]).stdout());
    eqnice!(dir.kgrep(&["--version"]).stdout(), dir.kgrep(&["version"]).stdout());
    dir.kgrep(&["help", "calers"]).run().expect_error(&["calers", "`kgrep help callers`"]);
    dir.kgrep(&["help", "xyzzy"]).run().expect_error(&["no such command: xyzzy"]);
}

#[test]
fn a_command_alone_says_what_it_needs() {
    let dir = Dir::new();
    for (args, words) in [
        (&["list"][..], &["list needs WHAT (syscalls, boot-params", "kgrep list syscalls"][..]),
        (&["def"], &["def needs NAME", "kgrep def kmem_cache_alloc"]),
        (&["trace"], &["trace needs NAME", "kgrep trace pivot_root"]),
        (&["callers"], &["callers needs NAME", "kgrep callers kfree"]),
        (&["chain"], &["FROM (where it begins) and TO (", "kgrep chain start_kernel"]),
        (&["chain", "a"], &["chain needs TO", "kgrep chain start_kernel"]),
        (&["find"], &["find needs WORDS", "kgrep find crash"]),
        (&["diff"], &["diff needs SIDE", "kgrep diff"]),
        (&["exists"], &["exists needs NAME", "kgrep exists"]),
        (&["export"], &["export needs WHAT", "kgrep export edges"]),
        (&["refs"], &["refs needs NAME", "kgrep refs kfree"]),
    ] {
        dir.kgrep(args).run().expect_error(words);
    }
}

#[test]
fn a_boot_parameter_is_no_definition_and_has_a_trace() {
    let dir = Dir::kernel();
    for args in [
        &["def", "crashkernel"][..],
        &["def", "crashkernel="],
        &["refs", "crashkernel"],
        &["callers", "crashkernel"],
        &["callees", "rdinit"],
        &["chain", "rdinit", "panic"],
    ] {
        let name = args[1].trim_end_matches('=');
        let done = dir.kgrep(args).run().expect_code(1);
        let hint = format!("it is a boot parameter: kgrep trace {name}=\n");
        assert!(done.stderr().ends_with(&hint), "{args:?}: {done}");
    }
}

#[test]
fn near_names_are_names_and_not_the_one_that_is_missing() {
    let dir = Dir::new();
    dir.create("Makefile", "VERSION = 6\n");
    dir.create(
        "fs/open.c",
        "SYSCALL_DEFINE1(fop, int, a)\n{\n\treturn 0;\n}\n\nasmlinkage long sys32_foo(int a)\n{\n\
         \treturn 0;\n}\n\nCOMPAT_SYSCALL_DEFINE1(foo, int, a)\n{\n\treturn 0;\n}\n",
    );
    dir.create("fs/Kconfig", "config FOO_BAR\n\tbool \"foo bar\"\n");
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index", "."]).run().expect_code(0);
        }
        for question in ["def", "trace", "callers"] {
            for name in ["foo", "fooo", "foo_bar", "bar_foo"] {
                let said = dir.kgrep(&[question, name]).run().stderr();
                let near = said.split_once("near: ").map_or("", |(_, near)| near.trim_end());
                assert!(
                    near.split(", ").all(|near| near != name && !near.starts_with("2_")),
                    "{said}"
                );
            }
        }
    }
    // A name that is there is not said to be missing.
    let said = dir.kgrep(&["trace", "--as", "struct", "sys32_foo"]).run().expect_code(1).stderr();
    eqnice!(
        "kgrep: `kgrep trace` finds nothing about sys32_foo as struct; `kgrep def sys32_foo` does\n",
        said
    );
}
