//! `--at REV`: git revisions are asked without a checkout, and answer as the files do.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use crate::pty::Terminal;
use crate::util::{Dir, KERNEL, eqnice};

/// Runs git in a folder; tests may, kgrep doesn't.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(identity).args(["-c", "protocol.file.allow=always"]);
    command.env_remove("GIT_DIR").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.args(args).output().expect("git runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn commit(dir: &Dir, message: &str) {
    git(dir.tree(), &["add", "-A", "-f", "."]);
    git(dir.tree(), &["commit", "-q", "-m", message]);
    git(dir.tree(), &["tag", message]);
}

/// The kernel-like tree with three tags: `v6.1`, then `v6.2-rc1` and `v6.2` with changes.
pub(crate) fn repository() -> Dir {
    let dir = Dir::kernel();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    commit(&dir, "v6.1");
    dir.create("fs/lamp.c", "int lamp_new(int a)\n{\n\treturn a;\n}\n");
    let slab = fs::read_to_string(dir.path("mm/slab.c")).unwrap();
    dir.create("mm/slab.c", slab.replace("kfree", "kfree_new"));
    commit(&dir, "v6.2-rc1");
    fs::remove_file(dir.path("fs/namespace.c")).unwrap();
    commit(&dir, "v6.2");
    dir
}

/// Questions of all kinds, each for a tree as it is checked out.
const QUESTIONS: &[&[&str]] = &[
    &["pivot_root"],
    &["-w", "kfree", "mm", "include"],
    &["-F", "kmem_cache_alloc("],
    &["-i", "-c", "slab"],
    &["-p", "return"],
    &["-C1", "kmalloc"],
    &["--hidden", "--no-ignore", "-g", "!.git", "-c", "."],
    &["--vimgrep", "-tc", "int"],
    &["def", "kfree", "kmalloc"],
    &["def", "--body", "start_kernel"],
    &["def", "no_such_name"],
    &["refs", "kfree"],
    &["callers", "--args", "kfree"],
    &["callees", "-d", "2", "start_kernel"],
    &["chain", "start_kernel", "kernel_init"],
    &["trace", "pivot_root"],
    &["list", "syscalls"],
    &["messages"],
    &["functions", "--with", "kmalloc", "mm", "fs"],
    &["exists", "kfree", "pivot_root", "no_such_name", "CONFIG_KEXEC"],
    &["export", "symbols"],
];

/// Exit status, standard output and standard error of a question.
fn answer(dir: &Dir, at: &[&str], question: &[&str]) -> (i32, String, String) {
    let args = [at, question].concat();
    let done = dir.kgrep(&args).env("KGREP_ARCH", "x86").run();
    (done.code(), done.stdout(), done.stderr())
}

/// Searches in a revision twice: the first search reads the objects, the second lays the files out.
fn lay_out(dir: &Dir, tag: &str) {
    for _ in 0..2 {
        assert_eq!(dir.kgrep(&["--at", tag, "-q", "no_such_name"]).run().code(), 1);
    }
}

