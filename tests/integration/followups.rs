//! Follow-ups given with `-s`: commands, selectors, chains, and files that changed.

use std::fs;

use crate::util::{Dir, TestCommand, eqnice};

/// A copy of the tree whose newest list has the eight matches of `kmem_cache_alloc(`.
fn searched() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    dir
}

fn kgrep(dir: &Dir, line: &str) -> TestCommand {
    dir.kgrep(&["--no-header", "-s", line])
}

#[test]
fn kgrep_alone_shows_the_list_again() {
    let dir = Dir::kernel();
    let found = dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    eqnice!(found, dir.kgrep(&[]).stdout());
    eqnice!(found, dir.kgrep(&["-s", "print"]).stdout());
}

#[test]
fn selectors_choose_entries() {
    let dir = searched();
    let all = kgrep(&dir, "p").stdout();
    let row = |index: usize| all.lines().nth(index).unwrap().split_once(' ').unwrap().1.to_owned();
    let shown = |selectors: &str| -> Vec<String> {
        let rows = kgrep(&dir, &format!("p {selectors}")).stdout();
        rows.lines().map(|row| row.split_once(' ').unwrap().0.to_owned()).collect()
    };
    assert_eq!(shown("3"), ["3"]);
    assert_eq!(shown("1,2,6"), ["1", "2", "6"]);
    assert_eq!(shown("6 , 2,1"), ["1", "2", "6"]);
    assert_eq!(shown("1-4"), ["1", "2", "3", "4"]);
    assert_eq!(shown("4-1"), ["1", "2", "3", "4"]);
    assert_eq!(shown("1 - 3, 7"), ["1", "2", "3", "7"]);
    assert_eq!(shown("all").len(), 8);
    assert!(row(2).starts_with("fs/namespace.c"), "{all}");
}

#[test]
fn a_follow_up_can_be_written_in_three_ways() {
    let dir = searched();
    let expected = dir.kgrep(&["-s", "c1 2-3"]).stdout();
    assert!(expected.starts_with("--- 2 fs/namespace.c ---"), "{expected}");
    eqnice!(expected, dir.kgrep(&["-s", "c1", "2-3"]).stdout());
    eqnice!(expected, dir.kgrep(&["-sc1", "2-3"]).stdout());
    eqnice!(expected, dir.kgrep(&["--show", "c1 2-3"]).stdout());
    eqnice!(expected, dir.kgrep(&["--show=context1", "2", "-", "3"]).stdout());
}

#[test]
fn context_shows_the_lines_around() {
    let dir = searched();
    let shown = dir.kgrep(&["-s", "c1 1,5"]).stdout();
    let headers: Vec<&str> = shown.lines().filter(|line| line.starts_with("---")).collect();
    assert_eq!(headers.len(), 2, "{shown}");
    assert!(headers[0].starts_with("--- 1 fs/ext4/inode.c ----"), "{shown}");
    eqnice!(
        "\
13
14 	ei = kmem_cache_alloc(ext4_inode_cachep, GFP_NOFS);
15 	if (!ei)
",
        shown
            .lines()
            .skip(1)
            .take(3)
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect::<String>()
    );
    // Five lines unless told otherwise, and fewer at a file's ends.
    assert_eq!(dir.kgrep(&["-s", "c 0"]).stdout().lines().count(), 1 + 11);
    assert_eq!(dir.kgrep(&["-s", "c0 0-7"]).stdout().lines().count(), 16);
    assert!(dir.kgrep(&["-s", "c999 3"]).stdout().contains("#ifndef _LINUX_SLAB_H"));
}

#[test]
fn blocks_that_overlap_stay_separate() {
    let dir = searched();
    let shown = dir.kgrep(&["-s", "c9 6-7"]).stdout();
    assert_eq!(shown.matches("kmem_cache_zalloc(struct").count(), 2, "{shown}");
}

