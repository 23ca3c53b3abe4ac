//! A set of names from which most others are told apart by their hashes alone.

/// Says of most names that they are none of a set, without leaving the core's cache.
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

    pub(super) fn may_have(&self, hash: u32) -> bool {
        let bit = hash >> (32 - BITS);
        self.0[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}
