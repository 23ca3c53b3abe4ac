//! A git repository's revisions, as trees that can be asked: which one is meant, what is in it, and
//! its files laid out as a folder ([`Kept`]).
//!
//! Everything is read with `gix`; git itself is never run and the repository never written to.
//! What is asked of a revision's tree, the rest of the engine answers: a laid-out tree is a folder
//! like any other.

mod changed;
mod kept;
mod layout;
pub mod link;
mod objects;
mod settled;

use std::fmt;
use std::path::{Component, Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::{ObjectId, ThreadSafeRepository};
use globset::Glob;

pub use kept::{Kept, KeptRevision, Label, Size};
pub(crate) use objects::{EntryIs, ObjectEntry, ObjectReader};

use crate::{Error, Result};

/// A repository, for reading.
pub struct Repository {
    shared: ThreadSafeRepository,
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Repository").field(&self.path()).finish()
    }
}

/// A revision of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What it was called: `v6.1`, `HEAD~3`.
    pub name: String,
    /// The commit, in hexadecimal digits; of a tree named as such, the tree.
    pub commit: String,
    /// The tree, in hexadecimal digits.
    pub tree: String,
    pub(crate) id: ObjectId,
}

/// A revision whose files are not laid out, and where a question about it is asked.
#[derive(Debug)]
pub struct Unlaid {
    /// Its repository.
    pub repository: Repository,
    /// The revision.
    pub revision: Revision,
    /// The folder that its files would be laid out in.
    pub root: PathBuf,
    /// The folder in its tree that paths are relative to.
    pub below: PathBuf,
}

/// A revision's own name, without the `git:` by which it is told from a folder.
#[must_use]
pub fn bare(name: &str) -> &str {
    name.strip_prefix("git:").unwrap_or(name)
}

impl Repository {
    /// The repository that `folder` is in.
    ///
    /// # Errors
    /// If no repository is around the folder, or it can't be read.
    pub fn around(folder: &Path) -> Result<Repository> {
        let found = gix::discover::upwards(folder);
        let (path, _) = found.map_err(|_| Error::NoRepository(folder.to_owned()))?;
        let (folder, _) = path.into_repository_and_work_tree_directories();
        Repository::open(&folder)
    }

