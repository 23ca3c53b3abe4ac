//! The code of the tree around the current folder: its graph, from the index or, where
//! there is none, from reading every file now.

use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};
use kgrep_index::graph::{Arch, Builder, Graph, Sections};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{Language, outline};
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index, Scope as TreePart, Tree};

use super::{arch, files, idioms};
use crate::cli::SearchArgs;
use crate::folders;
use crate::message::tell;
use crate::search::Scope;
use crate::settings::Settings;

/// A tree of code, and what a question about it is about.
pub struct Code {
    tree: Tree,
    /// The current folder, without symbolic links.
    here: PathBuf,
    /// The architecture that counts.
    pub arch: Arch,
    /// What macros mean.
    pub idioms: Idioms,
    /// The index that a question was asked of, and what changed since it was made.
    asked: OnceLock<(Index, Fresh)>,
}

impl Code {
    /// The code around the current folder.
    ///
    /// # Errors
    /// When the current folder is gone, or the architecture is none of the tree's.
    pub fn around(settings: &Settings) -> Result<Code> {
        let here = folders::current()?;
        let here = here.canonicalize().context("the current folder")?;
        let tree = Tree::locate(&here)?;
        let arch = arch::chosen(&settings.arch, tree.root())?;
        Ok(Code { tree, here, arch, idioms: idioms(), asked: OnceLock::new() })
    }

    /// The code of the tree that `path` is in, seen from its root.
    ///
    /// # Errors
    /// When it is not there, or the architecture is none of the tree's.
    pub fn of_tree(path: &Path, settings: &Settings) -> Result<Code> {
        let tree = Tree::locate(path)?;
        let arch = arch::chosen(&settings.arch, tree.root())?;
        let here = tree.root().to_owned();
        Ok(Code { here, tree, arch, idioms: idioms(), asked: OnceLock::new() })
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A file of the tree, by its path below the root.
    pub fn path(&self, below_root: &[u8]) -> PathBuf {
        self.tree.root().join(Path::new(std::ffi::OsStr::from_bytes(below_root)))
    }

    /// A file's path as it is shown: relative to the current folder, as a search there
    /// would name it.
    pub fn shown(&self, below_root: &[u8]) -> Vec<u8> {
        let here = self.here.strip_prefix(self.tree.root()).unwrap_or(Path::new(""));
        let path = Path::new(std::ffi::OsStr::from_bytes(below_root));
        let common = here
            .components()
            .zip(path.components())
            .take_while(|(one, other)| one == other)
            .count();
        let up = here.components().count() - common;
        let mut shown: PathBuf = std::iter::repeat_n("..", up).collect();
        shown.extend(path.components().skip(common));
        shown.into_os_string().into_encoded_bytes()
    }

    /// What `ask` finds in the tree's graph as the files are now. Where a part of the index
    /// turns out to be damaged, it is asked again, of the files themselves; so it prints
    /// nothing. `slow` is called where there is no index, and all must be read.
    ///
    /// # Errors
    /// `ask`'s, and those of reading the tree.
    pub fn ask<R>(
        &self,
        settings: &Settings,
        cache: &Path,
        slow: impl FnOnce(&Tree),
        ask: impl Fn(&Graph<'_>) -> Result<R>,
    ) -> Result<R> {
        match self.index(cache).and_then(|index| self.ask_index(index, &ask)) {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            Err(Trouble::Asked(error)) => return Err(error),
            Err(Trouble::Index(error)) => {
                tell(format!(
                    "{error}; reading the files without it, `kgrep index` builds it again"
                ));
            }
        }
        let sections = self.read_all(settings, slow)?;
        ask(&Graph::from_sections(&sections)?)
    }

    /// The tree's index, if it has one.
    fn index(&self, cache: &Path) -> Result<Option<Index>, Trouble> {
        Ok(Index::open(&Cache::new(cache), &self.tree)?)
    }

    fn ask_index<R>(
        &self,
        index: Option<Index>,
        ask: impl Fn(&Graph<'_>) -> Result<R>,
    ) -> Result<Option<R>, Trouble> {
        let Some(index) = index.filter(Index::has_code) else { return Ok(None) };
        let fresh = index.refresh(&TreePart::whole())?;
        let (index, fresh) = self.asked.get_or_init(|| (index, fresh));
        let Some(graph) = index.graph_now(fresh, &self.idioms)? else {
            tell(
                "the index was made with other idioms, or most of the tree follows from what \
                 changed; reading all files, `kgrep index` brings it up to date",
            );
            return Ok(None);
        };
        let found = ask(&graph).map_err(Trouble::Asked);
        index.graph_soundness()?;
        found.map(Some)
    }

    /// The index that the question at hand is asked of, and what changed since it was made.
    pub fn asked(&self) -> Option<&(Index, Fresh)> {
        self.asked.get()
    }

    /// The graph of all files, each read now.
    fn read_all(&self, settings: &Settings, slow: impl FnOnce(&Tree)) -> Result<Sections> {
        let paths = self.all_files(settings, |path| Language::of(path).is_some())?;
        if paths.len() >= MANY_FILES && io::stderr().is_terminal() {
            slow(&self.tree);
        }
        let builder = Builder::new();
        let unread = files::in_parallel(&paths, |path| {
            let bytes = files::read(&self.path(path)).map_err(|error| (path.clone(), error))?;
            builder.add(path, &outline(path, &bytes, &self.idioms));
            Ok(())
        });
        for (path, error) in unread.into_iter().filter_map(Result::err) {
            tell(format!("{}: {error}", String::from_utf8_lossy(&path)));
        }
        Ok(builder.finish(&self.idioms))
    }

    /// The files below the root that `wanted` wants, by a search's rules, in its order.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn all_files(
        &self,
        settings: &Settings,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Vec<u8>>> {
        let root = self.tree.root();
        let scope = Scope::new(vec![root.into()], true);
        let mut paths = Vec::new();
        scope.walk(&SearchArgs::default(), settings, None, |found| {
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

/// Why the index gives no answer.
enum Trouble {
    /// It can't be used.
    Index(kgrep_index::Error),
    /// The question has none.
    Asked(anyhow::Error),
}

impl From<kgrep_index::Error> for Trouble {
    fn from(error: kgrep_index::Error) -> Trouble {
        Trouble::Index(error)
    }
}

/// Fewer files than this are read in no time.
const MANY_FILES: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let code = |here: &str| Code {
            tree: Tree::locate(&root).unwrap(),
            here: root.join(here),
            arch: Arch::All,
            idioms: Idioms::default(),
            asked: OnceLock::new(),
        };
        assert_eq!(code("").shown(b"fs/open.c"), b"fs/open.c");
        assert_eq!(code("fs").shown(b"fs/open.c"), b"open.c");
        assert_eq!(code("fs/ext4").shown(b"include/linux/fs.h"), b"../../include/linux/fs.h");
        assert_eq!(code("fs/ext4").shown(b"fs/open.c"), b"../open.c");
    }
}
