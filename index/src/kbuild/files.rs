//! Where the text comes from: a folder on disk, or whatever else can answer the same two
//! questions. Paths are relative to the top of the tree, without `./`.

use std::{
    ffi::OsStr,
    fs::File,
    io::Read,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

pub(super) use crate::paths::normal;

/// A tree of text.
pub trait Files: Sync {
    /// The bytes of a file; `None` if there is no such file.
    fn read(&self, path: &[u8]) -> Option<Vec<u8>>;

    /// The names in a folder (`""` is the top), folders with a `/` at the end.
    fn names(&self, folder: &[u8]) -> Vec<Vec<u8>>;
}

/// The files of a folder on disk. A link that leads out of it is followed like any other.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The tree whose top is `root`.
    pub fn new(root: PathBuf) -> Disk {
        Disk { root }
    }

    fn path(&self, path: &[u8]) -> PathBuf {
        self.root.join(OsStr::from_bytes(path))
    }

    /// The file at `path`, to be read; none outside of the tree by its own name.
    pub(crate) fn open(&self, path: &[u8]) -> Option<File> {
        if path.first() == Some(&b'/') {
            return None;
        }
        File::open(self.path(path)).ok()
    }
}

impl Files for Disk {
    fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(path)?.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn names(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        let Ok(entries) = std::fs::read_dir(self.path(folder)) else { return Vec::new() };
        let name = |entry: std::fs::DirEntry| {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let mut name = entry.file_name().into_vec();
            name.extend_from_slice(if is_folder { b"/" } else { b"" });
            name
        };
        entries.flatten().map(name).collect()
    }
}

/// `name` below `folder`, in normal form.
pub(super) fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let joined = [folder, b"/", name].concat();
    if is_normal(folder) && is_normal(name) { joined } else { normal(&joined) }
}

/// Whether a path is known to be in normal form; a quick look, not a thorough one.
fn is_normal(path: &[u8]) -> bool {
    let inside = !matches!(path.first(), None | Some(b'/' | b'.')) && path.last() != Some(&b'/');
    inside && !path.windows(2).any(|two| matches!(two, b"//" | b"/."))
}

/// The folder that `path` is in, and its name there.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|b| *b == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn names_below_a_folder_are_in_normal_form() {
        let check = |folder: &str, name: &str, expected: &str| {
            assert_eq!(below(folder.as_bytes(), name.as_bytes()), expected.as_bytes());
        };
        check("a/b", "c.h", "a/b/c.h");
        check("", "c.h", "c.h");
        check("a", "../c//d/./e.h", "c/d/e.h");
        check("a/.", "b/", "a/b");
        check("a", ".hidden", "a/.hidden");
        check("", "../x", "x");
    }
}
