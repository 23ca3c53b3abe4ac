//! What a question about code needs before a command can answer it: the tree's graph,
//! the architecture that is meant, the user's idioms, and words for what was found.
//!
//! Commands ask the graph themselves and make a list of the answer; what a file says is
//! read by the library.

mod arch;
mod breadth;
mod files;
mod idioms;
mod names;
mod ranking;
mod source;
mod words;

pub(crate) use arch::folder_name;
pub(crate) use breadth::{Elsewhere, Step, Tree};
pub(crate) use files::{in_parallel, read};
pub(crate) use idioms::idioms;
pub(crate) use names::{
    Pattern, bare_name, filled_up, meant, named, near, nearest, one_name, system_call, tagged,
    tell_system_call,
};
pub(crate) use ranking::Ranking;
pub(crate) use source::Code;
pub(crate) use words::{EXPORTED, how, is_export, kind_of_definition, receiver};
