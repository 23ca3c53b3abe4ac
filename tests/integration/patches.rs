//! Patches as strangers make them: context and combined diffs, names with other prefixes,
//! series that lead elsewhere, and the shapes of public reports.

use crate::util::{Dir, TestCommand, eqnice};

/// A tree with one file of eight numbered lines.
fn tree() -> Dir {
    let dir = Dir::new();
    let lines: String = (1..9).map(|n| format!("line {n}\n")).collect();
    dir.create("tree/fs/lamp/core.c", lines);
    dir.create("tree/Makefile", "obj-y += lamp.o\n");
    dir
}

fn diff(dir: &Dir, args: &[&str]) -> TestCommand {
    dir.kgrep(&[&["diff", "--no-header"], args].concat())
}

const CONTEXT: &str = "*** a/fs/lamp/core.c\t2020-01-01\n--- b/fs/lamp/core.c\t2020-01-02\n\
    ***************\n*** 2,5 ****\n  line 2\n! line 3\n- line 4\n  line 5\n--- 2,4 ----\n\
    \x20 line 2\n! line three\n  line 5\n";

#[test]
fn a_context_diff_is_read() {
    let dir = tree();
    dir.create("c.patch", CONTEXT);
    let there = diff(&dir, &["c.patch", "--on", "tree"]).stdout();
    assert!(there.contains("tree/fs/lamp/core.c") && there.contains("+line three"), "{there}");
    assert!(there.contains("+1 -2"), "{there}");
    // Without a tree, the row is the patch's own line, which is found again there.
    let alone = diff(&dir, &["c.patch"]).stdout();
    assert!(alone.contains("c.patch 11 fs/lamp/core.c"), "{alone}");
    let unified = diff(&dir, &["c.patch", "--format", "patch"]).stdout();
    assert!(unified.contains("@@ -2,4 +2,3 @@\n line 2\n-line 3\n-line 4\n+line three\n line 5\n"));
    let applied = diff(&dir, &["c.patch", "--applied", "--on", "tree"]).stdout();
    assert!(applied.contains("applies"), "{applied}");
}

#[test]
fn a_context_diff_that_is_cut_off_is_told() {
    let dir = tree();
    let (whole, _) = CONTEXT.split_once("--- 2,4").unwrap();
    dir.create("c.patch", whole);
    let found = diff(&dir, &["c.patch"]).run().expect_code(2);
    eqnice!(
        "kgrep: c.patch:3: a hunk without its new lines (`--- N,M ----`), left out: the patch is \
         cut off\n",
        found.stderr()
    );
    eqnice!("0 c.patch   fs/lamp/core.c  +0 -0\n", found.stdout());
}

#[test]
fn a_link_of_the_tree_leads_no_patch_out_of_it() {
    let dir = tree();
    std::fs::create_dir(dir.beside("secret")).unwrap();
    std::fs::write(dir.beside("secret/x.c"), "line 1\n").unwrap();
    std::os::unix::fs::symlink(dir.beside("secret"), dir.path("tree/fs/out")).unwrap();
    dir.create("p.patch", "--- a/fs/out/x.c\n+++ b/fs/out/x.c\n@@ -1 +1 @@\n-line 1\n+line one\n");
    let found = diff(&dir, &["p.patch", "--on", "tree"]).run();
    eqnice!(
        "kgrep: tree: no such file: fs/out/x.c; their hunks are shown as the patch has them \
         (`--strip N` takes N leading folders off)\n",
        found.stderr()
    );
    let applied = diff(&dir, &["p.patch", "--applied", "--on", "tree"]).run();
    assert!(applied.stdout().contains("the tree has no such file"), "{applied}");
}

#[test]
fn a_merges_combined_diff_is_the_change_to_its_first_parent() {
    let dir = tree();
    dir.create(
        "m.patch",
        "diff --cc fs/lamp/core.c\nindex 1111111,2222222..3333333\n--- a/fs/lamp/core.c\n\
         +++ b/fs/lamp/core.c\n@@@ -2,3 -2,3 +2,3 @@@\n  line 2\n- line 3\n -line three\n\
         ++line both\n  line 4\n",
    );
    let found = diff(&dir, &["m.patch", "--on", "tree"]).run();
    assert!(found.stdout().contains("+line both"), "{found}");
    assert!(found.stderr().contains("m.patch:1: a merge's combined diff, read as"), "{found}");
    let unified = diff(&dir, &["m.patch", "--format", "patch"]).run().stdout();
    assert!(unified.contains("@@ -2,3 +2,3 @@\n line 2\n-line 3\n+line both\n line 4\n"));
}

#[test]
fn a_hunk_without_file_names_is_named() {
    let dir = Dir::new();
    for (text, line) in [
        ("@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a hunk without file names (no `--- FILE`"),
        ("@@@ -1 -1 +1 @@@\n--a\n++b\n", "a hunk without file names (no `--- FILE`"),
        ("***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", "file names (no `*** FILE`"),
        ("3c3\n< a\n---\n> b\n", "make it with `diff -u`"),
    ] {
        dir.create("x.patch", text);
        let found = diff(&dir, &["x.patch"]).run();
        assert!(found.stderr().starts_with("kgrep: x.patch:1: "), "{found}");
        assert!(found.stderr().contains(line), "{found}");
        assert_eq!(found.code(), 2, "{found}");
    }
}

