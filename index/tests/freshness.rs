//! After any history of edits, every answer of the graph is that of a graph built from nothing,
//! row for row: with the changed files laid over it, and after that became an update.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "history/answers.rs"]
mod answers;
mod history;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::DirBuilderExt,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use answers::{Answers, compare, text};
use history::{Chance, Tree, rounds};
use kgrep_index::{
    Index, Scope,
    build::{Outcome, Silent, rebuild_with, update_with},
    catalog::{Query, Wanted},
    graph::{Builder, Graph, Overlaid, Sections},
    idiom::Idioms,
    outline::{FileOutline, Language, outline},
    store::Cache,
};

fn texts(tree: &Tree) -> BTreeMap<Vec<u8>, String> {
    let code = tree.files().filter(|(path, _)| Language::of(path.as_bytes()).is_some());
    code.map(|(path, text)| (path.as_bytes().to_vec(), text)).collect()
}

fn build(texts: &BTreeMap<Vec<u8>, String>, idioms: &Idioms) -> Sections {
    let builder = Builder::new();
    for (path, text) in texts {
        builder.add(path, &outline(path, text.as_bytes(), idioms));
    }
    builder.finish(idioms)
}

/// One history: the graph is built once, and edits are laid over it, what an update would keep
/// among them.
fn one_history(seed: u64, idioms: &Idioms) {
    let mut chance = Chance::new(seed);
    let mut tree = Tree::new(&mut chance);
    let before = texts(&tree);
    let sections = build(&before, idioms);
    let mut graph = Graph::from_sections(&sections).expect("sections just written");
    // What an update has stored, and the tree as it was then.
    let mut stored: BTreeMap<Vec<u8>, Option<FileOutline>> = BTreeMap::new();
    let mut known = before;
    let mut edits = Vec::new();
    for _ in 0..1 + chance.below(3) {
        for _ in 0..1 + chance.below(3) {
            edits.push(tree.edit(&mut chance));
        }
        let now = texts(&tree);
        let read = |path: &[u8]| Some(outline(path, now.get(path)?.as_bytes(), idioms));
        let mut laid: Vec<Overlaid> =
            stored.iter().map(|(path, outline)| (path.clone(), outline.clone())).collect();
        let changed =
            known.keys().chain(now.keys()).filter(|path| known.get(*path) != now.get(*path));
        laid.extend(changed.map(|path| (path.clone(), read(path))));
        let again = graph.overlay(laid.clone(), idioms, 1000, &read).expect("few files");
        let anew = build(&now, idioms);
        let anew = Answers::all(&Graph::from_sections(&anew).expect("sections just written"));
        compare(&Answers::all(&graph), &anew, seed, &edits);
        if chance.below(2) == 0 {
            edits.push("update".to_owned());
            stored.extend(laid.into_iter().chain(again));
            known = now;
        }
    }
}

/// Runs histories on some threads.
fn histories(count: u64, one: impl Fn(u64) + Sync) {
    const THREADS: u64 = 4;
    let first: u64 = std::env::var("KGREP_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let one = &one;
            scope.spawn(move || (first + thread..first + count).step_by(4).for_each(one));
        }
    });
}

#[test]
fn every_answer_is_that_of_a_graph_built_from_nothing() {
    let idioms = Idioms::built_in();
    histories(rounds(600), |seed| one_history(seed, &idioms));
}

fn write(root: &Path, tree: &Tree, before: &Tree) {
    for path in before.0.keys().filter(|path| !tree.0.contains_key(*path)) {
        fs::remove_file(root.join(path)).unwrap();
    }
    for (path, text) in tree.files() {
        if before.0.get(path) != tree.0.get(path) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    // No file's stamp is to be too new to be believed.
    std::thread::sleep(Duration::from_millis(20));
}

/// What an index answers, with `find`'s answers to a few questions.
fn index_answers(cache: &Cache, root: &Path, idioms: &Idioms) -> Vec<String> {
    let index = Index::open(cache, &tree_at(root)).unwrap().unwrap();
    let fresh = index.refresh(&Scope::whole()).unwrap();
    let answers = |graph: Option<&Graph<'_>>| {
        let graph = graph.unwrap();
        let mut rows = Answers::all(graph);
        let uses = |name: &[u8]| graph.find_name(name).map_or(0, |name| graph.users_of(name).len());
        for question in [
            "alpha",
            "queue lock",
            "page free",
            "frees",
            "alphb",
            "how pages work",
            "\"with pages\"",
            "may wr",
        ] {
            let wanted = Wanted { number: 30, arch: Some("x86".to_owned()), ..Wanted::default() };
            let (query, _) = Query::parse(question);
            let (found, marks) =
                index.find(&fresh, idioms, &query, &wanted, &uses).unwrap().unwrap();
            for found in found {
                let (path, line, name) = (text(&found.path), found.line, &found.name);
                rows.push(format!("find {question}: {path}:{line} {name} {}", found.kind.name()));
            }
            rows.push(format!("find {question}: without {:?}", marks.missing));
        }
        rows
    };
    index.ask_now(&fresh, idioms, answers).unwrap()
}

