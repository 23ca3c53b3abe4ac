//! What is known of a name in the tree as it is now, and what was when the sections were
//! written: the difference says which uses are edges now and were none, or the other way round.

use std::collections::HashMap;
use std::sync::PoisonError;

use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::edges::{BEARING, BORNE, needed, says};
use super::ids::NameRef;

/// What has been found out of names.
#[derive(Default)]
pub(super) struct Known {
    /// All bits.
    bits: HashMap<NameRef, u8>,
    /// Whether constants of the name bear.
    bearing: HashMap<NameRef, bool>,
}

impl Graph<'_> {
    /// What is known of `name` now.
    pub(super) fn known(&self, name: NameRef) -> u8 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bits) = known.bits.get(&name) {
            return *bits;
        }
        let definitions = self.definitions_of(name);
        let mut bits = said(&definitions);
        if definitions.iter().any(|d| d.kind == Kind::Constant)
            && self.bears(name, &mut known.bearing)
        {
            bits |= BEARING;
        }
        known.bits.insert(name, bits);
        bits
    }

    /// What was known of `name` when the sections were written.
    pub(super) fn known_before(&self, name: NameRef) -> u8 {
        let definitions: Vec<DefInfo> = self.base_definitions_of(name).collect();
        // The build left a constant no other uses than those that make it bear.
        let bears = |d: &DefInfo| d.kind == Kind::Constant && self.is_source(d);
        let bearing = if definitions.iter().any(bears) { BEARING } else { 0 };
        said(&definitions) | bearing
    }

    /// Whether a use in a definition of this kind is an edge now.
    pub(super) fn is_edge(&self, edge: &Edge, within: Kind) -> bool {
        let needed = needed(edge.kind, edge.runs, within);
        needed == 0 || self.known(edge.name) & needed != 0
    }

    /// Whether a constant of this name stands for a call: by itself, or by the names it stands
    /// for.
    fn bears(&self, name: NameRef, known: &mut HashMap<NameRef, bool>) -> bool {
        if let Some(bears) = known.get(&name) {
            return *bears;
        }
        let mut came_from: HashMap<NameRef, NameRef> = HashMap::from([(name, name)]);
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
                && said(&self.definitions_of(edge.name)) & BORNE != 0
    }
}

fn said(definitions: &[DefInfo]) -> u8 {
    definitions.iter().fold(0, |bits, definition| bits | says(definition.kind))
}
