//! A tree at one moment, for as many questions as one likes: its files, its index and its
//! graph. What is derived from a tree is made here once; the questions only read it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kgrep_index::graph::{Builder, Graph, Sections, SharedGraph};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{Language, outline};
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index, Scope as TreePart, Tree};

use crate::code::{in_parallel, read};
use crate::search::{FileRules, Scope, SearchRequest};
use crate::{Error, Note, NoteSink, Progress, ProgressSink, Result};

/// What all questions of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Workspace {
    cache: Cache,
    idioms: Arc<Idioms>,
    rules: FileRules,
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
        Workspace { cache: Cache::new(cache), idioms: Arc::new(idioms), rules }
    }

    /// What macros mean.
    pub fn idioms(&self) -> &Idioms {
        &self.idioms
    }

    /// What the index of `tree` has.
    ///
    /// # Errors
    /// When there is an index that can't be used.
    pub fn indexed(&self, tree: &Tree) -> Result<Indexed, kgrep_index::Error> {
        let index = Index::open(&self.cache, tree)?.filter(Index::has_code);
        let Some(index) = index else { return Ok(Indexed::Nothing) };
        let fresh = index.refresh(&TreePart::whole())?;
        Ok(match index.shared_graph(&fresh, &self.idioms)? {
            Some(graph) => {
                let inner = Inner { indexed: Some((index, fresh)), graph };
                Indexed::Snapshot(Snapshot(Arc::new(inner)))
            }
            None => Indexed::OtherIdioms(index, fresh),
        })
    }

    /// A snapshot of `tree` made by reading all its files now. `slow` is called before many are
    /// read; what can't be read is left out, with a note.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn read(
        &self,
        tree: &Tree,
        slow: impl FnOnce(&Tree),
        notes: &NoteSink,
        progress: &ProgressSink,
    ) -> Result<Snapshot> {
        let paths = self.files(tree, notes, |path| {
            progress(tree, Progress::Listed);
            Language::of(path).is_some()
        })?;
        progress(tree, Progress::Reading);
        if paths.len() >= MANY_FILES {
            slow(tree);
        }
        let builder = Builder::new();
        let unread = in_parallel(&paths, |path| {
            progress(tree, Progress::Read);
            let bytes = read(&path_in(tree, path)).map_err(|error| (path.clone(), error))?;
            builder.add(path, &outline(path, &bytes, &self.idioms));
            Ok(())
        });
        progress(tree, Progress::Done);
        for (path, error) in unread.into_iter().filter_map(Result::err) {
            notes(Note::Unreadable { path, reason: error.to_string() });
        }
        let sections: Sections = builder.finish(&self.idioms);
        let graph = SharedGraph::from_sections(sections)?;
        Ok(Snapshot(Arc::new(Inner { indexed: None, graph })))
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
        let snapshot = workspace
            .read(&tree, |_| (), &notes, &(Arc::new(|_: &Tree, _: Progress| ()) as ProgressSink))
            .unwrap();
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
}
