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
    /// How a search is done, for those who asked to be told
    /// ([`SearchRequest::explain`](crate::search::SearchRequest::explain)).
    Explanation(String),
}
