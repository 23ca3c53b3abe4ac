//! The outlines of changed files, laid over the sections: their old definitions and edges
//! are hidden, the new ones answer with the same questions. `layer` makes it.

use std::collections::HashMap;
use std::ops::Range;

use crate::outline::Kind;

use super::base::{DefInfo, Edge, Graph};
use super::ids::{FileId, NameRef};

/// What changed since the sections were written. Names, files and definitions are numbered in
/// the order of the sections.
#[derive(Default)]
pub(super) struct Overlay {
    pub(super) replaced: HashMap<FileId, Option<u32>>,
    pub(super) paths: Vec<Vec<u8>>,
    /// Those that the sections do not have, and before which of theirs each comes.
    pub(super) names: Vec<Vec<u8>>,
    pub(super) name_places: Vec<u32>,
    pub(super) definitions: Vec<DefInfo>,
    pub(super) edges: Vec<Vec<Edge>>,
    pub(super) types: HashMap<u32, NameRef>,
    pub(super) by_name: HashMap<NameRef, Range<u32>>,
    pub(super) users: HashMap<NameRef, Vec<u32>>,
    /// The private files that each file includes.
    pub(super) includes: Vec<Vec<FileId>>,
    /// All files that each file includes, with the lines.
    pub(super) all_includes: Vec<Vec<(FileId, u32)>>,
    /// Each file's definitions that including it may make tables of, by name.
    pub(super) instantiated: Vec<Vec<(Kind, NameRef)>>,
    /// What each file says of printing.
    pub(super) formats: Vec<Vec<u8>>,
}

impl Overlay {
    pub(super) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.paths.is_empty()
    }

    pub(super) fn replaces(&self, file: FileId) -> bool {
        !self.replaced.is_empty() && self.replaced.contains_key(&file)
    }

    /// The files of the sections that are laid over, with their numbers here.
    pub(super) fn replaced_files(&self) -> impl Iterator<Item = (FileId, Option<u32>)> {
        self.replaced.iter().map(|(file, now)| (*file, *now))
    }

    /// The files of the sections that are gone.
    pub(super) fn gone_files(&self) -> impl Iterator<Item = FileId> {
        self.replaced_files().filter(|(_, now)| now.is_none()).map(|(file, _)| file)
    }

    /// The number by which a file of the sections goes now.
    pub(super) fn current(&self, file: FileId, base: u32) -> FileId {
        match self.replaced.get(&file) {
            Some(Some(index)) => FileId(base + index),
            _ => file,
        }
    }

    pub(super) fn path(&self, index: u32) -> &[u8] {
        self.paths.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn live_paths(&self) -> impl Iterator<Item = &[u8]> {
        self.paths.iter().map(Vec::as_slice)
    }

    pub(super) fn file(&self, path: &[u8]) -> Option<u32> {
        let found = self.paths.binary_search_by(|known| known.as_slice().cmp(path));
        found.ok().map(|index| index as u32)
    }

    pub(super) fn name(&self, index: u32) -> &[u8] {
        self.names.get(index as usize).map_or(&[], Vec::as_slice)
    }

    /// Before which name of the sections this one comes.
    pub(super) fn name_place(&self, index: u32) -> u32 {
        self.name_places.get(index as usize).copied().unwrap_or(u32::MAX)
    }

    pub(super) fn find_name(&self, name: &[u8]) -> Option<u32> {
        let found = self.names.binary_search_by(|known| known.as_slice().cmp(name));
        found.ok().map(|index| index as u32)
    }

    /// The names that begin with `start`, with their numbers, in order.
    pub(super) fn names_starting_with<'o>(
        &'o self,
        start: &'o [u8],
    ) -> impl Iterator<Item = (u32, &'o [u8])> {
        let first = self.names.partition_point(|name| name.as_slice() < start);
        let names = (first..self.names.len()).map(|at| (at as u32, self.names[at].as_slice()));
        names.take_while(move |(_, name)| name.starts_with(start))
    }

    pub(super) fn definition(&self, index: u32) -> Option<&DefInfo> {
        self.definitions.get(index as usize)
    }

    pub(super) fn definitions_of(&self, name: NameRef) -> &[DefInfo] {
        let found = self.by_name.get(&name).map(|range| range.start as usize..range.end as usize);
        found.and_then(|range| self.definitions.get(range)).unwrap_or_default()
    }

    /// The names that changed files define.
    pub(super) fn defined_names(&self) -> impl Iterator<Item = NameRef> {
        self.by_name.keys().copied()
    }

    pub(super) fn edges(&self, index: u32) -> &[Edge] {
        self.edges.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn users_of(&self, name: NameRef) -> impl Iterator<Item = u32> + '_ {
        self.users.get(&name).into_iter().flatten().copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &DefInfo> {
        self.definitions.iter()
    }

    pub(super) fn includes(&self, index: u32) -> &[FileId] {
        self.includes.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all_includes(&self, index: u32) -> &[(FileId, u32)] {
        self.all_includes.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn instantiated(&self, index: u32) -> &[(Kind, NameRef)] {
        self.instantiated.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn member_type(&self, index: u32) -> Option<NameRef> {
        self.types.get(&index).copied()
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
