//! Reads the sections: definitions by name and by number, edges both ways, files.
//!
//! Every question here is answered for the sections and the overlay of changed files
//! together; numbers beyond the sections' own are the overlay's.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use rayon::prelude::*;

use crate::bits::Bits;
use crate::outline::{Flags, Kind, UseKind};

use super::bytes::{Cursor, Words, parts, put};
use super::guard::Guarded;
use super::ids::{DefId, FileId, NameRef};
use super::known::Known;
use super::names::NameTable;
use super::overlay::{Overlay, partition};
use super::place::Place;
use super::record::{self, Record};
use super::slots::{Classes, FilledSlots};
use super::undecided::Undecided;
use super::units::Units;
use super::uses::Uses;
use super::{Damaged, Sections};

/// Definitions that are worth a task.
const PORTION: u32 = 1 << 16;

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefInfo {
    /// Its number.
    pub id: DefId,
    /// Its name's number.
    pub name: NameRef,
    /// The file it is in.
    pub file: FileId,
    /// First line, from 1.
    pub first: u32,
    /// Last line.
    pub last: u32,
    /// What it is.
    pub kind: Kind,
    /// `static` and the like.
    pub flags: Flags,
}

impl DefInfo {
    /// Its first and its last line; a file's are all of it.
    pub fn lines(&self) -> (u32, u32) {
        match self.kind {
            Kind::File => (1, u32::MAX),
            _ => (self.first, self.last),
        }
    }
}

/// A use of a name in a definition: what it means is not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The name, or a slot `field@struct` of an indirect call.
    pub name: NameRef,
    /// How it is used.
    pub kind: UseKind,
    /// On which line.
    pub line: u32,
    /// Who receives it: a function's name or a slot.
    pub via: Option<NameRef>,
    /// Whether the receiver runs it.
    pub runs: bool,
}

/// The graph of a tree.
pub struct Graph<'a> {
    pub(super) names: NameTable<'a>,
    pub(super) starts: Words<'a>,
    pub(super) records: Guarded<'a>,
    long: (Words<'a>, Words<'a>),
    types: (Words<'a>, Words<'a>),
    pub(super) sources: Words<'a>,
    edge_offsets: Words<'a>,
    edge_data: Guarded<'a>,
    used: Words<'a>,
    user_offsets: Words<'a>,
    user_data: Guarded<'a>,
    paths: &'a [u8],
    path_ends: Words<'a>,
    include_offsets: Words<'a>,
    include_data: Guarded<'a>,
    public_offsets: Words<'a>,
    public_data: Guarded<'a>,
    /// Files that make tables of what they include.
    table_makers: Words<'a>,
    /// Macros that may make definitions: file, name, and a number for what each is.
    makers: Words<'a>,
    /// What each file's path says, as [`Place::to_word`] packs it.
    places: Words<'a>,
    pub(super) undecided: Undecided<'a>,
    pub(super) formats: Guarded<'a>,
    /// For each `.c` that others include: these.
    pub(super) includers: HashMap<FileId, Vec<FileId>>,
    /// The same as the sections say.
    pub(super) base_includers: HashMap<FileId, Vec<FileId>>,
    /// The files of the sections that another file includes.
    pub(super) included: Bits,
    pub(super) units: Units,
    /// The uses of the name that was asked for last: many definitions of one name are asked
    /// for one after the other.
    pub(super) asked: Mutex<Option<(NameRef, Arc<Uses>)>>,
    /// The slots of the fields that were asked for, by their structures.
    pub(super) classes: Mutex<Classes>,
    /// What fills the slots that were asked for.
    pub(super) filled: Mutex<FilledSlots>,
    /// What was found out of names as they are now.
    pub(super) known: Mutex<Known>,
    pub(super) overlay: Overlay<'a>,
    /// The files that the configuration in force doesn't build.
    left_out: OnceLock<Bits>,
}

/// The second file of each pair by its first one.
fn pairs(words: &Words<'_>) -> HashMap<FileId, Vec<FileId>> {
    let mut found: HashMap<FileId, Vec<FileId>> = HashMap::new();
    for at in 0..words.len() / 2 {
        if let (Some(first), Some(second)) = (words.get(at * 2), words.get(at * 2 + 1)) {
            found.entry(FileId(first)).or_default().push(FileId(second));
        }
    }
    found
}

impl<'a> Graph<'a> {
    /// The graph in these sections.
    ///
    /// # Errors
    /// When one of them is damaged.
    pub fn from_sections(sections: &'a Sections) -> Result<Self, Damaged> {
        Self::open(sections.named().map(|(_, section)| Guarded::new(section, None)))
    }

