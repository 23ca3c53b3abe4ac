//! What a configuration builds: reads a `.config`, Kbuild's Makefiles, Kconfig files and `#if`
//! conditions as text and says of a source file, a symbol or a condition what holds.
//!
//! Nothing of the tree is executed: what only a shell or a compiler could tell is *unknown*.
//! Files are read through [`Files`], so that a revision or an overlay can stand behind it.
//! What to print, and which configuration is meant, is the caller's.
//!
//! - [`Configuration::read`]: the values of a `.config`, and the architecture it is for.
//! - [`built`]: from the top Makefile down to the sources, with the lines that decide.
//! - [`explain`]: for one file, each condition from the top down, failing ones too.
//! - [`includes`]: headers and included `.c` files, through the files that include them.
//! - [`condition`]: an `#if` condition in three values.
//! - [`kconfig`]: symbols, what they depend on, and what keeps one off.

pub mod condition;
mod config;
mod explain;
mod files;
mod folder;
mod includes;
pub mod kconfig;
mod knowledge;
mod make;
mod preprocess;
mod result;
mod tree;

pub use config::{Configuration, NotConfiguration, Value};
pub use explain::{Explanation, explain, symbols_in};
pub use files::{Disk, Files};
pub use includes::{Included, with_includes};
pub use knowledge::Knowledge;
pub(crate) use preprocess::read_of_source;

/// Whether the lines of a source's text are compiled, from each line that is given up to the
/// next: `#if`s under a configuration. `module` says whether the file is part of one.
pub fn arms(
    path: &[u8],
    bytes: &[u8],
    config: &Configuration,
    knowledge: &Knowledge,
    module: Truth,
) -> Vec<(u32, Truth)> {
    let assembly =
        if path.ends_with(b".h") { Truth::Unknown } else { path.ends_with(b".S").into() };
    let defined = &|_: &[u8]| condition::Macro::Unknown;
    let version = None;
    preprocess::arms(
        bytes,
        &condition::Context { config, knowledge, module, assembly, version, defined },
    )
}
pub use result::{Built, Object, State, Step};
pub use tree::built;

/// True, false, or what only a compiler, a shell or another file could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It cannot be decided from the text.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Both; unknown where that decides.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// One of both; unknown where that decides.
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::True } else { Truth::False }
    }
}
