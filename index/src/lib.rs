//! What kgrep knows of a tree: which files it has, which trigrams are in them,
//! and what the code says. Never prints, never reads the command line.
//!
//! How a search uses it, from top to bottom:
//!
//! 1. [`Tree::locate`] finds the tree that a path belongs to.
//! 2. [`Index::open`] opens its index, if it has one.
//! 3. [`Query::from_patterns`] says which trigrams any match must contain, and
//!    [`Index::plan`] which files hold them - or that a scan is as good.
//! 4. [`Index::refresh`] looks which files changed since they were indexed.
//! 5. [`Narrow`] answers, for the walk that lists the files as without an index,
//!    which folders are worth entering and which files are worth reading.
//!
//! Every answer errs on one side only: a file may be searched in vain, but a file that
//! holds a match is never left out.
//!
//! What the code says begins with the outline of each file by itself:
//!
//! ```
//! use kgrep_index::idiom::Idioms;
//! use kgrep_index::outline::{Kind, outline};
//!
//! let text = b"SYSCALL_DEFINE1(dim, int, level)\n{\n\treturn set_level(level);\n}\n";
//! let found = outline(b"kernel/lamp.c", text, &Idioms::built_in());
//! let first = &found.definitions[0];
//! assert_eq!((first.kind, found.name(first.name)), (Kind::Syscall, &b"sys_dim"[..]));
//! assert!(found.uses.iter().any(|used| found.name(used.name) == b"set_level"));
//! ```

mod bits;
mod bounded;
pub mod build;
mod bytes;
pub mod catalog;
pub mod configured;
mod error;
pub mod graph;
pub mod idiom;
mod index;
pub mod kbuild;
mod kind;
pub mod lex;
mod name_hash;
mod narrow;
mod now;
pub mod outline;
mod page_buffer;
mod path_glob;
pub mod paths;
mod program;
mod scratch;
mod shared;
mod stamp;
pub mod store;
mod text;
mod top;
mod tree;
mod versions;

pub use bounded::{read_at_most, read_at_most_into};
pub use error::Error;
pub use index::{Index, Stats};
pub use narrow::{Listing, Narrow};
pub use page_buffer::PageBuffer;
pub use paths::is_below;
pub use shared::SharedGraph;
pub use store::table::State;
pub use text::plan::{Candidates, Plan};
pub use text::query::Query;
pub use text::regex::Flags;
pub use top::Tree;
pub use tree::fresh::Fresh;
pub use tree::scope::Scope;