/// What is laid out.
fn trees(dir: &Dir) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir.cache().join("revisions/trees")).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[test]
fn a_first_search_reads_the_objects_and_answers_as_the_files_do() {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    for (path, text) in [
        ("a/needle.c", "int needle(void)\n{\n\treturn 1;\n}\n"),
        ("a/b/needle.h", "needle\nNeedle needle\n"),
        ("a/b.txt", "a needle\r\n"),
        ("a/b-c/x.rs", "needle\n"),
        (".hidden/x.c", "needle\n"),
        (".shown/x.c", "needle\n"),
        ("out/x.c", "needle\n"),
        ("out/keep.c", "needle\n"),
        ("deep/.gitignore", "*\n!.gitignore\n!in/\n!*.c\n"),
        ("deep/in/x.c", "needle\n"),
        ("deep/in/x.h", "needle\n"),
        ("other/.ignore", "!x.o\n*.txt\n"),
        ("other/x.o", "needle\n"),
        ("other/x.txt", "needle\n"),
        ("other/y/.rgignore", "!/z.txt\n"),
        ("other/y/z.txt", "needle\n"),
        (".gitignore", "# a comment\n*.o\n/out/*\n!/out/keep.c\n!.shown\n"),
        ("zero.bin", "needle\n\0needle\n"),
        ("empty.c", ""),
    ] {
        dir.create(path, text);
    }
    dir.create("wide.txt", b"\xff\xfen\0e\0e\0d\0l\0e\0\n\0");
    dir.create("large.c", "int nothing_of_the_kind;\n".repeat(400_000) + "needle\n");
    std::os::unix::fs::symlink("a", dir.path("link")).unwrap();
    commit(&dir, "v1");
    let questions: &[&[&str]] = &[
        &["needle"],
        &["-c", "needle"],
        &["-l", "needle", "."],
        &["needle", "a", "out"],
        &["needle", "./a/b/", "out"],
        &["needle", "out/x.c", "./a/b/needle.h"],
        &["needle", "zero.bin"],
        &["needle", "out/x.c"],
        &["needle", "wide.txt", "zero.bin"],
        &["--hidden", "-l", "needle"],
        &["--no-ignore", "-l", "needle"],
        &["--hidden", "--no-ignore", "-l", "needle"],
        &["-l", "-tc", "needle"],
        &["-l", "-Trust", "needle"],
        &["-l", "-g", "*.c", "needle"],
        &["-l", "-g", "!a/b/**", "needle"],
        &["-l", "-g", "/a/*", "needle", "a"],
        &["--files-without-match", "needle"],
        &["-w", "-i", "needle"],
        &["-v", "-c", "needle"],
        &["-p", "return"],
        &["-W", "return", "a"],
        &["-C1", "needle", "large.c"],
        &["-a", "needle", "zero.bin"],
        &["--binary", "needle"],
        &["--file-has", "return", "-l", "needle"],
        &["-m1", "needle"],
        &["-e", "needle", "-e", "Needle", "-o", "a"],
        &["-q", "needle"],
        &["needle("],
        &["no_such_name"],
        &["--json", "-c", "needle", "deep"],
    ];
    let timeless = |(code, out, told): (i32, String, String)| {
        let kept = |line: &&str| !line.contains("elapsed") && !line.contains("\"summary\"");
        (
            code,
            out.lines()
                .filter(kept)
                .map(|line| line.replace(",\"revision\":\"v1\"", ""))
                .collect::<Vec<_>>(),
            told,
        )
    };
    for question in questions {
        let files = timeless(answer(&dir, &[], question));
        let _ = fs::remove_dir_all(dir.cache().join("revisions"));
        let found = timeless(answer(&dir, &["--at", "v1"], question));
        assert_eq!(files, found, "{question:?}");
        assert_eq!(trees(&dir).len(), 0, "{question:?}: nothing is laid out");
        let again = timeless(answer(&dir, &["--at", "v1"], question));
        assert_eq!(found, again, "{question:?}");
        assert_eq!(trees(&dir).len(), 1, "{question:?}: the next question needs it");
    }
}

