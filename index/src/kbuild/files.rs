//! Where the text comes from: a folder on disk, or whatever else can answer the same two
//! questions. Paths are relative to the top of the tree, without `./`.

use std::{
    ffi::OsStr,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

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
}

impl Files for Disk {
    fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        if path.first() == Some(&b'/') {
            return None;
        }
        std::fs::read(self.path(path)).ok()
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

/// `path` without `.`, `..` and doubled slashes; what would leave the tree is cut off.
pub(super) fn normal(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    kept.join(&b'/')
}

/// `name` below `folder`, in normal form.
pub(super) fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    normal(&[folder, b"/", name].concat())
}

/// The folder that `path` is in, and its name there.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|b| *b == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}
