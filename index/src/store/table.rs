//! The file table, read: every folder and file of a tree as they were when it was indexed.
//! Written by `table_write`; compared with the disk by `tree::fresh`.
//!
//! It lies in the mapped index as it is in the file (`docs/index-format.md`), and nothing is
//! unpacked: 90,000 files are not worth 90,000 allocations on every search.

use std::{cmp::Ordering, ffi::CStr, ops::Range};

use super::container::{Container, Name};
use crate::{
    Error,
    bytes::{u32_at, u64_at},
    stamp::Stamp,
};

pub(super) const FOLDERS: Name = *b"folders\0";
pub(super) const FILES: Name = *b"files\0\0\0";
pub(super) const NAMES: Name = *b"names\0\0\0";

/// Bytes of a folder's record.
pub(super) const FOLDER_LEN: usize = 32 + Stamp::LEN;
/// Bytes of a file's record.
pub(super) const FILE_LEN: usize = 16 + Stamp::LEN;

/// Nothing is known of what is inside: the walk may always enter it.
pub(crate) const OPAQUE: u32 = 1;
/// An opaque folder that the ignore rules left out.
pub(crate) const IGNORED: u32 = 2;
/// Its stamp does not show changes: its names are read on every run.
pub(crate) const RACY: u32 = 4;
/// There is a symbolic link in it, which the walk may be told to follow.
pub(crate) const LINKS: u32 = 8;

/// What the index knows of a file, and if it is not its text, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum State {
    /// Its text is indexed.
    Text = 0,
    /// It was written while the index was built.
    Racy = 1,
    /// The ignore rules leave it out.
    Ignored = 2,
    /// It could not be read.
    Unreadable = 3,
    /// It is UTF-16, which is searched as UTF-8.
    Utf16 = 4,
    /// Nearly every three bytes are in it: a picture, firmware, an archive.
    Dense = 5,
}

impl State {
    /// All states, in the order of their numbers.
    pub const ALL: [State; 6] =
        [State::Text, State::Racy, State::Ignored, State::Unreadable, State::Utf16, State::Dense];

    /// The state with this number; one that this kgrep doesn't know is read on every run.
    fn from_number(number: u8) -> State {
        State::ALL.get(number as usize).copied().unwrap_or(State::Racy)
    }
}

/// A folder's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folder<'a> {
    /// The path, and what comes behind it.
    path: &'a [u8],
    pub(crate) parent: usize,
    /// Its files, as numbers in the table; they are sorted by name.
    pub(crate) files: (usize, usize),
    pub(crate) flags: u32,
    /// Where its files' names begin.
    names: usize,
    pub(crate) stamp: Stamp,
}

impl<'a> Folder<'a> {
    /// Relative to the root, which itself is the empty path. It is measured only here: most
    /// who go through all folders don't ask for it.
    pub(crate) fn path(&self) -> &'a CStr {
        string(self.path)
    }

    pub(crate) fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn file_range(&self) -> Range<usize> {
        self.files.0..self.files.1
    }
}

/// A file's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'a> {
    pub(crate) name: &'a CStr,
    pub(crate) state: State,
    /// Listed with `--hidden` only.
    pub(crate) hidden: bool,
    /// Which segment of the text has it, and as which document.
    pub(crate) segment: usize,
    pub(crate) document: u32,
    pub(crate) stamp: Stamp,
}

/// What a planner needs of a file's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) state: State,
    /// Listed with `--hidden` only.
    pub(crate) hidden: bool,
    pub(crate) segment: usize,
    pub(crate) document: u32,
    pub(crate) size: u64,
}

/// The table's three sections, found intact.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    folders: Range<usize>,
    files: Range<usize>,
    names: Range<usize>,
}

