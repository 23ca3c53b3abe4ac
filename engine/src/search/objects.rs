//! The files of a revision that is not laid out: found in its trees as a walk through its files would
//! find them, by the revision's own ignore rules, and read from the repository, without any on the disk.
//! What only files can tell is left to those: [`Objects::listed`] says so.
//!
//! Which entries a walk leaves out, and which rule counts before which, is as in the `ignore` crate's
//! `Ignore::matched`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};
use ignore::overrides::Override;
use ignore::types::Types;

use super::request::SearchRequest;
use super::walk::{Haystack, Scope, overrides, types};
use crate::revision::{EntryIs, ObjectEntry, ObjectReader, Repository, Unlaid};
use crate::{Error, Result};

/// The most folders in folders that are followed: each takes some of the stack.
const DEEPEST: usize = 200;

/// Rule files, those that count before others first.
const RULES: [&[u8]; 3] = [b".rgignore", b".ignore", b".gitignore"];

/// The files that a search looks at.
pub struct Objects<'a> {
    repository: &'a Repository,
    files: Vec<(PathBuf, ObjectId)>,
    /// How many of these, the first ones, were named by the user.
    named: Option<usize>,
}

/// Why files can't be listed.
enum Stop {
    /// Only a walk through files tells which they are.
    Files,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

impl<'a> Objects<'a> {
    /// What a search in `scope` would look at; none where only files can tell.
    ///
    /// # Errors
    /// If an object is missing, or a glob or a file type is wrong.
    pub fn listed(
        unlaid: &'a Unlaid,
        scope: &Scope,
        request: &SearchRequest,
    ) -> Result<Option<Objects<'a>>> {
        let is_odd = request.max_depth.is_some()
            || request.rules.follow
            || request.no_ignore_vcs
            || request.no_ignore_parent;
        if is_odd || (request.rules.ignore && has_outer_rules(&unlaid.root)) {
            return Ok(None);
        }
        let mut walk = Walk {
            reader: unlaid.repository.reader(),
            request,
            overrides: overrides(request, &request.folder)?,
            types: types(request)?,
            levels: Vec::new(),
            found: Vec::new(),
        };
        let mut named = 0;
        for path in scope.paths() {
            match walk.start(unlaid, path, scope.is_implicit()) {
                Ok(is_file) => named += usize::from(is_file),
                Err(Stop::Files) => return Ok(None),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        // A file that was named is searched in another way than one that was found.
        let named = match named {
            0 => None,
            _ if named == walk.found.len() => Some(named),
            _ => return Ok(None),
        };
        walk.found.iter().try_for_each(|(_, id)| walk.reader.check(*id))?;
        let files = walk.found;
        Ok(Some(Objects { repository: &unlaid.repository, files, named }))
    }

    /// Whether only a few files are named: see [`Scope::is_few_files`].
    pub fn is_few_files(&self) -> bool {
        self.named.is_some_and(|named| named <= 10)
    }

    /// A way to the files, for one thread.
    pub(super) fn reader(&self) -> ObjectReader<'a> {
        self.repository.reader()
    }

    /// The files, in the order of a walk.
    pub(super) fn haystacks(&self) -> impl Iterator<Item = Haystack> + '_ {
        let explicit = self.named.is_some();
        self.files.iter().map(move |(path, id)| Haystack {
            path: path.clone(),
            explicit,
            stdin: false,
            object: Some(*id),
        })
    }
}

/// Whether rules from outside of the revision count, which a walk reads.
fn has_outer_rules(root: &Path) -> bool {
    let is_there =
        |folder: &Path| RULES[..2].iter().any(|name| folder.join(OsStr::from_bytes(name)).exists());
    let global = gitconfig_excludes_path().and_then(|path| path.metadata().ok());
    global.is_some_and(|meta| !meta.is_file() || meta.len() > 0)
        || root.ancestors().skip(1).any(is_there)
}

/// The rules of one folder, in the order of [`RULES`].
type Level = [Gitignore; 3];

struct Walk<'a> {
    reader: ObjectReader<'a>,
    request: &'a SearchRequest,
    overrides: Override,
    types: Types,
    /// The rules of the folders that lead to where it is, the top's first.
    levels: Vec<Level>,
    found: Vec<(PathBuf, ObjectId)>,
}