#[test]
fn what_only_files_tell_is_asked_of_files_at_once() {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    dir.create("a/needle.c", "needle\n");
    std::os::unix::fs::symlink("a", dir.path("link")).unwrap();
    commit(&dir, "v1");
    let asked = |args: &[&str]| {
        let _ = fs::remove_dir_all(dir.cache().join("revisions"));
        let found = answer(&dir, &["--at", "v1"], args);
        assert_eq!(found, answer(&dir, &[], args), "{args:?}");
        trees(&dir).len()
    };
    assert_eq!(asked(&["-l", "needle"]), 0);
    assert_eq!(asked(&["-L", "-l", "needle"]), 1);
    assert_eq!(asked(&["-l", "needle", "link"]), 1);
    assert_eq!(asked(&["-l", "needle", "a", "a/needle.c"]), 1);
    assert_eq!(asked(&["-l", "needle", "nowhere"]), 1);
    assert_eq!(asked(&["--maxdepth", "1", "-l", "needle"]), 1);
    assert_eq!(asked(&["def", "needle"]), 1);
    // Rules with a mistake in it are told by a walk.
    dir.create(".gitignore", "{a\n");
    commit(&dir, "v2");
    let _ = fs::remove_dir_all(dir.cache().join("revisions"));
    assert_eq!(answer(&dir, &["--at", "v2"], &["needle"]), answer(&dir, &[], &["needle"]));
    assert_eq!(trees(&dir).len(), 1);
    // What follows on a list needs its files.
    let _ = fs::remove_dir_all(dir.cache().join("revisions"));
    let table = dir.kgrep(&["--at", "v1", "needle"]).stdout();
    assert_eq!(trees(&dir).len(), 0);
    eqnice!(table, dir.kgrep(&["-s", "p"]).stdout());
    assert_eq!(trees(&dir).len(), 0, "a list is enough");
    assert!(dir.kgrep(&["-s", "c0"]).stdout().contains("needle"));
    assert_eq!(trees(&dir).len(), 1);
    // Without a cache that can be written to there is an answer, too.
    let _ = fs::remove_dir_all(dir.cache());
    fs::write(dir.cache(), "").unwrap();
    for _ in 0..2 {
        assert_eq!(answer(&dir, &["--at", "v1"], &["-q", "needle"]).0, 0);
    }
}

#[test]
fn the_revision_that_is_checked_out_answers_as_the_files_do() {
    let dir = repository();
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_code(0);
            dir.kgrep(&["index", "--at", "v6.2"]).run().expect_code(0);
        }
        // Without an index, what is only searched shows what the rules let through.
        let asked = if indexed { QUESTIONS } else { &QUESTIONS[..4] };
        for question in asked {
            let files = answer(&dir, &[], question);
            eqnice!(files, answer(&dir, &["--at", "v6.2"], question));
        }
    }
    let log = "[    1.0] Call Trace:\n[    1.0]  start_kernel+0x1/0x2\n[    1.0]  kfree+0x1/0x2\n";
    let read = |args: &[&str]| dir.kgrep(args).input(log).env("KGREP_ARCH", "x86").run().stdout();
    eqnice!(read(&["--no-header", "log"]), read(&["--no-header", "--at", "v6.2", "log"]));
    let find = |at: &[&str]| answer(&dir, at, &["find", "root", "mount"]);
    eqnice!(find(&[]), find(&["--at", "v6.2"]));
    dir.create("x.config", "CONFIG_X86_64=y\nCONFIG_MMU=y\n");
    let built = |at: &[&str]| answer(&dir, at, &["--kconfig", "x.config", "built", "mm/slab.c"]);
    eqnice!(built(&[]), built(&["--at", "v6.2"]));
}

#[test]
fn another_revision_answers_as_its_checkout_would() {
    let dir = repository();
    dir.kgrep(&["index", "--at", "v6.1"]).run().expect_code(0);
    // Of the others, one begins as the neighbour's index, and one has none.
    dir.kgrep(&["index", "--at", "v6.2-rc1"]).run().expect_code(0);
    for (tag, from) in [("v6.1", 0), ("v6.2-rc1", 1)] {
        let asked = QUESTIONS.iter().skip(from).step_by(4);
        let at: Vec<_> = asked.clone().map(|q| answer(&dir, &["--at", tag], q)).collect();
        git(dir.tree(), &["checkout", "-q", tag]);
        for (question, at) in asked.zip(at) {
            eqnice!(answer(&dir, &[], question), at);
        }
    }
}

#[test]
fn an_index_of_a_revision_begins_as_its_neighbours() {
    let dir = repository();
    let indexed =
        |tag: &str| dir.kgrep(&["index", "-v", "--at", tag]).run().expect_code(0).stdout();
    let all = fs::read_dir(dir.tree()).unwrap().count();
    assert!(all > 3 && indexed("v6.1").contains("v6.1: indexed "));
    let next = indexed("v6.2-rc1");
    assert!(next.contains("v6.2-rc1: updated 2 of "), "{next}");
    assert!(indexed("v6.2-rc1").contains("up to date"));
    dir.kgrep(&["index", "--check", "--at", "v6.2-rc1"]).run().expect_code(0);
    // Both go on as they are when one is gone, and another revision has links to their files.
    dir.kgrep(&["index", "--remove", "--at", "v6.1"]).run().expect_code(0);
    lay_out(&dir, "v6.2");
    assert!(indexed("v6.2-rc1").contains("up to date"));
    assert_eq!(answer(&dir, &["--at", "v6.2-rc1"], &["def", "kfree_new"]).0, 0);
}

