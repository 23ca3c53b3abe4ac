//! The command line itself: help of every command, words behind `-s`, what is wrong.

use crate::util::{Dir, eqnice};

pub(crate) const COMMANDS: [&str; 26] = [
    "find",
    "def",
    "refs",
    "list",
    "callers",
    "callees",
    "functions",
    "chain",
    "trace",
    "log",
    "messages",
    "diff",
    "touched",
    "exists",
    "history",
    "browse",
    "lists",
    "demo",
    "index",
    "config",
    "queries",
    "export",
    "built",
    "configs",
    "lsp",
    "mcp",
];

#[test]
fn every_command_has_help_in_both_spellings() {
    let dir = Dir::new();
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let help = dir.kgrep(&[command, flag]).stdout();
            assert!(help.contains(&format!("Usage: kgrep {command}")), "{command} {flag}: {help}");
            let examples = help.split("Examples:").nth(1).unwrap_or_default();
            assert!(examples.matches(&format!("kgrep {command}")).count() >= 1, "{help}");
            assert!(examples.matches("kgrep ").count() >= 2, "{help}");
        }
    }
    assert!(dir.kgrep(&["--help"]).stdout().contains("--file-lacks"));
    assert!(dir.kgrep(&["-h"]).stdout().lines().count() <= 24);
}

/// What is under "Examples:" in a help, each line without its explanation.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    let lines = lines.take_while(|line| line.starts_with("  kgrep "));
    let command = |line: &str| line.trim().split("  ").next().unwrap_or_default().to_owned();
    lines.map(command).collect()
}

#[test]
fn every_commands_examples_work_on_the_demo_tree() {
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_code(0);
    dir.kgrep(&["pivot_root"]).stdout();
    dir.create("panic.txt", "[    1.000000] Call Trace:\n[    1.000000]  start_kernel+0x1/0x2\n");
    for command in COMMANDS {
        let help = dir.kgrep(&[command, "--help"]).stdout();
        let examples = examples(&help);
        assert!(examples.len() >= 2, "{command}: {help}");
        for example in examples {
            // Trees that the demo has not; a list that an example before removed.
            if example.contains("~/src/linux")
                || example.contains("git:")
                || example == "kgrep lists --remove all"
            {
                continue;
            }
            dir.shell(&example).run().expect_code(0);
        }
    }
}

#[test]
fn the_whole_help_groups_the_commands() {
    let help = Dir::new().kgrep(&["--help"]).stdout();
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
    }
    let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("no {text:?} in {help}"));
    assert!(at("Find things:") < at("Follow the code:"));
    assert!(at("Compare kernels:") < at("--fixed-strings"));
}

#[test]
fn every_command_has_a_man_page_that_the_main_one_names() {
    let dir = Dir::new();
    let main = dir.kgrep(&["__generate", "man"]).stdout();
    assert!(main.lines().count() < 450, "{main}");
    assert!(main.contains(".SH \"EXIT STATUS\"\n.nf\n0 something found"), "{main}");
    for command in COMMANDS {
        assert!(main.contains(&format!(".BR kgrep\\-{command} (1)\n")), "{command}: {main}");
        let page = dir.kgrep(&["__generate", "man", command]).stdout();
        for part in [
            format!(".TH kgrep-{command} 1"),
            format!(".SH NAME\nkgrep\\-{command} \\- "),
            format!(".SH SYNOPSIS\n\\fBkgrep {command}\\fR"),
        ] {
            assert!(page.contains(&part), "{part}: {page}");
        }
        let examples = page.split(".SH EXAMPLES\n.nf\n").nth(1).unwrap_or_default();
        assert!(examples.contains(command), "{page}");
    }
    assert!(dir.kgrep(&["__generate", "man", "index"]).stdout().contains("\\-\\-rebuild"));
    dir.kgrep(&["__generate", "man", "nothing"]).run().expect_error(&["no such command: nothing"]);
}

#[test]
fn completions_know_types_commands_and_folders() {
    let dir = Dir::new();
    let bash = dir.kgrep(&["__generate", "bash"]).stdout();
    for words in [" kconfig ", "print show context tree delete keep refine files grep quit"] {
        assert!(bash.contains(words), "{words}");
    }
    let zsh = dir.kgrep(&["__generate", "zsh"]).stdout();
    assert!(zsh.contains("_files -/"), "folders for `kgrep index`");
    assert!(zsh.contains("print show context"), "{zsh}");
    assert!(dir.kgrep(&["__generate", "fish"]).stdout().contains("kconfig"));
}

