//! An open index: the entry to what it knows, for one search or one question about it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use crate::{
    Candidates, Error, Fresh, Plan, Query, Scope, State, Tree,
    bits::Bits,
    catalog::{self, Catalog, Since},
    graph::stored::Stored,
    store::{
        Cache, Home,
        manifest::{CatalogPart, Manifest},
        table::{OPAQUE, View},
        trust::Trust,
    },
    text::{
        located::Located,
        plan::{self, Estimate},
        segment::Segment,
    },
    tree::fresh,
};

/// How often opening is tried again when a new generation is published in between.
const ATTEMPTS: usize = 10;

/// A generation of a tree's index. Cheap to clone; it stays what it is, and readable, while
/// a new generation is published or the index is removed.
#[derive(Clone, Debug)]
pub struct Index(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    manifest: Manifest,
    segments: Vec<Segment>,
    stored: Stored,
    /// The files of the whole tree by their documents, once that was asked.
    located: OnceLock<Arc<Located>>,
    catalog: Option<Catalog>,
    /// The other user whose it is.
    owner: Option<u32>,
    /// The tree is one of those that never change.
    settled: bool,
    /// The tree's top folder.
    root: PathBuf,
}

/// Figures of an index.
#[derive(Clone, Debug)]
pub struct Stats {
    /// The tree's files in each state that occurs; all but [`State::Text`] are read by every
    /// search that lists them.
    pub states: BTreeMap<State, u64>,
    /// Folders that the index doesn't look into: ignored ones, `.git`, unreadable ones.
    pub opaque_folders: u64,
    /// Bytes of the files whose text is indexed.
    pub text_bytes: u64,
    /// Bytes of the index on the disk.
    pub index_bytes: u64,
    /// Those of the code's graph.
    pub graph_bytes: u64,
    /// Those of the catalog; 0 when there is none.
    pub catalog_bytes: u64,
    /// How many segments hold the text.
    pub segments: usize,
    /// When it was built or last updated.
    pub built: SystemTime,
    /// Whether it knows what the code says, or the text only.
    pub code: bool,
    /// The version of its format.
    pub format: u32,
}

impl Index {
    /// Opens `tree`'s index; `None` when it has none. An error means that there is one which
    /// can't be used: search without it, and build it again.
    pub fn open(cache: &Cache, tree: &Tree) -> Result<Option<Index>, Error> {
        let home = Home::new(cache.home(tree));
        let owner = match cache.trust(tree)? {
            Trust::Missing => return Ok(None),
            Trust::Own => None,
            Trust::Others(user) => Some(user),
        };
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let manifest = match Manifest::open(&home.manifest()) {
                Ok(manifest) => manifest,
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error),
            };
            if manifest.root() != tree.root() {
                return Ok(None);
            }
            match Index::with(&home, manifest, owner, (tree.root(), cache.is_revision(tree))) {
                Ok(index) => {
                    if owner.is_none() {
                        home.touch();
                    }
                    return Ok(Some(index));
                }
                // A segment is gone: a new generation was published since the manifest
                // was opened.
                Err(error) if error.is_not_found() => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        last.map_or(Ok(None), Err)
    }

    fn with(
        home: &Home,
        manifest: Manifest,
        owner: Option<u32>,
        (root, settled): (&Path, bool),
    ) -> Result<Index, Error> {
        let segments = manifest.parts().iter().map(|part| {
            let segment = Segment::open(&home.part(part.number), part.checksum)?;
            if segment.documents() != part.documents as usize {
                return Err(segment.container().corrupt("the number of documents"));
            }
            Ok(segment)
        });
        let segments = segments.collect::<Result<_, _>>()?;
        let part = manifest.graph();
        let outlines = part.outlines.iter().map(|(number, sum)| (home.outlines(*number), *sum));
        let stored = Stored::open((home.graph(part.number), part.checksum), outlines)?;
        let open = |part: &CatalogPart| {
            let stored = catalog::stored::Stored::open;
            let recent =
                part.recent.iter().map(|(number, checksum)| (home.recent(*number), *checksum));
            let since = match settled {
                true => {
                    let over = recent.map(|(path, checksum)| stored(&path, checksum));
                    Since::Catalogs(over.collect::<Result<_, _>>()?)
                }
                false => {
                    let mut documents = recent.map(|(path, sum)| catalog::recent::open(&path, sum));
                    Since::Documents(documents.next_back().transpose()?)
                }
            };
            let stored = stored(&home.catalog(part.number), part.checksum)?;
            Ok::<_, Error>(Catalog { stored, since })
        };
        let catalog = manifest.catalog().map(open).transpose()?;
        Ok(Index(Arc::new(Inner {
            manifest,
            segments,
            stored,
            located: OnceLock::new(),
            catalog,
            owner,
            settled,
            root: root.to_owned(),
        })))
    }

