//! The list of files that comes from the index is the walk's, with every rule and flag that
//! decides what is listed.

use std::fs::{self, File};
use std::process::Command;

use crate::index::{indexed, settle};
use crate::util::{Dir, eqnice};

/// Compares also what is said on standard error; fails unless the files came as `files` says.
#[track_caller]
fn assert_same_output(dir: &Dir, folder: &str, search: &[&str], files: &str) {
    let args = [&["--format", "grep"], search].concat();
    let run = |more: &str| dir.kgrep(&args).arg(more).folder(&dir.path(folder)).run();
    let (with, without) = (run("--context=0"), run("--no-index"));
    eqnice!(without.stdout(), with.stdout());
    eqnice!(without.stderr(), with.stderr());
    assert_eq!(without.code(), with.code(), "{search:?}");
    let debug = run("--debug");
    assert!(debug.stderr().contains(&format!("files: {files}")), "{}", debug.stderr());
}

#[test]
fn an_unchanged_tree_is_listed_without_a_walk() {
    let dir = indexed();
    assert_same_output(&dir, "", &["pivot_root"], "listed");
    assert_same_output(&dir, "fs", &["pivot_root"], "listed");
    assert_same_output(&dir, "", &["--hidden", "pivot_root"], "walked");
    assert_same_output(&dir, "", &["pivot_root", "-Tmake"], "listed");
    dir.create("fs/added.c", "pivot_root\n");
    assert_same_output(&dir, "", &["pivot_root"], "walked");
}

#[test]
fn gits_global_excludes_count_from_where_the_search_starts() {
    let dir = indexed();
    dir.create("open.c", "pivot_root\n");
    dir.create("fs/fs/open.c", "pivot_root\n");
    dir.create("fs/open.c", "pivot_root\n");
    let config = dir.beside("config");
    fs::create_dir_all(config.join("git")).unwrap();
    fs::write(config.join("git/ignore"), "/open.c\nfs/open.c\n").unwrap();
    settle();
    dir.kgrep(&["index"]).env("XDG_CONFIG_HOME", &config).run().expect_ok();
    for folder in ["", "fs"] {
        let run = |last: &str| {
            let search = dir.kgrep(&["--format", "grep", "pivot_root", last]);
            search.env("XDG_CONFIG_HOME", &config).folder(&dir.path(folder)).run()
        };
        let with = run("--debug");
        eqnice!(run("--no-index").stdout(), with.stdout());
        assert!(with.stderr().contains("files: walked"), "{folder}: {}", with.stderr());
    }
}

#[test]
fn a_type_shows_hidden_files_with_the_index_too() {
    let dir = indexed();
    dir.create(".secret.c", "pivot_root\n");
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    assert_same_output(&dir, "", &["pivot_root", "-tc"], "walked");
    assert!(dir.kgrep(&["-l", "pivot_root", "-tc"]).stdout().contains(".secret.c"));
}

#[test]
fn a_link_in_a_folders_place_is_not_entered() {
    let dir = indexed();
    dir.create("other/namespace.c", "another pivot_root\n");
    dir.create("other/deep/new.c", "deep pivot_root\n");
    fs::create_dir(dir.path("fs/deep")).unwrap();
    dir.create("fs/deep/new.c", "nothing here\n");
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    fs::rename(dir.path("fs"), dir.beside("was")).unwrap();
    std::os::unix::fs::symlink("other", dir.path("fs")).unwrap();
    assert_same_output(&dir, "", &["pivot_root"], "walked");
    assert_same_output(&dir, "", &["-L", "pivot_root"], "walked");
    assert!(!dir.kgrep(&["-l", "pivot_root"]).stdout().contains("fs/"));
}

#[test]
fn the_file_that_the_output_goes_to_is_not_searched() {
    let dir = indexed();
    dir.create("out.txt", "pivot_root before\n");
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    let run = |more: &[&str]| {
        dir.create("out.txt", "pivot_root before\n");
        settle();
        dir.kgrep(&["index"]).run().expect_ok();
        let out = File::options().append(true).open(dir.path("out.txt")).unwrap();
        let mut search = Command::new(env!("CARGO_BIN_EXE_kgrep"));
        search.args(["--format", "grep", "pivot_root", "./"]).args(more).stdout(out);
        search.current_dir(dir.tree()).envs(dir.environment());
        assert!(search.status().unwrap().success());
        fs::read_to_string(dir.path("out.txt")).unwrap()
    };
    let with = run(&[]);
    eqnice!(run(&["--no-index"]), with);
    assert!(!with.contains("out.txt"), "{with}");
}

#[test]
fn what_is_wrong_in_an_ignore_file_is_said_with_the_index_too() {
    let dir = indexed();
    dir.create("mm/.ignore", "[z-a]\n");
    assert_same_output(&dir, "", &["pivot_root"], "walked");
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    assert_same_output(&dir, "", &["pivot_root"], "walked");
    assert!(dir.kgrep(&["pivot_root"]).run().stderr().contains("mm/.ignore"));
    fs::remove_file(dir.path("mm/.ignore")).unwrap();
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    assert_same_output(&dir, "", &["pivot_root"], "listed");
}
