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
//! - `includes`: headers and included `.c` files, through the files that include them.
//! - [`condition`]: an `#if` condition in three values.
//! - [`Compiled`]: which lines of a file are compiled, and which uses on them.
//! - [`kconfig`]: symbols, what they depend on, and what keeps one off.

mod brackets;
mod branches;
pub mod condition;
mod config;
mod defines;
mod explain;
mod files;
mod folder;
mod includes;
pub mod kconfig;
mod knowledge;
mod lines;
mod make;
mod never;
mod preprocess;
mod quotes;
mod result;
mod tree;

use branches::Dropped;
pub use config::{Configuration, NotConfiguration, Value};
pub use defines::Defines;
pub use explain::{Explanation, explain, explain_all, symbols_in};
pub use files::{Disk, Files};
pub use includes::with_includes;
pub use knowledge::Knowledge;
pub(crate) use knowledge::fingerprint;
pub(crate) use never::{is_for_assembler, never_holds};
pub(crate) use preprocess::read_of_source;

/// What of one file a configuration compiles: the arms of `#if`s, and branches in functions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// From each line on whether the lines are compiled, in order.
    arms: Vec<(u32, Truth)>,
    dropped: Dropped,
}

impl Compiled {
    /// Of a source's text. `module` says whether the file is part of one, `defines` what its
    /// Makefile defines.
    pub fn of(
        path: &[u8],
        bytes: &[u8],
        config: &Configuration,
        knowledge: &Knowledge,
        module: Truth,
        defines: &[(&[u8], &[u8])],
    ) -> Compiled {
        let assembly =
            if path.ends_with(b".h") { Truth::Unknown } else { path.ends_with(b".S").into() };
        let defined = &|name: &[u8]| condition::defined(defines, name);
        let version = config.version();
        let context = condition::Context { config, knowledge, module, assembly, version, defined };
        let arms = preprocess::arms(bytes, &context);
        let dropped = branches::dropped(bytes, &arms, &context);
        Compiled { arms, dropped }
    }

    /// Whether a line is in no arm that is off.
    pub fn has(&self, line: u32) -> bool {
        let at = self.arms.partition_point(|(first, _)| *first <= line);
        let arm = at.checked_sub(1).and_then(|at| self.arms.get(at));
        arm.is_none_or(|(_, now)| *now != Truth::False)
    }

    /// The first line of a definition, which extends over `lines` of `bytes`, with a use of `name`
    /// that is on.
    pub fn line_with(&self, bytes: &[u8], lines: (u32, u32), name: &[u8]) -> Option<u32> {
        let (first, last) = lines;
        let mut ends = memchr::memchr_iter(b'\n', bytes).map(|end| end + 1);
        let start = match first.checked_sub(2) {
            Some(before) => ends.nth(before as usize)?,
            None => 0,
        };
        let end = ends.nth(last.saturating_sub(first) as usize).unwrap_or(bytes.len());
        let found = branches::lines_with(bytes.get(start..end)?, first.max(1), name);
        found.into_iter().find(|line| self.uses(*line, name))
    }

    /// Whether the use of `name` on a line is in no arm and no branch that is off.
    pub fn uses(&self, line: u32, name: &[u8]) -> bool {
        self.has(line) && !self.dropped.has(line, name)
    }
}
pub use result::{Built, Object, State, Step};
pub use tree::built;

/// True, false, or what only a compiler, a shell or another file could tell.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
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
