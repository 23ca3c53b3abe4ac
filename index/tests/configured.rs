//! What is kept of a configuration is never stale: after any edits, what is believed or evaluated
//! again is what a new evaluation finds.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod history;

use std::{fs, os::unix::fs::symlink, path::Path};

use history::{Chance, rounds};
use kgrep_index::{
    Index, Scope, Tree,
    build::{Silent, rebuild, update},
    configured::{Around, Configured},
    kbuild::{Built, Configuration, Disk, Knowledge, built, explain, with_includes},
    store::Cache,
};

const FOLDERS: [&str; 6] = ["", "a/", "b/", "include/", "a/sub/", "include/sub/"];
const NAMES: [&str; 4] = ["one", "two", "three", "four"];
const SYMBOLS: [&str; 3] = ["CONFIG_A", "CONFIG_B", "CONFIG_C"];

fn pick<'t>(chance: &mut Chance, of: &[&'t str]) -> &'t str {
    of[chance.below(of.len())]
}

/// A Makefile, a source or a header, by chance.
fn text(chance: &mut Chance, name: &str) -> String {
    let mut text = String::new();
    for _ in 0..chance.below(5) {
        let (object, symbol) = (pick(chance, &NAMES), pick(chance, &SYMBOLS));
        text += &match (name.ends_with("Makefile"), chance.below(6)) {
            (true, 0) => format!("obj-y += {object}.o\n"),
            (true, 1) => format!("obj-y += {}\n", pick(chance, &["a/", "b/"])),
            (true, 2) => format!("obj-$({symbol}) += {object}.o\n"),
            (true, 3) => format!("ifdef {symbol}\nobj-m += {object}.o\nendif\n"),
            (true, 4) => "-include more.mk\n".to_owned(),
            (true, _) => "obj-y += $(patsubst %.c,%.o,$(wildcard *.c))\n".to_owned(),
            (_, 0) => format!("#ifdef {symbol}\n#include \"{object}.h\"\n#endif\n"),
            (_, 1) => format!("#include <{object}.h>\n"),
            (_, 2) if chance.below(2) == 0 => format!("#include \"{object}.c\"\n"),
            (_, 2) => format!("#include {}\n", pick(chance, &["\"sub/two.h\"", "<sub/two.h>"])),
            (_, 3) => format!("#define {symbol} 1\n"),
            _ => format!("int {object};\n"),
        };
    }
    text
}

fn name(chance: &mut Chance) -> String {
    let folder = pick(chance, &FOLDERS);
    match chance.below(6) {
        0 | 1 => format!("{folder}Makefile"),
        2 => format!("{folder}{}.h", pick(chance, &NAMES)),
        3 => format!("{folder}more.mk"),
        _ => format!("{folder}{}.c", pick(chance, &NAMES)),
    }
}

fn edit(root: &Path, chance: &mut Chance) -> String {
    let name = name(chance);
    let path = root.join(&name);
    match chance.below(12) {
        0..3 => {
            let _ = fs::remove_file(path);
            return format!("remove {name}");
        }
        // A folder goes, or is one of other names.
        3 => {
            let folder = root.join("a/sub");
            let _ = fs::remove_file(&folder);
            let _ = fs::remove_dir_all(&folder);
            return "remove a/sub".to_owned();
        }
        4 => {
            let linked = symlink("../include", root.join("a/sub")).is_ok();
            return format!("link a/sub: {linked}");
        }
        // What rules leave out is read all the same.
        5 => {
            let rules = pick(chance, &["sub/\n", "*.h\n", ""]);
            fs::write(root.join(".ignore"), rules).unwrap();
            return format!(".ignore: {rules:?}");
        }
        _ => {}
    }
    let text = text(chance, &name);
    if fs::create_dir_all(path.parent().unwrap()).is_err() || fs::write(&path, &text).is_err() {
        return format!("no room for {name}");
    }
    format!("{name}: {text:?}")
}

