//! The graph of a tree: every definition by name, and who uses whom.
//!
//! [`Builder`] takes the outlines of all files and makes [`Sections`] of bytes; [`Graph`]
//! reads these, checked at every step, and lays the outlines of changed files over them.
//! Edges are kept by name: which definition a name means is decided when it is asked
//! ([`resolve`](Graph::resolve)), so that a changed file counts at once everywhere.

mod ask;
mod base;
mod basis;
mod builder;
mod bytes;
mod chain;
mod definitions;
mod deflate;
mod edges;
mod export;
mod filter;
mod formats;
mod forward;
pub(crate) mod guard;
mod handed;
mod holders;
mod ids;
mod include;
mod instances;
mod interner;
pub(crate) mod kept;
mod kept_bytes;
mod known;
mod known_uses;
mod laid;
mod layer;
mod made;
mod names;
mod narrowed;
mod nearness;
mod numbers;
mod order;
mod overlay;
mod packed;
mod place;
mod pointees;
mod record;
mod regain;
mod remade;
mod resolve;
mod rows;
mod shard;
mod slots;
mod spared;
pub(crate) mod stored;
mod tables;
mod unchanged;
mod undecided;
mod units;
mod uses;
pub(crate) mod verdicts;
mod write;

pub use crate::program::Program;
pub use ask::{Callee, Caller, Link, LinkKind};
pub use base::{DefInfo, Edge, Graph};
pub use basis::{Basis, leave_possible};
pub use builder::{Batch, Builder};
pub use chain::{Chain, ChainOptions, Chains, Hop, Possible, SearchEnd};
pub use export::EdgeRow;
pub use ids::{DefId, FileId, NameRef};
pub use known_uses::{Extent, FileDefinitions, KnownUses};
pub use place::Place;
pub(crate) use regain::Changed;
pub use regain::{Overlaid, TooMany};
pub use resolve::{Arch, Meaning};

/// The graph as bytes, to be stored and mapped into memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// All names.
    pub names: Vec<u8>,
    /// Definitions by name.
    pub definitions: Vec<u8>,
    /// The uses in each definition.
    pub edges: Vec<u8>,
    /// For each name the definitions that use it.
    pub users: Vec<u8>,
    /// Paths and includes.
    pub files: Vec<u8>,
    /// Which files have uses that were no edges when the graph was built, and might become some.
    pub undecided: Vec<u8>,
    /// What each file says of printing.
    pub formats: Vec<u8>,
}

impl Sections {
    /// The sections with the names to store them by.
    pub fn named(&self) -> [(&'static str, &[u8]); 7] {
        [
            ("graph.names", &self.names),
            ("graph.definitions", &self.definitions),
            ("graph.edges", &self.edges),
            ("graph.users", &self.users),
            ("graph.files", &self.files),
            ("graph.undecided", &self.undecided),
            ("graph.formats", &self.formats),
        ]
    }
}

/// A section that does not hold together: the index is to be built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the index's section {0} is damaged")]
pub struct Damaged(pub &'static str);

#[cfg(test)]
mod tests;
