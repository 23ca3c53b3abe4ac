//! Files that were read for places in them, at hand when the answer is shown, or when another name is
//! looked for in them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::source::Code;
use crate::files::in_parallel;
use crate::relocate::SourceFile;

/// So many bytes are at hand, and as many of those that were it before: what was needed longer ago
/// is read again.
const MOST: usize = 16 << 20;

/// The files at hand, by their paths below the root.
#[derive(Default)]
pub(super) struct AtHand(Mutex<Known>);

impl AtHand {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Files = HashMap<Vec<u8>, Arc<SourceFile>>;

#[derive(Default)]
struct Known {
    files: Files,
    before: Files,
    size: usize,
}

impl Known {
    fn get(&self, path: &[u8]) -> Option<Arc<SourceFile>> {
        self.files.get(path).or_else(|| self.before.get(path)).cloned()
    }

    fn put(&mut self, path: &[u8], file: Arc<SourceFile>) {
        let size = file.bytes().len();
        if size > MOST {
            return;
        }
        if self.size + size > MOST {
            (self.before, self.size) = (std::mem::take(&mut self.files), 0);
        }
        self.size += size;
        self.files.insert(path.to_vec(), file);
    }
}

impl Code {
    /// As [`Code::lines`], of a file that may be at hand.
    ///
    /// # Errors
    /// As [`Code::lines`].
    pub(crate) fn at_hand(&self, path: &[u8]) -> io::Result<Arc<SourceFile>> {
        if let Some(file) = self.held.known().get(path) {
            return Ok(file);
        }
        let file = Arc::new(self.lines(path)?);
        self.held.known().put(path, Arc::clone(&file));
        Ok(file)
    }

    /// Reads files that will be needed, on all processors. What can't be read is told where it is.
    pub(crate) fn read_ahead(&self, mut paths: Vec<Vec<u8>>) {
        paths.sort_unstable();
        paths.dedup();
        in_parallel(&paths, |path| drop(self.at_hand(path)));
    }
}
