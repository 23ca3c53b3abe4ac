//! The names of one file, each kept once and known by a number.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

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

/// A name's hash: fast on short names; nothing but speed depends on its quality.
#[inline]
pub(crate) fn hash(name: &[u8]) -> u32 {
    let mut state: u64 = name.len() as u64;
    let mut mix =
        |word: u64| state = (state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let (chunks, rest) = name.as_chunks::<8>();
    chunks.iter().for_each(|chunk| mix(u64::from_le_bytes(*chunk)));
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(u64::from_le_bytes(last));
    }
    (state ^ (state >> 32)) as u32
}

/// [`hash`] for the standard library's maps, where nobody chooses the names to do harm.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NameHasher(u64);

impl std::hash::Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= spread(hash(bytes));
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The table wants its top bits good too.
#[inline]
pub(crate) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
