//! The graph's files beside the text: `graph-N`, the whole tree's as it was when it was last built, and
//! `outlines-N`, the outlines of the files that changed since. An update only replaces the small one; that
//! of a tree that never changes adds another, with what differs from the one that it begins as.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::guard::{self, Guard, Guarded};
use super::kept::Kept;
use super::regain::Changed;
use super::verdicts::Verdicts;
use super::{Damaged, Graph, Sections};
use crate::{
    Error,
    bytes::{Reader, put_bytes, put_u32, u32_at},
    outline::FileOutline,
    store::container::{self, Container, Name, Section},
};

/// The kind of the graph's file.
const GRAPH: Name = *b"graph\0\0\0";
/// The kind of the file with the outlines of what changed since.
const OUTLINES: Name = *b"outlines";
/// The checksums of the graph's sections, block by block.
const SUMS: Name = *b"sums\0\0\0\0";
/// The outlines.
const ENTRIES: Name = *b"entries\0";
/// The graph's sections, in the order of [`Sections::named`].
const SECTIONS: [Name; 7] = [
    *b"names\0\0\0",
    *b"defs\0\0\0\0",
    *b"edges\0\0\0",
    *b"users\0\0\0",
    *b"files\0\0\0",
    *b"maybe\0\0\0",
    *b"formats\0",
];

/// The same files, laid over the graph. What was called `laid` was another form of it.
const LAID: Name = *b"laid-2\0\0";

/// What was found out of files that use macros.
const VERDICTS: Name = *b"verdicts";

/// Outlines by path, as [`pack`] makes them or [`pack_kept`]; `None` for a file that is gone.
pub(crate) type Outlines = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Reads the outline of a file.
pub(crate) type Read<'r> = dyn Fn(&[u8]) -> Option<FileOutline> + Sync + 'r;

/// An outline's bytes are all of it.
const WHOLE: u8 = 0;
/// They are what is kept of it.
const KEPT: u8 = 2;

/// An outline as bytes.
pub(crate) fn pack(outline: &FileOutline) -> Vec<u8> {
    let mut packed = vec![WHOLE];
    packed.extend_from_slice(&outline.encode());
    packed
}

/// What is kept of an outline as bytes.
pub(crate) fn pack_kept(kept: &Kept) -> Vec<u8> {
    kept.encode(vec![KEPT])
}

fn unpack(bytes: &[u8]) -> Option<Kept> {
    match bytes.split_first()? {
        (&WHOLE, bytes) => FileOutline::decode(bytes).ok().map(Kept::from),
        (&KEPT, bytes) => Kept::decode(bytes),
        _ => None,
    }
}

/// Writes the graph's file and returns its header's checksum.
pub(crate) fn write_graph(path: &Path, sections: &Sections) -> Result<u32, Error> {
    let sections = sections.named().map(|(_, bytes)| bytes);
    let mut sums = Vec::new();
    for sum in sections.iter().flat_map(|section| guard::sums(section)) {
        put_u32(&mut sums, sum);
    }
    let mut all = vec![Section { name: SUMS, pieces: vec![&sums] }];
    all.extend(
        SECTIONS.iter().zip(sections).map(|(&name, bytes)| Section { name, pieces: vec![bytes] }),
    );
    container::write(path, GRAPH, &all)
}

/// What lies over the graph, to be written.
pub(crate) struct Over {
    pub(crate) outlines: Outlines,
    /// See [`Graph::laid`].
    pub(crate) laid: Vec<u8>,
    /// What the next revision may know of files that use macros; of another tree nothing.
    pub(crate) verdicts: Vec<u8>,
}

impl Over {
    /// Writes the file with the changed files' outlines and returns its header's checksum.
    pub(crate) fn write(&self, path: &Path) -> Result<u32, Error> {
        let mut entries = Vec::new();
        for (path, outline) in &self.outlines {
            put_bytes(&mut entries, path);
            put_u32(&mut entries, u32::from(outline.is_some()));
            put_bytes(&mut entries, outline.as_deref().unwrap_or_default());
        }
        let section = |name, piece| Section { name, pieces: vec![piece] };
        let mut sections = vec![section(ENTRIES, &entries[..]), section(LAID, &self.laid)];
        if !self.verdicts.is_empty() {
            sections.push(section(VERDICTS, &self.verdicts));
        }
        container::write(path, OUTLINES, &sections)
    }
}

/// The open files of a graph.
#[derive(Debug)]
pub(crate) struct Stored {
    graph: Container,
    sections: [Range<usize>; 7],
    guards: [Guard; 7],
    outlines: Vec<Container>,
}

