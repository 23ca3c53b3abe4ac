//! How a list lies on disk, byte by byte: one format for writer and reader.
//!
//! ```text
//! magic (8 bytes)
//! payloads: entries (Match) and files (FileEntry), postcard, in the order found
//! entry slots, file slots: fixed-size (offset, length, checksum), so that entry 27
//!     of a million is three small reads
//! meta: postcard
//! trailer (fixed size): where the parts are, and its own checksum
//! ```
//!
//! The trailer comes last because a list is written while it is being found.
//! Integers are little-endian. Everything that is read is checked first: a cache
//! file may be cut, altered or somebody else's.

use std::io;

use serde::{Deserialize, Serialize};

/// The first bytes of a list file; the last one is the format's version.
pub(super) const MAGIC: [u8; 8] = *b"kgrepls\x07";

/// Why a list could not be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ListError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A list of another kgrep version.
    #[error("not a list of this version of kgrep")]
    Version,
    /// A checksum, an offset or a length is wrong.
    #[error("the list is damaged ({0})")]
    Damaged(&'static str),
    /// The entry is not in the list.
    #[error("index {index} out of range ({range})")]
    OutOfRange {
        /// What was asked for.
        index: u64,
        /// What there is, as `0-41`.
        range: String,
    },
}

/// What is known of a list besides its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// When it was made, in seconds since 1970.
    pub(crate) created: i64,
    /// The folder that its relative paths start from, absolute.
    #[serde(with = "serde_bytes")]
    pub(crate) folder: Vec<u8>,
    /// The command line that made it, without the program's name.
    pub(crate) command: Vec<String>,
    /// The question that it answers, for follow-ups that must ask again.
    pub(crate) request: Option<kgrep_engine::Request>,
    /// The terminal it was made in.
    pub(crate) terminal: super::Terminal,
    /// The extra columns between `Line` and `Content`, such as `Function`.
    pub(crate) columns: Vec<super::Column>,
    /// True when the entries are files as such (`-l`, `-c`), without a line.
    pub(crate) files_only: bool,
    /// The git revision that it is about (`--at`); none: the files as they are.
    pub(crate) revision: Option<AtRevision>,
}

/// The git revision that a list is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AtRevision {
    /// What it was called: `v6.1`.
    pub(crate) name: String,
    /// The commit, in hexadecimal digits.
    pub(crate) commit: String,
    /// The repository.
    #[serde(with = "serde_bytes")]
    pub(crate) repository: Vec<u8>,
}

/// Where a payload is and what it must hash to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) offset: u64,
    pub(super) len: u32,
    pub(super) crc: u32,
}

impl Slot {
    pub(super) const SIZE: usize = 16;

    pub(super) fn of(offset: u64, payload: &[u8]) -> Slot {
        // The writer bounds lines, their number and cells, the kernel paths and the
        // command line.
        let len = u32::try_from(payload.len()).expect("a payload is some megabytes at most");
        Slot { offset, len, crc: crc32fast::hash(payload) }
    }

    pub(super) fn to_bytes(self) -> [u8; Slot::SIZE] {
        let mut bytes = [0; Slot::SIZE];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.len.to_le_bytes());
        bytes[12..].copy_from_slice(&self.crc.to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; Slot::SIZE]) -> Slot {
        let (offset, rest) = take::<8>(&bytes);
        let (len, rest) = take::<4>(rest);
        let (crc, _) = take::<4>(rest);
        Slot {
            offset: u64::from_le_bytes(offset),
            len: u32::from_le_bytes(len),
            crc: u32::from_le_bytes(crc),
        }
    }
}

/// The end of a list file: where its parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trailer {
    pub(super) entries: u64,
    pub(super) entry_slots: u64,
    pub(super) files: u64,
    pub(super) file_slots: u64,
    pub(super) meta: Slot,
}

impl Trailer {
    pub(super) const SIZE: usize = 4 * 8 + Slot::SIZE + 4 + MAGIC.len();

    pub(super) fn to_bytes(self) -> [u8; Trailer::SIZE] {
        let mut bytes = Vec::with_capacity(Trailer::SIZE);
        for field in [self.entries, self.entry_slots, self.files, self.file_slots] {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(&self.meta.to_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes.extend_from_slice(&MAGIC);
        bytes.try_into().expect("the fields above add up to SIZE")
    }

    pub(super) fn from_bytes(bytes: &[u8; Trailer::SIZE]) -> Result<Trailer, ListError> {
        let (entries, rest) = take::<8>(bytes);
        let (entry_slots, rest) = take::<8>(rest);
        let (files, rest) = take::<8>(rest);
        let (file_slots, rest) = take::<8>(rest);
        let (meta, rest) = take::<{ Slot::SIZE }>(rest);
        let (crc, magic) = take::<4>(rest);
        if magic != MAGIC {
            return Err(ListError::Damaged("its end is missing"));
        }
        let summed = bytes.len() - 4 - MAGIC.len();
        if u32::from_le_bytes(crc) != crc32fast::hash(&bytes[..summed]) {
            return Err(ListError::Damaged("its end has a wrong checksum"));
        }
        Ok(Trailer {
            entries: u64::from_le_bytes(entries),
            entry_slots: u64::from_le_bytes(entry_slots),
            files: u64::from_le_bytes(files),
            file_slots: u64::from_le_bytes(file_slots),
            meta: Slot::from_bytes(meta),
        })
    }
}

/// The first `N` bytes and the rest, of a buffer whose size the caller has fixed.
fn take<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    let (head, rest) =
        bytes.split_first_chunk::<N>().expect("fixed-size buffers hold their fields");
    (*head, rest)
}
