//! What happens on a real terminal: pager, colours, escapes, and the shell one types in.

use std::fs;

use crate::pty::Terminal;
use crate::util::{Dir, KGREP};

const PROMPT: &str = "Enter a kgrep command: ";

/// The tree with a list of a search, for a shell with vgrep's prompt.
fn searched() -> Dir {
    let dir = Dir::kernel();
    dir.config("prompt = \"vgrep\"\n");
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    dir
}

#[test]
fn a_terminal_gets_colours_through_the_pager() {
    let dir = Dir::kernel();
    let seen = dir.beside("paged");
    let pager = dir.script("pager", &format!("tee {}\n", seen.display()));
    let env = [("KGREP_PAGER", pager.to_str().unwrap())];
    let (code, screen) = Terminal::kgrep(&dir, &["pivot_root"], &env).finish();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("\x1b[1m\x1b[31mpivot_root\x1b[0m"), "{}", screen.escape_debug());
    assert!(fs::read_to_string(seen).unwrap().contains("fs/namespace.c"));
}

#[test]
fn the_pager_is_the_users_or_none() {
    let dir = Dir::kernel();
    let first = dir.script("first", "echo first; cat >/dev/null\n");
    let second = dir.script("second", "echo second; cat >/dev/null\n");
    let pagers = [("KGREP_PAGER", first.to_str().unwrap()), ("PAGER", second.to_str().unwrap())];
    let (_, screen) = Terminal::kgrep(&dir, &["pivot_root"], &pagers).finish();
    assert!(screen.contains("first"), "{screen}");
    let (_, screen) = Terminal::kgrep(&dir, &["pivot_root"], &pagers[1..]).finish();
    assert!(screen.contains("second"), "{screen}");
    let (_, screen) = Terminal::kgrep(&dir, &["--no-less", "pivot_root"], &pagers).finish();
    assert!(screen.contains("namespace.c") && !screen.contains("first"), "{screen}");
}

#[test]
fn less_pages_what_is_longer_than_the_screen() {
    let dir = Dir::new();
    dir.create("many.c", "needle\n".repeat(500));
    let mut terminal = Terminal::kgrep(&dir, &["needle"], &[]);
    terminal.wait_for("Index");
    terminal.send("q");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("\r\n  499 "), "should have waited on the first page");
}

#[test]
fn a_pager_that_quits_early_is_no_error() {
    let dir = Dir::new();
    dir.create("many.c", "needle and hay\n".repeat(100_000));
    let (code, screen) =
        Terminal::kgrep(&dir, &["needle"], &[("KGREP_PAGER", "head -n 1")]).finish();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("kgrep:"), "{screen}");
    // The list is there all the same.
    assert!(dir.kgrep(&["-s", "p 0"]).stdout().contains("needle"));
}

#[test]
fn no_color_is_respected_on_a_terminal() {
    let dir = Dir::kernel();
    let env = [("NO_COLOR", "1"), ("KGREP_PAGER", "cat")];
    let (_, screen) = Terminal::kgrep(&dir, &["--hyperlink", "never", "pivot_root"], &env).finish();
    assert!(
        screen.contains("pivot_root") && !screen.contains("\x1b["),
        "{}",
        screen.escape_debug()
    );
}

#[test]
fn escapes_from_files_and_paths_are_shown_and_not_obeyed() {
    let dir = Dir::new();
    dir.create("evil\x1b[2Jname.c", "needle \x1b]0;title\x07\r\x08 \u{9b}31m end\n");
    let args = ["--color", "never", "--hyperlink", "never", "--no-less", "needle"];
    let (_, screen) = Terminal::sized(&dir, &args, &[], 24, 200).finish();
    for bad in ["\x1b[2J", "\x1b]0;", "\x07", "\x08", "\u{9b}"] {
        assert!(!screen.contains(bad), "{bad:?} in {}", screen.escape_debug());
    }
    assert!(screen.contains("title") && screen.contains("name.c"), "{}", screen.escape_debug());
    let args = ["--color", "never", "--hyperlink", "never", "--no-less", "-s", "c0 0"];
    let (_, screen) = Terminal::sized(&dir, &args, &[], 24, 200).finish();
    for bad in ["\x1b[2J", "\x1b]0;", "\x07", "\x08", "\u{9b}"] {
        assert!(!screen.contains(bad), "{bad:?} in {}", screen.escape_debug());
    }
}

