//! What an answer needs of each document besides the words: where it is and what it is called.
//! Tantivy's own store would keep this in three times the bytes, and slower to get at.
//!
//! A document's number counts through all parts; each part begins at a multiple of [`BLOCK`].

use super::document::{Document, Kind};
use crate::{
    bytes::{put_u32, u32_at},
    graph::guard::Guarded,
};

/// Documents that are read together.
pub(crate) const BLOCK: usize = 16;
/// Bits of a record that hold the file's number; the kind is above them.
const FILE_BITS: u32 = 24;

/// Writes the documents of one part.
#[derive(Default)]
pub(crate) struct TableWriter {
    /// As they are stored, each file still with the number that it had when it was added.
    records: Vec<u32>,
    starts: Vec<u32>,
    entries: Vec<u8>,
    before: Vec<u8>,
    line: u32,
}

impl TableWriter {
    /// Adds a document of the file with this number.
    pub(crate) fn add(&mut self, file: u32, document: &Document) {
        if self.records.len().is_multiple_of(BLOCK) {
            self.starts.push(self.entries.len() as u32);
            self.before.clear();
            self.line = 0;
        }
        self.records.push(record(file, document.kind.number()));
        let name = document.name.as_bytes();
        let shared = self.before.iter().zip(name).take_while(|(one, other)| one == other).count();
        let (shared, rest) = (shared as u32, &name[shared..]);
        // Most have nothing after their line, and are a few lines after the one before.
        let forward = document.line.checked_sub(self.line);
        let line = forward.map_or(document.line << 1 | 1, |lines| lines << 1);
        let around = document.above << 1 | u32::from(document.below > 0);
        for number in [shared, rest.len() as u32, line, around] {
            put(&mut self.entries, number);
        }
        if document.below > 0 {
            put(&mut self.entries, document.below);
        }
        self.line = document.line;
        self.entries.extend_from_slice(rest);
        self.before.truncate(shared as usize);
        self.before.extend_from_slice(rest);
    }

    /// How many documents there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }
}

/// The three sections of all parts, given the last number of each file.
pub(crate) fn sections(parts: Vec<TableWriter>, files: &[u32]) -> [Vec<u8>; 3] {
    let (mut records, mut starts, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        for (file, kind) in part.records.into_iter().map(split) {
            let file = files.get(file as usize).copied().unwrap_or(0);
            put_u32(&mut records, record(file, kind));
        }
        records.resize(records.len().next_multiple_of(4 * BLOCK), 0xff);
        let base = entries.len() as u32;
        part.starts.iter().for_each(|start| put_u32(&mut starts, base + start));
        if entries.is_empty() {
            entries = part.entries;
        } else {
            entries.extend_from_slice(&part.entries);
        }
    }
    [records, starts, entries]
}

/// A document's record, of the file with this number.
fn record(file: u32, kind: u8) -> u32 {
    file | u32::from(kind) << FILE_BITS
}

/// The file and the kind in a record.
fn split(record: u32) -> (u32, u8) {
    (record & ((1 << FILE_BITS) - 1), (record >> FILE_BITS) as u8)
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..35).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The table, read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a> {
    records: &'a [u8],
    starts: Guarded<'a>,
    entries: Guarded<'a>,
}

/// What a document is called, and where in its file it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) line: u32,
    pub(crate) above: u32,
    pub(crate) below: u32,
}

impl<'a> Table<'a> {
    /// The table in these sections; `None` when the records are damaged.
    pub(crate) fn open(
        records: Guarded<'a>,
        starts: Guarded<'a>,
        entries: Guarded<'a>,
    ) -> Option<Self> {
        Some(Table { records: records.all()?, starts, entries })
    }

    /// How many numbers of documents there are, those of no document included.
    pub(crate) fn len(&self) -> usize {
        self.records.len() / 4
    }

    /// The file and the kind of a document.
    pub(crate) fn record(&self, document: usize) -> (u32, u8) {
        split(u32_at(self.records, document * 4))
    }

    /// A document's name and place.
    pub(crate) fn entry(&self, document: usize) -> Option<Entry> {
        let mut entries = self.entries_of(document / BLOCK)?;
        (0..=document % BLOCK).try_for_each(|_| entries.advance())?;
        Some(entries.entry)
    }

    /// The entries of a block, to be read one after the other.
    pub(crate) fn entries_of(&self, block: usize) -> Option<Entries<'a>> {
        let start = u32_at(self.starts.get(block * 4..block * 4 + 4)?, 0) as usize;
        let end =
            self.starts.get(block * 4 + 4..block * 4 + 8).map(|next| u32_at(next, 0) as usize);
        let bytes = self.entries.get(start..end.unwrap_or(self.entries.len()))?;
        Some(Entries { bytes, entry: Entry::default() })
    }
}

/// The entries of a block: each says what it has else than the one before.
pub(crate) struct Entries<'a> {
    bytes: &'a [u8],
    pub(crate) entry: Entry,
}

impl Entries<'_> {
    /// Reads the next one.
    pub(crate) fn advance(&mut self) -> Option<()> {
        let (bytes, entry) = (&mut self.bytes, &mut self.entry);
        let shared = take(bytes)? as usize;
        let length = take(bytes)? as usize;
        let line = take(bytes)?;
        entry.line = if line & 1 == 1 { line >> 1 } else { entry.line.wrapping_add(line >> 1) };
        let around = take(bytes)?;
        entry.above = around >> 1;
        entry.below = if around & 1 == 1 { take(bytes)? } else { 0 };
        let (rest, after) = bytes.split_at_checked(length)?;
        *bytes = after;
        entry.name.truncate(shared);
        entry.name.extend_from_slice(rest);
        Some(())
    }
}

/// The kind in a record.
pub(crate) fn kind(number: u8) -> Option<Kind> {
    Kind::from_number(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_they_were_written() {
        let document = |number: u32| Document {
            line: if number % 7 == 3 { 5 } else { number * 300 },
            above: number,
            below: number % 2,
            ..Document::new(Kind::Config, format!("CONFIG_{number}").as_bytes(), 0)
        };
        let (mut one, mut other) = (TableWriter::default(), TableWriter::default());
        (0..37).for_each(|number| one.add(number % 3, &document(number)));
        (0..5).for_each(|number| other.add(2, &document(number)));
        let [records, starts, entries] = sections(vec![one, other], &[7, 8, 9]);
        let plain = |bytes| Guarded::new(bytes, None);
        let table = Table::open(plain(&records), plain(&starts), plain(&entries)).unwrap();
        assert_eq!(table.len(), 64);
        for number in 0..37 {
            let entry = table.entry(number as usize).unwrap();
            assert_eq!(entry.name, document(number).name.into_bytes());
            let Document { line, above, below, .. } = document(number);
            assert_eq!((entry.line, entry.above, entry.below), (line, above, below));
            assert_eq!(table.record(number as usize), (7 + number % 3, Kind::Config.number()));
        }
        assert_eq!(table.entry(48 + 4).unwrap().name, b"CONFIG_4");
        assert_eq!(table.entry(53), None);
        assert_eq!(table.entry(1000), None);
        assert_eq!(super::kind(table.record(40).1), None, "no document has this number");
    }
}