fn tree_at(root: &Path) -> kgrep_index::Tree {
    kgrep_index::Tree::locate(root).unwrap()
}

/// More than there are files of one kind over an index that others begin as.
const REVISIONS: usize = 10;

/// An index that begins as another tree's, as a folder's or as that of a revision, which never changes,
/// answers as one built from nothing.
#[test]
fn an_index_that_begins_as_another_answers_as_one_built_from_nothing() {
    let idioms = Idioms::built_in();
    let begun = AtomicUsize::new(0);
    histories(rounds(80) / 4, |seed| {
        let mut chance = Chance::new(seed ^ 0xdef);
        let mut tree = Tree::new(&mut chance);
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().canonicalize().unwrap();
        let kept = Cache::new(&place.join("kept"));
        let mut edits = Vec::new();
        // Each begins as one of those before it, with what lies over that, be it more than stays apart.
        let folders = [0, REVISIONS + 1];
        for number in 0..REVISIONS + 2 {
            let is_revision = !folders.contains(&number);
            // A revision differs from the one before it, so that what lies over the first is joined.
            for _ in 0..chance.below(3).max(usize::from(is_revision)) {
                edits.push(tree.edit(&mut chance));
            }
            let name = format!("tree{number}");
            let root = if is_revision { kept.revisions().join(name) } else { place.join(name) };
            make_folders(&place, &root);
            fs::create_dir(root.join(".git")).unwrap();
            write(&root, &tree, &Tree::default());
            let anew = Cache::new(&place.join(format!("anew{number}")));
            rebuild_with(&anew, &tree_at(&root), &idioms, None, &Silent).unwrap();
            let expected = index_answers(&anew, &root, &idioms);
            let done = update_with(&kept, &tree_at(&root), &idioms, None, &Silent).unwrap();
            if matches!(done, Outcome::Published(report) if !report.whole) {
                begun.fetch_add(1, Ordering::Relaxed);
            }
            edits.push(format!("tree {number}"));
            compare(&index_answers(&kept, &root, &idioms), &expected, seed, &edits);
        }
    });
    assert!(begun.into_inner() > 0, "some began as others");
}

/// Makes folders for the user alone.
fn make_folders(place: &Path, folder: &Path) {
    let missing: Vec<&Path> = folder.ancestors().take_while(|path| *path != place).collect();
    for folder in missing.into_iter().rev().filter(|folder| !folder.exists()) {
        fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
    }
}

#[test]
fn every_answer_is_that_of_an_index_built_from_nothing() {
    let idioms = Idioms::built_in();
    // Two rounds of edits and an update each.
    histories(rounds(500) / 2, |seed| {
        let mut chance = Chance::new(seed ^ 0xabc);
        let mut tree = Tree::new(&mut chance);
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap().join("tree");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join(".git"), "").unwrap();
        write(&root, &tree, &Tree::default());
        let (kept, anew) =
            (Cache::new(&place.path().join("kept")), Cache::new(&place.path().join("anew")));
        rebuild_with(&kept, &tree_at(&root), &idioms, None, &Silent).unwrap();
        let mut edits = Vec::new();
        for _ in 0..2 {
            let before = tree.clone();
            for _ in 0..1 + chance.below(3) {
                edits.push(tree.edit(&mut chance));
            }
            write(&root, &tree, &before);
            rebuild_with(&anew, &tree_at(&root), &idioms, None, &Silent).unwrap();
            let expected = index_answers(&anew, &root, &idioms);
            compare(&index_answers(&kept, &root, &idioms), &expected, seed, &edits);
            update_with(&kept, &tree_at(&root), &idioms, None, &Silent).unwrap();
            edits.push("update".to_owned());
            compare(&index_answers(&kept, &root, &idioms), &expected, seed, &edits);
        }
    });
}