/// `-p2`: one folder more than the names that git writes.
fn deep(folder: &str) -> String {
    format!(
        "--- a/{folder}fs/lamp/core.c\n+++ b/{folder}fs/lamp/core.c\n@@ -2,3 +2,3 @@\n line 2\n\
         -line 3\n+line three\n line 4\n"
    )
}

#[test]
fn the_level_is_found_by_the_trees_files_and_told() {
    let dir = tree();
    dir.create("p2.patch", deep("sources/"));
    let found = diff(&dir, &["p2.patch", "--on", "tree"]).run();
    assert!(found.stdout().contains("tree/fs/lamp/core.c"), "{found}");
    eqnice!(
        "kgrep: tree: -p2 is assumed for p2.patch: b/sources/fs/lamp/core.c is fs/lamp/core.c here \
         (`--strip N` decides otherwise)\n",
        found.stderr()
    );
    // Names that lie in the tree as they are need no word.
    dir.create("p1.patch", deep(""));
    let plain = diff(&dir, &["p1.patch", "--on", "tree"]).run();
    assert_eq!(plain.stderr(), "", "{plain}");
    dir.create("p0.patch", deep("").replace("a/fs", "fs").replace("b/fs", "fs"));
    let none = diff(&dir, &["p0.patch", "--on", "tree"]).run();
    assert!(none.stdout().contains("tree/fs/lamp/core.c"), "{none}");
    // The hunk of a file with another's bare name is not put there.
    let other = deep("").replace("fs/lamp/core.c", "deep/er/Makefile");
    dir.create("other.patch", other);
    let other = diff(&dir, &["other.patch", "--on", "tree"]).run();
    assert!(!other.stdout().contains("tree/Makefile"), "{other}");
    eqnice!(
        "kgrep: tree: no such file: deep/er/Makefile; their hunks are shown as the patch has them \
         (`--strip N` takes N leading folders off)\n",
        other.stderr()
    );
}

#[test]
fn the_level_can_be_named() {
    let dir = tree();
    dir.create("p2.patch", deep("sources/"));
    let found = diff(&dir, &["p2.patch", "--on", "tree", "--strip", "2"]).run();
    assert!(found.stdout().contains("tree/fs/lamp/core.c"), "{found}");
    assert_eq!(found.stderr(), "", "{found}");
    let wrong = diff(&dir, &["p2.patch", "--on", "tree", "--strip", "1"]).run();
    let told = "kgrep: tree: no such file: sources/fs/lamp/core.c; their hunks are shown as the \
                patch has them (`--strip N` takes N leading folders off)\n";
    eqnice!(told, wrong.stderr());
    let written = diff(&dir, &["p2.patch", "--strip", "0", "--format", "patch"]).stdout();
    assert!(written.contains("b/sources/fs/lamp/core.c"), "{written}");
    let few = diff(&dir, &["p2.patch", "--strip", "9"]).run();
    assert!(few.stderr().contains("has fewer than 9 folders to strip"), "{few}");
    let folders = diff(&dir, &["tree", "tree", "--strip", "1"]).run();
    assert!(folders.stderr().contains("--strip is for patches"), "{folders}");
    dir.create("series", "p2.patch -p2\n");
    let series = diff(&dir, &["series", "--on", "tree"]).run();
    assert!(series.stdout().contains("tree/fs/lamp/core.c"), "{series}");
    assert_eq!(series.stderr(), "", "quilt's -p2 is obeyed: {series}");
}

#[test]
fn a_series_reads_only_regular_files_of_its_folder() {
    let dir = tree();
    dir.create("outside.patch", deep(""));
    dir.create("set/in.patch", deep(""));
    let pipe = dir.shell("mkfifo set/pipe && ln -s ../outside.patch set/link.patch").run();
    assert_eq!(pipe.code(), 0, "{pipe}");
    dir.create(
        "set/series",
        "in.patch\n/dev/zero\n../outside.patch\n/etc/passwd\npipe\nlink.patch\n.\n",
    );
    for named in ["set", "set/series"] {
        let found = diff(&dir, &[named, "--by", "patch"]).run();
        assert_eq!(found.code(), 2, "{found}");
        assert_eq!(found.stdout().lines().count(), 1, "{found}");
        let stderr = found.stderr();
        let said: Vec<&str> = stderr.lines().collect();
        assert_eq!(said.len(), 6, "{found}");
        for line in [2, 3, 4, 6] {
            let start = format!("kgrep: set/series:{line}: ");
            let told = said.iter().find(|text| text.starts_with(&start)).expect("a line");
            assert!(told.contains("lies outside of the folder and is not read"), "{found}");
        }
        assert!(found.stderr().contains("series:5: pipe: not a regular file, not read"), "{found}");
    }
    // Named on the command line, it is read.
    assert_eq!(diff(&dir, &["outside.patch", "--by", "patch"]).stdout().lines().count(), 1);
    // A folder without a series follows no link that leads out either.
    std::fs::remove_file(dir.path("set/series")).expect("removed");
    let folder = diff(&dir, &["set", "--by", "patch"]).run();
    assert_eq!(folder.stdout().lines().count(), 1, "{folder}");
    assert!(folder.stderr().contains("set/link.patch: lies outside"), "{folder}");
}