#[test]
fn escapes_in_a_pattern_are_shown_and_not_obeyed() {
    let dir = Dir::kernel();
    let (code, screen) = Terminal::kgrep(&dir, &["no\x1b[2Jsuch("], &[]).finish();
    assert_eq!(code, 1, "{screen}");
    assert!(!screen.contains("\x1b[2J"), "{}", screen.escape_debug());
}

#[test]
fn source_in_context_is_highlighted() {
    let dir = searched();
    let env = [("KGREP_PAGER", "cat"), ("COLORTERM", "truecolor")];
    let (_, screen) = Terminal::kgrep(&dir, &["-s", "c2 2"], &env).finish();
    assert!(screen.contains("\x1b[38;2;"), "{}", screen.escape_debug());
    let args = ["--highlight", "never", "-s", "c2 2"];
    let (_, screen) = Terminal::kgrep(&dir, &args, &env).finish();
    assert!(!screen.contains("\x1b[38;2;"), "{}", screen.escape_debug());
}

#[test]
fn each_terminal_has_its_own_newest_list() {
    let dir = Dir::kernel();
    // One session in one terminal, as a user's shell is, with a pause between two runs.
    let script = format!(
        "{KGREP} --no-less pivot_root fs; echo paused; read go; {KGREP} --no-less -s p; echo end\n"
    );
    let mut session = Terminal::program(&dir, "sh", &["-c", &script], &[], 24, 200);
    session.wait_for("paused");
    // Another search elsewhere is newer, but not of this terminal.
    dir.kgrep(&["crashkernel"]).stdout();
    session.send("go\r");
    let shown = session.wait_for("end");
    assert!(shown.contains("namespace.c") && !shown.contains("crashkernel"), "{shown}");
    assert_eq!(session.finish().0, 0);
    // Elsewhere, it is that one.
    assert!(dir.kgrep(&["-s", "p"]).stdout().contains("crashkernel"));
}

#[test]
fn ctrl_c_is_the_editors_while_it_runs() {
    let dir = searched();
    // Short sleeps: a shell that waits in `read` may overlook what came just before.
    let editor = dir.script(
        "ed",
        "trap 'echo interrupted; over=1' INT\necho ready\n\
         while [ -z \"$over\" ]; do sleep 0.05; done\necho out\n",
    );
    let env = [("KGREP_PAGER", "cat"), ("EDITOR", editor.to_str().unwrap())];
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &env);
    shell.wait_for(PROMPT);
    shell.send("3\r");
    shell.wait_for("ready");
    shell.send("\x03");
    shell.wait_for("interrupted");
    shell.wait_for("out");
    shell.wait_for(PROMPT);
    shell.send("p 1\r");
    shell.wait_for("inode.c");
    shell.send("q\r");
    assert_eq!(shell.finish().0, 0);
}

#[test]
fn the_shell_is_typed_into() {
    let dir = searched();
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &[("KGREP_PAGER", "cat")]);
    shell.wait_for(PROMPT);
    shell.send("p 0\r");
    shell.wait_for("ramdisk.c");
    shell.wait_for(PROMPT);
    shell.send("nonsense\r");
    shell.wait_for("unsupported command");
    shell.wait_for(PROMPT);
    // Ctrl-C clears the line and does not end the shell.
    shell.send("half a li\x03");
    shell.wait_for(PROMPT);
    // Tab completes a command.
    shell.send("tre\t\r");
    shell.wait_for("Directory");
    shell.wait_for(PROMPT);
    // The end of the input ends it.
    shell.send("\x04");
    assert_eq!(shell.finish().0, 0);
}

#[test]
fn the_shell_leads_from_a_row_to_what_it_names_and_back() {
    let dir = Dir::kernel();
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &[("KGREP_PAGER", "cat")]);
    shell.wait_for("kgrep[8]> ");
    shell.send("def 2\r");
    shell.wait_for("slab.c");
    // Only the best definitions of the name are left to go on with.
    shell.wait_for("kgrep[2]> ");
    shell.send("u\r");
    shell.wait_for("kgrep[8]> ");
    shell.send("callees start_kernel\r");
    shell.wait_for("setup_arch");
    shell.wait_for("]> ");
    shell.send("u; k 1-2\r");
    shell.wait_for("kgrep[2]> ");
    shell.send("q\r");
    assert_eq!(shell.finish().0, 0);
}