impl Walk<'_> {
    /// Finds what is at a path that the user named; whether that is a file.
    fn start(&mut self, unlaid: &Unlaid, path: &Path, implicit: bool) -> Result<bool, Stop> {
        let (mut id, mut full) = (unlaid.revision.id, unlaid.root.clone());
        self.levels.clear();
        let inner = unlaid.below.join(path);
        let mut parts = inner.components().filter(|part| *part != Component::CurDir).peekable();
        while let Some(part) = parts.next() {
            let Component::Normal(part) = part else { return Err(Stop::Files) };
            let entries = self.reader.entries(id)?;
            self.enter(&full, &entries)?;
            let entry = entries.iter().find(|entry| entry.name == part.as_bytes());
            match entry.map(|entry| (entry.is, entry.id)) {
                Some((EntryIs::Folder, folder)) => id = folder,
                Some((EntryIs::File, file)) if parts.peek().is_none() => {
                    self.found.push((path.to_owned(), file));
                    return Ok(true);
                }
                _ => return Err(Stop::Files),
            }
            full.push(part);
        }
        let shown = if implicit { Path::new("") } else { path };
        self.folder(shown, &full, id, 0)?;
        Ok(false)
    }

    /// Finds the files below a folder.
    fn folder(
        &mut self,
        shown: &Path,
        full: &Path,
        id: ObjectId,
        depth: usize,
    ) -> Result<(), Stop> {
        if depth > DEEPEST {
            return Err(Stop::Files);
        }
        let mut entries = self.reader.entries(id)?;
        self.enter(full, &entries)?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        for entry in &entries {
            let is_folder = entry.is == EntryIs::Folder;
            if !is_folder && entry.is != EntryIs::File {
                continue;
            }
            let name = OsStr::from_bytes(&entry.name);
            let (shown, full) = (shown.join(name), full.join(name));
            if self.leaves_out(&shown, &full, is_folder) {
                continue;
            }
            match is_folder {
                true => self.folder(&shown, &full, entry.id, depth + 1)?,
                false => self.found.push((shown, entry.id)),
            }
        }
        self.levels.pop();
        Ok(())
    }

    /// Reads the rules of a folder.
    fn enter(&mut self, full: &Path, entries: &[ObjectEntry]) -> Result<(), Stop> {
        let mut level: Level = [Gitignore::empty(), Gitignore::empty(), Gitignore::empty()];
        for entry in entries {
            // It would be the top of another repository.
            if entry.name == b".jj" {
                return Err(Stop::Files);
            }
            let Some(at) = RULES.iter().position(|name| *name == entry.name) else { continue };
            match entry.is {
                EntryIs::File if self.request.rules.ignore => {
                    level[at] = self.rules(full, entry)?
                }
                EntryIs::Link => return Err(Stop::Files),
                _ => {}
            }
        }
        self.levels.push(level);
        Ok(())
    }

    /// The rules in a file; what is wrong with them a walk tells.
    fn rules(&mut self, full: &Path, entry: &ObjectEntry) -> Result<Gitignore, Stop> {
        let text = std::str::from_utf8(self.reader.read(entry.id)?).map_err(|_| Stop::Files)?;
        let mut rules = GitignoreBuilder::new(full);
        for line in text.trim_start_matches('\u{feff}').lines() {
            rules.add_line(None, line).map_err(|_| Stop::Files)?;
        }
        rules.build().map_err(|_| Stop::Files)
    }

    /// Whether a walk leaves an entry out.
    fn leaves_out(&self, shown: &Path, full: &Path, is_folder: bool) -> bool {
        let shown = shown.strip_prefix("./").unwrap_or(shown);
        match self.overrides.matched(shown, is_folder) {
            Match::None => {}
            found => return found.is_ignore(),
        }
        let mut is_wanted = false;
        for at in 0..RULES.len() {
            let mut found =
                self.levels.iter().rev().map(|level| level[at].matched(full, is_folder));
            match found.find(|found| !found.is_none()) {
                Some(found) if found.is_ignore() => return true,
                Some(_) => {
                    is_wanted = true;
                    break;
                }
                None => {}
            }
        }
        match self.types.matched(shown, is_folder) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => is_wanted = true,
            Match::None => {}
        }
        let name = full.file_name().unwrap_or_default().as_bytes();
        !is_wanted && !self.request.rules.hidden && name.starts_with(b".")
    }
}
