//! What of a difference is built by the kernel configuration in force, in either of the trees.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use kgrep_index::configured::Presence;

use crate::configuration::{KconfigChoice, Kernel};
use crate::diff::Sides;
use crate::diff::model::{DiffSet, FileChange};
use crate::{Note, Result};

/// The trees that are compared, under the configuration in force.
#[derive(Default)]
pub struct BuiltSides {
    /// Each with where the side is below the tree's root.
    kernels: Vec<(Kernel, Vec<u8>)>,
    cache: PathBuf,
}

impl BuiltSides {
    /// Those of `sides`, which are read from the folder `base`.
    ///
    /// # Errors
    /// If the configuration is not valid.
    pub fn new(
        sides: &Sides,
        base: &Path,
        choice: &KconfigChoice,
        arch: Option<&str>,
        cache: &Path,
    ) -> Result<BuiltSides> {
        let mut kernels = Vec::new();
        for folder in sides.trees() {
            let folder = base.join(folder);
            let Some(kernel) = Kernel::around(&folder, choice, arch)? else { continue };
            let real = folder.canonicalize().unwrap_or(folder);
            let below = real.strip_prefix(kernel.tree().root()).unwrap_or(Path::new(""));
            let below = below.as_os_str().as_bytes().to_vec();
            kernels.push((kernel, below));
        }
        Ok(BuiltSides { kernels, cache: cache.to_owned() })
    }

    /// What is to be said of the configuration.
    pub fn note(&self) -> Option<Note> {
        self.kernels.first().and_then(|(kernel, _)| kernel.note())
    }

    /// Leaves in `set` the files that are built, and says how many others there were.
    pub fn narrow(&self, set: &mut DiffSet) -> Option<Note> {
        if self.kernels.is_empty() {
            return None;
        }
        let total = set.files.len() as u64;
        set.files.retain(|file| self.has(file));
        let hidden = total - set.files.len() as u64;
        (hidden > 0).then_some(Note::FilesNotBuilt { hidden, total })
    }

    /// Whether a file is built in one of the trees.
    pub fn has(&self, file: &FileChange) -> bool {
        self.kernels.is_empty()
            || self.kernels.iter().any(|(kernel, below)| {
                let slash: &[u8] = if below.is_empty() { b"" } else { b"/" };
                let path = [below, slash, file.name()].concat();
                kernel.configured(&self.cache, None).presence(&path) != Presence::Out
            })
    }
}
