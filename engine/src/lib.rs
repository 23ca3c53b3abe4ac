//! What can be asked about a tree of kernel source, and the answers.
//!
//! This crate stands between the faces (the program `kgrep`: command line and terminal) and
//! [`kgrep_index`], which knows what a tree holds. It searches ([`search`]), answers
//! questions about code ([`code`]), says what a `.config` builds ([`configuration`]), tells everything about a name ([`trace`]) and compares
//! trees and patches ([`diff`]).
//!
//! A [`Workspace`] is what a process has: its cache folder and what macros mean. Of it comes a
//! [`Snapshot`], a tree at one moment, which many threads may ask.
//!
//! It knows no terminal: it prints nothing, reads no environment variable and no current
//! folder, and parses no command line. What a user should hear besides the answer is a
//! [`Note`], and what went wrong is an [`Error`]; a face makes sentences of both. Folders and
//! files are named by paths that the face has made absolute, or that it opens itself.
//!
//! ```
//! use kgrep_engine::plain::{Plain, taken_as_plain};
//!
//! // What is pasted from C code is meant as plain text.
//! assert_eq!(taken_as_plain("kmem_cache_alloc("), Some(Plain::Open));
//! assert_eq!(taken_as_plain("kmem_cache_[a-z]+"), None);
//! ```

mod answer;
mod ask;
mod buffers;
mod cancel;
pub mod code;
pub mod compare;
pub mod configuration;
mod decode;
pub mod diff;
mod error;
mod excerpt;
mod files;
pub mod fleet;
pub mod history;
pub mod kinds;
pub mod left_out;
pub mod log;
mod note;
mod paths;
pub mod place;
pub mod plain;
mod recipes;
pub mod relocate;
pub mod request;
pub mod revision;
pub mod search;
pub mod sink;
mod snapshot;
pub mod spot;
pub mod trace;

pub use answer::{
    Answer, Arrow, Cell, Column, Coverage, Defined, DefinitionKind, Found, How, Label, Lines, Node,
    Outside, Role, Row, Standing, Sureness, Title, Verdict, Via,
};
pub use ask::{Around, LOG_COLUMNS, LogRow, LogRows, Seeker, Sought, Sources, Words, complete};
pub use buffers::Buffers;
pub use cancel::Cancel;
pub use error::{Error, Result};
pub use note::{ChainEnd, Note, NoteSink, Progress, ProgressSink, Proof};
pub use request::Request;
pub use snapshot::{Indexed, RecipeFolders, Snapshot, Workspace};
