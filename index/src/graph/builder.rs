//! Takes the outlines of all files, from many threads, and makes the graph's sections.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::idiom::Idioms;
use crate::outline::{FileOutline, Kind, NO_NAME, Template, Use, UseKind};
use crate::paths::relative;
use crate::scratch::Scratch;

use super::interner::{Interner, Waiting};
use super::made::{self, Invoked, NamedUse};
use super::packed::{Maybe, MaybeWriter, PackedUses};
use super::record::{DefRecord, is_long};
use super::{Sections, instances, write};

/// A file's outline, its names replaced by the tree's.
#[derive(Default)]
pub(super) struct FileRecord {
    pub(super) path: Vec<u8>,
    pub(super) definitions: Vec<DefRecord>,
    /// The last lines of long definitions, by their numbers.
    pub(super) long: Vec<(u32, u32)>,
    /// The structs that members and variables hold, functions and macros give pointers to, and names of
    /// types stand for, by the definitions' numbers.
    pub(super) types: Vec<(u32, u32)>,
    pub(super) uses: Vec<UseRecord>,
    /// Those that the file itself has, until it is known which are edges.
    pub(super) packed: PackedUses,
    pub(super) includes: Vec<IncludeRecord>,
    /// From which line on includes become tables, and by which macro.
    pub(super) instances: Vec<(u32, Vec<u8>)>,
    /// Macros that others may use to define things.
    pub(super) makers: Vec<(Vec<u8>, Arc<Template>)>,
    /// Other files' macros used at the top level.
    pub(super) invoked: Vec<Invoked>,
    /// The names of these macros, and numbers that change with what they are.
    pub(super) offered: Vec<(u32, u32)>,
    /// What it says of printing.
    pub(super) formats: Vec<u8>,
}

impl FileRecord {
    /// Packs its uses, with those that may be edges; what is to be kept of them.
    fn pack(&mut self, maybe: &Maybe) -> Vec<u8> {
        let uses = std::mem::take(&mut self.uses);
        let is_in_constant = |used: &UseRecord| {
            let within = self.definitions.get(used.within as usize);
            within.is_some_and(|within| within.kind() == Kind::Constant)
        };
        let in_constants = uses.iter().copied().filter(|used| is_in_constant(used));
        let others = uses.iter().copied().filter(|used| !is_in_constant(used));
        let (packed, rest) = PackedUses::new(in_constants, others, maybe);
        self.packed = packed;
        rest
    }

    /// Gives every name the number that `to` says, but for those of packed uses.
    pub(super) fn renumber(&mut self, to: impl Fn(u32) -> u32) {
        let to = |id: &mut u32| {
            if *id != NO_NAME {
                *id = to(*id);
            }
        };
        self.definitions.iter_mut().for_each(|d| to(&mut d.name));
        self.types.iter_mut().for_each(|(_, holds)| to(holds));
        self.offered.iter_mut().for_each(|(name, _)| to(name));
        for used in &mut self.uses {
            to(&mut used.name);
            to(&mut used.via);
        }
    }
}

/// An include: what is written there, as [`relative`] makes it.
pub(super) struct IncludeRecord {
    pub(super) path: Vec<u8>,
    pub(super) line: u32,
}

impl IncludeRecord {
    /// Those of a file.
    pub(super) fn of(outline: &FileOutline) -> Vec<IncludeRecord> {
        let path = |name| relative(outline.name(name));
        let includes = outline.includes.iter();
        includes.map(|i| IncludeRecord { path: path(i.path), line: i.line }).collect()
    }
}

/// A use, packed: there are tens of millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UseRecord {
    pub(super) within: u32,
    pub(super) name: u32,
    pub(super) via: u32,
    /// From the lowest bit: whether the receiver runs it 1, kind 3, line 28.
    packed: u32,
}

impl UseRecord {
    pub(super) fn new(used: &Use) -> Self {
        let line = used.line.min(u32::MAX >> 4);
        let packed = line << 4 | (used.kind as u32) << 1 | u32::from(used.runs);
        UseRecord { within: used.within, name: used.name, via: used.via, packed }
    }

    /// One with the bits that [`UseRecord::low`] gave.
    pub(super) fn from_low(within: u32, name: u32, via: u32, (line, low): (u32, u8)) -> Self {
        UseRecord { within, name, via, packed: line << 4 | u32::from(low & 0xf) }
    }

    /// What it says besides numbers of definitions, names and lines: four bits.
    pub(super) fn low(self) -> u8 {
        (self.packed & 0xf) as u8
    }

    /// The use, with the names that `names` has for its numbers.
    pub(super) fn named(self, names: &Interner) -> NamedUse {
        let UseRecord { within, name, via, .. } = self;
        let (kind, line, runs) = (self.kind(), self.line(), self.runs());
        let receiver = (via != NO_NAME).then(|| names.text(via));
        (names.text(name), receiver, Use { name, kind, runs, line, within, via })
    }

    pub(super) fn kind(self) -> UseKind {
        match self.packed >> 1 & 7 {
            0 => UseKind::Call,
            1 => UseKind::Ref,
            2 => UseKind::Init,
            3 => UseKind::Indirect,
            4 => UseKind::Deref,
            _ => UseKind::Pass,
        }
    }

