//! `kgrep history` and other comparisons whose sides are revisions, folders and patches.

use std::fs;

use crate::diff::pair;
use crate::revisions::{commit, git};
use crate::util::{Dir, eqnice};

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

/// A function that one commit moved to another file and a later one removed was said to be gone with
/// the move; and what came and was moved then was said to be new with the move.
#[test]
fn history_follows_a_name_to_files_that_neither_end_has() {
    let dir = Dir::new();
    git(dir.tree(), &["init", "-q", "-b", "main"]);
    for name in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile", "kernel/other.c"] {
        dir.create(name, "");
    }
    let free = "void lamp_free(int lamp)\n{\n\tlamp_off(lamp);\n}\n";
    let (file, part, last) = ("kernel/lamp.c", "drivers/lamp/core.c", "drivers/lamp/free.c");
    let steps: [(&str, &[(&str, &str)]); 7] = [
        ("v1", &[]),
        ("brought", &[(file, free)]),
        ("moved", &[(file, ""), (part, free)]),
        ("moved-again", &[(part, "/* core */\n"), (last, free)]),
        ("v5", &[(file, "/* lamps */\n")]),
        ("removed", &[(last, "")]),
        ("v7", &[(file, "")]),
    ];
    for (tag, files) in steps {
        dir.create("kernel/other.c", format!("/* {tag} */\n"));
        files.iter().for_each(|(name, text)| dir.create(name, text));
        commit(&dir, tag);
    }
    let rows = |range: &str| {
        let rows = history(&dir, &["lamp_free", range]);
        let last = rows.lines().last().unwrap_or_default().to_owned();
        let (what, commit) = last.split_once("; ").unwrap_or((&last, ""));
        format!("{what}; {}", commit.rsplit(' ').next().unwrap_or_default())
    };
    eqnice!("v7..v7 nothing: gone; removed", rows("brought..v7"));
    eqnice!("v7..v7 nothing: gone; removed", rows("moved..v7"));
    eqnice!("v5..v5 function: new; brought", rows("v1..v5"));
    let moved = format!("moved..moved function: moved from {file}; moved");
    eqnice!(moved, rows("brought..moved"));
    let moved = format!("v5..v5 function: moved from {file}; moved-again");
    eqnice!(moved, rows("brought..v5"));
    // An end that is left out is what is checked out.
    eqnice!("HEAD..HEAD nothing: gone; removed", rows("v5.."));
    eqnice!(history(&dir, &["lamp_free", "HEAD", "v5"]), history(&dir, &["lamp_free", "..v5"]));
    dir.kgrep(&["history", "lamp_free", "v1...v5"]).run().expect_error(&[
        "v1...v5: three dots are where two branches part; from one revision to another is v1..v5",
    ]);
}

#[test]
fn a_folder_inside_a_tree_is_a_side_of_its_own() {
    let dir = lamps();
    // A folder is a side like a revision, also where it is inside of what is another side.
    dir.create("kernel/bulb.c", "int bulb(void)\n{\n\treturn 0;\n}\n");
    dir.create("distro/kernel/lamp.c", "int lamp(int a)\n{\n\treturn a;\n}\n");
    let rows = |args: &[&str]| history(&dir, args);
    let lamp = "v1..v1 nothing: \n\
                tree..tree function: new\n\
                distro..distro function: moved from distro/kernel/lamp.c";
    for indexed in [false, true] {
        if indexed {
            dir.kgrep(&["index"]).run().expect_ok();
        }
        eqnice!(lamp, rows(&["lamp", "v1", ".", "distro"]));
        eqnice!(
            "tree..tree function: \ndistro..distro nothing: gone",
            rows(&["bulb", ".", "distro"])
        );
    }
    // So are patches on it; their paths are its own.
    dir.create("fix.patch", FIX);
    eqnice!(
        "distro..distro function: \nfix.patch..fix.patch function: other body",
        rows(&["lamp", "--body", "distro", "fix.patch"])
    );
    // A row leads to the folder's own file.
    let table = dir.kgrep(&["history", "lamp", ".", "distro"]).env("KGREP_ARCH", "x86").stdout();
    assert!(table.contains("distro/kernel/lamp.c"), "{table}");
    assert!(dir.kgrep(&["-s", "c0 1"]).stdout().contains("int lamp(int a)"));
}