#[test]
fn tree_and_files_count() {
    let dir = searched();
    eqnice!(
        "\
Matches Directory
      8 .
      1 drivers
      1 drivers/block
      2 fs
      1 fs/ext4
      1 include
      1 include/linux
      2 kernel
      2 mm
",
        dir.kgrep(&["-s", "tree"]).stdout()
    );
    eqnice!(
        "\
Matches File
      2 kernel/fork.c
      1 mm/slab.c
",
        dir.kgrep(&["-s", "f 4-6"]).stdout()
    );
}

#[test]
fn counts_are_json_where_that_is_wanted() {
    let dir = searched();
    for (line, key) in [("tree", "folder"), ("files", "file")] {
        let lines = dir.kgrep(&["--format", "json", "-s", line]).stdout();
        for line in lines.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(value[key]["text"].is_string() && value["matches"].is_u64(), "{line}");
        }
        assert!(lines.lines().count() >= 6, "{lines}");
    }
}

#[test]
fn delete_keep_and_refine_apply_to_the_commands_after_them() {
    let dir = searched();
    let files = |line: &str| -> Vec<String> {
        let rows = kgrep(&dir, line).stdout();
        rows.lines().map(|row| row.split_whitespace().nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(files("k 0,4; p"), ["drivers/block/ramdisk.c", "kernel/fork.c"]);
    assert_eq!(files("d 1-7;p"), ["drivers/block/ramdisk.c"]);
    assert_eq!(files("r GFP_NO; p"), ["drivers/block/ramdisk.c", "fs/ext4/inode.c"]);
    // Numbers start from 0 again after each change.
    assert_eq!(files("k 2-5; d 0; r GFP_KERNEL; p 1"), ["kernel/fork.c"]);
    assert_eq!(
        kgrep(&dir, "r GFP_NO; p").stdout().lines().next().unwrap().split(' ').next(),
        Some("0")
    );
    // The stored list stays as it was.
    assert_eq!(files("p").len(), 8);
}

#[test]
fn grep_searches_again_and_makes_a_new_list() {
    let dir = searched();
    let found = kgrep(&dir, "g -w pivot_root fs").stdout();
    assert!(found.contains("fs/namespace.c") && !found.contains("kmem_cache"), "{found}");
    assert!(kgrep(&dir, "p").stdout().contains("pivot_root"));
    let quoted = dir.kgrep(&["--no-header", "-s", "g", "struct task_struct {"]).run();
    assert!(quoted.stdout().contains("include/linux/sched.h"), "{quoted}");
}

#[test]
fn what_is_wrong_is_one_line_and_status_2() {
    let dir = Dir::kernel();
    dir.kgrep(&["-s", "3"]).run().expect_error(&["list"]);
    dir.kgrep(&[]).run().expect_code(2);
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    dir.kgrep(&["-s", "99"]).run().expect_error(&["99", "out of range"]);
    dir.kgrep(&["-s", "p 0-8"]).run().expect_error(&["index 8 out of range (0, 7)"]);
    dir.kgrep(&["-s", "nonsense"]).run().expect_error(&["unsupported command \"nonsense\"", "?"]);
    dir.kgrep(&["-s", "p x"]).run().expect_error(&["p x"]);
    dir.kgrep(&["-s", "d"]).run().expect_error(&["delete requires specified selectors"]);
    dir.kgrep(&["-s", "p 0; nonsense"]).run().expect_error(&["nonsense"]);
    dir.kgrep(&["--list", "77", "-s", "p"]).run().expect_error(&["77"]);
}

#[test]
fn help_needs_no_list() {
    let help = Dir::new().kgrep(&["-s", "?"]).stdout();
    for word in ["print", "show", "context", "refine", "'1-8' (range)"] {
        assert!(help.contains(word), "{help}");
    }
}

#[test]
fn a_place_that_moved_is_found_by_its_text() {
    let dir = searched();
    let file = dir.path("fs/ext4/inode.c");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("/* one */\n/* two */\n{text}")).unwrap();
    let shown = dir.kgrep(&["-s", "c0 1"]).stdout();
    let (header, line) = shown.split_once('\n').unwrap();
    assert!(header.contains("fs/ext4/inode.c (moved from line 14)"), "{shown}");
    eqnice!("16 	ei = kmem_cache_alloc(ext4_inode_cachep, GFP_NOFS);\n", line);
}

#[test]
fn a_place_that_is_gone_is_said_to_have_changed() {
    let dir = searched();
    let file = dir.path("fs/ext4/inode.c");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("ei = kmem_cache_alloc", "ei = something_else")).unwrap();
    let shown = dir.kgrep(&["-s", "c0 1"]).stdout();
    assert!(shown.lines().next().unwrap().contains("(changed)"), "{shown}");
    assert!(shown.contains("something_else"), "{shown}");
}

