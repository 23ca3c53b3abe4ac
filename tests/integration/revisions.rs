//! `--at REV`: git revisions are asked without a checkout, and answer as the files do.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

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
    let args = [&["--no-header"], at, question].concat();
    let done = dir.kgrep(&args).env("KGREP_ARCH", "x86").run();
    (done.code(), done.stdout(), done.stderr())
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
    dir.kgrep(&["--at", "v6.2", "kfree"]).stdout();
    assert!(indexed("v6.2-rc1").contains("up to date"));
    assert_eq!(answer(&dir, &["--at", "v6.2-rc1"], &["def", "kfree_new"]).0, 0);
}

#[test]
fn a_list_of_a_revision_is_followed_up_there() {
    let dir = repository();
    let listed = dir.kgrep(&["--at", "v6.1", "SYSCALL_DEFINE2.pivot_root"]).stdout();
    assert!(listed.starts_with("Index File") && listed.contains("Content at v6.1\n"), "{listed}");
    // The file is not among those that are checked out.
    let context = dir.kgrep(&["-s", "c1 0"]).stdout();
    assert!(context.contains("fs/namespace.c") && context.contains("pivot_root"), "{context}");
    assert!(dir.kgrep(&["-s", "def 0"]).run().stdout().contains("at v6.1"));
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
    dir.kgrep(&["--at", "v6.2", "x"]).run().expect_error(&[&blob, "is missing", "partial clone"]);
    let left: Vec<_> = fs::read_dir(dir.cache().join("revisions")).unwrap().flatten().collect();
    assert!(left.iter().all(|entry| entry.file_name() != "unpacking"), "{left:?}");
    assert_eq!(fs::read_dir(dir.cache().join("revisions/trees")).unwrap().count(), 0);
    // The other revision doesn't need it.
    assert_eq!(answer(&dir, &["--at", "v6.1"], &["-q", "kfree"]).0, 0);
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
    let line = "kgrep --at v6.2 -l lamp_new & kgrep --at v6.2 -l lamp_new; wait";
    eqnice!("fs/lamp.c\nfs/lamp.c\n", dir.shell(line).stdout());
    assert!(!unpacking.exists());
}

#[test]
fn what_a_power_failure_damaged_is_laid_out_again() {
    let dir = repository();
    let ask = |tag: &str| dir.kgrep(&["--at", tag, "-l", "lamp_new"]).run().stdout();
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

/// Tags and some commits between them, in which `lamp()` comes, changes and goes.
fn lamps() -> Dir {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    for name in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile", "kernel/other.c"] {
        dir.create(name, "");
    }
    commit(&dir, "v1");
    for (n, text) in [
        "int lamp(int a)\n{\n\treturn a;\n}\n",
        "/* moved down */\nint lamp(int a)\n{\n\treturn a;\n}\n",
        "int lamp(int a, int b)\n{\n\treturn a + b;\n}\nEXPORT_SYMBOL(lamp);\n",
        "int lamp(int a, int b)\n{\n\treturn b + a;\n}\nEXPORT_SYMBOL(lamp);\n",
        "#ifdef CONFIG_LAMP\nint lamp(int a, int b)\n{\n\treturn b + a;\n}\n\
         EXPORT_SYMBOL_GPL(lamp);\n#endif\n",
    ]
    .iter()
    .enumerate()
    {
        dir.create("kernel/lamp.c", text);
        commit(&dir, &format!("step{n}"));
        git(dir.tree(), &["tag", &format!("v{}", n + 2)]);
    }
    fs::remove_file(dir.path("kernel/lamp.c")).unwrap();
    commit(&dir, "v10");
    dir
}

