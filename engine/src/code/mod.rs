//! What a question about code needs before a command can answer it: the tree's graph,
//! the architecture that is meant, and words for what was found.
//!
//! Commands ask the graph themselves and make a list of the answer; what a file says is
//! read by the library.

mod arch;
mod arguments;
mod at_hand;
mod breadth;
pub(crate) mod declared;
mod distance;
mod documented;
mod expansion;
pub(crate) mod holders;
mod holes;
mod line;
pub(crate) mod members;
mod names;
mod plain_macros;
mod ranking;
mod seen;
mod source;
mod words;

pub use crate::answer::Elsewhere;
pub use crate::excerpt::ByLine;
pub use crate::files::{Scratch, in_order, in_parallel, read};
pub use arch::{ArchChoice, architectures, folder_name};
pub use arguments::{arguments, split_arguments};
pub use breadth::{Step, Tree};
pub use distance::Distance;
pub use documented::documented;
pub use expansion::Expansion;
pub use line::{Word, maker, name_line, word_in};
pub use names::{
    Pattern, bare_name, filled_up, named, near, nearest, one_name, system_call, tagged,
};
pub use plain_macros::says_nothing;
pub use ranking::Ranking;
pub use seen::{SameMeaning, leave_seen, sees};
pub use source::{Code, Setup};
pub use words::{export_of, how, is_export, kind_of_definition};