#[test]
fn a_list_of_a_revision_is_followed_up_there() {
    let dir = repository();
    let question = ["--at", "v6.1", "SYSCALL_DEFINE2.pivot_root"];
    assert!(!dir.kgrep(&question).stdout().contains("at v6.1"));
    let (_, screen) = Terminal::sized(&dir, &question, &[("PAGER", "")], 24, 160).finish();
    assert!(screen.contains("at v6.1"), "{screen}");
    // The file is not among those that are checked out.
    let context = dir.kgrep(&["-s", "c1 0"]).stdout();
    assert!(context.contains("fs/namespace.c") && context.contains("pivot_root"), "{context}");
    let question = ["-s", "def 0"];
    let (_, screen) = Terminal::sized(&dir, &question, &[("PAGER", "")], 24, 160).finish();
    assert!(screen.contains("at v6.1"), "{screen}");
    let again = dir.kgrep(&["--no-header", "-s", "g -l pivot_root fs"]).stdout();
    eqnice!("fs/namespace.c\n", again);
    let opened = dir.kgrep(&["-s", "0"]).env("EDITOR", "echo").stdout();
    let path = opened.split_whitespace().find(|word| word.ends_with("namespace.c")).unwrap();
    assert!(path.ends_with("/v6.1:fs/namespace.c"), "{opened}");
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o222, 0, "read-only: {opened}");
    let lists = dir.kgrep(&["lists"]).stdout();
    assert!(lists.contains(" at v6.1"), "{lists}");
    let json = dir.kgrep(&["--json", "--at", "v6.1", "-m1", "pivot_root", "fs"]).stdout();
    assert!(json.contains(r#""index":0,"revision":"v6.1""#), "{json}");
    let id = git(dir.tree(), &["rev-parse", "v6.1^{commit}"]);
    assert!(json.contains(&format!(r#""commit":"{id}""#)), "{json}");
}

#[test]
fn revisions_are_named_as_git_names_them() {
    let dir = repository();
    let has = |args: &[&str]| dir.kgrep(&[args, &["-q", "lamp_new"]].concat()).run().code();
    let head = git(dir.tree(), &["rev-parse", "HEAD"]);
    for name in ["HEAD", "main", "v6.2", "HEAD~1", "v6.2^", &head, &head[..10], "refs/tags/v6.2"] {
        assert_eq!(has(&["--at", name]), 0, "{name}");
    }
    assert_eq!(has(&["--at", "v6.1"]), 1);
    assert_eq!(has(&["--at", "v6.2:fs"]), 0);
    assert_eq!(has(&["--at", "v6.2:mm"]), 1);
    assert_eq!(has(&["--at", "v6.2:fs/lamp.c"]), 0);
    git(dir.tree(), &["tag", "-a", "-m", "x", "signed", "v6.2"]);
    git(dir.tree(), &["pack-refs", "--all"]);
    git(dir.tree(), &["gc", "-q"]);
    assert_eq!(has(&["--at", "signed"]), 0);
    let below = dir.kgrep(&["--no-header", "--at", "v6.2", "lamp_new"]).folder(&dir.path("fs"));
    eqnice!("0 lamp.c 1 int lamp_new(int a)\n", below.stdout());
    for (args, words) in [
        (&["--at", "nope", "x"][..], &["nope", "no such revision"][..]),
        (&["--at", "", "x"], &["no such revision"]),
        (&["--at", "v6.1..v6.2", "x"], &["no single revision"]),
        (&["--at", "v6.1", "--at", "v6.2", "x"], &["more than once"]),
        (&["--at", "v6.1:nowhere", "x"], &["nowhere", "no such folder"]),
        (&["--at", "v6.1", "x", "/etc"], &["/etc", "outside of the revision"]),
        (&["--at", "v6.1", "x", "../up"], &["../up", "outside of the revision"]),
        (&["--at", "v6.1", "lists"], &["--at doesn't go with"]),
        (&["--at", "v6.1", "-s", "p"], &["--at is for questions"]),
        (&["--git", ".", "x"], &["--git", "--at REV"]),
        (&["--git", "mm", "--at", "v6.1", "x"], &["mm"]),
        (&["index", "--tags", "w*"], &["w*", "no tag"]),
    ] {
        dir.kgrep(args).run().expect_error(words);
    }
    let outside = dir.kgrep(&["--at", "v6.1", "x"]).folder(dir.beside("").as_path()).run();
    outside.expect_error(&["not in a git repository", "--git DIR"]);
}

#[test]
fn every_kind_of_repository_is_read() {
    let dir = repository();
    let found = |folder: &Path, args: &[&str]| {
        dir.kgrep(&[args, &["-q", "lamp_new"]].concat()).folder(folder).run().code()
    };
    let url = dir.tree().to_str().unwrap().to_owned();
    let place = dir.beside("");
    let path = |name: &str| dir.beside(name).to_str().unwrap().to_owned();
    git(&place, &["clone", "-q", "--bare", &url, &path("bare.git")]);
    assert_eq!(found(&dir.beside("bare.git"), &["--at", "v6.2"]), 0);
    assert_eq!(found(&place, &["--git", "bare.git", "--at", "v6.2"]), 0);
    git(&place, &["clone", "-q", "--shared", &url, &path("shared")]);
    assert_eq!(found(&dir.beside("shared"), &["--at", "v6.2"]), 0);
    git(dir.tree(), &["worktree", "add", "-q", &path("linked"), "v6.1"]);
    assert_eq!(found(&dir.beside("linked"), &["--at", "v6.2"]), 0);
    assert_eq!(found(&dir.beside("linked"), &["--at", "HEAD"]), 1);
    let file_url = format!("file://{url}");
    git(&place, &["clone", "-q", "--depth", "1", &file_url, &path("shallow")]);
    assert_eq!(found(&dir.beside("shallow"), &["--at", "HEAD"]), 0);
    let deep = dir.kgrep(&["--at", "HEAD~1", "x"]).folder(&dir.beside("shallow")).run();
    deep.expect_error(&["HEAD~1"]);
    git(&place, &["init", "-q", "--object-format=sha256", &path("sha256")]);
    fs::write(dir.beside("sha256/lamp.c"), "int lamp_new;\n").unwrap();
    git(&dir.beside("sha256"), &["add", "."]);
    git(&dir.beside("sha256"), &["commit", "-q", "-m", "x"]);
    assert_eq!(found(&dir.beside("sha256"), &["--at", "HEAD"]), 0);
}

#[test]
fn a_missing_object_is_named() {
    let dir = repository();
    let blob = git(dir.tree(), &["rev-parse", "v6.2:fs/lamp.c"]);
    let object = dir.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    fs::remove_file(object).unwrap();
    for _ in 0..2 {
        let asked = dir.kgrep(&["--at", "v6.2", "x"]).run();
        asked.expect_error(&[&blob, "is missing", "git fetch --refetch --no-filter"]);
    }
    let left: Vec<_> = fs::read_dir(dir.cache().join("revisions")).unwrap().flatten().collect();
    assert!(left.iter().all(|entry| entry.file_name() != "unpacking"), "{left:?}");
    assert_eq!(fs::read_dir(dir.cache().join("revisions/trees")).unwrap().count(), 0);
    // The other revision doesn't need it.
    assert_eq!(answer(&dir, &["--at", "v6.1"], &["-q", "kfree"]).0, 0);
}

#[test]
fn a_partial_clone_is_told_how_to_be_whole_and_is_then_read() {
    let dir = repository();
    git(dir.tree(), &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", dir.tree().display());
    git(&dir.beside(""), &["clone", "-q", "--filter=blob:none", "--no-checkout", &url, "partial"]);
    let partial = dir.beside("partial");
    let asked = || dir.kgrep(&["--at", "v6.2", "-q", "lamp_new"]).folder(&partial).run();
    asked().expect_error(&["is missing", "git fetch --refetch --no-filter"]);
    git(&partial, &["fetch", "-q", "--refetch", "--no-filter"]);
    assert_eq!(asked().code(), 0);
}

#[test]
fn links_submodules_and_odd_names_do_no_harm() {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q"]);
    dir.create("a/file.c", "needle\n");
    dir.create("empty.c", "");
    dir.create("ignored.o", "needle\n");
    dir.create(".gitignore", "*.o\n");
    dir.create(".hidden.c", "needle\n");
    for (target, link) in [("a/file.c", "inside.c"), ("/etc/passwd", "out.c"), ("../x", "up.c")] {
        std::os::unix::fs::symlink(target, dir.path(link)).unwrap();
    }
    git(dir.tree(), &["add", "-A", "-f", "."]);
    let id = "1234567890123456789012345678901234567890";
    git(dir.tree(), &["update-index", "--add", "--cacheinfo", &format!("160000,{id},sub")]);
    git(dir.tree(), &["commit", "-q", "-m", "x"]);
    let found = |args: &[&str]| dir.kgrep(&[&["-l", "needle"], args].concat()).stdout();
    for args in [&[][..], &["--hidden"], &["--no-ignore"], &["--hidden", "--no-ignore"]] {
        eqnice!(found(args), found(&[args, &["--at", "HEAD"]].concat()));
    }
    eqnice!("a/file.c\ninside.c\n", found(&["-L", "--at", "HEAD"]));
    let trees = dir.cache().join("revisions/trees");
    let mut entries = fs::read_dir(&trees).unwrap().flatten().map(|entry| entry.path());
    let root = entries.find(|path| path.is_dir()).unwrap();
    assert!(root.join("sub").is_dir() && root.join("inside.c").exists());
    assert!(fs::symlink_metadata(root.join("out.c")).is_err());
    assert!(fs::symlink_metadata(root.join("up.c")).is_err());
}

#[test]
fn what_a_killed_one_left_is_no_revision_and_two_at_once_agree() {
    let dir = repository();
    let unpacking = dir.cache().join("revisions/unpacking");
    fs::create_dir_all(unpacking.join("fs")).unwrap();
    for folder in [dir.cache(), dir.cache().join("revisions")] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(unpacking.join("fs/half.c"), "lamp_new\n").unwrap();
    // The first search reads the objects.
    dir.kgrep(&["--at", "v6.2", "-q", "lamp_new"]).run().expect_code(0);
    assert!(unpacking.exists());
    let line = "kgrep --at v6.2 -l lamp_new & kgrep --at v6.2 -l lamp_new; wait";
    eqnice!("fs/lamp.c\nfs/lamp.c\n", dir.shell(line).stdout());
    assert!(!unpacking.exists());
}

#[test]
fn what_a_power_failure_damaged_is_laid_out_again() {
    let dir = repository();
    let ask = |tag: &str| dir.kgrep(&["--at", tag, "-l", "lamp_new"]).run().stdout();
    lay_out(&dir, "v6.2");
    lay_out(&dir, "v6.1");
    eqnice!("fs/lamp.c\n", ask("v6.2"));
    eqnice!("", ask("v6.1"));
    let inode = |tag: &str| {
        let tree = git(dir.tree(), &["rev-parse", &format!("{tag}^{{tree}}")]);
        fs::metadata(dir.cache().join("revisions/trees").join(tree)).unwrap().ino()
    };
    let before = (inode("v6.1"), inode("v6.2"));
    let id = git(dir.tree(), &["rev-parse", "v6.2:fs/lamp.c"]);
    let blob = dir.cache().join(format!("revisions/blobs/{}/{}", &id[..2], &id[2..]));
    fs::set_permissions(&blob, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&blob, "").unwrap();
    // The machine was started again since.
    let run = dir.cache().join("revisions/run");
    let this = fs::read(&run).unwrap();
    fs::write(&run, "another").unwrap();
    eqnice!("fs/lamp.c\n", ask("v6.2"));
    assert_eq!(fs::read(&run).unwrap(), this, "written to in this run");
    assert_eq!(inode("v6.1"), before.0, "what is whole stays");
    // Nothing was damaged: nothing but the note goes.
    fs::write(&run, "another").unwrap();
    let kept = inode("v6.2");
    eqnice!("fs/lamp.c\n", ask("v6.2"));
    assert!(!run.exists() && inode("v6.2") == kept);
}

#[test]
fn where_nothing_can_be_written_no_half_revision_is_left() {
    let dir = repository();
    dir.create("large.c", "int needle;\n".repeat(20_000));
    commit(&dir, "large");
    assert_eq!(dir.kgrep(&["--at", "large", "-q", "needle"]).run().code(), 0);
    // As with a full disk, a write fails in the middle.
    let full = "trap '' XFSZ; ulimit -f 64; kgrep --at large -q needle";
    dir.shell(full).run().expect_error(&["large.c"]);
    assert_eq!(fs::read_dir(dir.cache().join("revisions/trees")).unwrap().count(), 0);
    assert!(!dir.cache().join("revisions/unpacking").exists());
    assert_eq!(dir.kgrep(&["--at", "large", "-c", "needle"]).stdout(), "large.c:20000\n");
}

#[test]
fn revisions_share_what_is_equal_and_can_be_removed() {
    let dir = repository();
    dir.kgrep(&["index", "--tags", "v6.*"]).run().expect_code(0);
    let status = dir.kgrep(&["index"]).run().expect_code(0);
    assert!(status.stderr().is_empty(), "{status}");
    let status = dir.kgrep(&["index", "--status"]).stdout();
    let rows: Vec<_> = status.lines().filter(|line| line.starts_with("revision ")).collect();
    assert_eq!(rows.len(), 3, "{status}");
    assert!(rows[0].contains(" v6.1: ") && rows[0].contains("shared"), "{status}");
    assert!(rows[0].contains("; index ") && !rows[0].ends_with(" 0 B shared"), "{status}");
    let own = dir.kgrep(&["index", "--status", "--at", "v6.1"]).stdout();
    assert!(own.contains(" of these shared with other indexes"), "{own}");
    let list = dir.kgrep(&["index", "--list"]).stdout();
    assert!(list.contains("v6.2-rc1 of "), "{list}");
    let blobs = || {
        let folders = fs::read_dir(dir.cache().join("revisions/blobs")).unwrap().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
        files.map(|file| file.metadata().unwrap().nlink()).collect::<Vec<_>>()
    };
    assert!(blobs().iter().any(|links| *links >= 4), "in all three");
    let before = blobs().len();
    dir.kgrep(&["index", "--remove", "--at", "v6.1"]).run().expect_code(0);
    assert!(blobs().len() < before && blobs().iter().all(|links| *links > 1));
    // Nobody asks about what has no repository any more.
    fs::rename(dir.path(".git"), dir.beside("moved.git")).unwrap();
    let pruned = dir.kgrep(&["index", "--prune"]).run().expect_code(0);
    assert!(pruned.stderr().contains("v6.2 of") && pruned.stderr().contains("gone"), "{pruned}");
    assert_eq!(blobs().len(), 0);
    let list = dir.kgrep(&["index", "--list"]).stdout();
    assert_eq!(list.lines().count(), 1, "that of the files: {list}");
}

#[test]
fn kernel_trees_are_found_in_a_repository_around_them() {
    let dir = Dir::new();
    let copied = Command::new("cp").arg("-r").arg(KERNEL).arg(dir.path("linux")).status();
    assert!(copied.unwrap().success());
    git(dir.tree(), &["init", "-q"]);
    git(dir.tree(), &["add", "-A", "-f", "."]);
    git(dir.tree(), &["commit", "-q", "-m", "x"]);
    let asked = |at: &[&str]| {
        let args = [&["--no-header", "def", "kfree"], at].concat();
        dir.kgrep(&args).folder(&dir.path("linux/mm")).env("KGREP_ARCH", "x86").stdout()
    };
    eqnice!(asked(&[]), asked(&["--at", "HEAD"]));
}
