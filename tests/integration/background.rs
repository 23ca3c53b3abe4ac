//! The terminal is asked for its background where there are colours, and nowhere else; nobody waits long for an answer, and nothing that was typed gets lost.

use std::time::{Duration, Instant};

use crate::pty::Terminal;
use crate::util::{Dir, KGREP};

/// What kgrep asks.
pub(crate) const QUESTION: &str = "\x1b]11;?\x1b\\\x1b[c";

/// What a terminal says it is.
const I_AM: &str = "\x1b[?62;22c";

/// Source in colours, without a pager.
const ASKED: [&str; 4] = ["--no-less", "def", "--body", "may_mount"];

/// Colours as they are without COLORTERM, and a terminal that could be anything.
const ENV: [(&str, &str); 1] = [("TERM", "xterm-256color")];

/// What is drawn when the terminal's answer to the question is `answer`.
fn drawn(dir: &Dir, env: &[(&str, &str)], answer: &str) -> String {
    let mut terminal = Terminal::kgrep(dir, &ASKED, env);
    terminal.wait_for(QUESTION);
    terminal.send(answer);
    let (code, screen) = terminal.finish();
    assert!(code == 0 && screen.contains("may_mount"), "{}", screen.escape_debug());
    let (_, drawn) = screen.split_once(QUESTION).expect("it was asked");
    assert!(!drawn.contains("rgb:") && !drawn.contains("62;22"), "{}", drawn.escape_debug());
    drawn.to_owned()
}

#[test]
fn the_theme_is_for_the_background_that_the_terminal_says_it_has() {
    let dir = Dir::kernel();
    let light = drawn(&dir, &ENV, &format!("\x1b]11;rgb:ffff/ffff/ffff\x1b\\{I_AM}"));
    let dark = drawn(&dir, &ENV, &format!("\x1b]11;rgb:0000/0000/0000\x07{I_AM}"));
    let unknown = drawn(&dir, &ENV, I_AM);
    assert!(light != dark && dark != unknown && light != unknown, "{light}{dark}{unknown}");
    // A terminal that doesn't know may have said so in a variable.
    let said = |colors: &'static str| [("TERM", "xterm-256color"), ("COLORFGBG", colors)];
    assert_eq!(drawn(&dir, &said("0;15"), I_AM), light);
    assert_eq!(drawn(&dir, &said("15;0"), I_AM), dark);
    // What it says itself is newer than the variable.
    let dark_after_all = format!("\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\{I_AM}");
    assert_eq!(drawn(&dir, &said("0;15"), &dark_after_all), dark);
}

/// Dark blue on black and yellow on white are the terminal's own; shades of them can be read.
#[test]
fn colours_are_shades_that_can_be_read_where_the_background_is_known() {
    let dir = Dir::kernel();
    let shown = |colors: &'static str| {
        let env = [("TERM", "xterm-256color"), ("COLORFGBG", colors)];
        let mut terminal = Terminal::kgrep(&dir, &["--no-less", "may_mount"], &env);
        terminal.wait_for(QUESTION);
        terminal.send(I_AM);
        let (_, screen) = terminal.finish();
        let path = screen.find("fs/namespace.c").expect("a match is in it");
        let before = &screen[..path];
        before[before.rfind('\x1b').expect("a path has a colour")..].to_owned()
    };
    assert_eq!(shown(""), "\x1b[34m");
    assert_eq!(shown("15;0"), "\x1b[38;5;63m");
    assert_eq!(shown("0;15"), "\x1b[38;5;21m");
    let env = [("TERM", "linux"), ("COLORFGBG", "15;0")];
    let (_, console) = Terminal::kgrep(&dir, &["--no-less", "may_mount"], &env).finish();
    assert!(
        console.contains("\x1b[34mfs/namespace.c"),
        "sixteen colours have no shades: {console}"
    );
}

#[test]
fn nobody_waits_long_for_a_terminal_that_never_answers() {
    let dir = Dir::kernel();
    let mut terminal = Terminal::kgrep(&dir, &ASKED, &ENV);
    terminal.wait_for(QUESTION);
    let asked = Instant::now();
    let (code, screen) = terminal.finish();
    assert!(code == 0 && screen.contains("may_mount"), "{}", screen.escape_debug());
    let waited = asked.elapsed();
    assert!(waited < Duration::from_secs(5), "it waited {waited:?}");
}

#[test]
fn what_was_typed_is_for_the_next_reader() {
    let dir = Dir::kernel();
    let script =
        format!("read first; {KGREP} --no-less def --body may_mount; read next; echo \"<$next>\"");
    // Before the question: then nothing is asked.
    let mut terminal = Terminal::program(&dir, "/bin/sh", &["-c", &script], &ENV, 24, 80);
    terminal.send("go\rtyped before\r");
    let (_, screen) = terminal.finish();
    assert!(screen.contains("<typed before>"), "{}", screen.escape_debug());
    assert!(!screen.contains(QUESTION), "{}", screen.escape_debug());
    // While an answer is waited for that doesn't come.
    let mut terminal = Terminal::program(&dir, "/bin/sh", &["-c", &script], &ENV, 24, 80);
    terminal.send("go\r");
    terminal.wait_for(QUESTION);
    terminal.send("ls\r");
    let (_, screen) = terminal.finish();
    assert!(screen.contains("<ls>"), "{}", screen.escape_debug());
}

#[test]
fn only_colours_are_worth_the_question() {
    let dir = Dir::kernel();
    let asks = |args: &[&str], env: &[(&str, &str)]| {
        let (code, screen) = Terminal::kgrep(&dir, args, env).finish();
        assert_eq!(code, 0, "{args:?} {screen}");
        screen.contains("\x1b]11;")
    };
    assert!(asks(&ASKED, &ENV));
    assert!(!asks(&ASKED, &[("TERM", "dumb")]), "a dumb terminal");
    assert!(!asks(&ASKED, &[("TERM", "linux")]), "the console prints the question");
    assert!(!asks(&ASKED, &[("NO_COLOR", "1")]), "no colours");
    let search: &[&str] = &["--no-less", "may_mount"];
    assert!(asks(search, &ENV), "paths and numbers have colours");
    assert!(!asks(&[&["--color", "never"][..], search].concat(), &ENV), "no colours");
    assert!(asks(&[&["--highlight", "never"][..], &ASKED].concat(), &ENV), "no highlighting");
    assert!(!asks(&["--version"], &ENV));
    let piped = format!("{KGREP} def --body may_mount --color always | cat");
    let (_, screen) = Terminal::program(&dir, "/bin/sh", &["-c", &piped], &ENV, 24, 80).finish();
    assert!(screen.contains("may_mount") && !screen.contains("\x1b]11;"), "a pipe: {screen}");
    let fed = format!("echo | {KGREP} --no-less def --body may_mount");
    let (_, screen) = Terminal::program(&dir, "/bin/sh", &["-c", &fed], &ENV, 24, 80).finish();
    assert!(screen.contains("may_mount") && !screen.contains("\x1b]11;"), "fed: {screen}");
}
