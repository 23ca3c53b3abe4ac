//! A set of small numbers (documents of a segment, files or folders of a table), one bit
//! each. Numbers outside of the set's range are never in it, so that no number read from a
//! file can make a look-up panic.

use std::ops::Range;

/// A set of numbers below a fixed length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// The empty set of numbers below `len`.
    pub(crate) fn empty(len: usize) -> Bits {
        Bits { words: vec![0; len.div_ceil(64)], len }
    }

    /// All numbers below `len`.
    pub(crate) fn full(len: usize) -> Bits {
        let mut bits = Bits { words: vec![u64::MAX; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// The set whose `i`th member is bit `i % 8` of byte `i / 8`. Bytes past `len` are left.
    pub(crate) fn from_bytes(bytes: &[u8], len: usize) -> Bits {
        let mut bits = Bits::empty(len);
        for (word, chunk) in bits.words.iter_mut().zip(bytes.chunks(8)) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_le_bytes(eight);
        }
        bits.trim();
        bits
    }

    /// Clears the bits of the last word that are past the end.
    fn trim(&mut self) {
        let rest = self.len % 64;
        if let (Some(last), 1..) = (self.words.last_mut(), rest) {
            *last &= (1 << rest) - 1;
        }
    }

    /// Adds `at`. False when it is out of range.
    pub(crate) fn set(&mut self, at: usize) -> bool {
        if at >= self.len {
            return false;
        }
        self.words[at / 64] |= 1 << (at % 64);
        true
    }

    /// Whether `at` is in the set.
    pub(crate) fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Leaves what is in both sets.
    pub(crate) fn and(&mut self, other: &Bits) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    /// What is in this set and not in the other.
    pub(crate) fn without(&self, other: &Bits) -> Bits {
        let words = self.words.iter().zip(&other.words).map(|(mine, theirs)| mine & !theirs);
        Bits { words: words.collect(), len: self.len }
    }

    /// Adds what is in the other set.
    pub(crate) fn or(&mut self, other: &Bits) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// How many numbers are in the set.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The members in a range, in order.
    pub(crate) fn members(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let (mut next, end) = (range.start, range.end.min(self.len));
        std::iter::from_fn(move || {
            while next < end {
                let rest = self.words[next / 64] >> (next % 64);
                if rest == 0 {
                    next = (next / 64 + 1) * 64;
                    continue;
                }
                let member = next + rest.trailing_zeros() as usize;
                next = member + 1;
                return (member < end).then_some(member);
            }
            None
        })
    }

    /// Whether no number is in the set.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_past_the_end_are_never_members() {
        let mut bits = Bits::empty(70);
        assert!(bits.set(69) && !bits.set(70));
        assert!(bits.get(69) && !bits.get(70) && !bits.get(usize::MAX));
        assert_eq!(Bits::full(70).count(), 70);
        assert_eq!(Bits::from_bytes(&[0xff; 16], 70), Bits::full(70));
    }

    #[test]
    fn members_are_those_of_the_range() {
        let mut bits = Bits::empty(200);
        let all = [0, 63, 64, 130, 199];
        assert!(all.iter().all(|at| bits.set(*at)));
        let members = |range| bits.members(range).collect::<Vec<usize>>();
        assert_eq!(members(0..200), all);
        assert_eq!(members(0..usize::MAX), all);
        assert_eq!(members(1..64), [63]);
        assert_eq!(members(64..130), [64]);
        assert!(members(131..199).is_empty() && members(64..64).is_empty());
        assert!(Bits::empty(0).members(0..9).next().is_none());
    }

    #[test]
    fn and_or_are_intersection_and_union() {
        let (mut a, mut b) = (Bits::empty(130), Bits::empty(130));
        for i in [1, 64, 129] {
            a.set(i);
        }
        b.set(64);
        let mut both = a.clone();
        both.and(&b);
        assert_eq!(both, b);
        both.or(&a);
        assert_eq!(both, a);
    }
}