#[test]
fn a_file_that_is_gone_is_named_and_the_rest_is_shown() {
    let dir = searched();
    fs::remove_file(dir.path("fs/ext4/inode.c")).unwrap();
    let done = dir.kgrep(&["-s", "c0 1,2"]).run();
    assert!(done.stdout().contains("--- 2 fs/namespace.c"), "{done}");
    done.expect_error(&["fs/ext4/inode.c"]);
}

#[test]
fn follow_ups_work_from_any_folder() {
    let dir = searched();
    let shown = dir.kgrep(&["-s", "c0 1"]).folder(&dir.path("mm")).run().expect_ok().stdout();
    assert!(shown.contains("kmem_cache_alloc(ext4_inode_cachep"), "{shown}");
}

#[test]
fn a_list_from_standard_input_has_no_file_to_open() {
    let dir = Dir::kernel();
    dir.kgrep(&["needle"]).input("a needle\n").stdout();
    assert!(dir.kgrep(&["-s", "p"]).stdout().contains("a needle"));
    dir.kgrep(&["-s", "0"]).env("EDITOR", "true").run().expect_error(&["standard input"]);
    // What was kept of it can still be shown.
    assert!(dir.kgrep(&["-s", "c 0"]).stdout().contains("a needle"));
}

#[test]
fn several_long_lines_are_found_again() {
    let dir = Dir::new();
    let body: String = (0..500).map(|at| format!("\tline {at} of a long text;\n")).collect();
    dir.create("a.c", format!("begin\n{body}end\n"));
    dir.kgrep(&["-U", "(?s)begin.*end"]).stdout();
    let shown = dir.kgrep(&["--no-header", "-s", "p"]).stdout();
    assert!(shown.lines().count() > 100, "{shown}");
    assert_eq!(shown.matches('…').count(), 1, "one mark: {shown}");
    let shown = dir.kgrep(&["-s", "c0"]).stdout();
    assert!(!shown.contains("changed"), "{shown}");
    dir.create("a.c", format!("\n\nbegin\n{body}end\n"));
    let shown = dir.kgrep(&["-s", "c0"]).stdout();
    assert!(shown.contains("(moved from line 1)"), "{shown}");
}

#[test]
fn columns_of_a_cut_line_are_those_of_the_whole_line() {
    let dir = Dir::new();
    dir.create("a.c", format!("{}needle{}\n", "x".repeat(9000), "y".repeat(9000)));
    let found = dir.kgrep(&["--format", "vimgrep", "needle"]).stdout();
    assert!(found.starts_with("a.c:1:9001:"), "{}", &found[..40]);
    let again = dir.kgrep(&["--format", "vimgrep", "-s", "p"]).stdout();
    assert!(again.starts_with("a.c:1:9001:"), "{}", &again[..40]);
}

#[test]
fn a_pipe_in_place_of_a_listed_file_is_not_waited_for() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n");
    dir.kgrep(&["needle"]).stdout();
    fs::remove_file(dir.path("a.c")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(dir.path("a.c")).status().unwrap();
    assert!(made.success());
    dir.kgrep(&["-s", "c"]).run().expect_error(&["a.c: not a regular file"]);
}

