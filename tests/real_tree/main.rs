//! Tests on a real kernel tree: what must be found there, by name, file and role.
//!
//! They are ignored unless asked for, and then want the tree in `KGREP_KERNEL_TREE`:
//! `KGREP_KERNEL_TREE=$(scripts/kernel-tree) cargo test --release --test real_tree --
//! --include-ignored`. `KGREP_PROGRAM` names a program that is built already, to be tested
//! instead. No line numbers: the next point release moves them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "that is how a test fails")]

mod code;
mod diff;
mod find;
mod trace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The program under test.
fn program() -> OsString {
    std::env::var_os("KGREP_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_kgrep").into())
}

/// kgrep in the real tree, with a cache of its own.
struct Real {
    tree: PathBuf,
    place: tempfile::TempDir,
    /// Where kgrep keeps its index and lists.
    cache: PathBuf,
}

impl Real {
    fn new() -> Real {
        let tree = std::env::var_os("KGREP_KERNEL_TREE").expect("KGREP_KERNEL_TREE names a tree");
        let place = tempfile::tempdir().expect("temporary folder");
        Real { tree: tree.into(), cache: place.path().to_owned(), place }
    }

    /// For tests that only ask: with the index of everything that all of them share. Building one takes
    /// longer than any of them.
    fn indexed() -> Real {
        static CACHE: OnceLock<PathBuf> = OnceLock::new();
        let cache = CACHE.get_or_init(|| {
            let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("indexed");
            Real { cache: cache.clone(), ..Real::new() }.kgrep(&["index", "--rebuild"]);
            cache
        });
        Real { cache: cache.clone(), ..Real::new() }
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(program())
            .args(args)
            .current_dir(&self.tree)
            .env("KGREP_CACHE_DIR", &self.cache)
            .env("XDG_CONFIG_HOME", self.place.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null())
            .output()
            .expect("kgrep runs")
    }

    /// Standard output of a run that must succeed.
    fn kgrep(&self, args: &[&str]) -> String {
        let done = self.run(args);
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(0), "{args:?}: {stderr}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

#[test]
#[ignore = "needs a kernel tree"]
fn an_open_bracket_finds_the_allocators_callers() {
    let real = Real::new();
    let done = real.run(&["kmem_cache_alloc("]);
    let table = String::from_utf8_lossy(&done.stdout);
    assert!(table.lines().count() > 250, "{} rows", table.lines().count());
    assert!(table.contains("kernel/fork.c") && table.contains("include/linux/slab.h"));
    assert_eq!(String::from_utf8_lossy(&done.stderr).lines().count(), 1);
    let fork = real.kgrep(&["--no-header", "-s", "r files_cachep; f"]);
    assert!(fork.contains("fs/file.c") || fork.contains("kernel/fork.c"), "{fork}");
}

#[test]
#[ignore = "needs a kernel tree"]
fn the_definition_of_a_system_call_and_its_function() {
    let real = Real::new();
    let found = real.kgrep(&["--no-header", "-p", "may_mount\\(\\)", "fs/namespace.c"]);
    assert!(found.contains("SYSCALL_DEFINE2(pivot_root"), "{found}");
    let whole = real.kgrep(&["-W", "--format", "grep", "SYSCALL_DEFINE2\\(pivot_root"]);
    assert!(whole.contains("const char __user *, put_old") && whole.contains("path_put(&new);"));
}

#[test]
#[ignore = "needs a kernel tree"]
fn conditions_narrow_a_search() {
    let real = Real::new();
    let files = real.kgrep(&[
        "-l",
        "--format",
        "grep",
        "kmem_cache_create\\(",
        "--file-has",
        "register_filesystem",
        "--file-lacks",
        "Btrfs",
        "fs",
    ]);
    assert!(files.lines().any(|file| file == "fs/bfs/inode.c"), "{files}");
    assert!(files.lines().all(|file| file.starts_with("fs/")), "{files}");
}

#[test]
#[ignore = "needs a kernel tree"]
fn a_million_matches_are_kept_and_each_can_be_opened() {
    let real = Real::new();
    let rows = real.kgrep(&["--format", "grep", "return"]).lines().count();
    assert!(rows > 1_000_000, "{rows}");
    let lists = real.kgrep(&["--no-header", "lists"]);
    assert!(lists.contains(&rows.to_string()), "{lists}");
    let last = format!("c0 {}", rows - 1);
    assert!(real.kgrep(&["-s", &last]).contains("return"));
    let done = real.run(&["-s", &format!("p {rows}")]);
    assert_eq!(done.status.code(), Some(2));
}

#[test]
#[ignore = "needs a kernel tree"]
fn boot_parameters_and_their_documentation() {
    let real = Real::new();
    let found = real.kgrep(&["--no-header", "-F", "__setup(\"rdinit=\""]);
    assert!(found.contains("init/main.c"), "{found}");
    let found = real.kgrep(&["-l", "--format", "grep", "crashkernel=", "Documentation"]);
    assert!(found.contains("Documentation/admin-guide/kernel-parameters.txt"), "{found}");
    let tree = real.kgrep(&["-s", "tree"]);
    assert!(tree.contains("Documentation/admin-guide"), "{tree}");
}
