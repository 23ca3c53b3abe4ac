//! Which private files are compiled together. A file that others include (`kernel/sched/rt.c`, `kernel/rcu/tree_nocb.h`)
//! often includes nothing itself: it uses what its includers read before it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::base::Graph;
use super::ids::FileId;

/// For some files those that lead from one to the next, sorted: what each includes, or what includes it.
type Reached = Mutex<HashMap<FileId, Arc<Vec<FileId>>>>;

/// What was found out of who includes whom, as far as it was asked.
#[derive(Default)]
pub(super) struct Units {
    /// The private files that one includes, directly or through others.
    private: Reached,
    /// For each private file that is included, the files that do.
    readers: OnceLock<HashMap<FileId, Vec<FileId>>>,
    /// The files that include a private one, directly or through others.
    units: Reached,
}

impl Graph<'_> {
    /// Whether `file` includes `wanted`, directly or through other private files.
    pub(super) fn includes_privately(&self, file: FileId, wanted: FileId) -> bool {
        self.may_be_included(wanted) && self.private_includes(file).binary_search(&wanted).is_ok()
    }

    /// The private files that `file` includes, directly or through others of them, sorted.
    pub fn private_includes(&self, file: FileId) -> Arc<Vec<FileId>> {
        reached(&self.units.private, file, |file| self.includes_of(file))
    }

    /// Whether a third file includes both, directly or through others, so that `file` may use what `other` has for
    /// itself: `Some(true)` if all that include `file` do.
    pub(super) fn is_read_with(&self, file: FileId, other: FileId) -> Option<bool> {
        // Nearly all are `.c` files that nobody includes.
        if !self.may_be_included(file) || !self.may_be_included(other) {
            return None;
        }
        let (own, others) = (self.units_of(file), self.units_of(other));
        let shared = own.iter().filter(|unit| others.binary_search(unit).is_ok()).count();
        (shared > 0).then_some(shared == own.len())
    }

    /// Whether another file may include this one, as a private file.
    pub(super) fn may_be_included(&self, file: FileId) -> bool {
        !self.is_base(file) || self.included.get(file.at())
    }

    /// The files that are compiled with this one, as they include it, directly or through others; sorted.
    fn units_of(&self, file: FileId) -> Arc<Vec<FileId>> {
        let readers = self.units.readers.get_or_init(|| self.find_readers());
        reached(&self.units.units, file, |file| readers.get(&file).cloned().unwrap_or_default())
    }

    fn find_readers(&self) -> HashMap<FileId, Vec<FileId>> {
        let mut readers: HashMap<FileId, Vec<FileId>> = HashMap::new();
        let files = self.base_files() + self.overlay.files();
        for file in (0..files).map(FileId).filter(|file| !self.overlay.replaces(*file)) {
            for target in self.includes_of(file) {
                readers.entry(target).or_default().push(file);
            }
        }
        readers
    }
}

/// The files that `next` leads to from `file`, step by step.
fn reached(
    known: &Reached,
    file: FileId,
    next: impl Fn(FileId) -> Vec<FileId>,
) -> Arc<Vec<FileId>> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known.entry(file).or_insert_with(|| {
        let mut seen: HashSet<FileId> = HashSet::new();
        let mut open = vec![file];
        while let Some(at) = open.pop() {
            open.extend(next(at).into_iter().filter(|found| seen.insert(*found)));
        }
        let mut all: Vec<FileId> = seen.into_iter().collect();
        all.sort_unstable();
        Arc::new(all)
    });
    Arc::clone(found)
}
