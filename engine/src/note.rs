//! What the user should hear besides the answer, as data: faces make sentences of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::plain::Plain;

/// Takes notes while a question is answered, from any thread.
pub type NoteSink = Arc<dyn Fn(Note) + Send + Sync>;

/// Something to say besides the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Note {
    /// The name is a system call's, for which the code has another.
    SystemCall {
        /// What was asked for: `openat`.
        asked: String,
        /// What the code calls it: `sys_openat`.
        entry: String,
    },
    /// A pattern is searched as plain text, since it is no regular expression.
    TakenAsPlain {
        /// The pattern as it was written.
        pattern: String,
        /// Why it is no regular expression.
        why: Plain,
    },
    /// The index can't be used, and the search goes on without it.
    SearchedWithoutIndex {
        /// What is wrong with the index, and which file of it.
        reason: String,
    },
    /// The index can't be used, and all files are read instead.
    ReadWithoutIndex {
        /// What is wrong with the index, and which file of it.
        reason: String,
    },
    /// The index was made with other idioms than those in force, and is not used.
    OtherIdioms,
    /// A file can't be read, and is left out.
    Unreadable {
        /// Its path, below the tree's root or as it was given.
        #[serde(with = "serde_bytes")]
        path: Vec<u8>,
        /// The system's reason.
        reason: String,
    },
    /// The index is another user's: it is read, and not updated.
    OthersIndex {
        /// The user's number.
        user: u32,
    },
    /// How a search is done, for those who asked to be told
    /// ([`SearchRequest::explain`](crate::search::SearchRequest::explain)).
    Explanation(String),
}

impl Note {
    /// Whose the index is, where it is another user's.
    pub fn of_owner(index: &kgrep_index::Index) -> Option<Note> {
        index.other_owner().map(|user| Note::OthersIndex { user })
    }
}

/// Hears how far the reading of a tree is, from any thread.
pub type ProgressSink = Arc<dyn Fn(&kgrep_index::Tree, Progress) + Send + Sync>;

/// A step of a tree's reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another file was listed.
    Listed,
    /// All files are listed; now they are read.
    Reading,
    /// Another file was read.
    Read,
    /// All files were read.
    Done,
}
