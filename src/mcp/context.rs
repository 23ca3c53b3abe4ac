//! The tree that is asked about, and what is in force for one question.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use kgrep_engine::configuration::KconfigChoice;
use kgrep_engine::{Cancel, Note, NoteSink, Progress, ProgressSink};
use kgrep_index::Tree;
use serde_bytes::ByteBuf;

use super::arguments::Common;
use crate::code::Code;
use crate::message;
use crate::notes;
use crate::served::{About, Served};
use crate::session::Session;

/// What all questions share.
pub(super) struct Context {
    served: Served,
}

/// One question: what is said of it, who hears how far it is, and who ends it.
pub(super) struct Hearing {
    notes: Arc<Mutex<Vec<Note>>>,
    progress: ProgressSink,
    cancel: Cancel,
}

impl Context {
    /// The tree around `folder`, with the settings in force.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn new(session: &Session, folder: &Path) -> Result<Context> {
        Ok(Context { served: Served::new(session, folder)? })
    }

    /// The tree.
    pub(super) fn tree(&self) -> &Tree {
        self.served.tree()
    }

    /// The code that a question with these arguments is about.
    ///
    /// # Errors
    /// When the architecture or the configuration is none.
    pub(super) fn code(&self, common: &Common, hearing: &Hearing) -> Result<Code, String> {
        let kconfig = Some(self.kconfig(common)?);
        let (arch, cancel) = (common.arch.as_deref(), hearing.cancel.clone());
        let about = About { arch, kconfig, cancel, ..About::default() };
        let code = self.served.code(about, hearing.sink(), hearing.progress.clone());
        code.map_err(|error| told(&error.into()))
    }

    /// The configuration that is in force.
    ///
    /// # Errors
    /// When the one that is named is not below the tree.
    pub(super) fn kconfig(&self, common: &Common) -> Result<Option<KconfigChoice>, String> {
        Ok(match common.kconfig.as_deref() {
            None => self.served.kconfig(),
            Some("none") => None,
            Some(path) => {
                let path = self.tree().root().join(self.below(path)?);
                Some(KconfigChoice { path, named: true, if_there: false })
            }
        })
    }

    /// Leaves to the index what an answer showed to be needed.
    pub(super) fn freshen(&self, changes: Option<u64>) {
        self.served.freshen(changes);
    }

    /// The folder of the indexes.
    pub(super) fn cache(&self) -> &Path {
        self.served.cache()
    }

    /// What is there at `path`, from the tree's root: nothing else is read.
    ///
    /// # Errors
    /// When it is not below the tree, or not there.
    pub(super) fn below(&self, path: &str) -> Result<PathBuf, String> {
        let root = self.tree().root();
        let full = root.join(path);
        let real = full.canonicalize().map_err(|error| {
            format!("{path}: {}; paths are relative to the tree's top", message::plain(&error))
        })?;
        let below = real.strip_prefix(root).map_err(|_| {
            format!("{path} is outside of the tree, and only the tree is read; give a path in it")
        })?;
        Ok(below.to_owned())
    }

    /// The same, as bytes.
    ///
    /// # Errors
    /// As [`Context::below`].
    pub(super) fn bytes(&self, path: &str) -> Result<ByteBuf, String> {
        Ok(self.below(path)?.into_os_string().into_vec().into())
    }
}

impl Hearing {
    /// `progress` hears of so many files that were read.
    pub(super) fn new(cancel: Cancel, progress: impl Fn(u64) + Send + Sync + 'static) -> Hearing {
        let (notes, read) = (Arc::new(Mutex::new(Vec::new())), AtomicU64::new(0));
        let said = Arc::clone(&notes);
        let sink = move |_: &Tree, step| match step {
            Progress::Read => {
                let read = read.fetch_add(1, Ordering::Relaxed) + 1;
                if read.is_multiple_of(EVERY) {
                    progress(read);
                }
            }
            Progress::Many => {
                let note = Note::Problem(SLOW.to_owned());
                said.lock().unwrap_or_else(PoisonError::into_inner).push(note);
            }
            _ => {}
        };
        Hearing { notes, progress: Arc::new(sink), cancel }
    }

    /// Whether something could not be read or understood.
    pub(super) fn has_problems(&self) -> bool {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.iter().any(|note| matches!(note, Note::Problem(_) | Note::Unreadable { .. }))
    }

    /// Tells whether the answer is still waited for.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Takes notes.
    pub(super) fn sink(&self) -> NoteSink {
        let notes = Arc::clone(&self.notes);
        Arc::new(move |note| notes.lock().unwrap_or_else(PoisonError::into_inner).push(note))
    }

    /// What was said so far, in words, once.
    pub(super) fn said(&self) -> Vec<String> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut said: Vec<String> = notes.drain(..).map(|note| sentence(&note)).collect();
        said.dedup();
        said
    }
}

/// Said where a large tree was read for one answer.
const SLOW: &str = "all of the tree was read for this, and will be for the next question; `kgrep \
                    index` in the tree makes answers immediate";

/// Progress is told after so many files.
const EVERY: u64 = 2000;

/// A note in words.
pub(super) fn sentence(note: &Note) -> String {
    let said = notes::sentence(note);
    said.strip_prefix("note: ").map_or(said.clone(), str::to_owned)
}

/// An error in one line.
pub(super) fn told(error: &anyhow::Error) -> String {
    message::chain(error)
}

/// Bytes as text.
pub(super) fn text(bytes: &[u8]) -> String {
    Path::new(OsStr::from_bytes(bytes)).display().to_string()
}