#[test]
fn generate_is_a_word_to_search_for() {
    let dir = Dir::new();
    dir.create("a.c", "generate man\n");
    eqnice!("0 a.c 1 generate man\n", dir.kgrep(&["--no-header", "generate"]).stdout());
}

#[test]
fn behind_g_every_flag_is_the_searchs() {
    let dir = Dir::new();
    dir.create("a.c", "foo 1\nFOO 2\n-s 3\n");
    dir.kgrep(&["FOO"]).stdout();
    let rows = |args: &[&str]| dir.kgrep(args).stdout().lines().count();
    assert_eq!(rows(&["--no-header", "-s", "g", "-i", "FOO"]), 2);
    assert_eq!(rows(&["--no-header", "-s", "g", "-e", "foo"]), 1);
    assert_eq!(rows(&["--no-header", "-sg", "-e", "foo", "-e", "FOO"]), 2);
    assert_eq!(rows(&["--no-header", "-s", "g -i", "foo"]), 2);
    assert_eq!(rows(&["-s", "g", "--no-header", "--", "-s"]), 1);
    dir.kgrep(&["-s", "g", "-s", "1", "foo"]).run().expect_error(&["grep:", "-s"]);
    dir.kgrep(&["-s", "g", "--interactive", "foo"]).run().expect_error(&["--interactive"]);
    assert!(dir.kgrep(&["-s", "g", "--help"]).stdout().contains("--file-lacks"));
    assert!(dir.kgrep(&["-s", "g", "--type-list"]).stdout().contains("c: "));
    dir.kgrep(&["-s", "g"]).run().expect_error(&["grep requires a pattern"]);
}

#[test]
fn a_pattern_behind_g_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = Dir::new();
    dir.create("a.c", "foo\n");
    dir.kgrep(&["foo"]).stdout();
    let odd = std::ffi::OsStr::from_bytes(b"\xff.c");
    std::fs::write(dir.tree().join(odd), "foo\n").unwrap();
    let done = dir.kgrep(&["--no-header", "-s", "g", "foo"]).arg(odd).run().expect_code(0);
    assert!(done.bytes().windows(3).any(|window| window == b"\xff.c"), "{done}");
}

#[test]
fn a_follow_ups_other_flags_stay_kgreps() {
    let dir = Dir::kernel();
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    let args = ["--show", "d", "1,2", "--interactive", "--no-header"];
    let done = dir.kgrep(&args).input("p 0\n").run().expect_ok();
    assert!(done.stdout().contains("6 of 8 left") && done.stdout().contains("0 drivers"), "{done}");
    for (args, words) in [
        (&["-e", "foo", "-s", "p"][..], ["--regexp", "-s g"]),
        (&["-s", "p", "-l"], ["--files-with-matches", "-s files"]),
        (&["-s", "p", "0", "-p"], ["--show-function", "-s g"]),
        (&["-s", "c1", "0", "-W"], ["--function-context", "-s g"]),
        (&["-s", "c", "0", "-C", "3"], ["--context", "-s c3"]),
    ] {
        dir.kgrep(args).run().expect_error(&words);
    }
}

#[test]
fn only_kgrep_alone_shows_the_list() {
    let dir = Dir::kernel();
    let rows = dir.kgrep(&["pivot_root"]).stdout();
    eqnice!(rows, dir.kgrep(&[]).stdout());
    for args in [&["-i", "-tc"][..], &["--and", "foo"], &["-q"], &["--interactive", "-i"]] {
        dir.kgrep(args).run().expect_error(&["no pattern given"]);
    }
    dir.kgrep(&[]).input("x\n").run().expect_error(&["no pattern given"]);
}

#[test]
fn what_clap_finds_wrong_is_one_line_without_escapes() {
    let dir = Dir::new();
    dir.kgrep(&["--format", "\x1b]0;evil\x07", "x"]).run().expect_error(&["--format", "table"]);
    let done = dir.kgrep(&["--format", "\x1b]0;evil\x07", "x"]).run();
    assert!(!done.stderr().contains(['\x1b', '\x07']), "{}", done.stderr().escape_debug());
    dir.kgrep(&["--no-such-flag", "x"]).run().expect_error(&["--no-such-flag"]);
    dir.kgrep(&["-C", "x", "foo"]).run().expect_error(&["'x'", "--context", "must be a number"]);
    dir.kgrep(&["index", "--nope"]).run().expect_error(&["--nope", "kgrep -e index"]);
}

