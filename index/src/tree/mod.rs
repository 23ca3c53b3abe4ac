//! The tree: what is in it, and what changed since it was indexed. What the files say is left to
//! `text`, where a tree begins to `top`.

pub(crate) mod fresh;
pub(crate) mod listing;
pub(crate) mod raw;
pub(crate) mod rules;
pub(crate) mod scope;
