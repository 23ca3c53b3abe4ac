//! Two folders side by side: what differs between two source trees.
//!
//! Both are read folder by folder, each folder a task of its own. Files of different
//! size differ; files of equal size are compared byte by byte, and only those that
//! differ are diffed, each when its turn comes ([`Folders::hunks`]). Nothing is ignored: not `.gitignore`d files, not hidden ones.
//! Symbolic links are compared as links. Empty folders don't count, as in git.

mod rename;

use super::lines;
use super::model::{DiffSet, FileChange, FileOp, Origin, Patch, Problem};
use crate::Error;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Told the number of further files compared, from any thread; false: nobody waits any more.
pub type Progress<'a> = dyn Fn(u64) -> bool + Sync + 'a;

/// The mode of a symbolic link, as git has it.
const LINK: u32 = 0o120_000;

/// Two folders that are compared.
pub struct Folders {
    /// The old side.
    pub old: PathBuf,
    /// The new side.
    pub new: PathBuf,
}

impl Folders {
    /// The files that differ, in path order, in one patch without a name. Their hunks are
    /// not read yet: [`Folders::hunks`] does that, file by file, so that two kernels never
    /// are in memory at once.
    ///
    /// # Errors
    ///
    /// If one of the folders can't be read, or nobody waits any more. What can't be read below them is a problem in
    /// the result.
    pub fn changed(&self, progress: &Progress<'_>) -> Result<DiffSet, Error> {
        for side in [&self.old, &self.new] {
            fs::read_dir(side).map_err(Error::read(side))?;
        }
        let walk = Walk::new(self, progress);
        rayon::scope(|scope| walk.folder(PathBuf::new(), (true, true), scope));
        if walk.is_over.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let mut found = walk.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.files.append(&mut rename::join(self, found.gone, found.born));
        found.files.sort_by(|a, b| path_order(a.name()).cmp(path_order(b.name())));
        found.problems.sort_by(|a, b| a.path.cmp(&b.path));
        let patches = vec![Patch { version: 1, ..Patch::default() }];
        Ok(DiffSet { patches, files: found.files, problems: found.problems, ..DiffSet::default() })
    }

    /// Those of some files, by their names below both folders, that differ. `None` unless
    /// each is there on both sides: of a file that is new, gone or renamed, only
    /// [`Folders::changed`] can tell what became of it.
    ///
    /// # Errors
    ///
    /// If one can't be read.
    pub fn changed_among(&self, names: &[PathBuf]) -> Result<Option<DiffSet>, Error> {
        let walk = Walk::new(self, &|_| true);
        let mut buffers = Buffers::default();
        for name in names {
            let kind = |side: &Path| {
                let kind = fs::symlink_metadata(side.join(name)).ok()?.file_type();
                let link = kind.is_symlink().then_some(Kind::Link);
                link.or_else(|| kind.is_file().then_some(Kind::File))
            };
            let kinds = (kind(&self.old), kind(&self.new));
            if kinds.0.is_none() || kinds.0 != kinds.1 {
                return Ok(None);
            }
            walk.file(name, kinds.0, kinds.1, &mut buffers).map_err(Error::read(name))?;
        }
        let found = walk.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let patches = vec![Patch { version: 1, ..Patch::default() }];
        Ok(Some(DiffSet {
            patches,
            files: found.files,
            problems: found.problems,
            ..DiffSet::default()
        }))
    }

    /// A changed file with its hunks, read now.
    ///
    /// # Errors
    ///
    /// The problem, if a side of it can't be read (any more).
    pub fn hunks(&self, file: &FileChange) -> Result<FileChange, Problem> {
        let (old, new) = (self.side(file, Origin::Removed)?, self.side(file, Origin::Added)?);
        // Of equal files only the name or the mode has changed.
        let differ = old != new;
        let binary = differ && (lines::is_binary(&old) || lines::is_binary(&new));
        let hunks = if differ && !binary { lines::hunks(&old, &new) } else { Vec::new() };
        Ok(FileChange { binary, hunks, ..file.clone() })
    }

