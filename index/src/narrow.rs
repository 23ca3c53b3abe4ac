//! The index's answer to a walk: which folders are worth entering, which files worth reading.
//! The walk itself, with its order, ignore rules and flags, is the caller's and stays as it
//! is without an index; it only asks here before it goes on (`WalkBuilder::filter_entry`).

use rayon::prelude::*;

use crate::{
    Candidates, Fresh, Index, Scope, State,
    bits::Bits,
    paths::{in_order, join, split},
    store::table::{IGNORED, OPAQUE},
    tree::rules::is_hidden,
};

/// What a walk may list beyond what ripgrep lists without flags. When in doubt, true: it
/// costs a few folders that are entered in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Files that the default ignore rules leave out: with `-g`, `--no-ignore` and its kin,
    /// `--ignore-file`, `-u`.
    pub ignored: bool,
    /// Files behind symbolic links: with `-L`.
    pub links: bool,
}

/// A filter for a walk over an indexed tree.
#[derive(Clone, Debug)]
pub struct Narrow {
    index: Index,
    files: Bits,
    folders: Bits,
    candidates: usize,
    /// The files of `files` that are there, unless only a walk can tell.
    present: Option<Bits>,
}

impl Narrow {
    /// The filter that lets through what can match, and what changed.
    pub fn new(index: &Index, candidates: &Candidates, fresh: &Fresh, listing: Listing) -> Narrow {
        let view = index.table();
        let mut files = candidates.files.clone();
        files.or(&fresh.changed_files);
        // A link may be in the place of what is gone.
        files.or(&fresh.removed_files);
        // What is wrong with a rule file is said by a walk that enters its folder.
        let enters_all = fresh.rules_changed || fresh.rules_broken;
        let mut folders = match enters_all {
            true => Bits::full(view.folders()),
            false => fresh.entered_folders.clone(),
        };
        if listing.links {
            folders.or(&fresh.link_folders);
        }
        let ignored_too = listing.ignored || fresh.rules_changed;
        let Candidates { scope, located, .. } = candidates;
        files.or(&located.unindexed);
        if ignored_too {
            files.or(&located.ignored);
        }
        // Ignored files are not listed; those that are after all, are searched.
        let entered = if ignored_too { files.clone() } else { files.without(&located.ignored) };
        files.or(&located.ignored);
        let mut count = 0;
        // Parents come before their folders, so that backwards a folder is done before its
        // parent hears of it.
        let whole = scope.is_whole();
        for at in (0..view.folders()).rev() {
            let folder = view.folder(at);
            if !whole && !scope.holds(folder.path().to_bytes()) {
                continue;
            }
            let read = entered.members(folder.file_range()).count();
            count += read;
            let may_hold = folder.has(OPAQUE) && (ignored_too || !folder.has(IGNORED));
            if read > 0 || may_hold || folders.get(at) {
                folders.set(at);
                folders.set(folder.parent);
            }
        }
        let needs_walk = fresh.needs_walk || enters_all || ignored_too || listing.links;
        let present = (!needs_walk).then(|| files.without(&fresh.removed_files));
        Narrow { index: index.clone(), files, folders, candidates: count, present }
    }

    /// What a walk with this filter from the folder `start` would list, in its order (by
    /// name in each folder), relative to the tree's root - without walking, as far as that
    /// is known: `None` asks for the walk. Holds for ripgrep's default rules, with or
    /// without `--hidden`; file types and depth are for the caller to filter.
    pub fn list(&self, start: &[u8], hidden: bool) -> Option<Vec<Vec<u8>>> {
        let take = |paths: &mut Vec<Vec<u8>>, folder: &[u8], name: &[u8]| {
            paths.push(join(folder, name));
        };
        let mut paths: Vec<_> = self.gather(start, hidden, take)?.into_iter().flatten().collect();
        paths.par_sort_unstable_by(|one, other| in_order(one, other));
        Some(paths)
    }

    /// How many files [`Narrow::list`] has of the whole tree, and in its order the paths of those whose
    /// name is `wanted`: the others' paths are not made.
    pub fn pick(
        &self,
        hidden: bool,
        wanted: impl Fn(&[u8]) -> bool + Sync,
    ) -> Option<(usize, Vec<Vec<u8>>)> {
        let take = |(count, paths): &mut (usize, Vec<Vec<u8>>), folder: &[u8], name: &[u8]| {
            *count += 1;
            if wanted(name) {
                paths.push(join(folder, name));
            }
        };
        let (counts, paths): (Vec<usize>, Vec<_>) =
            self.gather(b"", hidden, take)?.into_iter().unzip();
        let mut paths: Vec<_> = paths.into_iter().flatten().collect();
        paths.sort_unstable_by(|one, other| in_order(one, other));
        Some((counts.iter().sum(), paths))
    }

    /// What `take` makes of folder and name of every file that [`Narrow::list`] has, in the table's
    /// order: several parts, made on all processors.
    fn gather<T: Default + Send>(
        &self,
        start: &[u8],
        hidden: bool,
        take: impl Fn(&mut T, &[u8], &[u8]) + Sync,
    ) -> Option<Vec<T>> {
        const FOLDERS: usize = 256;
        let view = self.index.table();
        let present = self.present.as_ref()?;
        let scope = Scope::below([start]);
        // What is hidden is so from the root; a walk that starts in a hidden folder differs.
        if is_hidden(start) || view.folder(view.find_folder(start)?).has(OPAQUE) {
            return None;
        }
        let parts: Vec<usize> = (0..view.folders()).step_by(FOLDERS).collect();
        let part = |first: &usize| {
            let mut part = T::default();
            for at in *first..view.folders().min(first + FOLDERS) {
                let folder = view.folder(at);
                let path = folder.path().to_bytes();
                if !scope.holds(path) {
                    continue;
                }
                if folder.has(OPAQUE) {
                    // What is inside of `.git` is hidden; what can't be read is to be reported.
                    if !folder.has(IGNORED) && (hidden || split(path).1 != b".git") {
                        return None;
                    }
                    continue;
                }
                for number in present.members(folder.file_range()) {
                    let file = view.file(&folder, number);
                    if file.state != State::Ignored && (hidden || !file.hidden) {
                        take(&mut part, path, file.name.to_bytes());
                    }
                }
            }
            Some(part)
        };
        parts.par_iter().map(part).collect()
    }

    /// How many of the files that the index knows will be read.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// Whether there may be something to search below the folder `path` (relative to the
    /// tree's root, without `.` and `..`).
    pub fn dir(&self, path: &[u8]) -> bool {
        let view = self.index.table();
        match view.find_folder(path) {
            Some(at) => self.folders.get(at) || view.folder(at).has(OPAQUE),
            None => true,
        }
    }

    /// Whether the file `path` (relative to the tree's root, without `.` and `..`) may match.
    pub fn file(&self, path: &[u8]) -> bool {
        let view = self.index.table();
        let (folder, name) = split(path);
        let Some(folder) = view.find_folder(folder).map(|at| view.folder(at)) else {
            return true;
        };
        view.find_file(&folder, name).is_none_or(|number| self.files.get(number))
    }
}
