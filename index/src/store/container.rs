//! The shape that all files of an index share: a header, a table of named sections, and the
//! sections, each with a checksum. What is in a section is for others; a newer kgrep can add
//! sections that this one doesn't know.
//!
//! Byte by byte in `docs/index-format.md`.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    ops::Range,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crc32fast::Hasher;
use tantivy::directory::OwnedBytes;

use super::map::{Map, Shared};
use crate::{
    Error,
    bytes::{put_u32, put_u64, u32_at, u64_at},
};

/// The version of the format, of all files and sections together.
pub(crate) const VERSION: u32 = 6;

const MAGIC: &[u8; 8] = b"kgrepidx";
const HEADER_LEN: usize = 32;
const SECTION_LEN: usize = 32;
/// More sections than any kgrep will ever write: a bound for reading.
const MAX_SECTIONS: usize = 1024;

/// A section's name: up to eight ASCII bytes, filled up with NUL.
pub(crate) type Name = [u8; 8];

/// What a section is made of, in pieces that are written one after the other.
pub(crate) struct Section<'a> {
    pub(crate) name: Name,
    pub(crate) pieces: Vec<&'a [u8]>,
}

/// Writes a new file at `path` and returns its header's checksum, which stands for the whole.
/// The name must be free; a file that was not written to its end is removed.
pub(crate) fn write(path: &Path, kind: Name, sections: &[Section]) -> Result<u32, Error> {
    let result = write_all(path, kind, sections).map_err(|e| Error::io(path, e));
    if result.is_err() {
        // Whatever it holds, it is not an index; the first error is the one to report.
        let _ = std::fs::remove_file(path);
    }
    result
}

fn write_all(path: &Path, kind: Name, sections: &[Section]) -> std::io::Result<u32> {
    let mut table = Vec::with_capacity(sections.len() * SECTION_LEN);
    let mut offset = (HEADER_LEN + sections.len() * SECTION_LEN) as u64;
    for section in sections {
        let mut hasher = Hasher::new();
        let mut len = 0;
        for piece in &section.pieces {
            hasher.update(piece);
            len += piece.len() as u64;
        }
        table.extend_from_slice(&section.name);
        put_u64(&mut table, offset);
        put_u64(&mut table, len);
        put_u32(&mut table, hasher.finalize());
        put_u32(&mut table, 0);
        offset += len;
    }
    let mut header = Vec::with_capacity(HEADER_LEN);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&kind);
    put_u32(&mut header, VERSION);
    put_u32(&mut header, u32::try_from(sections.len()).map_err(std::io::Error::other)?);
    // The file's length is in the checksum, not in the header: it follows from the table.
    let checksum = header_checksum(&header, &table, offset);
    put_u32(&mut header, checksum);
    put_u32(&mut header, 0);

    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    out.write_all(&header)?;
    out.write_all(&table)?;
    for piece in sections.iter().flat_map(|section| &section.pieces) {
        out.write_all(piece)?;
    }
    out.flush()?;
    Ok(checksum)
}

/// The checksum over a header's first 24 bytes, the section table, and the file's length.
fn header_checksum(header: &[u8], table: &[u8], len: u64) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&header[..24]);
    hasher.update(table);
    hasher.update(&len.to_le_bytes());
    hasher.finalize()
}

/// An open file whose header, section table and length were found intact.
#[derive(Debug)]
pub(crate) struct Container {
    path: PathBuf,
    map: Arc<Map>,
    checksum: u32,
    sections: Vec<(Name, Range<usize>, u32)>,
}

impl Container {
    /// Gives the memory of what was read of it back: the file has it.
    pub(crate) fn release(&self) {
        self.map.release();
    }

    /// Maps the file and checks its header and section table.
    pub(crate) fn open(path: &Path, kind: Name) -> Result<Container, Error> {
        let map = Arc::new(Map::open(path)?);
        let bad = |what| Error::corrupt(path, what);
        if map.len() < HEADER_LEN || &map[..8] != MAGIC || map[8..16] != kind {
            return Err(bad("header"));
        }
        let found = u32_at(&map, 16);
        if found != VERSION {
            return Err(Error::Version { path: path.to_path_buf(), found, expected: VERSION });
        }
        let count = u32_at(&map, 20) as usize;
        let checksum = u32_at(&map, 24);
        let table = HEADER_LEN..HEADER_LEN + count.min(MAX_SECTIONS) * SECTION_LEN;
        let table = map.get(table).ok_or_else(|| bad("section table"))?;
        if count > MAX_SECTIONS
            || header_checksum(&map[..24], table, map.len() as u64) != checksum
            || u32_at(&map, 28) != 0
        {
            return Err(bad("header"));
        }
        let mut sections = Vec::with_capacity(count);
        for entry in table.chunks_exact(SECTION_LEN) {
            let start = usize::try_from(u64_at(entry, 8)).ok();
            let len = usize::try_from(u64_at(entry, 16)).ok();
            let end = start.zip(len).and_then(|(start, len)| start.checked_add(len));
            let (Some(start), Some(end @ 0..)) = (start, end) else {
                return Err(bad("section table"));
            };
            if end > map.len() {
                return Err(bad("section table"));
            }
            let name = entry[..8].try_into().expect("a slice of eight bytes");
            sections.push((name, start..end, u32_at(entry, 24)));
        }
        Ok(Container { path: path.to_path_buf(), map, checksum, sections })
    }

    /// The checksum of header and section table.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum
    }

    /// The file's length in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.map.len() as u64
    }

    /// The bytes at `range`, which a section's range or a part of one.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.map.get(range).unwrap_or_default()
    }

    /// The whole file, for what outlives this.
    pub(crate) fn owned(&self) -> OwnedBytes {
        OwnedBytes::new(Shared(Arc::clone(&self.map)))
    }

    /// All sections in the order of the table, unread.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (Name, Range<usize>)> + '_ {
        self.sections.iter().map(|(name, range, _)| (*name, range.clone()))
    }

    /// Where a section is, unread.
    pub(crate) fn section(&self, name: Name) -> Result<Range<usize>, Error> {
        let found = self.sections.iter().find(|(n, ..)| *n == name);
        let (_, range, _) = found.ok_or_else(|| self.corrupt("a section is missing"))?;
        Ok(range.clone())
    }

    /// Where a section is, its bytes compared with its checksum.
    pub(crate) fn checked_section(&self, name: Name) -> Result<Range<usize>, Error> {
        let found = self.sections.iter().find(|(n, ..)| *n == name);
        let (_, range, sum) = found.ok_or_else(|| self.corrupt("a section is missing"))?;
        if crc32fast::hash(self.bytes(range.clone())) != *sum {
            return Err(self.corrupt("a section's checksum"));
        }
        Ok(range.clone())
    }

    /// Compares every section with its checksum, those unknown to this kgrep as well.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        for (name, ..) in &self.sections {
            self.checked_section(*name)?;
        }
        Ok(())
    }

    /// An error about this file.
    pub(crate) fn corrupt(&self, what: &'static str) -> Error {
        Error::corrupt(&self.path, what)
    }
}