    /// The user whose the index is, where that is another than the one who asks: then it is
    /// read, and never written to.
    pub fn other_owner(&self) -> Option<u32> {
        self.0.owner
    }

    /// All files that the index knows, as candidates: for a list of them without a walk.
    pub fn everything(&self) -> Candidates {
        let files = Bits::full(self.table().files());
        let (scope, located) = (Scope::whole(), self.located(&Scope::whole()));
        Candidates { files, scope, located, estimate: Estimate::default() }
    }

    /// Which files in `scope` can match `query`, and whether knowing that is worth it.
    pub fn plan(&self, query: &Query, scope: &Scope) -> Result<Plan, Error> {
        if query.is_any() {
            return Ok(Plan::Scan(Estimate::default()));
        }
        plan::plan(query, &self.0.segments, self.table(), scope, self.located(scope))
    }

    /// The files in `scope` by their documents. For the whole tree that is found out once.
    fn located(&self, scope: &Scope) -> Arc<Located> {
        let new = || Arc::new(Located::new(&self.0.segments, self.table(), scope));
        if scope.is_whole() { Arc::clone(self.0.located.get_or_init(new)) } else { new() }
    }

    /// Gives the memory of what was read of its files back: for a process that lives long between
    /// questions. What is needed again is read again.
    pub fn release(&self) {
        self.0.segments.iter().for_each(|segment| segment.container().release());
        self.0.stored.containers().for_each(|container| container.release());
        let catalog = self.catalog().map(Catalog::containers).into_iter().flatten();
        catalog.for_each(|container| container.release());
        self.0.manifest.container().release();
    }

    /// What changed in `scope` since the index was built.
    pub fn refresh(&self, scope: &Scope) -> Result<Fresh, Error> {
        let manifest = &self.0.manifest;
        // A revision's files never change: nothing is looked at again.
        let settled = self.0.settled.then(|| fresh::settled(self.table())).flatten();
        if let Some(fresh) = settled {
            return Ok(Fresh { rules_broken: manifest.rules_broken(), ..fresh });
        }
        let fresh = fresh::refresh(self.root(), self.table(), manifest.rules(), scope)?;
        Ok(Fresh { rules_broken: manifest.rules_broken(), ..fresh })
    }

    /// How many files a search of the whole tree looks at, as far as folders are known; of new
    /// folders only a walk could tell.
    pub fn files(&self, fresh: &Fresh) -> u64 {
        let view = self.table();
        let records = (0..view.files()).map(|number| view.record(number));
        let listed = records.filter(|file| file.state != State::Ignored && !file.hidden);
        let known = listed.count() as u64;
        (known + fresh.added).saturating_sub(fresh.removed)
    }

    /// The tree's top folder.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// What the index published in `home` says of its own tree, taken for what an index of `root`
    /// would say: only for an update, which compares both. `settled` is what their tree is.
    pub(crate) fn taken_for(home: &Home, root: &Path, settled: bool) -> Result<Index, Error> {
        Index::with(home, Manifest::open(&home.manifest())?, None, (root, settled))
    }

    /// Figures for people.
    pub fn stats(&self) -> Stats {
        let view = self.table();
        let (mut states, mut text_bytes, mut opaque_folders) = (BTreeMap::new(), 0, 0);
        for at in 0..view.folders() {
            let folder = view.folder(at);
            opaque_folders += u64::from(folder.has(OPAQUE));
        }
        for number in 0..view.files() {
            let record = view.record(number);
            *states.entry(record.state).or_default() += 1;
            if record.state == State::Text {
                text_bytes += record.size;
            }
        }
        let segments = &self.0.segments;
        let segment_bytes: u64 = segments.iter().map(|s| s.container().len()).sum();
        let graph_bytes: u64 = self.0.stored.containers().map(|c| c.len()).sum();
        let catalog = self.catalog().map(Catalog::containers).into_iter().flatten();
        let catalog_bytes: u64 = catalog.map(|container| container.len()).sum();
        let container = self.0.manifest.container();
        let nanoseconds = u64::try_from(self.0.manifest.start().0).unwrap_or(0);
        Stats {
            states,
            opaque_folders,
            text_bytes,
            index_bytes: container.len() + segment_bytes + graph_bytes + catalog_bytes,
            graph_bytes,
            catalog_bytes,
            segments: segments.len(),
            built: SystemTime::UNIX_EPOCH + std::time::Duration::from_nanos(nanoseconds),
            code: self.has_code(),
            format: crate::store::container::VERSION,
        }
    }

    pub(crate) fn table(&self) -> View<'_> {
        self.0.manifest.table()
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    pub(crate) fn catalog(&self) -> Option<&Catalog> {
        self.0.catalog.as_ref()
    }

    pub(crate) fn stored(&self) -> &Stored {
        &self.0.stored
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0.segments
    }
}