/// The stretches of a history, a line each.
fn history(dir: &Dir, args: &[&str]) -> String {
    let args = [&["--no-header", "--format", "json", "history"], args].concat();
    let done = dir.kgrep(&args).env("KGREP_ARCH", "x86").run();
    let summary = done.stdout().lines().last().unwrap_or_default().to_owned();
    let value: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let rows = value["data"]["history"].as_array().unwrap().clone();
    let cell = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    let line = |row: &serde_json::Value| {
        let (first, last) = (cell(row, "first"), cell(row, "last"));
        format!("{first}..{last} {}: {}", cell(row, "what"), cell(row, "change"))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn history_tells_each_stretch_and_what_changed() {
    let dir = lamps();
    let rows = |args: &[&str]| history(&dir, args);
    let stretches = "\
        v1..v1 nothing: \n\
        v2..v3 function: new\n\
        v4..v5 function: exported (EXPORT_SYMBOL); new parameter int b\n\
        v6..v6 function: under a condition now; exported (EXPORT_SYMBOL_GPL)\n\
        v10..v10 nothing: gone";
    eqnice!(stretches, rows(&["lamp", "--tags", "v*"]));
    eqnice!(stretches, rows(&["lamp", "git:v1", "v2", "v3", "v4", "v5", "v6", "v10"]));
    let bodies = rows(&["lamp", "--body", "v4", "v5"]);
    eqnice!("v4..v4 function: \nv5..v5 function: other body", bodies);
    // A folder is a side like a revision.
    dir.create("distro/kernel/lamp.c", "int lamp(int a)\n{\n\treturn a;\n}\n");
    eqnice!("v1..v1 nothing: \ndistro..distro function: new", rows(&["lamp", "v1", "distro"]));
    let found = |from: &str, to: &str| {
        let id = git(dir.tree(), &["rev-parse", "--short=12", to]);
        let range = format!("{from}..v10");
        let (rows, want) = (rows(&["lamp", &range]), format!("{id} "));
        assert!(rows.contains(&want), "{rows}: {want}");
    };
    found("v4", "v10");
    let came = rows(&["lamp", "v1..v4"]);
    let id = git(dir.tree(), &["rev-parse", "--short=12", "step0"]);
    assert!(came.contains(&format!("new; {id} ")) && came.ends_with("step0"), "{came}");
    let guarded = rows(&["lamp", "v5..v6"]);
    assert!(guarded.contains("(EXPORT_SYMBOL_GPL); ") && guarded.ends_with("step4"), "{guarded}");
    // Of what didn't change no commit is looked for, be there a way or not.
    let told = |name: &str| dir.kgrep(&["history", name, "v5..v4", "--body"]).run().stderr();
    eqnice!(
        "kgrep: v5 is not among the first parents of v4: commits are not looked for\n",
        told("lamp")
    );
    eqnice!("", told("nothing_so"));
    dir.kgrep(&["history", "lamp"]).run().expect_error(&["no revision is named"]);
    dir.kgrep(&["history", "lamp", "v77"]).run().expect_error(&["v77", "no such revision"]);
    assert_eq!(dir.kgrep(&["history", "nothing_so", "v1", "v2"]).run().code(), 1);
    // A row leads to the revision's file.
    let table = dir.kgrep(&["history", "lamp", "v3", "v4"]).env("KGREP_ARCH", "x86").stdout();
    assert!(table.contains("v3/kernel/lamp.c") && table.contains("v4/kernel/lamp.c"), "{table}");
    let context = dir.kgrep(&["-s", "c1 0"]).stdout();
    assert!(context.contains("moved down"), "{context}");
}

/// A patch that adds `lamp()`, as v2 has it.
const BACKPORT: &str = "--- /dev/null\n+++ b/kernel/lamp.c\n@@ -0,0 +1,4 @@\n+int lamp(int a)\n+{\n\
                        +\treturn a;\n+}\n";

/// One that changes its body.
const FIX: &str = "--- a/kernel/lamp.c\n+++ b/kernel/lamp.c\n@@ -1,4 +1,5 @@\n int lamp(int a)\n {\n\
                   -\treturn a;\n+\ta++;\n+\treturn a + 1;\n }\n";

#[test]
fn a_backport_shows_in_a_history() {
    let dir = lamps();
    dir.create("debian/patches/series", "backport.patch\n");
    dir.create("debian/patches/backport.patch", BACKPORT);
    dir.create("fix.patch", FIX);
    // Applied to the side before it, and a further patch to that.
    let sides = ["v1", "debian/patches", "fix.patch", "v2", "debian/patches/series"];
    let rows = history(&dir, &[&["lamp", "--body"], &sides[..]].concat());
    eqnice!(
        "v1..v1 nothing: \n\
         patches..patches function: new\n\
         fix.patch..fix.patch function: other body\n\
         v2..patches~2 function: other body",
        rows
    );
    // An index makes no difference.
    dir.kgrep(&["index", "--at", "v1", "--at", "v2"]).run().expect_ok();
    eqnice!(rows, history(&dir, &[&["lamp", "--body"], &sides[..]].concat()));
    // A row leads to the file as the patches leave it, also where they don't touch it.
    let args = ["history", "lamp", "--body", "v1", "debian/patches", "fix.patch"];
    let table = dir.kgrep(&args).env("KGREP_ARCH", "x86").run().expect_ok().stdout();
    assert!(table.contains("fix.patch/kernel/lamp.c"), "{table}");
    assert!(dir.kgrep(&["-s", "c3 2"]).stdout().contains("return a + 1;"));
    assert!(!dir.kgrep(&["-s", "c3 1"]).stdout().contains("return a + 1;"));
    // What is gone, by a patch.
    dir.create(
        "gone.patch",
        "--- a/kernel/lamp.c\n+++ /dev/null\n@@ -1,4 +0,0 @@\n-int lamp(int a)\n\
        -{\n-\treturn a;\n-}\n",
    );
    eqnice!(
        "v2..v2 function: \ngone.patch..gone.patch nothing: gone",
        history(&dir, &["lamp", "v2", "gone.patch"])
    );
}

#[test]
fn patches_that_do_not_apply_to_a_side_are_told() {
    let dir = lamps();
    dir.create("fix.patch", FIX);
    let done = dir.kgrep(&["history", "lamp", "--body", "v4", "fix.patch"]).run().expect_code(2);
    eqnice!(
        "kgrep: fix.patch: 1 of 1 hunk can't be applied to the side before, and what can't is left out, \
         first kernel/lamp.c:1; `kgrep diff --applied` tells why\n",
        done.stderr()
    );
    dir.kgrep(&["history", "lamp", "fix.patch", "v4"])
        .run()
        .expect_error(&["fix.patch", "name the tree that the patches belong to before them"]);
    dir.create("notes.txt", "no patch\n");
    dir.kgrep(&["history", "lamp", "v4", "notes.txt"]).run().expect_error(&["no patch in it"]);
    // Names come from strangers.
    let outside = BACKPORT.replace("b/kernel/lamp.c", "b/../../lamp.c");
    dir.create("evil.patch", outside);
    eqnice!("v1..evil.patch nothing: ", history(&dir, &["lamp", "v1", "evil.patch"]));
}

#[test]
fn revisions_are_trees_for_exists_and_diff() {
    let dir = lamps();
    let done = dir.kgrep(&["exists", "lamp", "--in", "git:v1", "git:v4", "."]).run();
    let table = done.stdout();
    let row = table.lines().find(|line| line.starts_with("lamp ")).unwrap();
    let cells: Vec<_> = row.split_whitespace().collect();
    assert_eq!(cells, ["lamp", "-", "function", "-"], "{table}");
    assert!(table.contains("v4/kernel/lamp.c"), "{table}");
    assert!(dir.kgrep(&["-s", "c0 0"]).stdout().contains("int lamp(int a, int b)"));
    let diff = dir.kgrep(&["--no-header", "diff", "git:v3", "git:v4"]).stdout();
    assert!(diff.contains("kernel/lamp.c") && diff.contains("int b"), "{diff}");
    let folders = dir.kgrep(&["--no-header", "diff", "git:v4", "."]).stdout();
    assert!(folders.contains("lamp.c"), "{folders}");
    dir.kgrep(&["diff", "git:v9", "git:v4"]).run().expect_error(&["v9", "no such revision"]);
}
