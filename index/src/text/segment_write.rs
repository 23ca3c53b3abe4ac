//! Making a segment: from what each file holds to what files each trigram is in.
//!
//! A thread reads a [`Chunk`] of up to 256 files and packs it, sorted by trigram ([`packed`]). When all
//! files are read, each first byte of trigrams is done by itself: the runs of all chunks are counted and
//! sorted by trigram, with 65,536 counters that fit a core's cache, and each trigram's runs, one after the
//! other, are its list.
//!
//! [`packed`]: super::packed

use std::{io, path::Path};

use rayon::prelude::*;

use super::{
    Trigram,
    packed::{Chunk, Runs},
    postings::{Form, encode},
    segment::{BITMAP, BLOCK_ENTRIES, BLOCKS, DOCUMENTS, ENTRY_LEN, KIND, LEXICON, POSTINGS},
};
use crate::{
    Error,
    bytes::{put_u32, put_u64},
    scratch::Scratch,
    store::container::{self, Section},
};

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
///
/// # Errors
/// When what `scratch` keeps of them can't be read.
pub(crate) fn invert(chunks: Vec<Chunk>, scratch: &Scratch) -> io::Result<Inverted> {
    let documents = chunks.iter().map(Chunk::files).sum();
    let lists: io::Result<Vec<Lists>> = (0..=u8::MAX)
        .into_par_iter()
        .with_max_len(1)
        .map(|first| {
            let parts: io::Result<Vec<_>> =
                chunks.iter().map(|chunk| chunk.part(first, scratch)).collect();
            let parts = parts?;
            let runs: Vec<Runs> = parts.iter().map(|part| Runs::new(part)).collect();
            Ok(invert_one(&chunks, first, &runs, documents))
        })
        .collect();
    Ok(Inverted { documents, lists: lists? })
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

/// Where a run is: its chunk, and its documents in what the chunk has of the first byte.
type Place = (u32, u32);

/// Sorts one first byte's runs, of each chunk some, by trigram and encodes their lists.
fn invert_one(chunks: &[Chunk], first: u8, parts: &[Runs], total: usize) -> Lists {
    let mut ends = vec![0u32; 1 << 16];
    for run in parts.iter().flat_map(|runs| runs.iter()) {
        ends[usize::from(run.rest)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        // For now where the trigram's runs begin; sorting them moves it to their end.
        sum += std::mem::replace(end, sum);
    }
    if sum == 0 {
        return Lists::default();
    }
    let mut places: Vec<Place> = vec![(0, 0); sum as usize];
    for (chunk, runs) in (0..).zip(parts) {
        for run in runs.iter() {
            let slot = &mut ends[usize::from(run.rest)];
            places[*slot as usize] = (chunk, run.at);
            *slot += 1;
        }
    }
    let bases = bases(chunks);
    let (mut lists, mut documents, mut start) = (Lists::default(), Vec::new(), 0);
    for (rest, &end) in ends.iter().enumerate() {
        if start == end {
            continue;
        }
        documents.clear();
        for &(chunk, at) in &places[start as usize..end as usize] {
            parts[chunk as usize].documents(at, bases[chunk as usize], &mut documents);
        }
        let at = lists.postings.len();
        let form = encode(&documents, total, &mut lists.postings);
        lists.entries.push(Entry {
            trigram: Trigram::from(first) << 16 | rest as Trigram,
            count: documents.len() as u32,
            form,
            start: at,
            checksum: crc32fast::hash(&lists.postings[at..]),
        });
        start = end;
    }
    lists
}

/// For each chunk the number of its first document.
fn bases(chunks: &[Chunk]) -> Vec<u32> {
    let mut next = 0;
    let base = |chunk: &Chunk| {
        let base = next;
        next += chunk.files() as u32;
        base
    };
    chunks.iter().map(base).collect()
}
