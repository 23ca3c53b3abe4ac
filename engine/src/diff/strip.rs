//! How many leading folders of a patch's names the tree doesn't have: `patch -pN`.
//!
//! A patch's own names tell one level (`a/` and `b/`). Where none of its files lies so in
//! the tree that it belongs to, the level is found as `patch` finds it without `-p`: by
//! which names exist. What was assumed is noted, and so is what is not in the tree.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use bstr::ByteSlice;

use super::locate::{self, Lines};
use super::model::{DiffSet, FileChange, FileOp, Problem};
use super::parse::strip;
use crate::files::read;

/// Takes `level` folders off the names as the patch gives them; false, and nothing is
/// done, where a name has fewer.
pub fn restrip(file: &mut FileChange, level: usize) -> bool {
    let Some((old, new)) = names_at(file, level) else { return false };
    (file.old, file.new) = (old, new);
    true
}

/// The old and the new name.
type Names = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The old and the new name with `level` folders taken off.
fn names_at(file: &FileChange, level: usize) -> Option<Names> {
    let at = |name: &Option<Vec<u8>>| match name {
        Some(name) => strip(name, level).map(|name| Some(name.to_vec())),
        None => Some(None),
    };
    Some((at(&file.given.0)?, at(&file.given.1)?))
}

/// Takes `level` folders off all names of a set, as the user asked.
pub fn all(set: &mut DiffSet, level: usize) {
    for file in &mut set.files {
        if !restrip(file, level) {
            let name = file.given.1.as_ref().or(file.given.0.as_ref());
            let name = name.map(|name| name.as_bstr().to_string()).unwrap_or_default();
            let what = format!("{name} has fewer than {level} folders to strip; read as it stands");
            let path = set.patches.get(file.patch).and_then(|patch| patch.path.clone());
            let path = path.unwrap_or_default();
            set.problems.push(Problem { path, line: file.line, what });
        }
    }
}

/// Finds the level of each patch by the files of the tree at `root`, shown as `tree`.
pub fn fit(set: &mut DiffSet, root: &Path, tree: &Path) {
    let mut made: HashSet<Vec<u8>> = HashSet::new();
    let mut assumed: Vec<Assumed> = Vec::new();
    let patches = &set.patches;
    for files in set.files.chunk_by_mut(|a, b| a.patch == b.patch) {
        let known = |file: &FileChange| is_there(file, root) || made.contains(file.name());
        if !files.iter().any(known)
            && let Some(level) = best_level(files, root)
        {
            let patch = files.first().and_then(|file| patches.get(file.patch));
            let name = patch.map(|patch| patch.name.clone()).unwrap_or_default();
            match assumed.iter_mut().find(|before| before.level == level) {
                Some(before) => before.patches += 1,
                None => assumed.extend(Assumed::of(files, level, name)),
            }
            for file in files.iter_mut() {
                restrip(file, level);
            }
        }
        made.extend(files.iter().filter(|file| makes(file)).map(|file| file.name().to_vec()));
    }
    let path = tree.to_path_buf();
    set.notes.extend(assumed.iter().map(|assumed| Problem {
        path: path.clone(),
        line: 0,
        what: assumed.to_string(),
    }));
}

/// Whether a change makes the file that it names.
fn makes(file: &FileChange) -> bool {
    matches!(file.op, FileOp::Create | FileOp::Rename | FileOp::Copy)
}

/// Notes which files of a set are neither in the tree at `root`, shown as `tree`, nor made by
/// an earlier change of the set.
pub fn tell_missing(set: &mut DiffSet, root: &Path, tree: &Path) {
    let mut made: HashSet<&[u8]> = HashSet::new();
    let mut missing: Vec<&[u8]> = Vec::new();
    for file in &set.files {
        if makes(file) {
            made.insert(file.name());
        }
        if !is_there(file, root) && !made.contains(file.name()) {
            missing.push(file.name());
        }
    }
    missing.sort_unstable();
    missing.dedup();
    let Some((first, rest)) = missing.split_first() else { return };
    let others = match rest.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = format!(
        "no such file: {}{others}; their hunks are shown as the patch has them (`--strip N` takes N \
         leading folders off)",
        first.as_bstr()
    );
    set.notes.push(Problem { path: tree.to_path_buf(), line: 0, what });
}

