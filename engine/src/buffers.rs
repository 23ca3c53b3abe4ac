//! What an editor has open: files as the editor has them, saved or not. A question that is asked with
//! them sees them instead of what is on the disk; none of it is kept.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kgrep_index::graph::Overlaid;
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{FileOutline, Language, outline};

use crate::files::read;

/// Open files by their full paths. Cheap to clone; what a clone has stays as it is.
#[derive(Clone, Default)]
pub struct Buffers(Arc<BTreeMap<PathBuf, Arc<Buffer>>>);

/// An open file.
struct Buffer {
    bytes: Vec<u8>,
    /// Its outline, by the path that it was made for: a file may be seen from two roots.
    outline: OnceLock<(Vec<u8>, FileOutline)>,
}

impl Buffers {
    /// These files, by their full paths.
    pub fn of(files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>) -> Buffers {
        let buffer = |bytes| Arc::new(Buffer { bytes, outline: OnceLock::new() });
        Buffers(Arc::new(files.into_iter().map(|(path, bytes)| (path, buffer(bytes))).collect()))
    }

    /// The same with the file at `path` holding `bytes`.
    #[must_use]
    pub fn with(&self, path: &Path, bytes: Vec<u8>) -> Buffers {
        let mut all = BTreeMap::clone(&self.0);
        let buffer = Buffer { bytes, outline: OnceLock::new() };
        all.insert(path.to_owned(), Arc::new(buffer));
        Buffers(Arc::new(all))
    }

    /// The same without the file at `path`: it is what the disk has.
    #[must_use]
    pub fn without(&self, path: &Path) -> Buffers {
        let mut all = BTreeMap::clone(&self.0);
        all.remove(path);
        Buffers(Arc::new(all))
    }

    /// Whether these are the same, not only alike.
    pub(crate) fn is(&self, other: &Buffers) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What the file at `path` holds, if it is open.
    pub fn get(&self, path: &Path) -> Option<&[u8]> {
        self.0.get(path).map(|buffer| buffer.bytes.as_slice())
    }

    /// The open files of code below `root`, by their paths from there.
    pub fn below(&self, root: &Path) -> Vec<Vec<u8>> {
        self.code(root).map(|(below, ..)| below).collect()
    }

    /// The outlines of the open files below `root` that are not what the disk has.
    pub(crate) fn outlines(&self, root: &Path, idioms: &Idioms) -> Vec<Overlaid> {
        let unsaved = self.code(root).filter(|(_, full, buffer)| {
            // What can't be read is not there, or not as the editor has it.
            read(full).ok().is_none_or(|bytes| bytes != buffer.bytes)
        });
        let outlined = |(below, _, buffer): (Vec<u8>, &Path, &Buffer)| {
            let found = buffer.outline(&below, idioms);
            (below, Some(found))
        };
        unsaved.map(outlined).collect()
    }

    /// The open files below `root` that have an outline.
    fn code<'b>(&'b self, root: &Path) -> impl Iterator<Item = (Vec<u8>, &'b Path, &'b Buffer)> {
        self.0.iter().filter_map(move |(full, buffer)| {
            let below = full.strip_prefix(root).ok()?.as_os_str().as_bytes();
            Language::of(below)?;
            Some((below.to_vec(), full.as_path(), &**buffer))
        })
    }
}

impl Buffer {
    fn outline(&self, path: &[u8], idioms: &Idioms) -> FileOutline {
        let made = || (path.to_vec(), outline(path, &self.bytes, idioms));
        let (of, found) = self.outline.get_or_init(made);
        if of == path { found.clone() } else { outline(path, &self.bytes, idioms) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_the_disk_is_laid_over() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        std::fs::write(root.join("lamp.c"), "int lamp;\n").unwrap();
        let idioms = Idioms::built_in();
        let saved = Buffers::default().with(&root.join("lamp.c"), b"int lamp;\n".to_vec());
        assert!(saved.outlines(root, &idioms).is_empty());
        let edited = saved.with(&root.join("lamp.c"), b"int lamp, bulb;\n".to_vec());
        let edited = edited.with(&root.join("new.c"), b"int shade;\n".to_vec());
        let edited = edited.with(&root.join("notes.txt"), b"shade\n".to_vec());
        let laid = edited.outlines(root, &idioms);
        let paths: Vec<&[u8]> = laid.iter().map(|(path, _)| path.as_slice()).collect();
        assert_eq!(paths, [&b"lamp.c"[..], b"new.c"]);
        assert_eq!(edited.get(&root.join("new.c")), Some(&b"int shade;\n"[..]));
        assert!(edited.without(&root.join("new.c")).get(&root.join("new.c")).is_none());
        assert!(saved.is(&saved.clone()) && !saved.is(&edited));
    }
}
