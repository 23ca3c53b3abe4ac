//! The outlines of changed files, laid over the sections: their old definitions and edges
//! are hidden, the new ones answer with the same questions. `layer` makes it.

use std::ops::Range;

use crate::bits::Bits;
use crate::outline::Kind;

use super::Damaged;
use super::base::{DefInfo, Edge, Graph};
use super::ids::{FileId, NameRef};
use super::laid::{self, Below, Laid};

/// What changed since the sections were written. Names, files and definitions are numbered in
/// the order of the sections.
#[derive(Default)]
pub(super) struct Overlay<'a> {
    /// It was laid by an update: then nothing else is here.
    pub(super) stored: Option<Laid<'a>>,
    /// The files of the sections that are replaced, rising, each with the number of the one in its
    /// place; none: it is gone.
    pub(super) replaced: Vec<(FileId, Option<u32>)>,
    pub(super) is_replaced: Bits,
    pub(super) paths: Vec<Vec<u8>>,
    /// Those that the sections do not have, and before which of theirs each comes.
    pub(super) names: Vec<Vec<u8>>,
    pub(super) name_places: Vec<u32>,
    pub(super) definitions: Vec<DefInfo>,
    /// Each file's uses, those of one definition together.
    pub(super) edges: Vec<Vec<Edge>>,
    /// For each definition where in those of its file its own are.
    pub(super) edge_ranges: Vec<EdgeRange>,
    /// The structs that members hold or point to, by their definitions, rising.
    pub(super) types: Vec<(u32, NameRef)>,
    /// The names that are defined, rising, each with its definitions.
    pub(super) by_name: Vec<(NameRef, Range<u32>)>,
    pub(super) users: Users,
    /// The private files that each file includes.
    pub(super) includes: Vec<Vec<FileId>>,
    /// All files that each file includes, with the lines.
    pub(super) all_includes: Vec<Vec<(FileId, u32)>>,
    /// Each file's definitions that including it may make tables of, by name.
    pub(super) instantiated: Vec<Vec<(Kind, NameRef)>>,
    /// What each file says of printing.
    pub(super) formats: Vec<Vec<u8>>,
}

/// Where the uses in a definition are.
#[derive(Clone, Copy, Default)]
pub(super) struct EdgeRange {
    pub(super) file: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The definitions that use each name.
#[derive(Default)]
pub(super) struct Users {
    /// The names that are used, rising, each with where its users end.
    pub(super) names: Vec<(NameRef, u32)>,
    pub(super) users: Vec<u32>,
}

impl Users {
    /// From pairs of a name's number, in the upper half, and a definition's; rising and distinct.
    pub(super) fn of(pairs: &[u64]) -> Users {
        let mut users = Users { users: Vec::with_capacity(pairs.len()), ..Users::default() };
        for same in pairs.chunk_by(|one, other| one >> 32 == other >> 32) {
            users.users.extend(same.iter().map(|pair| *pair as u32));
            users.names.push((NameRef((same[0] >> 32) as u32), users.users.len() as u32));
        }
        users
    }

    /// Each name, rising, with its users.
    pub(super) fn iter(&self) -> impl Iterator<Item = (NameRef, &[u32])> {
        self.names.iter().enumerate().map(|(at, (name, _))| (*name, self.at(at)))
    }

    fn at(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).map_or(0, |before| self.names[before].1);
        &self.users[start as usize..self.names[at].1 as usize]
    }

    fn of_name(&self, name: NameRef) -> &[u32] {
        let found = self.names.binary_search_by_key(&name, |(name, _)| *name);
        found.map_or(&[], |at| self.at(at))
    }
}

