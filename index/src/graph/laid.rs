//! The overlay as bytes: an update has laid it over the sections once, and questions about a tree in
//! which nothing changed since read it as they read the sections, instead of laying it again.

use std::collections::HashMap;

use super::base::{DefInfo, Edge, put_edge, read_edges};
use super::bytes::{Cursor, Words, join, parts, put, put_words};
use super::guard::Guarded;
use super::ids::{DefId, FileId, NameRef};
use super::overlay::{Overlay, partition};
use crate::bits::Bits;
use crate::bytes::u32_at;
use crate::outline::{Flags, Kind};

/// How many parts there are.
const PARTS: usize = 23;

/// Numbers in a definition's record: name, file, first line, last line, kind and flags.
const RECORD: usize = 5;

/// An overlay in bytes whose checksum was compared.
pub(super) struct Laid<'a> {
    base_files: u32,
    base_definitions: u32,
    /// The sections' files that are replaced, rising, each with the number of the one in its place
    /// and one, or 0.
    replaced: Words<'a>,
    is_replaced: Bits,
    paths: Texts<'a>,
    names: Texts<'a>,
    name_places: Words<'a>,
    definitions: Words<'a>,
    /// The names that are defined, rising, and the first and the last of each one's definitions.
    by_name: (Words<'a>, Words<'a>),
    types: (Words<'a>, Words<'a>),
    edges: Texts<'a>,
    used: Words<'a>,
    users: Texts<'a>,
    includes: Texts<'a>,
    all_includes: Texts<'a>,
    formats: Texts<'a>,
}

/// Byte strings one after the other, by where each begins and where the last ends.
struct Texts<'a> {
    starts: Words<'a>,
    bytes: &'a [u8],
}

impl<'a> Texts<'a> {
    fn open(starts: Guarded<'a>, bytes: Guarded<'a>) -> Option<Texts<'a>> {
        let texts = Texts { starts: Words::new(starts), bytes: bytes.all()? };
        (texts.starts.len() > 0).then_some(texts)
    }

    fn len(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    fn get(&self, index: u32) -> &'a [u8] {
        let range = self.starts.range(index as usize).unwrap_or_default();
        self.bytes.get(range).unwrap_or_default()
    }
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
    /// The overlay in these bytes, over sections of so many files and definitions.
    pub(super) fn open(
        bytes: &'a [u8],
        base_files: u32,
        base_definitions: u32,
    ) -> Option<Laid<'a>> {
        let [
            replaced,
            path_starts,
            paths,
            name_starts,
            names,
            name_places,
            definitions,
            defined,
            ranges,
            typed,
            types,
            edge_starts,
            edges,
            used,
            user_starts,
            users,
            include_starts,
            includes,
            all_include_starts,
            all_includes,
            format_starts,
            formats,
            counts,
        ] = parts::<PARTS>(Guarded::new(bytes, None))?;
        let counts = Words::new(counts);
        // Numbers count from the sections' ends: it is not over these.
        if (counts.get(0), counts.get(1)) != (Some(base_files), Some(base_definitions)) {
            return None;
        }
        let replaced = Words::new(replaced);
        let laid = Laid {
            base_files,
            base_definitions,
            is_replaced: marked(&replaced, base_files)?,
            replaced,
            paths: Texts::open(path_starts, paths)?,
            names: Texts::open(name_starts, names)?,
            name_places: Words::new(name_places),
            definitions: Words::new(definitions),
            by_name: (Words::new(defined), Words::new(ranges)),
            types: (Words::new(typed), Words::new(types)),
            edges: Texts::open(edge_starts, edges)?,
            used: Words::new(used),
            users: Texts::open(user_starts, users)?,
            includes: Texts::open(include_starts, includes)?,
            all_includes: Texts::open(all_include_starts, all_includes)?,
            formats: Texts::open(format_starts, formats)?,
        };
        laid.holds_together().then_some(laid)
    }

    /// Whether there is as much of each part as of what it says something about.
    fn holds_together(&self) -> bool {
        let files = self.files();
        self.includes.len() == files
            && self.all_includes.len() == files
            && self.formats.len() == files
            && self.edges.len() == self.count()
            && self.name_places.len() == self.names.len() as usize
            && self.users.len() as usize == self.used.len()
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
        (self.definitions.len() / RECORD) as u32
    }

    pub(super) fn definition(&self, index: u32) -> Option<DefInfo> {
        let word = |at: usize| self.definitions.get(index as usize * RECORD + at);
        let what = word(4)?;
        Some(DefInfo {
            id: DefId(self.base_definitions.checked_add(index)?),
            name: NameRef(word(0)?),
            file: FileId(self.base_files.checked_add(word(1)?)?),
            first: word(2)?,
            last: word(3)?,
            kind: Kind::from_number(what as u8)?,
            flags: Flags((what >> 8) as u8),
        })
    }

    pub(super) fn definitions_of(&self, name: NameRef) -> Vec<DefInfo> {
        let Some(at) = self.by_name.0.find(name.0) else { return Vec::new() };
        let bound = |at| self.by_name.1.get(at).unwrap_or(0).min(self.count());
        (bound(at * 2)..bound(at * 2 + 1)).filter_map(|index| self.definition(index)).collect()
    }

    pub(super) fn edges(&self, index: u32) -> Vec<Edge> {
        let first = self.definitions.get(index as usize * RECORD + 2).unwrap_or(0);
        read_edges(self.edges.get(index), first)
    }

    pub(super) fn users_of(&self, name: NameRef) -> Vec<u32> {
        let Some(at) = self.used.find(name.0) else { return Vec::new() };
        let mut cursor = Cursor::new(self.users.get(at as u32), 0);
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

    pub(super) fn formats(&self, index: u32) -> &'a [u8] {
        self.formats.get(index)
    }
}

