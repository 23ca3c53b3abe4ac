//! Commands and words, and where settings come from.

use crate::util::{Dir, eqnice};

#[test]
fn a_commands_name_can_be_searched_for() {
    let dir = Dir::new();
    dir.create("a.c", "the lists here\n");
    eqnice!("0 a.c 1 the lists here\n", dir.kgrep(&["--no-header", "-e", "lists"]).stdout());
    eqnice!("0 a.c 1 the lists here\n", dir.kgrep(&["--no-header", "--", "lists"]).stdout());
    assert!(!dir.kgrep(&["--no-header", "lists"]).stdout().contains("a.c"));
}

#[test]
fn a_command_that_cannot_take_its_arguments_says_how_to_search() {
    let dir = Dir::kernel();
    for args in [&["lists", "drivers"][..], &["-i", "lists"], &["config", "-A3"]] {
        let done = dir.kgrep(args).run().expect_code(2);
        assert!(
            done.stderr().contains(&format!(
                "kgrep -e {}",
                if args[0] == "config" { "config" } else { "lists" }
            )),
            "{done}"
        );
    }
}

#[test]
fn the_configuration_sets_defaults() {
    let dir = Dir::kernel();
    dir.config("format = \"grep\"\ncolor = \"always\"\n");
    let found = dir.kgrep(&["SYSCALL_DEFINE2", "fs"]).stdout();
    assert!(found.contains("\x1b["), "{}", found.escape_debug());
    let plain = dir.kgrep(&["--no-config", "SYSCALL_DEFINE2", "fs"]).stdout();
    assert!(plain.starts_with("Index File"), "{plain}");
}

#[test]
fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let dir = Dir::kernel();
    dir.config("color = \"always\"\n");
    let colored = |found: String| found.contains("\x1b[");
    assert!(colored(dir.kgrep(&["pivot_root"]).stdout()));
    assert!(!colored(dir.kgrep(&["pivot_root"]).env("NO_COLOR", "1").stdout()));
    let flag = dir.kgrep(&["--color", "always", "pivot_root"]).env("NO_COLOR", "1");
    assert!(colored(flag.stdout()));
}

#[test]
fn every_setting_that_a_search_uses_comes_from_the_file() {
    let dir = Dir::new();
    dir.create(".ignore", "ignored.c\n");
    dir.create(".hidden.c", "needle\n");
    dir.create("ignored.c", "needle\n");
    dir.config("hidden = true\nignore = false\nheader = false\nmax-list = 1\ncontext = 0\n");
    let done = dir.kgrep(&["needle"]).run().expect_code(0);
    assert_eq!(done.stdout().lines().count(), 2, "{done}");
    assert_eq!(dir.kgrep(&["-s", "p"]).stdout().lines().count(), 1);
    assert_eq!(dir.kgrep(&["-s", "c"]).stdout().lines().count(), 2);
    assert_eq!(dir.kgrep(&["--no-hidden", "--ignore", "needle"]).run().code(), 1);
}

#[test]
fn a_bad_configuration_is_an_error_with_file_line_and_key() {
    let dir = Dir::kernel();
    for (text, line, key) in [
        ("color = \"auto\"\ncolour = \"auto\"\n", "config.toml:2", "colour"),
        ("context = \"many\"\n", "config.toml:1", "context"),
        ("color = \"auto\n", "config.toml:1", "color"),
    ] {
        dir.config(text);
        dir.kgrep(&["pivot_root"]).run().expect_error(&[line, key]);
        dir.kgrep(&["--no-config", "pivot_root"]).stdout();
    }
}

#[test]
fn config_prints_what_is_in_force_and_where_it_comes_from() {
    let dir = Dir::kernel();
    dir.config("context = 3\n");
    let page = dir.kgrep(&["--color", "never", "config"]).env("VISUAL", "nano").stdout();
    let origin = |key: &str| {
        let line =
            page.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{page}"));
        line.split_once("# ").unwrap_or_else(|| panic!("{page}")).1.to_owned()
    };
    assert!(page.contains("context = 3") && page.contains("editor = \"nano\""), "{page}");
    assert!(origin("context").contains("config"), "{page}");
    assert!(origin("editor").contains("VISUAL"), "{page}");
    assert!(origin("color").contains("--color"), "{page}");
    assert!(origin("format").contains("default"), "{page}");
    assert!(page.contains("config.toml"), "{page}");
}

#[test]
fn a_theme_that_is_none_is_named_with_its_line() {
    let dir = Dir::kernel();
    dir.config("color = \"auto\"\ntheme = \"nope\"\n");
    dir.kgrep(&["pivot_root"]).run().expect_error(&["config.toml:2", "theme", "InspiredGitHub"]);
    dir.config("");
    dir.kgrep(&["--theme", "nope", "x"]).run().expect_error(&["--theme", "InspiredGitHub"]);
}

#[test]
fn config_is_printed_also_when_the_file_is_bad() {
    let dir = Dir::kernel();
    dir.config("nonsense = 1\n");
    let done = dir.kgrep(&["config"]).run().expect_error(&["config.toml:1", "nonsense"]);
    assert!(done.stdout().contains("max-list = 2000000"), "{done}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_that_says_why_once() {
    let dir = Dir::kernel();
    std::fs::create_dir_all(dir.beside("config/kgrep/config.toml")).unwrap();
    let done = dir.kgrep(&["pivot_root"]).run().expect_error(&["config.toml", "--no-config"]);
    assert_eq!(done.stderr().matches("directory").count(), 1, "{done}");
}

#[test]
fn what_is_not_utf8_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let dir = Dir::kernel();
    let odd = OsStr::from_bytes(b"\xff*.c");
    dir.kgrep(&["pivot_root", "-g"]).arg(odd).run().expect_error(&["-g: ", "*.c is not UTF-8"]);
    dir.kgrep(&["pivot_root"]).env("EDITOR", odd).run().expect_error(&["EDITOR", "not UTF-8"]);
}
