//! Uses of names that are mostly local variables: `x` in `f(x)` is an edge only when `x` is
//! a function somewhere. Which names are is known once all files are read; until then these
//! names stay with their file, and are not numbered, which would be the dearest part of a
//! build.

use super::builder::UseRecord;
use super::interner::{Frozen, Waiting};
use crate::outline::{FileOutline, NO_NAME};

/// A file's uses that may be edges, with their names as numbers of its own.
#[derive(Default)]
pub(super) struct Maybe {
    pub(super) uses: Vec<UseRecord>,
    pub(super) names: Waiting,
}

/// Collects them.
pub(super) struct MaybeWriter {
    maybe: Maybe,
    numbers: Vec<u32>,
}

impl MaybeWriter {
    /// For an outline with `names` names.
    pub(super) fn new(names: usize) -> Self {
        MaybeWriter { maybe: Maybe::default(), numbers: vec![NO_NAME; names] }
    }

    /// Takes a use, its name still the outline's.
    pub(super) fn add(&mut self, mut used: UseRecord, outline: &FileOutline) {
        let Some(number) = self.numbers.get_mut(used.name as usize) else { return };
        if *number == NO_NAME {
            *number = self.maybe.names.push(outline.name(used.name));
        }
        used.name = *number;
        self.maybe.uses.push(used);
    }

    pub(super) fn finish(mut self) -> Maybe {
        self.maybe.uses.shrink_to_fit();
        self.maybe
    }
}

impl Maybe {
    /// The tree's numbers of the names, as far as `wanted` lets them through.
    pub(super) fn numbers(&self, frozen: &Frozen, wanted: &Filter) -> Vec<Option<u32>> {
        let names = self.names.iter();
        names.map(|(hash, name)| wanted.may_have(hash).then(|| frozen.find(hash, name))?).collect()
    }
}

/// Says of most names that they are none of a set, from their hashes alone, without leaving
/// the core's cache.
pub(super) struct Filter(Vec<u64>);

/// Bits of the filter: eight for each function and macro of a kernel.
const BITS: u32 = 24;

impl Filter {
    /// A filter of the names with these hashes.
    pub(super) fn new(hashes: impl Iterator<Item = u32>) -> Self {
        let mut words = vec![0u64; 1 << (BITS - 6)];
        for hash in hashes {
            let bit = hash >> (32 - BITS);
            words[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        Filter(words)
    }

    fn may_have(&self, hash: u32) -> bool {
        let bit = hash >> (32 - BITS);
        self.0[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}