#[test]
fn habits_from_other_tools_are_taken_or_answered() {
    let dir = Dir::new();
    dir.create("a.c", "foo\n");
    for flags in ["-rn", "-R", "-I", "--no-heading", "--heading", "-rnI"] {
        eqnice!("0 a.c 1 foo\n", dir.kgrep(&["--no-header", flags, "foo"]).stdout());
    }
    for (flag, words) in [
        ("--column", "--format vimgrep"),
        ("-P", "Rust's regex"),
        ("-z", "compressed"),
        ("-u", "--no-ignore"),
    ] {
        dir.kgrep(&[flag, "foo"]).run().expect_error(&[flag, words]);
    }
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let mut command = std::process::Command::new(crate::util::KGREP);
    let done = command.arg("-h").stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn a_commands_help_has_its_examples_on_the_first_screen() {
    let dir = Dir::new();
    for command in ["def", "callers", "find", "trace", "list", "config", "demo"] {
        let help = dir.kgrep(&[command, "--help"]).stdout();
        let examples = help.lines().position(|line| line == "Examples:");
        assert!(examples.is_some_and(|at| at < 40), "{help}");
        assert!(!help.contains("When to use colours"), "{help}");
        assert!(help.contains("--arch") && help.contains("kgrep --help"), "{help}");
    }
    assert!(dir.kgrep(&["--help"]).stdout().contains("When to use colours"));
}

#[test]
fn a_wrong_value_is_no_word_to_search_for() {
    let dir = Dir::new();
    for args in [&["find", "--kind", "thing", "x"][..], &["callers", "-d", "x", "kfree"]] {
        let done = dir.kgrep(args).run().expect_code(2);
        assert!(!done.stderr().contains("to search for the word"), "{done}");
    }
    for args in [&["find"][..], &["lists", "-i", "x"], &["chain", "a", "b", "c"]] {
        let done = dir.kgrep(args).run().expect_code(2);
        assert!(done.stderr().contains("to search for the word"), "{done}");
    }
}

#[test]
fn a_flag_that_a_command_lacks_says_where_its_flags_are() {
    let dir = Dir::new();
    let done = dir.kgrep(&["callers", "kfree", "--zone"]).run().expect_code(2);
    eqnice!(
        "kgrep: unexpected argument '--zone' found; kgrep help callers lists its flags\n",
        done.stderr()
    );
    let done = dir.kgrep(&["callers", "kfree", "--dpth", "3"]).run().expect_code(2);
    eqnice!(
        "kgrep: unexpected argument '--dpth' found; a similar argument exists: '--depth'; kgrep help callers \
         lists its flags\n",
        done.stderr()
    );
}

#[test]
fn callers_and_uses_are_shown_up_to_a_number() {
    let dir = Dir::new();
    let calls: String = (0..9).map(|n| format!("void f{n}(void)\n{{\n\tlamp();\n}}\n")).collect();
    dir.create("a.c", format!("void lamp(void)\n{{\n}}\n{calls}void g(void)\n{{\n\tbell();\n}}\n"));
    dir.create("b.c", "void bell(void)\n{\n}\n");
    for index in [false, true] {
        if index {
            dir.kgrep(&["index", "."]).run().expect_code(0);
        }
        for (args, rows) in [
            (&["callers", "lamp", "-n", "2"][..], 1 + 2),
            (&["callers", "lamp", "--args", "--number", "2"], 1 + 2),
            (&["refs", "lamp", "-n4"], 4),
        ] {
            let done = dir.kgrep(&[args, &["--no-header"]].concat()).run().expect_code(0);
            assert_eq!(done.stdout().lines().count(), rows, "{done}");
            assert!(done.stderr().contains("there are more: these are the first"), "{done}");
        }
        let several =
            dir.kgrep(&["callers", "lamp", "bell", "-n", "1", "--no-header"]).run().stdout();
        assert!(several.contains("f0") && !several.contains("f1"), "{several}");
        assert!(several.contains(" g "), "{several}");
        let all = dir.kgrep(&["refs", "lamp", "-n", "9"]).run().expect_code(0);
        eqnice!("", all.stderr());
    }
}

#[test]
fn the_tour_is_the_same_inside_of_a_repository() {
    let tour = |within: &str| {
        let dir = Dir::new();
        dir.create(&format!("{within}/README"), "start_kernel and kmem_cache_alloc(\n");
        let cache = dir.path("cache");
        let told = dir.kgrep(&["demo"]).env("KGREP_CACHE_DIR", &cache).run();
        let told = told.expect_code(0).stdout();
        told.replace(&*cache.to_string_lossy(), "CACHE")
    };
    assert_eq!(tour(".git"), tour("other"));
}
