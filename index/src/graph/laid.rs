//! The overlay as bytes: an update has laid it over the sections once, and questions about a tree in
//! which nothing changed since read it as they read the sections, instead of laying it again.

use super::base::{DefInfo, Edge, put_edge, read_edges};
use super::bytes::{Cursor, Words, join, parts, put, put_words};
use super::guard::Guarded;
use super::ids::{DefId, FileId, NameRef};
use super::kept_bytes::{folded, unfolded};
use super::overlay::{Overlay, partition};
use super::rows::{ByName, Defined, Texts, TextsWriter};
use super::{formats, record};
use crate::bits::Bits;
use crate::bytes::u32_at;

/// How many parts there are.
const PARTS: usize = 23;

/// Bytes of a definition's record.
const RECORD: usize = 8;

/// How much there is of the sections that an overlay is over: its numbers count from there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Below {
    pub(super) files: u32,
    pub(super) definitions: u32,
    pub(super) names: u32,
}

/// An overlay in bytes whose checksum was compared.
pub(super) struct Laid<'a> {
    below: Below,
    /// The sections' files that are replaced, rising, each with the number of the one in its place
    /// and one, or 0.
    replaced: Words<'a>,
    is_replaced: Bits,
    paths: Texts<'a>,
    names: Texts<'a>,
    name_places: Words<'a>,
    /// As the sections have them.
    records: &'a [u8],
    /// Definitions that are too long for a record, and their last lines.
    long: (Words<'a>, Words<'a>),
    defined: Defined<'a>,
    types: (Words<'a>, Words<'a>),
    edges: Texts<'a>,
    users: ByName<'a>,
    includes: Texts<'a>,
    all_includes: Texts<'a>,
    /// As [`formats`] packs it.
    pub(super) formats: &'a [u8],
}

/// Which of so many files are among those that are `replaced`.
fn marked(replaced: &Words<'_>, files: u32) -> Option<Bits> {
    let mut marked = Bits::empty(files as usize);
    for at in 0..replaced.len() / 2 {
        marked.set(replaced.get(at * 2)? as usize);
    }
    Some(marked)
}

impl<'a> Laid<'a> {
    /// The overlay in these bytes.
    pub(super) fn open(bytes: &'a [u8], below: Below) -> Option<Laid<'a>> {
        let [
            counts,
            replaced,
            path_starts,
            paths,
            name_starts,
            names,
            name_places,
            records,
            long,
            lasts,
            defined_marks,
            defined,
            typed,
            types,
            edge_starts,
            edges,
            user_marks,
            users,
            include_starts,
            includes,
            all_include_starts,
            all_includes,
            formats,
        ] = parts::<PARTS>(Guarded::new(bytes, None))?;
        let counts = Words::new(counts);
        let [base_files, base_definitions, base_names, files, new_names] =
            [0, 1, 2, 3, 4].map(|at| counts.get(at).unwrap_or(u32::MAX));
        let over = Below { files: base_files, definitions: base_definitions, names: base_names };
        if over != below {
            return None;
        }
        let replaced = Words::new(replaced);
        let records = records.all()?;
        let count = u32::try_from(records.len() / RECORD).ok()?;
        let laid = Laid {
            below,
            is_replaced: marked(&replaced, below.files)?,
            replaced,
            paths: Texts::open(files, path_starts, paths)?,
            names: Texts::open(new_names, name_starts, names)?,
            name_places: Words::new(name_places),
            records,
            long: (Words::new(long), Words::new(lasts)),
            defined: Defined::open(below.names, defined_marks, defined)?,
            types: (Words::new(typed), Words::new(types)),
            edges: Texts::open(count, edge_starts, edges)?,
            users: ByName::open(user_marks, users)?,
            includes: Texts::open(files, include_starts, includes)?,
            all_includes: Texts::open(files, all_include_starts, all_includes)?,
            formats: formats.all()?,
        };
        (laid.name_places.len() == new_names as usize).then_some(laid)
    }

    pub(super) fn replaces(&self, file: FileId) -> bool {
        self.is_replaced.get(file.at())
    }

    /// What is in the place of a replaced file: its number, or nothing.
    pub(super) fn now(&self, file: FileId) -> Option<u32> {
        let number = |at: u32| self.replaced.get(at as usize * 2);
        let at = partition(self.replaced.len() as u32 / 2, |at| number(at) < Some(file.0));
        let is_it = number(at) == Some(file.0);
        self.replaced.get(at as usize * 2 + 1).filter(|_| is_it)?.checked_sub(1)
    }

    pub(super) fn files(&self) -> u32 {
        self.paths.len()
    }

    pub(super) fn path(&self, index: u32) -> &'a [u8] {
        self.paths.get(index)
    }

