//! What is in a repository's objects, read by one thread: a folder's entries, and a file's content.

use gix::ObjectId;
use gix::objs::tree::EntryKind;

use super::Repository;
use crate::{Error, Result};

/// The memory that each thread has for objects that others are deltas of.
const DELTAS: usize = 64 << 20;

/// What a folder's entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryIs {
    /// Another folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// A submodule.
    Module,
}

/// An entry of a folder.
#[derive(Debug, Clone)]
pub(crate) struct ObjectEntry {
    /// Its name, which is one of a file.
    pub(crate) name: Vec<u8>,
    /// Its object.
    pub(crate) id: ObjectId,
    /// What it is.
    pub(crate) is: EntryIs,
}

/// One thread's way to a repository's objects.
pub(crate) struct ObjectReader<'a> {
    repository: &'a Repository,
    local: gix::Repository,
    buffer: Vec<u8>,
}

impl Repository {
    /// A way to the objects, for one thread.
    pub(crate) fn reader(&self) -> ObjectReader<'_> {
        let mut local = self.shared.to_thread_local();
        local.object_cache_size(None);
        local.objects.set_pack_cache(|| {
            Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(DELTAS))
        });
        ObjectReader { repository: self, local, buffer: Vec::new() }
    }
}

impl ObjectReader<'_> {
    /// The content of an object.
    ///
    /// # Errors
    /// If it is missing, or can't be read.
    pub(crate) fn read(&mut self, id: ObjectId) -> Result<&[u8]> {
        let mut object =
            self.local.find_object(id).map_err(|error| self.repository.missing(id, &error))?;
        // The repository takes the other buffer back, for the next object.
        std::mem::swap(&mut self.buffer, &mut object.data);
        drop(object);
        Ok(&self.buffer)
    }

    /// Whether the object is there.
    ///
    /// # Errors
    /// That it is missing.
    pub(crate) fn check(&self, id: ObjectId) -> Result<()> {
        match self.local.has_object(id) {
            true => Ok(()),
            false => {
                Err(Error::MissingObject { id: id.to_string(), repository: self.repository.path() })
            }
        }
    }

    /// What is in a folder, in git's order. What a stranger's tree names that is no file's name, or a
    /// repository of its own, is left out.
    ///
    /// # Errors
    /// If the folder's object is missing, or can't be read.
    pub(crate) fn entries(&mut self, id: ObjectId) -> Result<Vec<ObjectEntry>> {
        let bytes = self.read(id)?.to_vec();
        let mut entries = Vec::new();
        for entry in gix::objs::TreeRefIter::from_bytes(&bytes, id.kind()) {
            let entry = entry
                .map_err(|error| Error::Object { id: id.to_string(), reason: error.to_string() })?;
            let name: &[u8] = entry.filename;
            if !is_file_name(name) {
                continue;
            }
            let is = match entry.mode.kind() {
                EntryKind::Tree => EntryIs::Folder,
                EntryKind::Blob | EntryKind::BlobExecutable => EntryIs::File,
                EntryKind::Link => EntryIs::Link,
                EntryKind::Commit => EntryIs::Module,
            };
            entries.push(ObjectEntry { name: name.to_vec(), id: entry.oid.to_owned(), is });
        }
        Ok(entries)
    }
}

/// Whether a tree's entry may be called so: a stranger's tree could name what lies elsewhere, or a
/// repository of its own.
fn is_file_name(name: &[u8]) -> bool {
    !name.is_empty()
        && !name.contains(&b'/')
        && !name.contains(&0)
        && !matches!(name, b"." | b"..")
        && !name.eq_ignore_ascii_case(b".git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_none() {
        for name in ["", ".", "..", ".git", ".GIT", "a/b", "a\0"] {
            assert!(!is_file_name(name.as_bytes()), "{name:?}");
        }
        assert!(is_file_name(b".gitignore") && is_file_name(b"\xff"));
    }
}
