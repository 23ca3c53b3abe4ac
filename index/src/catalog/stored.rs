//! The catalog's file, opened: a directory for tantivy that only reads, out of sections whose
//! blocks are checked before they are believed.
//!
//! Tantivy's own directories take a lock to read, and watch for changes. This one is a file
//! that never changes, so it needs neither, and a folder that can't be written to will do.

use std::{io, ops::Range, path::Path, sync::Arc};

use tantivy::{
    Directory, HasLen, SegmentReader,
    directory::{
        FileHandle, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, OpenReadError, OpenWriteError},
    },
};

use super::{table::Table, write};
use crate::{
    Error,
    bytes::{Reader, u32_at},
    graph::guard::{self, Guard, Guarded},
    store::container::{Container, Name},
};

/// The kind of the catalog's file.
pub(super) const KIND: Name = *b"catalog\0";
/// The checksums of the other sections' blocks, in the order of the sections.
pub(super) const SUMS: Name = *b"sums\0\0\0\0";
/// The files that have documents.
pub(super) const FILES: Name = *b"files\0\0\0";
/// Of a catalog over another: the paths of all files that are not what the other says, sorted.
pub(super) const REPLACED: Name = *b"replaced";
/// How many documents each part has.
pub(super) const PARTS: Name = *b"parts\0\0\0";
/// The table of the documents.
pub(super) const TABLE: [Name; 3] = [*b"records\0", *b"starts\0\0", *b"entries\0"];
/// What follows a part's number in the name of the section with tantivy's `meta.json`.
pub(super) const META: &str = "meta";
/// The endings of tantivy's files, and what follows a part's number in their sections' names.
pub(super) const EXTENSIONS: [(&str, &str); 6] = [
    ("term", "term"),
    ("idx", "idx"),
    ("pos", "pos"),
    ("fieldnorm", "norm"),
    ("store", "store"),
    ("fast", "fast"),
];

/// The name of a part's section.
pub(super) fn section(part: usize, what: &str) -> Name {
    let mut name = [0; 8];
    for (to, from) in name.iter_mut().zip(format!("{part}{what}").bytes()) {
        *to = from;
    }
    name
}

/// A section's bytes, checked as they are read.
#[derive(Clone, Debug)]
struct Checked {
    /// The whole file.
    file: OwnedBytes,
    range: Range<usize>,
    guard: Arc<Guard>,
}

impl Checked {
    fn guarded(&self) -> Guarded<'_> {
        Guarded::new(&self.file.as_slice()[self.range.clone()], Some(&self.guard))
    }
}

impl HasLen for Checked {
    fn len(&self) -> usize {
        self.range.len()
    }
}

impl FileHandle for Checked {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        match self.guarded().get(range.clone()) {
            Some(_) => {
                Ok(self.file.slice(self.range.start + range.start..self.range.start + range.end))
            }
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "a damaged block")),
        }
    }
}

/// An open catalog.
pub(crate) struct Stored {
    container: Container,
    sections: Vec<(Name, Checked)>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Stored").field("container", &self.container).finish()
    }
}

impl Stored {
    /// Opens the catalog at `path`, if it is the one with this checksum in its header.
    pub(crate) fn open(path: &Path, checksum: u32) -> Result<Stored, Error> {
        let container = Container::open(path, KIND)?;
        if container.checksum() != checksum {
            return Err(container.corrupt("another file in the catalog's place"));
        }
        let sums = container.bytes(container.checked_section(SUMS)?);
        let mut sums = sums.chunks_exact(4).map(|sum| u32_at(sum, 0));
        let file = container.owned();
        let mut sections = Vec::new();
        for (name, range) in container.sections().filter(|(name, _)| *name != SUMS) {
            let count = range.len().div_ceil(guard::BLOCK);
            let own: Vec<u32> = sums.by_ref().take(count).collect();
            if own.len() != count {
                return Err(container.corrupt("the catalog's checksums"));
            }
            let guard = Arc::new(Guard::new(own));
            sections.push((name, Checked { file: file.clone(), range, guard }));
        }
        Ok(Stored { container, sections })
    }

    /// The file, for checks and figures.
    pub(crate) fn container(&self) -> &Container {
        &self.container
    }

    fn find(&self, name: Name) -> Option<&Checked> {
        self.sections.iter().find(|(known, _)| *known == name).map(|(_, section)| section)
    }

