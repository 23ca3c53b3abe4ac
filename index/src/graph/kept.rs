//! What is kept of a file's outline so that the next revision needn't make it again: what laying it over
//! the sections takes. That has no comments and no conditions, and of its uses none of names that are
//! nothing in the sections, local variables nearly all. Of those the keys stay, as the sections have them
//! of their files (`undecided`): where one of these names becomes something, the file is read again.

use std::ops::Range;

use rayon::prelude::*;

use crate::outline::{
    Definition, FileOutline, Include, Instance, Invocation, Kind, Maker, NO_NAME, NameId, Use,
};

use super::base::Graph;
use super::edges::{BEARING, CALLABLE, needed, says};
use super::filter::Filter;
use super::ids::DefId;
use super::undecided::{hash, key};

/// Names of the sections that are worth a task.
const PORTION: u32 = 1 << 14;

/// An outline as it is laid over sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) outline: FileOutline,
    /// The keys of the uses that it doesn't have, rising.
    pub(crate) left_out: Vec<u32>,
}

impl From<FileOutline> for Kept {
    fn from(outline: FileOutline) -> Kept {
        Kept { outline, left_out: Vec::new() }
    }
}

/// Which names are functions, or constants that stand for a call, in the sections.
pub(crate) struct Callable(Filter);

impl Graph<'_> {
    pub(crate) fn callable(&self) -> Callable {
        let all = self.names.len();
        let portions = (0..all.div_ceil(PORTION)).into_par_iter();
        let hashes = portions.flat_map_iter(|portion| {
            let range = portion * PORTION..((portion + 1) * PORTION).min(all);
            self.callable_among(range)
        });
        Callable(Filter::new(hashes.collect::<Vec<u32>>().into_iter()))
    }

    /// The hashes of those among these names.
    fn callable_among(&self, names: Range<u32>) -> Vec<u32> {
        let start_of = |name: u32| self.starts.get(name as usize).unwrap_or(0);
        let mut hashes = Vec::new();
        let mut start = start_of(names.start);
        let mut source = self.sources.partition(|source| source < start);
        let mut next_source = self.sources.get(source);
        self.names.each_of(names, |name, text| {
            let end = start_of(name + 1).max(start);
            let mut is_callable = false;
            for (DefId(id), record) in self.records_of(start..end) {
                while next_source.is_some_and(|source| source < id) {
                    source += 1;
                    next_source = self.sources.get(source);
                }
                let bears = || record.kind == Kind::Constant && next_source == Some(id);
                is_callable |= says(record.kind) & CALLABLE != 0 || bears();
            }
            if is_callable {
                hashes.push(hash(text));
            }
            start = end;
        });
        hashes
    }
}

impl Kept {
    /// What is kept of an outline over the sections in which these names are `callable`.
    pub(crate) fn of(outline: &FileOutline, callable: &Callable) -> Kept {
        let (uses, left_out) = uses_of(outline, callable);
        let mut names = Names::of(outline);
        let mut kept = FileOutline::default();
        let out = &mut kept;
        let definition = |d: &Definition| Definition {
            name: names.take(out, d.name),
            doc: 0,
            guard: NO_NAME,
            params: if d.kind == Kind::Member { names.take(out, d.params) } else { NO_NAME },
            ..*d
        };
        let definitions = outline.definitions.iter().map(definition).collect();
        let mut name = |id| names.take(&mut kept, id);
        let uses = uses.into_iter().map(|u| Use { name: name(u.name), via: name(u.via), ..u });
        let uses = uses.collect();
        let includes = outline.includes.iter().map(|i| Include { path: name(i.path), ..*i });
        let includes = includes.collect();
        let instances = outline.instances.iter().map(|i| Instance { name: name(i.name), ..*i });
        let instances = instances.collect();
        let maker =
            |m: &Maker| Maker { name: name(m.name), params: name(m.params), body: name(m.body) };
        let makers = outline.makers.iter().map(maker).collect();
        let invocation =
            |i: &Invocation| Invocation { name: name(i.name), arguments: name(i.arguments), ..*i };
        let invocations = outline.invocations.iter().map(invocation).collect();
        let holds = outline.holds.iter().map(|(number, held)| (*number, name(*held))).collect();
        let (names, formats) = (kept.names, outline.formats.clone());
        let outline = FileOutline {
            names,
            definitions,
            uses,
            holds,
            includes,
            instances,
            makers,
            invocations,
            formats,
        };
        Kept { outline, left_out }
    }
}

/// An outline's uses, of those that come to one edge the one that counts, and the keys of those left out.
fn uses_of(outline: &FileOutline, callable: &Callable) -> (Vec<Use>, Vec<u32>) {
    // What the file defines is likely to be used there.
    let mut known: Vec<Option<bool>> = vec![None; outline.names.len()];
    for definition in &outline.definitions {
        let is_something = says(definition.kind) != 0 || definition.kind == Kind::Constant;
        if let Some(known) = known.get_mut(definition.name as usize).filter(|_| is_something) {
            *known = Some(true);
        }
    }
    let (mut kept, mut left_out) = (Vec::with_capacity(outline.uses.len() / 2), Vec::new());
    for used in &outline.uses {
        let Some(within) = outline.definitions.get(used.within as usize) else { continue };
        let needed = needed(used.kind, used.runs, within.kind);
        if needed == CALLABLE | BEARING
            && let Some(known) = known.get_mut(used.name as usize)
        {
            let is_known = *known.get_or_insert_with(|| {
                let hash = hash(outline.name(used.name));
                let is_known = callable.0.may_have(hash);
                left_out.extend((!is_known).then(|| key(hash, needed)));
                is_known
            });
            if !is_known {
                continue;
            }
        }
        kept.push(*used);
    }
    left_out.sort_unstable();
    left_out.dedup();
    // As laying takes them.
    let edge = |u: &Use| (u.within, u.name, u.kind, u.via);
    kept.sort_unstable_by_key(|u| (edge(u), !u.runs, u.line));
    kept.dedup_by_key(|u| edge(u));
    kept.sort_unstable_by_key(|u| (u.within, u.line, u.name, u.kind, u.via));
    (kept, left_out)
}

/// The names of an outline that are kept, by their numbers there.
struct Names<'o> {
    outline: &'o FileOutline,
    numbers: Vec<NameId>,
}

impl<'o> Names<'o> {
    fn of(outline: &'o FileOutline) -> Names<'o> {
        Names { outline, numbers: vec![NO_NAME; outline.names.len()] }
    }

    /// The number of a name in `kept`.
    fn take(&mut self, kept: &mut FileOutline, id: NameId) -> NameId {
        let Some(number) = self.numbers.get_mut(id as usize) else { return NO_NAME };
        if *number == NO_NAME {
            *number = kept.add_name(self.outline.name(id));
        }
        *number
    }
}
