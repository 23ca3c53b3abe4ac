//! A new generation of an index: its file table put together of what was kept and what was read,
//! and its manifest, whose publication makes it the one that is asked.

use super::{Place, disk::Disk, plan::Work};
use crate::{
    Error, State, Tree,
    paths::split,
    store::{
        Home,
        container::Section,
        lock::Lock,
        manifest::{self, CATALOG, CatalogPart, GRAPH, GraphPart, META, PARTS, Part, RULES, WALK},
        table_write::TableWriter,
    },
    tree::listing::ListedFolder,
};

/// What a manifest names.
pub(super) struct Generation {
    table: TableWriter,
    parts: Vec<Part>,
    graph: GraphPart,
    catalog: Option<CatalogPart>,
}

impl Generation {
    /// The table of all listed files, each with its place of before or the one that it was `read`
    /// to, and the parts that places count in: those that are kept, then the new ones.
    pub(super) fn new(
        listed: &[ListedFolder],
        work: &Work,
        (read, new_parts): (&[Place], &[Part]),
        (graph, catalog): (GraphPart, Option<CatalogPart>),
    ) -> Generation {
        let mut parts = work.kept_parts.clone();
        parts.extend_from_slice(new_parts);
        Generation { table: table(listed, work, read), parts, graph, catalog }
    }

    /// How many files it has.
    pub(super) fn files(&self) -> u64 {
        self.table.view().files() as u64
    }

    /// The numbers in the names of all files that it needs.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let parts = self.parts.iter().map(|part| part.number).chain(self.graph.numbers());
        parts.chain(self.catalog.iter().flat_map(CatalogPart::numbers)).collect()
    }

    /// Makes it the index's.
    pub(super) fn publish(
        &self,
        home: &Home,
        lock: &Lock,
        tree: &Tree,
        disk: &Disk,
    ) -> Result<(), Error> {
        let meta = manifest::meta(tree.root(), disk.start);
        let parts = manifest::parts(&self.parts);
        let graph = manifest::graph(&self.graph);
        let catalog = manifest::catalog(self.catalog.as_ref());
        let [folders, files, names] = self.table.sections();
        home.publish(
            lock,
            &[
                Section { name: META, pieces: vec![&meta] },
                Section { name: PARTS, pieces: vec![&parts] },
                Section { name: GRAPH, pieces: vec![&graph] },
                Section { name: CATALOG, pieces: vec![&catalog] },
                Section { name: RULES, pieces: vec![&disk.rules] },
                Section { name: WALK, pieces: vec![&manifest::walk(disk.broken_rules)] },
                folders,
                files,
                names,
            ],
        )
    }
}

/// The table of the listed files. Places that were read count in the new parts, which stand behind
/// those that are kept.
fn table(listed: &[ListedFolder], work: &Work, read: &[Place]) -> TableWriter {
    let kept = work.kept_parts.len() as u16;
    let mut table = TableWriter::default();
    let (mut numbers, mut read) = (work.places.iter(), read.iter());
    let find = |path: &[u8]| listed.binary_search_by(|folder| folder.path.as_slice().cmp(path));
    for folder in listed {
        let parent = find(split(&folder.path).0).unwrap_or(0) as u32;
        let files = folder.files.len() as u32;
        table.folder(&folder.path, parent, files, folder.flags, &folder.stamp);
        for file in &folder.files {
            let place = match numbers.next() {
                Some(Some(place)) => *place,
                _ => {
                    let new = read.next().copied();
                    let new = new.unwrap_or(Place { state: State::Racy, part: 0, document: 0 });
                    Place { part: new.part + kept, ..new }
                }
            };
            table.file(
                file.name.to_bytes(),
                place.state,
                place.part,
                place.document,
                file.hidden,
                &file.stamp,
            );
        }
    }
    table
}