    /// The graph in these sections, whose bytes are checked as they are read; those of the
    /// files are read now.
    pub(crate) fn open(sections: [Guarded<'a>; 7]) -> Result<Self, Damaged> {
        let [names, definitions, edges, users, files, undecided, formats] = sections;
        let files = Guarded::new(files.all().ok_or(Damaged("graph.files"))?, None);
        let names = NameTable::read(names).ok_or(Damaged("graph.names"))?;
        let undecided = Undecided::read(undecided).ok_or(Damaged("graph.undecided"))?;
        let [starts, records, long, lasts, typed, types] =
            parts(definitions).ok_or(Damaged("graph.definitions"))?;
        let [sources, edge_offsets, edge_data] = parts(edges).ok_or(Damaged("graph.edges"))?;
        let [used, user_offsets, user_data] = parts(users).ok_or(Damaged("graph.users"))?;
        let [
            paths,
            path_ends,
            include_offsets,
            include_data,
            public_offsets,
            public_data,
            table_makers,
            makers,
            places,
            included,
            including,
        ] = parts(files).ok_or(Damaged("graph.files"))?;
        let base_includers = pairs(&Words::new(including));
        let graph = Graph {
            names,
            starts: Words::new(starts),
            records,
            long: (Words::new(long), Words::new(lasts)),
            types: (Words::new(typed), Words::new(types)),
            sources: Words::new(sources),
            edge_offsets: Words::new(edge_offsets),
            edge_data,
            used: Words::new(used),
            user_offsets: Words::new(user_offsets),
            user_data,
            paths: paths.all().ok_or(Damaged("graph.files"))?,
            path_ends: Words::new(path_ends),
            include_offsets: Words::new(include_offsets),
            include_data,
            public_offsets: Words::new(public_offsets),
            public_data,
            table_makers: Words::new(table_makers),
            makers: Words::new(makers),
            places: Words::new(places),
            undecided,
            formats,
            includers: base_includers.clone(),
            base_includers,
            included: Bits::from_bytes(included.all().unwrap_or_default(), path_ends.len() / 4),
            units: Units::default(),
            asked: Mutex::default(),
            classes: Mutex::default(),
            filled: Mutex::default(),
            known: Mutex::default(),
            overlay: Overlay::default(),
            left_out: OnceLock::new(),
        };
        graph.soundness()?;
        Ok(graph)
    }

    /// An error when there is not as much of a part as of what it says something about.
    fn soundness(&self) -> Result<(), Damaged> {
        let sound = |ok: bool, name| if ok { Ok(()) } else { Err(Damaged(name)) };
        sound(self.starts.len() == self.names.len() as usize + 1, "graph.definitions")?;
        sound(self.edge_offsets.len() == self.sources.len() + 1, "graph.edges")?;
        sound(self.user_offsets.len() == self.used.len() + 1, "graph.users")?;
        sound(self.include_offsets.len() == self.path_ends.len() + 1, "graph.files")?;
        sound(self.public_offsets.len() == self.path_ends.len() + 1, "graph.files")?;
        sound(self.places.len() == self.path_ends.len(), "graph.files")
    }

    /// How many definitions the sections hold.
    pub(super) fn base_definitions(&self) -> u32 {
        (self.records.len() / 8) as u32
    }

    /// How many definitions there are, of what was replaced, too.
    pub(super) fn definitions(&self) -> usize {
        (self.base_definitions() + self.overlay.count()) as usize
    }

    pub(super) fn base_files(&self) -> u32 {
        self.path_ends.len() as u32
    }

    /// Whether it is a file of the sections.
    pub(super) fn is_base(&self, file: FileId) -> bool {
        file.past(self.base_files()).is_none()
    }

    pub(super) fn base_path(&self, file: FileId) -> &'a [u8] {
        let end = self.path_ends.get(file.at()).unwrap_or(0) as usize;
        let start = match file.at().checked_sub(1) {
            Some(before) => self.path_ends.get(before).unwrap_or(0) as usize,
            None => 0,
        };
        self.paths.get(start..end).unwrap_or_default()
    }

    /// A file's path, relative to the tree; empty for a number that is no file's.
    pub fn path(&self, file: FileId) -> &[u8] {
        match file.past(self.base_files()) {
            None => self.base_path(file),
            Some(index) => self.overlay.path(index),
        }
    }

    /// The number of the file at `path`.
    pub fn file(&self, path: &[u8]) -> Option<FileId> {
        if let Some(index) = self.overlay.file(path) {
            return Some(FileId(self.base_files() + index));
        }
        self.base_file(path).filter(|file| !self.overlay.replaces(*file))
    }

