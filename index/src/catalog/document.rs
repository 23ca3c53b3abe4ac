//! What the catalog lists: one document for each thing that a person would look for.

use serde::{Deserialize, Serialize};

use crate::outline;

/// A name with more bytes is cut: nobody reads it, and each question's answers are compared by
/// their names.
const LONGEST_NAME: usize = 1024;

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A definition in the code.
    Symbol(outline::Kind),
    /// A section of the documentation.
    Section,
    /// A Kconfig entry.
    Config,
    /// A boot parameter, as the documentation lists it.
    Param,
    /// An entry of MAINTAINERS.
    Maintainer,
    /// A source file, with the comment that it begins with.
    File,
}

/// The kinds that are no symbol's, as numbers on disk and as words.
const OTHERS: [(Kind, u8, &str); 5] = [
    (Kind::Section, 24, "doc"),
    (Kind::Config, 25, "config"),
    (Kind::Param, 26, "param"),
    (Kind::Maintainer, 27, "maintainer"),
    (Kind::File, 28, "file"),
];

impl Kind {
    /// How many numbers there are: five bits.
    pub(crate) const NUMBERS: usize = 32;

    /// The kind's number on disk.
    pub(crate) fn number(self) -> u8 {
        match self {
            Kind::Symbol(kind) => kind as u8,
            other => OTHERS.iter().find(|(kind, ..)| *kind == other).map_or(31, |known| known.1),
        }
    }

    /// The kind of a number read from disk.
    pub(crate) fn from_number(number: u8) -> Option<Kind> {
        match OTHERS.iter().find(|(_, known, _)| *known == number) {
            Some((kind, ..)) => Some(*kind),
            None => outline::Kind::from_number(number).map(Kind::Symbol),
        }
    }

    /// The word for it, as answers show it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Symbol(kind) => kind.name(),
            other => OTHERS.iter().find(|(kind, ..)| *kind == other).map_or("", |known| known.2),
        }
    }

    /// What a name of this kind says besides that it is of this kind: `pivot_root` of
    /// `sys_pivot_root`, `EXT4_FS` of `CONFIG_EXT4_FS`, `quiet` of `quiet=`.
    pub fn bare_name(self, name: &str) -> &str {
        let before = match self {
            Kind::Symbol(outline::Kind::Syscall) => "sys_",
            Kind::Symbol(outline::Kind::Tracepoint) => "trace_",
            Kind::Config => "CONFIG_",
            Kind::Param => return name.trim_end_matches('='),
            _ => "",
        };
        name.strip_prefix(before).unwrap_or(name)
    }

    /// The class that `--kind` chooses by: `symbol`, `doc`, `config`, `param`, `maintainer`
    /// or `file`.
    pub fn class(self) -> &'static str {
        match self {
            Kind::Symbol(_) => "symbol",
            other => other.name(),
        }
    }
}

/// A document before it is indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    /// A symbol, a parameter with its `=`, a path of headings, a title.
    pub(crate) name: String,
    /// What stands out besides the name: a prompt, the summary of a kernel-doc comment.
    pub(crate) head: String,
    /// The prose: comment, section, help text.
    pub(crate) text: String,
    /// The line it is at, from 1.
    pub(crate) line: u32,
    /// How many lines before that belong to it: the comment above a definition.
    pub(crate) above: u32,
    /// How many lines after that belong to it.
    pub(crate) below: u32,
}

impl Document {
    /// A document without text.
    pub(crate) fn new(kind: Kind, name: &[u8], line: u32) -> Document {
        Document {
            kind,
            name: cut(name),
            head: String::new(),
            text: String::new(),
            line,
            above: 0,
            below: 0,
        }
    }
}

/// The text of a name, as far as it is not too long.
fn cut(name: &[u8]) -> String {
    let mut name = String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]).into_owned();
    if name.len() >= LONGEST_NAME {
        // The cut may be inside of a character.
        name.truncate(name.trim_end_matches('\u{fffd}').len());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_lacks_what_macros_and_lists_add() {
        let bare = |kind, name| Kind::bare_name(kind, name).to_owned();
        assert_eq!(bare(Kind::Symbol(outline::Kind::Syscall), "sys_pivot_root"), "pivot_root");
        assert_eq!(
            bare(Kind::Symbol(outline::Kind::Tracepoint), "trace_sched_switch"),
            "sched_switch"
        );
        assert_eq!(bare(Kind::Symbol(outline::Kind::Function), "sys_fillrect"), "sys_fillrect");
        assert_eq!(bare(Kind::Config, "CONFIG_EXT4_FS"), "EXT4_FS");
        assert_eq!(bare(Kind::Param, "crashkernel="), "crashkernel");
    }

    #[test]
    fn kinds_keep_their_numbers() {
        for number in 0..Kind::NUMBERS as u8 {
            if let Some(kind) = Kind::from_number(number) {
                assert_eq!(kind.number(), number);
                assert!(!kind.name().is_empty() && !kind.class().is_empty());
            }
        }
        assert!(OTHERS.iter().all(|(kind, number, _)| Kind::from_number(*number) == Some(*kind)));
    }
}
