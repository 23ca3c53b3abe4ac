//! A file of the index, mapped into memory: the one place of the program with unsafe code.
//! What the bytes mean and whether they are intact is for others.

use std::{fs::OpenOptions, ops::Deref, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

use memmap2::Mmap;
use rustix::fs::OFlags;
use stable_deref_trait::StableDeref;

use crate::Error;

/// A whole file, read-only. It stays readable when the file is unlinked or replaced.
#[derive(Debug)]
pub(crate) struct Map(Mmap);

impl Map {
    /// Maps the file at `path`.
    pub(crate) fn open(path: &Path) -> Result<Map, Error> {
        // A pipe in its place must not make anybody wait, and nothing else can be mapped.
        let flags = OFlags::NONBLOCK.bits() as i32;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
        let file = file.map_err(|e| Error::io(path, e))?;
        if !file.metadata().map_err(|e| Error::io(path, e))?.is_file() {
            return Err(Error::corrupt(path, "it is no file"));
        }
        // SAFETY: the map is only sound while nobody changes or cuts the file. kgrep never
        // writes to a published file: it writes a new one and renames it over the name, so
        // that the old one lives on, unchanged, until the last map of it is gone. The files
        // belong to the user alone (mode 0600 in folders of mode 0700).
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(|e| Error::io(path, e))?;
        Ok(Map(map))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// A map that several share, for whoever keeps slices of it beside it.
#[derive(Clone, Debug)]
pub(crate) struct Shared(pub(crate) Arc<Map>);

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

// SAFETY: the bytes are the mapped file's. They stay where they are when a `Shared` is moved
// or cloned, and the map is not undone before the last one is dropped.
#[allow(unsafe_code)]
unsafe impl StableDeref for Shared {}