impl Table {
    /// Checks the sections and where they point.
    pub(crate) fn open(container: &Container) -> Result<Table, Error> {
        let table = Table {
            folders: container.checked_section(FOLDERS)?,
            files: container.checked_section(FILES)?,
            names: container.checked_section(NAMES)?,
        };
        let view = table.view(container);
        if !table.folders.len().is_multiple_of(FOLDER_LEN)
            || !table.files.len().is_multiple_of(FILE_LEN)
        {
            return Err(container.corrupt("the file table's length"));
        }
        let mut next = 0;
        for at in 0..view.folders() {
            let folder = view.folder(at);
            let (start, end) = folder.files;
            if start != next || end < start || end > view.files() || folder.parent > at {
                return Err(container.corrupt("the file table's folders"));
            }
            next = end;
        }
        if next != view.files() {
            return Err(container.corrupt("the file table's files"));
        }
        Ok(table)
    }

    /// The table with its bytes.
    pub(crate) fn view<'a>(&self, container: &'a Container) -> View<'a> {
        View {
            folders: container.bytes(self.folders.clone()),
            files: container.bytes(self.files.clone()),
            names: container.bytes(self.names.clone()),
        }
    }
}

/// A table to look into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(super) folders: &'a [u8],
    pub(super) files: &'a [u8],
    pub(super) names: &'a [u8],
}

impl<'a> View<'a> {
    /// How many folders there are.
    pub(crate) fn folders(&self) -> usize {
        self.folders.len() / FOLDER_LEN
    }

    /// How many files there are.
    pub(crate) fn files(&self) -> usize {
        self.files.len() / FILE_LEN
    }

    /// The folder with this number. Folders are sorted by path, bytewise.
    pub(crate) fn folder(&self, at: usize) -> Folder<'a> {
        let record = self.folders.get(at * FOLDER_LEN..).unwrap_or_default();
        Folder {
            path: self.names.get(u64_at(record, 0) as usize..).unwrap_or_default(),
            names: u64_at(record, 8) as usize,
            parent: u32_at(record, 16) as usize,
            files: (u32_at(record, 20) as usize, u32_at(record, 24) as usize),
            flags: u32_at(record, 28),
            stamp: Stamp::at(record, 32),
        }
    }

    /// The file with this number, which is one of `folder`'s.
    pub(crate) fn file(&self, folder: &Folder, at: usize) -> File<'a> {
        let record = self.files.get(at * FILE_LEN..).unwrap_or_default();
        let packed = u32_at(record, 4);
        File {
            name: self.name(folder, at),
            state: State::from_number(packed as u8),
            hidden: packed >> 8 & 1 == 1,
            segment: (packed >> 16) as usize,
            document: u32_at(record, 8),
            stamp: Stamp::at(record, 16),
        }
    }

    /// The name of the file with this number, which is one of `folder`'s.
    fn name(&self, folder: &Folder, at: usize) -> &'a CStr {
        let record = self.files.get(at * FILE_LEN..).unwrap_or_default();
        self.string(folder.names.saturating_add(u32_at(record, 0) as usize))
    }

    /// A file's record without its name.
    pub(crate) fn record(&self, at: usize) -> Record {
        let record = self.files.get(at * FILE_LEN..).unwrap_or_default();
        let packed = u32_at(record, 4);
        Record {
            state: State::from_number(packed as u8),
            hidden: packed >> 8 & 1 == 1,
            segment: (packed >> 16) as usize,
            document: u32_at(record, 8),
            size: u64_at(record, 16),
        }
    }

    /// The number of the folder with this path.
    pub(crate) fn find_folder(&self, path: &[u8]) -> Option<usize> {
        search(0..self.folders(), |at| self.folder(at).path().to_bytes().cmp(path))
    }

    /// The number of the file of this name in `folder`.
    pub(crate) fn find_file(&self, folder: &Folder, name: &[u8]) -> Option<usize> {
        search(folder.file_range(), |at| self.name(folder, at).to_bytes().cmp(name))
    }

    /// The NUL-terminated string at `at`; empty past the end.
    fn string(&self, at: usize) -> &'a CStr {
        string(self.names.get(at..).unwrap_or_default())
    }
}

/// The text that `bytes` begins with, up to its zero byte.
fn string(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

/// The number in `range` that `order` calls equal; smaller ones come before it.
fn search(range: Range<usize>, order: impl Fn(usize) -> Ordering) -> Option<usize> {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        match order(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}
