//! What a search prints into a pipe: tables, grep lines, JSON, columns, colours, links.

use serde_json::json;

use crate::util::{Dir, eqnice};

#[test]
fn the_table_is_vgreps() {
    let dir = Dir::kernel();
    eqnice!(
        "\
Index File                                   Line Content
    0 arch/x86/entry/syscalls/syscall_64.tbl    7 155	common	pivot_root		sys_pivot_root
    1 include/linux/syscalls.h                 14 asmlinkage long sys_pivot_root(const char __user *new_root,
",
        dir.kgrep(&["sys_pivot_root", "arch", "include/linux"]).stdout()
    );
}

#[test]
fn columns_are_as_wide_as_they_look() {
    let dir = Dir::new();
    dir.create("漢字.c", "needle\n");
    dir.create("long_name.c", "\n\n\n\n\n\n\n\n\n\n  needle\n");
    eqnice!(
        "\
Index File        Line Content
    0 long_name.c   11 needle
    1 漢字.c         1 needle
",
        dir.kgrep(&["needle"]).stdout()
    );
    eqnice!(
        "0 long_name.c 11 needle\n1 漢字.c       1 needle\n",
        dir.kgrep(&["--no-header", "needle"]).stdout()
    );
}

/// A long table is drawn by several threads; a follow-up draws the same list with one.
#[test]
fn a_long_table_is_one_table() {
    let dir = Dir::new();
    for file in 0..5 {
        let lines: String = (0..7000).map(|line| format!("{line} needle\n\n\n\n")).collect();
        dir.create(&format!("{file}.c"), lines);
    }
    for args in [&["needle"][..], &["-C1", "needle"], &["--no-header", "needle"]] {
        let table = dir.kgrep(args).stdout();
        let again: Vec<&str> = args.iter().copied().filter(|arg| arg.starts_with("--")).collect();
        let follow_up = dir.kgrep(&[&again[..], &["-s", "p"]].concat()).stdout();
        let numbers = table.lines().filter_map(|row| row.split_whitespace().next()?.parse().ok());
        assert!(numbers.filter(|number: &u64| *number < 35_000).count() >= 35_000);
        assert!(table == follow_up, "{args:?}: the table is not the one of `-s p`");
    }
}

#[test]
fn files_and_counts() {
    let dir = Dir::kernel();
    eqnice!(
        "\
Index File
    0 fs/ext4/inode.c
    1 fs/namespace.c
",
        dir.kgrep(&["-l", "--format", "table", "kmem_cache_create", "fs"]).stdout()
    );
    eqnice!("kernel/crash_core.c:10\n", {
        dir.kgrep(&["-c", "crashkernel", "kernel/crash_core.c"]).stdout()
    });
}

#[test]
fn formats_for_programs() {
    let dir = Dir::new();
    dir.create("a.c", "\tint needle, needle;\n");
    eqnice!("a.c:1:\tint needle, needle;\n", dir.kgrep(&["--format", "grep", "needle"]).stdout());
    let vimgrep = dir.kgrep(&["--format", "vimgrep", "needle"]).stdout();
    assert!(vimgrep.starts_with("a.c:1:6:\tint needle, needle;\n"), "{vimgrep}");
}

#[test]
fn json_is_ripgreps_with_the_index() {
    let dir = Dir::new();
    dir.create("a.c", "one needle\nhay\n");
    dir.create("b.c", "needle needle\n");
    let text = dir.kgrep(&["--format", "json", "needle"]).stdout();
    let messages: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> =
        messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["begin", "match", "end", "begin", "match", "end", "summary"], "{text}");
    let second = &messages[4]["data"];
    assert_eq!(second["path"]["text"], "b.c");
    assert_eq!(second["line_number"], 1);
    assert_eq!(second["submatches"].as_array().unwrap().len(), 2);
    assert_eq!(second["submatches"][1]["start"], 7);
    assert!(text.lines().nth(4).unwrap().contains("\"index\":1"), "{text}");
}

#[test]
fn json_ends_with_what_was_looked_at() {
    let dir = Dir::new();
    dir.create("a.c", "needle\nneedle\n");
    dir.create("b.c", "hay\n");
    let coverage = |args: &[&str]| -> serde_json::Value {
        let text = dir.kgrep(&[&["--format", "json"], args].concat()).run().stdout();
        let last = text.lines().last().unwrap();
        let summary: serde_json::Value = serde_json::from_str(last).unwrap();
        summary["data"]["coverage"].clone()
    };
    let whole = json!({ "searched": 2, "indexed": false, "complete": true, "hidden": false,
        "ignored": false });
    assert_eq!(coverage(&["needle"]), whole);
    // What was looked at counts most where nothing is found.
    assert_eq!(coverage(&["straw"]), whole);
    assert_eq!(coverage(&["-m", "1", "needle"])["complete"], false);
    assert_eq!(coverage(&["--hidden", "needle"])["hidden"], true);
    let missing = coverage(&["needle", "a.c", "c.c"]);
    assert_eq!(missing["complete"], false);
    let why = missing["problems"][0].as_str().unwrap();
    assert!(why.starts_with("c.c: "), "{missing}");
    dir.kgrep(&["index", "."]).run().expect_ok();
    assert_eq!(coverage(&["needle"])["indexed"], true);
}

