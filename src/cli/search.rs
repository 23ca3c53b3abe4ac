//! The arguments of a search: ripgrep's everyday flags with ripgrep's meaning, and
//! the few that ripgrep doesn't have.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, ValueHint};
use kgrep_engine::revision::Unlaid;

use super::files::{FileTypes, Globs};

/// What is searched for, where, and which files count.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SearchArgs {
    /// The revision that is searched, where it is not laid out.
    #[arg(skip)]
    pub(crate) unlaid: Option<Arc<Unlaid>>,

    /// What to search for: a regular expression (a path, when -e or -f is given)
    pub(crate) pattern: Option<OsString>,

    /// Files and folders to search; without any, the current folder, or standard
    /// input when it is a pipe
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<OsString>,

    /// Search for this pattern; may be given many times
    #[arg(short = 'e', long = "regexp", value_name = "PATTERN", allow_hyphen_values = true)]
    #[arg(help_heading = "Pattern")]
    pub(crate) regexp: Vec<OsString>,

    /// Search for the patterns in this file, one per line (`-`: standard input)
    #[arg(short = 'f', long = "file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(help_heading = "Pattern")]
    pub(crate) pattern_files: Vec<PathBuf>,

    /// Plain text, not a regular expression
    #[arg(short = 'F', long, overrides_with_all = ["basic_regexp", "extended_regexp"])]
    #[arg(help_heading = "Pattern")]
    pub(crate) fixed_strings: bool,

    /// A basic regular expression, as grep's without -E: `\(a\|b\)` are operators, `(` is text
    #[arg(short = 'G', long, overrides_with_all = ["fixed_strings", "extended_regexp"])]
    #[arg(help_heading = "Pattern")]
    pub(crate) basic_regexp: bool,

    /// Upper and lower case are the same
    #[arg(short = 'i', long, overrides_with_all = ["smart_case", "ignore_case"])]
    #[arg(help_heading = "Pattern")]
    pub(crate) ignore_case: bool,

    /// As -i, unless the pattern has an upper-case letter
    #[arg(short = 'S', long, overrides_with_all = ["ignore_case", "smart_case"])]
    #[arg(help_heading = "Pattern")]
    pub(crate) smart_case: bool,

    /// Whole words only
    #[arg(short = 'w', long, help_heading = "Pattern")]
    pub(crate) word_regexp: bool,

    /// Whole lines only
    #[arg(short = 'x', long, help_heading = "Pattern")]
    pub(crate) line_regexp: bool,

    /// Lines that don't match
    #[arg(short = 'v', long, help_heading = "Pattern")]
    pub(crate) invert_match: bool,

    /// A match may go over several lines
    #[arg(short = 'U', long, help_heading = "Pattern")]
    pub(crate) multiline: bool,

    /// With -U, `.` matches line ends too
    #[arg(long, help_heading = "Pattern")]
    pub(crate) multiline_dotall: bool,

    /// Treat CRLF as a line end, so that `$` matches before it
    #[arg(long, help_heading = "Pattern")]
    pub(crate) crlf: bool,

    /// The line must match this too; may be given many times
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, help_heading = "Pattern")]
    pub(crate) and: Vec<OsString>,

    /// The line must not match this
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, help_heading = "Pattern")]
    pub(crate) not: Vec<OsString>,

    /// The file must match this somewhere
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, help_heading = "Pattern")]
    pub(crate) file_has: Vec<OsString>,

    /// The file must not match this anywhere
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, help_heading = "Pattern")]
    pub(crate) file_lacks: Vec<OsString>,

    /// Which paths.
    #[command(flatten)]
    pub(crate) globs: Globs,

    /// As -g, without regard to case
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true, help_heading = "Files")]
    pub(crate) iglob: Vec<String>,

    /// Which types of files.
    #[command(flatten)]
    pub(crate) types: FileTypes,

    /// List the types and their globs
    #[arg(long, help_heading = "Files")]
    pub(crate) type_list: bool,

    /// Search hidden files and folders too
    #[arg(long, overrides_with = "no_hidden", help_heading = "Files")]
    pub(crate) hidden: bool,

    /// Leave out hidden files and folders, whatever the configuration says
    #[arg(long, overrides_with = "hidden", hide = true)]
    pub(crate) no_hidden: bool,

    /// Search files that .gitignore, .ignore or .rgignore leave out
    #[arg(long, overrides_with = "ignore", help_heading = "Files")]
    pub(crate) no_ignore: bool,

    /// Respect ignore files, whatever the configuration says
    #[arg(long, overrides_with = "no_ignore", hide = true)]
    pub(crate) ignore: bool,

    /// Don't respect .gitignore and other version-control ignore files
    #[arg(long, help_heading = "Files")]
    pub(crate) no_ignore_vcs: bool,

    /// Don't respect ignore files of parent folders
    #[arg(long, help_heading = "Files")]
    pub(crate) no_ignore_parent: bool,

    /// Follow symbolic links
    #[arg(short = 'L', long, overrides_with = "no_follow", help_heading = "Files")]
    pub(crate) follow: bool,

    /// Don't follow symbolic links, whatever the configuration says
    #[arg(long, overrides_with = "follow", hide = true)]
    pub(crate) no_follow: bool,

    /// Go down at most this many folders
    #[arg(short = 'd', long, visible_alias = "maxdepth", value_name = "NUM")]
    #[arg(help_heading = "Files")]
    pub(crate) max_depth: Option<usize>,

    /// Search binary files as if they were text
    #[arg(short = 'a', long, overrides_with = "binary", help_heading = "Files")]
    pub(crate) text: bool,

    /// Search binary files, and say which of them match
    #[arg(long, overrides_with = "text", help_heading = "Files")]
    pub(crate) binary: bool,

    /// Show this many lines after each match
    #[arg(short = 'A', long, value_name = "NUM", help_heading = "Output")]
    pub(crate) after_context: Option<usize>,

    /// Show this many lines before each match
    #[arg(short = 'B', long, value_name = "NUM", help_heading = "Output")]
    pub(crate) before_context: Option<usize>,

    /// Show this many lines before and after each match
    #[arg(short = 'C', long, value_name = "NUM", help_heading = "Output")]
    pub(crate) context: Option<usize>,

    /// Show the function that each match is in, as a column
    #[arg(short = 'p', long, help_heading = "Output")]
    pub(crate) show_function: bool,

    /// Show the whole function around each match
    #[arg(short = 'W', long, help_heading = "Output")]
    pub(crate) function_context: bool,

    /// Only the files that have a match
    #[arg(short = 'l', long, overrides_with_all = ["count", "files_without_match"])]
    #[arg(help_heading = "Output")]
    pub(crate) files_with_matches: bool,

    /// Only the files that have no match
    #[arg(long, overrides_with_all = ["count", "files_with_matches"], help_heading = "Output")]
    pub(crate) files_without_match: bool,

    /// Only the number of matching lines of each file; with -o, of matches
    #[arg(short = 'c', long, overrides_with_all = ["files_with_matches", "files_without_match"])]
    #[arg(help_heading = "Output")]
    pub(crate) count: bool,

    /// Only the parts of lines that match, each in its own row
    #[arg(short = 'o', long, help_heading = "Output")]
    pub(crate) only_matching: bool,

    /// A NUL byte behind each path, for `xargs -0`
    #[arg(short = '0', long, help_heading = "Output")]
    pub(crate) null: bool,

    /// Stop after this many matching lines in a file
    #[arg(short = 'm', long, value_name = "NUM", help_heading = "Output")]
    pub(crate) max_count: Option<u64>,

    /// Print nothing; the exit status tells
    #[arg(short = 'q', long, help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Say nothing about files that can't be read
    #[arg(long, help_heading = "Output")]
    pub(crate) no_messages: bool,

    /// Search with this many threads (default: one per processor)
    #[arg(short = 'j', long, value_name = "NUM", help_heading = "Speed")]
    pub(crate) threads: Option<usize>,

    /// Search without the index
    #[arg(long, help_heading = "Speed")]
    pub(crate) no_index: bool,

    /// Say on standard error how the search is done
    #[arg(long, help_heading = "Speed")]
    pub(crate) debug: bool,

    /// Accepted for habit's sake: patterns are extended regular expressions.
    #[arg(short = 'E', long, overrides_with_all = ["basic_regexp", "fixed_strings"])]
    #[arg(hide = true)]
    pub(crate) extended_regexp: bool,

    /// Accepted for habit's sake: matches are always in path order.
    #[arg(long, value_name = "BY", value_parser = PossibleValuesParser::new(["path", "none"]))]
    #[arg(hide = true)]
    pub(crate) sort: Vec<String>,

    /// Accepted for habit's sake: line numbers, paths and sub-folders are the rule.
    #[arg(short = 'n', long = "line-number", hide = true, action = ArgAction::Count)]
    pub(crate) line_number: u8,

    /// Accepted for habit's sake.
    #[arg(short = 'H', long = "with-filename", hide = true, action = ArgAction::Count)]
    pub(crate) with_filename: u8,

    /// Accepted for habit's sake: folders are searched through and through.
    #[arg(short = 'r', long, short_alias = 'R', hide = true, action = ArgAction::Count)]
    pub(crate) recursive: u8,

    /// Accepted for habit's sake: binary files are left out, as with grep's `-I`.
    #[arg(short = 'I', hide = true, action = ArgAction::Count)]
    pub(crate) without_binary: u8,

    /// Accepted for habit's sake: a path stands in each row.
    #[arg(long, alias = "heading", hide = true, action = ArgAction::Count)]
    pub(crate) no_heading: u8,

    /// Accepted for vgrep's sake: kgrep never calls git grep.
    #[arg(long, hide = true)]
    pub(crate) no_git: bool,

    /// Accepted for vgrep's sake: kgrep has ripgrep's libraries built in.
    #[arg(long, hide = true)]
    pub(crate) no_ripgrep: bool,
}

/// True for the arguments that are accepted and change nothing.
pub(super) fn means_nothing(id: &str) -> bool {
    matches!(
        id,
        "line_number"
            | "with_filename"
            | "recursive"
            | "extended_regexp"
            | "sort"
            | "without_binary"
            | "no_heading"
            | "no_git"
            | "no_ripgrep"
    )
}