    /// The number of the file at `path` in the sections.
    pub(super) fn base_file(&self, path: &[u8]) -> Option<FileId> {
        let (mut low, mut high) = (0, self.base_files());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.base_path(FileId(middle)) < path { low = middle + 1 } else { high = middle }
        }
        let found = FileId(low);
        (low < self.base_files() && self.base_path(found) == path).then_some(found)
    }

    /// What a file's path says.
    pub fn place(&self, file: FileId) -> Place {
        let place = match file.past(self.base_files()) {
            None => Place::from_word(self.places.get(file.at()).unwrap_or_default()),
            Some(index) => Place::of(self.overlay.path(index)),
        };
        match self.left_out.get() {
            Some(bits) => Place { left_out: bits.get(file.at()), ..place },
            None => place,
        }
    }

    /// Tells, once, which files the configuration in force doesn't build: questions about
    /// [`Arch::Built`](super::Arch::Built) leave them out. Most paths are asked for in order.
    pub fn leave_out(&self, mut is_out: impl FnMut(&[u8]) -> bool) {
        self.left_out.get_or_init(|| {
            let files = self.base_files() + self.overlay.files();
            let mut bits = Bits::empty(files as usize);
            for file in (0..files).map(FileId).filter(|file| is_out(self.path(*file))) {
                bits.set(file.at());
            }
            bits
        });
    }

    /// A name's bytes.
    pub fn name(&self, name: NameRef) -> Vec<u8> {
        match name.past(self.names.len()) {
            None => self.names.get(name.0),
            Some(index) => self.overlay.name(index).to_vec(),
        }
    }

    /// A name's number, if the tree has it.
    pub fn find_name(&self, name: &[u8]) -> Option<NameRef> {
        let base = || self.names.find(name);
        let own = || Some(self.names.len() + self.overlay.find_name(name)?);
        base().or_else(own).map(NameRef)
    }

    /// The names that begin with `start`, in order. What is gone from the tree may be among
    /// them: it has no definitions and no users.
    pub fn names_starting_with(&self, start: &[u8], mut each: impl FnMut(NameRef, &[u8])) {
        let mut own = self.overlay.names_starting_with(start).peekable();
        self.names.starting_with(start, |name, text| {
            while let Some((index, own)) =
                own.next_if(|(index, _)| self.overlay.name_place(*index) <= name)
            {
                each(NameRef(self.names.len() + index), own);
            }
            each(NameRef(name), text);
        });
        own.for_each(|(index, name)| each(NameRef(self.names.len() + index), name));
    }

    /// The definition with this number.
    pub fn definition(&self, id: DefId) -> Option<DefInfo> {
        if let Some(index) = id.past(self.base_definitions()) {
            return self.overlay.definition(index);
        }
        let after = self.starts.partition(|start| start <= id.0);
        self.base_definition(id, NameRef(after.checked_sub(1)? as u32))
    }

    /// How many names have their first definition below this number, or there.
    pub(super) fn names_before(&self, id: u32) -> u32 {
        self.starts.partition(|start| start <= id) as u32
    }

    /// Whether the definitions of the name with this number begin at `id` or below.
    pub(super) fn has_name_at(&self, name: u32, id: DefId) -> bool {
        self.starts.get(name as usize).is_some_and(|start| start <= id.0)
    }

    fn base_definition(&self, id: DefId, name: NameRef) -> Option<DefInfo> {
        let record = self.record(id)?;
        let last = self.last_line(id, record);
        let Record { file, first, kind, flags, .. } = record;
        Some(DefInfo { id, name, file: FileId(file), first, last, kind, flags })
    }

    /// What the sections say of a definition of theirs, but for its name.
    pub(super) fn record(&self, id: DefId) -> Option<Record> {
        let at = id.at().checked_mul(8)?;
        record::unpack(self.records.get(at..at + 8)?.try_into().ok()?)
    }

    /// What the sections say of the definitions with these numbers, but for their names.
    pub(super) fn records_of(&self, ids: Range<u32>) -> impl Iterator<Item = (DefId, Record)> {
        let bytes = self.records.get(ids.start as usize * 8..ids.end as usize * 8);
        let records = bytes.unwrap_or_default().as_chunks::<8>().0;
        ids.zip(records).filter_map(|(id, bytes)| Some((DefId(id), record::unpack(*bytes)?)))
    }

    /// The last line of the definition with this record.
    pub(super) fn last_line(&self, id: DefId, record: Record) -> u32 {
        let (ids, lasts) = self.long;
        match record.more {
            Some(more) => record.first + more,
            None => ids.find(id.0).and_then(|at| lasts.get(at)).unwrap_or(record.first),
        }
    }

    /// The definitions of a name that the sections have, in path and line order.
    pub(super) fn base_definitions_of(&self, name: NameRef) -> impl Iterator<Item = DefInfo> {
        let start = self.starts.get(name.0 as usize).unwrap_or(0);
        let end = match self.starts.get((name.0 as usize).saturating_add(1)) {
            Some(end) => end.min(self.base_definitions()),
            None => start,
        };
        (start..end).filter_map(move |id| self.base_definition(DefId(id), name))
    }

    /// The sections' definitions in the files that are `wanted`, each with what is said of its file.
    pub(super) fn base_definitions_in<T: Copy + Send + Sync>(
        &self,
        wanted: &HashMap<FileId, T>,
    ) -> Vec<(T, DefInfo)> {
        let mut files = Bits::empty(self.base_files() as usize);
        wanted.keys().for_each(|file| _ = files.set(file.at()));
        let all = self.base_definitions();
        let among = |portion: u32| {
            let ids = portion * PORTION..((portion + 1) * PORTION).min(all);
            let mut name = self.starts.partition(|start| start <= ids.start).saturating_sub(1);
            let mut found = Vec::new();
            for (id, _) in self.records_of(ids).filter(|(_, r)| files.get(r.file as usize)) {
                while self.starts.get(name + 1).is_some_and(|end| end <= id.0) {
                    name += 1;
                }
                found.extend(self.base_definition(id, NameRef(name as u32)));
            }
            found
        };
        let found = (0..all.div_ceil(PORTION)).into_par_iter().flat_map_iter(among);
        found.filter_map(|definition| Some((*wanted.get(&definition.file)?, definition))).collect()
    }

    /// All definitions of a name, in path and line order.
    pub fn definitions_of(&self, name: NameRef) -> Vec<DefInfo> {
        let live = self.base_definitions_of(name).filter(|d| !self.overlay.replaces(d.file));
        let own = self.overlay.definitions_of(name);
        match own.is_empty() {
            true => live.collect(),
            false => self.merged(live, own.into_iter()).collect(),
        }
    }

    /// Whether the sections have uses in a definition of theirs.
    pub(super) fn is_source(&self, definition: &DefInfo) -> bool {
        self.sources.find(definition.id.0).is_some()
    }

    /// The uses in a definition that are edges, in a fixed order.
    pub fn edges_of(&self, definition: &DefInfo) -> Vec<Edge> {
        let mut edges = self.all_uses_of(definition);
        if !self.overlay.is_empty() {
            edges.retain(|edge| self.is_edge(edge, definition.kind));
        }
        edges
    }

    /// The uses in a definition: of the sections those that were edges, of the overlay all.
    pub(super) fn all_uses_of(&self, definition: &DefInfo) -> Vec<Edge> {
        if let Some(index) = definition.id.past(self.base_definitions()) {
            return self.overlay.edges(index);
        }
        let Some(at) = self.sources.find(definition.id.0) else { return Vec::new() };
        let range = self.edge_offsets.range(at).unwrap_or_default();
        let data = self.edge_data.get(range).unwrap_or_default();
        read_edges(data, definition.first)
    }

    /// The definitions that use a name, or fill a slot of that name, by name, path and line.
    pub fn users_of(&self, name: NameRef) -> Vec<DefId> {
        let mut found: Vec<DefId> = self.base_users_of(name).collect();
        if self.overlay.is_empty() {
            return found;
        }
        let is_slot = self.is_slot(name);
        let uses = |id: DefId| {
            let edges = self.definition(id).map(|d| self.edges_of(&d)).unwrap_or_default();
            edges.iter().any(|edge| edge.name == name || is_slot && edge.via == Some(name))
        };
        // Uses of what is known as before are edges as before; what fills a slot has another name.
        let lost = self.known_before(name) & !self.known(name) != 0 || is_slot;
        found.retain(|id| {
            let is_live = self.definition(*id).is_some_and(|d| !self.overlay.replaces(d.file));
            is_live && (!lost || uses(*id))
        });
        let own = self.overlay.users_of(name).into_iter();
        let own = own.map(|index| DefId(self.base_definitions() + index));
        self.merged_ids(found, own.filter(|id| uses(*id)).collect())
    }

    /// The definitions of the sections that used a name, or filled a slot of that name, in the order
    /// of their numbers.
    pub(super) fn base_users_of(&self, name: NameRef) -> impl Iterator<Item = DefId> + use<'a> {
        let range = self.used.find(name.0).and_then(|at| self.user_offsets.range(at));
        let data = range.and_then(|range| self.user_data.get(range)).unwrap_or_default();
        let mut cursor = Cursor::new(data, 0);
        let mut number = 0u32;
        std::iter::from_fn(move || {
            number = number.wrapping_add(cursor.number()?);
            Some(DefId(number))
        })
    }

    /// Every definition that uses something, by name, path and line.
    pub fn sources(&self) -> impl Iterator<Item = DefInfo> + '_ {
        let base =
            (0..self.sources.len()).filter_map(|at| self.definition(DefId(self.sources.get(at)?)));
        let live = base.filter(|d| !self.overlay.replaces(d.file));
        self.merged(live, self.overlay.all())
    }

    /// The macros of a file of the sections that may make definitions: the name of each, and a
    /// number that changes with what it is.
    pub(super) fn makers_of(&self, file: FileId) -> Vec<(NameRef, u32)> {
        let word = |at: usize| self.makers.get(at).unwrap_or(u32::MAX);
        let low = partition(self.makers.len() as u32 / 3, |at| word(at as usize * 3) < file.0);
        let own = (low as usize..self.makers.len() / 3).take_while(|at| word(at * 3) == file.0);
        own.map(|at| (NameRef(word(at * 3 + 1)), word(at * 3 + 2))).collect()
    }

    /// The private files that a file includes.
    pub(super) fn includes_of(&self, file: FileId) -> Vec<FileId> {
        if let Some(index) = file.past(self.base_files()) {
            return self.overlay.includes(index);
        }
        files_of(self.include_offsets, self.include_data, file)
            .map(|target| self.overlay.current(target, self.base_files()))
            .collect()
    }

    /// All files that a file of the sections included, by their numbers there.
    pub(super) fn base_includes(&self, file: FileId) -> impl Iterator<Item = FileId> + use<'a> {
        let private = files_of(self.include_offsets, self.include_data, file);
        private.chain(files_of(self.public_offsets, self.public_data, file))
    }

    /// The files of the sections that make tables of what they include.
    pub(super) fn table_makers(&self) -> impl Iterator<Item = FileId> {
        (0..self.table_makers.len()).filter_map(|at| self.table_makers.get(at)).map(FileId)
    }

    /// The struct that a member (`field@struct`) or a variable holds or points to, that a function or a
    /// macro gives a pointer to, or that a type's name stands for.
    pub(super) fn type_of(&self, definition: &DefInfo) -> Option<NameRef> {
        match definition.id.past(self.base_definitions()) {
            Some(index) => self.overlay.type_of(index),
            None => self.types.1.get(self.types.0.find(definition.id.0)?).map(NameRef),
        }
    }
}