#[test]
fn a_list_of_files_leads_to_the_first_match() {
    let dir = Dir::new();
    dir.create("a.c", "one\ntwo\nneedle\nfour\nneedle\n");
    let editor = dir.script("ed", "echo \"$2\"\n");
    for flag in ["-l", "-c"] {
        let table = dir.kgrep(&[flag, "needle"]).stdout();
        assert!(!table.contains("Line"), "{table}");
        let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", &editor).stdout();
        eqnice!("+3\n", opened);
        let shown = dir.kgrep(&["-s", "c1 0"]).stdout();
        assert!(shown.ends_with("2 two\n3 needle\n4 four\n"), "{shown}");
    }
}

#[test]
fn counts_are_summed() {
    let dir = Dir::new();
    dir.create("a/a.c", "needle\nneedle\n");
    dir.create("a/b.c", "needle\n");
    dir.kgrep(&["-c", "needle"]).stdout();
    eqnice!("      2 a/a.c\n      1 a/b.c\n".replace("      ", ""), kgrep(&dir, "f").stdout());
    assert!(kgrep(&dir, "t").stdout().contains("3 a\n"));
}

#[test]
fn nothing_left_is_status_1_and_a_line() {
    let dir = searched();
    for line in ["d all", "k 1; d 0", "d 0-; p"] {
        let done = kgrep(&dir, line).run().expect_code(1);
        eqnice!("", done.stdout());
        eqnice!("kgrep: nothing is left of the list\n", done.stderr());
    }
}

#[test]
fn a_number_glued_to_a_command_selects() {
    let dir = searched();
    for (line, meant) in
        [("p1", "p 1"), ("t1-1", "t 1"), ("f2-3", "f 2-3"), ("k5", "k 5"), ("d0,2", "d 0,2")]
    {
        eqnice!(kgrep(&dir, meant).stdout(), kgrep(&dir, line).stdout());
    }
    // Behind `t`, a number alone is how many levels of folders are counted.
    assert!(kgrep(&dir, "t1").stdout().contains("2 fs\n"));
    assert!(!kgrep(&dir, "t1").stdout().contains("fs/ext4"));
    let done = kgrep(&dir, "-3").run().expect_code(2);
    eqnice!(
        "kgrep: -s takes match numbers from 0 up, not -3: `-s 0-3` opens matches 0 to 3, \
         `--list -3` means an older list\n",
        done.stderr()
    );
    kgrep(&dir, "-i").run().expect_error(&["-s takes a command", "not -i"]);
    kgrep(&dir, "c99999999999999999999").run().expect_error(&["too large"]);
    kgrep(&dir, "18446744073709551615").run().expect_error(&["out of range (0, 7)"]);
}

#[test]
fn refine_takes_as_plain_text_what_a_search_does() {
    let dir = searched();
    let done = kgrep(&dir, "r alloc(").run().expect_code(0);
    assert!(done.stderr().contains("`alloc(` has an open bracket"), "{done}");
    kgrep(&dir, "r [z-a]").run().expect_error(&["`[z-a]`"]);
}

#[test]
fn the_list_before_is_minus_one() {
    let dir = searched();
    let first = dir.kgrep(&["-s", "p"]).stdout();
    dir.kgrep(&["pivot_root"]).stdout();
    eqnice!(first, dir.kgrep(&["--list", "-1"]).stdout());
    eqnice!(first, dir.kgrep(&["--list", "-1", "-s", "p"]).stdout());
    dir.kgrep(&["--list", "-2"]).run().expect_error(&["no 2 lists before"]);
}