    /// What one side of a changed file has, read now: nothing where it isn't there.
    ///
    /// # Errors
    ///
    /// The problem, if it can't be read (any more).
    pub fn side(&self, file: &FileChange, side: Origin) -> Result<Vec<u8>, Problem> {
        let (root, name, mode) = match side {
            Origin::Removed => (&self.old, &file.old, file.old_mode),
            _ => (&self.new, &file.new, file.new_mode),
        };
        let Some(name) = name else { return Ok(Vec::new()) };
        let path = root.join(path_order(name));
        text(&path, mode == Some(LINK)).map_err(|error| Problem {
            what: error.to_string(),
            path,
            line: 0,
        })
    }
}

/// The order of `rg --sort path`: folder by folder, not byte by byte.
fn path_order(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// A whole file that only one side has.
struct Lone {
    name: Vec<u8>,
    mode: u32,
    /// Its length in bytes.
    size: u64,
}

/// What the tasks have found.
#[derive(Default)]
struct Found {
    files: Vec<FileChange>,
    gone: Vec<Lone>,
    born: Vec<Lone>,
    problems: Vec<Problem>,
}

/// What a folder's entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
    Link,
}

struct Walk<'a> {
    folders: &'a Folders,
    progress: &'a Progress<'a>,
    found: Mutex<Found>,
    /// Nobody waits any more.
    is_over: AtomicBool,
}

impl<'a> Walk<'a> {
    fn new(folders: &'a Folders, progress: &'a Progress<'a>) -> Walk<'a> {
        Walk { folders, progress, found: Mutex::default(), is_over: AtomicBool::new(false) }
    }

    /// Compares one folder; `sides` tells which trees have it.
    fn folder<'s>(&'s self, below: PathBuf, sides: (bool, bool), scope: &rayon::Scope<'s>) {
        type Both = (Option<Kind>, Option<Kind>);
        if self.is_over.load(Ordering::Relaxed) {
            return;
        }
        let mut names: BTreeMap<OsString, Both> = BTreeMap::new();
        if sides.0 {
            for (name, kind) in self.list(&self.folders.old.join(&below)) {
                names.entry(name).or_default().0 = Some(kind);
            }
        }
        if sides.1 {
            for (name, kind) in self.list(&self.folders.new.join(&below)) {
                names.entry(name).or_default().1 = Some(kind);
            }
        }
        let mut buffers = Buffers::default();
        let mut compared = 0;
        for (name, (old, new)) in names {
            let path = below.join(name);
            let folders = (old == Some(Kind::Folder), new == Some(Kind::Folder));
            if folders.0 || folders.1 {
                let path = path.clone();
                scope.spawn(move |scope| self.folder(path, folders, scope));
            }
            let old = old.filter(|kind| *kind != Kind::Folder);
            let new = new.filter(|kind| *kind != Kind::Folder);
            if old.is_some() || new.is_some() {
                compared += 1;
                let done = self.file(&path, old, new, &mut buffers);
                done.unwrap_or_else(|error| self.problem(&path, &error));
            }
        }
        if !(self.progress)(compared) {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }

    fn list(&self, folder: &Path) -> Vec<(OsString, Kind)> {
        let read = || -> io::Result<Vec<(OsString, Kind)>> {
            let mut entries = Vec::new();
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                let kind = match () {
                    () if kind.is_dir() => Kind::Folder,
                    () if kind.is_file() => Kind::File,
                    () if kind.is_symlink() => Kind::Link,
                    // Sockets and devices have no text.
                    () => continue,
                };
                entries.push((entry.file_name(), kind));
            }
            Ok(entries)
        };
        read().unwrap_or_else(|error| {
            self.problem(folder, &error);
            Vec::new()
        })
    }

