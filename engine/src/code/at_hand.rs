//! Files that were read for places in them, at hand when the answer is shown, or when another name is
//! looked for in them.

use std::collections::HashMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::source::Code;
use crate::excerpt::{Excerpt, WHOLE};
use crate::files::{Scratch, in_parallel};
use crate::relocate::SourceFile;

/// The most bytes that are at hand, and again of those that were it before: what was needed longer ago
/// is read again.
const MOST: usize = 16 << 20;

/// About how many bytes an entry takes besides its text.
const ENTRY: usize = 256;

/// The files at hand, by their paths below the root, and memory to read others into.
#[derive(Default)]
pub(super) struct AtHand {
    known: Mutex<Known>,
    pub(super) scratch: Scratch,
}

impl AtHand {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Files = HashMap<Vec<u8>, Excerpt>;

#[derive(Default)]
struct Known {
    files: Files,
    before: Files,
    size: usize,
}

impl Known {
    fn get(&self, path: &[u8], lines: &RangeInclusive<u64>) -> Option<Excerpt> {
        let found = [&self.files, &self.before].into_iter().filter_map(|files| files.get(path));
        found.into_iter().find(|excerpt| excerpt.covers(lines)).cloned()
    }

    fn put(&mut self, path: &[u8], excerpt: Excerpt) {
        let size = excerpt.text().bytes().len() + path.len() + ENTRY;
        if size > MOST {
            return;
        }
        if self.size + size > MOST {
            (self.before, self.size) = (std::mem::take(&mut self.files), 0);
        }
        self.size += size;
        self.files.insert(path.to_vec(), excerpt);
    }
}

impl Code {
    /// As [`Code::lines`], of a file that may be at hand.
    ///
    /// # Errors
    /// As [`Code::lines`].
    pub(crate) fn at_hand(&self, path: &[u8]) -> io::Result<Arc<SourceFile>> {
        self.excerpt(path, &WHOLE).map(|excerpt| Arc::clone(excerpt.text()))
    }

    /// These lines of a file that may be at hand, if not more of it.
    ///
    /// # Errors
    /// As [`Code::lines`].
    pub(crate) fn excerpt(&self, path: &[u8], lines: &RangeInclusive<u64>) -> io::Result<Excerpt> {
        if let Some(excerpt) = self.excerpt_at_hand(path, lines) {
            return Ok(excerpt);
        }
        let read = if *lines == WHOLE {
            Excerpt::whole(self.lines(path)?)
        } else {
            self.with_text(path, |bytes| Excerpt::of(bytes, lines.clone()))?
        };
        self.held.known().put(path, read.clone());
        Ok(read)
    }

    /// These lines of a file, where they are at hand.
    pub(crate) fn excerpt_at_hand(
        &self,
        path: &[u8],
        lines: &RangeInclusive<u64>,
    ) -> Option<Excerpt> {
        self.held.known().get(path, lines)
    }

    /// Has these lines of a file at hand that the tree lacks, as a revision has it.
    pub(crate) fn hold(&self, path: &[u8], bytes: &[u8], lines: RangeInclusive<u64>) {
        self.held.known().put(path, Excerpt::of(bytes, lines));
    }

    /// Reads lines of files that will be needed, on all processors. What can't be read is told where it
    /// is.
    pub(crate) fn read_ahead(&self, wanted: &[(Vec<u8>, RangeInclusive<u64>)]) {
        in_parallel(wanted, |(path, lines)| drop(self.excerpt(path, lines)));
    }
}
