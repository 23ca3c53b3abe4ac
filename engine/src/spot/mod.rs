//! Questions about a spot in a file, as somebody asks who reads it in an editor: what the word there
//! means, who calls what it is in, what the file holds. No list is made of the answers, so that they
//! are plain types instead of rows; what is asked of names goes to the same graph and ranking as
//! everywhere, and files are read as the editor has them.

mod brackets;
mod calls;
mod complete;
mod define;
mod fold;
mod hover;
mod implement;
mod links;
mod open;
mod outline;
mod signature;
mod types;
mod uses;
mod word;
mod workspace;

pub use calls::{Call, Callable};
pub use complete::{Completion, Tier};
pub use fold::{Fold, FoldKind};
pub use hover::Hover;
pub use links::Link;
pub use outline::Symbol;
pub use signature::Signature;
pub use uses::{Access, Mention};
pub use workspace::Named;

use crate::place::Span;

/// A place between two letters of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file, below the tree's root.
    pub path: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
    /// Bytes of the line before it.
    pub column: u32,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// The file, below the tree's root.
    pub path: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
    /// Its bytes in that line.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// Where a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where the name stands.
    pub name: Part,
    /// First and last line of what it names.
    pub extent: (u32, u32),
}

impl Part {
    fn new(path: &[u8], line: u32, span: Span) -> Part {
        Part { path: path.to_vec(), line, start: span.start, end: span.end }
    }
}