#[test]
fn several_names_have_a_section_each_in_a_history() {
    let dir = lamps();
    fs::create_dir(dir.path("debian")).unwrap();
    let asked = |args: &[&str], names: &str| {
        let args = [&["history"], args].concat();
        dir.kgrep(&args).env("KGREP_ARCH", "x86").input(names).run()
    };
    let table = asked(&["lamp", "lamp_two", "v1", "v2", "v3"], "").expect_ok().stdout();
    eqnice!(
        "Index File             Line Revisions What     Change Content\n\n\
         lamp\n    0 v1/                   v1        nothing\n    \
         1 v3/kernel/lamp.c    2 v2–v3     function new    int lamp(int a)\n\n\
         lamp_two\n    2 v3/                   v1–v3     nothing\n",
        table
    );
    // The same, however the names are given, and whichever words say where the sides begin.
    for (args, names) in [
        (&["--names-from", "-", "git:v1", "v2", "v3"][..], "lamp\nlamp_two\n"),
        (&["--names-from", "-", "v1", "v2", "v3"], "lamp\nlamp_two\n"),
        (&["--names-from", "-", "lamp", "--tags", "v[123]"], "lamp_two\n"),
        (&["lamp", "lamp_two", "--tags", "git:v[123]"], ""),
    ] {
        eqnice!(table, asked(args, names).expect_ok().stdout());
    }
    let rows = |args: &[&str]| history(&dir, args);
    // What something here is called is no name, but for the first word.
    git(dir.tree(), &["branch", "lamp_branch", "v2"]);
    eqnice!("lamp_branch..lamp_branch function: ", rows(&["lamp", "lamp_branch"]));
    eqnice!("debian..debian nothing: ", rows(&["lamp", "debian"]));
    eqnice!("v2..v2 nothing: ", rows(&["lamp_branch", "v2"]));
    eqnice!(
        "v2..v2 nothing: \nv2..v2 nothing: ",
        rows(&["struct", "no_lamp", "union no_lamp", "v2"])
    );
    asked(&["lamp", "lamp_two"], "").expect_error(&["no revision is named", "called lamp_two"]);
    asked(&["lamp", "v2", "lamp_two"], "").expect_error(&["lamp_two", "no such revision"]);
    asked(&["lamp", "v2.77"], "").expect_error(&["v2.77", "no such revision"]);
    asked(&[], "").expect_error(&["history needs NAME"]);
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
    assert_eq!(cells, ["lamp", "-", "function,", "exported", "-"], "{table}");
    assert!(table.contains("v4/kernel/lamp.c"), "{table}");
    assert!(dir.kgrep(&["-s", "c0 0"]).stdout().contains("int lamp(int a, int b)"));
    let diff = dir.kgrep(&["--no-header", "diff", "git:v3", "git:v4"]).stdout();
    assert!(diff.contains("kernel/lamp.c") && diff.contains("int b"), "{diff}");
    let folders = dir.kgrep(&["--no-header", "diff", "git:v4", "."]).stdout();
    assert!(folders.contains("lamp.c"), "{folders}");
    dir.kgrep(&["diff", "git:v9", "git:v4"]).run().expect_error(&["v9", "no such revision"]);
    let said = ["v9: no such folder, and no such revision here"];
    dir.kgrep(&["exists", "lamp", "--in", "v9"]).run().expect_error(&said);
}

/// `history` took `v4`, `exists` and `diff` only `git:v4`, and `--at` only `v4`.
#[test]
fn a_revision_is_named_in_one_way_everywhere() {
    let dir = lamps();
    for (marked, bare) in [
        (&["history", "lamp", "git:v1", "git:v4"][..], &["history", "lamp", "v1", "v4"][..]),
        (&["exists", "lamp", "--in", "git:v1", "git:v4"], &["exists", "lamp", "--in", "v1", "v4"]),
        (&["diff", "git:v3", "git:v4"], &["diff", "v3", "v4"]),
        (
            &["diff", "git:v3", "git:v4", "--kind", "functions"],
            &["diff", "v3", "v4", "--kind", "functions"],
        ),
        (&["diff", "git:v3..v4"], &["diff", "v3..v4"]),
        (&["def", "lamp", "--at", "git:v4"], &["def", "lamp", "--at", "v4"]),
        (&["--at", "git:v4:kernel", "lamp"], &["--at", "v4:kernel", "lamp"]),
        (&["index", "--at", "git:v4", "--status"], &["index", "--at", "v4", "--status"]),
    ] {
        let (marked, bare) = (dir.kgrep(marked).run(), dir.kgrep(bare).run());
        eqnice!(marked.stdout(), bare.stdout());
        assert!(!marked.stdout().contains("git:"), "{}", marked.stdout());
    }
    // A folder of that name is meant by it.
    fs::create_dir_all(dir.path("v4")).unwrap();
    dir.create("v4/other.c", "int lamp_two;\n");
    let table =
        |tree| dir.kgrep(&["exists", "lamp_two", "--no-header", "--in", tree]).run().stdout();
    assert!(table("v4").starts_with("lamp_two  variable"), "{}", table("v4"));
    assert_eq!(table("git:v4").trim_end(), "lamp_two  -");
}

#[test]
fn what_no_difference_has_is_said_to_be_where_it_is() {
    let dir = pair();
    for (sides, pattern, said) in [
        (
            &["upstream", "distro"][..],
            "nowhere=1",
            "`nowhere=1` is in neither upstream nor distro; nowhere is not registered in upstream or distro",
        ),
        (
            &["patches", "--on", "upstream"],
            "never_heard_of",
            "no patch has `never_heard_of`, and it is nowhere in upstream",
        ),
    ] {
        let done = dir.kgrep(&["diff"]).args(sides).arg(pattern).run().expect_code(1);
        eqnice!((String::new(), format!("kgrep: {said}\n")), (done.stdout(), done.stderr()));
    }
    let same = dir.kgrep(&["diff", "upstream", "distro", "last_option"]).run().expect_code(1);
    let same = same.stderr();
    assert!(
        same.contains("no difference has `last_option`; both have it, as in upstream/"),
        "{same}"
    );
}
