//! The numbers that the graph gives to definitions, files and names: a type for each, so that
//! one is never taken for another, and nobody outside makes up one that the graph doesn't know.

/// A definition's number: those of the sections first, then the overlay's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefId(pub(super) u32);

/// A file's number: the sections' files are in path order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(super) u32);

/// A name's number: the sections' names are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameRef(pub(super) u32);

impl DefId {
    /// As a place in what holds something for each definition.
    pub fn at(self) -> usize {
        self.0 as usize
    }

    /// Which of the overlay's definitions it is, after the sections' `base`.
    pub(super) fn past(self, base: u32) -> Option<u32> {
        self.0.checked_sub(base)
    }
}

impl FileId {
    /// Which of the overlay's files it is, after the sections' `base`.
    pub(super) fn past(self, base: u32) -> Option<u32> {
        self.0.checked_sub(base)
    }

    /// As a place in what holds something for each file.
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

impl NameRef {
    /// Which of the overlay's names it is, after the sections' `base`.
    pub(super) fn past(self, base: u32) -> Option<u32> {
        self.0.checked_sub(base)
    }
}
