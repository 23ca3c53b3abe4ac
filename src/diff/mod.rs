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

pub(crate) mod apply;
pub(crate) mod context;
pub(crate) mod error;
pub(crate) mod exists;
pub(crate) mod filter;
pub(crate) mod folder;
pub(crate) mod git;
pub(crate) mod group;
pub(crate) mod kinds;
pub(crate) mod lines;
pub(crate) mod locate;
pub(crate) mod maintainers;
pub(crate) mod model;
pub(crate) mod parse;
pub(crate) mod set;
pub(crate) mod stat;
pub(crate) mod strip;
pub(crate) mod write;

#[cfg(test)]
mod tests;
