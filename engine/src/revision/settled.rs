//! Whether what is laid out reached the disk. To wait for that takes as long as to write it, so nobody
//! waits: a note says in which run of the machine something was written last. In another run, which
//! may follow a power failure, each content is compared once with the id that it is called by; what is
//! damaged goes, and so do the trees that have it.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use rayon::prelude::*;

use super::kept::Kept;
use crate::{Error, Result};

/// Where Linux says which run of the machine this is.
const RUN: &str = "/proc/sys/kernel/random/boot_id";

/// This run of the machine; none where the system doesn't tell.
fn run() -> Option<Vec<u8>> {
    kgrep_index::read_at_most(Path::new(RUN), 256).ok().filter(|run| !run.is_empty())
}

/// Notes that something is being written in this run of the machine; whether that can be told
/// from another.
///
/// # Errors
/// If the cache can't be written.
pub(super) fn note(kept: &Kept) -> Result<bool> {
    let (path, Some(run)) = (kept.run(), run()) else { return Ok(false) };
    if kgrep_index::read_at_most(&path, 256).is_ok_and(|noted| noted == run) {
        return Ok(true);
    }
    let temporary = path.with_extension("tmp");
    let _ = fs::remove_file(&temporary);
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&temporary);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, &run))
        .and_then(|()| fs::rename(&temporary, &path))
        .map_err(Error::read(&path))?;
    Ok(true)
}

/// Whether something was written in another run of the machine, and nobody has looked since.
pub(super) fn is_doubtful(kept: &Kept) -> bool {
    let Ok(noted) = kgrep_index::read_at_most(&kept.run(), 256) else { return false };
    run().is_none_or(|run| run != noted)
}

/// Removes what is damaged, with the trees that have it.
///
/// # Errors
/// If the cache can't be written.
pub(super) fn check(kept: &Kept) -> Result<()> {
    let _lock = kept.lock()?;
    // Another kgrep may have looked meanwhile.
    if !is_doubtful(kept) {
        return Ok(());
    }
    let damaged = damaged(kept);
    if !damaged.is_empty() {
        let inodes: HashSet<u64> = damaged.iter().map(|(_, inode)| *inode).collect();
        for known in kept.all()?.iter().filter(|known| has(&known.root, &inodes)) {
            kept.remove_locked(known)?;
        }
        for (path, _) in damaged {
            fs::remove_file(&path).map_err(Error::read(&path))?;
        }
    }
    let note = kept.run();
    fs::remove_file(&note).map_err(Error::read(&note))
}

/// The contents that are not what they are called by, and their inodes.
fn damaged(kept: &Kept) -> Vec<(PathBuf, u64)> {
    let folders: Vec<_> = fs::read_dir(kept.blobs()).into_iter().flatten().flatten().collect();
    let files = folders.par_iter().flat_map_iter(|folder| {
        let first = folder.file_name();
        let files = fs::read_dir(folder.path()).into_iter().flatten().flatten();
        files.filter_map(move |file| {
            let id = [first.to_str()?, file.file_name().to_str()?].concat();
            (!is_whole(&file.path(), &id))
                .then(|| Some((file.path(), file.metadata().ok()?.ino())))?
        })
    });
    files.collect()
}

/// Whether the file's content is that of the blob with this id.
fn is_whole(path: &Path, id: &str) -> bool {
    let Ok(id) = ObjectId::from_hex(id.as_bytes()) else { return false };
    let Ok(content) = fs::read(path) else { return false };
    gix::objs::compute_hash(id.kind(), gix::objs::Kind::Blob, &content)
        .is_ok_and(|found| found == id)
}

/// Whether a file below `root` is one of these.
fn has(root: &Path, inodes: &HashSet<u64>) -> bool {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_dir() {
                folders.push(entry.path());
            } else if inodes.contains(&meta.ino()) {
                return true;
            }
        }
    }
    false
}