    pub(super) fn names(&self) -> u32 {
        self.names.len()
    }

    pub(super) fn name(&self, index: u32) -> &'a [u8] {
        self.names.get(index)
    }

    pub(super) fn name_place(&self, index: u32) -> u32 {
        self.name_places.get(index as usize).unwrap_or(u32::MAX)
    }

    /// How many definitions there are.
    pub(super) fn count(&self) -> u32 {
        (self.records.len() / RECORD) as u32
    }

    pub(super) fn definition(&self, index: u32) -> Option<DefInfo> {
        self.named(index, self.defined.name_of(index)?)
    }

    fn record(&self, index: u32) -> Option<record::Record> {
        let at = index as usize * RECORD;
        record::unpack(self.records.get(at..at + RECORD)?.try_into().ok()?)
    }

    /// A definition whose name is known.
    fn named(&self, index: u32, name: NameRef) -> Option<DefInfo> {
        let record = self.record(index)?;
        let (long, lasts) = &self.long;
        let last = match record.more {
            Some(more) => record.first + more,
            None => long.find(index).and_then(|at| lasts.get(at)).unwrap_or(record.first),
        };
        Some(DefInfo {
            id: DefId(self.below.definitions.checked_add(index)?),
            name,
            file: FileId(self.below.files.checked_add(record.file)?),
            first: record.first,
            last,
            kind: record.kind,
            flags: record.flags,
        })
    }

    pub(super) fn definitions_of(&self, name: NameRef) -> Vec<DefInfo> {
        let range = self.defined.definitions_of(name);
        let range = range.start..range.end.min(self.count());
        range.filter_map(|index| self.named(index, name)).collect()
    }

    pub(super) fn edges(&self, index: u32) -> Vec<Edge> {
        let Some(record) = self.record(index) else { return Vec::new() };
        let mut edges = read_edges(self.edges.get(index), record.first);
        let mut before = 0u32;
        for edge in &mut edges {
            before = before.wrapping_add(unfolded(edge.name.0));
            edge.name = NameRef(before);
        }
        edges
    }

    pub(super) fn users_of(&self, name: NameRef) -> Vec<u32> {
        let mut cursor = Cursor::new(self.users.get(name), 0);
        let mut number = 0u32;
        let next = || {
            number = number.wrapping_add(cursor.number()?);
            Some(number)
        };
        std::iter::from_fn(next).collect()
    }

    pub(super) fn includes(&self, index: u32) -> Vec<FileId> {
        files(self.includes.get(index))
    }

    pub(super) fn all_includes(&self, index: u32) -> Vec<FileId> {
        files(self.all_includes.get(index))
    }

    pub(super) fn type_of(&self, index: u32) -> Option<NameRef> {
        self.types.1.get(self.types.0.find(index)?).map(NameRef)
    }
}

/// Files by their numbers, as [`write`] has them.
fn files(numbers: &[u8]) -> Vec<FileId> {
    numbers.chunks_exact(4).map(|number| FileId(u32_at(number, 0))).collect()
}

fn words(words: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_words(&mut bytes, words);
    bytes
}

/// Uses, each's name by how it differs from that of the one before.
fn edge_bytes(edges: &[Edge], definition: &DefInfo, new: &NewNames) -> Vec<u8> {
    let (mut bytes, mut before, first) = (Vec::new(), 0, record::first_line(definition.first));
    for edge in edges {
        let number = new.number(edge.name).0;
        let name = NameRef(folded(number.wrapping_sub(before)));
        let via = edge.via.map(|via| new.number(via));
        put_edge(&mut bytes, &Edge { name, via, ..*edge }, first);
        before = number;
    }
    bytes
}

/// Users, each by what it is more than the one before.
fn user_bytes(users: &[u32]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for user in users {
        put(&mut bytes, user.wrapping_sub(before));
        before = *user;
    }
    bytes
}

fn file_bytes<'f>(files: impl Iterator<Item = &'f FileId>) -> Vec<u8> {
    let numbers: Vec<u32> = files.map(|file| file.0).collect();
    words(&numbers)
}

