//! What the engine answers: rows with typed cells, arrows between definitions, notes, and what
//! the answer rests on. Plain data that can be kept and sent; a face makes text of it.

mod column;
mod how;
mod lines;
mod verdict;

use kgrep_index::graph::Basis;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

pub use column::{Column, Role};
pub use how::{DefinitionKind, How, Via};
pub use lines::Lines;
pub(crate) use lines::below;
pub use verdict::{Outside, Standing, Verdict};

use crate::Note;
use crate::place::Span;

/// An answer. Without rows, its notes say why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What the cells of each row are.
    pub columns: Vec<Column>,
    /// The places that are the answer, in its order.
    pub rows: Vec<Row>,
    /// Whether files are the answer, and no line of theirs is more so than another.
    pub of_files: bool,
    /// The titles of the parts that rows are in.
    pub sections: Vec<Title>,
    /// Who uses whom, where that is the question.
    pub arrows: Vec<Arrow>,
    /// What is to be said besides.
    pub notes: Vec<Note>,
    /// What the answer rests on.
    pub coverage: Coverage,
}

/// Rows of an answer that are handed on while others are looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The answer's columns.
    pub columns: Vec<Column>,
    /// The rows that come next.
    pub rows: Vec<Row>,
    /// Further lines below those of rows, each with the row's place in `rows`: others that say the same
    /// stand there, and come behind it.
    pub further: Vec<(usize, u32)>,
    /// The lines that they are on, the further ones among them, where those are told.
    pub lines: Lines,
    /// What is to be said of their files, where those are told: which can't be read.
    pub notes: Vec<Note>,
}

/// A place in the tree that is part of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The file, below the tree's root.
    #[serde(with = "serde_bytes")]
    pub path: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
    /// First and last line of the definition that the row is about, or that its line is in.
    pub extent: Option<(u32, u32)>,
    /// How deep it is in a tree, from 0.
    pub depth: u16,
    /// The number of its part of the answer.
    pub section: Option<u32>,
    /// The values of the answer's columns.
    pub cells: Vec<Cell>,
    /// The name that stands out in the line.
    #[serde(with = "serde_bytes")]
    pub name: Vec<u8>,
    /// What stands out in the line, where that isn't the name.
    pub spans: Option<Vec<Span>>,
    /// How sure it is.
    pub sure: Sureness,
}

/// How sure a row is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sureness {
    /// The text says so.
    #[default]
    Certain,
    /// What is used may be one of several definitions, and the text doesn't say which.
    OneOfSeveral,
    /// The text doesn't tell whether it is what was asked for, or how it is used.
    Unsure,
    /// So many functions may be behind the field that is called.
    Candidates(u32),
    /// It is a call through a pointer, and its type and reasons enough say so.
    Typed,
    /// The same, with weaker reasons.
    Likely,
    /// The same, with next to none.
    Possible,
}

impl Sureness {
    /// The word for it; none where how a use is made says all, and for a number of candidates.
    pub fn word(self) -> Option<&'static str> {
        match self {
            // That it is a call through a pointer says what it stands on.
            Sureness::Certain | Sureness::Typed | Sureness::Candidates(_) => None,
            Sureness::Likely => Some("likely"),
            Sureness::Possible => Some("possible"),
            Sureness::Unsure => Some("unsure"),
            Sureness::OneOfSeveral => Some("one of several"),
        }
    }
}

impl From<Basis> for Sureness {
    fn from(basis: Basis) -> Sureness {
        match basis {
            Basis::Named => Sureness::Certain,
            Basis::Typed => Sureness::Typed,
            Basis::Likely => Sureness::Likely,
            Basis::Possible | Basis::ByName => Sureness::Possible,
        }
    }
}

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Cell {
    /// Words.
    Text(String),
    /// A name; empty for none.
    Name(String),
    /// A node of a tree.
    Node {
        /// What it is called.
        label: Label,
        /// Where what is below it is shown, if not here.
        elsewhere: Option<Elsewhere>,
    },
    /// What a definition is.
    Kind(DefinitionKind),
    /// What a place says of a name, where that is no definition.
    Is(Standing),
    /// How a use is made.
    How(How),
    /// Where something is defined.
    Defined(Option<Defined>),
}

/// Where else a definition's own steps are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Elsewhere {
    /// In an earlier row.
    Above,
    /// In a later one.
    Below,
}

/// Where something is defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    /// The file of the best definition, below the tree's root.
    #[serde(with = "serde_bytes")]
    pub path: Vec<u8>,
    /// Its line, from 1.
    pub line: u32,
    /// How many other definitions there are.
    pub more: usize,
}

/// What a definition is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Label {
    /// By its name.
    Name(String),
    /// A field that holds functions.
    Slot(Via),
    /// A file, outside of all its definitions.
    File,
    /// The modules that use what is exported.
    Modules,
}

/// A definition at one end of an [`Arrow`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Node {
    /// What it is called.
    pub label: Label,
    /// Its file, below the tree's root; empty where that is not known.
    #[serde(with = "serde_bytes")]
    pub path: Vec<u8>,
    /// Its first line; 0 where that is not known.
    pub line: u32,
    /// It is a macro or a constant.
    pub is_macro: bool,
}

/// One definition uses another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Arrow {
    /// Who uses.
    pub from: Node,
    /// Who is used.
    pub to: Node,
    /// How.
    pub how: How,
    /// How sure that is.
    pub sure: Sureness,
    /// The line on which it is done, in the user's file; 0 where that is not known.
    pub line: u32,
}

/// The title of a part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Title {
    /// As a recipe has it.
    Text(String),
    /// The same, of one of several things that a name is.
    OfKind {
        /// The recipe's name.
        kind: String,
        /// The title.
        title: String,
    },
    /// The functions of a chain, from its start to its end.
    Chain(Vec<String>),
    /// What a name comes to; there may be no row about it.
    Verdict(Verdict),
    /// Of one of several questions: what it is about, and the title of its own part.
    Of {
        /// What it is about.
        name: String,
        /// The part's own title.
        title: Option<Box<Title>>,
    },
}

/// What an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Whether the tree has an index.
    pub indexed: bool,
    /// How many files changed since the tree was indexed, where that was looked at: those were
    /// read as they are now.
    pub changes: Option<u64>,
    /// How many files were searched, where the question is a search.
    pub searched: Option<u64>,
    /// How many rows there are, where not all of them need be in the answer.
    pub total: Option<u64>,
    /// How many files the tree has, where that is known.
    pub files: Option<u64>,
    /// The files that could not be read: what is in them was not looked at.
    pub unread: Vec<ByteBuf>,
    /// The architecture that counts, where not all do.
    pub arch: Option<String>,
    /// Whether a configuration says what counts.
    pub configured: bool,
    /// How many rows the configuration leaves out.
    pub left_out: u64,
}

impl Answer {
    /// What each name comes to that `exists` was asked for, with the rows about it.
    pub fn verdicts(&self) -> Vec<(&Verdict, &[Row])> {
        let mut rest = self.rows.as_slice();
        let titles = self.sections.iter().zip(0u32..);
        let parts = titles.map(|(title, at)| {
            let count = rest.iter().take_while(|row| row.section == Some(at)).count();
            let own;
            (own, rest) = rest.split_at(count);
            (title, own)
        });
        let verdicts = parts.filter_map(|(title, rows)| match title {
            Title::Verdict(verdict) => Some((verdict, rows)),
            _ => None,
        });
        verdicts.collect()
    }

    /// An answer that is only something to say.
    pub fn note(note: Note) -> Answer {
        Answer { notes: vec![note], ..Answer::default() }
    }
}
