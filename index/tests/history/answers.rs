//! All that a graph answers, written down by names, paths and lines, to be compared.

use std::collections::HashSet;

use kgrep_index::graph::{
    Arch, ChainOptions, DefInfo, EdgeRow, Graph, LinkKind, NameRef, Possible,
};

use crate::history::NAMES;

/// Writes down what the graph answers, by names and paths.
pub(crate) struct Answers<'a, 'g> {
    graph: &'a Graph<'g>,
    rows: Vec<String>,
}

pub(crate) fn text(bytes: impl AsRef<[u8]>) -> String {
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

    /// An edge without the numbers that its definitions happen to have.
    fn edge(&self, row: &EdgeRow) -> String {
        let EdgeRow { file, user, caller, callee, meant, kind, line, written, lines, expands } =
            row;
        let (file, written) = (text(file), text(written));
        let (caller, callee) = (text(caller), text(callee));
        let (user, meant) = (self.place(user), meant.as_ref().map(|meant| self.place(meant)));
        format!(
            "edge {file} {caller} ({user}) {kind:?} {callee} ({meant:?}) {written}:{line} {lines:?} \
             {expands}"
        )
    }

    pub(crate) fn all(graph: &Graph) -> Vec<String> {
        let mut answers = Answers { graph, rows: Vec::new() };
        answers.rows.extend(graph.paths().map(|path| format!("file {}", text(path))));
        let mut names = Vec::new();
        graph.names_starting_with(b"", |name, _| names.push(name));
        for arch in [Arch::All, Arch::named("x86")] {
            let mut edges = Vec::new();
            graph.export_edges(arch, |_| true, |row| edges.push(answers.edge(&row)));
            answers.rows.append(&mut edges);
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
        let name =
            |name: &str| graph.find_name(name.as_bytes()).filter(|name| graph.is_live(*name));
        let (Some(start), Some(end)) = (name(from), name(to)) else { return };
        // What lies on the way, and must or must not.
        let others = NAMES.iter().filter_map(|other| name(other)).take(2);
        let mut ways = vec![(Vec::new(), Vec::new())];
        for other in others.filter(|other| ![start, end].contains(other)) {
            ways.extend([(vec![other], Vec::new()), (Vec::new(), vec![other])]);
        }
        for (through, avoid) in ways {
            let named = |names: &[NameRef]| names.iter().map(|n| self.name(*n)).collect::<Vec<_>>();
            let asked = format!("{from} {to} {:?} {:?}", named(&through), named(&avoid));
            let options = ChainOptions {
                arch: Arch::All,
                count: 5,
                max_depth: 6,
                kinds: LinkKind::ALL.iter().map(|(kind, _)| *kind).collect(),
                through,
                avoid,
                without: HashSet::new(),
                possible: Possible::Last,
            };
            let chains = graph.chains(start, end, &options);
            for chain in chains.found {
                let hops = chain.iter().map(|hop| {
                    format!("{} {:?} {}", self.place(&hop.to), hop.link.kind, hop.is_uncertain)
                });
                let hops: Vec<String> = hops.collect();
                self.rows.push(format!("chain {asked} {hops:?}"));
            }
            self.rows.push(format!("chain {asked} {:?}", chains.end));
        }
    }
}

/// Fails where the answers are not those of a graph built from nothing.
pub(crate) fn compare(now: &[String], anew: &[String], seed: u64, edits: &[String]) {
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
