//! What a search is asked: the patterns, the files that count, and how they are looked
//! through. A face fills it in; it is the whole of what the search knows of its user.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which files of a tree count, by ripgrep's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRules {
    /// Hidden files and folders count too.
    pub hidden: bool,
    /// What `.gitignore`, `.ignore` and `.rgignore` leave out does not count.
    pub ignore: bool,
    /// Symbolic links are followed.
    pub follow: bool,
}

impl Default for FileRules {
    fn default() -> FileRules {
        FileRules { hidden: false, ignore: true, follow: false }
    }
}

/// One choice of a type of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeChoice {
    /// Only files of this type.
    Only(String),
    /// No files of this type.
    Not(String),
}

/// A search: what for, where, and which files count. Fields that are ripgrep's flags have
/// ripgrep's names and meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRequest {
    /// The first word: the pattern, or a path where `regexp` or `pattern_files` has some.
    pub pattern: Option<OsString>,
    /// Files and folders to search.
    pub paths: Vec<OsString>,
    /// More patterns.
    pub regexp: Vec<OsString>,
    /// Files of patterns, one per line (`-`: standard input).
    #[serde(with = "crate::paths::several")]
    pub pattern_files: Vec<PathBuf>,
    /// Patterns are plain text.
    pub fixed_strings: bool,
    /// The patterns are basic regular expressions, as grep's without `-E`.
    pub basic_regexp: bool,
    /// Files without a match are what is wanted.
    pub files_without_match: bool,
    /// Upper and lower case are the same.
    pub ignore_case: bool,
    /// The same, unless a pattern has an upper-case letter.
    pub smart_case: bool,
    /// Whole words only.
    pub word_regexp: bool,
    /// Whole lines only.
    pub line_regexp: bool,
    /// Lines that don't match.
    pub invert_match: bool,
    /// A match may go over several lines.
    pub multiline: bool,
    /// With `multiline`, `.` matches line ends too.
    pub multiline_dotall: bool,
    /// CRLF is a line end.
    pub crlf: bool,
    /// The line must match all of these too.
    pub and: Vec<OsString>,
    /// The line must match none of these.
    pub not: Vec<OsString>,
    /// The file must match all of these somewhere.
    pub file_has: Vec<OsString>,
    /// The file must match none of these anywhere.
    pub file_lacks: Vec<OsString>,
    /// Globs that a file's path must match; with `!` before it, must not.
    pub glob: Vec<String>,
    /// The same, without regard to case.
    pub iglob: Vec<String>,
    /// Types of files; of two that a file fits, the later one counts.
    pub types: Vec<TypeChoice>,
    /// Which files count.
    pub rules: FileRules,
    /// Ignore files of version control don't count.
    pub no_ignore_vcs: bool,
    /// Ignore files of parent folders don't count.
    pub no_ignore_parent: bool,
    /// At most this many folders deep.
    pub max_depth: Option<usize>,
    /// Binary files are searched as if they were text.
    pub text: bool,
    /// How many threads search; none: one per processor.
    pub threads: Option<usize>,
    /// The index is not asked.
    pub no_index: bool,
    /// How the search is done is told in [`Note::Explanation`](crate::Note::Explanation)s.
    pub explain: bool,
    /// The folder that relative paths and globs start from.
    #[serde(with = "crate::paths")]
    pub folder: PathBuf,
    /// Standard output goes to a file, which may be one of those that are searched and is
    /// then left out.
    pub output_is_file: bool,
}
