//! The shelf: which lists are kept, and which one a follow-up means.
//!
//! Each list is one file in `lists/` below the cache folder, named by its number.
//! Numbers only grow, so a list keeps its number until it is dropped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use kgrep_index::store::trust::{make_folder, may_write};
use serde::{Deserialize, Serialize};

use super::layout::{ListError, Meta};
use super::reader::List;
use super::writer::{Finished, ListWriter};
use crate::interrupts;

/// How many lists are kept.
const KEPT: usize = 50;

/// A temporary file this old belongs to a kgrep that was killed; a damaged list this
/// old is of no use to anybody.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

const ENDING: &str = "list";
const DAMAGED: &str = "damaged";
const TEMPORARY: &str = "new-";

/// What a terminal is recognised by: its device and the session in it. A script
/// without a terminal has only a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terminal {
    device: Option<u64>,
    session: i32,
}

impl Terminal {
    /// The terminal that this process talks to.
    pub(crate) fn current() -> Terminal {
        let device = [rustix::stdio::stdin(), rustix::stdio::stderr(), rustix::stdio::stdout()]
            .into_iter()
            .filter(|stream| rustix::termios::isatty(stream))
            .find_map(|stream| rustix::fs::fstat(stream).ok())
            .map(|stat| stat.st_rdev);
        // 0 in a container whose session began outside; rustix takes that for impossible.
        let session = nix::unistd::getsid(None).map_or(0, nix::unistd::Pid::as_raw);
        Terminal { device, session }
    }
}

/// A list with its number.
pub(crate) struct Shelved {
    /// What `--list` calls it.
    pub(crate) number: u64,
    /// The list.
    pub(crate) list: List,
}

/// List files that can't be used, and why.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    /// The file and what is wrong with it.
    damaged: Vec<String>,
    /// How many are of another version of kgrep.
    versions: usize,
}

