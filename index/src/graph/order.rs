//! One order of names, definitions and files for the sections and what is laid over them: that
//! in which a graph built from nothing would number them. Numbers themselves tell the history.

use std::cmp::Ordering;

use super::base::{DefInfo, Graph};
use super::ids::{DefId, FileId, NameRef};

/// A name's place among all names by their bytes: before which of the sections' names, and
/// among those of the overlay that come there.
pub(super) type NameKey = (u32, u32);

impl Graph<'_> {
    /// The place of a name.
    pub(super) fn name_key(&self, name: NameRef) -> NameKey {
        match name.past(self.names.len()) {
            None => (name.0, u32::MAX),
            Some(index) => (self.overlay.name_place(index), index),
        }
    }

    /// Names by their bytes.
    pub(super) fn compare_names(&self, one: NameRef, other: NameRef) -> Ordering {
        self.name_key(one).cmp(&self.name_key(other))
    }

    /// Definitions by name, path and place in the file.
    fn compare(&self, one: &DefInfo, other: &DefInfo) -> Ordering {
        let by_name = self.compare_names(one.name, other.name);
        by_name.then_with(|| self.compare_files(one.file, other.file)).then(one.id.cmp(&other.id))
    }

    /// Files by path.
    pub(super) fn compare_files(&self, one: FileId, other: FileId) -> Ordering {
        if one == other { Ordering::Equal } else { self.path(one).cmp(self.path(other)) }
    }

    /// Two rows of definitions, each in order, as one.
    pub(super) fn merged<'d>(
        &'d self,
        base: impl Iterator<Item = DefInfo> + 'd,
        overlay: impl Iterator<Item = DefInfo> + 'd,
    ) -> impl Iterator<Item = DefInfo> + 'd {
        let (mut base, mut overlay) = (base.peekable(), overlay.peekable());
        std::iter::from_fn(move || match (base.peek(), overlay.peek()) {
            (Some(one), Some(other)) if self.compare(one, other).is_gt() => overlay.next(),
            (None, _) => overlay.next(),
            _ => base.next(),
        })
    }

    /// Numbers of definitions, each in order, as one row.
    pub(super) fn merged_ids(&self, base: Vec<DefId>, overlay: Vec<DefId>) -> Vec<DefId> {
        if overlay.is_empty() {
            return base;
        }
        let known = |ids: Vec<DefId>| ids.into_iter().filter_map(|id| self.definition(id));
        self.merged(known(base), known(overlay)).map(|definition| definition.id).collect()
    }
}
