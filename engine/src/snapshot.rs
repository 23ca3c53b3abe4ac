//! A tree at one moment, for as many questions as one likes: its files, its index and its
//! graph. What is derived from a tree is made here once; the questions only read it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kgrep_index::graph::{Builder, Graph, Overlaid, Sections};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{Language, outline};
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index, Scope as TreePart, SharedGraph, Tree};

use crate::buffers::Buffers;
use crate::files::{in_parallel, read};
use crate::recipes::Recipes;
use crate::search::{FileRules, Scope, SearchRequest};
use crate::{Cancel, Error, Note, NoteSink, Progress, ProgressSink, Result};

/// What all questions of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Workspace {
    folder: PathBuf,
    idioms: Arc<Idioms>,
    rules: FileRules,
    recipes: RecipeFolders,
    trust: Option<Trust>,
    buffers: Buffers,
}

/// A look at a tree that is believed for a while, so that a burst of questions pays for it once.
#[derive(Clone)]
struct Trust {
    time: Duration,
    held: Arc<Mutex<Option<Held>>>,
    /// Taken while a snapshot is made: of several that need one at once, one makes it.
    making: Arc<Mutex<()>>,
}

/// What was seen of a tree, and the snapshot that was made of it last.
#[derive(Clone)]
struct Held {
    root: PathBuf,
    made: Instant,
    seen: Seen,
    buffers: Buffers,
    snapshot: Snapshot,
}

/// What looking at a tree found: of this a snapshot is made, with what an editor has open.
#[derive(Clone)]
enum Seen {
    /// Its index, what changed since, and the outlines of that.
    Index(Index, Fresh, Vec<Overlaid>),
    /// All its files were read.
    Files(Arc<Sections>),
}

/// Where recipes are besides those of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipeFolders {
    /// The user's own.
    pub user: Option<PathBuf>,
    /// Trees whose own recipes count, by their roots.
    pub trusted: Vec<PathBuf>,
    /// Whether the recipes of every tree count.
    pub trust_all: bool,
}

/// A tree's graph at one moment, with the index that it came from. Immutable, cheap to clone,
/// and asked from any thread.
#[derive(Clone)]
pub struct Snapshot(Arc<Inner>);

struct Inner {
    /// The index, and what changed since it was made; none: all files were read.
    indexed: Option<(Index, Fresh)>,
    graph: SharedGraph,
}

/// What a tree's index has for questions about code.
pub enum Indexed {
    /// The tree's code as it is now.
    Snapshot(Snapshot),
    /// An index with the text, or with the code as other idioms have it.
    OtherIdioms(Index, Fresh),
    /// No index of the code.
    Nothing,
}

impl Workspace {
    /// A workspace with its indexes in the folder `cache`, where macros mean what `idioms`
    /// say. Without an index, the files that `rules` let through are read.
    pub fn new(cache: &Path, idioms: Idioms, rules: FileRules) -> Workspace {
        let recipes = RecipeFolders::default();
        let (folder, idioms) = (cache.to_owned(), Arc::new(idioms));
        Workspace { folder, idioms, rules, recipes, trust: None, buffers: Buffers::default() }
    }

    /// The same, which believes a snapshot for `time` after it was made: what changes meanwhile
    /// is seen later.
    pub fn trusting(self, time: Duration) -> Workspace {
        let (held, making) = (Arc::default(), Arc::default());
        Workspace { trust: Some(Trust { time, held, making }), ..self }
    }

    /// The same, where these files are what an editor has of them. It shares what is believed.
    pub fn with_buffers(&self, buffers: Buffers) -> Workspace {
        Workspace { buffers, ..self.clone() }
    }

    /// What an editor has open.
    pub fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    /// Whether what was seen of a tree is believed for a while.
    pub fn believes(&self) -> bool {
        self.trust.is_some()
    }

