//! A tree with patches applied to it, in memory: a side of a history like a folder. Nothing is written;
//! the files that the patches change are laid over the tree, as those that an editor has open.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::buffers::Buffers;
use crate::diff::apply::{self, PATCH_FUZZ, Verdict};
use crate::diff::model::Problem;
use crate::diff::set;
use crate::diff::strip::{fit, stays_inside};
use crate::files::read;

/// What patches make of a tree.
#[derive(Debug, Clone, Default)]
pub struct Patched {
    root: PathBuf,
    /// The files that differ from the tree's, by their paths below its root; none of one that is gone.
    files: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// What is to be said of the patches.
    pub notes: Vec<Problem>,
    /// What of them can't be read.
    pub problems: Vec<Problem>,
    /// How many hunks there are.
    pub hunks: usize,
    /// Those that do not apply, by their files and lines: they are left out.
    pub conflicts: Vec<(Vec<u8>, u32)>,
}

impl Patched {
    /// Applies the patches at `path` to the tree at `root`, which is called `shown`, or to what others
    /// made of it `before`, as `patch` would.
    ///
    /// # Errors
    /// If there are no patches, or they can't be read.
    pub fn on(
        (root, shown): (&Path, &Path),
        path: &Path,
        before: Option<&Patched>,
    ) -> Result<Patched> {
        let mut set = set::load(path)?;
        fit(&mut set, root, shown);
        let before = before.map(|before| before.files.clone()).unwrap_or_default();
        let known = before.into_iter().collect();
        let (verdicts, files) = apply::applied(&set, root, known, PATCH_FUZZ);
        let entries = set.files.iter().flat_map(|file| {
            let hunks = file.hunks.iter().map(|hunk| hunk.old.first()).map(Some);
            let whole = file.hunks.is_empty().then_some(None);
            hunks.chain(whole).map(move |line| (file.name(), line))
        });
        let conflicts = entries.zip(&verdicts).filter_map(|((name, line), verdict)| {
            let conflicts = matches!(verdict, Verdict::Conflicts { .. });
            conflicts.then(|| (name.to_vec(), line.unwrap_or_default()))
        });
        Ok(Patched {
            root: root.to_owned(),
            conflicts: conflicts.collect(),
            // Names come from strangers.
            files: files.into_iter().filter(|(name, _)| stays_inside(name)).collect(),
            notes: set.notes,
            problems: set.problems,
            hunks: verdicts.len(),
        })
    }

    /// The files that differ, by their full paths; one that is gone has nothing in it.
    #[must_use]
    pub fn buffers(&self) -> Buffers {
        let full = |path: &[u8]| self.root.join(OsStr::from_bytes(path));
        let files = self.files.iter();
        Buffers::of(files.map(|(path, text)| (full(path), text.clone().unwrap_or_default())))
    }

    /// A file as the patches leave it, by its path below the root.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> Option<Vec<u8>> {
        match self.files.get(path) {
            Some(text) => text.clone(),
            None => read(&self.root.join(OsStr::from_bytes(path))).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_are_not_laid_over() {
        assert!(stays_inside(b"kernel/lamp.c"));
        assert!(!stays_inside(b"../lamp.c") && !stays_inside(b"/lamp.c") && !stays_inside(b""));
    }
}