impl LeftOut {
    /// What to tell of them, in one line; none when nothing was left out.
    pub(crate) fn line(&self) -> Option<String> {
        let mut parts = Vec::new();
        match &self.damaged[..] {
            [] => {}
            [one] => parts.push(format!("{one}; left out")),
            [first, rest @ ..] => {
                parts.push(format!("{first}; left out, and {} others with it", rest.len()));
            }
        }
        match self.versions {
            0 => {}
            1 => parts.push("1 list of another version left out".to_owned()),
            many => parts.push(format!("{many} lists of another version left out")),
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// The folder of kept lists.
pub(crate) struct Shelf {
    cache: PathBuf,
    folder: PathBuf,
}

impl Shelf {
    /// The shelf below the cache folder `cache`; nothing is created yet.
    pub(crate) fn new(cache: &Path) -> Shelf {
        Shelf { cache: cache.to_owned(), folder: cache.join("lists") }
    }

    /// Begins a list of at most `max_entries` entries.
    pub(crate) fn begin(&self, meta: Meta, max_entries: u64) -> ListWriter {
        ListWriter::new(self.temporary(), meta, max_entries)
    }

    /// Where the lists are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether lists are there that no newer one can join.
    pub(crate) fn is_read_only(&self) -> bool {
        let access = rustix::fs::access(&self.folder, rustix::fs::Access::WRITE_OK);
        access.is_err_and(|error| error != rustix::io::Errno::NOENT)
    }

    /// Puts a finished list on the shelf, drops the oldest beyond the last
    /// fifty, and returns the list's number.
    ///
    /// # Errors
    /// When the list could not be written; it stays readable where it is.
    pub(crate) fn publish(&self, finished: Finished) -> (List, Result<u64, io::Error>) {
        let Finished { list, file, failure } = finished;
        let Some(mut file) = file else {
            let error = failure.unwrap_or_else(|| io::ErrorKind::Other.into());
            return (list, Err(error));
        };
        let newest = match self.numbers() {
            Ok(numbers) => numbers.first().copied().unwrap_or(0),
            Err(error) => return (list, Err(error)),
        };
        let mut number = newest;
        loop {
            let Some(next) = number.checked_add(1) else {
                let full = io::Error::other("there is no number left for another list");
                return (list, Err(full));
            };
            number = next;
            match file.persist_noclobber(self.path(number)) {
                Ok(_) => break,
                Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = taken.file;
                }
                Err(failed) => return (list, Err(failed.error)),
            }
        }
        self.tidy();
        (list, Ok(number))
    }

    /// That the folder is the user's own, if it is there: another user's lists are neither
    /// read nor written, and a link could lead anywhere.
    fn is_own(&self) -> io::Result<()> {
        may_write(&self.cache, &self.folder).map_err(io::Error::other)
    }

    /// The list called `number`.
    ///
    /// # Errors
    /// If there is no such list, or it can't be read.
    pub(crate) fn get(&self, number: u64) -> Result<Shelved, ListError> {
        self.is_own()?;
        Ok(Shelved { number, list: List::load(&self.path(number))? })
    }

    /// The newest list made in `terminal`, else the newest of all. Files that turn
    /// out to be no use on the way are counted in `left_out`.
    ///
    /// # Errors
    /// When the folder can't be read; one that isn't there has no lists.
    pub(crate) fn latest(
        &self,
        terminal: Terminal,
        left_out: &mut LeftOut,
    ) -> io::Result<Option<Shelved>> {
        let mut newest = None;
        for shelved in self.all(left_out)? {
            if shelved.list.meta().terminal == terminal {
                return Ok(Some(shelved));
            }
            newest.get_or_insert(shelved);
        }
        Ok(newest)
    }

    /// Every kept list, newest first, opened one by one. A damaged one gets another
    /// name, so that it is in nobody's way again.
    ///
    /// # Errors
    /// When the folder can't be read; one that isn't there has no lists.
    pub(crate) fn all(&self, left_out: &mut LeftOut) -> io::Result<impl Iterator<Item = Shelved>> {
        let numbers = self.numbers()?;
        Ok(numbers.into_iter().filter_map(move |number| match self.get(number) {
            Ok(shelved) => Some(shelved),
            // Another kgrep has just dropped it.
            Err(ListError::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(ListError::Version) => {
                left_out.versions += 1;
                None
            }
            Err(error) => {
                let path = self.path(number);
                if matches!(error, ListError::Damaged(_)) {
                    // A cache that can't be written has its damaged lists named again.
                    let _ = fs::rename(&path, path.with_extension(DAMAGED));
                }
                left_out.damaged.push(format!("{}: {error}", path.display()));
                None
            }
        }))
    }

    /// How many bytes the list called `number` takes on disk.
    ///
    /// # Errors
    /// If there is no such list.
    pub(crate) fn size(&self, number: u64) -> io::Result<u64> {
        fs::metadata(self.path(number)).map(|file| file.len())
    }

    /// Removes the list called `number`.
    ///
    /// # Errors
    /// If there is no such list, or it can't be removed.
    pub(crate) fn remove(&self, number: u64) -> io::Result<()> {
        self.is_own()?;
        fs::remove_file(self.path(number))
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.{ENDING}"))
    }

    fn temporary(&self) -> io::Result<tempfile::NamedTempFile> {
        make_folder(&self.cache, &self.folder).map_err(io::Error::other)?;
        let prefix = format!("{TEMPORARY}{}-", std::process::id());
        // The file's name would be nobody's to know.
        let file = tempfile::Builder::new()
            .prefix(&prefix)
            .tempfile_in(&self.folder)
            .map_err(|error| self.named(io::Error::from(error.kind())))?;
        interrupts::remove_when_killed(file.path().to_owned());
        Ok(file)
    }

    /// The numbers on the shelf, newest first, damaged lists' among them.
    ///
    /// # Errors
    /// When the folder is there and can't be read.
    pub(crate) fn numbers(&self) -> io::Result<Vec<u64>> {
        self.is_own()?;
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.named(error)),
        };
        let mut numbers: Vec<u64> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?;
                let number = name.strip_suffix(ENDING)?.strip_suffix('.')?.parse().ok()?;
                (self.path(number).file_name()? == name.as_str()).then_some(number)
            })
            .collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        Ok(numbers)
    }

    /// The same error, with the folder.
    fn named(&self, error: io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.folder.display()))
    }

    /// Drops what is not kept any longer. Another kgrep may be at the same work, so
    /// a file that is already gone is no error.
    fn tidy(&self) {
        for number in self.numbers().unwrap_or_default().into_iter().skip(KEPT) {
            let _ = fs::remove_file(self.path(number));
        }
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let old = || {
                let changed = entry.metadata().and_then(|meta| meta.modified()).ok();
                let age = changed.and_then(|at| SystemTime::now().duration_since(at).ok());
                age.is_some_and(|age| age > ABANDONED)
            };
            let abandoned = match name.strip_prefix(TEMPORARY) {
                Some(rest) => writer_is_gone(rest) || old(),
                None => Path::new(&*name).extension().is_some_and(|end| end == DAMAGED) && old(),
            };
            if abandoned {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// True when the process whose number begins the rest of a temporary file's name has
/// ended.
fn writer_is_gone(rest: &str) -> bool {
    let number = rest.split_once('-').and_then(|(pid, _)| pid.parse().ok());
    let Some(pid) = number.and_then(rustix::process::Pid::from_raw) else { return false };
    rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::testing;

    fn published(shelf: &Shelf) -> io::Result<u64> {
        shelf.publish(shelf.begin(testing::meta("/", &[]), 9).finish().unwrap()).1
    }

    fn numbers(shelf: &Shelf) -> (Vec<u64>, LeftOut) {
        let mut left_out = LeftOut::default();
        let numbers = shelf.all(&mut left_out).unwrap().map(|shelved| shelved.number).collect();
        (numbers, left_out)
    }

    #[test]
    fn only_names_that_a_list_would_get_are_lists() {
        let cache = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(cache.path());
        assert_eq!(published(&shelf).unwrap(), 1);
        for name in ["7.list", "+000008.list", "new.list", "18446744073709551616.list"] {
            fs::write(shelf.folder.join(name), "").unwrap();
        }
        assert_eq!(numbers(&shelf).0, [1]);
        fs::write(shelf.folder.join("18446744073709551615.list"), "").unwrap();
        let error = published(&shelf).unwrap_err().to_string();
        assert_eq!(error, "there is no number left for another list");
    }

    #[test]
    fn a_shelf_that_cannot_be_read_is_an_error_and_a_missing_one_is_empty() {
        let cache = tempfile::tempdir().unwrap();
        assert!(numbers(&Shelf::new(&cache.path().join("none"))).0.is_empty());
        let file = cache.path().join("file");
        fs::write(&file, "").unwrap();
        let shelf = Shelf::new(&file);
        let error = shelf.all(&mut LeftOut::default()).err().unwrap().to_string();
        assert!(error.contains(shelf.folder.to_str().unwrap()), "{error}");
    }

    #[test]
    fn damage_is_told_once_and_other_versions_are_counted() {
        let cache = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(cache.path());
        for _ in 0..4 {
            published(&shelf).unwrap();
        }
        let bytes = fs::read(shelf.path(2)).unwrap();
        fs::write(shelf.path(4), &bytes[..bytes.len() / 2]).unwrap();
        for number in [2, 3] {
            let mut other = bytes.clone();
            other[7] = 1;
            fs::write(shelf.path(number), other).unwrap();
        }
        let (kept, left_out) = numbers(&shelf);
        assert_eq!(kept, [1]);
        let told = left_out.line().unwrap();
        assert!(told.contains("000004.list: the list is damaged"), "{told}");
        assert!(told.ends_with("2 lists of another version left out"), "{told}");
        assert_eq!(numbers(&shelf).1.line().unwrap(), "2 lists of another version left out");
    }

    #[test]
    fn what_a_killed_kgrep_left_is_tidied() {
        let cache = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(cache.path());
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        published(&shelf).unwrap();
        let left = shelf.folder.join(format!("new-{}-abc", gone.id()));
        let running = shelf.folder.join(format!("new-{}-abc", std::process::id()));
        fs::write(&left, "").unwrap();
        fs::write(&running, "").unwrap();
        published(&shelf).unwrap();
        assert!(!left.exists() && running.exists());
    }
}
