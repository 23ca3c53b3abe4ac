//! The names of all files, each once, numbered while many threads add files at the same time.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::shard::Shard;
use crate::name_hash::hash;

/// As many tables as make two threads rarely want the same one.
const SHARDS: usize = 64;
/// Names whose memory is asked for at once: more than a core can wait for, few enough to stay
/// in its cache.
const TOGETHER: usize = 64;

/// Names that are in no table yet, each with its hash: they are numbered together.
#[derive(Default)]
pub(super) struct Waiting {
    /// The names' bytes one after the other, and for each its hash and its end.
    text: Vec<u8>,
    names: Vec<(u32, u32)>,
}

impl Waiting {
    /// Adds a name; its place among those that wait.
    pub(super) fn push(&mut self, name: &[u8]) -> u32 {
        self.text.extend_from_slice(name);
        self.names.push((hash(name), self.text.len() as u32));
        self.names.len() as u32 - 1
    }

    fn get(&self, place: u32) -> (u32, &[u8]) {
        let start = place.checked_sub(1).map_or(0, |before| self.names[before as usize].1);
        let (hash, end) = self.names[place as usize];
        (hash, &self.text[start as usize..end as usize])
    }

    /// The places, those of one shard together, and where each shard's end.
    fn by_shard(&self) -> (Vec<u32>, [u32; SHARDS]) {
        let mut ends = [0; SHARDS];
        self.names.iter().for_each(|(hash, _)| ends[*hash as usize % SHARDS] += 1);
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut places = vec![0; self.names.len()];
        for (place, (hash, _)) in self.names.iter().enumerate() {
            let next = &mut ends[*hash as usize % SHARDS];
            places[*next as usize] = place as u32;
            *next += 1;
        }
        (places, ends)
    }
}

/// Names to numbers, for many threads.
pub(super) struct Interner {
    shards: Vec<Mutex<Shard>>,
}

