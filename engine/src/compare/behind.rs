//! The patch behind a hunk of a folder comparison, where the distribution's patches are
//! at hand: the one that changes the same lines of the same file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::diff::model::{DiffSet, FileChange, Hunk, Line, Origin, Patch};
use crate::diff::set;

/// Where a distribution's series lies in its tree; `debian` also stands beside a tree
/// that was unpacked from a source package.
const SERIES: [&str; 2] = ["debian/patches/series", "patches/series"];

/// A distribution's patches, to be asked who changed a line.
pub struct Behind {
    set: DiffSet,
    /// The places in [`DiffSet::files`] of what changes the file of a name.
    files: HashMap<Vec<u8>, Vec<usize>>,
}

impl Behind {
    /// The patches at `path`.
    ///
    /// # Errors
    /// If there are no patches at `path`.
    pub fn load(path: &Path) -> Result<Behind, Error> {
        let set = set::load(path)?;
        let mut files: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (at, file) in set.files.iter().enumerate() {
            files.entry(file.name().to_vec()).or_default().push(at);
        }
        Ok(Behind { set, files })
    }

    /// The patches that lie in or beside the tree `distro`.
    pub fn found(distro: &Path) -> Option<Behind> {
        Behind::load(&series_of(distro)?).ok()
    }

    /// The patch that shares most changed lines with a hunk; of several, the last, whose
    /// word stands.
    pub fn patch(&self, file: &FileChange, hunk: Option<&Hunk>) -> Option<&Patch> {
        let files = self.files.get(file.name())?;
        let mut files = files.iter().filter_map(|at| self.set.files.get(*at));
        let Some(hunk) = hunk else {
            return self.set.patches.get(files.next_back()?.patch);
        };
        let wanted: HashSet<(bool, &[u8])> = hunk.lines().filter_map(changed).collect();
        let shared = |other: &FileChange| {
            let lines = other.hunks.iter().flat_map(Hunk::lines).filter_map(changed);
            lines.filter(|line| wanted.contains(line)).count()
        };
        let best = files.map(|other| (shared(other), other)).max_by_key(|(count, _)| *count)?;
        self.set.patches.get(best.1.patch).filter(|_| best.0 > 0)
    }
}

/// The series of patches in or beside the tree `distro`.
pub fn series_of(distro: &Path) -> Option<PathBuf> {
    let beside = distro.canonicalize().ok()?.parent().map(|parent| parent.join(SERIES[0]));
    let mut places: Vec<_> = SERIES.iter().map(|series| distro.join(series)).collect();
    places.extend(beside);
    places.into_iter().find(|place| place.is_file())
}

/// A changed line that says something: whether it was added, and its text.
fn changed(line: Line<'_>) -> Option<(bool, &[u8])> {
    let text = line.text.trim_ascii();
    (line.origin != Origin::Context && text.len() > 1)
        .then_some((line.origin == Origin::Added, text))
}
