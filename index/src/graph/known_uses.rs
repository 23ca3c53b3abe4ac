//! In which files a name is used, and in which it surely isn't: there, whatever has the name is a local's,
//! a member's, or stands in a comment, and nobody need read the file to say so.
//!
//! Only of files that are as the sections have them, and that the build dropped no use of the name in.

use rayon::prelude::*;

use crate::bits::Bits;
use crate::outline::Kind;

use super::base::{DefInfo, Graph};
use super::edges::CONDITIONS;
use super::ids::{DefId, FileId, NameRef};
use super::undecided::{hash, key};

/// So many definitions are looked at by one thread at a time.
const PART: u32 = 1 << 16;

/// Which files use a name.
pub struct KnownUses {
    /// Who uses it, by file.
    users: Vec<(FileId, DefId)>,
    /// The files that must be read: they define it, have a slot of that name, or a use that was dropped.
    open: Bits,
}

/// A definition of a file: its first and last line, and its number.
type Lines = (u32, u32, DefId);

/// The definitions of some files, but for constants, members, and files themselves.
#[derive(Default)]
pub struct FileDefinitions {
    /// By file, and by first line.
    all: Vec<(FileId, Lines)>,
}

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
                self.base_users_of(slot).filter_map(file).for_each(|(file, _)| read(file));
            });
        }
        KnownUses { users, open }
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
        let count = self.base_definitions();
        let in_part = |part: u32| {
            let ids = part * PART..count.min((part + 1).saturating_mul(PART));
            ids.filter_map(|id| {
                let (id, record) = (DefId(id), self.record(DefId(id))?);
                let (file, kind) = (FileId(record.file), record.kind);
                let is_left_out =
                    matches!(kind, Kind::Constant | Kind::Enumerator | Kind::Member | Kind::File);
                let is_wanted = !is_left_out && wanted.get(file.at());
                is_wanted.then(|| (file, (record.first, self.last_line(id, record), id)))
            })
        };
        let parts = (0..count.div_ceil(PART)).into_par_iter();
        let mut all: Vec<(FileId, Lines)> = parts.flat_map_iter(in_part).collect();
        all.par_sort_unstable();
        FileDefinitions { all }
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
    /// The definitions of `file`, by first line: the first and the last line of each.
    pub fn of(&self, file: FileId) -> impl Iterator<Item = Lines> {
        let start = self.all.partition_point(|(known, _)| *known < file);
        let own = self.all[start..].iter().take_while(move |(known, _)| *known == file);
        own.map(|(_, lines)| *lines)
    }
}
