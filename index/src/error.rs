//! What can go wrong with an index. Callers treat every case alike: they search without
//! it, and say so in one line; the cases differ in what they tell the user.

use std::path::{Path, PathBuf};

/// Why an index could not be used, built or published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused: no space, no permission, no such file.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder that it was about.
        path: PathBuf,
        /// What the system said. Not a source: it is in the text already.
        cause: std::io::Error,
    },
    /// A file of the index is cut, altered or not an index at all.
    #[error("{}: the index is damaged ({what})", path.display())]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// Which part of it, in the words of `docs/index-format.md`.
        what: &'static str,
    },
    /// The index was written by a kgrep with another format.
    #[error("{}: the index has format {found}, this kgrep reads format {expected}", path.display())]
    Version {
        /// The file in the other format.
        path: PathBuf,
        /// The format it has.
        found: u32,
        /// The format that this library reads and writes.
        expected: u32,
    },
    /// Another user may have made a folder of the cache what it is.
    #[error("{}: {why}", path.display())]
    Untrusted {
        /// The folder.
        path: PathBuf,
        /// What speaks against it, and what helps.
        why: &'static str,
    },
    /// A folder of the cache is another user's, and is not written to.
    #[error("{}: belongs to user {user}; set KGREP_CACHE_DIR to a folder of your own", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// Its owner's number.
        user: u32,
    },
    /// The user has no home folder for a cache to be in.
    #[error("there is no home folder for the cache; set KGREP_CACHE_DIR to a folder of your own")]
    NoHome,
}

impl Error {
    /// An operating system's error, with the file it was about.
    pub(crate) fn io(path: &Path, cause: impl Into<std::io::Error>) -> Error {
        Error::Io { path: path.to_path_buf(), cause: cause.into() }
    }

    /// Damage found in `path`.
    pub(crate) fn corrupt(path: &Path, what: &'static str) -> Error {
        Error::Corrupt { path: path.to_path_buf(), what }
    }

    /// Whether the operating system said that the file is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        use std::io::ErrorKind::{NotADirectory, NotFound};
        matches!(self, Error::Io { cause, .. } if matches!(cause.kind(), NotFound | NotADirectory))
    }
}