#[test]
fn the_shell_remembers_what_was_typed() {
    let dir = searched();
    let env = [("KGREP_PAGER", "cat")];
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &env);
    shell.wait_for(PROMPT);
    shell.send("p 6\r");
    shell.wait_for("slab.c");
    shell.wait_for(PROMPT);
    shell.send("q\r");
    shell.finish();
    assert!(fs::read_to_string(dir.beside("state/kgrep/history")).unwrap().contains("p 6"));
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &env);
    shell.wait_for(PROMPT);
    // Up, up: past `q`, to what was typed before.
    shell.send("\x1b[A\x1b[A\r");
    shell.wait_for("slab.c");
    shell.send("q\r");
    assert_eq!(shell.finish().0, 0);
}

#[test]
fn after_the_editor_has_had_the_terminal_the_shell_is_back() {
    let dir = searched();
    let editor = dir
        .script("ed", "test -t 0 && test -t 1 && echo a terminal\nread answer\necho got $answer\n");
    let env = [("KGREP_PAGER", "cat"), ("EDITOR", editor.to_str().unwrap())];
    let mut shell = Terminal::kgrep(&dir, &["--interactive"], &env);
    shell.wait_for(PROMPT);
    shell.send("3\r");
    shell.wait_for("a terminal");
    shell.send("words\r");
    shell.wait_for("got words");
    shell.wait_for(PROMPT);
    shell.send("p 1\r");
    shell.wait_for("inode.c");
    shell.send("q\r");
    assert_eq!(shell.finish().0, 0);
}

#[test]
fn vim_opens_at_the_line() {
    let dir = searched();
    if std::process::Command::new("vim").arg("--version").output().is_err() {
        return;
    }
    let mut vim = Terminal::kgrep(&dir, &["-s", "4"], &[("EDITOR", "vim -u NONE -N")]);
    vim.wait_for("kmem_cache_alloc");
    vim.send(":.w! ../line\r:q!\r");
    assert_eq!(vim.finish().0, 0);
    let line = fs::read_to_string(dir.beside("line")).unwrap();
    assert!(line.contains("tsk = kmem_cache_alloc"), "{line}");
}

#[test]
fn an_empty_pager_is_no_pager() {
    let dir = Dir::new();
    dir.create("many.c", "needle\n".repeat(100));
    for env in [[("KGREP_PAGER", ""), ("PAGER", "false")], [("PAGER", ""), ("LESS", "")]] {
        let args = ["--color", "never", "needle"];
        let (code, screen) = Terminal::kgrep(&dir, &args, &env).finish();
        assert!(code == 0 && screen.contains("   99 "), "{screen}");
    }
}

#[test]
fn json_on_a_terminal_has_nothing_that_it_would_obey() {
    let dir = Dir::new();
    dir.create("a.c", "needle \u{9b}31m \x7f \u{202e} end\n");
    let args = ["--format", "json", "--no-less", "needle"];
    let (_, screen) = Terminal::sized(&dir, &args, &[], 24, 500).finish();
    assert!(screen.contains("\\u009b31m \\u007f \\u202e end"), "{}", screen.escape_debug());
    assert!(!screen.contains(['\u{9b}', '\x7f', '\u{202e}']), "{}", screen.escape_debug());
}

#[test]
fn a_remark_about_a_binary_file_shows_its_name() {
    let dir = Dir::new();
    dir.create("evil\x1b[2Jname", "needle\n\0needle\n");
    let args = ["--color", "never", "--format", "grep", "--binary", "--no-less", "needle"];
    let (_, screen) = Terminal::sized(&dir, &args, &[], 24, 200).finish();
    assert!(screen.contains("binary") && screen.contains("\\x1b[2Jname"), "{screen}");
    assert!(!screen.contains("\x1b[2J"), "{}", screen.escape_debug());
}

#[test]
fn rows_of_lists_fit_the_terminal() {
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root", "--not", &"long".repeat(100)]).stdout();
    let (code, screen) = Terminal::sized(&dir, &["lists"], &[("PAGER", "")], 24, 120).finish();
    assert!(code == 0 && screen.contains('…'), "{screen}");
    assert!(screen.lines().all(|line| line.chars().count() <= 120), "{screen}");
}
