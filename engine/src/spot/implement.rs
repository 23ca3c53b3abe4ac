//! What stands behind a name that is called or declared: the functions that tables put into a field,
//! a tracepoint's probes, a system call's definition, all definitions of a function.

use kgrep_index::graph::{DefInfo, Graph, Link, NameRef};
use kgrep_index::outline::{Definition, Kind};

use super::define::{definitions_of_word, targets};
use super::open::Open;
use super::word::{Role, Word};
use super::{Spot, Target};
use crate::Result;
use crate::answer::{How, Via};
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
    let is_local = word.role == Role::Plain && file.local(word).is_some();
    let member = if is_local { None } else { file.member(graph, word)? };
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
    let named = definitions_of_word(graph, file, word);
    let points = tracepoints(graph, file, word, &named);
    let probes: Vec<DefInfo> =
        points.iter().flat_map(|point| probes(graph, file.code, point)).collect();
    if !probes.is_empty() {
        return probes;
    }
    let Some(name) = graph.find_name(word.name.as_bytes()) else { return named };
    let mut found = graph.definitions_of(name);
    found.retain(|d| d.kind.is_callable() && arch.has(graph.place(d.file)));
    if found.is_empty() { named } else { found }
}

/// The tracepoints that a word means: by the name that fires them, or where they are made.
fn tracepoints(graph: &Graph<'_>, file: &Open<'_>, word: &Word, named: &[DefInfo]) -> Vec<DefInfo> {
    let (outline, line) = (file.outline(), word.part.line);
    let here = outline.definitions.iter().filter(|d| {
        d.kind == Kind::Tracepoint
            && (d.first..=d.last).contains(&line)
            && outline.name(d.name).ends_with(word.name.as_bytes())
    });
    let names = here.filter_map(|d| graph.find_name(outline.name(d.name)));
    let all = names.flat_map(|name| graph.definitions_of(name));
    let is_point = |d: &DefInfo| d.kind == Kind::Tracepoint;
    let mut found: Vec<DefInfo> =
        all.filter(|d| is_point(d) && graph.path(d.file) == file.path).collect();
    // Where it is made its name may be another thing's, too.
    if found.is_empty() {
        found.extend(named.iter().filter(|d| is_point(d)));
    }
    found
}

/// Who listens to a tracepoint: functions that are handed to those that the same macro makes beside
/// it.
fn probes(graph: &Graph<'_>, code: &Code, point: &DefInfo) -> Vec<DefInfo> {
    let Ok(file) = Open::new(code, graph.path(point.file)) else { return Vec::new() };
    let outline = file.outline();
    let is_beside = |d: &&Definition| d.first == point.first && d.kind == Kind::Function;
    let beside = outline.definitions.iter().filter(is_beside);
    let mut found = Vec::new();
    for name in beside.map(|d| outline.name(d.name)) {
        let Some(register) = graph.find_name(name) else { continue };
        let users = graph.users_of(register).into_iter().filter_map(|id| graph.definition(id));
        for user in users.filter(|user| code.arch.has(graph.place(user.file))) {
            let handed = graph.callees(&user, code.arch, false).into_iter();
            let handed = handed.filter(|callee| receiver(graph, &callee.link) == name);
            found.extend(handed.flat_map(|callee| callee.definitions));
        }
    }
    found
}

/// The function that gets what a link hands on; nothing where none does.
fn receiver(graph: &Graph<'_>, link: &Link) -> Vec<u8> {
    match How::of(graph, link) {
        How::Link {
            via: Some(Via::Function(name) | Via::Parameter { function: name, .. }),
            ..
        } => name.into_bytes(),
        _ => Vec::new(),
    }
}
