//! The shell with commands from a pipe; `terminal` has the one that is typed into.

use crate::util::{Dir, Done, eqnice};

const PROMPT: &str = "Enter a kgrep command: ";

fn session(dir: &Dir, input: &str) -> Done {
    dir.kgrep(&["--no-header", "--interactive"]).input(input).run()
}

fn searched() -> Dir {
    let dir = Dir::kernel();
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    dir
}

#[test]
fn the_prompt_is_printed_before_each_command() {
    let dir = searched();
    let done = session(&dir, "p 0\nq\n").expect_ok();
    assert!(done.stdout().starts_with(&format!("{PROMPT}0 drivers/block/ramdisk.c")), "{done}");
    assert_eq!(done.stdout().matches(PROMPT).count(), 2, "{done}");
}

#[test]
fn the_end_of_the_input_ends_it_with_status_0() {
    let dir = searched();
    let done = session(&dir, "").expect_ok();
    eqnice!(PROMPT, done.stdout().trim_end_matches('\n'));
    session(&dir, "p 0").expect_ok();
}

#[test]
fn delete_keep_and_refine_last_until_it_ends() {
    let dir = searched();
    let done = session(&dir, "k 0-4\nd 0\nr GFP_KERNEL\np\n").expect_ok();
    let rows: Vec<&str> = done.stdout().leak().lines().filter(|row| row.contains(".c ")).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].contains("0 fs/namespace.c") && rows[1].contains("1 kernel/fork.c"));
    // Then the list is whole again.
    assert_eq!(session(&dir, "p\n").stdout().matches("kmem_cache_alloc(").count(), 8);
}

#[test]
fn what_is_wrong_is_a_line_and_the_shell_goes_on() {
    let dir = searched();
    let done = session(&dir, "nonsense\n99\np 0\n").expect_code(0);
    assert_eq!(done.stderr().lines().count(), 2, "{done}");
    assert!(done.stderr().contains("unsupported command \"nonsense\""), "{done}");
    assert!(done.stderr().contains("index 99 out of range (0, 7)"), "{done}");
    assert!(done.stdout().contains("ramdisk.c"), "{done}");
}

#[test]
fn a_search_can_lead_into_the_shell() {
    let dir = Dir::kernel();
    let args = ["--no-header", "--interactive", "pivot_root", "fs"];
    let done = dir.kgrep(&args).input("c0 0\n").run().expect_ok();
    assert!(done.stdout().contains("--- 0 fs/namespace.c"), "{done}");
}

#[test]
fn a_new_search_replaces_the_list() {
    let dir = searched();
    let done = session(&dir, "g -w schedule kernel\np 0\n").expect_ok();
    assert!(done.stdout().contains("kernel/sched/core.c"), "{done}");
}

#[test]
fn an_empty_line_and_a_question_mark_give_help() {
    let dir = searched();
    for line in ["?\n", "\n"] {
        let done = session(&dir, line).expect_ok();
        assert!(done.stdout().contains("selectors:"), "{done}");
    }
}

#[test]
fn after_the_editor_the_shell_is_back() {
    let dir = searched();
    let script = dir.script("ed", "echo opened\n");
    let run = dir.kgrep(&["--no-header", "--interactive"]).env("EDITOR", script);
    let done = run.input("0\np 1\n").run().expect_ok();
    let (_, after) = done.stdout().leak().split_once("opened").expect("opened");
    assert!(after.contains("fs/ext4/inode.c"), "{after}");
}