    /// Compares what stands at `path` on both sides, neither of which is a folder.
    fn file(
        &self,
        path: &Path,
        old: Option<Kind>,
        new: Option<Kind>,
        buffers: &mut Buffers,
    ) -> io::Result<()> {
        let (old_path, new_path) = (self.folders.old.join(path), self.folders.new.join(path));
        let name = path.as_os_str().as_bytes();
        let (Some(before), Some(after)) = (old, new) else {
            let (path, gone) = if old.is_some() { (old_path, true) } else { (new_path, false) };
            let lone = lone(name, &path)?;
            return self
                .keep(|found| if gone { &mut found.gone } else { &mut found.born }.push(lone));
        };
        if before != after {
            // A link in place of a file: git, too, removes one and makes the other.
            let (gone, born) = (lone(name, &old_path)?, lone(name, &new_path)?);
            return self.keep(|found| {
                found.files.push(deleted(gone));
                found.files.push(created(born));
            });
        }
        let modes = if before == Kind::Link {
            if fs::read_link(&old_path)? == fs::read_link(&new_path)? {
                return Ok(());
            }
            (LINK, LINK)
        } else {
            let (one, other) = (File::open(&old_path)?, File::open(&new_path)?);
            let (before, after) = (one.metadata()?, other.metadata()?);
            let linked = (before.dev(), before.ino()) == (after.dev(), after.ino());
            let modes = (mode(&before), mode(&after));
            if modes.0 == modes.1 && (linked || buffers.equal((&one, &before), (&other, &after))?) {
                return Ok(());
            }
            modes
        };
        let change = FileChange {
            old: Some(name.to_vec()),
            new: Some(name.to_vec()),
            old_mode: Some(modes.0),
            new_mode: Some(modes.1),
            ..FileChange::default()
        };
        self.keep(|found| found.files.push(change))
    }

    /// Adds to what is found. (Always `Ok`, so that callers can end with it.)
    fn keep(&self, add: impl FnOnce(&mut Found)) -> io::Result<()> {
        add(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    fn problem(&self, path: &Path, error: &io::Error) {
        let problem = Problem { path: path.to_path_buf(), line: 0, what: error.to_string() };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).problems.push(problem);
    }
}

/// Room for a piece of each file, used again and again.
struct Buffers {
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        // Most source files fit; larger ones take several reads.
        Self { old: vec![0; 1 << 16], new: vec![0; 1 << 16] }
    }
}

impl Buffers {
    /// Whether two files hold the same bytes; those of different size are not read.
    fn equal(&mut self, old: (&File, &Metadata), new: (&File, &Metadata)) -> io::Result<bool> {
        let size = old.1.len();
        if size != new.1.len() {
            return Ok(false);
        }
        let mut at = 0;
        while at < size {
            let piece = usize::try_from(size - at).unwrap_or(usize::MAX).min(self.old.len());
            let (one, other) = (&mut self.old[..piece], &mut self.new[..piece]);
            match (old.0.read_exact_at(one, at), new.0.read_exact_at(other, at)) {
                (Ok(()), Ok(())) if one == other => at += piece as u64,
                // One was cut while we looked: reading it whole will tell.
                (Err(e), _) | (_, Err(e)) if e.kind() != io::ErrorKind::UnexpectedEof => {
                    return Err(e);
                }
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// git's file modes: executable or not, nothing else counts.
fn mode(metadata: &Metadata) -> u32 {
    if metadata.mode() & 0o100 == 0 { 0o100_644 } else { 0o100_755 }
}

/// A file's text, or where a link points.
fn text(path: &Path, link: bool) -> io::Result<Vec<u8>> {
    if link { Ok(fs::read_link(path)?.into_os_string().into_vec()) } else { fs::read(path) }
}

/// A file or link that only one side has.
fn lone(name: &[u8], path: &Path) -> io::Result<Lone> {
    let metadata = fs::symlink_metadata(path)?;
    let mode = if metadata.is_symlink() { LINK } else { mode(&metadata) };
    Ok(Lone { name: name.to_vec(), mode, size: metadata.len() })
}

fn deleted(file: Lone) -> FileChange {
    let (old, old_mode) = (Some(file.name), Some(file.mode));
    FileChange { old, old_mode, op: FileOp::Delete, ..FileChange::default() }
}

fn created(file: Lone) -> FileChange {
    let (new, new_mode) = (Some(file.name), Some(file.mode));
    FileChange { new, new_mode, op: FileOp::Create, ..FileChange::default() }
}

/// Compares two folders and reads all hunks.
#[cfg(test)]
pub fn compare(old: &Path, new: &Path) -> DiffSet {
    let folders = Folders { old: old.to_path_buf(), new: new.to_path_buf() };
    let mut set = folders.changed(&|_| true).expect("both can be read");
    for file in &mut set.files {
        *file = folders.hunks(file).expect("it is still there");
    }
    set
}

#[cfg(test)]
mod tests;
