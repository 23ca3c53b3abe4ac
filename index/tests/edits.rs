//! A tree that is edited at random, searched at random: the index must give what a scan
//! gives, after every round, whether it was updated in between or not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{fs, os::unix::fs::symlink, path::Path, path::PathBuf};

use common::*;
use kgrep_index::{
    Index, Scope, Tree,
    build::{Silent, update},
    store::Cache,
};

/// One random change below `root`.
fn edit(root: &Path, random: &mut Random) {
    let all = everything(root);
    let files: Vec<&PathBuf> = all.iter().filter(|path| path.is_file()).collect();
    let folders: Vec<&PathBuf> = all.iter().filter(|path| path.is_dir()).collect();
    let folder = random.pick(&folders).to_path_buf();
    let file = random.pick(&files).to_path_buf();
    // What fails, because an earlier edit was in the way, is no edit.
    let _ = match random.below(14) {
        0..3 => fs::write(&file, text(random)),
        3 => {
            // The mtime put back, the size as before: only ctime tells.
            let meta = fs::metadata(&file).unwrap();
            let mut bytes = fs::read(&file).unwrap();
            bytes.reverse();
            let write = fs::write(&file, bytes);
            let open = fs::OpenOptions::new().append(true).open(&file).unwrap();
            write.and(open.set_modified(meta.modified().unwrap()))
        }
        4 => fs::write(folder.join(name(random)), text(random)),
        5 => fs::remove_file(&file),
        6 => fs::rename(&file, folder.join(name(random))),
        7 => fs::rename(&file, random.pick(&files)),
        8 => {
            let new = folder.join(format!("n{}", random.below(9))).join("deep");
            fs::create_dir_all(&new).and_then(|()| fs::write(new.join(name(random)), text(random)))
        }
        9 => fs::rename(&folder, random.pick(&folders).join(format!("m{}", random.below(9)))),
        10 if random.below(4) == 0 => fs::remove_dir_all(&folder),
        11 => {
            let rules = [".ignore", ".rgignore", ".gitignore"];
            let lines = ["*.o\n", "d3/\n", "*.c\n!main*.c\n", "", "!*.o\n", ".cfg*\n!.cfg1*\n"];
            let folder = if random.below(2) == 0 { root.to_path_buf() } else { folder };
            fs::write(folder.join(random.pick(&rules)), random.pick(&lines))
        }
        12 => symlink(random.pick(&all), folder.join(format!("l{}", random.below(9)))),
        13 if random.below(3) == 0 => match fs::remove_dir_all(root.join(".git")) {
            Ok(()) => Ok(()),
            Err(_) => fs::create_dir_all(root.join(".git/info"))
                .and_then(|()| fs::write(root.join(".git/info/exclude"), "*2.c\n")),
        },
        _ => fs::write(&file, ""),
    };
}

fn rounds(seed: u64, files: usize, count: usize) {
    let mut random = Random(seed);
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().canonicalize().unwrap();
    let root = top.join("tree");
    grow(&root, files, &mut random);
    let cache = Cache::new(&top.join("cache"));
    // `.git` comes and goes in this test, so that `locate` is asked from the top.
    let tree = Tree::locate(&root).unwrap();
    update(&cache, &tree, &Silent).unwrap();
    let (mut narrowed, mut listed) = (0, 0);
    for round in 0..count {
        for _ in 0..random.below(6) {
            edit(&root, &mut random);
        }
        if random.below(5) == 0 {
            update(&cache, &tree, &Silent).unwrap();
        }
        for _ in 0..3 {
            let ask = Ask::random(&mut random);
            let folders: Vec<PathBuf> =
                everything(&root).into_iter().filter(|p| p.is_dir() && !p.is_symlink()).collect();
            let inside_git = |p: &Path| p.components().any(|c| c.as_os_str() == ".git");
            let start = match random.below(3) {
                0 if !folders.is_empty() => random.pick(&folders).clone(),
                _ => root.clone(),
            };
            let start = if inside_git(&start) { root.clone() } else { start };
            let context = format!("seed {seed}, round {round}, start {}", start.display());
            let used = assert_same(&cache, &tree, &ask, &start, &context);
            narrowed += usize::from(used == Used::Narrowed || used == Used::Listed);
            listed += usize::from(used == Used::Listed);
        }
    }
    assert!(narrowed > count, "the index was used {narrowed} times only");
    assert!(listed > 0, "the files were never listed without a walk");
}

#[test]
fn a_tree_under_edit_is_searched_as_without_an_index() {
    for seed in 1..=5 {
        rounds(seed, 200, 25);
    }
}

/// A file that only a repository's own `info/exclude` left out, of a repository inside of
/// the tree, is listed once that says otherwise.
#[test]
fn rules_of_an_inner_repository_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("tree");
    grow(&root, 100, &mut Random(3));
    let inner = root.join("inner");
    fs::create_dir_all(inner.join(".git/info")).unwrap();
    fs::create_dir_all(inner.join("deep")).unwrap();
    fs::write(inner.join(".git/info/exclude"), "*.gen\n").unwrap();
    fs::write(inner.join("deep/a.gen"), "some_generated_name\n").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(30));
    let cache = Cache::new(&dir.path().join("cache"));
    let tree = Tree::locate(&root).unwrap();
    update(&cache, &tree, &Silent).unwrap();
    let ask = Ask::plain("some_generated_name");
    assert_eq!(assert_same(&cache, &tree, &ask, &root, "excluded"), Used::Listed);
    assert!(scan(&ask, &root).is_empty());
    fs::write(inner.join(".git/info/exclude"), "").unwrap();
    assert_same(&cache, &tree, &ask, &root, "no longer excluded");
    assert_eq!(scan(&ask, &root).len(), 1);
}

/// What was written in the same tick as the listing may have been written behind the rules'
/// back: they are doubted until the next update.
#[test]
fn the_rules_of_a_folder_that_changed_meanwhile_are_doubted() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("tree");
    grow(&root, 100, &mut Random(3));
    let cache = Cache::new(&dir.path().join("cache"));
    let tree = Tree::locate(&root).unwrap();
    let date = |time| fs::File::open(&root).unwrap().set_modified(time).unwrap();
    let now = std::time::SystemTime::now();
    // A stamp that is as new as the build, however slow the machine is.
    date(now + std::time::Duration::from_secs(3600));
    update(&cache, &tree, &Silent).unwrap();
    let is_current = || {
        let index = Index::open(&cache, &tree).unwrap().unwrap();
        index.refresh(&Scope::whole()).unwrap().is_current()
    };
    assert!(!is_current());
    date(now);
    std::thread::sleep(std::time::Duration::from_millis(30));
    update(&cache, &tree, &Silent).unwrap();
    assert!(is_current());
}

#[test]
#[ignore = "minutes: the long form of the first test"]
fn a_large_tree_under_edit_is_searched_as_without_an_index() {
    for seed in 100..105 {
        rounds(seed, 3000, 200);
    }
}
