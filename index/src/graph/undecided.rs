//! What the build could not decide from one file, and dropped: for each such use its file, by
//! the hash of its name and by what would make it an edge. When a name becomes a function, say,
//! in a changed file, the files found here are read again. Also, by the hashes of their base
//! names, which files include what: a new file may be nearer than the one that was meant.
//!
//! Two names with one hash cost reading a file in vain, nothing else.

use super::bytes::{Cursor, Words, join, parts, put, put_words};
use super::edges::CONDITIONS;
use super::guard::Guarded;
use super::include::base_name;
use crate::paths::normal;

pub(super) use crate::name_hash::hash;

/// Keys with the same highest bits are found together.
const BUCKET_BITS: u32 = 14;

/// The key of the uses of a name with this hash for which `needed` must be known of it.
pub(super) fn key(hash: u32, needed: u8) -> u32 {
    (hash ^ u32::from(needed).wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b)
}

/// The key of the includes of files that are called so.
pub(super) fn include_key(path: &[u8]) -> u32 {
    key(hash(base_name(path)), u8::MAX)
}

/// Collects the keys of one file.
pub(super) struct Keys {
    /// For each of the file's own numbers of names which conditions were not met.
    local: Vec<u8>,
    keys: Vec<u32>,
}

impl Keys {
    pub(super) fn new(locals: usize) -> Keys {
        Keys { local: vec![0; locals], keys: Vec::new() }
    }

    /// Notes a dropped use of the file's own number of a name.
    pub(super) fn drop_local(&mut self, local: u32, needed: u8) {
        let condition = CONDITIONS.iter().position(|condition| *condition == needed);
        if let (Some(bits), Some(at)) = (self.local.get_mut(local as usize), condition) {
            *bits |= 1 << at;
        }
    }

    /// Tells the hash of a number that [`Keys::drop_local`] may have noted.
    pub(super) fn add_local(&mut self, local: usize, hash: u32) {
        let bits = self.local.get(local).copied().unwrap_or(0);
        let dropped = CONDITIONS.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        self.keys.extend(dropped.map(|(_, needed)| key(hash, *needed)));
    }

    pub(super) fn add(&mut self, hash: u32, needed: u8) {
        self.keys.push(key(hash, needed));
    }

    pub(super) fn add_include(&mut self, path: &[u8]) {
        self.keys.push(include_key(&normal(path)));
    }

    pub(super) fn finish(mut self) -> Vec<u32> {
        self.keys.sort_unstable();
        self.keys.dedup();
        self.keys.shrink_to_fit();
        self.keys
    }
}

/// The section, from the keys of each file.
pub(super) fn write(files: &[Vec<u32>]) -> Vec<u8> {
    use rayon::prelude::*;
    let mut pairs: Vec<u64> = files
        .par_iter()
        .enumerate()
        .flat_map_iter(|(file, keys)| {
            keys.iter().map(move |key| u64::from(*key) << 32 | file as u64)
        })
        .collect();
    pairs.par_sort_unstable();
    let (mut offsets, mut data) = (vec![0], Vec::new());
    let mut before = 0;
    for group in pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
        let key = (group[0] >> 32) as u32;
        let bucket = (key >> (32 - BUCKET_BITS)) as usize;
        while offsets.len() <= bucket {
            offsets.push(data.len() as u32);
            before = (offsets.len() as u32 - 1) << (32 - BUCKET_BITS);
        }
        put(&mut data, key - before);
        before = key;
        put(&mut data, group.len() as u32);
        let mut last = 0;
        for pair in group {
            put(&mut data, *pair as u32 - last);
            last = *pair as u32;
        }
    }
    offsets.resize((1 << BUCKET_BITS) + 1, data.len() as u32);
    let mut offset_bytes = Vec::new();
    put_words(&mut offset_bytes, &offsets);
    join(&[&offset_bytes, &data])
}

/// The section, read.
#[derive(Clone, Copy)]
pub(super) struct Undecided<'a> {
    offsets: Words<'a>,
    data: Guarded<'a>,
}

impl<'a> Undecided<'a> {
    pub(super) fn read(section: Guarded<'a>) -> Option<Self> {
        let [offsets, data] = parts(section)?;
        let offsets = Words::new(offsets);
        (offsets.len() == (1 << BUCKET_BITS) + 1).then_some(Undecided { offsets, data })
    }

    /// Calls `each` with the files that have this key.
    pub(super) fn files_with(&self, wanted: u32, mut each: impl FnMut(u32)) {
        let bucket = wanted >> (32 - BUCKET_BITS);
        let Some(range) = self.offsets.range(bucket as usize) else { return };
        let mut cursor = Cursor::new(self.data.get(range).unwrap_or_default(), 0);
        let mut key = bucket << (32 - BUCKET_BITS);
        while let (Some(delta), Some(count)) = (cursor.number(), cursor.number()) {
            key = key.wrapping_add(delta);
            let mut file = 0u32;
            for _ in 0..count {
                let Some(delta) = cursor.number() else { return };
                file = file.wrapping_add(delta);
                if key == wanted {
                    each(file);
                }
            }
            if key >= wanted {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guarded, Undecided, write};

    #[test]
    fn files_are_found_by_their_keys() {
        let files: Vec<Vec<u32>> = (0..50u32)
            .map(|file| (0..file).map(|n| n.wrapping_mul(0x9e37_79b9)).collect())
            .collect();
        let files: Vec<Vec<u32>> = files
            .into_iter()
            .map(|mut keys| {
                keys.sort_unstable();
                keys
            })
            .collect();
        let section = write(&files);
        let read = Undecided::read(Guarded::new(&section, None)).expect("a section");
        let with = |key: u32| {
            let mut found = Vec::new();
            read.files_with(key, |file| found.push(file));
            found
        };
        for n in 0..50u32 {
            let key = n.wrapping_mul(0x9e37_79b9);
            assert_eq!(with(key), (n + 1..50).collect::<Vec<u32>>());
        }
        assert!(with(1).is_empty() && with(u32::MAX).is_empty());
        let nothing = write(&[]);
        let read = Undecided::read(Guarded::new(&nothing, None)).expect("a section");
        read.files_with(7, |_| panic!("there is none"));
    }
}
