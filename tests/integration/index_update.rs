//! An index that has fallen behind is updated behind what was asked of it.

use std::thread;
use std::time::{Duration, Instant};

use crate::index::settle;
use crate::util::Dir;

fn comes_true(done: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if done() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn after_many_changes_an_update_runs_behind_the_search() {
    let current =
        |dir: &Dir| dir.kgrep(&["index", "--status"]).run().stdout().contains("nothing changed");
    let dir = Dir::kernel();
    for number in 0..400 {
        dir.create(&format!("new/{number}.c"), "pivot_root\n");
    }
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    for number in 0..400 {
        dir.create(&format!("new/{number}.c"), "pivot_root changed\n");
    }
    settle();
    dir.kgrep(&["bootconfig"]).env("KGREP_AUTO_UPDATE", "0").stdout();
    thread::sleep(Duration::from_millis(300));
    assert!(!current(&dir), "KGREP_AUTO_UPDATE=0 was not heard");
    // The update runs in another folder, and must find the same cache.
    dir.kgrep(&["bootconfig"]).env("KGREP_CACHE_DIR", "../cache").stdout();
    assert!(comes_true(|| current(&dir)), "{}", dir.kgrep(&["index", "--status"]).stdout());
}

#[test]
fn after_many_changes_an_update_runs_behind_a_question() {
    let current =
        |dir: &Dir| dir.kgrep(&["index", "--status"]).run().stdout().contains("nothing changed");
    let dir = Dir::kernel();
    let write = |text: &str| {
        for number in 0..400 {
            dir.create(&format!("new/{number}.c"), format!("int {text}_{number};\n"));
        }
        settle();
    };
    write("first");
    dir.kgrep(&["index"]).run().expect_ok();
    let questions: [&[&str]; 7] = [
        &["def", "pivot_root_syscall"],
        &["refs", "kfree"],
        &["callers", "kfree"],
        &["chain", "start_kernel", "kernel_init"],
        &["trace", "kfree"],
        &["list", "syscalls"],
        &["find", "slab"],
    ];
    for question in questions {
        write(question[0]);
        assert!(!current(&dir), "{question:?}: nothing to do");
        dir.kgrep(question).env("KGREP_AUTO_UPDATE", "0").run();
        thread::sleep(Duration::from_millis(100));
        assert!(!current(&dir), "{question:?}: KGREP_AUTO_UPDATE=0 was not heard");
        dir.kgrep(question).run();
        assert!(comes_true(|| current(&dir)), "{question:?}: no update");
    }
}
