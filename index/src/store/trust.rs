//! Whose a folder of the cache is, and whether others may write in it.
//!
//! A cache folder may lie where other users may write (`KGREP_CACHE_DIR=/tmp/…`). One who
//! makes `lists` or `index` there first would have kgrep write, delete and read where they
//! like. So every folder is looked at before it is used: it must be a folder and no link,
//! nobody else may write in it, and what another user made is never written to. Below a folder
//! of another user's everything is that user's, who can put something else in its place.

use std::{
    fs::{self, DirBuilder, Metadata},
    io::{Error as IoError, ErrorKind},
    os::unix::fs::{DirBuilderExt, MetadataExt},
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

/// The cache folder of a user who has no home: nothing is there, and nothing is ever written.
pub const NO_HOME: &str = "/dev/null/no-home";

/// The number that the system gives users who have none (`kernel.overflowuid`).
const UNMAPPED: u32 = 65534;

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
    if let (Trust::Own, Some(other)) = (trust, owner_above(&path, me)) {
        trust = Trust::Others(other);
    }
    for name in below.components() {
        path.push(name);
        let meta = match fs::symlink_metadata(&path) {
            Err(error) if is_missing(&error) => return Ok(missing(trust)),
            meta => meta.map_err(|e| Error::io(&path, e))?,
        };
        if meta.file_type().is_symlink() {
            return Err(refused(&path, "is a link, and a cache is not followed through one"));
        }
        checked(&path, &meta, false)?;
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
    checked(path, &meta, true)?;
    let own = meta.uid() == me || meta.uid() == 0;
    Ok(if own { Trust::Own } else { Trust::Others(meta.uid()) })
}

/// The user, neither `me` nor root, whose is a folder that `path` is in. Users that a container
/// doesn't know are all one number, root among them.
fn owner_above(path: &Path, me: u32) -> Option<u32> {
    let named = |path| if path == Path::new("") { Path::new(".") } else { path };
    let real = path.ancestors().find_map(|path| named(path).canonicalize().ok())?;
    let owners = real.ancestors().filter_map(|path| Some(fs::metadata(path).ok()?.uid()));
    owners.into_iter().find(|owner| ![me, 0, UNMAPPED].contains(owner))
}

/// Refuses a folder that others may write in. In one where they may only add (`/tmp`), what
/// is below it decides, where `shared` says so.
fn checked(path: &Path, meta: &Metadata, shared: bool) -> Result<(), Error> {
    if !meta.is_dir() {
        return Err(Error::io(path, IoError::from(ErrorKind::NotADirectory)));
    }
    if shared && meta.mode() & STICKY != 0 {
        return Ok(());
    }
    // Who else is in a group can't be known, whatever its number.
    if meta.mode() & 0o022 != 0 {
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
/// As [`trust`], and when it is another user's, or nobody's home.
pub fn may_write(cache: &Path, folder: &Path) -> Result<(), Error> {
    if cache == Path::new(NO_HOME) {
        return Err(Error::NoHome);
    }
    match trust(cache, folder)? {
        Trust::Missing | Trust::Own => Ok(()),
        Trust::Others(user) => Err(Error::Foreign { path: PathBuf::from(folder), user }),
    }
}

/// Makes `folder`, which is the cache folder `cache` or lies below it, for the user alone, where
/// it is missing.
///
/// # Errors
/// As [`may_write`], also of what came to be there meanwhile, and when it can't be made.
pub fn make_folder(cache: &Path, folder: &Path) -> Result<(), Error> {
    may_write(cache, folder)?;
    let mut missing: Vec<&Path> = folder.ancestors().take_while(|path| *path != cache).collect();
    missing.push(cache);
    if let Some(above) = cache.parent().filter(|above| !above.as_os_str().is_empty()) {
        // Where that fails, so does what comes next, which names the cache.
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(above);
    }
    for path in missing.into_iter().rev() {
        // One by one: made with all above it, a link that was there first would do as well.
        match DirBuilder::new().mode(0o700).create(path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            made => made.map_err(|e| Error::io(path, e))?,
        }
    }
    if trust(cache, folder)? == Trust::Missing {
        return Err(Error::io(folder, ErrorKind::NotFound));
    }
    may_write(cache, folder)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::Permissions,
        os::unix::fs::{PermissionsExt, chown, symlink},
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
        mode(cache, 0o770);
        assert!(trust(cache, &lists).is_err(), "also of a group of the user's own number");
        mode(cache, 0o700);
        symlink(&lists, cache.join("linked")).unwrap();
        assert!(trust(cache, &cache.join("linked")).is_err());
        assert!(trust(cache, &cache.join("linked/below")).is_err());
        let named = place.path().join("named");
        symlink(place.path(), &named).unwrap();
        assert_eq!(trust(&named, &named.join("lists")).unwrap(), Trust::Own, "the user's own link");
    }

    #[test]
    fn folders_are_made_one_by_one_and_looked_at_again() {
        let place = tempfile::tempdir().unwrap();
        let cache = place.path().join("a/b/kgrep");
        make_folder(&cache, &cache.join("index/one")).unwrap();
        for made in ["a", "a/b", "a/b/kgrep", "a/b/kgrep/index/one"] {
            let meta = fs::metadata(place.path().join(made)).unwrap();
            assert_eq!(meta.mode() & 0o777, 0o700, "{made}");
        }
        make_folder(&cache, &cache.join("index/one")).unwrap();
        symlink(place.path(), cache.join("lists")).unwrap();
        assert!(make_folder(&cache, &cache.join("lists/more")).is_err());
        assert!(!place.path().join("more").exists());
    }

    #[test]
    fn below_another_users_folder_nothing_is_the_users_own() {
        let place = tempfile::tempdir().unwrap();
        let theirs = place.path().join("theirs");
        let cache = theirs.join("kgrep");
        fs::create_dir(&theirs).unwrap();
        if chown(&theirs, Some(12345), None).is_err() {
            eprintln!("NOT TESTED: another owner, which needs root");
            return;
        }
        assert_eq!(trust(&cache, &cache.join("lists")).unwrap(), Trust::Others(12345));
        fs::create_dir(&cache).unwrap();
        mode(&cache, 0o700);
        assert_eq!(trust(&cache, &cache.join("lists")).unwrap(), Trust::Others(12345));
        assert!(make_folder(&cache, &cache.join("lists")).is_err());
        assert!(!cache.join("lists").exists());
    }
}
