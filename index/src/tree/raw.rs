//! Folders by file descriptor: opening one, asking `stat` by name in it, reading its names.
//! The kernel then looks up one name for each file instead of a whole path.

use std::{ffi::CStr, mem::MaybeUninit, path::Path};

use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{
        AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat, fstat, open, openat, openat2,
        statat,
    },
    io::Errno,
};

use crate::Error;

/// An open folder that answers `stat`.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

/// The kind of a directory entry that matters to a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// Pipes, sockets, devices: never searched below a folder.
    Other,
}

impl Kind {
    fn new(kind: FileType) -> Kind {
        match kind {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        }
    }

    /// The kind of what `stat` was asked about.
    pub(crate) fn of(stat: &Stat) -> Kind {
        Kind::new(FileType::from_raw_mode(stat.st_mode))
    }
}

const FLAGS: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a tree's root.
    pub(crate) fn root(path: &Path) -> Result<Folder, Error> {
        let fd = open(path, FLAGS | OFlags::PATH, Mode::empty());
        fd.map(Folder).map_err(|e| Error::io(path, e))
    }

    /// Opens the folder at `path` below this one; the empty path is this one. A symbolic
    /// link on the way is no folder: [`Errno::LOOP`] or [`Errno::NOTDIR`].
    pub(crate) fn open(&self, path: &CStr) -> Result<Folder, Errno> {
        let (flags, mode) = (FLAGS | OFlags::PATH, Mode::empty());
        match openat2(&self.0, here_if_empty(path), flags, mode, ResolveFlags::NO_SYMLINKS) {
            // Kernels before 5.6 don't have it, and some sandboxes refuse it.
            Err(Errno::NOSYS | Errno::PERM) => self.open_stepwise(path),
            done => done.map(Folder),
        }
    }

    fn open_stepwise(&self, path: &CStr) -> Result<Folder, Errno> {
        let flags = FLAGS | OFlags::PATH | OFlags::NOFOLLOW;
        let mut folder = openat(&self.0, c".", flags, Mode::empty())?;
        for step in path.to_bytes().split(|&b| b == b'/').filter(|step| !step.is_empty()) {
            folder = openat(&folder, step, flags, Mode::empty())?;
        }
        Ok(Folder(folder))
    }

    /// The folder's own `stat`.
    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        fstat(&self.0)
    }

    /// The `stat` of what has this name in the folder, of a link itself, not what it leads to.
    pub(crate) fn stat_of(&self, name: &CStr) -> Result<Stat, Errno> {
        statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// Opens a file in the folder for reading.
    pub(crate) fn read_file(&self, name: &CStr) -> Result<std::fs::File, Errno> {
        // A pipe put in a file's place must not make the indexer wait for its other end.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        openat(&self.0, name, flags, Mode::empty()).map(Into::into)
    }

    /// Calls `entry` with each name in the folder but `.` and `..`, in the order of the disk.
    pub(crate) fn read(&self, mut entry: impl FnMut(&CStr, Kind)) -> Result<(), Errno> {
        let fd = openat(&self.0, c".", FLAGS | OFlags::RDONLY, Mode::empty())?;
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut names = RawDir::new(fd.as_fd(), &mut buffer);
        while let Some(found) = names.next() {
            let found = found?;
            let name = found.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match found.file_type() {
                // Some file systems don't say.
                FileType::Unknown => match self.stat_of(name) {
                    Ok(stat) => Kind::of(&stat),
                    Err(Errno::NOENT) => continue,
                    Err(error) => return Err(error),
                },
                known => Kind::new(known),
            };
            entry(name, kind);
        }
        Ok(())
    }
}

fn here_if_empty(path: &CStr) -> &CStr {
    if path.is_empty() { c"." } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_no_folder_wherever_it_is_on_the_way() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b/c")).unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink("b", dir.path().join("a/end")).unwrap();
        let top = Folder::root(dir.path()).unwrap();
        for (path, is_there) in
            [(c"", true), (c"a/b/c", true), (c"link", false), (c"link/b", false), (c"a/end", false)]
        {
            assert_eq!(top.open(path).is_ok(), is_there, "{path:?}");
            assert_eq!(top.open_stepwise(path).is_ok(), is_there, "{path:?}, stepwise");
        }
    }
}
