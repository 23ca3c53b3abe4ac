//! Bytes that a build has made and needs again only at its end: in a file without a name, so that they
//! take no memory meanwhile. What the disk doesn't take stays in memory.

use std::{
    borrow::Cow,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// A place for such bytes, for many threads; without a file, in memory.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    file: Option<File>,
    end: AtomicU64,
}

/// Where bytes are kept.
#[derive(Debug)]
pub(crate) enum Kept {
    /// In memory.
    Memory(Box<[u8]>),
    /// In the file, with their checksum.
    File { at: u64, length: u32, sum: u32 },
}

impl Default for Kept {
    fn default() -> Kept {
        Kept::Memory(Box::default())
    }
}

impl Scratch {
    /// A new file at `path`, which is a name for a moment only. Where none can be made, in memory.
    pub(crate) fn at(path: &Path) -> Scratch {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(path).ok();
        if file.is_some() {
            // One that is left is removed by the next writer.
            let _ = fs::remove_file(path);
        }
        Scratch { file, end: AtomicU64::new(0) }
    }

    /// Keeps these pieces, which are read one by one.
    pub(crate) fn keep(&self, pieces: &[&[u8]]) -> Vec<Kept> {
        self.write(pieces)
            .unwrap_or_else(|| pieces.iter().map(|piece| Kept::Memory(Box::from(*piece))).collect())
    }

    /// Writes pieces to the file; `None` where it doesn't take them.
    fn write(&self, pieces: &[&[u8]]) -> Option<Vec<Kept>> {
        let file = self.file.as_ref()?;
        let bytes = pieces.concat();
        let mut at = self.end.fetch_add(bytes.len() as u64, Relaxed);
        file.write_all_at(&bytes, at).ok()?;
        let kept = pieces.iter().map(|piece| {
            let length = u32::try_from(piece.len()).ok()?;
            let kept = Kept::File { at, length, sum: crc32fast::hash(piece) };
            at += u64::from(length);
            Some(kept)
        });
        kept.collect()
    }

    /// The bytes again.
    ///
    /// # Errors
    /// When they can't be read, or are not those that were written.
    pub(crate) fn read<'k>(&self, kept: &'k Kept) -> io::Result<Cow<'k, [u8]>> {
        match kept {
            Kept::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Kept::File { length: 0, .. } => Ok(Cow::Borrowed(&[])),
            Kept::File { at, length, sum } => {
                let mut bytes = vec![0; *length as usize];
                let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
                file.read_exact_at(&mut bytes, *at)?;
                match crc32fast::hash(&bytes) == *sum {
                    true => Ok(Cow::Owned(bytes)),
                    false => Err(io::Error::other("the disk has other bytes than were written")),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_from_the_file_and_from_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scratch.tmp");
        for (scratch, in_file) in [(Scratch::at(&path), true), (Scratch::default(), false)] {
            assert!(!path.exists());
            let pieces = [&b"one"[..], b"", b"another"];
            let mut kept = scratch.keep(&pieces);
            kept.extend(scratch.keep(&pieces));
            assert!(kept.iter().all(|kept| matches!(kept, Kept::File { .. }) == in_file));
            let read = kept.iter().map(|kept| scratch.read(kept).unwrap().into_owned());
            assert_eq!(read.collect::<Vec<_>>().concat(), b"oneanotheroneanother");
        }
    }

    #[test]
    fn a_file_that_says_something_else_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::at(&folder.path().join("scratch.tmp"));
        let kept = scratch.keep(&[b"bytes"]).remove(0);
        let file = scratch.file.as_ref().unwrap();
        file.write_all_at(b"B", 0).unwrap();
        assert!(scratch.read(&kept).is_err());
        file.set_len(2).unwrap();
        assert!(scratch.read(&kept).is_err());
    }

    #[test]
    fn where_no_file_can_be_made_memory_takes_it() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("scratch.tmp");
        fs::write(&taken, "another's").unwrap();
        let scratch = Scratch::at(&taken);
        let kept = scratch.keep(&[b"bytes"]);
        assert_eq!(&*scratch.read(&kept[0]).unwrap(), b"bytes");
        assert_eq!(fs::read(&taken).unwrap(), b"another's");
    }
}