    /// Gives the memory of what was read of an index that is believed back.
    pub fn release(&self) {
        let Some(trust) = &self.trust else { return };
        let held = trust.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Seen::Index(index, ..)) = held.map(|held| held.seen) {
            index.release();
        }
    }

    /// Believes no longer what was seen: something is known to have changed.
    pub fn doubt(&self) {
        if let Some(trust) = &self.trust {
            *trust.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// Waits until the snapshot that is being made is done; others wait until what this gives is dropped.
    fn making(&self) -> Option<MutexGuard<'_, ()>> {
        let trust = self.trust.as_ref()?;
        Some(trust.making.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The snapshot of `tree` by what is still believed of it, if that is of an index, or if not.
    fn held(&self, tree: &Tree, indexed: bool) -> Result<Option<Snapshot>> {
        let Some(trust) = &self.trust else { return Ok(None) };
        let held = trust.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let believed = |held: &Held| {
            held.root == tree.root()
                && held.made.elapsed() < trust.time
                && indexed == matches!(held.seen, Seen::Index(..))
        };
        let Some(held) = held.filter(believed) else { return Ok(None) };
        if held.buffers.is(&self.buffers) {
            return Ok(Some(held.snapshot));
        }
        let made = self.made_of(tree, held.seen.clone())?;
        if let Some(snapshot) = &made {
            self.hold(tree, held.seen, held.made, snapshot);
        }
        Ok(made)
    }

    fn hold(&self, tree: &Tree, seen: Seen, made: Instant, snapshot: &Snapshot) {
        if let Some(trust) = &self.trust {
            let (root, snapshot) = (tree.root().to_owned(), snapshot.clone());
            let held = Held { root, made, seen, buffers: self.buffers.clone(), snapshot };
            *trust.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        }
    }

    /// The snapshot of what was seen and what an editor has; none where too much follows from that.
    fn made_of(&self, tree: &Tree, seen: Seen) -> Result<Option<Snapshot>> {
        let snapshot = |graph, indexed| Snapshot(Arc::new(Inner { indexed, graph }));
        match seen {
            Seen::Index(index, fresh, mut changed) => {
                changed.extend(self.buffers.outlines(tree.root(), &self.idioms));
                let graph = index.shared_graph(changed, &self.idioms)?;
                Ok(graph.map(|graph| snapshot(graph, Some((index, fresh)))))
            }
            Seen::Files(sections) => Ok(Some(snapshot(self.graph_of(tree, sections)?, None))),
        }
    }

    /// The graph of all files as they were read, and as an editor has them.
    fn graph_of(&self, tree: &Tree, sections: Arc<Sections>) -> Result<SharedGraph> {
        let open = self.buffers.outlines(tree.root(), &self.idioms);
        if !open.is_empty() {
            let outlined = |path: &[u8]| {
                let bytes = read(&path_in(tree, path)).ok()?;
                Some(outline(path, &bytes, &self.idioms))
            };
            let (all, idioms) = (usize::MAX, &self.idioms);
            if let Some(graph) =
                SharedGraph::laid_over(Arc::clone(&sections), open, idioms, all, &outlined)?
            {
                return Ok(graph);
            }
        }
        Ok(SharedGraph::from_sections(sections)?)
    }

    /// The same, with the recipes of these folders besides those of the program.
    pub fn with_recipes(self, recipes: RecipeFolders) -> Workspace {
        Workspace { recipes, ..self }
    }

    /// The folder of its indexes.
    pub fn cache(&self) -> &Path {
        &self.folder
    }

    /// The files that are read where there is no index.
    pub fn rules(&self) -> FileRules {
        self.rules
    }

    /// The recipes for questions about `tree`. A tree's own count only where it is trusted.
    pub fn recipes(&self, tree: &Tree) -> Recipes {
        let mut recipes = Recipes::built_in();
        let RecipeFolders { user, trusted, trust_all } = &self.recipes;
        if let Some(folder) = user {
            recipes.add_folder(folder);
        }
        if *trust_all || trusted.iter().any(|root| root == tree.root()) {
            recipes.add_folder(&tree.root().join(".kgrep/queries"));
        }
        recipes
    }

    /// What macros mean.
    pub fn idioms(&self) -> &Idioms {
        &self.idioms
    }

    /// What the index of `tree` has.
    ///
    /// # Errors
    /// When there is an index that can't be used.
    pub fn indexed(&self, tree: &Tree) -> Result<Indexed> {
        let _making = self.making();
        if let Some(snapshot) = self.held(tree, true)? {
            return Ok(Indexed::Snapshot(snapshot));
        }
        let index = Index::open(&Cache::new(&self.folder), tree)?.filter(Index::has_code);
        let Some(index) = index else { return Ok(Indexed::Nothing) };
        let made = Instant::now();
        let fresh = index.refresh(&TreePart::whole())?;
        let Some(changed) = index.outlines_now(&fresh, &self.idioms) else {
            return Ok(Indexed::OtherIdioms(index, fresh));
        };
        // Only what is believed for a while is needed again.
        let seen = Seen::Index(index.clone(), fresh.clone(), changed);
        let kept = self.trust.is_some().then(|| seen.clone());
        Ok(match self.made_of(tree, seen)? {
            Some(snapshot) => {
                kept.into_iter().for_each(|seen| self.hold(tree, seen, made, &snapshot));
                Indexed::Snapshot(snapshot)
            }
            None => Indexed::OtherIdioms(index, fresh),
        })
    }

    /// What an index of `tree` and what changed since say of its code; none where the index has none,
    /// or has it as other idioms have it.
    ///
    /// # Errors
    /// If a part of the index is damaged.
    pub(crate) fn snapshot_of(
        &self,
        tree: &Tree,
        index: &Index,
        fresh: &Fresh,
    ) -> Result<Option<Snapshot>> {
        let changed = match index.has_code() {
            true => index.outlines_now(fresh, &self.idioms),
            false => None,
        };
        let seen = changed.map(|changed| Seen::Index(index.clone(), fresh.clone(), changed));
        seen.map_or(Ok(None), |seen| self.made_of(tree, seen))
    }

    /// A snapshot of `tree` made by reading all its files now. What can't be read is left out,
    /// with a note.
    ///
    /// # Errors
    /// If the tree can't be walked, or the snapshot is no longer wanted.
    pub fn read(
        &self,
        tree: &Tree,
        notes: &NoteSink,
        progress: &ProgressSink,
        cancel: &Cancel,
    ) -> Result<Snapshot> {
        let _making = self.making();
        if let Some(snapshot) = self.held(tree, false)? {
            return Ok(snapshot);
        }
        let made = Instant::now();
        let paths = self.files(tree, notes, |path| {
            progress(tree, Progress::Listed);
            Language::of(path).is_some()
        })?;
        progress(tree, Progress::Reading);
        if paths.len() >= MANY_FILES {
            progress(tree, Progress::Many);
        }
        let builder = Builder::new();
        let unread = in_parallel(&paths, |path| {
            if cancel.is_set() {
                return Ok(());
            }
            progress(tree, Progress::Read);
            let bytes = read(&path_in(tree, path)).map_err(|error| (path.clone(), error))?;
            builder.add(path, &outline(path, &bytes, &self.idioms));
            Ok(())
        });
        progress(tree, Progress::Done);
        cancel.check()?;
        for (path, error) in unread.into_iter().filter_map(Result::err) {
            notes(Note::Unreadable { path, reason: error.to_string() });
        }
        let sections = Arc::new(builder.finish(&self.idioms));
        let graph = self.graph_of(tree, Arc::clone(&sections))?;
        let snapshot = Snapshot(Arc::new(Inner { indexed: None, graph }));
        self.hold(tree, Seen::Files(sections), made, &snapshot);
        Ok(snapshot)
    }

    /// The files below the root of `tree` that `wanted` wants, by a search's rules, in its
    /// order.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn files(
        &self,
        tree: &Tree,
        notes: &NoteSink,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Vec<u8>>> {
        use std::os::unix::ffi::OsStrExt;

        let root = tree.root();
        let scope = Scope::new(vec![root.into()], false);
        let request =
            SearchRequest { rules: self.rules, folder: root.to_owned(), ..Default::default() };
        let mut paths = Vec::new();
        scope.walk(&request, None, notes, |found| {
            if let Ok(haystack) = found
                && let Ok(below) = haystack.path.strip_prefix(root)
                && wanted(below.as_os_str().as_bytes())
            {
                paths.push(below.as_os_str().as_bytes().to_vec());
            }
            true
        })?;
        Ok(paths)
    }
}

impl Snapshot {
    /// The index that it came from, and what changed since that was made.
    pub fn index(&self) -> Option<&(Index, Fresh)> {
        self.0.indexed.as_ref()
    }

    /// What `question` finds in the graph.
    ///
    /// # Errors
    /// When a part of the index that was read is damaged: then the answer is incomplete, and
    /// is not handed out.
    pub fn ask<R>(&self, question: impl FnOnce(&Graph<'_>) -> R) -> Result<R, Error> {
        Ok(self.0.graph.ask(question)?)
    }

    /// Gives the memory of what was read of the index back: what is needed again is read again.
    pub(crate) fn release(&self) {
        self.index().into_iter().for_each(|(index, _)| index.release());
    }
}

/// A file of a tree, by its path below the root.
pub(crate) fn path_in(tree: &Tree, below_root: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;

    tree.root().join(std::ffi::OsStr::from_bytes(below_root))
}

/// Fewer files than this are read in no time.
const MANY_FILES: usize = 2000;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_snapshot_is_shared_by_threads_and_stays_what_it_was() {
        fn any_thread<T: Send + Sync + Clone + 'static>(_: &T) {}
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("lamp.c");
        fs::write(&file, "int lamp_on(void)\n{\n\treturn 1;\n}\n").unwrap();
        let cache = place.path().join("cache");
        let workspace = Workspace::new(&cache, Idioms::built_in(), FileRules::default());
        let tree = Tree::locate(place.path()).unwrap();
        let notes: NoteSink = Arc::new(|note| panic!("{note:?}"));
        assert!(matches!(workspace.indexed(&tree).unwrap(), Indexed::Nothing));
        let progress: ProgressSink = Arc::new(|_, _| ());
        let snapshot = workspace.read(&tree, &notes, &progress, &Cancel::default()).unwrap();
        any_thread(&workspace);
        any_thread(&snapshot);
        fs::remove_file(&file).unwrap();
        let knows = |snapshot: &Snapshot| {
            snapshot.ask(|graph| graph.find_name(b"lamp_on").is_some()).unwrap()
        };
        let other = snapshot.clone();
        assert!(std::thread::spawn(move || knows(&other)).join().unwrap());
        assert!(knows(&snapshot));
        assert!(snapshot.index().is_none());
    }

    #[test]
    fn a_snapshot_is_believed_for_as_long_as_was_said() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("lamp.c");
        fs::write(&file, "int lamp_on(void)\n{\n\treturn 1;\n}\n").unwrap();
        let tree = Tree::locate(place.path()).unwrap();
        let notes: NoteSink = Arc::new(|note| panic!("{note:?}"));
        let progress: ProgressSink = Arc::new(|_, _| ());
        let knows = |workspace: &Workspace| {
            let snapshot = workspace.read(&tree, &notes, &progress, &Cancel::default()).unwrap();
            snapshot.ask(|graph| graph.find_name(b"lamp_on").is_some()).unwrap()
        };
        let workspace = || {
            let cache = place.path().join("cache");
            Workspace::new(&cache, Idioms::built_in(), FileRules::default())
        };
        let believing = workspace().trusting(Duration::from_secs(3600));
        let doubting = workspace().trusting(Duration::ZERO);
        assert!(knows(&believing) && knows(&doubting));
        fs::remove_file(&file).unwrap();
        assert!(knows(&believing) && !knows(&doubting));
    }
}
