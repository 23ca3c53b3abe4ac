//! What one file says: its definitions, what each uses, and what it includes.
//!
//! One pass over the file's bytes, for any bytes. Whether `foo(x)` calls a function or
//! uses a macro, and whether a name passed on is a function, needs the whole tree: here
//! they are candidates, and `graph` decides.

mod access;
mod c;
mod called;
pub mod formats;
mod kconfig;
mod mentions;
mod names;
mod rust;
mod types;

pub use access::{Access, AccessKind, Owner, is_initialised};
pub(crate) use c::expand;
pub use c::expand::written_out;
pub use c::head::declares_behind;
pub(crate) use c::template::Template;
pub(crate) use c::twins::TWINS;
pub use c::words::is_reserved;
pub use called::{KnownCaller, calls};
pub use mentions::{Mentioned, lines_with, mentions, uses};

pub use crate::kind::Kind;
pub use names::{NO_NAME, NameId, Names};
pub use types::{
    Definition, FileOutline, Flags, Include, Instance, Invocation, InvocationKind, Maker, NOWHERE,
    Use, UseKind,
};

use crate::idiom::Idioms;

/// The largest file that is outlined, in bytes. No source that anyone has written is larger;
/// what is left out is said (see `docs/limits.md`).
pub const LARGEST: u64 = 64 << 20;

/// How a file is read, from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C and its headers, linker scripts' headers too.
    C,
    /// Assembler that goes through the preprocessor.
    Assembler,
    /// Kconfig files.
    Kconfig,
    /// Rust.
    Rust,
}

impl Language {
    /// The language of the file at `path`, if it is one that has an outline.
    pub fn of(path: &[u8]) -> Option<Self> {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        if name.starts_with(b"Kconfig") {
            return Some(Language::Kconfig);
        }
        let dot = memchr::memrchr(b'.', name)?;
        match &name[dot + 1..] {
            b"c" | b"h" | b"inc" => Some(Language::C),
            b"S" | b"s" => Some(Language::Assembler),
            b"rs" => Some(Language::Rust),
            _ => None,
        }
    }
}

/// The outline of the file at `path` (relative to the tree) that holds `bytes`.
///
/// A file of a language without outlines has an empty one. Takes time linear in the
/// number of bytes, whatever they are.
pub fn outline(path: &[u8], bytes: &[u8], idioms: &Idioms) -> FileOutline {
    let mut found = FileOutline::default();
    match Language::of(path) {
        Some(Language::C) => c::read(path, bytes, idioms, &mut found),
        Some(Language::Assembler) => c::read_assembler(bytes, idioms, &mut found),
        Some(Language::Kconfig) => kconfig::read(bytes, &mut found),
        Some(Language::Rust) => rust::read(bytes, &mut found),
        None => {}
    }
    found
}

/// The `#if`s around each of some lines of the file at `path` that holds `bytes`, as one
/// condition each: what the outline's definitions have as their guards. Empty where there are
/// none, and in languages without.
pub fn guards(path: &[u8], bytes: &[u8], lines: &[u32]) -> Vec<Vec<u8>> {
    match Language::of(path) {
        Some(Language::C | Language::Assembler) => c::guards(bytes, lines),
        _ => vec![Vec::new(); lines.len()],
    }
}

#[cfg(test)]
mod tests;
