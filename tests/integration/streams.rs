//! What kgrep does when the terminal or standard output is not what it seems: closed, full,
//! a log, or taken away by a signal at the shell's prompt.

use std::fs;
use std::process::Command;

use crate::arguments::COMMANDS;
use crate::pty::Terminal;
use crate::util::{Dir, KGREP};

const PROMPT: &str = "Enter a kgrep command: ";

#[test]
fn a_closed_standard_output_is_an_error_for_every_command() {
    let dir = Dir::kernel();
    let mut lines: Vec<String> = COMMANDS.iter().map(|name| (*name).to_owned()).collect();
    lines.extend(
        ["pivot_root", "-s p", "-h", "--version", "def parse_crashkernel", "index --status"]
            .map(str::to_owned),
    );
    for line in lines {
        let done = dir.shell(&format!("kgrep {line} >&-")).run();
        done.expect_error(&["standard output is closed"]);
    }
    dir.shell("kgrep pivot_root >/dev/null").run().expect_ok();
}

#[test]
fn a_full_disk_is_an_error_for_every_command_that_prints() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    for line in [
        "pivot_root",
        "-s p",
        "-h",
        "lists",
        "config",
        "queries",
        "queries syscall",
        "def parse_crashkernel",
        "export edges",
        "index --status",
        "index --list",
        "index --check",
        "list syscalls",
        "trace pivot_root",
        "-s '?'",
        "__generate man",
        "--type-list",
    ] {
        let done = dir.shell(&format!("kgrep {line} >/dev/full")).run();
        assert_eq!(done.code(), 2, "{done}");
        assert!(done.stderr().contains("No space left"), "{done}");
    }
}

/// What `stty -g` says before and after the shell is ended by this signal.
fn terminal_around(signal: &str) -> (String, String) {
    let dir = Dir::kernel();
    dir.config("prompt = \"vgrep\"\n");
    dir.kgrep(&["pivot_root"]).stdout();
    let script = "stty -g >../before; sh -c 'echo $$ >../pid; exec \"$0\" --interactive' \"$0\"; \
                  stty -g >../after; echo over";
    let mut shell = Terminal::program(&dir, "sh", &["-c", script, KGREP], &[], 24, 80);
    shell.wait_for(PROMPT);
    let pid = fs::read_to_string(dir.beside("pid")).unwrap();
    assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    shell.wait_for("over");
    let read = |name: &str| fs::read_to_string(dir.beside(name)).unwrap();
    (read("before"), read("after"))
}

#[test]
fn a_signal_at_the_prompt_gives_the_terminal_back() {
    for signal in ["-TERM", "-HUP"] {
        let (before, after) = terminal_around(signal);
        assert_eq!(before, after, "{signal}");
    }
}

#[test]
fn a_log_of_an_index_has_what_was_done() {
    let dir = Dir::kernel();
    dir.shell("kgrep index >../log").run().expect_ok();
    let log = fs::read_to_string(dir.beside("log")).unwrap();
    assert!(log.contains("indexed") && log.lines().count() == 1, "{log}");
    dir.shell("kgrep index >../log").run().expect_ok();
    assert!(fs::read_to_string(dir.beside("log")).unwrap().contains("is up to date"));
    // Nobody listens to a job that is run every night.
    assert_eq!(dir.kgrep(&["index"]).stdout(), "");
}

#[test]
fn a_missing_editor_is_told_with_the_variable_that_named_it() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    for name in ["KGREP_EDITOR", "VISUAL", "EDITOR"] {
        dir.kgrep(&["-s", "0"]).env(name, "/no/such/editor").run().expect_error(&[
            "can't start the editor \"/no/such/editor\"",
            &format!("named by {name}:"),
        ]);
    }
}

#[test]
fn ordinary_source_has_the_terminals_own_colour() {
    let dir = Dir::new();
    dir.create("a.c", "int needle(void)\n{\n\treturn plain_word;\n}\n");
    dir.kgrep(&["needle"]).stdout();
    for theme in ["base16-eighties.dark", "base16-ocean.light", "InspiredGitHub"] {
        let args = ["--color", "always", "--theme", theme, "-s", "c 0"];
        let shown = dir.kgrep(&args).stdout();
        // A colour ends before the word, and none begins.
        let before = &shown[..shown.find("plain_word").unwrap()];
        let last = before.rfind("\x1b[").unwrap();
        assert!(before[last..].starts_with("\x1b[0m"), "{theme}: {}", shown.escape_debug());
        assert!(shown.contains("\x1b[38;5;"), "{theme}: keywords are coloured");
    }
}
