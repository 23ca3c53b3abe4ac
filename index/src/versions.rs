//! What is stored was derived by rules that change: a number for each, counted up with every change,
//! so that what others derived is made anew.

/// What an outline or the graph says of the same text.
pub(crate) const OUTLINE: u32 = 27;

/// What the catalog has of the same text.
pub(crate) const CATALOG: u32 = 5;
