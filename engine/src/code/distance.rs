//! How far a file is from the core of the kernel that a question is about: of lines that say the same of
//! a name, those of the core are meant before a driver's.

use kgrep_index::catalog::{Reach, reach};
use kgrep_index::graph::Place;

use super::Code;

/// How far away a file is, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// The kernel's core, or its part for the architecture.
    Core,
    /// A subsystem.
    Subsystem,
    /// A driver, a test, or what is beside the kernel.
    Beside,
    /// Another architecture's.
    Elsewhere,
}

impl Code {
    /// How far away a file is, by its path below the tree's root.
    pub fn distance(&self, path: &[u8]) -> Distance {
        let place = Place::of(path);
        match reach(path) {
            _ if !self.arch.has(place) => Distance::Elsewhere,
            Reach::Core => Distance::Core,
            _ if place.arch > 0 => Distance::Core,
            Reach::Subsystem => Distance::Subsystem,
            Reach::Beside => Distance::Beside,
        }
    }
}
