//! A file of the index, mapped into memory: the one place of the program with unsafe code.
//! What the bytes mean and whether they are intact is for others.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read},
    ops::Deref,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    sync::Arc,
};

use memmap2::{Mmap, UncheckedAdvice};
use rustix::fs::OFlags;
use stable_deref_trait::StableDeref;

use crate::Error;

/// A whole file, read-only. It stays readable, and what it is, when the file is unlinked or
/// replaced.
#[derive(Debug)]
pub(crate) struct Map(Bytes);

#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    /// Of a file that another user may write to.
    Copied(Vec<u8>),
}

/// Larger files of other users are not copied.
const LARGEST_COPY: u64 = 1 << 30;

impl Map {
    /// Maps the file at `path`, which is no link. What another user could change or cut while
    /// it is read is copied instead.
    pub(crate) fn open(path: &Path) -> Result<Map, Error> {
        Map::open_at_most(path, LARGEST_COPY)
    }

    fn open_at_most(path: &Path, largest: u64) -> Result<Map, Error> {
        // A pipe in its place must not make anybody wait, and nothing else can be mapped.
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
        let file = file.map_err(|e| Error::io(path, e))?;
        // Of the file that is open, whatever is called so by now.
        let meta = file.metadata().map_err(|e| Error::io(path, e))?;
        if !meta.is_file() {
            return Err(Error::corrupt(path, "it is no file"));
        }
        let me = rustix::process::geteuid().as_raw();
        if ![me, 0].contains(&meta.uid()) || meta.mode() & 0o022 != 0 {
            let mut bytes = Vec::new();
            let read = file.take(largest + 1).read_to_end(&mut bytes);
            read.map_err(|e| Error::io(path, e))?;
            if bytes.len() as u64 > largest {
                return Err(Error::io(path, ErrorKind::FileTooLarge));
            }
            return Ok(Map(Bytes::Copied(bytes)));
        }
        // SAFETY: the map is only sound while nobody changes or cuts the file. Only its owner
        // can, who was just found to be this user or root. kgrep never writes to a published
        // file: it writes a new one and renames it over the name, so that the old one lives
        // on, unchanged, until the last map of it is gone.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(|e| Error::io(path, e))?;
        Ok(Map(Bytes::Mapped(map)))
    }
}

impl Map {
    /// Gives the pages that were read back to the system: what is read again comes from its cache.
    pub(crate) fn release(&self) {
        if let Bytes::Mapped(map) = &self.0 {
            // SAFETY: the map is of a file, shared and never written to, so that pages that are
            // dropped are read again as they were.
            #[allow(unsafe_code)]
            let released = unsafe { map.unchecked_advise(UncheckedAdvice::DontNeed) };
            // It is advice: without it, the pages stay.
            released.unwrap_or_default();
        }
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Mapped(map) => map,
            Bytes::Copied(bytes) => bytes,
        }
    }
}

/// A map that several share, each with slices of it beside it.
#[derive(Clone, Debug)]
pub(crate) struct Shared(pub(crate) Arc<Map>);

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

// SAFETY: the bytes are the mapped file's, or a vector's that is never changed. They stay where
// they are when a `Shared` is moved
// or cloned, and the map is not undone before the last one is dropped.
#[allow(unsafe_code)]
unsafe impl StableDeref for Shared {}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn what_others_may_write_to_is_copied_up_to_a_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text-1");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o620)).unwrap();
        let map = Map::open(&path).unwrap();
        fs::write(&path, "after!").unwrap();
        assert_eq!(&map[..], b"before");
        assert!(Map::open_at_most(&path, 5).is_err());
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert!(Map::open_at_most(&path, 5).is_ok(), "the user's own is mapped");
        let link = dir.path().join("text-2");
        symlink(&path, &link).unwrap();
        assert!(Map::open(&link).is_err());
    }
}
