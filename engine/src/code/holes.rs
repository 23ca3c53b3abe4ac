//! What a question could not read. It is heard among what is said besides the answer, so that the
//! answer itself can say that it has holes.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Note, NoteSink};

/// The files, below the tree's root, that could not be read.
#[derive(Clone, Default)]
pub(crate) struct Holes(Arc<Mutex<BTreeSet<Vec<u8>>>>);

impl Holes {
    /// Takes notes for `notes`, and remembers which files of the tree at `root` they call
    /// unreadable.
    pub(crate) fn hearing(&self, root: &Path, notes: NoteSink) -> NoteSink {
        let (holes, root) = (self.clone(), root.to_owned());
        Arc::new(move |note| {
            holes.hear(&root, &note);
            notes(note);
        })
    }

    /// Remembers the file, if a note says of one that it could not be read.
    pub(crate) fn hear(&self, root: &Path, note: &Note) {
        if let Note::Unreadable { path, .. } = note {
            let below = path.strip_prefix(root.as_os_str().as_bytes());
            let below = below.and_then(|below| below.strip_prefix(b"/")).unwrap_or(path);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(below.to_vec());
        }
    }

    /// The files, sorted.
    pub(crate) fn paths(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_remembered_below_the_root_and_once() {
        let holes = Holes::default();
        let sink = holes.hearing(Path::new("/tree"), Arc::new(|_| ()));
        let unreadable = |path: &[u8]| Note::Unreadable {
            path: path.to_vec(),
            reason: "it is locked".to_owned(),
        };
        sink(unreadable(b"/tree/lib/lamp.c"));
        sink(unreadable(b"lib/lamp.c"));
        sink(unreadable(b"/treehouse/a.c"));
        sink(Note::Problem("another".to_owned()));
        assert_eq!(holes.paths(), [b"/treehouse/a.c".to_vec(), b"lib/lamp.c".to_vec()]);
    }
}
