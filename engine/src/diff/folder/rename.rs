//! Which of the files that are gone came back under another name: told by content.
//!
//! Equal content first. Then by the lines two files share, found through an index of
//! the lines of the files that are gone, so that thousands on either side cost one look
//! at each line instead of a comparison of every pair. At least half must be shared, as
//! with git's default `-M50%`.

use super::{Folders, LINK, Lone, created, deleted, path_order, text};
use crate::diff::model::{FileChange, FileOp, file_lines};
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::Path;

/// A line in more of the gone files than this (`}`, `#endif`) tells nothing.
const COMMON: usize = 16;
/// Files below this size are too much alike to be called renamed when they differ.
const SMALL: u64 = 128;

/// Joins gone and born files to renames; the rest are deletions and creations.
pub(super) fn join(folders: &Folders, gone: Vec<Lone>, born: Vec<Lone>) -> Vec<FileChange> {
    let mut gone: Vec<Option<Lone>> = gone.into_iter().map(Some).collect();
    // The tasks finish in any order; the answer must not depend on it.
    gone.sort_by(|a, b| name(a).cmp(name(b)));
    let mut born: Vec<Option<Lone>> = born.into_iter().map(Some).collect();
    born.sort_by(|a, b| name(a).cmp(name(b)));
    let mut changes = equal(folders, &mut gone, &mut born);
    for (from, to) in similar(folders, &gone, &born) {
        // A file is renamed once: the best pairs come first.
        let free = |list: &[Option<Lone>], at: usize| list.get(at).is_some_and(Option::is_some);
        if free(&gone, from) && free(&born, to) {
            let pair = gone.get_mut(from).and_then(Option::take);
            changes.extend(pair.zip(born.get_mut(to).and_then(Option::take)).map(renamed));
        }
    }
    changes.extend(gone.into_iter().flatten().map(deleted));
    changes.extend(born.into_iter().flatten().map(created));
    changes
}

fn name(file: &Option<Lone>) -> &[u8] {
    file.as_ref().map(|file| file.name.as_slice()).unwrap_or_default()
}

fn renamed((from, to): (Lone, Lone)) -> FileChange {
    FileChange {
        old: Some(from.name),
        new: Some(to.name),
        op: FileOp::Rename,
        old_mode: Some(from.mode),
        new_mode: Some(to.mode),
        ..FileChange::default()
    }
}

/// Takes the pairs of equal content; a file of the same base name is preferred.
fn equal(
    folders: &Folders,
    gone: &mut [Option<Lone>],
    born: &mut [Option<Lone>],
) -> Vec<FileChange> {
    let mut by_size: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, file) in gone.iter().enumerate() {
        let size = file.as_ref().map_or(0, |file| file.size);
        by_size.entry(size).or_default().push(at);
    }
    let mut changes = Vec::new();
    for slot in born {
        // Empty files are all equal, which says nothing.
        let Some(to) = slot.as_ref().filter(|file| file.size > 0) else { continue };
        let Some(candidates) = by_size.get(&to.size) else { continue };
        let Ok(text) = text_of(&folders.new, to) else { continue };
        let same = |at: &&usize| {
            let from = gone.get(**at).and_then(Option::as_ref);
            from.is_some_and(|from| {
                kind(from) == kind(to) && text_of(&folders.old, from).is_ok_and(|old| old == text)
            })
        };
        let best = candidates
            .iter()
            .filter(same)
            .max_by_key(|at| gone.get(**at).is_some_and(|from| base(name(from)) == base(&to.name)));
        if let Some(&at) = best {
            let from = gone.get_mut(at).and_then(Option::take);
            changes.extend(from.zip(slot.take()).map(renamed));
        }
    }
    changes
}

/// A link never becomes a file by a rename.
fn kind(file: &Lone) -> u32 {
    file.mode >> 12
}

fn base(name: &[u8]) -> &[u8] {
    name.rsplit(|&b| b == b'/').next().unwrap_or_default()
}

/// A lone file's text, below its side.
fn text_of(side: &Path, file: &Lone) -> io::Result<Vec<u8>> {
    text(&side.join(path_order(&file.name)), file.mode == LINK)
}

/// The text of a file that is neither a link nor too small; else nothing. What can't be
/// read is no rename; it is told when its hunks are read.
fn comparable(side: &Path, file: &Option<Lone>) -> Vec<u8> {
    let file = file.as_ref().filter(|file| kind(file) == 0o10 && file.size >= SMALL);
    file.and_then(|file| text_of(side, file).ok()).unwrap_or_default()
}

