//! The outlines of changed files, laid over the sections: their old definitions and edges
//! are hidden, the new ones answer with the same questions.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::outline::{FileOutline, Kind, NO_NAME};

use super::base::{DefInfo, Edge, FileId, Graph, NameRef};
use super::place::Place;

/// What changed since the sections were written.
#[derive(Default)]
pub(super) struct Overlay {
    replaced: HashMap<FileId, Option<FileId>>,
    paths: Vec<Vec<u8>>,
    names: Vec<Vec<u8>>,
    name_numbers: HashMap<Vec<u8>, u32>,
    definitions: Vec<DefInfo>,
    edges: Vec<Vec<Edge>>,
    types: HashMap<u32, NameRef>,
    by_name: HashMap<NameRef, Vec<u32>>,
    users: HashMap<NameRef, Vec<u32>>,
    includes: Vec<Vec<FileId>>,
}

impl Overlay {
    pub(super) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.paths.is_empty()
    }

    pub(super) fn replaces(&self, file: FileId) -> bool {
        !self.replaced.is_empty() && self.replaced.contains_key(&file)
    }

    /// The number by which a file of the sections goes now.
    pub(super) fn current(&self, file: FileId, base: u32) -> FileId {
        match self.replaced.get(&file) {
            Some(Some(index)) => base + index,
            _ => file,
        }
    }

    pub(super) fn path(&self, index: u32) -> &[u8] {
        self.paths.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn file(&self, path: &[u8]) -> Option<u32> {
        self.paths.iter().position(|known| known == path).map(|index| index as u32)
    }

    pub(super) fn name(&self, index: u32) -> &[u8] {
        self.names.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(Vec::as_slice)
    }

    pub(super) fn find_name(&self, name: &[u8]) -> Option<u32> {
        self.name_numbers.get(name).copied()
    }

    pub(super) fn definition(&self, index: u32) -> Option<&DefInfo> {
        self.definitions.get(index as usize)
    }

    pub(super) fn definitions_of(&self, name: NameRef) -> impl Iterator<Item = &DefInfo> {
        let found = self.by_name.get(&name).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|index| self.definition(*index))
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

    pub(super) fn member_type(&self, index: u32) -> Option<NameRef> {
        self.types.get(&index).copied()
    }
}

impl Graph<'_> {
    /// Lays changed files over the sections: the outline as the file is now, or `None` for
    /// a file that is gone. Replaces what was laid over before.
    pub fn overlay(&mut self, changed: &[(Vec<u8>, Option<FileOutline>)]) {
        self.overlay = Overlay::default();
        self.private = Mutex::default();
        self.asked = Mutex::default();
        self.places.truncate(self.base_files() as usize);
        let mut latest: HashMap<&[u8], Option<&FileOutline>> = HashMap::new();
        for (path, outline) in changed {
            latest.insert(path, outline.as_ref());
        }
        let mut latest: Vec<_> = latest.into_iter().collect();
        latest.sort_unstable_by_key(|(path, _)| *path);
        for (path, outline) in &latest {
            let index = outline.map(|_| self.overlay.paths.len() as u32);
            if let Some(base) = self.file(path) {
                self.overlay.replaced.insert(base, index);
            }
            if outline.is_some() {
                self.overlay.paths.push(path.to_vec());
                self.places.push(Place::of(path));
            }
        }
        for (index, (path, outline)) in
            latest.iter().filter_map(|(p, o)| Some((p, (*o)?))).enumerate()
        {
            self.lay_over(index as u32, path, outline);
        }
    }

    /// Whether the tree as it is now has the name: one that only changed files had is gone from
    /// them, though the sections still list it.
    pub fn is_live(&self, name: NameRef) -> bool {
        self.overlay.is_empty()
            || name >= self.names.len()
            || !self.definitions_of(name).is_empty()
            || !self.users_of(name).is_empty()
    }

    fn number(&mut self, name: &[u8]) -> NameRef {
        if let Some(known) = self.find_name(name) {
            return known;
        }
        let index = self.overlay.names.len() as u32;
        self.overlay.names.push(name.to_vec());
        self.overlay.name_numbers.insert(name.to_vec(), index);
        self.names.len() + index
    }

    fn lay_over(&mut self, index: u32, path: &[u8], outline: &FileOutline) {
        let file = self.base_files() + index;
        let first = self.overlay.definitions.len() as u32;
        for definition in &outline.definitions {
            let number = self.overlay.definitions.len() as u32;
            let name = self.number(outline.name(definition.name));
            self.overlay.definitions.push(DefInfo {
                id: self.base_definitions() + number,
                name,
                file,
                first: definition.first,
                last: definition.last,
                kind: definition.kind,
                flags: definition.flags,
            });
            self.overlay.edges.push(Vec::new());
            self.overlay.by_name.entry(name).or_default().push(number);
            if definition.kind == Kind::Member && definition.params != NO_NAME {
                let holds = self.number(outline.name(definition.params));
                self.overlay.types.insert(number, holds);
            }
        }
        let mut seen = HashSet::new();
        for used in &outline.uses {
            let within = first + used.within;
            if used.within as usize >= outline.definitions.len()
                || !seen.insert((within, used.name, used.kind, used.via))
            {
                continue;
            }
            let name = self.number(outline.name(used.name));
            let via = (used.via != NO_NAME).then(|| self.number(outline.name(used.via)));
            let edge = Edge { name, kind: used.kind, line: used.line, via, runs: used.runs };
            self.overlay.edges[within as usize].push(edge);
            for used in
                [Some(name), via.filter(|v| self.name(*v).contains(&b'@'))].into_iter().flatten()
            {
                let users = self.overlay.users.entry(used).or_default();
                if users.last() != Some(&within) {
                    users.push(within);
                }
            }
        }
        let folder = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
        let beside = |wanted: &[u8]| self.file(&[&path[..folder], wanted].concat());
        let includes: Vec<FileId> =
            outline.includes.iter().filter_map(|i| beside(outline.name(i.path))).collect();
        for target in &includes {
            self.included.set(*target as usize);
        }
        self.overlay.includes.push(includes);
    }
}
