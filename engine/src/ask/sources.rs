//! Files of a tree at hand while an answer is made.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Note;
use crate::code::{Code, in_parallel};
use crate::relocate::SourceFile;

/// Files whose text is kept at hand.
const AT_HAND: usize = 256;

/// So many files are read at once, on all processors, where it is known which come next.
const AHEAD: usize = 64;

/// A file that was read, and what is to be said if it could not be.
type Read = (Arc<SourceFile>, Option<Note>);

/// Files of a tree, read once for many places in them.
#[derive(Default)]
pub struct Sources {
    read: HashMap<Vec<u8>, Read>,
    /// The files that will be asked for, in this order.
    expected: Vec<Vec<u8>>,
    /// How many of them were read.
    begun: usize,
    /// Those that can't be read.
    pub notes: Vec<Note>,
}

impl Sources {
    /// Says that these files will be asked for next, each for the first time in this order.
    pub fn expect(&mut self, expected: Vec<Vec<u8>>) {
        (self.expected, self.begun) = (expected, 0);
    }

    /// The file at `path` below the tree's root; an empty one, with a note, when it can't be
    /// read.
    pub fn get(&mut self, code: &Code, path: &[u8]) -> &SourceFile {
        if !self.read.contains_key(path) {
            if self.read.len() >= AT_HAND {
                self.read.clear();
            }
            self.read_from(code, path);
        }
        let (file, note) = self.read.entry(path.to_vec()).or_default();
        self.notes.extend(note.take());
        file
    }

    /// Reads the file at `path`, and those that are expected after it.
    fn read_from(&mut self, code: &Code, path: &[u8]) {
        let rest = self.expected.get(self.begun..).unwrap_or_default();
        let next: Vec<Vec<u8>> = match rest.first() {
            Some(expected) if expected == path => rest.iter().take(AHEAD).cloned().collect(),
            // It was read before.
            _ => vec![path.to_vec()],
        };
        if rest.first() == next.first() {
            self.begun += next.len();
        }
        let files = in_parallel(&next, |path| match code.at_hand(path) {
            Ok(file) => (file, None),
            Err(error) => (Arc::default(), Some(code.unreadable(path, &error))),
        });
        self.read.extend(next.into_iter().zip(files));
    }
}
