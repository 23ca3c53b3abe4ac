//! The two sides of a difference. Paths are kept as they were named, for showing, and read from
//! a folder that relative ones start from, so that a kept request can be asked again.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::Folders;
use super::model::DiffSet;
use super::{git, set, strip};
use crate::Error;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sides {
    /// Two folders.
    Folders {
        /// UPSTREAM.
        #[serde(with = "crate::paths")]
        old: PathBuf,
        /// DISTRO.
        #[serde(with = "crate::paths")]
        new: PathBuf,
    },
    /// A set of patches, and the tree they belong to, where it is known.
    Patches {
        /// The patch, folder, series or spec.
        #[serde(with = "crate::paths")]
        path: PathBuf,
        /// TREE.
        #[serde(with = "crate::paths::optional")]
        on: Option<PathBuf>,
        /// How many leading folders their names carry, where the user knows.
        strip: Option<usize>,
    },
    /// Two revisions of a repository.
    Git {
        /// `REV..REV`.
        range: String,
        /// The top of its working files.
        #[serde(with = "crate::paths")]
        on: PathBuf,
    },
}

impl Sides {
    /// Reads or makes the difference, of two folders only which files differ; `advance` hears of
    /// the files compared so far, and says whether to go on.
    ///
    /// # Errors
    /// When a side can't be read, or there is no need to go on.
    pub fn load(
        &self,
        base: &Path,
        advance: &(dyn Fn(u64) -> bool + Sync),
    ) -> Result<DiffSet, Error> {
        match self {
            Sides::Folders { old, new } => folders(base, old, new).changed(&advance),
            Sides::Patches { path, on, strip: level } => {
                let mut set = set::load(&base.join(path))?;
                if let Some(level) = level {
                    strip::all(&mut set, *level);
                }
                if let Some(on) = on {
                    let root = base.join(on);
                    if level.is_none() {
                        strip::fit(&mut set, &root, on);
                    }
                    strip::tell_missing(&mut set, &root, on);
                }
                Ok(set)
            }
            Sides::Git { range, .. } => git::load(base, range),
        }
    }

    /// The two folders, from which hunks are read when they are needed.
    pub fn folders(&self, base: &Path) -> Option<Folders> {
        let Sides::Folders { old, new } = self else { return None };
        Some(folders(base, old, new))
    }

    /// The folders whose files can be read: the old and the new one, or one.
    pub fn trees(&self) -> Vec<&Path> {
        match self {
            Sides::Folders { old, new } => vec![old, new],
            Sides::Patches { on, .. } => on.iter().map(PathBuf::as_path).collect(),
            Sides::Git { on, .. } => vec![on],
        }
    }
}

fn folders(base: &Path, old: &Path, new: &Path) -> Folders {
    Folders { old: base.join(old), new: base.join(new) }
}

/// A name below a folder, as it is shown: the folder as it was named, without `./`.
pub fn below(folder: &Path, name: &Path) -> PathBuf {
    folder.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>().join(name)
}
