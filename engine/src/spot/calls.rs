//! Who calls a function and what it calls, one step at a time, with every kind of edge named.

use std::collections::BTreeMap;

use kgrep_index::graph::{DefId, DefInfo, Graph, Link, LinkKind};
use kgrep_index::outline::Kind;

use super::define::{definitions_of_word, target};
use super::open::Open;
use super::{Part, Spot, Target};
use crate::Result;
use crate::answer::{DefinitionKind, How};
use crate::code::{Code, Ranking, is_export, word_in};
use crate::place::Span;

/// Something that calls or is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callable {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What it is in words: `static inline function`.
    pub words: String,
    /// Where it is.
    pub target: Target,
}

/// One step of a hierarchy of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who calls, or what is called.
    pub other: Callable,
    /// Where the caller does it.
    pub parts: Vec<Part>,
    /// The kinds of edges in words, each once: `call`, `through file_operations.open`.
    pub how: Vec<String>,
}

/// Where a definition stands, for an order: its file, its first line, and its number.
type Key = (Vec<u8>, u32, DefId);

impl Code {
    /// What can call or be called by the word at `spot`, best first; without such a word the
    /// function around it.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn callables_at(&self, spot: &Spot) -> Result<Vec<Callable>> {
        let file = Open::new(self, &spot.path)?;
        let word = file.word(spot.line, spot.column);
        self.ask(|graph| {
            let mut found = match &word {
                Some(word) if file.local(word).is_none() => definitions_of_word(graph, &file, word),
                _ => Vec::new(),
            };
            found.retain(is_step);
            if found.is_empty()
                && let Some(around) = file.around(spot.line, |d| d.kind.is_callable())
                && let Some(name) = graph.find_name(file.outline().name(around.name))
            {
                found = graph.definitions_of(name);
                found.retain(|d| d.first == around.first && graph.path(d.file) == file.path);
            }
            let callable = |d: &DefInfo| {
                let file = Open::new(self, graph.path(d.file))?;
                Ok(callable(graph, &file, d))
            };
            found.iter().map(callable).collect()
        })
    }

    /// Who calls the definition of `name` that begins on a line of the file at `path`, also through
    /// fields that tables put it into.
    ///
    /// # Errors
    /// When the tree can't be read.
    pub fn calls_to(&self, name: &str, path: &[u8], first: u32) -> Result<Vec<Call>> {
        self.ask(|graph| {
            let Some(target) = definition(graph, name, path, first) else { return Ok(Vec::new()) };
            let mut groups: BTreeMap<Key, (DefInfo, Vec<Link>)> = BTreeMap::new();
            for caller in graph.callers(&target, self.arch, true) {
                let d = caller.definition;
                if is_export(&graph.name(d.name)) {
                    continue;
                }
                let key = (graph.path(d.file).to_vec(), d.first, d.id);
                groups.entry(key).or_insert((d, Vec::new())).1.push(caller.link);
            }
            let mut steps = Vec::with_capacity(groups.len());
            // Callers come by their files.
            let mut open: Option<Open<'_>> = None;
            for (caller, links) in groups.into_values() {
                let path = graph.path(caller.file);
                let file = match open.take().filter(|file| file.path == path) {
                    Some(file) => file,
                    None => Open::new(self, path)?,
                };
                let other = callable(graph, &file, &caller);
                steps.push(step(graph, &file, other, &links, name));
                open = Some(file);
            }
            Ok(steps)
        })
    }

    /// What the definition of `name` that begins on a line of the file at `path` calls, also through
    /// fields where it is known what is in them.
    ///
    /// # Errors
    /// When the tree can't be read.
    pub fn calls_from(&self, name: &str, path: &[u8], first: u32) -> Result<Vec<Call>> {
        self.ask(|graph| {
            let Some(source) = definition(graph, name, path, first) else { return Ok(Vec::new()) };
            let file = Open::new(self, path)?;
            let mut order: Vec<DefId> = Vec::new();
            let mut groups: BTreeMap<DefId, (DefInfo, Vec<Link>)> = BTreeMap::new();
            for mut callee in graph.callees(&source, self.arch, true) {
                if callee.definitions.is_empty() && callee.link.kind != LinkKind::Indirect {
                    // It comes from where the text doesn't tell; its declaration says what it is.
                    callee.definitions = graph.definitions_of(callee.name);
                    callee.definitions.retain(|d| d.kind == Kind::Declaration);
                }
                callee.definitions.sort_by_cached_key(|d| Ranking::of(graph, d, self.arch));
                let best = callee.definitions.into_iter().next();
                let Some(best) = best else { continue };
                if !order.contains(&best.id) {
                    order.push(best.id);
                }
                groups.entry(best.id).or_insert((best, Vec::new())).1.push(callee.link);
            }
            let mut steps = Vec::new();
            for (callee, links) in order.iter().filter_map(|id| groups.get(id)) {
                let other = callable(graph, &Open::new(self, graph.path(callee.file))?, callee);
                let name = other.name.clone();
                steps.push(step(graph, &file, other, links, &name));
            }
            Ok(steps)
        })
    }
}

/// Whether a hierarchy of calls has it.
fn is_step(definition: &DefInfo) -> bool {
    definition.kind.is_callable() || matches!(definition.kind, Kind::Macro | Kind::Constant)
}

fn definition(graph: &Graph<'_>, name: &str, path: &[u8], first: u32) -> Option<DefInfo> {
    let file = graph.file(path)?;
    let mut own = graph.definitions_of(graph.find_name(name.as_bytes())?);
    own.retain(|d| d.file == file && (is_step(d) || d.kind == Kind::Variable));
    // An edit may have moved it.
    own.into_iter().min_by_key(|d| d.first.abs_diff(first))
}

fn callable(graph: &Graph<'_>, file: &Open<'_>, definition: &DefInfo) -> Callable {
    let (kind, flags) = (definition.kind, definition.flags);
    if kind == Kind::File {
        let target = Target::whole(file.path.clone());
        let name = String::from_utf8_lossy(&file.path).into_owned();
        return Callable { name, kind, words: "file".to_owned(), target };
    }
    Callable {
        name: String::from_utf8_lossy(&graph.name(definition.name)).into_owned(),
        kind,
        words: DefinitionKind { kind, flags, member_of: None }.to_string(),
        target: target(graph, file, definition),
    }
}

/// A step by these links, which are made in `file`.
fn step(graph: &Graph<'_>, file: &Open<'_>, other: Callable, links: &[Link], name: &str) -> Call {
    let mut parts = Vec::new();
    let mut how = Vec::new();
    for link in links {
        let via = link.via.map(|via| graph.name(via)).filter(|_| link.kind == LinkKind::Indirect);
        let said = via.unwrap_or_else(|| name.as_bytes().to_vec());
        let said = said.split(|b| *b == b'@').next().unwrap_or_default();
        let text = file.line(link.line);
        let span = word_in(text, said).unwrap_or(Span { start: 0, end: text.len() as u32 });
        parts.push(Part::new(&file.path, link.line, span));
        let words = How::of(graph, link).to_string();
        if !how.contains(&words) {
            how.push(words);
        }
    }
    parts.sort_unstable();
    parts.dedup();
    Call { other, parts, how }
}
