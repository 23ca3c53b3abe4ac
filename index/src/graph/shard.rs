//! A part of the tree's names: a hash table made for cache misses, which are what looking up
//! millions of names costs. A look-up touches its slot and the name, and nothing else.

use std::hint::black_box;

use crate::name_hash::{hash, spread};

/// Names by hash and by number. Numbers count from 0 in the order of adding.
#[derive(Default)]
pub(super) struct Shard {
    /// Open addressing: a name's hash in the upper half, its entry's offset plus one in the
    /// lower; 0 is free. A power of two.
    slots: Vec<u64>,
    /// Entries: the name's number (4 bytes), its length (2 bytes, at most [`LONG`]), the name.
    text: Vec<u8>,
    /// Each number's entry.
    entries: Vec<u32>,
}

/// Bytes before a name in its entry.
const HEAD: usize = 6;
/// Stands for a length that two bytes do not hold.
const LONG: u16 = u16::MAX;
/// Slots of the smallest table.
const SMALLEST: usize = 64;

impl Shard {
    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The name with this number.
    pub(super) fn get(&self, index: u32) -> &[u8] {
        let start = self.entries[index as usize] as usize + HEAD;
        let next = self.entries.get(index as usize + 1);
        &self.text[start..next.map_or(self.text.len(), |next| *next as usize)]
    }

    /// All names, in the order of their numbers.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.entries.len() as u32).map(|index| self.get(index))
    }

    /// The number of `name`, whose hash is `hash`.
    pub(super) fn find(&self, hash: u32, name: &[u8]) -> Option<u32> {
        self.probe(hash, name).ok()
    }

    /// Reads what looking up names with these hashes will read, so that the memory of all is
    /// waited for at once and not one after the other.
    pub(super) fn warm(&self, hashes: impl Iterator<Item = u32> + Clone) {
        if self.slots.is_empty() {
            return;
        }
        let slot = |hash| self.slots[self.place(hash)];
        black_box(hashes.clone().fold(0, |all, hash| all ^ slot(hash)));
        let entry = |hash| self.text.get(slot(hash) as u32 as usize).copied().unwrap_or(0);
        black_box(hashes.fold(0, |all, hash| all ^ entry(hash)));
    }

    /// The number of `name`, a new one if it has none yet.
    pub(super) fn intern(&mut self, hash: u32, name: &[u8]) -> u32 {
        if self.slots.len() <= self.entries.len() / 3 * 4 + 4 {
            self.grow();
        }
        match self.probe(hash, name) {
            Ok(index) => index,
            Err(slot) => {
                let (index, offset) = (self.entries.len() as u32, self.text.len() as u32);
                self.text.extend_from_slice(&index.to_le_bytes());
                let length = u16::try_from(name.len()).unwrap_or(LONG);
                self.text.extend_from_slice(&length.to_le_bytes());
                self.text.extend_from_slice(name);
                self.entries.push(offset);
                self.slots[slot] = u64::from(hash) << 32 | u64::from(offset + 1);
                index
            }
        }
    }

    /// The number of the name, or the free slot where it would be.
    fn probe(&self, hash: u32, name: &[u8]) -> Result<u32, usize> {
        let Some(mask) = self.slots.len().checked_sub(1) else { return Err(0) };
        let mut at = self.place(hash);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            if (slot >> 32) as u32 == hash
                && let Some(index) = self.same(slot as u32 - 1, name)
            {
                return Ok(index);
            }
            at = (at + 1) & mask;
        }
    }

    /// Where a name with this hash is looked for first.
    fn place(&self, hash: u32) -> usize {
        (spread(hash) >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    /// The number of the entry at `offset`, if it is `name`'s.
    fn same(&self, offset: u32, name: &[u8]) -> Option<u32> {
        let (head, text) = self.text[offset as usize..].split_at(HEAD);
        let length = u16::from_le_bytes([head[4], head[5]]);
        let index = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let same = length == u16::try_from(name.len()).unwrap_or(LONG)
            && text.starts_with(name)
            && (length < LONG || self.get(index).len() == name.len());
        same.then_some(index)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(SMALLEST);
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            let mut at = self.place((slot >> 32) as u32);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = slot;
        }
    }

    /// The hashes of the wanted numbers.
    pub(super) fn hashes(&self, wanted: impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
        let numbers = (0..self.entries.len() as u32).filter(move |index| wanted(*index));
        numbers.map(|index| hash(self.get(index)))
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;
    use crate::name_hash::hash;

    #[test]
    fn every_name_keeps_its_number() {
        let mut shard = Shard::default();
        let names: Vec<Vec<u8>> = (0..5000u32)
            .map(|n| format!("name_{}", n * 7919).into_bytes())
            .chain([vec![b'x'; 65_534], vec![b'x'; 65_535], vec![b'x'; 70_000], Vec::new()])
            .collect();
        assert_eq!(shard.find(hash(b"name_0"), b"name_0"), None);
        for _ in 0..2 {
            for (number, name) in names.iter().enumerate() {
                assert_eq!(shard.intern(hash(name), name), number as u32);
            }
        }
        assert_eq!(shard.len(), names.len());
        assert!(shard.names().eq(names.iter().map(Vec::as_slice)));
        for (number, name) in names.iter().enumerate() {
            assert_eq!(shard.find(hash(name), name), Some(number as u32));
        }
        assert_eq!(shard.find(hash(b"name"), b"name"), None);
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        let mut shard = Shard::default();
        assert_eq!([&b"a"[..], b"ab", b"b", b"a"].map(|name| shard.intern(7, name)), [0, 1, 2, 0]);
    }
}
