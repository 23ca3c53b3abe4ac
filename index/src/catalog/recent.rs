//! `recent-N`: the documents of the files that changed since the catalog was written. An update
//! replaces this file only; a question puts them into a segment in memory.

use std::{collections::BTreeMap, path::Path};

use super::document::Document;
use crate::{
    Error,
    bytes::{Reader, put_bytes, put_u32},
    store::container::{self, Container, Name, Section},
};

/// The kind of the file.
const KIND: Name = *b"recent\0\0";
/// The files and their documents.
const ENTRIES: Name = *b"entries\0";

/// Encoded documents by path; `None` for a file that is gone.
pub(crate) type Recent = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The documents of a file as bytes.
pub(crate) fn encode(documents: &[Document]) -> Vec<u8> {
    postcard::to_allocvec(documents).expect("writing plain data to memory can't fail")
}

/// The documents in these bytes.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Document>> {
    postcard::from_bytes(bytes).ok()
}

/// Writes the file and returns its header's checksum.
pub(crate) fn write(path: &Path, recent: &Recent) -> Result<u32, Error> {
    let mut entries = Vec::new();
    for (path, documents) in recent {
        put_bytes(&mut entries, path);
        put_u32(&mut entries, u32::from(documents.is_some()));
        put_bytes(&mut entries, documents.as_deref().unwrap_or_default());
    }
    container::write(path, KIND, &[Section { name: ENTRIES, pieces: vec![&entries] }])
}

/// Opens the file, if it is the one with this checksum in its header.
pub(crate) fn open(path: &Path, checksum: u32) -> Result<Container, Error> {
    let container = Container::open(path, KIND)?;
    match container.checksum() == checksum {
        true => Ok(container),
        false => Err(container.corrupt("another file in the place of the recent documents")),
    }
}

/// Reads the file, checked as a whole.
pub(crate) fn read(container: &Container) -> Result<Recent, Error> {
    let entries = container.bytes(container.checked_section(ENTRIES)?);
    let mut reader = Reader(entries);
    let mut recent = Recent::new();
    while !reader.0.is_empty() {
        let mut next = || {
            let path = reader.bytes()?.to_vec();
            let present = reader.u32()? != 0;
            let documents = reader.bytes()?;
            Some((path, present.then(|| documents.to_vec())))
        };
        let (path, documents) = next().ok_or_else(|| container.corrupt("entries"))?;
        recent.insert(path, documents);
    }
    Ok(recent)
}
