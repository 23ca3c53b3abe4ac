//! The graph in the index: stored with the text, kept up to date by a small file, seen as the
//! tree is now, and never believed where it is damaged.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use kgrep_index::{
    Error, Index, Scope, Tree,
    build::{Outcome, Silent, update_with},
    graph::{Arch, Graph},
    idiom::Idioms,
    store::Cache,
};

struct Place {
    dir: tempfile::TempDir,
    cache: Cache,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { cache: Cache::new(&dir.path().join("cache")), dir };
        for (path, text) in files {
            place.write(path, text);
        }
        place.update();
        place
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("tree")
    }

    fn tree(&self) -> Tree {
        Tree::locate(&self.root()).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Updates the index when no file's stamp is too new to be believed.
    fn update(&self) -> Outcome {
        std::thread::sleep(Duration::from_millis(30));
        update_with(&self.cache, &self.tree(), &Idioms::built_in(), None, &Silent).unwrap()
    }

    fn index(&self) -> Index {
        Index::open(&self.cache, &self.tree()).unwrap().unwrap()
    }

    /// Who uses `name` now, as `user@path`.
    fn callers(&self, name: &str) -> Result<Vec<String>, Error> {
        let Some(index) = Index::open(&self.cache, &self.tree())? else { return Ok(Vec::new()) };
        let fresh = index.refresh(&Scope::whole())?;
        index.ask_now(&fresh, &Idioms::built_in(), |graph| callers(graph.unwrap(), name))
    }

    /// Who used `name` when the index was last updated.
    fn callers_then(&self, name: &str) -> Vec<String> {
        self.index().ask(|graph| callers(graph, name)).unwrap()
    }

    fn file(&self, start: &str) -> Option<PathBuf> {
        let mut files = fs::read_dir(self.cache.home(&self.tree())).unwrap();
        files.find_map(|file| {
            let file = file.unwrap();
            file.file_name().to_str().unwrap().starts_with(start).then(|| file.path())
        })
    }
}

