//! What a name comes to in a tree: what it is there, or that it is nothing, and what that rests on.

use serde::{Deserialize, Serialize};

/// What a name comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The name as it was asked for.
    pub name: String,
    /// What it is.
    pub standing: Standing,
    /// How many rows of the answer define or declare it, the best first.
    pub places: usize,
    /// Whether it is offered to modules.
    pub exported: bool,
    /// The macro whose call makes the best definition.
    pub made_by: Option<String>,
    /// Why what there is doesn't count, where nothing else is there.
    pub elsewhere: Vec<Outside>,
    /// How many lines of text have the name, where nothing that counts defines it.
    pub lines: u64,
    /// The patches that would bring it.
    pub patches: Vec<String>,
    /// What is called nearly so, where it is nothing.
    pub near: Vec<String>,
    /// How many files were looked at, where the text was.
    pub files: u64,
}

impl Verdict {
    /// The most rows for lines of text that have the name.
    pub const MOST_TEXTS: u64 = 100;
}

/// What a name is, the strongest that can be said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It is defined.
    Defined,
    /// It is declared, and no text defines it.
    Declared,
    /// A symbol of Kconfig.
    Symbol,
    /// A field of a structure.
    Field,
    /// A parameter for the boot loader or a module.
    Parameter,
    /// A file.
    File,
    /// It is defined, but not in what the question is about.
    Elsewhere,
    /// Only a patch has it.
    Patch,
    /// Text has it that defines nothing.
    Text,
    /// It is nothing: all was looked at.
    #[default]
    Nothing,
    /// It was not found, but not all could be looked at.
    Unproven,
}

/// Why a definition doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outside {
    /// It is another architecture's.
    Architecture(String),
    /// It is another program's, whose folder this is.
    Program(String),
    /// The configuration in force doesn't build its file.
    NotBuilt {
        /// The line that keeps it out, `path:line`, where that is known.
        line: Option<String>,
        /// What that needs, with its value.
        needs: Vec<String>,
    },
    /// An `#if` around it is off.
    Off,
}

impl Outside {
    /// Whether another one says the same, be it of another file.
    pub fn is_as(&self, other: &Outside) -> bool {
        match (self, other) {
            (Outside::NotBuilt { .. }, Outside::NotBuilt { .. }) => true,
            (one, other) => one == other,
        }
    }
}

impl Standing {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Defined => "defined",
            Standing::Declared => "declared",
            Standing::Symbol => "kconfig",
            Standing::Field => "field",
            Standing::Parameter => "parameter",
            Standing::File => "file",
            Standing::Elsewhere => "elsewhere",
            Standing::Patch => "patch",
            Standing::Text => "text",
            Standing::Nothing => "nothing",
            Standing::Unproven => "unproven",
        }
    }
}
