//! What an evaluation read of the tree, and whether that still says the same: a stamp and a
//! digest for each file and each folder's names.
//!
//! Of a source only its preprocessor's lines count, so that an edit of a function's body costs
//! nothing.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::packed::Packed;
use crate::kbuild::{Disk, Files, read_of_source};
use crate::stamp::{Stamp, Start};

/// One file or folder that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Input {
    /// A folder's names were read, not a file.
    pub(super) is_folder: bool,
    /// The index doesn't see its changes: it is looked at each time.
    pub(super) watched: bool,
    /// Of its stamp; 0 where that can't be believed.
    pub(super) stamp: u64,
    /// Of what was read; 0 where there was nothing.
    pub(super) digest: u64,
}

/// All that was read, sorted by path; of a path the folder comes after the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inputs(Packed<Input>);

impl Inputs {
    /// The number of the input of this path and kind.
    fn find(&self, path: &[u8], is_folder: bool) -> Option<usize> {
        self.0.find(|there, input| (there, input.is_folder).cmp(&(path, is_folder)))
    }

    /// Marks what is to be looked at each time.
    pub(super) fn watch(&mut self, wanted: impl Fn(&[u8], Input) -> bool) {
        for at in 0..self.0.len() {
            let Some((path, input)) = self.0.get(at) else { continue };
            let watched = wanted(path, input);
            if let Some(input) = self.0.said_mut(at) {
                input.watched = watched;
            }
        }
    }

    /// Whether all that was read says the same now. `suspects` are the files and folders that
    /// may differ, besides those that are always looked at; without them, all are looked at.
    pub(super) fn are_current(&self, root: &Path, suspects: Option<&[Vec<u8>]>) -> bool {
        let numbers: Vec<usize> = match suspects {
            None => (0..self.0.len()).collect(),
            Some(suspects) => {
                let is_watched = |at: &usize| self.0.get(*at).is_some_and(|(_, i)| i.watched);
                let watched = (0..self.0.len()).filter(is_watched);
                watched.chain(suspects.iter().flat_map(|path| self.touched_by(path))).collect()
            }
        };
        let disk = Disk::new(root.to_owned());
        numbers.par_iter().all(|at| {
            let Some((path, input)) = self.0.get(*at) else { return false };
            // What isn't there has none, and need not be opened to be known as empty.
            let stamp = stamp_of(root, path, None);
            let is_same = if stamp == 0 { input.digest == 0 } else { stamp == input.stamp };
            is_same || input.digest == digest_of(&disk, path, input.is_folder)
        })
    }

    /// The inputs that a change at `path` may change: it, the names of the folders above, and what
    /// was not there below it.
    fn touched_by(&self, path: &[u8]) -> Vec<usize> {
        let mut found: Vec<usize> =
            [false, true].into_iter().filter_map(|folder| self.find(path, folder)).collect();
        let mut folder = path;
        while !folder.is_empty() {
            folder = memchr::memrchr(b'/', folder).map_or(b"", |slash| &folder[..slash]);
            found.extend(self.find(folder, true));
        }
        found.extend(self.missing_below(path));
        found
    }

    /// What was not there below a folder.
    fn missing_below(&self, folder: &[u8]) -> impl Iterator<Item = usize> {
        let mut prefix = folder.to_vec();
        if !folder.is_empty() {
            prefix.push(b'/');
        }
        let start = self.0.first(|path, _| path >= prefix.as_slice());
        let below = (start..self.0.len()).map_while(move |at| {
            let (path, input) = self.0.get(at)?;
            path.starts_with(&prefix).then_some((at, input))
        });
        below.filter(|(_, input)| input.digest == 0).map(|(at, _)| at)
    }
}

/// The tree on disk; what is read of it is written down.
pub(super) struct Recorder {
    root: std::path::PathBuf,
    disk: Disk,
    start: Start,
    read: Mutex<Vec<(Vec<u8>, Input)>>,
}