/// The files that a file has in an array of many files'.
fn files_of<'a>(
    offsets: Words<'a>,
    data: Guarded<'a>,
    file: FileId,
) -> impl Iterator<Item = FileId> + use<'a> {
    let range = offsets.range(file.at()).unwrap_or_default();
    let mut cursor = Cursor::new(data.get(range).unwrap_or_default(), 0);
    std::iter::from_fn(move || cursor.number().map(FileId))
}

/// The uses in `data`, of a definition that begins on the line `first`.
pub(super) fn read_edges(data: &[u8], first: u32) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(data.len() / 6);
    let mut cursor = Cursor::new(data, 0);
    while let Some(edge) = read_edge(&mut cursor, first) {
        edges.push(edge);
    }
    edges
}

/// Appends a use as [`read_edges`] reads it.
pub(super) fn put_edge(data: &mut Vec<u8>, edge: &Edge, first: u32) {
    data.push(edge.kind as u8 | u8::from(edge.via.is_some()) << 3 | u8::from(edge.runs) << 4);
    put(data, edge.name.0);
    put(data, edge.line.wrapping_sub(first));
    if let Some(via) = edge.via {
        put(data, via.0);
    }
}

fn read_edge(cursor: &mut Cursor, first: u32) -> Option<Edge> {
    let meta = *cursor.take(1)?.first()?;
    let kind = [
        UseKind::Call,
        UseKind::Ref,
        UseKind::Init,
        UseKind::Indirect,
        UseKind::Deref,
        UseKind::Pass,
    ];
    let kind = *kind.get(usize::from(meta & 7))?;
    let name = NameRef(cursor.number()?);
    let line = cursor.number()?.wrapping_add(first);
    let via = if meta & 8 == 0 { None } else { Some(NameRef(cursor.number()?)) };
    Some(Edge { name, kind, line, via, runs: meta & 16 != 0 })
}
