//! The commit that changed a name, found by bisection over the first parents between two revisions,
//! of which only the files are read that the name is in before or after.

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
    /// definition in the files that it is in before and after; `body` says that another body counts.
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
        let mut paths = vec![before.state.path.as_slice(), after.state.path.as_slice()];
        paths.retain(|path| !path.is_empty());
        paths.dedup();
        let seen = |revision: &Revision| self.seen(revision, &paths, name, body, idioms);
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
        self.line.get(other).map(|found| self.summary_of(found)).transpose()
    }

    /// The definition of a name in the first of some files that has one.
    fn seen(
        &self,
        revision: &Revision,
        paths: &[&[u8]],
        name: &str,
        body: bool,
        idioms: &Idioms,
    ) -> Result<Option<Seen>> {
        for path in paths {
            let file = Path::new(OsStr::from_bytes(path));
            let Some(bytes) = self.repository.file(revision, file)? else { continue };
            if let Some(found) = definition::of(path, &bytes, idioms, name, 0) {
                let body = if body { found.body } else { Vec::new() };
                return Ok(Some((path.to_vec(), found.head, found.guard, body)));
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
