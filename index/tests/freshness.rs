//! After any history of edits, every answer of the graph is that of a graph built from nothing,
//! row for row: with the changed files laid over it, and after that became an update.

mod history;

use std::collections::BTreeMap;

use history::{Chance, NAMES, Tree, rounds};
use kgrep_index::graph::{
    Arch, Builder, ChainOptions, DefInfo, Graph, LinkKind, NameRef, Overlaid, Sections,
};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{FileOutline, Language, outline};

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

/// Writes down what the graph answers, by names and paths.
struct Answers<'a, 'g> {
    graph: &'a Graph<'g>,
    rows: Vec<String>,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(bytes.as_ref()).into_owned()
}

impl Answers<'_, '_> {
    fn name(&self, name: NameRef) -> String {
        text(self.graph.name(name))
    }

    fn place(&self, definition: &DefInfo) -> String {
        let DefInfo { file, first, last, kind, flags, .. } = definition;
        let (name, path) = (self.name(definition.name), text(self.graph.path(*file)));
        format!("{name}@{path}:{first}-{last} {} {flags:?}", kind.name())
    }

    fn all(graph: &Graph) -> Vec<String> {
        let mut answers = Answers { graph, rows: Vec::new() };
        answers.rows.extend(graph.paths().map(|path| format!("file {}", text(path))));
        let mut names = Vec::new();
        graph.names_starting_with(b"", |name, _| names.push(name));
        for arch in [Arch::All, Arch::named("x86")] {
            graph.export_edges(arch, |row| answers.rows.push(format!("edge {row:?}")));
            names.iter().for_each(|name| answers.of_name(*name, arch));
        }
        for (from, to) in NAMES.iter().zip(NAMES.iter().skip(3).chain(&NAMES)) {
            answers.chains(from, to);
        }
        answers.rows
    }

    fn of_name(&mut self, name: NameRef, arch: Arch) {
        let graph = self.graph;
        if !graph.is_live(name) {
            return;
        }
        self.rows.push(format!("name {}", self.name(name)));
        for user in graph.users_of(name).into_iter().filter_map(|id| graph.definition(id)) {
            self.rows.push(format!("  used by {}", self.place(&user)));
        }
        for definition in graph.definitions_of(name) {
            self.rows.push(format!("  is {}", self.place(&definition)));
            for caller in graph.callers(&definition, arch, true) {
                let via = caller.link.via.map(|via| self.name(via));
                let (kind, line) = (caller.link.kind, caller.link.line);
                let place = self.place(&caller.definition);
                self.rows.push(format!("    called by {place} {kind:?} {line} {via:?}"));
            }
            for callee in graph.callees(&definition, arch, true) {
                let via = callee.link.via.map(|via| self.name(via));
                let (kind, line) = (callee.link.kind, callee.link.line);
                let means: Vec<String> = callee.definitions.iter().map(|d| self.place(d)).collect();
                let name = self.name(callee.name);
                let candidates = callee.candidates;
                self.rows.push(format!(
                    "    calls {name} {means:?} {kind:?} {line} {via:?} {candidates}"
                ));
            }
        }
    }

    fn chains(&mut self, from: &str, to: &str) {
        let graph = self.graph;
        let name = |name: &str| graph.find_name(name.as_bytes());
        let (Some(start), Some(end)) = (name(from), name(to)) else { return };
        let options = ChainOptions {
            arch: Arch::All,
            count: 5,
            max_depth: 6,
            kinds: LinkKind::ALL.iter().map(|(kind, _)| *kind).collect(),
            through: Vec::new(),
            avoid: Vec::new(),
        };
        for chain in graph.chains(start, end, &options) {
            let hops = chain.iter().map(|hop| {
                format!("{} {:?} {}", self.place(&hop.to), hop.link.kind, hop.is_uncertain)
            });
            let hops: Vec<String> = hops.collect();
            self.rows.push(format!("chain {from} {to} {hops:?}"));
        }
    }
}

fn compare(now: &[String], anew: &[String], seed: u64, edits: &[String]) {
    if now == anew {
        return;
    }
    let missing: Vec<&String> = anew.iter().filter(|row| !now.contains(row)).take(8).collect();
    let extra: Vec<&String> = now.iter().filter(|row| !anew.contains(row)).take(8).collect();
    let first = now.iter().zip(anew).find(|(now, anew)| now != anew);
    panic!(
        "seed {seed} after {edits:#?}\nmissing: {missing:#?}\nnot to be there: {extra:#?}\n\
         first difference: {first:#?}"
    );
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
        let changed = known.keys().chain(now.keys()).filter(|path| known.get(*path) != now.get(*path));
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

#[test]
fn every_answer_is_that_of_a_graph_built_from_nothing() {
    let idioms = Idioms::built_in();
    let first: u64 = std::env::var("KGREP_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds(600) {
        one_history(seed, &idioms);
    }
}
