//! A segment of the text index, read: for a trigram, the documents that hold it.
//!
//! Opening checks what is small. The lexicon is checked block by block as it is looked into,
//! each list as it is read, so that a flipped bit is always noticed and a search that needs
//! ten lists doesn't read a hundred megabytes to trust them.

use std::{cmp::Ordering, ops::Range, path::Path};

use super::{
    Trigram,
    postings::{Form, decode},
};
use crate::{
    Error,
    bits::Bits,
    bytes::{u32_at, u64_at},
    store::container::{Container, Name},
};

/// The kind of a segment's file.
pub(crate) const KIND: Name = *b"text\0\0\0\0";
/// How many documents there are: one `u32`.
pub(super) const DOCUMENTS: Name = *b"docs\0\0\0\0";
/// For each block of the lexicon its first trigram and its checksum.
pub(super) const BLOCKS: Name = *b"blocks\0\0";
/// For each trigram its list's place, length and checksum.
pub(super) const LEXICON: Name = *b"lexicon\0";
/// The lists.
pub(super) const POSTINGS: Name = *b"postings";

/// Bytes of an entry of the lexicon.
pub(super) const ENTRY_LEN: usize = 16;
/// Entries of a block: a page of memory.
pub(super) const BLOCK_ENTRIES: usize = 256;
/// Marks, in an entry's count, a list that is a bitmap.
pub(super) const BITMAP: u32 = 1 << 31;

const BLOCK_LEN: usize = 8;

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    container: Container,
    documents: usize,
    blocks: Range<usize>,
    lexicon: Range<usize>,
    postings: Range<usize>,
}

/// An entry of the lexicon.
struct Entry {
    count: usize,
    form: Form,
    start: usize,
    checksum: u32,
}

impl Segment {
    /// Opens the file at `path`, if it is the one with this header checksum.
    pub(crate) fn open(path: &Path, checksum: u32) -> Result<Segment, Error> {
        let container = Container::open(path, KIND)?;
        if container.checksum() != checksum {
            return Err(container.corrupt("another file in a segment's place"));
        }
        let documents = container.checked_section(DOCUMENTS)?;
        let segment = Segment {
            documents: u32_at(container.bytes(documents), 0) as usize,
            blocks: container.checked_section(BLOCKS)?,
            lexicon: container.section(LEXICON)?,
            postings: container.section(POSTINGS)?,
            container,
        };
        let (entries, rest) =
            (segment.lexicon.len() / ENTRY_LEN, segment.lexicon.len() % ENTRY_LEN);
        if rest != 0 || segment.blocks.len() != entries.div_ceil(BLOCK_ENTRIES) * BLOCK_LEN {
            return Err(segment.container.corrupt("the lexicon's length"));
        }
        Ok(segment)
    }

    /// How many documents it has.
    pub(crate) fn documents(&self) -> usize {
        self.documents
    }

    /// The file, for checks and figures.
    pub(crate) fn container(&self) -> &Container {
        &self.container
    }

    /// In how many documents the trigram is.
    pub(crate) fn count(&self, trigram: Trigram) -> Result<usize, Error> {
        Ok(self.find(trigram)?.map_or(0, |entry| entry.count))
    }

    /// The documents that the trigram is in.
    pub(crate) fn documents_with(&self, trigram: Trigram) -> Result<Bits, Error> {
        let Some(entry) = self.find(trigram)? else { return Ok(Bits::empty(self.documents)) };
        let postings = self.container.bytes(self.postings.clone());
        let bytes = postings.get(entry.start..).unwrap_or_default();
        decode(bytes, entry.form, entry.count, self.documents)
            .filter(|(_, used)| crc32fast::hash(&bytes[..*used]) == entry.checksum)
            .map(|(documents, _)| documents)
            .ok_or_else(|| self.container.corrupt("a list of documents"))
    }

    /// The trigram's entry, from a block that was found intact.
    fn find(&self, trigram: Trigram) -> Result<Option<Entry>, Error> {
        let blocks = self.container.bytes(self.blocks.clone());
        let first = |block: usize| u32_at(blocks, block * BLOCK_LEN);
        let after = partition(blocks.len() / BLOCK_LEN, |block| first(block) <= trigram);
        let Some(block) = after.checked_sub(1) else { return Ok(None) };
        let lexicon = self.container.bytes(self.lexicon.clone());
        let start = block * BLOCK_ENTRIES * ENTRY_LEN;
        let end = lexicon.len().min(start + BLOCK_ENTRIES * ENTRY_LEN);
        let entries = lexicon.get(start..end).unwrap_or_default();
        if crc32fast::hash(entries) != u32_at(blocks, block * BLOCK_LEN + 4) {
            return Err(self.container.corrupt("a block of the lexicon"));
        }
        let packed = |at: usize| u64_at(entries, at * ENTRY_LEN);
        let key = |at: usize| (packed(at) >> 40) as Trigram;
        let at = partition(entries.len() / ENTRY_LEN, |at| key(at) < trigram);
        if at * ENTRY_LEN >= entries.len() || key(at).cmp(&trigram) != Ordering::Equal {
            return Ok(None);
        }
        let count = u32_at(entries, at * ENTRY_LEN + 8);
        Ok(Some(Entry {
            count: (count & !BITMAP) as usize,
            form: if count & BITMAP == 0 { Form::Gaps } else { Form::Bitmap },
            start: usize::try_from(packed(at) & 0xff_ffff_ffff).unwrap_or(usize::MAX),
            checksum: u32_at(entries, at * ENTRY_LEN + 12),
        }))
    }
}

/// How many of the numbers below `len` come first with `before` true.
fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
