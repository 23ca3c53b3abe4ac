//! Which file an `#include` means, without knowing the compiler's folders: beside the file,
//! in the tree's own include folders, else the nearest file whose path ends so.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::base::Graph;
use super::builder::FileRecord;
use super::{FileId, Program};
use crate::paths::{after_ups, before, beside, relative};

/// For each file, the numbers of the files it includes with the lines it does so on.
pub(super) type Includes = Vec<Vec<(u32, u32)>>;

/// Resolves the includes of all files, which must be sorted by path.
pub(super) fn resolve_all(files: &[FileRecord]) -> Includes {
    let mut by_name: HashMap<&[u8], Vec<u32>> = HashMap::new();
    for (number, file) in files.iter().enumerate() {
        by_name.entry(base_name(&file.path)).or_default().push(number as u32);
    }
    files
        .par_iter()
        .map(|file| {
            let found = |wanted: &[u8]| {
                let candidates = by_name.get(base_name(wanted))?;
                let path = |number: &u32| (*number, files[*number as usize].path.as_slice());
                nearest(&file.path, wanted, candidates.iter().map(path))
            };
            file.includes.iter().filter_map(|i| Some((found(&i.path)?, i.line))).collect()
        })
        .collect()
}

impl Graph<'_> {
    /// The file that `from` means by an include of the path `wanted`, by the rule that includes are
    /// followed by.
    pub fn included(&self, from: &[u8], wanted: &[u8]) -> Option<&[u8]> {
        let wanted = relative(wanted);
        let named = self.paths().filter(|path| path.ends_with(after_ups(&wanted)));
        nearest(from, &wanted, named.map(|path| (path, path)))
    }

    /// All files that including `files` reads, they among them: what they include, what that
    /// includes, and so on, under any condition.
    pub fn reached(&self, files: impl IntoIterator<Item = FileId>) -> HashSet<FileId> {
        let mut seen = HashSet::new();
        for file in files {
            self.reach(file, &mut seen, |_| {});
        }
        seen
    }

    /// Calls `each` with the files that including `header` reads for the first time.
    pub(super) fn reach(
        &self,
        header: FileId,
        seen: &mut HashSet<FileId>,
        mut each: impl FnMut(FileId),
    ) {
        let mut open = vec![header];
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            each(next);
            match next.past(self.base_files()) {
                Some(index) => open.extend(self.overlay.reads(index)),
                None => {
                    let now = |file| self.overlay.current(file, self.base_files());
                    open.extend(self.base_includes(next).map(now));
                }
            }
        }
    }

    /// The includes of one program's files that may mean another program's: which file has them, and
    /// what they include. Only their text tells whether they do: a file that is made when the kernel
    /// is built may be meant by the same name.
    pub fn includes_across(&self, program: Program) -> Vec<(FileId, FileId)> {
        let is_own = |file: &FileId| self.place(*file).program == program;
        let own = self.paths().filter_map(|path| self.file(path)).filter(is_own);
        let across = own.flat_map(|file| {
            let included = self.includes_of(file).into_iter();
            included.filter(|target| !is_own(target)).map(move |target| (file, target))
        });
        across.collect()
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or(path)
}

/// How many files of the same name are looked at for one include.
const CANDIDATES: usize = 256;

/// Of the files that are called as the end of `wanted`, in path order, the one that `from` means
/// by it. `wanted` must be as [`relative`] makes it.
pub(super) fn nearest<'p, T>(
    from: &[u8],
    wanted: &[u8],
    candidates: impl Iterator<Item = (T, &'p [u8])>,
) -> Option<T> {
    let folder = &from[..from.len() - base_name(from).len()];
    let exact = beside(from, wanted);
    let wanted = after_ups(wanted);
    let rank = |path: &[u8]| {
        let before = &path[..path.len() - wanted.len()];
        let is_beside = path == exact;
        let public = matches!(before, b"include/" | b"include/uapi/");
        let shared = before.iter().zip(folder).take_while(|(a, b)| a == b).count();
        (is_beside, public, shared, std::cmp::Reverse(before.len()))
    };
    let fitting = candidates.take(CANDIDATES).filter(|(_, path)| before(path, wanted).is_some());
    fitting.max_by_key(|(_, path)| rank(path)).map(|(file, _)| file)
}
