//! The names of one file, each kept once and known by a number.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::name_hash::{hash, spread};

/// A name's number within its file's outline.
pub type NameId = u32;

/// Stands where there is no name.
pub const NO_NAME: NameId = u32::MAX;

/// A file's names: their bytes one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    #[serde(with = "serde_bytes")]
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl Names {
    /// The name's bytes; empty for a number that is not a name's.
    #[inline]
    pub fn get(&self, id: NameId) -> &[u8] {
        let id = id as usize;
        let start = match id.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before).copied().unwrap_or(0) as usize,
        };
        let end = self.ends.get(id).copied().unwrap_or(0) as usize;
        self.text.get(start..end).unwrap_or_default()
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every number leads to bytes that are there: checks what was decoded.
    pub(super) fn sound(&self) -> bool {
        self.ends.is_sorted() && self.ends.last().copied().unwrap_or(0) as usize == self.text.len()
    }

    /// A new number for `name`, whether or not it has one.
    pub(super) fn push(&mut self, name: &[u8]) -> NameId {
        self.text.extend_from_slice(name);
        self.ends.push(self.text.len() as u32);
        self.ends.len() as u32 - 1
    }
}

/// Finds a name's number, making one when it is new. Lives as long as one file is read.
#[derive(Default)]
pub(super) struct Interner {
    table: HashTable<(u32, NameId)>,
}

impl Interner {
    /// For a text of `bytes` bytes, which has so many names that growing would be felt.
    pub(super) fn for_text(bytes: usize) -> Self {
        Interner { table: HashTable::with_capacity((bytes / 64).min(1 << 16)) }
    }

    /// The number of `name`.
    pub(super) fn intern(&mut self, names: &mut Names, name: &[u8]) -> NameId {
        let hash = hash(name);
        let wide = spread(hash);
        let found = self.table.find(wide, |(h, id)| *h == hash && names.get(*id) == name);
        if let Some((_, id)) = found {
            return *id;
        }
        let id = names.push(name);
        self.table.insert_unique(wide, (hash, id), |(h, _)| spread(*h));
        id
    }
}
