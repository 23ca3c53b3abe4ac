//! The trigrams of up to 256 files, packed until all files are read: about a byte for each file that a
//! trigram is in, where the pairs themselves are four.
//!
//! For each first byte of the trigrams one run per trigram, in their order: how far the trigram's other
//! two bytes are from those of the run before, as a variable-length number; how many files it is in, less
//! one, as a byte; and these files' numbers, a byte each, or, of more than [`MOST`], a bit for each file.

use std::{borrow::Cow, io};

use super::trigrams::Trigrams;
use crate::scratch::{Kept, Scratch};

/// The files of a chunk; more would not fit a byte.
pub(crate) const CHUNK_FILES: usize = 256;

/// Files of a run that have a byte each: as many bytes as the bits of all files take.
const MOST: usize = CHUNK_FILES / 8;

/// Bits that one pass of sorting looks at: two passes do a trigram.
const DIGIT: u32 = 12;

/// The trigrams of up to [`CHUNK_FILES`] files.
#[derive(Debug)]
pub(crate) struct Chunk {
    files: usize,
    pairs: usize,
    /// The runs of each first byte that has some.
    parts: Vec<(u8, Kept)>,
}

impl Chunk {
    /// How many files it is of.
    pub(crate) fn files(&self) -> usize {
        self.files
    }

    /// How many trigrams its files have, together.
    pub(crate) fn pairs(&self) -> usize {
        self.pairs
    }

    /// What it has of one first byte, for [`Runs`].
    pub(super) fn part<'c>(&'c self, first: u8, scratch: &Scratch) -> io::Result<Cow<'c, [u8]>> {
        match self.parts.binary_search_by_key(&first, |(first, _)| *first) {
            Ok(at) => scratch.read(&self.parts[at].1),
            Err(_) => Ok(Cow::Borrowed(&[])),
        }
    }
}

/// Makes chunks, one after the other.
#[derive(Debug, Default)]
pub(crate) struct ChunkWriter {
    files: usize,
    /// Trigram in the upper 24 bits, file in the lower 8.
    pairs: Vec<u32>,
    sorted: Vec<u32>,
    packed: Vec<u8>,
}

impl ChunkWriter {
    /// Takes the next file's trigrams.
    pub(crate) fn add(&mut self, trigrams: &mut Trigrams) {
        let file = self.files as u32;
        trigrams.finish(|trigram| self.pairs.push(trigram << 8 | file));
        self.files += 1;
    }

    /// Takes a file that has no text in the index, so that it has a number all the same.
    pub(crate) fn skip(&mut self) {
        self.files += 1;
    }

    /// The chunk of the files that were taken since the one before, kept in `scratch`.
    pub(crate) fn finish(&mut self, scratch: &Scratch) -> Chunk {
        self.sort();
        self.packed.clear();
        // Of each first byte, and where its runs end.
        let mut ends: Vec<(u8, usize)> = Vec::new();
        let mut before = 0;
        for run in self.pairs.chunk_by(|one, other| one >> 8 == other >> 8) {
            let (first, rest) = ((run[0] >> 24) as u8, run[0] >> 8 & 0xffff);
            if ends.last().is_none_or(|(last, _)| *last != first) {
                ends.push((first, 0));
                before = 0;
            }
            put_run(&mut self.packed, rest - before, run);
            before = rest;
            if let Some((_, end)) = ends.last_mut() {
                *end = self.packed.len();
            }
        }
        let mut start = 0;
        let piece =
            |(_, end): &(u8, usize)| &self.packed[std::mem::replace(&mut start, *end)..*end];
        let pieces: Vec<&[u8]> = ends.iter().map(piece).collect();
        let kept = scratch.keep(&pieces);
        let parts = ends.iter().map(|(first, _)| *first).zip(kept).collect();
        let chunk = Chunk { files: self.files, pairs: self.pairs.len(), parts };
        self.files = 0;
        self.pairs.clear();
        chunk
    }

    /// Sorts the pairs by trigram; each trigram's are in the files' order already.
    fn sort(&mut self) {
        let digit =
            |pair: u32, pass: u32| (pair >> (8 + pass * DIGIT)) as usize & ((1 << DIGIT) - 1);
        let mut ends = vec![[0u32; 2]; 1 << DIGIT];
        for &pair in &self.pairs {
            (0..2).for_each(|pass| ends[digit(pair, pass)][pass as usize] += 1);
        }
        let mut sums = [0; 2];
        for end in &mut ends {
            for (end, sum) in end.iter_mut().zip(&mut sums) {
                *sum += std::mem::replace(end, *sum);
            }
        }
        self.sorted.resize(self.pairs.len(), 0);
        for pass in 0..2 {
            for &pair in &self.pairs {
                let slot = &mut ends[digit(pair, pass)][pass as usize];
                self.sorted[*slot as usize] = pair;
                *slot += 1;
            }
            std::mem::swap(&mut self.pairs, &mut self.sorted);
        }
    }
}

