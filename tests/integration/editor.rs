//! Opening matches: which editor, and how it is told the line.

use crate::util::{Dir, TestCommand, eqnice};

/// A tree with one match, `needle` in line 3 of `a dir/file.c`, in the newest list.
fn searched() -> Dir {
    let dir = Dir::new();
    dir.create("a dir/file.c", "one\ntwo\nneedle\n");
    dir.kgrep(&["needle"]).stdout();
    dir
}

/// `-s 0` with this editor, which is a script that prints its arguments.
fn open(dir: &Dir, name: &str, arguments: &str) -> TestCommand {
    let script = dir.script(name, "for word; do echo \"[$word]\"; done\n");
    let editor = format!("{}{arguments}", script.display());
    dir.kgrep(&["-s", "0"]).env("EDITOR", editor)
}

fn file(dir: &Dir) -> String {
    dir.path("a dir/file.c").display().to_string()
}

#[test]
fn an_editor_gets_the_absolute_path_and_the_line() {
    let dir = searched();
    eqnice!(format!("[{}]\n[+3]\n", file(&dir)), open(&dir, "vim", "").stdout());
}

#[test]
fn arguments_in_the_variable_are_split_as_a_shell_would() {
    let dir = searched();
    let got = open(&dir, "vim", " -c 'set number'").stdout();
    eqnice!(format!("[-c]\n[set number]\n[{}]\n[+3]\n", file(&dir)), got);
}

#[test]
fn the_line_flag_is_the_users() {
    let dir = searched();
    let got = open(&dir, "ed", "").env("EDITORLINEFLAG", "--line=").stdout();
    eqnice!(format!("[{}]\n[--line=3]\n", file(&dir)), got);
    let got = open(&dir, "ed", "").env("EDITORLINEFLAGREVERSED", "1").stdout();
    eqnice!(format!("[+3]\n[{}]\n", file(&dir)), got);
}

#[test]
fn editors_that_want_the_line_first_get_it_first() {
    let dir = searched();
    for name in ["emacs", "emacsclient", "nano"] {
        let got = open(&dir, name, "").stdout();
        eqnice!(format!("[+3]\n[{}]\n", file(&dir)), got);
    }
}

#[test]
fn editors_that_want_path_and_line_in_one_get_that() {
    let dir = searched();
    for name in ["code", "codium", "subl", "zed", "hx"] {
        let got = open(&dir, name, "").stdout();
        assert!(got.trim_end().ends_with(&format!("[{}:3]", file(&dir))), "{name}: {got}");
    }
}

#[test]
fn the_first_variable_that_is_set_counts() {
    let dir = searched();
    let says = |name: &str| dir.script(name, &format!("echo {name}\n")).display().to_string();
    let open = || dir.kgrep(&["-s", "0"]).env("EDITOR", says("third"));
    eqnice!("third\n", open().stdout());
    eqnice!("second\n", open().env("VISUAL", says("second")).stdout());
    let all = open().env("VISUAL", says("second")).env("KGREP_EDITOR", says("first"));
    eqnice!("first\n", all.stdout());
    eqnice!("third\n", open().env("VISUAL", "").stdout());
}

#[test]
fn without_a_variable_it_is_vim_else_vi() {
    let dir = searched();
    let vi = dir.script("bin-vi/vi", "echo vi\n");
    let vim = dir.script("bin-vim/vim", "echo vim\n");
    let (vi, vim) = (vi.parent().unwrap().to_owned(), vim.parent().unwrap().to_owned());
    // The scripts need no more than a shell, which is named in full.
    let open = |path: String| dir.kgrep(&["-s", "0"]).env("EDITOR", "").env("PATH", path).stdout();
    eqnice!("vim\n", open(format!("{}:{}", vi.display(), vim.display())));
    eqnice!("vi\n", open(vi.display().to_string()));
}

#[test]
fn several_matches_are_opened_one_after_the_other() {
    let dir = Dir::kernel();
    dir.kgrep(&["kmem_cache_alloc\\("]).stdout();
    let script = dir.script("ed", "echo \"$1 $2\"\n");
    let got = dir.kgrep(&["-s", "s 4-5,0"]).env("EDITOR", script).stdout();
    let lines: Vec<&str> = got.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(lines, ["+19", "+17", "+28"], "{got}");
}

#[test]
fn an_editor_that_is_not_there_is_named() {
    let dir = searched();
    let done = dir.kgrep(&["-s", "0"]).env("EDITOR", "no-such-editor").run();
    done.expect_error(&["no-such-editor"]);
}

#[test]
fn a_match_that_moved_is_opened_where_it_is_now() {
    let dir = searched();
    dir.create("a dir/file.c", "zero\none\ntwo\nneedle\n");
    let done = open(&dir, "vim", "").run().expect_code(0);
    eqnice!(format!("[{}]\n[+4]\n", file(&dir)), done.stdout());
}

#[test]
fn a_list_opens_from_any_folder() {
    let dir = searched();
    let got = open(&dir, "vim", "").folder("/".as_ref()).stdout();
    eqnice!(format!("[{}]\n[+3]\n", file(&dir)), got);
}

#[test]
fn a_missing_file_is_said_and_the_others_are_opened() {
    let dir = Dir::new();
    for file in ["a.c", "b.c", "c.c"] {
        dir.create(file, "needle\n");
    }
    dir.kgrep(&["needle"]).stdout();
    std::fs::remove_file(dir.path("b.c")).unwrap();
    let script = dir.script("ed", "echo \"${1##*/}\"\n");
    let done = dir.kgrep(&["-s", "all"]).env("EDITOR", script).run();
    eqnice!("a.c\nc.c\n", done.stdout());
    done.expect_error(&["can't open match 1", "b.c"]);
    // An editor that fails ends it.
    let script = dir.script("failing", "echo once\nexit 3\n");
    let done = dir.kgrep(&["-s", "all"]).env("EDITOR", script).run();
    eqnice!("once\n", done.stdout());
    done.expect_error(&["exit status: 3"]);
}

#[test]
fn many_matches_are_counted_before_they_are_opened() {
    let dir = Dir::new();
    dir.create("a.c", "needle\n".repeat(11));
    dir.kgrep(&["needle"]).stdout();
    let done = dir.kgrep(&["-s", "all"]).env("EDITOR", "true").run().expect_code(0);
    eqnice!("kgrep: opening 11 matches, one after the other\n", done.stderr());
}