/// A level that was found, for the note.
struct Assumed {
    level: usize,
    /// How many patches it was found for.
    patches: usize,
    /// The first one.
    first: Vec<u8>,
    /// A name as the first patch gives it, and as it is in the tree.
    name: Vec<u8>,
    there: Vec<u8>,
}

impl Assumed {
    fn of(files: &[FileChange], level: usize, first: Vec<u8>) -> Option<Assumed> {
        let file = files.first()?;
        let name = file.given.1.clone().or(file.given.0.clone())?;
        let there = strip(&name, level)?.to_vec();
        Some(Assumed { level, patches: 1, first, name, there })
    }
}

impl std::fmt::Display for Assumed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Assumed { level, patches, first, name, there } = self;
        let (first, name, there) = (first.as_bstr(), name.as_bstr(), there.as_bstr());
        write!(f, "-p{level} is assumed for {first}")?;
        if *patches > 1 {
            write!(f, " and {} more", patches - 1)?;
        }
        write!(f, ": {name} is {there} here (`--strip N` decides otherwise)")
    }
}

/// More folders are not tried, and longer names are not looked for: no tree has them.
const DEEPEST: usize = 32;
const LONGEST_NAME: usize = 4096;

/// The level at which most files of a patch are in the tree, the smallest of several;
/// `None` where none is at any.
fn best_level(files: &[FileChange], root: &Path) -> Option<usize> {
    let slashes = |name: &Vec<u8>| name.iter().filter(|&&b| b == b'/').count();
    let names = |file: &FileChange| file.given.0.iter().chain(&file.given.1).map(slashes).max();
    let deepest = files.iter().filter_map(names).max()?.min(DEEPEST);
    let score = |level: usize| {
        let there = files.iter().filter(|file| {
            let names = names_at(file, level);
            names.is_some_and(|(old, new)| fits(file, root, [old, new]))
        });
        there.count()
    };
    let scores = (0..=deepest).map(|level| (score(level), std::cmp::Reverse(level)));
    let (most, level) = scores.max()?;
    (most > 0).then_some(level.0)
}

/// Whether a file is in the tree under one of these names. A bare name such as `Makefile`
/// proves nothing, unless the file has the text that a hunk changes.
fn fits(file: &FileChange, root: &Path, names: [Option<Vec<u8>>; 2]) -> bool {
    names.into_iter().flatten().any(|name| {
        // Many folders have the name of a new file's: `net`, `include`.
        if file.op == FileOp::Create {
            return false;
        }
        let Some(path) = file_inside(root, &name) else { return false };
        name.contains(&b'/')
            || read(&path).is_ok_and(|text| {
                let lines = Lines::of(&text);
                file.hunks.iter().any(|hunk| locate::place(&lines, hunk).is_some())
            })
    })
}

/// The file is in the tree as it is named now; of a new one, the folder is.
fn is_there(file: &FileChange, root: &Path) -> bool {
    let mut names = [&file.old, &file.new].into_iter().flatten();
    if file.op == FileOp::Create {
        return names.any(|name| has_folder(root, name) || !name.contains(&b'/'));
    }
    names.any(|name| file_inside(root, name).is_some())
}

fn has_folder(root: &Path, name: &[u8]) -> bool {
    let folder = name.rfind_byte(b'/').and_then(|at| name.get(..at));
    let path = folder.and_then(|folder| inside(root, folder));
    path.is_some_and(|path| path.is_dir() && leads_inside(root, &path))
}

/// The file of a name below `root`.
fn file_inside(root: &Path, name: &[u8]) -> Option<PathBuf> {
    inside(root, name).filter(|path| path.is_file() && leads_inside(root, path))
}

/// The path of a name below `root`, if its folder is there; `None` of one that leads out of it,
/// by itself or through a link of the tree's. It may be a link itself.
pub fn inside(root: &Path, name: &[u8]) -> Option<PathBuf> {
    if name.len() > LONGEST_NAME || !stays_inside(name) {
        return None;
    }
    let path = root.join(OsStr::from_bytes(name));
    leads_inside(root, path.parent()?).then_some(path)
}

/// Whether a name is one of something below the folder that it is read from.
pub fn stays_inside(name: &[u8]) -> bool {
    let mut parts = Path::new(OsStr::from_bytes(name)).components();
    !name.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Whether a path below `root` is there, and no link on the way leads out.
fn leads_inside(root: &Path, path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(path).zip(real(root)).is_some_and(|(real, root)| real.starts_with(root))
}
