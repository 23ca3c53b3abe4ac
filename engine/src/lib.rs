//! What can be asked about a tree of kernel source, and the answers.
//!
//! This crate stands between the faces (the program `kgrep`: command line and terminal) and
//! [`kgrep_index`], which knows what a tree holds. It searches ([`search`]), answers
//! questions about code ([`code`]), tells everything about a name ([`trace`]) and compares
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

pub mod code;
mod decode;
pub mod diff;
mod error;
pub mod log;
mod note;
pub mod place;
pub mod plain;
pub mod relocate;
pub mod search;
mod snapshot;
pub mod trace;

pub use error::{Error, Result};
pub use note::{Note, NoteSink, Progress, ProgressSink};
pub use snapshot::{Indexed, Snapshot, Workspace};
