//! What can go wrong while a difference is read as a whole.
//!
//! A single odd patch is no error but a [`Problem`](super::model::Problem): the rest of
//! the set is still worth showing.

use std::io;
use std::path::{Path, PathBuf};

/// A difference could not be had at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// A file or folder could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no patch where one was expected.
    #[error("{}: no patch in it: neither a diff, nor a series, a spec or a folder of patches", path.display())]
    NoPatches {
        /// The file or folder.
        path: PathBuf,
    },
    /// `git` could not be run, or refused.
    #[error("git {what}: {reason}")]
    Git {
        /// Its arguments.
        what: String,
        /// What it said.
        reason: String,
    },
}

impl DiffError {
    /// For `map_err` on reading `path`.
    pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        |source| Self::Read { path, source }
    }
}
