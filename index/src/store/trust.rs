//! Whose a folder of the cache is, and whether others may write in it.
//!
//! A cache folder may lie where other users may write (`KGREP_CACHE_DIR=/tmp/…`). Whoever
//! makes `lists` or `index` there first would have kgrep write, delete and read where they
//! like. So every folder is looked at before it is used: it must be a folder and no link,
//! nobody else may write in it, and what another user made is never written to.

use std::{
    fs::{self, Metadata},
    io::{Error as IoError, ErrorKind},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::Error;

/// What may be done with a folder of the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It isn't there yet.
    Missing,
    /// It is the user's own.
    Own,
    /// It is this other user's: it may be read, with a note, and never be written to.
    Others(u32),
}

/// The bit that keeps users from removing each other's files in a folder.
const STICKY: u32 = 0o1000;

/// What may be done with `folder`, which is the cache folder `cache` or lies below it; every
/// folder from the one to the other counts.
///
/// # Errors
/// When one of them is a link that another user may have made, is no folder, or other users
/// may write in it.
pub fn trust(cache: &Path, folder: &Path) -> Result<Trust, Error> {
    let me = rustix::process::geteuid().as_raw();
    let below = folder.strip_prefix(cache).unwrap_or(Path::new(""));
    let mut path = cache.to_path_buf();
    let mut trust = of_cache(&path, me)?;
    for name in below.components() {
        path.push(name);
        let meta = match fs::symlink_metadata(&path) {
            Err(error) if is_missing(&error) => return Ok(missing(trust)),
            meta => meta.map_err(|e| Error::io(&path, e))?,
        };
        if meta.file_type().is_symlink() {
            return Err(refused(&path, "is a link, and a cache is not followed through one"));
        }
        checked(&path, &meta, me, false)?;
        trust = match (trust, meta.uid() == me) {
            (Trust::Others(other), _) => Trust::Others(other),
            (_, true) => Trust::Own,
            (_, false) => Trust::Others(meta.uid()),
        };
    }
    Ok(trust)
}

/// Also where a file is in a folder's place: who makes the folder hears of it.
fn is_missing(error: &IoError) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What a folder may be made into by its parent.
fn missing(parent: Trust) -> Trust {
    if parent == Trust::Own { Trust::Missing } else { parent }
}

/// The cache folder itself, which the user named: a link of the user's own is followed, and
/// the folders below it decide where it belongs to the system.
fn of_cache(path: &Path, me: u32) -> Result<Trust, Error> {
    let link = match fs::symlink_metadata(path) {
        Err(error) if is_missing(&error) => return Ok(Trust::Own),
        meta => meta.map_err(|e| Error::io(path, e))?,
    };
    if link.file_type().is_symlink() && link.uid() != me && link.uid() != 0 {
        return Err(refused(path, "is another user's link"));
    }
    let meta = match fs::metadata(path) {
        // What comes to be behind the link is the user's.
        Err(error) if is_missing(&error) => return Ok(Trust::Own),
        meta => meta.map_err(|e| Error::io(path, e))?,
    };
    if !meta.is_dir() {
        // Who makes a folder below it hears of it.
        return Ok(Trust::Own);
    }
    checked(path, &meta, me, true)?;
    let own = meta.uid() == me || meta.uid() == 0;
    Ok(if own { Trust::Own } else { Trust::Others(meta.uid()) })
}

/// Refuses a folder that others may write in. In one where they may only add (`/tmp`), what
/// is below it decides, where `shared` says so.
fn checked(path: &Path, meta: &Metadata, me: u32, shared: bool) -> Result<(), Error> {
    if !meta.is_dir() {
        return Err(Error::io(path, IoError::from(ErrorKind::NotADirectory)));
    }
    if shared && meta.mode() & STICKY != 0 {
        return Ok(());
    }
    // A group of the user's own number has, by the usual convention, no other members.
    let group = meta.mode() & 0o020 != 0 && meta.gid() != me;
    if group || meta.mode() & 0o002 != 0 {
        return Err(refused(
            path,
            "can be written to by other users: `chmod go-w` it, or set KGREP_CACHE_DIR to a folder \
             of your own",
        ));
    }
    Ok(())
}

fn refused(path: &Path, why: &'static str) -> Error {
    Error::Untrusted { path: path.to_path_buf(), why }
}

/// That `folder` may be written to.
///
/// # Errors
/// As [`trust`], and when it is another user's.
pub fn may_write(cache: &Path, folder: &Path) -> Result<(), Error> {
    match trust(cache, folder)? {
        Trust::Missing | Trust::Own => Ok(()),
        Trust::Others(user) => Err(Error::Foreign { path: PathBuf::from(folder), user }),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::Permissions,
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_that_others_may_write_in_and_a_link_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let (cache, lists) = (place.path(), place.path().join("lists"));
        assert_eq!(trust(cache, &lists).unwrap(), Trust::Missing);
        fs::create_dir(&lists).unwrap();
        mode(&lists, 0o700);
        assert_eq!(trust(cache, &lists).unwrap(), Trust::Own);
        mode(cache, 0o1777);
        assert_eq!(trust(cache, &lists).unwrap(), Trust::Own, "as in /tmp");
        mode(&lists, 0o1777);
        assert!(trust(cache, &lists).is_err());
        mode(&lists, 0o700);
        mode(cache, 0o777);
        assert!(trust(cache, &lists).is_err());
        mode(cache, 0o700);
        symlink(&lists, cache.join("linked")).unwrap();
        assert!(trust(cache, &cache.join("linked")).is_err());
        assert!(trust(cache, &cache.join("linked/below")).is_err());
        let named = place.path().join("named");
        symlink(place.path(), &named).unwrap();
        assert_eq!(trust(&named, &named.join("lists")).unwrap(), Trust::Own, "the user's own link");
    }
}
