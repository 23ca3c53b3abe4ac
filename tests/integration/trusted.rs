//! A cache where other users may write: nothing that they made is written to, removed or
//! taken for the user's own, and no link is followed. Tests with another owner need root.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use crate::util::Dir;

/// `nobody`, on every system.
const NOBODY: u32 = 65534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Whether files can be given to another user; says so where a test proves nothing.
fn is_root() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0);
    if !is_root {
        eprintln!("NOT TESTED: another owner, which needs root");
    }
    is_root
}

/// Gives a folder and all that is in it to `nobody`.
fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| give_away(&entry.path()));
    }
}

#[test]
fn lists_are_not_kept_through_a_link() {
    let dir = Dir::kernel();
    let elsewhere = dir.beside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("000001.list"), "theirs").unwrap();
    fs::write(elsewhere.join("new-1-x"), "theirs").unwrap();
    fs::create_dir(dir.cache()).unwrap();
    symlink(&elsewhere, dir.cache().join("lists")).unwrap();
    let done = dir.kgrep(&["pivot_root"]).run().expect_code(0);
    assert!(done.stderr().contains("lists: is a link"), "{done}");
    assert!(done.stdout().contains("namespace.c"), "{done}");
    dir.kgrep(&["-s", "p"]).run().expect_error(&["lists: is a link"]);
    dir.kgrep(&["lists", "--remove", "1"]).run().expect_error(&["lists: is a link"]);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 2, "nothing came or went");
}

#[test]
fn indexes_are_not_written_through_a_link() {
    let dir = Dir::kernel();
    let elsewhere = dir.beside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir(dir.cache()).unwrap();
    symlink(&elsewhere, dir.cache().join("index")).unwrap();
    dir.kgrep(&["index"]).run().expect_error(&["index: is a link"]);
    let done = dir.kgrep(&["def", "parse_crashkernel"]).run();
    assert!(done.stderr().contains("index: is a link"), "{done}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn a_cache_that_others_may_write_to_is_not_used() {
    let dir = Dir::kernel();
    fs::create_dir(dir.cache()).unwrap();
    mode(&dir.cache(), 0o777);
    let done = dir.kgrep(&["pivot_root"]).run().expect_code(0);
    assert!(done.stderr().contains("can be written to by other users"), "{done}");
    dir.kgrep(&["index"]).run().expect_error(&["can be written to by other users"]);
    assert_eq!(fs::read_dir(dir.cache()).unwrap().count(), 0);
    // As /tmp is: others may add, and not take away.
    mode(&dir.cache(), 0o1777);
    dir.kgrep(&["pivot_root"]).run().expect_ok();
    dir.kgrep(&["index"]).run().expect_ok();
    for made in ["lists", "index"] {
        let made = fs::metadata(dir.cache().join(made)).unwrap().mode();
        assert_eq!(made & 0o777, 0o700);
    }
}

#[test]
fn another_users_lists_are_left_alone() {
    if !is_root() {
        return;
    }
    let dir = Dir::kernel();
    dir.kgrep(&["pivot_root"]).stdout();
    let lists = dir.cache().join("lists");
    give_away(&lists);
    let done = dir.kgrep(&["crashkernel"]).run().expect_code(0);
    assert!(done.stderr().contains("belongs to user 65534"), "{done}");
    dir.kgrep(&["-s", "p"]).run().expect_error(&["belongs to user 65534"]);
    dir.kgrep(&["lists"]).run().expect_error(&["belongs to user 65534"]);
    assert_eq!(fs::read_dir(lists).unwrap().count(), 1);
}

#[test]
fn another_users_index_keeps_no_other_from_being_pruned() {
    if !is_root() {
        return;
    }
    let dir = Dir::new();
    // An empty folder could be that of a disk that is away.
    dir.create("stays", "");
    for tree in ["a", "b"] {
        dir.create(&format!("{tree}/Kconfig"), "");
        dir.kgrep(&["index", tree]).run().expect_ok();
        fs::remove_dir_all(dir.path(tree)).unwrap();
    }
    let homes = || {
        let homes = fs::read_dir(dir.cache().join("index")).unwrap().flatten();
        let mut homes: Vec<_> = homes.map(|home| home.path()).filter(|h| h.is_dir()).collect();
        homes.sort();
        homes
    };
    let before = homes();
    assert_eq!(before.len(), 2);
    give_away(&before[0]);
    let done = dir.kgrep(&["index", "--prune"]).run().expect_code(2);
    assert!(done.stderr().contains("belongs to user 65534"), "{done}");
    assert!(done.stderr().contains("removed the index of"), "{done}");
    assert_eq!(homes(), before[..1]);
}

#[test]
fn another_users_index_is_read_with_a_note_and_never_written() {
    if !is_root() {
        return;
    }
    let dir = Dir::kernel();
    dir.kgrep(&["index"]).run().expect_ok();
    let expected = dir.kgrep(&["def", "parse_crashkernel"]).stdout();
    let index = dir.cache().join("index");
    give_away(&index);
    let stamp = |path: &Path| fs::metadata(path).unwrap().mtime_nsec();
    let home = fs::read_dir(&index).unwrap().flatten().find(|e| e.path().is_dir()).unwrap().path();
    fs::remove_file(home.join("used")).unwrap();
    let before = stamp(&home);
    for args in [["def", "parse_crashkernel"], ["-F", "crashkernel"], ["find", "mount"]] {
        let done = dir.kgrep(&args).run().expect_code(0);
        assert!(done.stderr().contains("the index belongs to user 65534"), "{done}");
    }
    assert_eq!(dir.kgrep(&["def", "parse_crashkernel"]).run().stdout(), expected);
    for args in [&["index"][..], &["index", "--rebuild"], &["index", "--remove"]] {
        dir.kgrep(args).run().expect_error(&["belongs to user 65534"]);
    }
    assert_eq!(stamp(&home), before, "not even its last use is noted");
}