impl Stored {
    /// Opens the files, if they are those with these header checksums.
    pub(crate) fn open(
        graph: (PathBuf, u32),
        outlines: impl Iterator<Item = (PathBuf, u32)>,
    ) -> Result<Stored, Error> {
        let open = |(path, checksum): (PathBuf, u32), kind| {
            let container = Container::open(&path, kind)?;
            if container.checksum() == checksum {
                Ok(container)
            } else {
                Err(container.corrupt("another file in the graph's place"))
            }
        };
        let graph = open(graph, GRAPH)?;
        let outlines = outlines.map(|outlines| open(outlines, OUTLINES));
        let outlines = outlines.collect::<Result<_, _>>()?;
        let sums = graph.checked_section(SUMS)?;
        let mut sums = graph.bytes(sums);
        let mut sections: [Range<usize>; 7] = Default::default();
        let mut guards = Vec::with_capacity(7);
        for (range, name) in sections.iter_mut().zip(SECTIONS) {
            *range = graph.section(name)?;
            let own = range.len().div_ceil(guard::BLOCK) * 4;
            let (own, rest) =
                sums.split_at_checked(own).ok_or_else(|| graph.corrupt("checksums"))?;
            guards.push(Guard::new(own.chunks_exact(4).map(|sum| u32_at(sum, 0)).collect()));
            sums = rest;
        }
        let guards = guards.try_into().map_err(|_| graph.corrupt("checksums"))?;
        Ok(Stored { graph, sections, guards, outlines })
    }

    /// The graph as it was when it was last updated.
    pub(crate) fn updated(&self) -> Result<Option<Graph<'_>>, Error> {
        let mut graph = self.graph()?;
        let Some(container) = self.outlines.last() else { return Ok(Some(graph)) };
        // What an older kgrep wrote hasn't laid them.
        if container.section(LAID).is_err() {
            return Ok(None);
        }
        let laid = container.bytes(container.checked_section(LAID)?);
        graph.lay_stored(laid).map_err(|Damaged(what)| container.corrupt(what))?;
        Ok(Some(graph))
    }

    /// The graph as it was when it was last built whole.
    pub(crate) fn graph(&self) -> Result<Graph<'_>, Error> {
        let mut sections = [Guarded::default(); 7];
        for ((section, range), guard) in sections.iter_mut().zip(&self.sections).zip(&self.guards) {
            *section = Guarded::new(self.graph.bytes(range.clone()), Some(guard));
        }
        Graph::open(sections).map_err(|Damaged(what)| self.graph.corrupt(what))
    }

    /// What was found out of files that use macros when the tree was last updated.
    pub(crate) fn verdicts(&self) -> Result<Verdicts, Error> {
        let last = self.outlines.last().filter(|last| last.section(VERDICTS).is_ok());
        let Some(container) = last else { return Ok(Verdicts::default()) };
        let verdicts = Verdicts::decode(container.bytes(container.checked_section(VERDICTS)?));
        verdicts.ok_or_else(|| container.corrupt("verdicts"))
    }

    /// The outlines of what changed since, still packed.
    pub(crate) fn outlines(&self) -> Result<Outlines, Error> {
        let mut outlines = Outlines::new();
        for container in &self.outlines {
            let entries = container.bytes(container.checked_section(ENTRIES)?);
            read_outlines(entries, &mut outlines).ok_or_else(|| container.corrupt("entries"))?;
        }
        Ok(outlines)
    }

    /// The outlines of what changed since.
    pub(crate) fn decoded(&self) -> Result<Vec<Changed>, Error> {
        self.decode(&self.outlines()?)
    }

    /// These outlines, decoded.
    pub(crate) fn decode(&self, outlines: &Outlines) -> Result<Vec<Changed>, Error> {
        // What is kept has nothing of printing, which lies over the graph with it.
        let is_kept = |bytes: &Vec<u8>| bytes.first() == Some(&KEPT);
        let graph = match outlines.values().flatten().any(is_kept) {
            true => self.updated()?,
            false => None,
        };
        let formats = graph.as_ref().and_then(Graph::stored_formats).unwrap_or_default();
        let decode = |(path, bytes): (&Vec<u8>, &Option<Vec<u8>>)| {
            let mut outline = bytes.as_deref().map(|bytes| unpack(bytes).ok_or(())).transpose()?;
            if let (Some(kept), Some(said)) = (&mut outline, formats.get(path.as_slice())) {
                kept.outline.formats.clone_from(said);
            }
            Ok((path.clone(), outline))
        };
        let all: Result<Vec<_>, ()> = outlines.par_iter().map(decode).collect();
        let container = self.outlines.last().unwrap_or(&self.graph);
        all.map_err(|_| container.corrupt("an outline"))
    }

    /// An error when a part of the graph that was read is damaged.
    pub(crate) fn soundness(&self) -> Result<(), Error> {
        match self.guards.iter().any(Guard::is_damaged) {
            true => Err(self.graph.corrupt("a block of the graph")),
            false => Ok(()),
        }
    }

    /// The files, for checks and figures.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Container> {
        std::iter::once(&self.graph).chain(&self.outlines)
    }
}

/// Takes the outlines in these bytes, in the place of those that there were.
fn read_outlines(bytes: &[u8], outlines: &mut Outlines) -> Option<()> {
    let mut reader = Reader(bytes);
    while !reader.0.is_empty() {
        let path = reader.bytes()?.to_vec();
        let present = reader.u32()? != 0;
        let outline = reader.bytes()?;
        outlines.insert(path, present.then(|| outline.to_vec()));
    }
    Some(())
}