    pub(super) fn line(self) -> u32 {
        self.packed >> 4
    }

    pub(super) fn runs(self) -> bool {
        self.packed & 1 == 1
    }
}

/// Collects outlines. Shared by the threads that read files.
#[derive(Default)]
pub struct Builder {
    names: Interner,
    files: Mutex<Vec<FileRecord>>,
    /// Where uses are until all files are added.
    scratch: Arc<Scratch>,
}

/// The outlines that one thread collects before it hands them over: numbering names one by one
/// would wait for memory at each.
#[derive(Default)]
pub struct Batch {
    /// Their names are numbered by `names`, with the uses that may be edges.
    files: Vec<(FileRecord, Maybe)>,
    names: Waiting,
}

impl Batch {
    /// Adds the outline of the file at `path`, relative to the tree.
    pub fn add(&mut self, path: &[u8], outline: &FileOutline) {
        // Most names of a file are local variables, members and parameters as written: only
        // those that the tree may want are numbered.
        let mut ids = vec![NO_NAME; outline.names.len()];
        let mut id = |name: u32| {
            let Some(known) = ids.get_mut(name as usize) else { return NO_NAME };
            if *known == NO_NAME {
                *known = self.names.push(outline.name(name));
            }
            *known
        };
        let mut record = FileRecord { path: path.to_vec(), ..FileRecord::default() };
        record.definitions.reserve_exact(outline.definitions.len());
        for (number, definition) in outline.definitions.iter().enumerate() {
            let number = number as u32;
            record.definitions.push(DefRecord::new(id(definition.name), definition));
            if is_long(definition.first, definition.last) {
                record.long.push((number, definition.last));
            }
            if definition.kind == Kind::Member && definition.params != NO_NAME {
                record.types.push((number, id(definition.params)));
            }
        }
        record.types.extend(outline.holds.iter().map(|(number, held)| (*number, id(*held))));
        let mut maybe = MaybeWriter::new(outline.names.len());
        for used in &outline.uses {
            let mut packed = UseRecord::new(used);
            if is_plain(outline, used) {
                maybe.add(packed, outline.name(used.name));
            } else {
                (packed.name, packed.via) = (id(used.name), id(used.via));
                record.uses.push(packed);
            }
        }
        record.includes = IncludeRecord::of(outline);
        let instances = outline.instances.iter();
        record.instances = instances.map(|i| (i.line, outline.name(i.name).to_vec())).collect();
        let offered = made::hashes(Some(outline));
        record.offered =
            offered.into_iter().map(|(name, hash)| (self.names.push(&name), hash)).collect();
        (record.makers, record.invoked) = (made::makers(outline), made::invoked(outline));
        record.formats = outline.formats.clone();
        self.files.push((record, maybe.finish()));
    }
}

/// Whether a use may be an edge only by what its name turns out to be, and hands nothing to anyone.
pub(super) fn is_plain(outline: &FileOutline, used: &Use) -> bool {
    let plain = matches!(used.kind, UseKind::Ref | UseKind::Deref) && used.via == NO_NAME;
    let within = outline.definitions.get(used.within as usize);
    plain && within.is_none_or(|d| d.kind != Kind::Constant)
}

impl Builder {
    /// An empty builder, which has everything in memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder that has what it can in `scratch`.
    pub(crate) fn within(scratch: &Arc<Scratch>) -> Self {
        Builder { scratch: Arc::clone(scratch), ..Self::default() }
    }

    /// Adds the outline of one file, where a batch of many can't be had. Any order, any thread.
    pub fn add(&self, path: &[u8], outline: &FileOutline) {
        let mut batch = Batch::default();
        batch.add(path, outline);
        self.take(batch);
    }

    /// Takes a batch. Any order, any thread.
    pub fn take(&self, batch: Batch) {
        let Batch { files, names } = batch;
        let ids = self.names.intern_all(&names);
        drop(names);
        let packed = files.into_iter().map(|(mut file, maybe)| {
            file.renumber(|number| ids[number as usize]);
            let rest = file.pack(&maybe);
            (file, rest)
        });
        let (mut files, rests): (Vec<FileRecord>, Vec<Vec<u8>>) = packed.unzip();
        let rests: Vec<&[u8]> = rests.iter().map(Vec::as_slice).collect();
        for (file, rest) in files.iter_mut().zip(self.scratch.keep(&rests)) {
            file.packed.keep(rest);
        }
        self.files.lock().unwrap_or_else(PoisonError::into_inner).append(&mut files);
    }

    /// The sections, once all files are added.
    pub fn finish(self, idioms: &Idioms) -> Sections {
        self.try_finish(idioms, &|| {}).expect("what is in memory can be read")
    }

    /// The sections, once all files are added. `freed` is called whenever much memory was freed.
    ///
    /// # Errors
    /// When what the scratch keeps can't be read.
    pub(crate) fn try_finish(
        self,
        idioms: &Idioms,
        freed: &(dyn Fn() + Sync),
    ) -> io::Result<Sections> {
        let mut files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let includes = super::include::resolve_all(&files);
        made::add(&mut files, &self.names, idioms, &self.scratch)?;
        instances::add(&mut files, &includes, &self.names, idioms);
        write::sections(files, &includes, self.names.freeze(), (&self.scratch, freed))
    }
}