    fn guarded(&self, name: Name) -> Result<Guarded<'_>, Error> {
        let section = self.find(name).map(Checked::guarded);
        section.ok_or_else(|| self.container.corrupt("a section of the catalog is missing"))
    }

    fn bytes(&self, name: Name) -> Result<&[u8], Error> {
        self.guarded(name)?.all().ok_or_else(|| self.container.corrupt("a block of the catalog"))
    }

    /// An error when a part of the catalog that was read is damaged.
    pub(crate) fn soundness(&self) -> Result<(), Error> {
        match self.sections.iter().any(|(_, section)| section.guard.is_damaged()) {
            true => Err(self.container.corrupt("a block of the catalog")),
            false => Ok(()),
        }
    }

    /// The table of the documents.
    pub(super) fn table(&self) -> Result<Table<'_>, Error> {
        let [records, starts, entries] = TABLE.map(|name| self.guarded(name));
        let table = Table::open(records?, starts?, entries?);
        table.ok_or_else(|| self.container.corrupt("a block of the catalog"))
    }

    /// The files that have documents: each with its place's number, sorted by path.
    pub(super) fn files(&self) -> Result<Vec<(u8, &[u8])>, Error> {
        let mut reader = Reader(self.bytes(FILES)?);
        let mut files = Vec::new();
        while !reader.0.is_empty() {
            let file = reader.take(1).and_then(|place| Some((place[0], reader.bytes()?)));
            files.push(file.ok_or_else(|| self.container.corrupt("the catalog's files"))?);
        }
        Ok(files)
    }

    /// The files that are not what the catalog below this one says.
    pub(super) fn replaced(&self) -> Result<Vec<&[u8]>, Error> {
        let mut reader = Reader(self.bytes(REPLACED)?);
        let mut paths = Vec::new();
        while !reader.0.is_empty() {
            let path = reader.bytes();
            paths.push(path.ok_or_else(|| self.container.corrupt("the catalog's files"))?);
        }
        Ok(paths)
    }

    /// The segments, each with the number of its first document.
    pub(super) fn segments(&self) -> Result<Vec<(usize, SegmentReader)>, Error> {
        let mut segments = Vec::new();
        let mut first = 0;
        for (part, count) in self.bytes(PARTS)?.chunks_exact(4).enumerate() {
            let sections: Vec<(&'static str, Checked)> = std::iter::once(META)
                .chain(EXTENSIONS.iter().map(|(_, name)| *name))
                .filter_map(|name| Some((name, self.find(section(part, name))?.clone())))
                .collect();
            let count = u32_at(count, 0);
            let opened = open(Packed(Arc::new(sections))).map_err(|_| self.unreadable())?;
            for segment in opened {
                if segment.max_doc() != count {
                    return Err(self.container.corrupt("the catalog's number of documents"));
                }
                segments.push((first, segment));
            }
            first = write::begins(first + count as usize);
        }
        Ok(segments)
    }

    /// What to say when tantivy can't read a part.
    pub(super) fn unreadable(&self) -> Error {
        self.container.corrupt("the catalog")
    }
}

fn open(directory: Packed) -> tantivy::Result<Vec<SegmentReader>> {
    let index = tantivy::Index::open(directory)?;
    readers(&index)
}

/// The readers of an index's segments, opened without a lock.
pub(super) fn readers(index: &tantivy::Index) -> tantivy::Result<Vec<SegmentReader>> {
    index.searchable_segments()?.iter().map(SegmentReader::open).collect()
}

/// The sections of one part as a directory of tantivy's.
#[derive(Clone, Debug)]
struct Packed(Arc<Vec<(&'static str, Checked)>>);

impl Packed {
    fn find(&self, path: &Path) -> Result<&Checked, OpenReadError> {
        let wanted = if path == Path::new("meta.json") {
            Some(META)
        } else {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let known = EXTENSIONS.iter().find(|(known, _)| Some(*known) == ending);
            known.map(|(_, name)| *name)
        };
        let found = self.0.iter().find(|(name, _)| Some(*name) == wanted);
        found.map(|(_, file)| file).ok_or_else(|| OpenReadError::FileDoesNotExist(path.into()))
    }
}

/// What this directory answers to an attempt to write.
fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "the catalog is only read")
}

impl Directory for Packed {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.find(path)?.clone()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.find(path).is_ok())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let file = self.find(path)?;
        let bytes = file.guarded().all().map(<[u8]>::to_vec);
        bytes.ok_or_else(|| {
            let error = io::Error::new(io::ErrorKind::InvalidData, "a damaged block");
            OpenReadError::wrap_io_error(error, path.into())
        })
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let io_error = Arc::new(read_only());
        Err(DeleteError::IoError { io_error, filepath: path.into() })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.into()))
    }

    fn atomic_write(&self, _path: &Path, _data: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
