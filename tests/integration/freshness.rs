//! Answers are never stale: after any edit they are those of an index built from nothing, before
//! an update and after it. The library's own test (`index/tests/freshness.rs`) does so for many
//! more histories; here whole outputs are compared.

use crate::history::{Chance, NAMES, Tree};
use crate::index::settle;
use crate::util::Dir;

/// A tree of a kernel's shape.
fn kernel_like() -> Dir {
    let dir = Dir::new();
    for name in ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile", "README", "COPYING"] {
        dir.create(name, "");
    }
    for name in ["Documentation/a.txt", "arch/a.txt", "init/a.txt", "kernel/a.txt"] {
        dir.create(name, "");
    }
    dir
}

fn ask(dir: &Dir, args: &[&str]) -> String {
    let output = dir.kgrep(args).env("KGREP_AUTO_UPDATE", "0").run();
    format!("{}{}", output.stdout(), output.stderr())
}

/// The outputs before an update, after it, and of an index built anew.
fn three_times(dir: &Dir, args: &[&str]) -> [String; 3] {
    let before = ask(dir, args);
    dir.kgrep(&["index"]).run().expect_ok();
    let after = ask(dir, args);
    dir.kgrep(&["index", "--rebuild"]).run().expect_ok();
    [before, after, ask(dir, args)]
}

#[test]
fn a_function_in_a_new_file_is_an_edge_of_an_unchanged_one() {
    for args in [&["callers", "cb"][..], &["chain", "f", "cb"], &["export", "edges"]] {
        let dir = kernel_like();
        dir.create("fs/a.c", "int f(void)\n{\n\treturn reg(cb);\n}\n");
        settle();
        dir.kgrep(&["index"]).run().expect_ok();
        dir.create("fs/b.c", "int cb(void)\n{\n\treturn 0;\n}\n");
        settle();
        let [before, after, anew] = three_times(&dir, args);
        assert!(anew.contains("fs/a.c"), "{args:?}: {anew}");
        assert_eq!((&before, &after), (&anew, &anew), "{args:?}");
    }
}

#[test]
fn a_blank_line_makes_no_edge_of_a_constant() {
    let dir = kernel_like();
    dir.create("include/linux/fs.h", "#define MAY_WRITE 2\n");
    let text = "int g(int a) { return a; }\nint f(int a)\n{\n\treturn g(MAY_WRITE);\n}\n";
    dir.create("fs/a.c", text);
    settle();
    dir.kgrep(&["index"]).run().expect_ok();
    dir.create("fs/a.c", format!("{text}\n"));
    settle();
    let [before, after, anew] = three_times(&dir, &["callees", "f"]);
    assert_eq!(anew.lines().count(), 3, "a head, f and g: {anew}");
    assert_eq!((&before, &after), (&anew, &anew));
}

/// Everything that is asked in a round.
fn outputs(dir: &Dir) -> Vec<(String, String)> {
    let mut questions: Vec<Vec<&str>> =
        vec![vec!["export", "edges"], vec!["export", "symbols"], vec!["chain", "alpha", "beta"]];
    for command in ["def", "refs", "callers", "callees", "trace", "find"] {
        questions.extend([NAMES[0], NAMES[6]].map(|name| vec![command, name]));
    }
    questions.push(vec!["find", "queue", "lock"]);
    questions.push(vec!["callers", "--kinds", "call,macro,ref,init,indirect", "alpha"]);
    questions.push(vec!["chain", "--indirect", "alpha", "beta"]);
    questions.push(vec!["list", "syscalls"]);
    questions.into_iter().map(|args| (args.join(" "), ask(dir, &args))).collect()
}

#[test]
fn every_output_is_that_of_an_index_built_from_nothing() {
    for seed in 0..6 {
        let mut chance = Chance::new(seed);
        let mut tree = Tree::new(&mut chance);
        let dir = kernel_like();
        tree.files().for_each(|(path, text)| dir.create(path, text));
        settle();
        dir.kgrep(&["index"]).run().expect_ok();
        let before = tree.clone();
        let edits: Vec<String> = (0..3).map(|_| tree.edit(&mut chance)).collect();
        for path in before.0.keys().filter(|path| !tree.0.contains_key(*path)) {
            std::fs::remove_file(dir.path(path)).expect("a file of the tree");
        }
        for (path, text) in tree.files().filter(|(p, _)| before.0.get(*p) != tree.0.get(*p)) {
            dir.create(path, text);
        }
        settle();
        let overlay = outputs(&dir);
        dir.kgrep(&["index"]).run().expect_ok();
        let updated = outputs(&dir);
        dir.kgrep(&["index", "--rebuild"]).run().expect_ok();
        for ((now, then), (anew, _)) in
            overlay.iter().zip(&updated).zip(outputs(&dir).iter().map(|o| (o, ())))
        {
            assert_eq!(now, anew, "seed {seed} after {edits:#?}");
            assert_eq!(then, anew, "seed {seed} after {edits:#?} and an update");
        }
    }
}
