//! One tree's table in a folder that many machines may write to, on a shared file system or on object
//! storage that is mounted: a lock is a file that only one can create, and a table gets its name by rename
//! when all of it is written.
//!
//! A lock that its holder left behind is never taken away: whether a process on another machine lives,
//! nobody here can know. It is told, with the file to remove.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use kgrep_engine::fleet::Known;
use kgrep_index::read_at_most;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use crate::interrupts::{Removed, remove_meanwhile};

/// The table's file, and what begins the names of those beside it that are not published: readers
/// pass over names that begin with a dot.
const NAME: &str = "part-0.parquet";
const HIDDEN: &str = ".part-0.";

/// The longest time that a table may take: a lock that is older was left behind.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// A lock is written at once; one that doesn't say whose it is after this time never will.
const UNSIGNED: Duration = Duration::from_secs(60);

/// Where a tree's table belongs.
pub(super) struct Part {
    folder: PathBuf,
    path: PathBuf,
    lock: PathBuf,
}

/// Who may write a table.
pub(super) enum Claim {
    /// Nobody: it is there.
    There(Known),
    /// Another, who is at it.
    Held(Holder),
    /// This process.
    Mine(Lock),
}

/// A tree's table below the folder of all: `rev=v6.1/part-0.parquet`. As Hive has it, bytes that may mean
/// something in a path are written as `%2F`.
pub(super) fn below(name: &str) -> PathBuf {
    let mut folder = "rev=".to_owned();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => {
                folder.push(char::from(byte));
            }
            other => folder += &format!("%{other:02X}"),
        }
    }
    Path::new(&folder).join(NAME)
}

impl Part {
    /// The part of the tree that is called `name`, in the folder `out`.
    pub(super) fn new(out: &Path, name: &str) -> Part {
        let path = out.join(below(name));
        let folder = path.parent().unwrap_or(out).to_owned();
        let lock = folder.join(format!("{HIDDEN}lock"));
        Part { folder, path, lock }
    }

    /// The table's file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the right to write it.
    ///
    /// # Errors
    /// If nothing can be written here, or a lock was left behind.
    pub(super) fn claim(&self) -> Result<Claim> {
        if let Some(known) = self.known()? {
            return Ok(Claim::There(known));
        }
        let at = || self.lock.display().to_string();
        fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        match OpenOptions::new().write(true).create_new(true).open(&self.lock) {
            Ok(mut file) => {
                // What can't be signed must not stay.
                let removed = remove_meanwhile(vec![self.lock.clone()]);
                let lock =
                    Lock { path: self.path.clone(), lock: self.lock.clone(), _removed: removed };
                file.write_all(Holder::this().signature().as_bytes())
                    .and_then(|()| file.sync_all())
                    .with_context(at)?;
                // The process that held it may have been done since it was looked for.
                Ok(self.known()?.map_or(Claim::Mine(lock), Claim::There))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.held(),
            Err(error) => Err(error).with_context(at),
        }
    }

    /// The table, if it is there.
    fn known(&self) -> Result<Option<Known>> {
        if !self.path.exists() {
            return Ok(None);
        }
        let why = || format!("{}: no table; remove it to have it written", self.path.display());
        Known::at(&self.path).with_context(why).map(Some)
    }

    /// Who holds the lock, if that still means something.
    fn held(&self) -> Result<Claim> {
        let at = self.lock.display();
        let Ok(about) = fs::metadata(&self.lock) else {
            // It was given back just now.
            return self
                .known()?
                .map(Claim::There)
                .with_context(|| format!("{at} went away, and there is no table; run this again"));
        };
        let age =
            about.modified().ok().and_then(|then| SystemTime::now().duration_since(then).ok());
        let age = age.unwrap_or_default();
        let text = read_at_most(&self.lock, 4096).unwrap_or_default();
        let what = "remove that file to have the table written";
        match Holder::signed(&String::from_utf8_lossy(&text)) {
            None if age > UNSIGNED => bail!("{at} doesn't say who holds it; {what}"),
            None => Ok(Claim::Held(Holder { machine: "another".to_owned(), process: 0 })),
            Some(holder) if holder.is_gone() => {
                bail!("{at} was left behind by {holder}, which is gone; {what}")
            }
            Some(holder) if age > LONGEST => {
                let hours = age.as_secs() / 3600;
                bail!("{at} is held by {holder} for {hours} hours; if that has ended, {what}")
            }
            Some(holder) => Ok(Claim::Held(holder)),
        }
    }
}

/// Who writes a table.
pub(super) struct Holder {
    machine: String,
    /// Its number there; 0: nobody knows.
    process: i32,
}

impl Holder {
    fn this() -> Holder {
        let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Holder { machine, process: rustix::process::getpid().as_raw_nonzero().get() }
    }

    fn signature(&self) -> String {
        format!("kgrep\nmachine {}\nprocess {}\n", self.machine, self.process)
    }

    fn signed(text: &str) -> Option<Holder> {
        let mut lines = text.lines();
        lines.next().filter(|first| *first == "kgrep")?;
        let machine = lines.next()?.strip_prefix("machine ")?.to_owned();
        let process = lines.next()?.strip_prefix("process ")?.parse().ok()?;
        // No process has a number below 1.
        if process < 1 {
            return None;
        }
        Some(Holder { machine, process })
    }

    /// Whether it was a process of this machine that is no more.
    fn is_gone(&self) -> bool {
        let Some(pid) = Pid::from_raw(self.process) else { return false };
        self.machine == Holder::this().machine && test_kill_process(pid) == Err(Errno::SRCH)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            0 => write!(f, "{}", self.machine),
            process => write!(f, "process {process} on {}", self.machine),
        }
    }
}

/// The right to write a table, given back when dropped.
pub(super) struct Lock {
    path: PathBuf,
    lock: PathBuf,
    _removed: Removed,
}

impl Lock {
    /// Writes the table under another name, and gives it its own when all of it is on the disk.
    ///
    /// # Errors
    /// If it can't be written.
    pub(super) fn publish<T>(self, write: impl FnOnce(&File) -> Result<T>) -> Result<T> {
        let at = || self.path.display().to_string();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        remove_unpublished(folder);
        let file = tempfile::Builder::new()
            .prefix(HIDDEN)
            .suffix(".tmp")
            .permissions(fs::Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .with_context(|| format!("{}: nothing can be written there", folder.display()))?;
        let _removed = remove_meanwhile(vec![file.path().to_owned()]);
        let written = write(file.as_file())?;
        file.as_file().sync_all().with_context(at)?;
        file.persist(&self.path).map_err(|failed| failed.error).with_context(at)?;
        Ok(written)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.lock);
        // Of a tree that has no table nothing stays.
        let _ = self.path.parent().map(fs::remove_dir);
    }
}

/// Removes what those before wrote and could not publish: who holds the lock is alone.
fn remove_unpublished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(HIDDEN) && name.ends_with(".tmp") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_are_as_hive_has_them() {
        let told = |name: &str| below(name).display().to_string();
        assert_eq!(told("v6.1-rc1"), "rev=v6.1-rc1/part-0.parquet");
        assert_eq!(told("origin/main é="), "rev=origin%2Fmain%20%C3%A9%3D/part-0.parquet");
    }

    #[test]
    fn a_lock_says_whose_it_is() {
        let holder = Holder::signed(&Holder::this().signature()).unwrap();
        assert!(!holder.is_gone());
        assert!(Holder::signed("").is_none() && Holder::signed("kgrep\nmachine x\n").is_none());
        assert!(!Holder { machine: "elsewhere".to_owned(), process: i32::MAX }.is_gone());
    }
}
