//! Checks the graph's bytes as they are read: no byte of a mapped section is believed before
//! the checksum of the block it is in was compared, once, when the block is first touched.
//!
//! The sections are far larger than what a question touches, so they are not checked as a
//! whole. A block that fails reads as if nothing were there, and the section is marked: who
//! asked must look at [`Guard::is_damaged`] before believing the answer.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Bytes with one checksum: four pages, so that a look-up costs microseconds.
pub(crate) const BLOCK: usize = 1 << 14;

/// The checksums of a section's blocks.
pub(crate) fn sums(section: &[u8]) -> impl Iterator<Item = u32> + '_ {
    section.chunks(BLOCK).map(crc32fast::hash)
}

/// What is known of the blocks of one section.
#[derive(Debug)]
pub(crate) struct Guard {
    sums: Vec<u32>,
    /// One bit for each block that was found intact.
    intact: Vec<AtomicU64>,
    damaged: AtomicBool,
}

impl Guard {
    /// A guard that compares with these checksums.
    pub(crate) fn new(sums: Vec<u32>) -> Guard {
        let intact = (0..sums.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Guard { sums, intact, damaged: AtomicBool::new(false) }
    }

    /// Whether a block that was touched did not have its checksum.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Relaxed)
    }

    /// Whether the blocks that `range` of `section` touches are intact.
    #[inline]
    fn allows(&self, section: &[u8], range: Range<usize>) -> bool {
        let last = range.end.saturating_sub(1).max(range.start) / BLOCK;
        (range.start / BLOCK..=last).all(|block| {
            let word = self.intact.get(block / 64);
            let bit = 1 << (block % 64);
            word.is_some_and(|word| word.load(Relaxed) & bit != 0) || self.check(section, block)
        })
    }

    #[cold]
    fn check(&self, section: &[u8], block: usize) -> bool {
        let start = block * BLOCK;
        let bytes = section.get(start..section.len().min(start + BLOCK)).unwrap_or_default();
        let intact = self.sums.get(block) == Some(&crc32fast::hash(bytes));
        match self.intact.get(block / 64) {
            Some(word) if intact => {
                word.fetch_or(1 << (block % 64), Relaxed);
            }
            _ => self.damaged.store(true, Relaxed),
        }
        intact
    }
}

/// A section, or a part of one, whose bytes are checked as they are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guarded<'a> {
    section: &'a [u8],
    start: usize,
    len: usize,
    guard: Option<&'a Guard>,
}

impl<'a> Guarded<'a> {
    /// A whole section; without a guard, one in memory that needs none.
    pub(crate) fn new(section: &'a [u8], guard: Option<&'a Guard>) -> Self {
        Guarded { section, start: 0, len: section.len(), guard }
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The bytes at `range`; `None` where there are none or where they are damaged.
    #[inline]
    pub(crate) fn get(self, range: Range<usize>) -> Option<&'a [u8]> {
        if range.end > self.len {
            return None;
        }
        let range = self.start + range.start..self.start + range.end;
        let bytes = self.section.get(range.clone())?;
        match self.guard {
            Some(guard) if !bytes.is_empty() && !guard.allows(self.section, range) => None,
            _ => Some(bytes),
        }
    }

    /// Marks the section as damaged: its bytes are what was written, and nobody can have written them.
    pub(crate) fn distrust(self) {
        if let Some(guard) = self.guard {
            guard.damaged.store(true, Relaxed);
        }
    }

    /// All bytes, checked.
    pub(crate) fn all(self) -> Option<&'a [u8]> {
        self.get(0..self.len)
    }

    /// The part at `range`, to be read later.
    pub(crate) fn part(self, range: Range<usize>) -> Option<Guarded<'a>> {
        (range.start <= range.end && range.end <= self.len).then(|| Guarded {
            start: self.start + range.start,
            len: range.len(),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Guard, Guarded, sums};

    #[test]
    fn a_damaged_block_is_noticed_when_it_is_touched_and_not_before() {
        let mut bytes: Vec<u8> = (0..3 * BLOCK + 5).map(|n| (n % 251) as u8).collect();
        let guard = Guard::new(sums(&bytes).collect());
        bytes[BLOCK + 7] ^= 4;
        let section = Guarded::new(&bytes, Some(&guard));
        assert_eq!(section.get(0..BLOCK), Some(&bytes[..BLOCK]));
        assert_eq!(section.get(3 * BLOCK..3 * BLOCK + 5), Some(&bytes[3 * BLOCK..]));
        assert!(!guard.is_damaged());
        assert_eq!(section.get(BLOCK - 1..BLOCK + 1), None);
        assert!(guard.is_damaged());
        assert_eq!(section.all(), None);
        let (start, end) = (1, 0);
        assert_eq!(section.get(start..end), None);
    }

    #[test]
    fn a_part_begins_where_it_was_cut() {
        let bytes = *b"0123456789";
        let part = Guarded::new(&bytes, None).part(2..6).unwrap();
        assert_eq!(part.get(1..4), Some(&b"345"[..]));
        assert_eq!(part.get(1..5), None);
        assert!(part.part(3..5).is_none());
    }
}
