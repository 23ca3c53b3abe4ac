//! The manifest: what a generation of an index consists of. One file with the file table and
//! the list of the segments that hold the text.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{
    container::{Container, Name},
    table::{Table, View},
};
use crate::{
    Error,
    bytes::{Reader, put_bytes, put_u32, put_u64, u32_at},
    stamp::Start,
    versions,
};

/// The kind of the manifest's file.
pub(crate) const KIND: Name = *b"index\0\0\0";
/// The tree, the time, and who built it.
pub(crate) const META: Name = *b"meta\0\0\0\0";
/// The segments.
pub(crate) const PARTS: Name = *b"parts\0\0\0";
/// The files of the graph.
pub(crate) const GRAPH: Name = *b"graph\0\0\0";
/// The files of the catalog.
pub(crate) const CATALOG: Name = *b"catalog\0";
/// The state of the ignore rules outside of the tree.
pub(crate) const RULES: Name = *b"rules\0\0\0";

/// What the walk that gave the verdicts met.
pub(crate) const WALK: Name = *b"walk\0\0\0\0";

/// A segment as the manifest names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The number in the file's name.
    pub(crate) number: u64,
    /// The checksum in the file's header.
    pub(crate) checksum: u32,
    /// How many documents it has.
    pub(crate) documents: u32,
    /// The file's bytes.
    pub(crate) bytes: u64,
}

/// The graph's files as the manifest names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GraphPart {
    /// The number in the graph's file's name.
    pub(crate) number: u64,
    /// The checksum in its header.
    pub(crate) checksum: u32,
    /// The same of the files with the outlines of what changed since, each over those before it.
    pub(crate) outlines: Vec<(u64, u32)>,
    /// With which idioms it was made; [`NO_CODE`] when nothing was outlined.
    pub(crate) idioms: u32,
}

/// The fingerprint of no idioms: the index knows the text only, and its graph is empty.
pub(crate) const NO_CODE: u32 = 0;

impl GraphPart {
    /// Whether the code was outlined.
    pub(crate) fn has_code(&self) -> bool {
        self.idioms != NO_CODE
    }

    /// The numbers in the names of its files.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.number).chain(self.outlines.iter().map(|(number, _)| *number))
    }
}

/// The catalog's files as the manifest names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CatalogPart {
    /// The number in the catalog's file's name.
    pub(crate) number: u64,
    /// The checksum in its header.
    pub(crate) checksum: u32,
    /// The same of the files with the documents of what changed since, each over those before it.
    pub(crate) recent: Vec<(u64, u32)>,
}

impl CatalogPart {
    /// The numbers in the names of its files.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.number).chain(self.recent.iter().map(|(number, _)| *number))
    }
}

/// An open manifest.
#[derive(Debug)]
pub(crate) struct Manifest {
    container: Container,
    table: Table,
    root: PathBuf,
    start: Start,
    parts: Vec<Part>,
    graph: GraphPart,
    catalog: Option<CatalogPart>,
    had_catalog: bool,
    rules: std::ops::Range<usize>,
    rules_broken: bool,
}

impl Manifest {
    /// Opens the manifest at `path` and checks all of its known sections.
    pub(crate) fn open(path: &Path) -> Result<Manifest, Error> {
        let container = Container::open(path, KIND)?;
        let table = Table::open(&container)?;
        let meta = container.checked_section(META)?;
        let (root, start) =
            read_meta(container.bytes(meta)).ok_or_else(|| container.corrupt("meta"))?;
        let parts = container.checked_section(PARTS)?;
        let parts = read_parts(container.bytes(parts)).ok_or_else(|| container.corrupt("parts"))?;
        let graph = container.checked_section(GRAPH)?;
        let graph = read_graph(container.bytes(graph)).ok_or_else(|| container.corrupt("graph"))?;
        // Indexes of an older kgrep, and those of the text alone, have none.
        let (had_catalog, catalog) = match container.sections().any(|(name, _)| name == CATALOG) {
            true => read_catalog(container.bytes(container.checked_section(CATALOG)?))
                .ok_or_else(|| container.corrupt("catalog"))?,
            false => (false, None),
        };
        let rules = container.checked_section(RULES)?;
        let walk = container.bytes(container.checked_section(WALK)?);
        let rules_broken = u32_at(walk, 0) & BROKEN != 0;
        Ok(Manifest {
            table,
            root,
            start,
            parts,
            graph,
            catalog,
            had_catalog,
            rules,
            rules_broken,
            container,
        })
    }

    /// The top folder of the tree.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// When the reading of the tree began.
    pub(crate) fn start(&self) -> Start {
        self.start
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(crate) fn graph(&self) -> &GraphPart {
        &self.graph
    }

    pub(crate) fn catalog(&self) -> Option<&CatalogPart> {
        self.catalog.as_ref()
    }

    /// Whether there is a catalog, be it one of another version: that is made anew.
    pub(crate) fn had_catalog(&self) -> bool {
        self.had_catalog
    }

    /// The numbers in the names of all files that it needs.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let parts = self.parts.iter().map(|part| part.number).chain(self.graph.numbers());
        parts.chain(self.catalog.iter().flat_map(CatalogPart::numbers)).collect()
    }