impl Overlay<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.stored.is_none() && self.replaced.is_empty() && self.paths.is_empty()
    }

    pub(super) fn replaces(&self, file: FileId) -> bool {
        match &self.stored {
            Some(laid) => laid.replaces(file),
            None => self.is_replaced.get(file.at()),
        }
    }

    /// The files of the sections that are laid over, with their numbers here. For what lays, as the
    /// others below that are not of what is stored.
    pub(super) fn replaced_files(&self) -> impl Iterator<Item = (FileId, Option<u32>)> {
        self.replaced.iter().copied()
    }

    /// The files of the sections that are gone.
    pub(super) fn gone_files(&self) -> impl Iterator<Item = FileId> {
        self.replaced_files().filter(|(_, now)| now.is_none()).map(|(file, _)| file)
    }

    /// The number by which a file of the sections goes now.
    pub(super) fn current(&self, file: FileId, base: u32) -> FileId {
        let now = match &self.stored {
            Some(laid) => laid.now(file),
            None if !self.is_replaced.get(file.at()) => None,
            None => {
                let found = self.replaced.binary_search_by_key(&file, |(file, _)| *file);
                found.ok().and_then(|at| self.replaced[at].1)
            }
        };
        now.map_or(file, |index| FileId(base + index))
    }

    /// How many files there are.
    pub(super) fn files(&self) -> u32 {
        self.stored.as_ref().map_or(self.paths.len() as u32, Laid::files)
    }

    pub(super) fn path(&self, index: u32) -> &[u8] {
        match &self.stored {
            Some(laid) => laid.path(index),
            None => self.paths.get(index as usize).map_or(&[], Vec::as_slice),
        }
    }

    pub(super) fn live_paths(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.files()).map(|index| self.path(index))
    }

    pub(super) fn file(&self, path: &[u8]) -> Option<u32> {
        let at = partition(self.files(), |index| self.path(index) < path);
        (at < self.files() && self.path(at) == path).then_some(at)
    }

    fn count_names(&self) -> u32 {
        self.stored.as_ref().map_or(self.names.len() as u32, Laid::names)
    }

    pub(super) fn name(&self, index: u32) -> &[u8] {
        match &self.stored {
            Some(laid) => laid.name(index),
            None => self.names.get(index as usize).map_or(&[], Vec::as_slice),
        }
    }

    /// Before which name of the sections this one comes.
    pub(super) fn name_place(&self, index: u32) -> u32 {
        match &self.stored {
            Some(laid) => laid.name_place(index),
            None => self.name_places.get(index as usize).copied().unwrap_or(u32::MAX),
        }
    }

    pub(super) fn find_name(&self, name: &[u8]) -> Option<u32> {
        let at = partition(self.count_names(), |index| self.name(index) < name);
        (at < self.count_names() && self.name(at) == name).then_some(at)
    }

    /// The names that begin with `start`, with their numbers, in order.
    pub(super) fn names_starting_with<'o>(
        &'o self,
        start: &'o [u8],
    ) -> impl Iterator<Item = (u32, &'o [u8])> {
        let first = partition(self.count_names(), |index| self.name(index) < start);
        let names = (first..self.count_names()).map(|at| (at, self.name(at)));
        names.take_while(move |(_, name)| name.starts_with(start))
    }

    pub(super) fn definition(&self, index: u32) -> Option<DefInfo> {
        match &self.stored {
            Some(laid) => laid.definition(index),
            None => self.definitions.get(index as usize).copied(),
        }
    }

    pub(super) fn definitions_of(&self, name: NameRef) -> Vec<DefInfo> {
        if let Some(laid) = &self.stored {
            return laid.definitions_of(name);
        }
        let found = self.by_name.binary_search_by_key(&name, |(name, _)| *name);
        let range = found.map_or(0..0, |at| self.by_name[at].1.clone());
        self.in_range(&range).to_vec()
    }

    /// The definitions with these numbers, of what is not stored.
    pub(super) fn in_range(&self, range: &Range<u32>) -> &[DefInfo] {
        self.definitions.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The uses in a definition, of what is not stored.
    pub(super) fn own_edges(&self, index: u32) -> &[Edge] {
        let range = self.edge_ranges.get(index as usize).copied().unwrap_or_default();
        let edges = self.edges.get(range.file as usize);
        edges.and_then(|e| e.get(range.start as usize..range.end as usize)).unwrap_or_default()
    }

    pub(super) fn edges(&self, index: u32) -> Vec<Edge> {
        match &self.stored {
            Some(laid) => laid.edges(index),
            None => self.own_edges(index).to_vec(),
        }
    }

    pub(super) fn users_of(&self, name: NameRef) -> Vec<u32> {
        match &self.stored {
            Some(laid) => laid.users_of(name),
            None => self.users.of_name(name).to_vec(),
        }
    }

    /// How many definitions there are.
    pub(super) fn count(&self) -> u32 {
        self.stored.as_ref().map_or(self.definitions.len() as u32, Laid::count)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = DefInfo> {
        (0..self.count()).filter_map(|index| self.definition(index))
    }

    pub(super) fn includes(&self, index: u32) -> Vec<FileId> {
        match &self.stored {
            Some(laid) => laid.includes(index),
            None => self.includes.get(index as usize).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn all_includes(&self, index: u32) -> &[(FileId, u32)] {
        self.all_includes.get(index as usize).map_or(&[], Vec::as_slice)
    }

    /// All files that a file includes, of what is stored too.
    pub(super) fn reads(&self, index: u32) -> Vec<FileId> {
        match &self.stored {
            Some(laid) => laid.all_includes(index),
            None => self.all_includes(index).iter().map(|(file, _)| *file).collect(),
        }
    }

    pub(super) fn instantiated(&self, index: u32) -> &[(Kind, NameRef)] {
        self.instantiated.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn type_of(&self, index: u32) -> Option<NameRef> {
        match &self.stored {
            Some(laid) => laid.type_of(index),
            None => {
                let found = self.types.binary_search_by_key(&index, |(at, _)| *at);
                found.ok().map(|at| self.types[at].1)
            }
        }
    }

    /// What the files say of printing, by their numbers and packed, where it is stored.
    pub(super) fn packed(&self) -> Option<&[u8]> {
        self.stored.as_ref().map(|laid| laid.formats)
    }

    /// What the files say of printing, each with its path; of what is not stored.
    pub(super) fn formats_by_path(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.paths.iter().map(Vec::as_slice).zip(self.formats.iter().map(Vec::as_slice))
    }
}

/// How many of so many numbers come first that `before` holds for, in a rising order.
pub(super) fn partition(count: u32, before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

impl<'a> Graph<'a> {
    /// Lays over the sections what [`Graph::laid`] wrote of what lay over the same ones.
    pub(super) fn lay_stored(&mut self, bytes: &'a [u8]) -> Result<(), Damaged> {
        let laid = Laid::open(bytes, self.below());
        let stored = Some(laid.ok_or(Damaged("graph.laid"))?);
        self.overlay = Overlay { stored, ..Overlay::default() };
        for index in 0..self.overlay.files() {
            for target in self.overlay.includes(index) {
                self.included.set(target.at());
            }
        }
        self.lay_includers();
        Ok(())
    }

    /// What lies over the sections now, in bytes.
    pub(crate) fn laid(&self) -> Vec<u8> {
        laid::write(&self.overlay, self.below())
    }

    fn below(&self) -> Below {
        let (files, definitions) = (self.base_files(), self.base_definitions());
        Below { files, definitions, names: self.names.len() }
    }
}

impl Graph<'_> {
    /// Whether the tree as it is now has the name: what defines or uses it. Of others the
    /// sections may still know that there were some.
    pub fn is_live(&self, name: NameRef) -> bool {
        !self.definitions_of(name).is_empty() || !self.users_of(name).is_empty()
    }

    /// The paths of the files that the tree has now, in order.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        let base = (0..self.base_files()).map(FileId).filter(|file| !self.overlay.replaces(*file));
        let mut base = base.map(|file| self.path(file)).peekable();
        let mut overlay = self.overlay.live_paths().peekable();
        std::iter::from_fn(move || match (base.peek(), overlay.peek()) {
            (Some(one), Some(other)) if one > other => overlay.next(),
            (None, _) => overlay.next(),
            _ => base.next(),
        })
    }
}
