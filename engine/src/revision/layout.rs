//! Writes a revision's files into the cache: each content once, as a file by its blob's id, and the
//! tree of links to these, published by rename.
//!
//! A blob's file is written below `unpacking/` and gets its name among the blobs by a link, so that
//! what has such a name is whole. All files are read-only and have one modification time. Symbolic
//! links are laid out where they stay in the tree; submodules are empty folders, as in a checkout
//! that has not fetched them.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use gix::ObjectId;
use rayon::prelude::*;

use super::kept::{Kept, remove_all};
use super::objects::{EntryIs, ObjectReader};
use super::{Repository, Revision, settled, stays_below};
use crate::{Error, Result};

/// When all files of revisions were written, as it seems: 1980, which archives can hold.
const WRITTEN: Duration = Duration::from_secs(315_619_200);

/// An entry that becomes something on the disk.
struct Entry {
    path: PathBuf,
    id: ObjectId,
}

/// What is in a tree, folders before what is in them.
#[derive(Default)]
struct Entries {
    folders: Vec<PathBuf>,
    files: Vec<Entry>,
    links: Vec<Entry>,
}

/// Lays `revision` out.
///
/// # Errors
/// If an object is missing, the cache can't be written, or there is no need to go on.
pub(super) fn write(
    repository: &Repository,
    revision: &Revision,
    kept: &Kept,
    advance: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Result<()> {
    let _lock = kept.lock()?;
    let root = kept.root(&revision.tree);
    if root.is_dir() {
        // Another kgrep laid it out meanwhile.
        return Ok(());
    }
    let entries = entries(repository, revision)?;
    let goal = kept.unpacking();
    // What a killed one left.
    remove_all(&goal)?;
    // What isn't on the disk yet is looked at in another run of the machine, if it has an id.
    let is_noted = settled::note(kept)?;
    let written = fill(repository, &entries, &goal, kept, advance);
    let published = written.and_then(|all_named| {
        if !(is_noted && all_named) {
            flush(&goal)?;
        }
        fs::rename(&goal, &root).map_err(Error::read(&root))
    });
    if published.is_err() {
        // The first error is the one to tell.
        let _ = remove_all(&goal);
    }
    published
}

fn flush(folder: &Path) -> Result<()> {
    let file = fs::File::open(folder).map_err(Error::read(folder))?;
    rustix::fs::syncfs(file).map_err(|error| Error::read(folder)(error.into()))
}

/// All that is in the revision's tree.
fn entries(repository: &Repository, revision: &Revision) -> Result<Entries> {
    let mut reader = repository.reader();
    let mut all = Entries::default();
    let mut open = vec![(PathBuf::new(), revision.id)];
    while let Some((folder, id)) = open.pop() {
        for entry in reader.entries(id)? {
            let (path, id) = (folder.join(OsStr::from_bytes(&entry.name)), entry.id);
            match entry.is {
                EntryIs::Folder => {
                    all.folders.push(path.clone());
                    open.push((path, id));
                }
                EntryIs::File => all.files.push(Entry { path, id }),
                EntryIs::Link => all.links.push(Entry { path, id }),
                EntryIs::Module => all.folders.push(path),
            }
        }
    }
    all.folders.sort_unstable();
    all.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// Fills the folder `goal`; whether all its files have a name among the blobs, too.
fn fill(
    repository: &Repository,
    entries: &Entries,
    goal: &Path,
    kept: &Kept,
    advance: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Result<bool> {
    let folder =
        |path: &Path| fs::DirBuilder::new().mode(0o700).create(path).map_err(Error::read(path));
    folder(goal)?;
    // The edge of a repository: the revision's own ignore rules count, and none above it.
    folder(&goal.join(".git"))?;
    for path in &entries.folders {
        folder(&goal.join(path))?;
    }
    let blobs = kept.blobs();
    let (done, all_named) = (AtomicU64::new(0), AtomicBool::new(true));
    let all = entries.files.len() as u64;
    // Neighbours are deltas of each other: a thread takes a run of them.
    let reader = || repository.reader();
    entries.files.par_chunks(256).try_for_each_init(reader, |reader, part| {
        for entry in part {
            if !file(reader, entry, goal, &blobs)? {
                all_named.store(false, Ordering::Relaxed);
            }
        }
        let before = done.fetch_add(part.len() as u64, Ordering::Relaxed);
        match advance(before + part.len() as u64, all) {
            true => Ok(()),
            false => Err(Error::Cancelled),
        }
    })?;
    let mut reader = reader();
    for entry in &entries.links {
        let target = OsStr::from_bytes(reader.read(entry.id)?);
        let path = goal.join(&entry.path);
        if stays_inside(&entry.path, Path::new(target)) {
            symlink(target, &path).map_err(Error::read(&path))?;
        }
    }
    Ok(all_named.into_inner())
}

/// Makes one file: a link to its blob's, which is written where it isn't there. Whether it is such
/// a link.
fn file(reader: &mut ObjectReader<'_>, entry: &Entry, goal: &Path, blobs: &Path) -> Result<bool> {
    let path = goal.join(&entry.path);
    let id = entry.id.to_string();
    let (first, rest) = id.split_at(2);
    let blob = blobs.join(first).join(rest);
    let is_full = match fs::hard_link(&blob, &path) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        // A file has so many names and no more: it is written again.
        Err(error) if error.kind() == ErrorKind::TooManyLinks => true,
        Err(error) => return Err(Error::read(&blob)(error)),
    };
    written(&path, reader.read(entry.id)?).map_err(Error::read(&path))?;
    if is_full {
        return Ok(false);
    }
    match named(&path, &blob) {
        Ok(()) => Ok(true),
        // Another file of this content was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let joined = fs::remove_file(&path).and_then(|()| fs::hard_link(&blob, &path));
            joined.map(|()| true).map_err(Error::read(&path))
        }
        // A file system without links: then nothing is shared.
        Err(error)
            if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) =>
        {
            Ok(false)
        }
        Err(error) => Err(Error::read(&blob)(error)),
    }
}

/// Gives the file its name among the blobs.
fn named(path: &Path, blob: &Path) -> std::io::Result<()> {
    fs::hard_link(path, blob).or_else(|error| match (error.kind(), blob.parent()) {
        (ErrorKind::NotFound, Some(folder)) => {
            match fs::DirBuilder::new().mode(0o700).create(folder) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            fs::hard_link(path, blob)
        }
        _ => Err(error),
    })
}

fn written(path: &Path, data: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o444).open(path)?;
    file.write_all(data)?;
    file.set_modified(SystemTime::UNIX_EPOCH + WRITTEN)
}

/// Whether a link at `path` leads to something in the tree.
fn stays_inside(path: &Path, target: &Path) -> bool {
    stays_below(&path.parent().unwrap_or(Path::new("")).join(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_out_of_the_tree_is_none() {
        let stays = |path: &str, target: &str| stays_inside(Path::new(path), Path::new(target));
        assert!(stays("a/b/link", "../c/file") && stays("link", "file") && stays("a/link", ".."));
        assert!(!stays("link", "../x") && !stays("a/link", "../../x") && !stays("a/b", "/etc"));
        assert!(!stays("a/link", "../../tree/x"), "out and in again is out");
    }
}