#[test]
fn the_function_is_a_column() {
    let dir = Dir::new();
    dir.create("a.c", "int before;\n\nstatic int f(void)\n{\n\treturn needle;\n}\n");
    let table = dir.kgrep(&["-p", "needle"]).stdout();
    let (header, row) = table.split_once('\n').unwrap();
    assert!(header.contains("Function"), "{table}");
    assert!(row.contains("static int f(void)") && row.trim_end().ends_with("return needle;"));
}

#[test]
fn the_whole_function_is_shown() {
    let dir = Dir::new();
    dir.create(
        "a.c",
        "int g(void)\n{\n}\n\nint f(void)\n{\n\tint a;\n\n\tneedle();\n}\n\nint h;\n",
    );
    let shown = dir.kgrep(&["-W", "--format", "grep", "needle"]).stdout();
    eqnice!(
        "a.c-5-int f(void)\na.c-6-{\na.c-7-\tint a;\na.c-8-\na.c:9:\tneedle();\na.c-10-}\n",
        shown
    );
}

#[test]
fn colours_only_when_asked_for_in_a_pipe() {
    let dir = Dir::kernel();
    let plain = dir.kgrep(&["pivot_root"]).stdout();
    assert!(!plain.contains('\x1b'));
    for done in [
        dir.kgrep(&["--color", "always", "pivot_root"]).stdout(),
        dir.kgrep(&["pivot_root"]).env("CLICOLOR_FORCE", "1").stdout(),
        dir.kgrep(&["--color", "always", "pivot_root"]).env("NO_COLOR", "1").stdout(),
    ] {
        assert!(done.contains("\x1b[1m\x1b[31mpivot_root\x1b[0m"), "{}", done.escape_debug());
    }
    let both = dir.kgrep(&["pivot_root"]).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").stdout();
    eqnice!(plain, both);
}

#[test]
fn paths_are_links_when_asked_for() {
    let dir = Dir::kernel();
    let linked = dir.kgrep(&["--hyperlink", "always", "SYSCALL_DEFINE2\\(pivot_root"]).stdout();
    assert!(linked.contains("\x1b]8;;file://"), "{}", linked.escape_debug());
    assert!(linked.contains("/fs/namespace.c"), "{}", linked.escape_debug());
    let plain = dir.kgrep(&["--hyperlink", "never", "pivot_root"]).stdout();
    assert!(!plain.contains("\x1b]8"));
}

#[test]
fn editors_terminals_get_paths_that_they_can_open() {
    let dir = Dir::kernel();
    for (name, value) in [("TERM_PROGRAM", "vscode"), ("TERMINAL_EMULATOR", "JetBrains-JediTerm")] {
        let table = dir.kgrep(&["SYSCALL_DEFINE2\\(pivot_root"]).env(name, value).stdout();
        assert!(table.contains("fs/namespace.c:48"), "{table}");
    }
}

#[test]
fn the_short_help_fits_a_screen_and_the_long_one_has_all() {
    let dir = Dir::new();
    let short = dir.kgrep(&["-h"]).stdout();
    assert!(short.lines().count() <= 24, "{short}");
    let long = dir.kgrep(&["--help"]).stdout();
    for word in ["--file-lacks", "--hyperlink", "--interactive", "Exit status"] {
        assert!(long.contains(word), "{word}: {long}");
    }
    let version = dir.kgrep(&["--version"]).stdout();
    eqnice!(format!("kgrep {}\n", env!("CARGO_PKG_VERSION")), version);
}

#[test]
fn the_demo_walks_through_the_real_commands() {
    let dir = Dir::new();
    let done = dir.kgrep(&["demo"]).run().expect_code(0);
    assert_eq!(done.stderr().lines().count(), 1, "only the note on the bracket: {done}");
    let tour = done.stdout();
    for part in [
        "$ kgrep 'kmem_cache_alloc('\n",
        "    0 drivers/block/ramdisk.c   19 page = kmem_cache_alloc(",
        "$ kgrep -s 'c2 2,3'\n",
        "--- 2 fs/namespace.c",
        "$ kgrep -s 'k 3-7; tree'\n",
        "$ kgrep -s 4\nvim ",
        "kernel/fork.c +17\n",
        "$ kgrep find change root mount\n",
        "Mounts > Changing the root",
        "$ kgrep trace 'rdinit='\n",
        "__setup(\"rdinit=\", rdinit_setup);",
        "start_kernel → rest_init → kernel_init → run_init_process",
        "`crashkernel=auto` is in ../pair/distro only",
        "$ kgrep log ../warning.txt\n",
        "fs/namespace.c  100   5 vfs_caches_init",
    ] {
        assert!(tour.contains(part), "{part:?} is missing:\n{tour}");
    }
    assert!(dir.cache().join("demo/kernel/fs/namespace.c").is_file());
    // No station is longer than two screens.
    for station in tour.split("$ kgrep ").skip(1) {
        assert!(station.lines().count() <= 48, "{station}");
    }
    // The tour keeps its lists to itself.
    assert_eq!(dir.kgrep(&["-s", "p"]).run().code(), 2);
}