/// The lines of a text as hashes, with the bytes each stands for. Two lines of one hash
/// would only make two files look a little more alike than they are.
fn hashed(text: &[u8]) -> impl Iterator<Item = (u64, usize)> + '_ {
    // Not the usual random keys: the same trees give the same pairs.
    let hash = |line: &[u8]| {
        let mut hasher = DefaultHasher::new();
        hasher.write(line);
        hasher.finish()
    };
    file_lines(text).into_iter().map(move |line| (hash(line), line.len()))
}

/// Pairs that share at least half of the larger one, best first.
fn similar(folders: &Folders, gone: &[Option<Lone>], born: &[Option<Lone>]) -> Vec<(usize, usize)> {
    let lines = |(at, file): (usize, &Option<Lone>)| {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        hashed(&comparable(&folders.old, file)).map(|(hash, _)| (hash, at)).collect::<Vec<_>>()
    };
    let mut holders: Vec<(u64, u32)> = Vec::new();
    holders.par_extend(gone.par_iter().enumerate().flat_map_iter(lines));
    let holders = Holders::new(holders);
    let size = |from: usize| {
        let size = gone.get(from).and_then(Option::as_ref).map_or(0, |file| file.size);
        usize::try_from(size).unwrap_or(usize::MAX)
    };
    let one = |(to, file): (usize, &Option<Lone>)| {
        let text = comparable(&folders.new, file);
        let larger = |from: usize| size(from).max(text.len());
        let mut pairs = Vec::new();
        for (from, bytes) in shared(&text, &holders) {
            if bytes * 2 >= larger(from) {
                let same_base = base(name(gone.get(from).unwrap_or(&None))) == base(name(file));
                pairs.push((bytes * 100 / larger(from).max(1), same_base, from, to));
            }
        }
        pairs
    };
    let mut pairs: Vec<_> = born.par_iter().enumerate().flat_map_iter(one).collect();
    pairs.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    pairs.into_iter().map(|(_, _, from, to)| (from, to)).collect()
}

/// Every line of every gone file: its hash, and the file's place.
struct Holders {
    /// Sorted: small, and a look-up is a binary search.
    lines: Vec<(u64, u32)>,
    /// Where the hashes of each value of their upper bits begin. Searching all of the
    /// lines would miss the processor's cache at every step, for every line of a kernel.
    starts: Vec<usize>,
}

impl Holders {
    /// This many upper bits leave a few dozen lines of a kernel to search.
    const BITS: u32 = 16;

    fn new(mut lines: Vec<(u64, u32)>) -> Self {
        lines.par_sort_unstable();
        let start = |bits: u64| lines.partition_point(|(hash, _)| Self::upper(*hash) < bits);
        let starts = (0..=1 << Self::BITS).map(start).collect();
        Self { lines, starts }
    }

    fn upper(hash: u64) -> u64 {
        hash >> (u64::BITS - Self::BITS)
    }

    /// The lines of this hash, file by file.
    fn of(&self, hash: u64) -> &[(u64, u32)] {
        let at = usize::try_from(Self::upper(hash)).unwrap_or(usize::MAX);
        let bounds = self.starts.get(at).zip(self.starts.get(at.saturating_add(1)));
        let near = bounds.and_then(|(from, to)| self.lines.get(*from..*to)).unwrap_or_default();
        let from = near.partition_point(|(other, _)| *other < hash);
        let to = near.partition_point(|(other, _)| *other <= hash);
        near.get(from..to).unwrap_or_default()
    }
}

/// How many bytes of lines a text has in common with each gone file.
fn shared(text: &[u8], holders: &Holders) -> HashMap<usize, usize> {
    let mut own: HashMap<u64, (usize, usize)> = HashMap::new();
    for (hash, length) in hashed(text) {
        own.entry(hash).or_insert((length, 0)).1 += 1;
    }
    let mut shared: HashMap<usize, usize> = HashMap::new();
    for (hash, (length, count)) in own {
        let files = holders.of(hash).chunk_by(|a, b| a == b);
        if files.clone().take(COMMON + 1).count() > COMMON {
            continue;
        }
        for run in files {
            let Some(&(_, file)) = run.first() else { continue };
            *shared.entry(file as usize).or_default() += length * count.min(run.len());
        }
    }
    shared
}