    /// The repository `folder`: a bare one, a work tree's top, or its `.git`.
    ///
    /// # Errors
    /// If the folder is not a repository, or can't be read.
    pub fn open(folder: &Path) -> Result<Repository> {
        // Only the repository's own configuration counts: no environment, no user's settings. Who
        // owns it doesn't matter, as nothing in it is run.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        let shared = ThreadSafeRepository::open_opts(folder, options).map_err(|error| {
            Error::Repository { path: folder.to_owned(), reason: causes(&error) }
        })?;
        Ok(Repository { shared })
    }

    /// The top folder of the files that are checked out, if there is one.
    pub fn work_tree(&self) -> Option<PathBuf> {
        let path = self.shared.to_thread_local().workdir()?.to_owned();
        path.canonicalize().ok()
    }

    /// Where the repository itself is.
    pub fn path(&self) -> PathBuf {
        let path = self.shared.path();
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    }

    /// The revision that `name` means: a tag, a branch, a hash or its beginning, `HEAD~3`; `git:` before it, by
    /// which it is told from a folder, is no part of its name.
    ///
    /// # Errors
    /// If there is no such revision, or an object on the way to it is missing.
    pub fn revision(&self, name: &str) -> Result<Revision> {
        let name = bare(name);
        let unknown = |reason: String| Error::Revision { name: name.to_owned(), reason };
        if name.is_empty() || name.starts_with('-') || name.contains("..") {
            return Err(unknown("that is no single revision".to_owned()));
        }
        let repository = self.shared.to_thread_local();
        let meant = repository.rev_parse_single(name.as_bytes().as_bstr());
        let meant = meant.map_err(|error| unknown(unresolved(&causes(&error))))?;
        let object = meant.object().map_err(|error| self.missing(meant.detach(), &error))?;
        // A tag that leads to a commit that leads to a tree; or the tree itself.
        let commit = object.peel_tags_to_end().map_err(|error| unknown(causes(&error)))?;
        let commit_id = commit.id;
        let tree = commit.peel_to_tree().map_err(|error| match meant.object().is_ok() {
            true => unknown(causes(&error)),
            false => self.missing(commit_id, &error),
        })?;
        let id = tree.id;
        Ok(Revision {
            name: name.to_owned(),
            commit: commit_id.to_string(),
            tree: id.to_string(),
            id,
        })
    }

    /// The tags that `glob` matches, in the order of their versions.
    ///
    /// # Errors
    /// If the glob is not valid, or the references can't be read.
    pub fn tags(&self, glob: &str) -> Result<Vec<String>> {
        let wanted = Glob::new(glob)?.compile_matcher();
        let unread = |error: &dyn std::error::Error| Error::Repository {
            path: self.path(),
            reason: causes(error),
        };
        let repository = self.shared.to_thread_local();
        let references = repository.references().map_err(|error| unread(&error))?;
        let tags = references.tags().map_err(|error| unread(&error))?;
        let mut names = Vec::new();
        for tag in tags {
            let tag = tag.map_err(|error| Error::Repository {
                path: self.path(),
                reason: error.to_string(),
            })?;
            // What is no text can't be typed either.
            if let Ok(name) = tag.name().shorten().to_str()
                && wanted.is_match(name)
            {
                names.push(name.to_owned());
            }
        }
        names.sort_by(|a, b| version(a).cmp(&version(b)).then_with(|| a.cmp(b)));
        Ok(names)
    }

    /// Lays the revision's files out below `kept`, unless they are there already: the folder.
    /// `advance` hears how many of how many files are there, and says whether to go on.
    ///
    /// # Errors
    /// If an object is missing, the cache can't be written, or there is no need to go on.
    pub fn lay_out(
        &self,
        revision: &Revision,
        kept: &Kept,
        advance: &(dyn Fn(u64, u64) -> bool + Sync),
    ) -> Result<PathBuf> {
        let label = Label {
            name: revision.name.clone(),
            commit: revision.commit.clone(),
            repository: self.path(),
        };
        let root = kept.root(&revision.tree);
        if settled::is_doubtful(kept)
            && let Err(error) = settled::check(kept)
            && !root.is_dir()
        {
            return Err(error);
        }
        // A cache that can't be written is no reason not to answer of what it has.
        let is_there = root.is_dir();
        if !is_there {
            layout::write(self, revision, kept, advance)?;
        }
        let labelled = kept.label(&revision.tree, &label);
        if is_there { Ok(root) } else { labelled.map(|()| root) }
    }

    /// The content of the file at `path`; none where there is no file.
    ///
    /// # Errors
    /// If an object is missing.
    pub fn file(&self, revision: &Revision, path: &Path) -> Result<Option<Vec<u8>>> {
        let repository = self.shared.to_thread_local();
        let tree =
            repository.find_tree(revision.id).map_err(|error| self.missing(revision.id, &error))?;
        let found =
            tree.lookup_entry_by_path(path).map_err(|error| self.missing(revision.id, &error))?;
        let Some(entry) = found.filter(|entry| entry.mode().is_blob()) else { return Ok(None) };
        let id = entry.object_id();
        let mut blob = repository.find_object(id).map_err(|error| self.missing(id, &error))?;
        Ok(Some(std::mem::take(&mut blob.data)))
    }

    /// The commits after `from` up to `to`, the oldest first, each the first parent of the next;
    /// none where `from` is no first parent of a first parent of `to`.
    ///
    /// # Errors
    /// If an object is missing.
    pub fn first_parents(&self, from: &Revision, to: &Revision) -> Result<Option<Vec<Revision>>> {
        let repository = self.shared.to_thread_local();
        let mut line = Vec::new();
        let mut at = hexadecimal(&to.commit)?;
        let end = hexadecimal(&from.commit)?;
        while at != end {
            let commit = repository.find_commit(at).map_err(|error| self.missing(at, &error))?;
            let tree = commit.tree_id().map_err(|error| self.missing(at, &error))?.detach();
            let name = at.to_string();
            line.push(Revision {
                name: name.clone(),
                commit: name,
                tree: tree.to_string(),
                id: tree,
            });
            let Some(parent) = commit.parent_ids().next().map(|id| id.detach()) else {
                return Ok(None);
            };
            at = parent;
        }
        line.reverse();
        Ok(Some(line))
    }

    /// A commit's subject, and the day that it was made, in seconds since 1970.
    ///
    /// # Errors
    /// If the commit is missing.
    pub fn subject(&self, revision: &Revision) -> Result<(String, i64)> {
        let repository = self.shared.to_thread_local();
        let id = hexadecimal(&revision.commit)?;
        let commit = repository.find_commit(id).map_err(|error| self.missing(id, &error))?;
        let time = commit.time().map_or(0, |time| time.seconds);
        let message = commit.message_raw_sloppy().to_str_lossy().into_owned();
        Ok((message.lines().next().unwrap_or_default().to_owned(), time))
    }

    /// The error that `id` can't be read.
    fn missing(&self, id: ObjectId, error: &dyn std::error::Error) -> Error {
        let known = self.shared.to_thread_local().has_object(id);
        match known {
            true => Error::Object { id: id.to_string(), reason: causes(error) },
            false => Error::MissingObject { id: id.to_string(), repository: self.path() },
        }
    }
}

