//! Files of a tree at hand while an answer is made.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Note;
use crate::code::Code;
use crate::relocate::SourceFile;

/// Files whose text is kept at hand.
const AT_HAND: usize = 256;

/// Files of a tree, read once for many places in them.
#[derive(Default)]
pub struct Sources {
    read: HashMap<Vec<u8>, Arc<SourceFile>>,
    /// Those that can't be read.
    pub notes: Vec<Note>,
}

impl Sources {
    /// The file at `path` below the tree's root; an empty one, with a note, when it can't be
    /// read.
    pub fn get(&mut self, code: &Code, path: &[u8]) -> &SourceFile {
        if self.read.len() >= AT_HAND && !self.read.contains_key(path) {
            self.read.clear();
        }
        let notes = &mut self.notes;
        self.read.entry(path.to_vec()).or_insert_with(|| {
            code.at_hand(path).unwrap_or_else(|error| {
                notes.push(code.unreadable(path, &error));
                Arc::default()
            })
        })
    }
}
