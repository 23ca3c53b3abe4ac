//! Folder comparisons, and the round trip: compared, written, applied.

use super::*;
use crate::diff::write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

fn put(root: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn long(seed: &str) -> String {
    (0..60).map(|n| format!("{seed} line {n} of the text\n")).collect()
}

/// Two trees with everything that can differ.
fn pair() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    for root in [&old, &new] {
        put(root, "same.c", "int same;\n");
        put(root, "drivers/lamp/Makefile", "obj-y := lamp.o\n");
        symlink("same.c", root.join("unchanged-link")).unwrap();
    }
    put(&old, "edit.c", long("a"));
    put(&new, "edit.c", long("a").replace("line 30", "LINE 30"));
    put(&old, "size-equal.c", "aaaa\n");
    put(&new, "size-equal.c", "aaba\n");
    put(&old, "fs/moved.c", long("moved"));
    put(&new, "fs/sub/moved.c", long("moved"));
    put(&old, "fs/changed.c", long("changed"));
    put(&new, "fs/renamed and changed.c", long("changed").replace("line 7 ", "line seven "));
    put(&old, "gone.c", "gone\n");
    put(&new, "born.c", "born");
    put(&new, "empty.h", "");
    put(&new, "caf\u{e9}.txt", "x\n");
    put(&old, "run", "true\n");
    put(&new, "run", "true\n");
    fs::set_permissions(new.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("a", old.join("link")).unwrap();
    symlink("b", new.join("link")).unwrap();
    put(&old, "eof.c", "x\ny\n");
    put(&new, "eof.c", "x\ny");
    (dir, old, new)
}

#[test]
fn everything_that_differs_is_found_in_path_order() {
    let (_dir, old, new) = pair();
    let files = std::sync::atomic::AtomicU64::new(0);
    let count = |n| {
        files.fetch_add(n, std::sync::atomic::Ordering::Relaxed);
        true
    };
    let folders = Folders { old: old.clone(), new: new.clone() };
    assert_eq!(folders.changed(&count).unwrap().files.len(), 11);
    let set = compare(&old, &new);
    let got: Vec<_> = set
        .files
        .iter()
        .map(|f| (String::from_utf8_lossy(f.name()).into_owned(), f.op, f.hunks.len()))
        .collect();
    let want = [
        ("born.c", FileOp::Create, 1),
        ("caf\u{e9}.txt", FileOp::Create, 1),
        ("edit.c", FileOp::Modify, 1),
        ("empty.h", FileOp::Create, 0),
        ("eof.c", FileOp::Modify, 1),
        ("fs/renamed and changed.c", FileOp::Rename, 1),
        ("fs/sub/moved.c", FileOp::Rename, 0),
        ("gone.c", FileOp::Delete, 1),
        ("link", FileOp::Modify, 1),
        ("run", FileOp::Modify, 0),
        ("size-equal.c", FileOp::Modify, 1),
    ];
    assert_eq!(got, want.map(|(name, op, hunks)| (name.to_owned(), op, hunks)));
    assert!(files.into_inner() >= 14);
}

#[test]
fn a_link_in_place_of_a_file_is_two_changes() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    put(&old, "x", "text\n");
    put(&new, "y", "text\n");
    symlink("y", new.join("x")).unwrap();
    let set = compare(&old, &new);
    let ops: Vec<_> = set.files.iter().map(|f| (f.name(), f.op)).collect();
    assert_eq!(ops, [(&b"x"[..], FileOp::Delete), (b"x", FileOp::Create), (b"y", FileOp::Create)]);
}

#[test]
fn a_missing_folder_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().to_path_buf(), dir.path().join("none"));
    assert!(Folders { old, new }.changed(&|_| true).is_err());
}

/// Runs a program in `dir` with `input`; whether it succeeded, and what it said.
fn run(dir: &Path, command: &[&str], input: &[u8]) -> (bool, String) {
    use std::io::Write;
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .current_dir(dir)
        .env("GIT_CEILING_DIRECTORIES", "/")
        .env("GIT_DIR", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_written_comparison_applied_gives_the_other_side() {
    for tool in [&["patch", "-p1", "-s"][..], &["git", "apply", "--whitespace=nowarn"]] {
        let (_dir, old, new) = pair();
        let set = compare(&old, &new);
        let mut diff = Vec::new();
        write::write(&mut diff, &set.entries().collect::<Vec<_>>()).unwrap();
        let (ok, said) = run(&old, tool, &diff);
        assert!(ok, "{tool:?}: {said}\n{}", String::from_utf8_lossy(&diff));
        let left = compare(&old, &new);
        assert_eq!(left.files, [], "{tool:?}");
    }
}
