//! A kept result as a file: what it depends on, and what was found. What is damaged, of another
//! tree or of another kgrep counts as not kept.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::inputs::{Inputs, hashed};
use crate::store::trust::{Trust, make_folder, trust};

/// What a file begins with: the format and its version.
const MAGIC: &[u8] = b"kgrep kconfig 3\n";
/// Results that are kept, of all trees; the oldest go.
const MOST: usize = 32;
/// No result is larger.
const LARGEST: u64 = 256 << 20;

/// A result and all that it depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept<T> {
    /// The index's generation, whose changes say what to look at; 0 without one.
    pub(super) generation: u64,
    pub(super) inputs: Inputs,
    pub(super) found: T,
}

impl<T: DeserializeOwned> Kept<T> {
    /// The result of this key for the tree at `root`, if it is kept and whole.
    pub(super) fn open(cache: &Path, root: &Path, key: u64) -> Option<Kept<T>> {
        let folder = folder(cache);
        if !matches!(trust(cache, &folder), Ok(Trust::Own)) {
            return None;
        }
        let bytes = crate::read_at_most(&file(&folder, root, key), LARGEST).ok()?;
        let rest = bytes.strip_prefix(MAGIC)?;
        let (sum, rest) = rest.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*sum) {
            return None;
        }
        type Whole<'a, T> = (u64, &'a serde_bytes::Bytes, u64, Inputs, T);
        let (known, place, generation, inputs, found) =
            postcard::from_bytes::<Whole<'_, T>>(rest).ok()?;
        let same = known == key && place == root.as_os_str().as_bytes();
        same.then_some(Kept { generation, inputs, found })
    }
}

impl<T: Serialize> Kept<T> {
    /// Keeps the result. Where that can't be done, it is evaluated again the next time.
    pub(super) fn keep(&self, cache: &Path, root: &Path, key: u64) {
        let place = serde_bytes::Bytes::new(root.as_os_str().as_bytes());
        let whole = (key, place, self.generation, &self.inputs, &self.found);
        let Ok(bytes) = postcard::to_allocvec(&whole) else { return };
        let folder = folder(cache);
        if make_folder(cache, &folder).is_err() {
            return;
        }
        let path = file(&folder, root, key);
        let new = path.with_extension(format!("new-{}", std::process::id()));
        let write = || {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&new)?;
            file.write_all(MAGIC)?;
            file.write_all(&crc32fast::hash(&bytes).to_le_bytes())?;
            file.write_all(&bytes)?;
            fs::rename(&new, &path)
        };
        if write().is_err() {
            let _ = fs::remove_file(&new);
        }
        prune(&folder);
    }
}

fn folder(cache: &Path) -> PathBuf {
    cache.join("kconfig")
}

fn file(folder: &Path, root: &Path, key: u64) -> PathBuf {
    let tree = hashed(root.as_os_str().as_bytes());
    folder.join(format!("{tree:016x}-{key:016x}"))
}

/// Removes the oldest results where there are too many.
fn prune(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable();
    let surplus = files.len().saturating_sub(MOST);
    for (_, path) in files.into_iter().take(surplus) {
        let _ = fs::remove_file(path);
    }
}
