//! The numbers of names in what is laid over the sections: those of the sections, and behind them new
//! ones in order. Where more is laid, what was numbered needs no look at the sections again.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::outline::NO_NAME;

use super::base::Graph;
use super::ids::NameRef;
use super::interner::{Frozen, Interner, Waiting};
use super::layer::Layer;

/// Names that are worth a task.
const PORTION: usize = 1 << 12;

/// What stands for a name that has no number.
pub(super) const UNKNOWN: NameRef = NameRef(NO_NAME);

/// The names of files as they were numbered.
#[derive(Default)]
pub(super) struct Numbered {
    /// The new names, and before which of the sections each comes.
    names: Vec<Vec<u8>>,
    places: Vec<u32>,
    /// By their paths.
    files: HashMap<Vec<u8>, Vec<NameRef>>,
}

impl Graph<'_> {
    /// Takes the numbers of these layers, which lie over the sections last, but of files of which
    /// another outline follows.
    pub(super) fn take_numbers(
        &mut self,
        layers: Vec<Layer>,
        is_another: &dyn Fn(&[u8]) -> bool,
    ) -> Numbered {
        let names = std::mem::take(&mut self.overlay.names);
        let places = std::mem::take(&mut self.overlay.name_places);
        let same = layers.into_iter().filter(|layer| !is_another(layer.path));
        let files = same.map(|layer| (layer.path.to_vec(), layer.numbers));
        Numbered { names, places, files: files.collect() }
    }

    /// Numbers all names that the layers have, new ones in order.
    pub(super) fn number_names(&mut self, layers: &mut [Layer], mut before: Numbered) {
        for layer in layers.iter_mut() {
            layer.numbers = before.files.remove(layer.path).unwrap_or_default();
        }
        let interner = Interner::default();
        let intern = |layer: &Layer| {
            let wanted = if layer.numbers.is_empty() { layer.wanted() } else { Vec::new() };
            let mut waiting = Waiting::default();
            wanted.iter().for_each(|name| _ = waiting.push(layer.outline.name(*name)));
            let tables = layer.tables.iter().flat_map(|table| &table.names);
            tables.for_each(|name| _ = waiting.push(name));
            (wanted, interner.intern_all(&waiting))
        };
        let interned: Vec<_> = layers.par_iter().map(intern).collect();
        let names = interner.freeze();
        let sorted = names.sorted(&vec![1; names.len()]);
        let search = |portion: &[u32]| {
            let (mut from, text) = (0, |dense: &u32| names.get(*dense));
            let found = portion.iter().map(|it| self.names.search_from(&mut from, text(it)));
            found.collect::<Vec<_>>()
        };
        let found = sorted.par_chunks(PORTION).flat_map_iter(search);
        let found: Vec<Result<u32, u32>> = found.collect();
        let (numbers, moved) = self.add_names(&names, sorted.into_iter().zip(found), before);
        let first = self.names.len();
        layers.par_iter_mut().zip(interned).for_each(|(layer, (wanted, interned))| {
            for number in &mut layer.numbers {
                let new = number.past(first).and_then(|new| moved.get(new as usize));
                *number = new.copied().unwrap_or(*number);
            }
            let number = |name: &u32| numbers[names.dense(*name) as usize];
            layer.take(&wanted, interned.iter().map(number));
        });
    }

    /// Puts the names of the overlay together: new ones among those that were there `before`. For each
    /// of `names` its number, and for each that was there the one that it has now.
    fn add_names(
        &mut self,
        names: &Frozen,
        found: impl Iterator<Item = (u32, Result<u32, u32>)>,
        before: Numbered,
    ) -> (Vec<NameRef>, Vec<NameRef>) {
        let first = self.names.len();
        let mut numbers = vec![UNKNOWN; names.len()];
        let mut moved = Vec::with_capacity(before.names.len());
        let mut known = before.names.into_iter().zip(before.places).peekable();
        let overlay = &mut self.overlay;
        let mut add = |name: Vec<u8>, place: u32| {
            overlay.names.push(name);
            overlay.name_places.push(place);
            NameRef(first + overlay.names.len() as u32 - 1)
        };
        for (dense, found) in found {
            let place = match found {
                Ok(number) => {
                    numbers[dense as usize] = NameRef(number);
                    continue;
                }
                Err(place) => place,
            };
            let name = names.get(dense);
            while let Some((known, place)) = known.next_if(|(known, _)| known.as_slice() < name) {
                moved.push(add(known, place));
            }
            let same = known.next_if(|(known, _)| known.as_slice() == name).is_some();
            let number = add(name.to_vec(), place);
            moved.extend(same.then_some(number));
            numbers[dense as usize] = number;
        }
        moved.extend(known.map(|(name, place)| add(name, place)));
        (numbers, moved)
    }
}
