//! Making a segment: from what each file holds to what files each trigram is in.
//!
//! A thread reads a [`Chunk`] of up to 256 files and keeps three bytes for each distinct
//! trigram of each of them, sorted by the trigram's first byte: with that byte known, two
//! bytes of trigram and one of document are left. When all files are read, each first byte is
//! done by itself, with a counting sort whose 65,536 counters fit a core's cache.

use std::path::Path;

use rayon::prelude::*;

use super::{
    Trigram,
    postings::{Form, encode},
    segment::{BITMAP, BLOCK_ENTRIES, BLOCKS, DOCUMENTS, ENTRY_LEN, KIND, LEXICON, POSTINGS},
    trigrams::Trigrams,
};
use crate::{
    Error,
    bytes::{put_u32, put_u64},
    store::container::{self, Section},
};

/// The files of a chunk; more would not fit a byte.
pub(crate) const CHUNK_FILES: usize = 256;

const FIRST_BYTES: usize = 256;

/// The trigrams of up to [`CHUNK_FILES`] files.
#[derive(Debug)]
pub(crate) struct Chunk {
    files: u32,
    /// Where each first byte's entries begin, and the end.
    starts: Vec<u32>,
    /// The trigram's second and third byte, and the file's number in the chunk.
    entries: Vec<[u8; 3]>,
}

impl Chunk {
    /// How many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        self.entries.len() * 3 + self.starts.len() * 4
    }

    /// One first byte's entries, ordered by file.
    fn entries_of(&self, first: usize) -> &[[u8; 3]] {
        &self.entries[self.starts[first] as usize..self.starts[first + 1] as usize]
    }
}

/// A chunk that is being filled.
#[derive(Debug, Default)]
pub(crate) struct ChunkWriter {
    files: u32,
    /// Trigram in the upper 24 bits, file in the lower 8.
    pairs: Vec<u32>,
}

impl ChunkWriter {
    /// Takes the next file's trigrams.
    pub(crate) fn add(&mut self, trigrams: &mut Trigrams) {
        let file = self.files;
        trigrams.finish(|trigram| self.pairs.push(trigram << 8 | file));
        self.files += 1;
    }

    /// Takes a file that has no text in the index, so that it has a number all the same.
    pub(crate) fn skip(&mut self) {
        self.files += 1;
    }

    /// Sorts the entries by their trigrams' first bytes.
    pub(crate) fn finish(self) -> Chunk {
        let mut starts = vec![0u32; FIRST_BYTES + 1];
        for pair in &self.pairs {
            starts[(pair >> 24) as usize + 1] += 1;
        }
        for first in 0..FIRST_BYTES {
            starts[first + 1] += starts[first];
        }
        let mut next = starts.clone();
        let mut entries = vec![[0; 3]; self.pairs.len()];
        for pair in self.pairs {
            let [first, rest @ ..] = pair.to_be_bytes();
            let slot = &mut next[first as usize];
            entries[*slot as usize] = rest;
            *slot += 1;
        }
        Chunk { files: self.files, starts, entries }
    }
}

/// The lists of all trigrams with one first byte.
#[derive(Debug, Default)]
struct Lists {
    postings: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    trigram: Trigram,
    count: u32,
    form: Form,
    start: usize,
    checksum: u32,
}

/// A segment that can be written: what files each trigram is in.
#[derive(Debug)]
pub(crate) struct Inverted {
    documents: usize,
    /// For each first byte.
    lists: Vec<Lists>,
}

/// Turns chunks round, whose files are the segment's documents, numbered in the order of the
/// chunks.
pub(crate) fn invert(chunks: Vec<Chunk>) -> Inverted {
    let documents = chunks.iter().map(|chunk| chunk.files as usize).sum();
    let lists = (0..FIRST_BYTES)
        .into_par_iter()
        .with_max_len(1)
        .map(|first| invert_one(&chunks, first, documents))
        .collect();
    Inverted { documents, lists }
}

/// Writes the segment. Returns the file's checksum and length.
pub(crate) fn write(path: &Path, inverted: &Inverted) -> Result<(u32, u64), Error> {
    let Inverted { documents, lists } = inverted;
    let count: usize = lists.iter().map(|list| list.entries.len()).sum();
    let mut lexicon = Vec::with_capacity(count * ENTRY_LEN);
    let mut base = 0;
    for list in lists {
        for entry in &list.entries {
            let offset = (base + entry.start) as u64;
            put_u64(&mut lexicon, u64::from(entry.trigram) << 40 | offset);
            put_u32(
                &mut lexicon,
                entry.count | if entry.form == Form::Bitmap { BITMAP } else { 0 },
            );
            put_u32(&mut lexicon, entry.checksum);
        }
        base += list.postings.len();
    }
    let mut blocks = Vec::new();
    for block in lexicon.chunks(BLOCK_ENTRIES * ENTRY_LEN) {
        blocks.extend_from_slice(&block[5..8]);
        blocks.push(0);
        put_u32(&mut blocks, crc32fast::hash(block));
    }
    let documents = (*documents as u32).to_le_bytes();
    let pieces = lists.iter().map(|list| list.postings.as_slice()).collect();
    let sections = [
        Section { name: DOCUMENTS, pieces: vec![&documents] },
        Section { name: BLOCKS, pieces: vec![&blocks] },
        Section { name: LEXICON, pieces: vec![&lexicon] },
        Section { name: POSTINGS, pieces },
    ];
    let checksum = container::write(path, KIND, &sections)?;
    let len = std::fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
    Ok((checksum, len))
}

/// Sorts one first byte's entries by trigram and encodes their lists.
fn invert_one(chunks: &[Chunk], first: usize, total: usize) -> Lists {
    if chunks.iter().all(|chunk| chunk.entries_of(first).is_empty()) {
        return Lists::default();
    }
    let rest = |entry: &[u8; 3]| usize::from(entry[0]) << 8 | usize::from(entry[1]);
    let mut ends = vec![0u32; 1 << 16];
    for entry in chunks.iter().flat_map(|chunk| chunk.entries_of(first)) {
        ends[rest(entry)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        // For now the list's start; the scatter below moves it to its end.
        sum += std::mem::replace(end, sum);
    }
    let mut documents = vec![0u32; sum as usize];
    let mut base = 0;
    for chunk in chunks {
        for entry in chunk.entries_of(first) {
            let slot = &mut ends[rest(entry)];
            documents[*slot as usize] = base + u32::from(entry[2]);
            *slot += 1;
        }
        base += chunk.files;
    }
    let mut lists = Lists::default();
    let mut start = 0;
    for (rest, &end) in ends.iter().enumerate() {
        if start == end {
            continue;
        }
        let list = &documents[start as usize..end as usize];
        let at = lists.postings.len();
        let form = encode(list, total, &mut lists.postings);
        lists.entries.push(Entry {
            trigram: (first << 16 | rest) as Trigram,
            count: end - start,
            form,
            start: at,
            checksum: crc32fast::hash(&lists.postings[at..]),
        });
        start = end;
    }
    lists
}