impl Recorder {
    pub(super) fn new(root: &Path) -> Recorder {
        Recorder {
            root: root.to_owned(),
            disk: Disk::new(root.to_owned()),
            start: Start::now(),
            read: Mutex::default(),
        }
    }

    fn add(&self, path: &[u8], is_folder: bool, stamp: u64, digest: u64) {
        let input = Input { is_folder, watched: false, stamp, digest };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push((path.to_vec(), input));
    }

    /// All that was read.
    pub(super) fn inputs(self) -> Inputs {
        let mut read = self.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        read.par_sort_unstable_by(|(a, x), (b, y)| {
            (a, x.is_folder, x.stamp).cmp(&(b, y.is_folder, y.stamp))
        });
        let mut inputs: Packed<Input> = Packed::default();
        for (path, input) in read {
            let last = inputs.len().checked_sub(1);
            if let Some(last) = last
                && let Some((there, known)) = inputs.get(last)
                && there == path
                && known.is_folder == input.is_folder
            {
                // Two readings that differ: it is being written.
                if (known.digest, known.stamp) != (input.digest, input.stamp)
                    && let Some(known) = inputs.said_mut(last)
                {
                    known.stamp = 0;
                    known.digest =
                        if known.digest == input.digest { known.digest } else { u64::MAX };
                }
                continue;
            }
            inputs.push(&path, input);
        }
        Inputs(inputs)
    }
}

impl Files for Recorder {
    fn read(&self, path: &[u8]) -> Option<Vec<u8>> {
        let read = self.disk.open(path).and_then(|mut file| {
            let meta = file.metadata().ok()?;
            let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
            file.read_to_end(&mut bytes).ok()?;
            Some((stamp(&meta, Some(self.start)), bytes))
        });
        let Some((stamp, bytes)) = read else {
            self.add(path, false, 0, 0);
            return None;
        };
        self.add(path, false, stamp, digest(path, &bytes));
        Some(bytes)
    }

    fn names(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        let stamp = stamp_of(&self.root, folder, Some(self.start));
        let names = self.disk.names(folder);
        self.add(folder, true, stamp, names_digest(&names));
        names
    }
}

/// The digest of a stamp; 0 where there is none, or it may be that of two contents.
fn stamp_of(root: &Path, path: &[u8], start: Option<Start>) -> u64 {
    let meta = std::fs::metadata(root.join(OsStr::from_bytes(path)));
    meta.map_or(0, |meta| stamp(&meta, start))
}

fn stamp(meta: &std::fs::Metadata, start: Option<Start>) -> u64 {
    let stamp = Stamp::of(meta);
    if start.is_some_and(|start| stamp.is_racy(start)) {
        return 0;
    }
    let mut bytes = Vec::with_capacity(Stamp::LEN);
    stamp.put(&mut bytes);
    hashed(&bytes)
}

fn digest_of(disk: &Disk, path: &[u8], is_folder: bool) -> u64 {
    match is_folder {
        true => names_digest(&disk.names(path)),
        false => disk.read(path).map_or(0, |bytes| digest(path, &bytes)),
    }
}

/// The digest of what counts of a file.
fn digest(path: &[u8], bytes: &[u8]) -> u64 {
    let mut digest = Digest::default();
    if !read_of_source(path, bytes, &mut |part| digest.add(part)) {
        digest.add(bytes);
    }
    digest.finish()
}

fn names_digest(names: &[Vec<u8>]) -> u64 {
    if names.is_empty() {
        return 0;
    }
    let mut names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    // What editors leave beside a file is read by nobody.
    names.retain(|name| !name.ends_with(b"~") && !name.ends_with(b".swp"));
    names.sort_unstable();
    let mut digest = Digest::default();
    names.into_iter().for_each(|name| digest.add(name));
    digest.finish()
}

/// A number for bytes, the same in every process.
pub(super) fn hashed(bytes: &[u8]) -> u64 {
    let mut digest = Digest::default();
    digest.add(bytes);
    digest.finish()
}
