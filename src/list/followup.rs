//! What follow-ups there are: what is done with which rows of a list, and why a line is none. `line`
//! parses them.

use std::ffi::OsString;

use super::selector::{SelectorError, Selectors};

/// What a follow-up does with the entries it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// `p`: show the rows again.
    Print,
    /// `s`: open in the editor.
    Show,
    /// `c`: lines around each entry; how many, when it is said.
    Context(Option<usize>),
    /// `t`: count by folder; how many levels of them, when it is said.
    Tree(Option<usize>),
    /// `f`: count by file.
    Files,
    /// `d`: take entries out of the list.
    Delete,
    /// `k`: take all other entries out of the list.
    Keep,
    /// `r`: keep entries whose text matches the regular expression.
    Refine(String),
    /// `g`: a new search, with these arguments.
    Grep(Vec<OsString>),
    /// `def`, `callers` and so on of rows: the question about the name in each.
    Ask(&'static str),
    /// Any other command of kgrep's, with its arguments.
    Command(Vec<OsString>),
    /// `u`: the list as it was before the last change.
    Undo,
    /// `b`: the list and the source beside it, on the whole screen.
    Browse,
    /// `q`: leave the shell, or the chain.
    Quit,
    /// `?`: what there is.
    Help,
}

impl FollowUp {
    /// True when the command changes what the following ones see.
    pub(crate) fn changes_the_list(&self) -> bool {
        matches!(self, FollowUp::Delete | FollowUp::Keep | FollowUp::Refine(_))
    }

    /// True when the command needs the files that rows are of, not the list alone.
    pub(crate) fn reads_files(&self) -> bool {
        matches!(
            self,
            FollowUp::Show
                | FollowUp::Context(_)
                | FollowUp::Grep(_)
                | FollowUp::Ask(_)
                | FollowUp::Command(_)
                | FollowUp::Browse
        )
    }
}

/// A follow-up with the entries it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// What to do.
    pub(crate) command: FollowUp,
    /// With which entries.
    pub(crate) selectors: Selectors,
}

/// Why a line is no follow-up; the wording is vgrep's where vgrep has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FollowUpError {
    /// The line has another shape.
    #[error(
        "{0:?} doesn't match format \"command[context lines] [selectors]\"; `?` lists the commands"
    )]
    Format(String),
    /// There is no such command.
    #[error("unsupported command {0:?}; `?` lists the commands")]
    Unsupported(String),
    /// The command does not take everything by default.
    #[error("{0} requires specified selectors")]
    NoSelectors(&'static str),
    /// `refine` alone.
    #[error("refine requires a regular expression")]
    NoRegex,
    /// `grep` alone.
    #[error("grep requires a pattern")]
    NoPattern,
    /// A quote in `grep`'s arguments is not closed.
    #[error("a quote is not closed in {0:?}")]
    OpenQuote(String),
    /// The number of lines has more digits than any machine counts.
    #[error("context: {0} lines are too large a number")]
    TooLarge(String),
    /// A word of the command line is not UTF-8.
    #[error("a word that is not UTF-8 can't be part of a command")]
    NotText,
    /// The selectors are none.
    #[error(transparent)]
    Selector(#[from] SelectorError),
}

/// The commands' names, in the order of the help; each one's first letter is its
/// short form.
pub(crate) const NAMES: [&str; 11] =
    ["print", "show", "context", "tree", "delete", "keep", "refine", "files", "grep", "quit", "?"];

/// Questions that can be asked about the name in a row.
pub(crate) const ASKS: [&str; 6] = ["def", "refs", "callers", "callees", "trace", "body"];

/// Commands of kgrep's that a line may begin with, besides those questions.
pub(crate) const COMMANDS: [&str; 9] =
    ["chain", "find", "list", "diff", "exists", "lists", "index", "queries", "config"];