fn one_history(seed: u64) {
    let mut chance = Chance::new(seed);
    let place = tempfile::tempdir().unwrap();
    let root = place.path().canonicalize().unwrap().join("tree");
    let cache = place.path().join("cache");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("Makefile"), "obj-y += a/ b/ one.o\n").unwrap();
    for _ in 0..12 {
        edit(&root, &mut chance);
    }
    let tree = Tree::locate(&root).unwrap();
    let knowledge = Knowledge::built_in();
    let disk = Disk::new(root.clone());
    let (home, mut edits) = (Cache::new(&cache), Vec::new());
    for _ in 0..8 {
        match chance.below(6) {
            0 => drop(rebuild(&home, &tree, &Silent).unwrap()),
            1 => drop(update(&home, &tree, &Silent).unwrap()),
            _ => edits.extend((0..chance.below(3)).map(|_| edit(&root, &mut chance))),
        }
        let bytes = ["CONFIG_A=y\n", "CONFIG_B=m\n"][chance.below(2)].as_bytes();
        let config = Configuration::read(bytes, &knowledge).unwrap().with_architecture("x86");
        let index = Index::open(&home, &tree).unwrap();
        let seen = index.map(|index| {
            let fresh = index.refresh(&Scope::whole()).unwrap();
            (index, fresh)
        });
        let index = seen.as_ref().map(|(index, fresh)| (index, fresh));
        let around = Around { tree: &tree, cache: &cache, index };
        let (kept, found) = Configured::of(&around, &config, bytes, &knowledge);
        let anew = Configured::evaluated(&root, &config, &knowledge);
        assert_eq!(kept, anew, "seed {seed} after {edits:#?}");
        let make = || {
            let built = built(&disk, &config, &knowledge);
            with_includes(built, &disk, &config, &knowledge)
        };
        let lines = kept.lines(&around, (&config, bytes), || panic!("it was not kept"));
        let told = |built: &Built| {
            let sources = built.sources().map(<[u8]>::to_vec);
            let told = sources.map(|path| {
                let told = explain(built, &disk, &config, &knowledge, &path);
                (path, told)
            });
            let mut told: Vec<_> = told.collect();
            told.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            told
        };
        assert_eq!(told(&lines), told(&make()), "seed {seed} after {edits:#?}");
        if let Some(found) = found {
            assert_eq!(told(&found), told(&lines), "seed {seed} after {edits:#?}");
        }
    }
}

/// What a configuration has of a tree, as it is kept, and as it is found anew.
fn both(root: &Path, cache: &Path) -> [Configured; 2] {
    let (tree, home) = (Tree::locate(root).unwrap(), Cache::new(cache));
    let knowledge = Knowledge::built_in();
    let config = Configuration::read(b"CONFIG_A=y\n", &knowledge).unwrap();
    let config = config.with_architecture("x86");
    let index = Index::open(&home, &tree).unwrap().unwrap();
    let fresh = index.refresh(&Scope::whole()).unwrap();
    let around = Around { tree: &tree, cache, index: Some((&index, &fresh)) };
    let kept = Configured::of(&around, &config, b"CONFIG_A=y\n", &knowledge).0;
    [kept, Configured::evaluated(root, &config, &knowledge)]
}

#[test]
fn files_that_the_index_leaves_out_are_looked_at() {
    for name in ["a/gen.h", "a/.gen.h", "a/new/gen.h", "a/linked.h"] {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap().join("tree");
        let cache = place.path().join("cache");
        fs::create_dir_all(root.join("a")).unwrap();
        let include = format!("#include \"{}\"\n", name.strip_prefix("a/").unwrap());
        let files = [
            ("Makefile", "obj-y += a/\n"),
            ("a/Makefile", "obj-y += one.o\n"),
            ("a/one.c", &include),
            ("a/other.c", ""),
            ("elsewhere.h", ""),
            (".ignore", "gen.h\nnew/\n"),
        ];
        for (name, text) in files {
            fs::write(root.join(name), text).unwrap();
        }
        drop(rebuild(&Cache::new(&cache), &Tree::locate(&root).unwrap(), &Silent).unwrap());
        let [kept, anew] = both(&root, &cache);
        assert_eq!(kept, anew, "{name} is not there");
        fs::create_dir_all(root.join("a/new")).unwrap();
        if name.ends_with("linked.h") {
            symlink("../elsewhere.h", root.join(name)).unwrap();
        }
        for text in ["#include \"other.c\"\n", "/* nothing */\n", "#include \"../a/other.c\"\n"] {
            fs::write(root.join(name), text).unwrap();
            let [kept, anew] = both(&root, &cache);
            assert_eq!(kept, anew, "{name} is {text:?}");
        }
        fs::remove_file(root.join(name)).unwrap();
        let [kept, anew] = both(&root, &cache);
        assert_eq!(kept, anew, "{name} is gone");
    }
}

#[test]
fn what_is_kept_is_what_is_found_anew() {
    for seed in 0..rounds(12) {
        one_history(seed);
    }
}