/// Whether a path stays below where it begins, all the way.
pub fn stays_below(path: &Path) -> bool {
    let mut depth = 0_i64;
    path.components().all(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => depth = i64::MIN / 2,
        }
        depth >= 0
    })
}

/// An id in hexadecimal digits.
fn hexadecimal(id: &str) -> Result<ObjectId> {
    ObjectId::from_hex(id.as_bytes())
        .map_err(|error| Error::Object { id: id.to_owned(), reason: error.to_string() })
}

/// Why a name means nothing, without what only who parses names understands.
fn unresolved(reason: &str) -> String {
    let is_unknown = ["could not be found", "NotFound", "not found"];
    match is_unknown.iter().any(|words| reason.contains(words)) {
        true => "no tag, branch or commit here is called so".to_owned(),
        // The last cause is about the repository, those before it about how the name was parsed.
        false => reason.rsplit(": ").next().unwrap_or(reason).to_owned(),
    }
}

/// An error with its causes, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        source = cause.source();
    }
    line.replace('\n', " ")
}

/// A part of a name: text as it stands, or a number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// The end of a release comes after its candidates: `v6.1-rc8` is before `v6.1`.
    Candidate(u64),
    End,
    Number(u64),
    Text(&'a str),
}

/// A name as its parts, so that `v6.9` is before `v6.10`, and `v6.1-rc1` before `v6.1`.
fn version(name: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let candidate = rest.strip_prefix("-rc").filter(|rest| rest.starts_with(digit));
        if let Some(number) = candidate {
            let end = number.find(|c| !digit(c)).unwrap_or(number.len());
            parts.push(Part::Candidate(number[..end].parse().unwrap_or(u64::MAX)));
            rest = &number[end..];
            continue;
        }
        let is_number = digit(first);
        let end = rest
            .char_indices()
            .find(|(at, c)| digit(*c) != is_number || (*at > 0 && rest[*at..].starts_with("-rc")));
        let (part, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        parts.push(match is_number {
            true => Part::Number(part.parse().unwrap_or(u64::MAX)),
            false => Part::Text(part),
        });
        rest = after;
    }
    parts.push(Part::End);
    parts
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_in_the_order_of_their_versions() {
        let mut names = ["v6.10", "v6.1", "v6.9", "v6.1-rc2", "v6.1.3", "v6.1-rc10", "v5.19"];
        names.sort_by(|a, b| version(a).cmp(&version(b)));
        assert_eq!(names, ["v5.19", "v6.1-rc2", "v6.1-rc10", "v6.1", "v6.1.3", "v6.9", "v6.10"]);
    }
}