    pub(crate) fn table(&self) -> View<'_> {
        self.table.view(&self.container)
    }

    /// What `outer_rules` said when the index was built.
    pub(crate) fn rules(&self) -> &[u8] {
        self.container.bytes(self.rules.clone())
    }

    /// Whether a rule file had lines that can't be used.
    pub(crate) fn rules_broken(&self) -> bool {
        self.rules_broken
    }

    pub(crate) fn container(&self) -> &Container {
        &self.container
    }
}

/// The `meta` section.
pub(crate) fn meta(root: &Path, start: Start) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, root.as_os_str().as_bytes());
    put_u64(&mut out, start.0 as u64);
    put_bytes(&mut out, env!("CARGO_PKG_VERSION").as_bytes());
    out
}

fn read_meta(bytes: &[u8]) -> Option<(PathBuf, Start)> {
    let mut reader = Reader(bytes);
    let root = OsStr::from_bytes(reader.bytes()?).into();
    let start = Start(reader.u64()? as i64);
    // Who built it is for people who look into the file.
    reader.bytes()?;
    reader.0.is_empty().then_some((root, start))
}

/// A bit of the `walk` section: a rule file has lines that can't be used.
const BROKEN: u32 = 1;

/// The `walk` section.
pub(crate) fn walk(rules_broken: bool) -> [u8; 4] {
    if rules_broken { BROKEN.to_le_bytes() } else { [0; 4] }
}

/// The `parts` section.
pub(crate) fn parts(parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        put_u64(&mut out, part.number);
        put_u32(&mut out, part.checksum);
        put_u32(&mut out, part.documents);
        put_u64(&mut out, part.bytes);
    }
    out
}

fn read_parts(bytes: &[u8]) -> Option<Vec<Part>> {
    let mut reader = Reader(bytes);
    let mut parts = Vec::new();
    while !reader.0.is_empty() {
        parts.push(Part {
            number: reader.u64()?,
            checksum: reader.u32()?,
            documents: reader.u32()?,
            bytes: reader.u64()?,
        });
    }
    Some(parts)
}

/// The `graph` section.
pub(crate) fn graph(graph: &GraphPart) -> Vec<u8> {
    let mut out = Vec::new();
    put_u64(&mut out, graph.number);
    put_u32(&mut out, graph.checksum);
    put_u32(&mut out, graph.idioms);
    put_files(&mut out, &graph.outlines);
    out
}

fn read_graph(bytes: &[u8]) -> Option<GraphPart> {
    let mut reader = Reader(bytes);
    let (number, checksum, idioms) = (reader.u64()?, reader.u32()?, reader.u32()?);
    let mut outlines = read_files(&mut reader)?;
    // Indexes of an older kgrep had a 0 for none.
    outlines.retain(|(number, _)| *number != 0);
    Some(GraphPart { number, checksum, outlines, idioms })
}

/// Files, each by the number in its name and the checksum in its header.
fn put_files<'f>(out: &mut Vec<u8>, files: impl IntoIterator<Item = &'f (u64, u32)>) {
    for (number, checksum) in files {
        put_u64(out, *number);
        put_u32(out, *checksum);
    }
}

/// The files up to the section's end.
fn read_files(reader: &mut Reader) -> Option<Vec<(u64, u32)>> {
    let mut files = Vec::new();
    while !reader.0.is_empty() {
        files.push((reader.u64()?, reader.u32()?));
    }
    Some(files)
}

/// The `catalog` section.
pub(crate) fn catalog(catalog: Option<&CatalogPart>) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(part) = catalog {
        put_u32(&mut out, versions::CATALOG);
        put_files(&mut out, [(part.number, part.checksum)].iter().chain(&part.recent));
    }
    out
}

/// What the section says: whether it names a catalog, and which; none of another version.
fn read_catalog(bytes: &[u8]) -> Option<(bool, Option<CatalogPart>)> {
    let mut reader = Reader(bytes);
    if bytes.is_empty() || reader.u32()? != versions::CATALOG {
        return Some((!bytes.is_empty(), None));
    }
    let (number, checksum) = (reader.u64()?, reader.u32()?);
    let recent = read_files(&mut reader)?;
    Some((true, Some(CatalogPart { number, checksum, recent })))
}

#[cfg(test)]
mod tests {
    use super::{CatalogPart, catalog, read_catalog};

    #[test]
    fn a_catalog_of_another_version_was_one() {
        let part = CatalogPart { number: 7, checksum: 9, recent: vec![(8, 1)] };
        let mut bytes = catalog(Some(&part));
        assert_eq!(read_catalog(&bytes), Some((true, Some(part))));
        bytes[0] = !bytes[0];
        assert_eq!(read_catalog(&bytes), Some((true, None)));
        assert_eq!(read_catalog(&catalog(None)), Some((false, None)));
    }
}
