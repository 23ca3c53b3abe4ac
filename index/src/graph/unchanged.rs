//! Which files lie over the sections in vain: they were read again because something else might have
//! followed from what changed elsewhere, and nothing did. What an update keeps has no room for them.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::base::{DefInfo, Edge, Graph};
use super::ids::{FileId, NameRef};

/// What the graph says of one definition, wherever it is kept.
#[derive(PartialEq)]
struct Said {
    name: NameRef,
    lines: (u32, u32),
    what: (u8, u8),
    holds: Option<NameRef>,
    edges: Vec<Edge>,
}

impl Graph<'_> {
    /// Those among the overlay's files, by their numbers in it, of which the sections say the same.
    /// Only what other files have to do with is compared: the files themselves are as they were.
    pub(super) fn laid_in_vain(&self, files: &HashSet<u32>) -> HashSet<u32> {
        let places = self.overlay.replaced_files().filter_map(|(file, now)| Some((file, now?)));
        let places: HashMap<FileId, u32> = places.filter(|(_, now)| files.contains(now)).collect();
        if places.is_empty() {
            return HashSet::new();
        }
        let mut before: HashMap<u32, Vec<DefInfo>> = HashMap::new();
        for (index, definition) in self.base_definitions_in(&places) {
            before.entry(index).or_default().push(definition);
        }
        let mut now: HashMap<u32, Vec<DefInfo>> = HashMap::new();
        for definition in self.overlay.all() {
            if let Some(index) = definition.file.past(self.base_files())
                && files.contains(&index)
            {
                now.entry(index).or_default().push(definition);
            }
        }
        let none = Vec::new();
        let is_same = |(file, index): (FileId, u32)| {
            let of = |definitions: &HashMap<u32, Vec<DefInfo>>| {
                let all = definitions.get(&index).unwrap_or(&none).iter();
                all.map(|definition| self.said_of(definition)).collect::<Vec<_>>()
            };
            !self.includes_otherwise(file, Some(index)) && of(&before) == of(&now)
        };
        let same = places.par_iter().filter(|(file, index)| is_same((**file, **index)));
        same.map(|(_, index)| *index).collect()
    }

    fn said_of(&self, definition: &DefInfo) -> Said {
        Said {
            name: definition.name,
            lines: (definition.first, definition.last),
            what: (definition.kind as u8, definition.flags.0),
            holds: self.type_of(definition),
            edges: self.edges_of(definition),
        }
    }
}
