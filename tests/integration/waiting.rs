//! What takes long shows that it lives, on a terminal and nowhere else.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use crate::pty::Terminal;
use crate::util::Dir;

/// A tree with a pipe, whose reader waits for as long as nobody writes.
fn slow() -> Dir {
    let dir = Dir::kernel();
    let made = Command::new("mkfifo").arg(dir.path("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    dir
}

fn write(dir: &Dir) {
    let mut pipe = OpenOptions::new().write(true).open(dir.path("pipe")).expect("a pipe");
    pipe.write_all(b"the needle\n").expect("it is read");
}

#[test]
fn after_a_second_a_spinner_says_what_is_done() {
    let dir = slow();
    let mut terminal = Terminal::kgrep(&dir, &["--no-less", "needle", "pipe"], &[]);
    terminal.wait_for("searching, 1 s; Ctrl-C stops");
    write(&dir);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    // It is gone before the answer begins.
    let (before, answer) = screen.rsplit_once("Ctrl-C stops").expect("it was there");
    assert!(answer.starts_with("\r\x1b[K"), "{}", answer.escape_debug());
    assert!(answer.contains("the ") && !before.contains("the "), "{}", screen.escape_debug());
}

#[test]
fn a_line_that_cannot_be_taken_away_is_not_shown() {
    let dir = slow();
    let env = [("TERM", "dumb")];
    let terminal = Terminal::kgrep(&dir, &["--no-less", "needle", "pipe"], &env);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    write(&dir);
    let (_, screen) = terminal.finish();
    assert!(screen.contains("needle") && !screen.contains("searching,"), "{screen}");
}
