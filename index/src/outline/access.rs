//! How code gets at a variable or a field, as far as one file tells.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// How code gets at a variable or a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccessKind {
    /// It reads it.
    Read,
    /// It writes it, or a part of it.
    Write,
    /// It does both: `++`, `+=`.
    ReadWrite,
    /// It takes its address: what is done with that is done elsewhere.
    Address,
    /// It says that it is there.
    Declared,
    /// It gives it the value that it begins with.
    Initialised,
}

impl AccessKind {
    /// All kinds, with the words users know them by.
    pub const ALL: [(AccessKind, &'static str); 6] = [
        (AccessKind::Read, "read"),
        (AccessKind::Write, "write"),
        (AccessKind::ReadWrite, "read-write"),
        (AccessKind::Address, "address"),
        (AccessKind::Declared, "declared"),
        (AccessKind::Initialised, "initialised"),
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// Whose the name is that is got at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A name of the file or of others.
    Global,
    /// A name of the function's own.
    Local,
    /// A field of this structure; `inode.i_op` is what its field `i_op` leads to. The first part may
    /// be `~lamp_t`, a type's other name, `=lamp`, a variable of another file, or `()lamp_of`, what a
    /// function or a macro gives.
    Struct(Vec<u8>),
    /// A field of a structure that the file doesn't tell.
    Unknown,
}

/// A use of the name that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The line, from 1.
    pub line: u32,
    /// Where the name begins, in bytes from the file's start.
    pub start: u32,
    /// How it is got at; none where it isn't: `sizeof`.
    pub kind: Option<AccessKind>,
    /// Whether the text is sure of that: of an element, it may be what a pointer points to.
    pub sure: bool,
    /// Whose it is.
    pub owner: Owner,
}

/// What is known besides the text: what macros do with their first argument, what names point to.
#[derive(Deserialize)]
struct Knowledge {
    naming: Vec<String>,
    write: Vec<String>,
    read_write: Vec<String>,
    pointers: HashMap<String, String>,
}

fn knowledge() -> Option<&'static Knowledge> {
    static KNOWN: OnceLock<Option<Knowledge>> = OnceLock::new();
    let text = include_str!("../../queries/access.toml");
    KNOWN.get_or_init(|| toml::from_str(text).ok()).as_ref()
}

/// The structure that a name of every file points to.
pub(super) fn points_to(name: &[u8]) -> Option<&'static str> {
    let name = std::str::from_utf8(name).ok()?;
    knowledge()?.pointers.get(name).map(String::as_str)
}

/// Whether a macro that is told a structure and a field only asks where that is, and doesn't get at it.
pub(super) fn only_names(macro_name: &[u8]) -> bool {
    let has = |part: &String| memchr::memmem::find(macro_name, part.as_bytes()).is_some();
    knowledge().is_some_and(|known| known.naming.iter().any(has))
}

/// What a macro does with its first argument, where it does not only read it.
pub(super) fn written_by(macro_name: &[u8]) -> Option<AccessKind> {
    let known = knowledge()?;
    let has = |names: &[String]| names.iter().any(|name| name.as_bytes() == macro_name);
    match () {
        () if has(&known.write) => Some(AccessKind::Write),
        () if has(&known.read_write) => Some(AccessKind::ReadWrite),
        () => None,
    }
}

/// Whether a `=` stands behind the name on a line: the declaration there has a value.
pub fn is_initialised(bytes: &[u8], line: u32, name: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').nth(line.saturating_sub(1) as usize);
    let line = line.unwrap_or_default();
    memchr::memmem::find(line, name).is_some_and(|at| line[at..].contains(&b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_macros_write_is_known() {
        assert_eq!(written_by(b"WRITE_ONCE"), Some(AccessKind::Write));
        assert_eq!(written_by(b"xchg_none"), None);
        assert_eq!(points_to(b"current"), Some("task_struct"));
        assert!(only_names(b"container_of_const") && only_names(b"rb_entry_safe"));
        assert!(!only_names(b"INTERVAL_TREE_DEFINE"));
    }
}