#[test]
fn a_question_about_a_row_is_about_what_its_file_means() {
    let dir = Dir::new();
    for name in ["bell", "lamp", "vane"] {
        let made = format!(
            "static int {name}_on(void)\n{{\n\treturn 0;\n}}\n\nstatic int start(void)\n{{\n\treturn {name}_on();\n}}\n\n\
             int {name}_init(void)\n{{\n\treturn start();\n}}\n"
        );
        dir.create(&format!("drivers/{name}.c"), made);
    }
    dir.kgrep(&["index", "."]).run().expect_code(0);
    let asked = |list: &[&str], line: &str| {
        dir.kgrep(list).stdout();
        kgrep(&dir, line).run().expect_code(0)
    };
    let defined = &["def", "start"];
    let told = asked(defined, "callees 2");
    eqnice!(
        "\
0 drivers/vane.c 6 start     static function                  static int start(void)
1 drivers/vane.c 8   vane_on call            drivers/vane.c:1 return vane_on();
",
        told.stdout()
    );
    eqnice!(
        "kgrep: 2 definitions of start left out, which this file can't mean: `kgrep def start` lists \
         all\n",
        told.stderr()
    );
    for (list, line, wanted) in [
        (&["def", "start"][..], "body 1", "lamp_on"),
        (&["callers", "vane_on"], "callers 1", "vane_init"),
        (&["callees", "bell_init"], "callees 1", "bell_on"),
        (&["start()"], "trace 2", "lamp_on"),
        (&["refs", "bell_on"], "callers 0", "start"),
    ] {
        let shown = asked(list, line).stdout();
        assert!(shown.contains(wanted), "{line}: {shown}");
        let file = ["bell", "lamp", "vane"].map(|name| shown.contains(&format!("{name}.c")));
        assert_eq!(file.iter().filter(|is_named| **is_named).count(), 1, "{line}: {shown}");
    }
    // Uses in other files are of other functions.
    let used = asked(defined, "refs 0").stdout();
    assert!(used.contains("drivers/bell.c 13") && !used.contains("lamp.c"), "{used}");
    // Of several rows each is asked about.
    let both = asked(defined, "callees 0,2").stdout();
    assert!(both.contains("bell_on") && both.contains("vane_on"), "{both}");
    assert!(!both.contains("lamp_on"), "{both}");
    dir.kgrep(&["callers", "--seen-from", "nowhere.c", "start"]).run().expect_error(&["nowhere.c"]);
}

/// A file that prints, and is a module's.
const BELL: &str = "#include <linux/module.h>
static int bell_on(int room)
{
\tpr_err(\"no bell in room %d\\n\", room);
\treturn 0;
}
EXPORT_SYMBOL(bell_on);
";

#[test]
fn rows_of_every_command_are_opened_and_asked_about() {
    let dir = Dir::new();
    dir.create("drivers/bell.c", BELL);
    dir.create("old/bell.c", BELL.replace("room %d", "cellar %d"));
    dir.create("new/bell.c", BELL);
    dir.create("arch/x86/entry/syscalls/syscall_64.tbl", "257\tcommon\topenat\t\tsys_openat\n");
    dir.create("drivers/open.c", "SYSCALL_DEFINE1(openat, int, dfd)\n{\n\treturn dfd;\n}\n");
    let log = dir.beside("log");
    fs::write(&log, "[    1.0] no bell in room 7\n[    1.0]  bell_on+0x5/0x20\n").unwrap();
    let editor = dir.script("ed", "echo \"$2\" \"${1##*/}\"\n");
    let log = log.to_string_lossy().into_owned();
    for (list, row, opened, named) in [
        (&["log", &log][..], 0, "+4", "bell_on"),
        (&["log", "--only", "frames", &log], 0, "+2", "bell_on"),
        (&["messages", "no bell in room"], 0, "+4", "bell_on"),
        (&["list", "exports"], 0, "+7", "bell_on"),
        (&["diff", "old", "new"], 0, "+4", "bell_on"),
        (&["history", "bell_on", "old", "new"], 0, "+2", "bell_on"),
        (&["exists", "bell_on", "--in", "old", "new"], 0, "+2", "bell_on"),
        (&["list", "syscalls"], 0, "+1", "openat"),
    ] {
        let list = [list, &["--arch", "x86"]].concat();
        dir.kgrep(&list).run();
        let follow = |line: String| kgrep(&dir, &line).env("EDITOR", &editor).run().expect_code(0);
        let shown = follow(format!("{row}")).stdout();
        assert!(shown.starts_with(opened), "{list:?}: {shown}");
        assert!(!follow(format!("c1 {row}")).stdout().is_empty(), "{list:?}");
        dir.kgrep(&list).run();
        let shown = follow(format!("body {row}")).stdout();
        assert!(shown.contains(named) && shown.contains("return"), "{list:?}: {shown}");
    }
}
