//! Files of a tree at hand while an answer is made.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

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
    /// Where those are read that come next, if another thread does.
    coming: Option<Receiver<Vec<Read>>>,
    /// Those that can't be read.
    pub notes: Vec<Note>,
}

impl Sources {
    /// What `work` makes of files that it asks for, each for the first time in the order of
    /// `expected`: others are read while it works with one.
    pub fn ahead<R>(
        &mut self,
        code: &Code,
        expected: Vec<Vec<u8>>,
        work: impl FnOnce(&mut Sources) -> R,
    ) -> R {
        if expected.len() < AHEAD {
            (self.expected, self.begun) = (expected, 0);
            return work(self);
        }
        thread::scope(|scope| {
            let (ready, coming) = mpsc::sync_channel(1);
            let parts: Vec<Vec<Vec<u8>>> = expected.chunks(AHEAD).map(<[_]>::to_vec).collect();
            scope.spawn(move || {
                // Nobody takes it where the work has ended early.
                parts.iter().all(|part| ready.send(read_all(code, part)).is_ok())
            });
            (self.expected, self.begun, self.coming) = (expected, 0, Some(coming));
            let made = work(self);
            self.coming = None;
            made
        })
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
        let mut read = None;
        if rest.first() == next.first() {
            self.begun += next.len();
            read = self.coming.as_ref().and_then(|coming| coming.recv().ok());
        }
        let files = read.unwrap_or_else(|| read_all(code, &next));
        self.read.extend(next.into_iter().zip(files));
    }
}

/// Reads files on all processors.
fn read_all(code: &Code, paths: &[Vec<u8>]) -> Vec<Read> {
    in_parallel(paths, |path| match code.at_hand(path) {
        Ok(file) => (file, None),
        Err(error) => (Arc::default(), Some(code.unreadable(path, &error))),
    })
}