fn callers(graph: &Graph, name: &str) -> Vec<String> {
    let Some(name) = graph.find_name(name.as_bytes()) else { return Vec::new() };
    let mut found = Vec::new();
    for definition in graph.definitions_of(name) {
        for caller in graph.callers(&definition, Arch::All, false) {
            let user = graph.name(caller.definition.name);
            let path = graph.path(caller.definition.file);
            found.push(format!("{}@{}", text(&user), text(path)));
        }
    }
    found.dedup();
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const LIB: (&str, &str) = ("lib/a.c", "void low(void)\n{\n}\n\nvoid mid(void)\n{\n\tlow();\n}\n");
const TOP: (&str, &str) = ("init/top.c", "void top(void)\n{\n\tlow();\n}\n");

#[test]
fn the_index_knows_who_calls() {
    let place = Place::new(&[LIB, TOP]);
    assert_eq!(place.callers("low").unwrap(), ["top@init/top.c", "mid@lib/a.c"]);
    assert_eq!(place.callers_then("low"), ["top@init/top.c", "mid@lib/a.c"]);
}

#[test]
fn an_edit_counts_at_once_and_after_the_next_update() {
    let place = Place::new(&[LIB, TOP]);
    place.write("init/top.c", "void other(void)\n{\n\tmid();\n}\n");
    place.write("new/deep/n.c", "void fresh(void)\n{\n\tmid();\n}\n");
    let now = ["other@init/top.c", "fresh@new/deep/n.c"];
    assert_eq!(place.callers("mid").unwrap(), now);
    assert_eq!(place.callers("low").unwrap(), ["mid@lib/a.c"]);
    let base = place.file("graph-").unwrap();
    place.update();
    assert_eq!(place.file("graph-"), Some(base), "an update leaves the large file alone");
    assert!(place.file("outlines-").is_some());
    assert_eq!(place.callers_then("mid"), now);
    fs::remove_file(place.root().join("init/top.c")).unwrap();
    assert_eq!(place.callers("mid").unwrap(), ["fresh@new/deep/n.c"]);
    place.update();
    assert_eq!(place.callers_then("mid"), ["fresh@new/deep/n.c"]);
}

#[test]
fn a_change_that_concerns_no_code_leaves_the_graphs_files() {
    let place = Place::new(&[LIB, ("README", "words\n")]);
    place.write("README", "other words\n");
    place.update();
    assert!(place.file("outlines-").is_none());
    assert_eq!(place.callers("low").unwrap(), ["mid@lib/a.c"]);
}

#[test]
fn what_is_ignored_is_not_in_the_graph() {
    let place = Place::new(&[LIB, (".ignore", "*.mod.c\n"), ("lib/x.mod.c", TOP.1)]);
    assert_eq!(place.callers("low").unwrap(), ["mid@lib/a.c"]);
    place.write("lib/y.mod.c", TOP.1);
    assert_eq!(place.callers("low").unwrap(), ["mid@lib/a.c"]);
}

#[test]
fn other_idioms_build_the_graph_anew() {
    let place = Place::new(&[LIB, ("lib/b.c", "make_caller(low)\n")]);
    let mut idioms = Idioms::built_in();
    let mine =
        "[[register]]\nmacros = [\"make_caller\"]\ntable = \"made_{1}\"\nfunctions = [\"{1}\"]\n";
    assert_eq!(idioms.add("idioms.toml", mine), []);
    let index = place.index();
    let fresh = index.refresh(&Scope::whole()).unwrap();
    assert!(index.ask_now(&fresh, &idioms, |graph| graph.is_none()).unwrap());
    update_with(&place.cache, &place.tree(), &idioms, None, &Silent).unwrap();
    let index = place.index();
    let found = index.ask_now(&fresh, &idioms, |graph| callers(graph.unwrap(), "low")).unwrap();
    assert_eq!(found, ["mid@lib/a.c", "made_low@lib/b.c"]);
}

#[test]
fn many_changes_build_the_graph_anew() {
    let place = Place::new(&[LIB]);
    let base = place.file("graph-").unwrap();
    for n in 0..1001 {
        place.write(&format!("many/{n}.c"), &format!("void f{n}(void)\n{{\n\tlow();\n}}\n"));
    }
    assert_eq!(place.callers("low").unwrap().len(), 1002);
    place.update();
    assert_ne!(place.file("graph-"), Some(base));
    assert!(place.file("outlines-").is_none());
    assert_eq!(place.callers("low").unwrap().len(), 1002);
}

/// Damages the file at one place after the other: each time the answer is right, or an error.
fn damage(place: &Place, path: &Path, right: &[String]) {
    let sound = fs::read(path).unwrap();
    let (mut told, mut right_still) = (0, 0);
    let step = (sound.len() / 400).max(1);
    for at in (0..sound.len()).step_by(step) {
        for cut in [false, true] {
            let mut bytes = sound.clone();
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= 1 << (at % 8);
            }
            fs::write(path, &bytes).unwrap();
            match place.callers("low") {
                Ok(found) => {
                    assert_eq!(found, right, "at {at} of {}", path.display());
                    right_still += 1;
                }
                Err(Error::Corrupt { .. } | Error::Version { .. } | Error::Io { .. }) => told += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(told > right_still / 4, "{told} of {right_still} noticed");
    fs::write(path, &sound).unwrap();
}

#[test]
fn damage_is_never_believed() {
    let many: String =
        (0..2000).map(|n| format!("void f{n}(void)\n{{\n\tlow();\n}}\n\n")).collect();
    let place = Place::new(&[LIB, TOP, ("lib/many.c", &many)]);
    place.write("init/top.c", "void other(void)\n{\n\tlow();\n}\n");
    place.update();
    let right = place.callers("low").unwrap();
    assert_eq!(right.len(), 2002);
    damage(&place, &place.file("graph-").unwrap(), &right);
    damage(&place, &place.file("outlines-").unwrap(), &right);
}
