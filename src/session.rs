//! What every command works with, and how a command ends. It is below all commands: none is known
//! here.

use std::path::PathBuf;

use kgrep_engine::Cancel;

use crate::list::{Finished, List, Shelf};
use crate::message::tell;
use crate::settings::Settings;

/// How a command ended, when it ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Something was found, or done.
    Found,
    /// Nothing was found.
    Nothing,
    /// Some of it could not be done; what could was.
    Problems,
}

/// What every command works with.
pub(crate) struct Session {
    /// What is in force.
    pub(crate) settings: Settings,
    /// kgrep's cache folder, which need not exist.
    pub(crate) cache: PathBuf,
    /// The kept lists.
    pub(crate) shelf: Shelf,
    /// The words of the command line, for `kgrep lists`.
    pub(crate) command_line: Vec<String>,
    /// Ends what nobody waits for any more.
    pub(crate) cancel: Cancel,
}

impl Session {
    /// Keeps a finished list for follow-ups. One that can't be kept is there for this run, and
    /// it is said why and what helps.
    pub(crate) fn keep(&self, finished: Finished) -> List {
        let (list, kept) = self.shelf.publish(finished);
        if let Err(error) = kept {
            let mut said = format!("the list can't be kept for follow-ups: {error}");
            if !said.contains("set KGREP_CACHE_DIR") {
                said.push_str("; set KGREP_CACHE_DIR to a folder that you can write to");
            }
            tell(said);
        }
        list
    }
}
