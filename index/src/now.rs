//! The graph and the catalog as the tree is now: the index's, with the outlines, and the documents,
//! of the files that changed since laid over it.

use std::{collections::HashSet, ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use ignore::WalkBuilder;
use rayon::prelude::*;

use crate::{
    Error, Fresh, Index, SharedGraph,
    bounded::read_at_most,
    catalog::{Found, Marks, Query, Wanted},
    graph::{Graph, Overlaid, kept::Kept},
    idiom::Idioms,
    outline::{self, FileOutline, LARGEST, Language},
    paths::{join, split},
    store::table::{LINKS, OPAQUE, RACY, State},
};

/// More files than this are not laid over a graph for one question: that all are read instead
/// takes hardly longer, and less memory.
const MOST_FILES: usize = 24_000;

impl Index {
    /// Whether the index knows what the code says, or the text only.
    pub fn has_code(&self) -> bool {
        self.manifest().graph().has_code()
    }

    /// What `question` finds in the graph as it was when the index was last updated, which opens in
    /// milliseconds.
    ///
    /// # Errors
    /// When a part of the index that was read is damaged: then the answer is incomplete, and the
    /// index is to be built again.
    pub fn ask<R>(&self, question: impl FnOnce(&Graph<'_>) -> R) -> Result<R, Error> {
        let graph = self.graph_with(Vec::new(), &Idioms::built_in())?;
        let graph = graph.map_or_else(|| self.stored().graph(), Ok)?;
        let answer = question(&graph);
        self.graph_soundness().map(|()| answer)
    }

    /// What `question` finds in the graph as the tree is now, given what changed. It is asked
    /// without one when the index was made with other idioms than these, or so much follows from
    /// what changed that reading every file is as good: it is to be updated first.
    ///
    /// # Errors
    /// As [`Index::ask`].
    pub fn ask_now<R>(
        &self,
        fresh: &Fresh,
        idioms: &Idioms,
        question: impl FnOnce(Option<&Graph<'_>>) -> R,
    ) -> Result<R, Error> {
        let changed = self.outlines_now(fresh, idioms);
        let graph = changed.map_or(Ok(None), |changed| self.graph_with(changed, idioms))?;
        let answer = question(graph.as_ref());
        self.graph_soundness().map(|()| answer)
    }

    /// Whether it was made with these idioms, by a program that reads code as this one does.
    pub fn is_made_with(&self, idioms: &Idioms) -> bool {
        self.manifest().graph().idioms == idioms.fingerprint()
    }

    /// The outlines of the files that are not what the index knows, as they are now; `None` when
    /// it was made with other idioms than these.
    pub fn outlines_now(&self, fresh: &Fresh, idioms: &Idioms) -> Option<Vec<Overlaid>> {
        if !self.is_made_with(idioms) {
            return None;
        }
        let mut differing = self.differing(fresh);
        differing.retain(|path| Language::of(path).is_some());
        let outlines = differing.into_par_iter().map(|path| {
            // What can't be read any more says nothing.
            let outline = self.outline_of(&path, idioms).ok();
            (path, outline)
        });
        Some(outlines.collect())
    }

    /// The graph as it is with these outlines in the place of what the index knows of their files.
    fn graph_with(
        &self,
        changed: Vec<Overlaid>,
        idioms: &Idioms,
    ) -> Result<Option<Graph<'_>>, Error> {
        if changed.is_empty()
            && let Some(graph) = self.stored().updated()?
        {
            return Ok(Some(graph));
        }
        let read = |path: &[u8]| self.outline_of(path, idioms).ok();
        let mut laid = self.stored().decoded()?;
        laid.extend(changed.into_iter().map(|(path, now)| (path, now.map(Kept::from))));
        let mut graph = self.stored().graph()?;
        let laid = graph.lay_over(laid, idioms, (MOST_FILES, None), &read);
        // None: too much follows from them.
        Ok(laid.is_ok().then_some(graph))
    }

    /// The graph as [`Index::ask_now`] asks it, as one that owns what it reads and checks each answer, of what
    /// changed as [`Index::outlines_now`] has it: of several outlines of one path the last counts,
    /// so that what is in an editor and in no file yet can be told behind them.
    ///
    /// # Errors
    /// As [`Index::ask`].
    pub fn shared_graph(
        &self,
        changed: Vec<Overlaid>,
        idioms: &Idioms,
    ) -> Result<Option<SharedGraph>, Error> {
        SharedGraph::of_index(self.clone(), |index| index.graph_with(changed, idioms))
    }

    /// Whether there is a catalog to ask.
    pub fn has_catalog(&self) -> bool {
        self.catalog().is_some()
    }

    /// The best answers to `query`, given what changed since the index was made; `None` when
    /// there is no catalog. `uses` says how many use the symbol of a name: what much is built
    /// on is more likely meant.
    ///
    /// An error says which file is damaged; `kgrep index` builds it again.
    pub fn find(
        &self,
        fresh: &Fresh,
        idioms: &Idioms,
        query: &Query,
        wanted: &Wanted,
        uses: &dyn Fn(&[u8]) -> usize,
    ) -> Result<Option<(Vec<Found>, Marks)>, Error> {
        let Some(catalog) = self.catalog() else { return Ok(None) };
        let changed = catalog.changed_documents(self.root(), self.differing(fresh), idioms)?;
        catalog.find(&changed, query, wanted, uses).map(Some)
    }

    /// The files that lie over the graph or the catalog, and of which an index that begins as this one has
    /// to make again what lies there; the index of a tree that is `settled`, or of another.
    pub(crate) fn laid_files(&self, settled: bool) -> Result<HashSet<Vec<u8>>, Error> {
        let mut files = HashSet::new();
        if !settled {
            files.extend(self.stored().outlines()?.into_keys());
        }
        if let Some(catalog) = self.catalog().filter(|it| !settled || !it.takes_another()) {
            files.extend(catalog.replaced()?.into_iter().flatten().map(<[u8]>::to_vec));
            files.extend(catalog.recent()?.into_keys());
        }
        Ok(files)
    }

    /// An error when a part of the graph that was read so far is damaged: then what it
    /// answered is incomplete, and the index is to be built again.
    pub(crate) fn graph_soundness(&self) -> Result<(), Error> {
        self.stored().soundness()
    }

    /// The outline of the file at `path`, relative to the root, as it is now: for what the
    /// graph does not keep, which is guards, comments and parameters.
    pub fn outline_of(&self, path: &[u8], idioms: &Idioms) -> Result<FileOutline, Error> {
        let full = self.root().join(OsStr::from_bytes(path));
        let text = read_at_most(&full, LARGEST).map_err(|error| Error::io(&full, error))?;
        Ok(outline::outline(path, &text, idioms))
    }

    /// The files of code that were too large to be outlined: the graph knows nothing of them.
    pub fn not_outlined(&self) -> Vec<Vec<u8>> {
        let view = self.table();
        let mut paths = Vec::new();
        for at in 0..view.folders() {
            let folder = view.folder(at);
            for number in folder.file_range().filter(|n| view.record(*n).size > LARGEST) {
                let path =
                    join(folder.path().to_bytes(), view.file(&folder, number).name.to_bytes());
                if Language::of(&path).is_some() {
                    paths.push(path);
                }
            }
        }
        paths
    }

    /// A number for what is indexed: another one after each update.
    pub(crate) fn generation(&self) -> u64 {
        (self.manifest().start().0 as u64).max(1)
    }

    /// The files and folders that may not be what the index knows.
    pub(crate) fn suspects(&self, fresh: &Fresh) -> Vec<Vec<u8>> {
        let view = self.table();
        let mut paths = self.differing(fresh);
        for at in 0..view.folders() {
            let folder = view.folder(at);
            // A link may be to a folder of any names.
            let is_linked = fresh.link_folders.get(at) && !folder.has(LINKS);
            if is_linked || fresh.entered_folders.get(at) {
                paths.push(folder.path().to_bytes().to_vec());
            }
        }
        paths
    }

    /// Whether nothing is at `path`, and [`Index::suspects`] tells a folder above it before
    /// something can be.
    pub(crate) fn lacks(&self, path: &[u8]) -> bool {
        let view = self.table();
        let mut below = path;
        while !below.is_empty() {
            let (above, name) = split(below);
            if let Some(folder) = view.find_folder(above).map(|at| view.folder(at)) {
                let is_seen = ![OPAQUE, LINKS, RACY].iter().any(|flag| folder.has(*flag));
                let is_there = below == path
                    && (view.find_file(&folder, name).is_some()
                        || view.find_folder(path).is_some());
                return is_seen && !is_there;
            }
            below = above;
        }
        false
    }

    /// Whether [`Index::suspects`] tells of a change of this file, or of this folder's names.
    pub(crate) fn sees(&self, path: &[u8], is_folder: bool) -> bool {
        let view = self.table();
        let folder = if is_folder { path } else { split(path).0 };
        let Some(folder) = view.find_folder(folder).map(|at| view.folder(at)) else { return false };
        if folder.has(OPAQUE) {
            return false;
        }
        let has = |name| view.find_file(&folder, name).map(|at| view.file(&folder, at).state);
        is_folder || has(split(path).1).is_some_and(|state| state != State::Ignored)
    }

    /// The files that are not what the index knows: changed, new or gone.
    pub(crate) fn differing(&self, fresh: &Fresh) -> Vec<Vec<u8>> {
        let view = self.table();
        let mut paths = Vec::new();
        let mut entered = Vec::new();
        for at in 0..view.folders() {
            let folder = view.folder(at);
            let path = folder.path().to_bytes();
            if fresh.entered_folders.get(at) {
                entered.push(path.to_vec());
            }
            for number in folder.file_range() {
                if fresh.changed_files.get(number) || fresh.removed_files.get(number) {
                    paths.push(join(path, view.file(&folder, number).name.to_bytes()));
                }
            }
        }
        let known = |path: &[u8]| {
            let (folder, name) = split(path);
            view.find_folder(folder)
                .is_some_and(|at| view.find_file(&view.folder(at), name).is_some())
        };
        for folder in entered {
            let new = new_files(self.root(), &folder, &|path| view.find_folder(path).is_some());
            paths.extend(new.into_iter().filter(|path| !known(path)));
        }
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths
    }
}

/// The files that the ignore rules let through in `folder` and in those of its folders that
/// the index does not know.
fn new_files(root: &Path, folder: &[u8], is_known: &dyn Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let relative = |path: &Path| {
        path.strip_prefix(root).map_or(Vec::new(), |path| path.as_os_str().as_bytes().to_vec())
    };
    let mut files = Vec::new();
    let mut open = vec![folder.to_vec()];
    while let Some(next) = open.pop() {
        let mut walk = WalkBuilder::new(root.join(OsStr::from_bytes(&next)));
        walk.max_depth(Some(1)).add_custom_ignore_filename(".rgignore");
        for entry in walk.build().flatten().filter(|entry| entry.depth() == 1) {
            let path = relative(entry.path());
            match entry.file_type() {
                Some(kind) if kind.is_file() => files.push(path),
                Some(kind) if kind.is_dir() && !is_known(&path) => open.push(path),
                _ => {}
            }
        }
    }
    files
}