/// Appends a trigram's run, whose pairs these are.
fn put_run(packed: &mut Vec<u8>, mut gap: u32, pairs: &[u32]) {
    while gap >= 0x80 {
        packed.push(gap as u8 | 0x80);
        gap >>= 7;
    }
    packed.push(gap as u8);
    packed.push((pairs.len() - 1) as u8);
    if pairs.len() <= MOST {
        packed.extend(pairs.iter().map(|pair| *pair as u8));
    } else {
        let mut files = [0u8; MOST];
        pairs.iter().for_each(|pair| files[(pair & 0xff) as usize / 8] |= 1 << (pair % 8));
        packed.extend_from_slice(&files);
    }
}

/// What a chunk has of one first byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs<'a> {
    bytes: &'a [u8],
}

/// A trigram's run in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The trigram's second and third byte.
    pub(super) rest: u16,
    /// Where its documents are, for [`Runs::documents`].
    pub(super) at: u32,
}

impl<'a> Runs<'a> {
    /// Those of a part.
    pub(super) fn new(part: &'a [u8]) -> Self {
        Runs { bytes: part }
    }

    /// The runs, in the order of their trigrams.
    pub(super) fn iter(self) -> impl Iterator<Item = Run> + use<'a> {
        let (mut at, mut rest) = (0, 0u32);
        std::iter::from_fn(move || {
            let (mut gap, mut shift) = (0u32, 0);
            loop {
                let byte = *self.bytes.get(at)?;
                at += 1;
                gap |= u32::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
                shift = (shift + 7).min(21);
            }
            rest += gap;
            let run = Run { rest: rest as u16, at: at as u32 };
            at += 1 + (usize::from(*self.bytes.get(at)?) + 1).min(MOST);
            Some(run)
        })
    }

    /// Appends the documents of the run at `at`, the chunk's first of which is number `base`.
    pub(super) fn documents(self, at: u32, base: u32, documents: &mut Vec<u32>) {
        let Some((count, files)) = self.bytes.get(at as usize..).and_then(<[u8]>::split_first)
        else {
            return;
        };
        let count = usize::from(*count) + 1;
        if count <= MOST {
            documents.extend(files.iter().take(count).map(|file| base + u32::from(*file)));
            return;
        }
        for (word, bytes) in (0..).zip(files.as_chunks::<8>().0.iter().take(MOST / 8)) {
            let mut bits = u64::from_le_bytes(*bytes);
            while bits != 0 {
                documents.push(base + word * 64 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::text::{Trigram, trigram};

    /// What the chunk of these files says: for each trigram its files.
    fn files_by_trigram(chunk: &Chunk) -> BTreeMap<Trigram, Vec<u32>> {
        let mut found = BTreeMap::new();
        for first in 0..=u8::MAX {
            let part = chunk.part(first, &Scratch::default()).unwrap();
            let runs = Runs::new(&part);
            for run in runs.iter() {
                let mut files = Vec::new();
                runs.documents(run.at, 1000, &mut files);
                found.insert(Trigram::from(first) << 16 | Trigram::from(run.rest), files);
            }
        }
        found
    }

    fn expected(texts: &[Vec<u8>]) -> BTreeMap<Trigram, Vec<u32>> {
        let mut expected: BTreeMap<Trigram, Vec<u32>> = BTreeMap::new();
        for (file, text) in (1000..).zip(texts) {
            for trigram in text.windows(3).filter_map(trigram) {
                let files = expected.entry(trigram).or_default();
                if files.last() != Some(&file) {
                    files.push(file);
                }
            }
        }
        expected
    }

    #[test]
    fn a_chunk_says_which_files_have_which_trigrams() {
        let mut trigrams = Trigrams::new();
        let mut writer = ChunkWriter::default();
        // Each trigram in one file, in a few, in all; first and last bytes; nothing at all.
        let text = |file: u32| {
            let own = file.wrapping_mul(0x9e37_79b9).to_be_bytes();
            let few = [b'a' + (file % 9) as u8, b'z', 0xff];
            [&b"all of them"[..], &own, &few, &[0, 0, 0], &[0xff; 4]].concat()
        };
        for files in [0, 1, 31, 32, 33, 34, 256] {
            let texts: Vec<Vec<u8>> = (0..files).map(text).collect();
            for text in &texts {
                trigrams.feed(text);
                writer.add(&mut trigrams);
            }
            let chunk = writer.finish(&Scratch::default());
            let expected = expected(&texts);
            assert_eq!(
                (chunk.files(), files_by_trigram(&chunk)),
                (files as usize, expected.clone())
            );
            assert_eq!(chunk.pairs(), expected.values().map(Vec::len).sum::<usize>());
        }
    }

    #[test]
    fn a_file_without_text_has_a_number() {
        let (mut trigrams, mut writer) = (Trigrams::new(), ChunkWriter::default());
        writer.skip();
        trigrams.feed(b"abc");
        writer.add(&mut trigrams);
        writer.skip();
        let chunk = writer.finish(&Scratch::default());
        assert_eq!(chunk.files(), 3);
        assert_eq!(files_by_trigram(&chunk), BTreeMap::from([(0x61_6263, vec![1001])]));
    }
}
