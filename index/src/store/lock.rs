//! One writer an index. The lock is the operating system's, so that it ends with its holder,
//! however that one ends. Readers need none.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::OFlags;

use crate::Error;

/// The right to change one index, given back when dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    /// Whether another writer was at work first.
    pub(crate) waited: bool,
}

impl Lock {
    /// Takes the lock at `path`. When another holds it, `waits` says whether to wait for it;
    /// else there is none.
    pub(crate) fn take(path: &Path, waits: &dyn Fn() -> bool) -> Result<Option<Lock>, Error> {
        let mut waited = false;
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .mode(0o600)
                // A pipe in its place must not make anybody wait.
                .custom_flags(OFlags::NONBLOCK.bits() as i32)
                .open(path)
                .map_err(|e| Error::io(path, e))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    if !waits() {
                        return Ok(None);
                    }
                    waited = true;
                    file.lock().map_err(|e| Error::io(path, e))?;
                }
                Err(TryLockError::Error(e)) => return Err(Error::io(path, e)),
            }
            // The process that held it may have removed the whole index, with the lock's file: then
            // this lock is on a file without a name, and the next writer would not see it.
            let mine = file.metadata().map_err(|e| Error::io(path, e))?;
            if std::fs::metadata(path).is_ok_and(|now| now.ino() == mine.ino()) {
                return Ok(Some(Lock { _file: file, waited }));
            }
        }
    }
}
