//! A definition in eight bytes: there are millions, nearly all of them one-line macros.
//!
//! From the lowest bit: file 20, first line 22, kind 5, flags 7, lines after the first 10.
//! A definition that is longer than that is looked up in a table beside.

use super::base::DefInfo;
use crate::outline::{Definition, Flags, Kind, NO_NAME};

const LONGEST: u64 = (1 << 10) - 1;
const LAST_LINE: u64 = (1 << 22) - 1;

/// What a record holds.
#[derive(Clone, Copy)]
pub(super) struct Record {
    pub(super) file: u32,
    pub(super) first: u32,
    pub(super) kind: Kind,
    pub(super) flags: Flags,
    /// Lines after the first; `None` when the table beside knows.
    pub(super) more: Option<u32>,
}

/// A definition while the graph is built: twelve bytes.
#[derive(Clone, Copy)]
pub(super) struct DefRecord {
    pub(super) name: u32,
    /// As stored but for the file's number, in two halves.
    packed: [u32; 2],
}

impl DefRecord {
    /// The record of `definition`, which goes by `name` in the tree.
    pub(super) fn new(name: u32, definition: &Definition) -> Self {
        let Definition { first, last, kind, flags, .. } = *definition;
        let packed = pack(first, last, kind, flags);
        DefRecord { name, packed: [packed as u32, (packed >> 32) as u32] }
    }

    /// Gives it the name `name`, and sets `flags`.
    pub(super) fn rename(&mut self, name: u32, flags: Flags) {
        self.name = name;
        let packed = self.packed() | u64::from(flags.0 & 0x7f) << 47;
        self.packed = [packed as u32, (packed >> 32) as u32];
    }

    fn packed(self) -> u64 {
        u64::from(self.packed[1]) << 32 | u64::from(self.packed[0])
    }

    /// The record as it is stored, of the file with this number.
    pub(super) fn in_file(self, file: u32) -> u64 {
        self.packed() | u64::from(file & 0xf_ffff)
    }

    /// The definition, but for its name and what only an outline has.
    pub(super) fn definition(self) -> Option<Definition> {
        let Record { first, kind, flags, more, .. } = unpack(self.packed().to_le_bytes())?;
        let last = first + more.unwrap_or(0);
        let (name, guard, params) = (NO_NAME, NO_NAME, NO_NAME);
        Some(Definition { name, kind, flags, first, last, doc: 0, guard, params })
    }

    /// What it defines.
    pub(super) fn kind(self) -> Kind {
        kind(self.packed()).unwrap_or(Kind::File)
    }

    /// Its first line.
    pub(super) fn first(self) -> u32 {
        (self.packed() >> 20 & LAST_LINE) as u32
    }
}

fn kind(packed: u64) -> Option<Kind> {
    Kind::from_number((packed >> 42 & 0x1f) as u8)
}

/// Whether the definition's length needs the table beside.
pub(super) fn is_long(first: u32, last: u32) -> bool {
    u64::from(last.saturating_sub(first)) >= LONGEST
}

/// The record of a definition in the file of this number.
pub(super) fn of(definition: &DefInfo, file: u32) -> u64 {
    let DefInfo { first, last, kind, flags, .. } = *definition;
    pack(first, last, kind, flags) | u64::from(file & 0xf_ffff)
}

/// The line that a record has for a definition's first.
pub(super) fn first_line(first: u32) -> u32 {
    first.min(LAST_LINE as u32)
}

fn pack(first: u32, last: u32, kind: Kind, flags: Flags) -> u64 {
    let more = u64::from(last.saturating_sub(first)).min(LONGEST);
    u64::from(first_line(first)) << 20
        | u64::from(kind as u8) << 42
        | u64::from(flags.0 & 0x7f) << 47
        | more << 54
}

pub(super) fn unpack(bytes: [u8; 8]) -> Option<Record> {
    let packed = u64::from_le_bytes(bytes);
    let more = packed >> 54;
    Some(Record {
        file: (packed & 0xf_ffff) as u32,
        first: (packed >> 20 & LAST_LINE) as u32,
        kind: kind(packed)?,
        flags: Flags((packed >> 47 & 0x7f) as u8),
        more: (more < LONGEST).then_some(more as u32),
    })
}
