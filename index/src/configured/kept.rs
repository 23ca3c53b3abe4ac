//! A kept result as a file: what it depends on, and each file's state. What is damaged, of
//! another tree or of another kgrep counts as not kept.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::inputs::{Inputs, hashed};
use crate::kbuild::State;
use crate::store::trust::{Trust, make_folder, trust};

/// What a file begins with: the format and its version.
const MAGIC: &[u8] = b"kgrep kconfig 1\n";
/// Results that are kept, of all trees; the oldest go.
const MOST: usize = 16;
/// No result is larger.
const LARGEST: u64 = 256 << 20;

/// A result and all that it depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// The index's generation, whose changes say what to look at; 0 without one.
    pub(super) generation: u64,
    pub(super) inputs: Inputs,
    pub(super) files: Files,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Built {
    No,
    Unknown,
    Program,
    /// A part of the module of this number.
    Module(u32),
    In,
}

/// Each file's state, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Files {
    /// Where each path ends, and what becomes of the file.
    all: Vec<(u32, Built)>,
    #[serde(with = "serde_bytes")]
    paths: Vec<u8>,
    modules: Vec<serde_bytes::ByteBuf>,
}

impl Files {
    /// Of these states, sorted by path.
    pub(super) fn of(states: &[(&[u8], State)]) -> Files {
        let mut files = Files::default();
        let mut numbers = std::collections::HashMap::new();
        for (path, state) in states {
            let built = match state {
                State::No => Built::No,
                State::Unknown => Built::Unknown,
                State::Program(_) => Built::Program,
                State::BuiltIn => Built::In,
                State::Module(name) => {
                    let next = files.modules.len() as u32;
                    let number = *numbers.entry(name.as_slice()).or_insert(next);
                    if number == next {
                        files.modules.push(name.clone().into());
                    }
                    Built::Module(number)
                }
            };
            files.paths.extend_from_slice(path);
            files.all.push((files.paths.len() as u32, built));
        }
        files
    }

    fn get(&self, at: usize) -> Option<(&[u8], Built)> {
        let (end, built) = *self.all.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.all.get(before));
        let start = before.map_or(0, |(end, _)| *end as usize);
        Some((self.paths.get(start..end as usize)?, built))
    }

    /// What becomes of the file at `path`.
    pub(super) fn state(&self, path: &[u8]) -> Option<Built> {
        let (mut low, mut high) = (0, self.all.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let (there, built) = self.get(middle)?;
            match there.cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(built),
            }
        }
        None
    }

    /// The same, looked for from `at` on, where the path before was found or would be.
    pub(super) fn state_from(&self, at: &mut usize, path: &[u8]) -> Option<Built> {
        let behind = at.checked_sub(1).and_then(|before| self.get(before));
        if behind.is_some_and(|(there, _)| there >= path) {
            return self.state(path);
        }
        while let Some((there, built)) = self.get(*at).filter(|(there, _)| *there <= path) {
            *at += 1;
            if there == path {
                return Some(built);
            }
        }
        None
    }

    /// The files that become part of the kernel, with the module's name if it is one's.
    pub(super) fn built(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        (0..self.all.len()).filter_map(|at| match self.get(at)? {
            (path, Built::In) => Some((path, None)),
            (path, Built::Module(number)) => {
                Some((path, Some(self.modules.get(number as usize)?.as_slice())))
            }
            _ => None,
        })
    }
}

impl Kept {
    /// The result of this key for the tree at `root`, if it is kept and whole.
    pub(super) fn open(cache: &Path, root: &Path, key: u64) -> Option<Kept> {
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
        type Whole<'a> = (u64, &'a serde_bytes::Bytes, u64, Inputs, Files);
        let (known, place, generation, inputs, files) =
            postcard::from_bytes::<Whole<'_>>(rest).ok()?;
        let same = known == key && place == root.as_os_str().as_bytes();
        same.then_some(Kept { generation, inputs, files })
    }

    /// Keeps the result. Where that can't be done, it is evaluated again the next time.
    pub(super) fn keep(&self, cache: &Path, root: &Path, key: u64) {
        let place = serde_bytes::Bytes::new(root.as_os_str().as_bytes());
        let whole = (key, place, self.generation, &self.inputs, &self.files);
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
