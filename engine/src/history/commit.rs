//! The commit that changed a name, found by bisection over the first parents between two revisions,
//! of which only the files are read that the name is in before or after, and those that a commit
//! moved it to or from.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use kgrep_index::idiom::Idioms;

use super::{Stretch, definition};
use crate::Result;
use crate::revision::{Repository, Revision};

/// A commit as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The first letters of its hash.
    pub id: String,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
}

/// The first parents from one revision to another.
pub struct Range<'a> {
    repository: &'a Repository,
    from: &'a Revision,
    to: &'a Revision,
    line: Vec<Revision>,
}

/// A definition's path, its head and guard, and its body where that counts.
type Seen = (Vec<u8>, String, String, Vec<u8>);

/// Files that a name is followed to at most.
const MOVES: usize = 64;

/// What is asked of each commit.
struct Asked<'a> {
    name: &'a str,
    body: bool,
    idioms: &'a Idioms,
}

impl Asked<'_> {
    /// Whether a text may define the name: it has its last word, a system call's without `sys_`.
    fn may_be_in(&self, bytes: &[u8]) -> bool {
        let word = self.name.rsplit([' ', '.', ':']).next().unwrap_or(self.name);
        let word = word.strip_prefix("sys_").unwrap_or(word);
        memchr::memmem::find(bytes, word.as_bytes()).is_some()
    }
}

impl<'a> Range<'a> {
    /// The commits between two revisions; none if `from` is no first parent of `to`.
    ///
    /// # Errors
    /// If the repository can't be read.
    pub fn between(
        repository: &'a Repository,
        from: &'a Revision,
        to: &'a Revision,
    ) -> Result<Option<Range<'a>>> {
        let line = repository.first_parents(from, to)?;
        Ok(line.map(|line| Range { repository, from, to, line }))
    }

    /// The commit that brought a name, took it away, or made it what it is in `after`, by its
    /// definition in the files that it is in before, after, and on the way; `body` says that another
    /// body counts.
    ///
    /// # Errors
    /// If the repository can't be read.
    pub fn commit(
        &self,
        name: &str,
        (before, after): (&Stretch, &Stretch),
        body: bool,
        idioms: &Idioms,
    ) -> Result<Option<Commit>> {
        let mut paths = vec![before.state.path.clone(), after.state.path.clone()];
        paths.retain(|path| !path.is_empty());
        paths.dedup();
        let asked = Asked { name, body, idioms };
        let mut last = None;
        // With a file that a move leads to, both ends may be the same: then the answer before stays.
        while let Some(found) = self.bisected(&asked, &paths)? {
            last = self.line.get(found);
            let moved = match last.is_some() && paths.len() < MOVES {
                true => self.moved(&asked, found, &paths)?,
                false => Vec::new(),
            };
            if moved.is_empty() {
                break;
            }
            paths.extend(moved);
        }
        last.map(|revision| self.summary_of(revision)).transpose()
    }

    /// The number of the first commit at which the name is what it is at the end, by these files.
    fn bisected(&self, asked: &Asked<'_>, paths: &[Vec<u8>]) -> Result<Option<usize>> {
        let seen = |revision: &Revision| self.seen(revision, paths, asked);
        let start = seen(self.from)?;
        // What is exported, say, stands elsewhere: then no commit is the first to differ here.
        let end = seen(self.to)?;
        if start == end {
            return Ok(None);
        }
        // What brought it or took it away may not be the only one that changed it.
        let is_over = |now: &Option<Seen>| match (&start, &end) {
            (None, _) => now.is_some(),
            (_, None) => now.is_none(),
            _ => *now == end,
        };
        let (mut same, mut other) = (0, self.line.len().saturating_sub(1));
        while same < other {
            let middle = same + (other - same) / 2;
            match is_over(&seen(&self.line[middle])?) {
                true => other = middle,
                false => same = middle + 1,
            }
        }
        Ok(Some(other))
    }

    /// The other files that a commit moved the name to, where it took it out of these, or that it
    /// moved the name from, where it brought it into these.
    fn moved(&self, asked: &Asked<'_>, at: usize, paths: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
        let after = &self.line[at];
        let before = at.checked_sub(1).map_or(self.from, |before| &self.line[before]);
        let other = match (self.seen(before, paths, asked)?, self.seen(after, paths, asked)?) {
            (Some(_), None) => after,
            (None, Some(_)) => before,
            _ => return Ok(Vec::new()),
        };
        let mut files = self.repository.changed(before, after)?;
        files.retain(|path| !paths.contains(path));
        let mut moved = Vec::new();
        for path in files {
            let file = Path::new(OsStr::from_bytes(&path));
            let Some(bytes) = self.repository.file(other, file)? else { continue };
            if asked.may_be_in(&bytes)
                && definition::of(&path, &bytes, asked.idioms, asked.name, 0).is_some()
            {
                moved.push(path);
            }
        }
        Ok(moved)
    }

    /// The definition of a name in the first of some files that has one.
    fn seen(
        &self,
        revision: &Revision,
        paths: &[Vec<u8>],
        asked: &Asked<'_>,
    ) -> Result<Option<Seen>> {
        for path in paths {
            let file = Path::new(OsStr::from_bytes(path));
            let Some(bytes) = self.repository.file(revision, file)? else { continue };
            if let Some(found) = definition::of(path, &bytes, asked.idioms, asked.name, 0) {
                let body = if asked.body { found.body } else { Vec::new() };
                return Ok(Some((path.clone(), found.head, found.guard, body)));
            }
        }
        Ok(None)
    }

    fn summary_of(&self, revision: &Revision) -> Result<Commit> {
        let (subject, time) = self.repository.subject(revision)?;
        let id = revision.commit.get(..12).unwrap_or_default().to_owned();
        Ok(Commit { id, time, subject })
    }
}
