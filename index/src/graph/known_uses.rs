//! In which files a name is used, and in which it surely isn't: there, whatever has the name is a local's,
//! a member's, or stands in a comment, and nobody need read the file to say so.
//!
//! Only of files that are as the sections have them, and that the build dropped no use of the name in.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;

use crate::bits::Bits;
use crate::outline::{Kind, UseKind};

use super::base::{DefInfo, Edge, Graph};
use super::edges::CONDITIONS;
use super::ids::{DefId, FileId, NameRef};
use super::record::Record;
use super::undecided::{hash, key};

/// The most definitions that one thread looks at, at a time.
const PART: u32 = 1 << 16;

/// Which files use a name.
pub struct KnownUses {
    /// Who uses it, by file.
    users: Vec<(FileId, DefId)>,
    /// The files that must be read: they define it, call what is in a slot of that name, or have a use that
    /// was dropped.
    open: Bits,
}

/// A definition of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Its first line, from 1.
    pub first: u32,
    /// Its last line.
    pub last: u32,
    /// Its name.
    pub name: NameRef,
    /// What it is.
    pub kind: Kind,
}

/// The definitions of some files, but for constants, members, and files themselves.
#[derive(Default)]
pub struct FileDefinitions {
    /// Where those of each file begin, and where the last one's end.
    starts: Vec<u32>,
    /// First line with the kind, last line and name of each, by file.
    all: Vec<[u32; 3]>,
}

/// The number of bits that are a first line, as in a definition's record; the kind is above.
const LINE_BITS: u32 = 22;
const LINES: u32 = (1 << LINE_BITS) - 1;

impl Graph<'_> {
    /// Which files use `name`.
    pub fn known_uses(&self, name: NameRef) -> KnownUses {
        let file = |id: DefId| Some((FileId(self.record(id)?.file), id));
        let mut users: Vec<(FileId, DefId)> = self.base_users_of(name).filter_map(file).collect();
        users.sort_unstable();
        let mut open = Bits::empty(self.base_files() as usize);
        let mut read = |file: FileId| {
            if self.is_base(file) {
                open.set(file.at());
            }
        };
        self.base_definitions_of(name).for_each(|definition| read(definition.file));
        let text = self.name(name);
        let hash = hash(&text);
        for condition in CONDITIONS {
            self.undecided.files_with(key(hash, condition), |file| read(FileId(file)));
        }
        // `field@struct`, or `array@*`, which may have its file's number: `array#1f@*`.
        for mark in [b"@", b"#"] {
            self.names_starting_with(&[&text[..], mark].concat(), |slot, _| {
                let users = self.base_users_of(slot).filter_map(|id| self.definition(id));
                users
                    .filter(|user| self.calls_through(user, slot))
                    .for_each(|user| read(user.file));
            });
        }
        KnownUses { users, open }
    }

    /// Whether a definition calls what is in a slot, and does not only fill it.
    fn calls_through(&self, user: &DefInfo, slot: NameRef) -> bool {
        let is_call = |edge: &Edge| edge.name == slot && edge.kind == UseKind::Indirect;
        self.all_uses_of(user).iter().any(is_call)
    }

    /// Whether nothing in `file` uses the name, or defines it.
    pub fn has_no_use(&self, known: &KnownUses, file: FileId) -> bool {
        self.is_base(file)
            && !self.overlay.replaces(file)
            && !known.open.get(file.at())
            && known.users_in(file).is_empty()
    }

    /// Who uses the name in `file`, as the sections have it; nobody where it is not what it was.
    pub fn known_users(&self, known: &KnownUses, file: FileId) -> Vec<DefInfo> {
        match self.is_base(file) && !self.overlay.replaces(file) {
            true => {
                let users = known.users_in(file).iter();
                users.filter_map(|(_, id)| self.definition(*id)).collect()
            }
            false => Vec::new(),
        }
    }

    /// The definitions of these files, as the sections have them.
    pub fn definitions_in(&self, files: &[FileId]) -> FileDefinitions {
        let mut wanted = Bits::empty(self.base_files() as usize);
        for file in files.iter().filter(|file| self.is_base(**file)) {
            wanted.set(file.at());
        }
        let of_file = |count| (0..count).map(|_| AtomicU32::new(0)).collect::<Vec<_>>();
        // Counted first, so that each can be put to its file's others at once.
        let mut next = of_file(self.base_files() as usize);
        self.each_in(&wanted, |_, _, record| {
            next[record.file as usize].fetch_add(1, Relaxed);
        });
        let (mut starts, mut sum) = (Vec::with_capacity(next.len() + 1), 0);
        for next in &mut next {
            starts.push(sum);
            sum += std::mem::replace(next.get_mut(), sum);
        }
        starts.push(sum);
        let all: Vec<[AtomicU32; 3]> = (0..sum).map(|_| Default::default()).collect();
        self.each_in(&wanted, |id, name, record| {
            let at = next[record.file as usize].fetch_add(1, Relaxed);
            if let Some(place) = all.get(at as usize) {
                let first = record.first & LINES | (record.kind as u32) << LINE_BITS;
                let own = [first, self.last_line(id, record), name];
                place.iter().zip(own).for_each(|(place, number)| place.store(number, Relaxed));
            }
        });
        let all = all.into_iter().map(|lines| lines.map(AtomicU32::into_inner)).collect();
        FileDefinitions { starts, all }
    }

    /// Hands each definition of the `wanted` files of the sections to `take`, with its name's number, on
    /// every core.
    fn each_in(&self, wanted: &Bits, take: impl Fn(DefId, u32, Record) + Sync) {
        let count = self.base_definitions();
        (0..count.div_ceil(PART)).into_par_iter().for_each(|part| {
            let ids = part * PART..count.min((part + 1).saturating_mul(PART));
            // Definitions are in their names' order.
            let mut behind = self.names_before(ids.start);
            self.records_of(ids).for_each(|(id, record)| {
                let kind = record.kind;
                let is_left_out =
                    matches!(kind, Kind::Constant | Kind::Enumerator | Kind::Member | Kind::File);
                if !is_left_out && wanted.get(record.file as usize) {
                    while self.has_name_at(behind, id) {
                        behind += 1;
                    }
                    take(id, behind.saturating_sub(1), record);
                }
            });
        });
    }
}

impl KnownUses {
    fn users_in(&self, file: FileId) -> &[(FileId, DefId)] {
        let start = self.users.partition_point(|(known, _)| *known < file);
        let end = self.users.partition_point(|(known, _)| *known <= file);
        &self.users[start..end]
    }

    /// How many definitions use the name.
    pub fn users(&self) -> usize {
        self.users.len()
    }
}

impl FileDefinitions {
    /// The definitions of `file`, by first line.
    pub fn of(&self, file: FileId) -> Vec<Extent> {
        let start = self.starts.get(file.at()).copied().unwrap_or(0);
        let end = self.starts.get(file.at().saturating_add(1)).copied().unwrap_or(start);
        let own = self.all.get(start as usize..end as usize).unwrap_or_default();
        let extent = |[first, last, name]: &[u32; 3]| {
            let kind = Kind::from_number((first >> LINE_BITS) as u8)?;
            Some(Extent { first: first & LINES, last: *last, name: NameRef(*name), kind })
        };
        let mut own: Vec<Extent> = own.iter().filter_map(extent).collect();
        // Several threads found them.
        own.sort_unstable_by_key(|own| (own.first, own.last, own.name));
        own
    }
}
