//! Files that were read for places in them, at hand for whoever shows the answer, or asks about another
//! name in them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::source::Code;
use crate::files::in_parallel;
use crate::relocate::SourceFile;

/// So many bytes are at hand, at most: what comes then is read again where it is needed again.
const MOST: usize = 32 << 20;

/// The files at hand, by their paths below the root.
#[derive(Default)]
pub(super) struct AtHand(Mutex<Known>);

#[derive(Default)]
struct Known {
    files: HashMap<Vec<u8>, Arc<SourceFile>>,
    size: usize,
}

impl Code {
    /// As [`Code::lines`], of a file that may be at hand.
    ///
    /// # Errors
    /// As [`Code::lines`].
    pub(crate) fn at_hand(&self, path: &[u8]) -> io::Result<Arc<SourceFile>> {
        let known = || self.held.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known().files.get(path) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(self.lines(path)?);
        let (mut known, size) = (known(), file.bytes().len());
        if known.size + size <= MOST {
            known.size += size;
            known.files.insert(path.to_vec(), Arc::clone(&file));
        }
        Ok(file)
    }

    /// Reads files that will be needed, on all processors. What can't be read is told where it is.
    pub(crate) fn read_ahead(&self, mut paths: Vec<Vec<u8>>) {
        paths.sort_unstable();
        paths.dedup();
        in_parallel(&paths, |path| drop(self.at_hand(path)));
    }
}