/// Files by their numbers, as [`write`] has them.
fn files(numbers: &[u8]) -> Vec<FileId> {
    numbers.chunks_exact(4).map(|number| FileId(u32_at(number, 0))).collect()
}

/// Byte strings being written as [`Texts`] reads them.
struct TextsWriter {
    starts: Vec<u32>,
    bytes: Vec<u8>,
}

impl TextsWriter {
    fn of(each: impl Iterator<Item = impl AsRef<[u8]>>) -> TextsWriter {
        let mut texts = TextsWriter { starts: vec![0], bytes: Vec::new() };
        for text in each {
            texts.bytes.extend_from_slice(text.as_ref());
            texts.starts.push(texts.bytes.len() as u32);
        }
        texts
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_words(&mut bytes, words);
    bytes
}

/// What is in a map, by its keys.
fn sorted<K: Ord + Copy, V>(map: &HashMap<K, V>) -> Vec<(K, &V)> {
    let mut entries: Vec<(K, &V)> = map.iter().map(|(key, value)| (*key, value)).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// A definition's record, over sections of so many files.
fn record(d: &DefInfo, base_files: u32) -> [u32; RECORD] {
    let what = d.kind as u32 | u32::from(d.flags.0) << 8;
    [d.name.0, d.file.0.wrapping_sub(base_files), d.first, d.last, what]
}

fn edge_bytes(edges: &[Edge], definition: &DefInfo) -> Vec<u8> {
    let mut bytes = Vec::new();
    edges.iter().for_each(|edge| put_edge(&mut bytes, edge, definition.first));
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

/// What is laid over sections of so many files and definitions, in bytes.
pub(super) fn write(overlay: &Overlay<'_>, base_files: u32, base_definitions: u32) -> Vec<u8> {
    let replaced = sorted(&overlay.replaced).into_iter();
    let replaced: Vec<u32> =
        replaced.flat_map(|(file, now)| [file.0, now.map_or(0, |now| now + 1)]).collect();
    let record = |d: &DefInfo| record(d, base_files);
    let definitions: Vec<u32> = overlay.definitions.iter().flat_map(record).collect();
    let by_name = sorted(&overlay.by_name);
    let defined: Vec<u32> = by_name.iter().map(|(name, _)| name.0).collect();
    let ranges: Vec<u32> = by_name.iter().flat_map(|(_, range)| [range.start, range.end]).collect();
    let types = sorted(&overlay.types);
    let typed: Vec<u32> = types.iter().map(|(at, _)| *at).collect();
    let types: Vec<u32> = types.iter().map(|(_, name)| name.0).collect();
    let edges = overlay.edges.iter().zip(&overlay.definitions);
    let edges = TextsWriter::of(edges.map(|(edges, definition)| edge_bytes(edges, definition)));
    let by_used = sorted(&overlay.users);
    let used: Vec<u32> = by_used.iter().map(|(name, _)| name.0).collect();
    let users = TextsWriter::of(by_used.iter().map(|(_, users)| user_bytes(users)));
    let includes = overlay.includes.iter().map(|targets| file_bytes(targets.iter()));
    let includes = TextsWriter::of(includes);
    let all_includes = overlay.all_includes.iter();
    let all_includes = all_includes.map(|targets| file_bytes(targets.iter().map(|(file, _)| file)));
    let all_includes = TextsWriter::of(all_includes);
    let paths = TextsWriter::of(overlay.paths.iter());
    let names = TextsWriter::of(overlay.names.iter());
    let formats = TextsWriter::of(overlay.formats.iter());
    join(&[
        &words(&replaced),
        &words(&paths.starts),
        &paths.bytes,
        &words(&names.starts),
        &names.bytes,
        &words(&overlay.name_places),
        &words(&definitions),
        &words(&defined),
        &words(&ranges),
        &words(&typed),
        &words(&types),
        &words(&edges.starts),
        &edges.bytes,
        &words(&used),
        &words(&users.starts),
        &users.bytes,
        &words(&includes.starts),
        &includes.bytes,
        &words(&all_includes.starts),
        &all_includes.bytes,
        &words(&formats.starts),
        &formats.bytes,
        &words(&[base_files, base_definitions]),
    ])
}
