//! `kgrep diff --kconfig`: only what is in files that the configuration builds in one of the two
//! trees.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use kgrep_engine::Note;
use kgrep_engine::configuration::Kernel;
use kgrep_index::configured::Presence;

use super::Sides;
use crate::code;
use crate::diff::model::{DiffSet, FileChange};
use crate::notes;
use crate::session::Session;
use crate::settings::Origin;

/// The trees that are compared, under the configuration in force.
#[derive(Default)]
pub(super) struct BuiltSides {
    /// Each with where the side is below the tree's root.
    kernels: Vec<(Kernel, Vec<u8>)>,
    cache: PathBuf,
}

impl BuiltSides {
    /// Those of `sides`, which are read from the folder `base`; none without a configuration.
    ///
    /// # Errors
    /// When it is none, or patches are for no tree that is known.
    pub(super) fn new(sides: &Sides, base: &Path, session: &Session) -> Result<BuiltSides> {
        let setting = &session.settings.kconfig;
        let folders: Vec<&PathBuf> = match sides {
            Sides::Folders { old, new } => vec![old, new],
            Sides::Patches { on, .. } => on.iter().collect(),
            Sides::Git { on, .. } => vec![on],
        };
        if folders.is_empty()
            && setting.value != "none"
            && matches!(setting.origin, Origin::Flag(_))
        {
            bail!("--kconfig is about a tree; --on TREE names the one that the patches are for");
        }
        let mut kernels = Vec::new();
        for folder in folders {
            let folder = base.join(folder);
            let Some(kernel) = code::searched_kernel(session, std::slice::from_ref(&folder))?
            else {
                continue;
            };
            let real = folder.canonicalize().unwrap_or(folder);
            let below = real.strip_prefix(kernel.tree().root()).unwrap_or(Path::new(""));
            let below = below.as_os_str().as_bytes().to_vec();
            kernels.push((kernel, below));
        }
        Ok(BuiltSides { kernels, cache: session.cache.clone() })
    }

    /// Leaves in `set` the files that are built, and says how many others there were.
    pub(super) fn narrow(&self, set: &mut DiffSet) {
        if self.kernels.is_empty() {
            return;
        }
        let total = set.files.len() as u64;
        set.files.retain(|file| self.has(file));
        let hidden = total - set.files.len() as u64;
        if hidden > 0 {
            notes::tell(&Note::FilesNotBuilt { hidden, total });
        }
    }

    /// Whether a file is built in one of the trees.
    pub(super) fn has(&self, file: &FileChange) -> bool {
        self.kernels.is_empty()
            || self.kernels.iter().any(|(kernel, below)| {
                let slash: &[u8] = if below.is_empty() { b"" } else { b"/" };
                let path = [below, slash, file.name()].concat();
                kernel.configured(&self.cache, None).presence(&path) != Presence::Out
            })
    }
}
