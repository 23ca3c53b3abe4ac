//! Why a question has no answer.
//!
//! An error says what happened to which thing; a face adds what it was doing.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The result of whatever can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tree or its index can't be read.
    #[error(transparent)]
    Index(#[from] kgrep_index::Error),
    /// There is no patch where one was expected.
    #[error("{}: no patch in it: not a diff, a series, a spec or a folder of patches", path.display())]
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
    /// A folder that is in no git repository.
    #[error("{}: not in a git repository; --git DIR names one", .0.display())]
    NoRepository(PathBuf),
    /// A git repository can't be read.
    #[error("{}: {reason}", path.display())]
    Repository {
        /// The repository.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What names no revision of the repository.
    #[error("{name}: no such revision: {reason}")]
    Revision {
        /// The name.
        name: String,
        /// Why there is no such revision.
        reason: String,
    },
    /// An object that the repository doesn't have.
    #[error(
        "{}: object {id} is missing; `git fetch --unshallow` brings it to a shallow clone, \
         `git fetch --refetch --no-filter` to a partial one",
        repository.display()
    )]
    MissingObject {
        /// Its id.
        id: String,
        /// The repository.
        repository: PathBuf,
    },
    /// An object that can't be read.
    #[error("git object {id}: {reason}")]
    Object {
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The graph that was made of the files is not sound.
    #[error(transparent)]
    Graph(#[from] kgrep_index::graph::Damaged),
    /// The tree has no architecture of this name.
    #[error("no such architecture: {name}; use one of {}, all", there.join(", "))]
    UnknownArch {
        /// The name.
        name: String,
        /// Those that the tree has.
        there: Vec<String>,
    },
    /// A file or folder can't be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file that sets no symbol of the kernel's configuration.
    #[error("{}: no kernel configuration (no line sets a CONFIG_ symbol)", path.display())]
    NotConfiguration {
        /// The file.
        path: PathBuf,
    },
    /// A configuration that doesn't tell its architecture.
    #[error("{}: the configuration doesn't tell its architecture; name it with --arch", path.display())]
    NoArchitecture {
        /// The file.
        path: PathBuf,
    },
    /// What a configuration builds is asked for, and none is named.
    #[error(
        "no configuration is named; --kconfig FILE names one (or KCONFIG_CONFIG, or kconfig in the \
         configuration file)"
    )]
    NoConfiguration,
    /// A search without a pattern.
    #[error("no pattern given; see kgrep -h")]
    NoPattern,
    /// A pattern that is not UTF-8.
    #[error("pattern {0:?} is not UTF-8; write such bytes as (?-u:\\xFF)")]
    PatternNotUtf8(OsString),
    /// A line of a file of patterns is not UTF-8.
    #[error("{}:{line}: the pattern is not UTF-8", path.display())]
    PatternLineNotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A pattern is no regular expression: which, and why.
    #[error("pattern {0}; -F searches for plain text")]
    NotRegex(String),
    /// The patterns can't be searched for.
    #[error("pattern: {0}")]
    Pattern(String),
    /// A search without a path.
    #[error("no path to search")]
    NoPath,
    /// A glob of files that can't be used.
    #[error("{flag} {glob}: {source}")]
    FileGlob {
        /// How it was given: `-g` or `--iglob`.
        flag: &'static str,
        /// The glob.
        glob: String,
        /// What is wrong with it.
        source: ignore::Error,
    },
    /// Globs that can't be used together.
    #[error("the globs: {0}")]
    FileGlobs(#[source] ignore::Error),
    /// No type of files is called so.
    #[error("no such file type: {0}; --type-list shows them")]
    UnknownFileType(String),
    /// The walk through the files can't begin.
    #[error(transparent)]
    Walk(#[from] ignore::Error),
    /// No thread can be started.
    #[error("can't start a thread: {0}")]
    Thread(#[source] io::Error),
    /// A glob of names or of a recipe can't be used.
    #[error(transparent)]
    Glob(#[from] globset::Error),
    /// A regular expression of a recipe can't be used.
    #[error(transparent)]
    Regex(#[from] regex::Error),
    /// A question without a name.
    #[error("a name is missing")]
    NoName,
    /// A glob, where one name is asked for.
    #[error("{0} is a glob, and this takes one name; `kgrep def '{0}'` lists such names")]
    OneName(String),
    /// A search by words without an index.
    #[error("{} has no index to find words in; `kgrep index` makes it, once", .0.display())]
    NoIndex(PathBuf),
    /// The same, in a folder that nothing says is a source tree.
    #[error("{} has no index to find words in; `kgrep index .` makes it, once", .0.display())]
    NoIndexOfFolder(PathBuf),
    /// A search by words in an index without a catalog.
    #[error(
        "the index of {} has no catalog to find words in; `kgrep index --code` adds it", .0.display()
    )]
    NoCatalog(PathBuf),
    /// The index can't be used.
    #[error("{0}; `kgrep index` builds it again")]
    BadIndex(#[source] kgrep_index::Error),
    /// A search by words without a word.
    #[error("there is no word to look for; give letters or digits")]
    NoWord,
    /// What was handed on is not all, and can't be taken back.
    #[error("the rows printed are incomplete; `kgrep index` builds the index again")]
    Incomplete,
    /// A table can't be written, or is none that was written here.
    #[error("{0}")]
    Table(String),
    /// No file of the tree.
    #[error("{0}: no such file in the tree")]
    NotHere(String),
    /// Chains are asked for from a function to itself.
    #[error("both ends are {0}: give two different functions")]
    SameEnds(String),
    /// Nobody waits for the answer any more.
    #[error("cancelled: nobody waits for the answer")]
    Cancelled,
    /// A comparison, asked of one tree.
    #[error("a comparison needs two sides, and this tree is one")]
    NotOfOneTree,
    /// A word that names no kind of what is asked for.
    #[error("unknown kind `{word}`; use one of {}", there.join(", "))]
    UnknownKind {
        /// The word.
        word: String,
        /// Of what: `definition`, `use`, `step` or `name`.
        of: &'static str,
        /// The words that there are.
        there: Vec<String>,
    },
    /// A glob that matches whatever there is.
    #[error("{0} matches every name; give some of its letters (`kgrep export symbols` prints all)")]
    EveryName(String),
    /// A glob of a list's names can't be used.
    #[error("the glob: {0}")]
    ListGlob(#[source] globset::Error),
    /// No recipe lists this.
    #[error("unknown list `{what}`; {}", lists_there(near.as_deref(), there))]
    UnknownList {
        /// What was asked for.
        what: String,
        /// What may have been meant.
        near: Option<String>,
        /// The lists that there are.
        there: Vec<String>,
    },
}

impl Error {
    /// For `map_err` on reading `path`.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        |source| Self::Read { path, source }
    }
}

fn lists_there(near: Option<&str>, there: &[String]) -> String {
    match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("use one of {}", there.join(", ")),
    }
}
