//! The catalog as the tree is now: what was indexed, without the files that changed since,
//! and the documents of these, put into a segment in memory by the same rules.

use std::{ffi::OsStr, io::ErrorKind, os::unix::ffi::OsStrExt, path::Path};

use rayon::prelude::*;

use super::{
    Found, Marks, Query, Wanted,
    candidates::Source,
    document::Document,
    read,
    recent::{self, Recent},
    search,
    stored::{self, Stored},
    table::{self, Table},
    weights::Place,
    write::Part,
};
use crate::{
    Error,
    bounded::read_at_most,
    graph::guard::Guarded,
    idiom::Idioms,
    outline::LARGEST,
    outline::{self, FileOutline, Language},
    store::container::Container,
};

/// A file that is not what the catalog says of it: its path, and its documents.
pub(crate) type Changed = (Vec<u8>, Vec<Document>);

/// The open files of a catalog.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) stored: Stored,
    pub(crate) since: Since,
}

/// What changed before the last update.
#[derive(Debug)]
pub(crate) enum Since {
    /// The documents, which a question puts into a segment: more may have changed since.
    Documents(Option<Container>),
    /// Catalogs, each over those before it, of a tree that never changes.
    Catalogs(Vec<Stored>),
}

/// The most catalogs that lie over the first: a question goes through each.
const MOST_OVER: usize = 4;

impl Catalog {
    /// The files, for checks and figures.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Container> {
        let documents = match &self.since {
            Since::Documents(container) => container.as_ref(),
            Since::Catalogs(_) => None,
        };
        let catalogs = std::iter::once(&self.stored).chain(self.over());
        catalogs.map(Stored::container).chain(documents)
    }

    /// The documents of the files that changed before the last update.
    pub(crate) fn recent(&self) -> Result<Recent, Error> {
        match &self.since {
            Since::Documents(Some(container)) => recent::read(container),
            _ => Ok(Recent::new()),
        }
    }

    /// The catalogs over the first.
    fn over(&self) -> &[Stored] {
        match &self.since {
            Since::Catalogs(over) => over,
            Since::Documents(_) => &[],
        }
    }

    /// Whether all that changed is in catalogs over the first, and another may lie over these.
    pub(crate) fn takes_another(&self) -> bool {
        (1..MOST_OVER).contains(&self.over().len())
    }

    /// The paths of the files that each catalog over the first is of, sorted.
    pub(crate) fn replaced(&self) -> Result<Vec<Vec<&[u8]>>, Error> {
        self.over().iter().map(Stored::replaced).collect()
    }

    /// The best answers to `query`, given the documents of all files that are not what the catalog
    /// says of them. `uses` says how many use the symbol of a name.
    pub(crate) fn find(
        &self,
        changed: &[Changed],
        query: &Query,
        wanted: &Wanted,
        uses: &dyn Fn(&[u8]) -> usize,
    ) -> Result<(Vec<Found>, Marks), Error> {
        // Of each what lies over it.
        let mut replaced = self.replaced()?;
        replaced.push(changed.iter().map(|(path, _)| path.as_slice()).collect());
        let catalogs = std::iter::once(&self.stored).chain(self.over()).enumerate();
        let sources = catalogs.map(|(at, stored)| source(stored, &replaced[at..]));
        let mut sources = sources.collect::<Result<Vec<_>, _>>()?;
        let unreadable = |_| self.stored.unreadable();
        let memory = Memory::of(changed).map_err(unreadable)?;
        sources.extend(memory.as_ref().and_then(|memory| memory.source().ok().flatten()));
        let found = search::ask(&sources, query, wanted, uses);
        self.stored.soundness()?;
        self.over().iter().try_for_each(Stored::soundness)?;
        found.map_err(|_| self.stored.unreadable())
    }

    /// The documents of all files that are not what the catalog says of them: of `differing`, which
    /// are not what the index knows, and of those that changed before the last update.
    pub(crate) fn changed_documents(
        &self,
        root: &Path,
        mut differing: Vec<Vec<u8>>,
        idioms: &Idioms,
    ) -> Result<Vec<Changed>, Error> {
        differing.retain(|path| read::wants(path));
        differing.sort_unstable();
        let mut changed: Vec<Changed> = Vec::new();
        for (path, documents) in self.recent()? {
            if differing.binary_search(&path).is_err() {
                let documents = documents.as_deref().map_or(Some(Vec::new()), recent::decode);
                let damaged = || self.stored.container().corrupt("the recent documents");
                changed.push((path, documents.ok_or_else(damaged)?));
            }
        }
        changed.par_extend(differing.into_par_iter().map(|path| {
            // What can't be read any more says nothing.
            let full = root.join(OsStr::from_bytes(&path));
            let bytes = match read_at_most(&full, LARGEST) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::FileTooLarge => Vec::new(),
                Err(_) => return (path, Vec::new()),
            };
            let outline = match Language::of(&path) {
                Some(_) => outline::outline(&path, &bytes, idioms),
                None => FileOutline::default(),
            };
            let documents = read::documents(&path, &bytes, &outline);
            (path, documents)
        }));
        changed.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(changed)
    }
}

/// A stored catalog without these files.
fn source<'a>(stored: &'a Stored, changed: &[Vec<&[u8]>]) -> Result<Source<'a>, Error> {
    let files = stored.files()?;
    let mut stale = vec![false; files.len()];
    for path in changed.iter().flatten() {
        if let Ok(at) = files.binary_search_by(|(_, known)| (*known).cmp(path)) {
            stale[at] = true;
        }
    }
    Ok(Source { table: stored.table()?, files, segments: stored.segments()?, stale })
}

/// Documents indexed in memory.
struct Memory<'a> {
    files: Vec<(u8, &'a [u8])>,
    table: [Vec<u8>; 3],
    index: tantivy::Index,
}

impl<'a> Memory<'a> {
    /// The documents of these files; `None` when there are none.
    fn of(changed: &'a [Changed]) -> Result<Option<Memory<'a>>, String> {
        if changed.iter().all(|(_, documents)| documents.is_empty()) {
            return Ok(None);
        }
        let mut part = Part::new()?;
        let mut files = Vec::new();
        let present = changed.iter().filter(|(_, documents)| !documents.is_empty());
        for (number, (path, documents)) in present.enumerate() {
            files.push((Place::of(path) as u8, path.as_slice()));
            documents.iter().try_for_each(|document| part.add(number as u32, document))?;
        }
        let (finished, index) = part.finish()?;
        let numbers: Vec<u32> = (0..files.len() as u32).collect();
        let table = table::sections(vec![finished.table], &numbers);
        Ok(Some(Memory { files, table, index }))
    }

    fn source(&self) -> tantivy::Result<Option<Source<'_>>> {
        let [records, starts, entries] = &self.table;
        let plain = |bytes| Guarded::new(bytes, None);
        let Some(table) = Table::open(plain(records), plain(starts), plain(entries)) else {
            return Ok(None);
        };
        let readers = stored::readers(&self.index)?;
        let segments = readers.into_iter().map(|reader| (0, reader)).collect();
        Ok(Some(Source { table, files: self.files.clone(), segments, stale: Vec::new() }))
    }
}
