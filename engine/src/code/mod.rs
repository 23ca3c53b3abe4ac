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

pub use arch::folder_name;
pub use breadth::{Elsewhere, Step, Tree};
pub use files::{in_parallel, read};
pub use idioms::idioms;
pub use names::{
    Pattern, bare_name, filled_up, meant, named, near, nearest, one_name, system_call, tagged,
    tell_system_call,
};
pub use ranking::Ranking;
pub use source::Code;
pub use words::{EXPORTED, how, is_export, kind_of_definition, receiver};