/// Shapes of public reports about other tools; each was read right from the beginning.
#[test]
fn shapes_that_other_tools_stumbled_over() {
    let dir = Dir::new();
    let mail = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\r\n\
        From: A <a@example.org>\r\nSubject: [PATCH] crlf\r\n\r\n---\r\n x | 1 +\r\n\r\n\
        diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1,2 @@\r\n a\r\n+b\r\n";
    let cases: [(&str, &[&str]); 6] = [
        (mail, &["x"]),
        // A removed line that looks like a header.
        (
            "--- a/1.txt\n+++ b/1.txt\n@@ -1,2 +1,1 @@\n--- a/foo\n bar\n--- a/2.txt\n\
             +++ b/2.txt\n@@ -1,1 +1,1 @@\n-x\n+y\n",
            &["1.txt", "2.txt"],
        ),
        // Two new files without git's header between them.
        (
            "--- /dev/null\n+++ b/1.txt\n@@ -0,0 +1 @@\n+a\n--- /dev/null\n+++ b/2.txt\n\
             @@ -0,0 +1 @@\n+b\n",
            &["1.txt", "2.txt"],
        ),
        // An empty line between two hunks.
        (
            "diff --git a/l.c b/l.c\n--- a/l.c\n+++ b/l.c\n@@ -1,3 +1,4 @@\n a\n+b\n c\n d\n\n\
             @@ -10,2 +11,3 @@\n e\n+kept\n f\n",
            &["l.c", "l.c"],
        ),
        // A quoted name, and an empty file without a hunk.
        (
            "diff --git \"a/sch\\303\\266n.txt\" \"b/sch\\303\\266n.txt\"\nnew file mode 100644\n\
             index 0000000..e69de29\n--- /dev/null\n+++ \"b/sch\\303\\266n.txt\"\n@@ -0,0 +1 @@\n\
             +hallo\ndiff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n",
            &["schön.txt", "empty"],
        ),
        // The patch file ends without a newline.
        ("--- a/w.c\n+++ b/w.c\n@@ -1,2 +1,3 @@\n one\n+two\n three", &["w.c"]),
    ];
    for (text, names) in cases {
        dir.create("p.patch", text);
        let found = diff(&dir, &["p.patch", "--format", "json"]).run();
        assert_eq!((found.code(), found.stderr().as_str()), (0, ""), "{found}");
        let stdout = found.stdout();
        let rows: Vec<&str> = stdout.lines().filter(|l| l.contains("\"match\"")).collect();
        assert_eq!(rows.len(), names.len(), "{found}");
        for (row, name) in rows.iter().zip(names) {
            assert!(row.contains(&format!("\"{name}\"")), "{name}: {row}");
        }
    }
}

/// Kconfig and Makefile as old and new trees write them.
#[test]
fn kconfig_of_all_ages_is_read() {
    let dir = Dir::new();
    dir.create(
        "Kconfig",
        "mainmenu \"Test\"\nsource \"arch/x86/Kconfig\"\nconfig OLDSTYLE\n\tbool \"Old style\"\n\
         \t---help---\n\t  config NOT_ONE\n\nconfig DASHES\n\tbool \"Dashes\"\n\t----help----\n\
         \t  Dash help.\n",
    );
    dir.create(
        "arch/x86/Kconfig",
        "config AS_THING\n\tdef_bool $(as-instr64,thing %rax$(comma)(%rbx))\n\thelp\n\t  Text.\n\n\
         config BOOT_LINE\n\tstring 'Kernel line'\n\tdefault 'console=ttyS0,19200'\n\nchoice\n\
         \tprompt \"Default\"\n\tdefault ONE\n\treset if !DEVEL\n\nconfig ONE\n\tbool \"one\"\n\n\
         endchoice\nmenuconfig MENU\n\ttristate \"x\" if EXPERT\n\tdepends on (A || B) && !C\n",
    );
    dir.create(
        "arch/x86/Makefile",
        "ifdef CONFIG_MENU\n        ok := $(call try-run,true,y,n)\nendif\n",
    );
    for name in ["OLDSTYLE", "DASHES", "AS_THING", "BOOT_LINE", "ONE", "MENU"] {
        let found = dir.kgrep(&["def", &format!("CONFIG_{name}"), "--no-header"]).stdout();
        assert_eq!(found.lines().count(), 1, "{name}: {found}");
        assert!(found.contains(&format!("config {name}")), "{name}: {found}");
    }
    assert_eq!(dir.kgrep(&["def", "CONFIG_NOT_ONE"]).run().code(), 1);
    let used = dir.kgrep(&["trace", "CONFIG_MENU", "--no-header"]).stdout();
    assert!(used.contains("arch/x86/Makefile"), "{used}");
}
