//! `at`: questions about a git revision of the tree. Its files are laid out in the cache, as `--at` on
//! the command line does it, and asked like any other tree. Those that were asked last are at hand.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kgrep_engine::revision::{Kept, Repository};
use kgrep_engine::{Error, Result};

use super::context::{Context, Hearing};
use crate::served::Served;

/// The most revisions that are at hand: each has a look at its tree in memory.
const AT_HAND: usize = 3;

/// A revision that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// As it was named.
    pub(super) name: String,
    /// The commit.
    pub(super) commit: String,
}

/// The revisions of a tree that were asked last, the last one first.
#[derive(Default)]
pub(super) struct Revisions(Mutex<Vec<Arc<Context>>>);

impl Revisions {
    /// The revision `name` of the tree that is served.
    ///
    /// # Errors
    /// If there is no such revision, its files can't be laid out, or it is no longer wanted.
    pub(super) fn get(
        &self,
        served: &Served,
        name: &str,
        hearing: &Hearing,
    ) -> Result<Arc<Context>> {
        let root = served.tree().root();
        let repository = Repository::around(root)?;
        let revision = repository.revision(name)?;
        let kept = Kept::new(served.cache());
        let advance = |files, of| hearing.laid_out(files, of);
        let top = repository.lay_out(&revision, &kept, &advance)?;
        // A kernel that is a folder of a larger repository is that folder in the revision, too.
        let work_tree = repository.work_tree();
        let below = work_tree.as_deref().and_then(|top| root.strip_prefix(top).ok());
        let folder = top.join(below.unwrap_or(Path::new("")));
        if !folder.is_dir() {
            let reason = format!("it has no {}", below.unwrap_or(root).display());
            return Err(Error::Revision { name: name.to_owned(), reason });
        }
        let asked = Asked { name: name.to_owned(), commit: revision.commit };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |context: &Arc<Context>| context.revision() == Some(&asked);
        let context = match known.iter().position(is_it) {
            Some(at) => known.remove(at),
            None => Arc::new(Context::of(served.elsewhere(&folder)?, Some(asked))),
        };
        known.insert(0, Arc::clone(&context));
        known.truncate(AT_HAND);
        Ok(context)
    }

    /// Those that are at hand.
    pub(super) fn at_hand(&self) -> Vec<Arc<Context>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
