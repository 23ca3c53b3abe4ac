//! What a distribution's kernel does differently: patches and folders as hunks.
//!
//! This module reads, compares, locates and classifies; it prints nothing and keeps no
//! list. The command `kgrep diff` (in `commands/`) turns its entries into matches.
//!
//! ```text
//! patch file, mbox, folder, series, spec ─► set ──┐
//! two folders ──────────────────────────► folder ─┼─► DiffSet ─► entries
//! git:REV..REV ─────────────────────────► git ────┘      │
//!     context · locate · apply · kinds · group · stat · write
//! ```

pub mod apply;
pub mod context;
pub mod filter;
pub mod folder;
pub mod git;
pub mod group;
pub mod kinds;
pub mod lines;
pub mod locate;
mod macros;
pub mod maintainers;
pub mod model;
pub mod parse;
pub mod set;
mod sides;
pub mod stat;
pub mod strip;
pub mod write;

pub use sides::{Sides, below};

#[cfg(test)]
mod tests;
