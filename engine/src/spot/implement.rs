//! What stands behind a name that is called or declared: the functions that tables put into a field,
//! a tracepoint's probes, a system call's definition, all definitions of a function.

use kgrep_index::graph::{DefInfo, Graph, NameRef};
use kgrep_index::outline::Kind;

use super::define::{meant, targets};
use super::open::Open;
use super::word::{Role, Word};
use super::{Spot, Target};
use crate::Result;
use crate::code::{Code, Ranking};

impl Code {
    /// What implements the word at `spot`.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn implementations_at(&self, spot: &Spot) -> Result<Vec<Target>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(Vec::new()) };
        self.ask(|graph| {
            let slots = slots(graph, &file, &word)?;
            let mut found = match slots.is_empty() {
                true => implementing(graph, &file, &word),
                false => filling(graph, &file, &slots),
            };
            found.sort_by_cached_key(|d| Ranking::of(graph, d, self.arch));
            found.dedup_by_key(|d| d.id);
            targets(self, graph, &found)
        })
    }
}

/// The slots that a word behind `->`, in a table or in a structure means.
fn slots(graph: &Graph<'_>, file: &Open<'_>, word: &Word) -> Result<Vec<NameRef>> {
    let is_member = matches!(word.role, Role::Member(_) | Role::Designator);
    let member = if file.local(word).is_none() { file.member(graph, word)? } else { None };
    let slot = |name: String| graph.find_name(name.as_bytes());
    Ok(match member {
        Some(member) => slot(format!("{}@{}", word.name, member.structure)).into_iter().collect(),
        None if is_member => slot(format!("{}@", word.name)).into_iter().collect(),
        None => Vec::new(),
    })
}

/// The functions that tables put into these slots.
fn filling(graph: &Graph<'_>, file: &Open<'_>, slots: &[NameRef]) -> Vec<DefInfo> {
    let place = kgrep_index::graph::Place::of(&file.path);
    let fills =
        slots.iter().filter_map(|slot| graph.slot_fills(*slot, place.program, file.code.arch).ok());
    fills.flatten().flat_map(|(_, definitions)| definitions).collect()
}

/// What is behind a name that is no field.
fn implementing(graph: &Graph<'_>, file: &Open<'_>, word: &Word) -> Vec<DefInfo> {
    let arch = file.code.arch;
    let named = meant(graph, file, word);
    // A tracepoint calls its probes.
    let points = named.iter().filter(|d| d.kind == Kind::Tracepoint);
    let probes: Vec<DefInfo> = points
        .flat_map(|point| graph.callees(point, arch, true))
        .flat_map(|callee| callee.definitions)
        .collect();
    if !probes.is_empty() {
        return probes;
    }
    let Some(name) = graph.find_name(word.name.as_bytes()) else { return named };
    let mut found = graph.definitions_of(name);
    found.retain(|d| d.kind.is_callable() && arch.has(graph.place(d.file)));
    if found.is_empty() { named } else { found }
}
