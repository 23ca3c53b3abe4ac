//! What is known of a name in the tree as it is now, and what was when the sections were
//! written: the difference says which uses are edges now and were none, or the other way round.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use crate::outline::{Kind, Use, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::edges::{BEARING, BORNE, needed, says};
use super::ids::NameRef;
use crate::name_hash::NameHasher;

/// Something by names. Millions are looked up.
type ByName<V> = HashMap<NameRef, V, BuildHasherDefault<NameHasher>>;

/// What has been found out of names.
#[derive(Default)]
pub(super) struct Known {
    /// All bits.
    bits: ByName<u8>,
    /// Whether constants of the name bear.
    bearing: ByName<bool>,
}

impl Graph<'_> {
    /// What is known of `name` now.
    pub(super) fn known(&self, name: NameRef) -> u8 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bits) = known.bits.get(&name) {
            return *bits;
        }
        let definitions = self.definitions_of(name);
        let mut bits = kind_bits(&definitions);
        if has_constant(&definitions) && self.bears(name, &mut known.bearing) {
            bits |= BEARING;
        }
        known.bits.insert(name, bits);
        bits
    }

    /// What was known of `name` when the sections were written.
    pub(super) fn known_before(&self, name: NameRef) -> u8 {
        // The build left a constant no other uses than those that make it bear.
        let bears = |d: &DefInfo| d.kind == Kind::Constant && self.is_source(d);
        self.base_definitions_of(name).fold(0, |bits, definition| {
            let is_new = bits & BEARING == 0 && bears(&definition);
            bits | says(definition.kind) | if is_new { BEARING } else { 0 }
        })
    }

    /// Each name that changed files define and of which more is known now than when the sections were
    /// written: what was, and what is besides.
    pub(super) fn gained(&self) -> Vec<(NameRef, u8, u8)> {
        let gained = |(name, range): &(NameRef, Range<u32>)| {
            let own = self.overlay.in_range(range);
            let before = self.known_before(*name);
            // The sections' own constants had no other uses than those that make them bear.
            let may_bear = before & BEARING == 0
                && range.clone().zip(own).any(|(at, definition)| {
                    definition.kind == Kind::Constant && !self.overlay.own_edges(at).is_empty()
                });
            let now = if may_bear { self.known(*name) } else { kind_bits(own) };
            Some((*name, before, now & !before)).filter(|(_, _, gained)| *gained != 0)
        };
        self.overlay.by_name.par_iter().filter_map(gained).collect()
    }

    /// Whether a use in a definition of this kind is an edge now.
    pub(super) fn is_edge(&self, edge: &Edge, within: Kind) -> bool {
        let needed = needed(edge.kind, edge.runs, within);
        needed == 0 || self.known(edge.name) & needed != 0
    }

    /// Whether a constant of this name stands for a call: by itself, or by the names it stands
    /// for.
    fn bears(&self, name: NameRef, known: &mut ByName<bool>) -> bool {
        if let Some(bears) = known.get(&name) {
            return *bears;
        }
        let mut came_from: ByName<NameRef> = ByName::default();
        came_from.insert(name, name);
        let mut open = vec![name];
        let mut found = None;
        'search: while let Some(next) = open.pop() {
            for constant in self.definitions_of(next).iter().filter(|d| d.kind == Kind::Constant) {
                for edge in self.all_uses_of(constant) {
                    if self.makes_bear(&edge) || known.get(&edge.name) == Some(&true) {
                        found = Some(next);
                        break 'search;
                    }
                    if !known.contains_key(&edge.name) && !came_from.contains_key(&edge.name) {
                        came_from.insert(edge.name, next);
                        open.push(edge.name);
                    }
                }
            }
        }
        match found {
            Some(mut at) => loop {
                known.insert(at, true);
                match came_from.get(&at) {
                    Some(before) if *before != at => at = *before,
                    _ => break true,
                }
            },
            None => {
                known.extend(came_from.into_keys().map(|name| (name, false)));
                false
            }
        }
    }

    /// Whether this use makes the constant it is in bear, whatever other constants do.
    fn makes_bear(&self, edge: &Edge) -> bool {
        needed(edge.kind, edge.runs, Kind::Constant) == 0
            || !matches!(edge.kind, UseKind::Indirect | UseKind::Pass)
                && kind_bits(&self.definitions_of(edge.name)) & BORNE != 0
    }
}

/// What is known of names, for many threads: of what changes no more.
pub(super) struct KnownNames<'g, 'a> {
    graph: &'g Graph<'a>,
    /// By their numbers, each found out when it is asked for.
    bits: Vec<AtomicU8>,
}

/// Stands for what nobody asked for.
const UNASKED: u8 = u8::MAX;

impl<'g, 'a> KnownNames<'g, 'a> {
    pub(super) fn of(graph: &'g Graph<'a>) -> Self {
        let names = graph.names.len() as usize + graph.overlay.names.len();
        KnownNames { graph, bits: (0..names).map(|_| AtomicU8::new(UNASKED)).collect() }
    }

    /// Whether a use of `name` in a definition of this kind is an edge.
    pub(super) fn is_edge(&self, used: &Use, name: NameRef, within: Kind) -> bool {
        let needed = needed(used.kind, used.runs, within);
        needed == 0 || self.get(name) & needed != 0
    }

    fn get(&self, name: NameRef) -> u8 {
        let Some(bits) = self.bits.get(name.0 as usize) else { return 0 };
        let known = bits.load(Ordering::Relaxed);
        if known != UNASKED {
            return known;
        }
        let definitions = self.graph.definitions_of(name);
        let known = match has_constant(&definitions) {
            true => self.graph.known(name),
            false => kind_bits(&definitions),
        };
        bits.store(known, Ordering::Relaxed);
        known
    }
}

fn has_constant(definitions: &[DefInfo]) -> bool {
    definitions.iter().any(|definition| definition.kind == Kind::Constant)
}

fn kind_bits(definitions: &[DefInfo]) -> u8 {
    definitions.iter().fold(0, |bits, definition| bits | says(definition.kind))
}