impl Default for Interner {
    fn default() -> Self {
        Interner { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Interner {
    /// The number of `name`: unique, but neither dense nor in any order.
    pub(super) fn intern(&self, name: &[u8]) -> u32 {
        let hash = hash(name);
        let shard = hash as usize % SHARDS;
        let mut table = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        table.intern(hash, name) * SHARDS as u32 + shard as u32
    }

    /// The number of a name, if it has one.
    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        let hash = hash(name);
        let shard = hash as usize % SHARDS;
        let found =
            self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).find(hash, name)?;
        Some(found * SHARDS as u32 + shard as u32)
    }

    /// The numbers of all `waiting` names, in their order.
    pub(super) fn intern_all(&self, waiting: &Waiting) -> Vec<u32> {
        let (places, ends) = waiting.by_shard();
        let mut numbers = vec![0; places.len()];
        let mut start = 0;
        for (shard, end) in ends.iter().enumerate() {
            let mut table = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
            for places in places[start..*end as usize].chunks(TOGETHER) {
                table.warm(places.iter().map(|place| waiting.get(*place).0));
                for place in places {
                    let (hash, name) = waiting.get(*place);
                    let number = table.intern(hash, name) * SHARDS as u32 + shard as u32;
                    numbers[*place as usize] = number;
                }
            }
            start = *end as usize;
        }
        numbers
    }

    /// The name of a number that `intern` gave.
    pub(super) fn text(&self, id: u32) -> Vec<u8> {
        let table =
            self.shards[id as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        table.get(id / SHARDS as u32).to_vec()
    }

    /// All names, when no thread adds any more.
    pub(super) fn freeze(self) -> Frozen {
        let open = |shard: Mutex<Shard>| shard.into_inner().unwrap_or_else(PoisonError::into_inner);
        let shards: Vec<Shard> = self.shards.into_iter().map(open).collect();
        let mut bases = Vec::with_capacity(SHARDS);
        let mut total = 0;
        for shard in &shards {
            bases.push(total);
            total += shard.len() as u32;
        }
        Frozen { shards, bases, total }
    }
}

/// The names, now numbered densely from 0.
pub(super) struct Frozen {
    shards: Vec<Shard>,
    bases: Vec<u32>,
    total: u32,
}

impl Frozen {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.total as usize
    }

    /// The dense number for one that `intern` gave.
    #[inline]
    pub(super) fn dense(&self, id: u32) -> u32 {
        self.bases[id as usize % SHARDS] + id / SHARDS as u32
    }

    /// The dense number of a name with this hash.
    pub(super) fn find(&self, hash: u32, name: &[u8]) -> Option<u32> {
        let shard = hash as usize % SHARDS;
        Some(self.bases[shard] + self.shards[shard].find(hash, name)?)
    }

    /// The hashes of the names whose dense numbers `wanted` holds.
    pub(super) fn hashes(&self, wanted: &impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
        let all = self.shards.iter().zip(&self.bases);
        all.flat_map(move |(shard, base)| shard.hashes(move |index| wanted(base + index)))
    }

    /// The name of a dense number.
    pub(super) fn get(&self, dense: u32) -> &[u8] {
        let shard = self.bases.partition_point(|base| *base <= dense) - 1;
        self.shards[shard].get(dense - self.bases[shard])
    }

    /// The dense numbers of the wanted names, sorted by name.
    pub(super) fn sorted(&self, wanted: &[u8]) -> Vec<u32> {
        // By the first two bytes, so that what sorting needs besides is only needed for a few at a
        // time, and sees two bytes further at a glance.
        let bucket = |name: &[u8]| usize::from(byte(name, 0)) << 8 | usize::from(byte(name, 1));
        let mut ends = vec![0u32; 1 << 16];
        self.wanted(wanted, |_, name| ends[bucket(name)] += 1);
        let mut lengths = Vec::with_capacity(ends.len());
        let mut sum = 0;
        for end in &mut ends {
            lengths.push(*end as usize);
            sum += std::mem::replace(end, sum);
        }
        let mut all = vec![0; sum as usize];
        self.wanted(wanted, |dense, name| {
            let slot = &mut ends[bucket(name)];
            all[*slot as usize] = dense;
            *slot += 1;
        });
        let mut rest = &mut all[..];
        let mut buckets = Vec::new();
        for length in lengths.into_iter().filter(|length| *length > 0) {
            let (bucket, after) = rest.split_at_mut(length);
            buckets.push(bucket);
            rest = after;
        }
        buckets.into_par_iter().for_each(|bucket| self.sort(bucket));
        all
    }

    /// Calls `each` with the wanted names.
    fn wanted<'n>(&'n self, wanted: &[u8], mut each: impl FnMut(u32, &'n [u8])) {
        for (shard, base) in self.shards.iter().zip(&self.bases) {
            let names = shard.names().zip(*base..);
            let names = names.filter(|(_, dense)| wanted[*dense as usize] != 0);
            names.for_each(|(name, dense)| each(dense, name));
        }
    }

    /// Sorts names that begin with the same two bytes.
    fn sort(&self, bucket: &mut [u32]) {
        let key = |name: &[u8]| u64::from_be_bytes(std::array::from_fn(|at| byte(name, 2 + at)));
        let mut keyed: Vec<(u64, &[u8], u32)> = bucket
            .iter()
            .map(|&dense| {
                let name = self.get(dense);
                (key(name), name, dense)
            })
            .collect();
        keyed.sort_unstable();
        bucket.iter_mut().zip(keyed).for_each(|(place, (_, _, dense))| *place = dense);
    }
}

/// The byte of a name at `at`; 0 behind its end.
fn byte(name: &[u8], at: usize) -> u8 {
    name.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_bytes() {
        let interner = Interner::default();
        let mut names: Vec<Vec<u8>> = (0..3000u32)
            .map(|number| format!("{:b}_{}", number % 7, number * 7919 % 1000).into_bytes())
            .chain(
                [&b""[..], b"a", b"a\0", b"a\0\0", b"ab", b"\xff", b"long_name_1"].map(Vec::from),
            )
            .collect();
        let unwanted = [&b"b"[..], b"long_name_0", b"long_name_"];
        let numbers: Vec<u32> = names.iter().map(|name| interner.intern(name)).collect();
        unwanted.iter().for_each(|name| _ = interner.intern(name));
        let frozen = interner.freeze();
        let mut wanted = vec![0; frozen.len()];
        numbers.iter().for_each(|number| wanted[frozen.dense(*number) as usize] = 1);
        names.sort();
        names.dedup();
        let sorted = frozen.sorted(&wanted);
        assert!(sorted.iter().map(|dense| frozen.get(*dense)).eq(names.iter().map(Vec::as_slice)));
    }
}