/// The names that the sections do not have, without those that nothing says or uses.
struct NewNames {
    base: u32,
    /// Those that stay.
    live: Bits,
    /// For each what its number is then.
    numbers: Vec<u32>,
}

impl NewNames {
    fn of(overlay: &Overlay<'_>, base: u32) -> NewNames {
        let mut live = Bits::empty(overlay.names.len());
        let mut see = |name: NameRef| _ = name.past(base).map(|at| live.set(at as usize));
        overlay.definitions.iter().for_each(|definition| see(definition.name));
        overlay.types.iter().for_each(|(_, name)| see(*name));
        for edge in overlay.edges.iter().flatten() {
            see(edge.name);
            edge.via.into_iter().for_each(&mut see);
        }
        let mut next = 0;
        let number = |at| {
            let number = base + next;
            next += u32::from(live.get(at));
            number
        };
        let numbers = (0..overlay.names.len()).map(number).collect();
        NewNames { base, live, numbers }
    }

    /// The number that a name has then.
    fn number(&self, name: NameRef) -> NameRef {
        let new = name.past(self.base).and_then(|at| self.numbers.get(at as usize));
        new.map_or(name, |number| NameRef(*number))
    }

    /// Those of so many things, one for each name, whose names stay.
    fn living<'n, T>(&'n self, each: &'n [T]) -> impl Iterator<Item = &'n T> {
        self.live.members(0..each.len()).map(|at| &each[at])
    }
}

/// What is laid over sections of which there is so much, in bytes.
pub(super) fn write(overlay: &Overlay<'_>, below: Below) -> Vec<u8> {
    let replaced = overlay.replaced_files();
    let replaced: Vec<u32> =
        replaced.flat_map(|(file, now)| [file.0, now.map_or(0, |now| now + 1)]).collect();
    let (mut records, mut long, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
    for (at, definition) in (0..).zip(&overlay.definitions) {
        let file = definition.file.past(below.files).unwrap_or_default();
        records.extend_from_slice(&record::of(definition, file).to_le_bytes());
        if record::is_long(definition.first, definition.last) {
            long.push(at);
            lasts.push(definition.last);
        }
    }
    let named = overlay.definitions.chunk_by(|one, other| one.name == other.name);
    let new = NewNames::of(overlay, below.names);
    let named = named.map(|same| (new.number(same[0].name), same.len() as u32));
    let (defined_marks, defined) = Defined::write(below.names, named);
    let typed: Vec<u32> = overlay.types.iter().map(|(at, _)| *at).collect();
    let types: Vec<u32> = overlay.types.iter().map(|(_, name)| new.number(*name).0).collect();
    let edges = (0..).zip(&overlay.definitions);
    let edges = TextsWriter::of(edges.map(|(at, d)| edge_bytes(overlay.own_edges(at), d, &new)));
    let users = overlay.users.iter().map(|(name, users)| (new.number(name), user_bytes(users)));
    let (user_marks, users) = ByName::write(users);
    let includes = overlay.includes.iter().map(|targets| file_bytes(targets.iter()));
    let includes = TextsWriter::of(includes);
    let all_includes = overlay.all_includes.iter();
    let all_includes = all_includes.map(|targets| file_bytes(targets.iter().map(|(file, _)| file)));
    let all_includes = TextsWriter::of(all_includes);
    let paths = TextsWriter::of(overlay.paths.iter());
    let names = TextsWriter::of(new.living(&overlay.names));
    let name_places: Vec<u32> = new.living(&overlay.name_places).copied().collect();
    let formats = formats::packed_files((0..).zip(overlay.formats.iter().map(Vec::as_slice)));
    let (files, new_names) = (overlay.paths.len() as u32, name_places.len() as u32);
    let counts = [below.files, below.definitions, below.names, files, new_names];
    join(&[
        &words(&counts),
        &words(&replaced),
        &words(&paths.starts),
        &paths.bytes,
        &words(&names.starts),
        &names.bytes,
        &words(&name_places),
        &records,
        &words(&long),
        &words(&lasts),
        &words(&defined_marks),
        &defined,
        &words(&typed),
        &words(&types),
        &words(&edges.starts),
        &edges.bytes,
        &words(&user_marks),
        &users,
        &words(&includes.starts),
        &includes.bytes,
        &words(&all_includes.starts),
        &all_includes.bytes,
        &formats,
    ])
}
