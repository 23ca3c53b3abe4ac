//! Which files the ignore rules leave out. The verdict is the `ignore` crate's, as in
//! ripgrep; here it decides only what is worth indexing, never what a search prints.
//!
//! A verdict is trusted as long as everything it came from is unchanged: the rule files in
//! the tree (`fresh` notices them by name) and those outside of it ([`outer_rules`]).

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, Metadata},
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ignore::{WalkBuilder, WalkState, gitignore::gitconfig_excludes_path};

use crate::{
    bytes::{put_bytes, put_u64},
    paths::split,
    stamp::{Stamp, Start},
};

/// Names that decide about the files around and below them.
pub(crate) fn is_rule(name: &[u8]) -> bool {
    matches!(name, b".gitignore" | b".ignore" | b".rgignore" | b".git")
}

/// What ripgrep's default rules let through below a root, hidden files included: paths
/// relative to the root. The inside of `.git` is left out.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    pub(crate) folders: HashSet<Vec<u8>>,
    pub(crate) files: HashSet<Vec<u8>>,
    /// Folders of whose names some may be missing, as something could not be read.
    unsure: HashSet<Vec<u8>>,
    /// Nobody knows where something could not be read.
    all_unsure: bool,
    /// A rule file has lines that can't be used, which every search has to say.
    pub(crate) broken: bool,
}

impl Allowed {
    /// Whether what is missing of the folder `path` may be missing for another reason than
    /// the rules.
    pub(crate) fn is_unsure(&self, path: &[u8]) -> bool {
        self.all_unsure || self.unsure.contains(path)
    }

    fn doubt(&mut self, error: &ignore::Error, root: &Path) {
        let Some(path) = path_of(error).and_then(|path| path.strip_prefix(root).ok()) else {
            self.all_unsure = true;
            return;
        };
        let path = path.as_os_str().as_bytes();
        self.unsure.insert(split(path).0.to_vec());
        self.unsure.insert(path.to_vec());
    }

    /// Takes over the doubts of another walk.
    pub(crate) fn doubt_as(&mut self, other: &Allowed) {
        self.unsure.extend(other.unsure.iter().cloned());
        self.all_unsure |= other.all_unsure;
    }
}

/// What an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

/// Whether git has an excludes file for all repositories. Its patterns with a slash count
/// from the folder that a search is started in, so that no verdict of it can be kept: those
/// of an index are made without it, and only a walk can tell what it leaves out. It comes
/// after all other rules and takes back none of theirs.
pub(crate) fn has_global_rules() -> bool {
    let file = gitconfig_excludes_path().and_then(|path| fs::metadata(path).ok());
    file.is_some_and(|meta| !meta.is_file() || meta.len() > 0)
}

/// Walks the tree with ripgrep's default rules, on all cores.
pub(crate) fn allowed(root: &Path) -> Allowed {
    walk(root, false, |_| true)
}

/// Those of the hidden files among `allowed` that ripgrep lists all the same, as a rule
/// (`!.config`) asks for them.
pub(crate) fn shown_hidden(root: &Path, allowed: &Allowed) -> Allowed {
    let hidden = allowed.files.iter().filter(|path| is_hidden(path));
    let mut wanted = HashSet::new();
    for path in hidden {
        let mut path = path.clone();
        loop {
            let folder = split(&path).0.to_vec();
            if !wanted.insert(std::mem::replace(&mut path, folder)) {
                break;
            }
        }
    }
    if wanted.is_empty() {
        return Allowed::default();
    }
    // Only the folders on the way to a hidden file are worth entering.
    walk(root, true, move |path| wanted.contains(path))
}

/// Whether a component of the path begins with a dot.
pub(crate) fn is_hidden(path: &[u8]) -> bool {
    path.starts_with(b".") || path.windows(2).any(|pair| pair == b"/.")
}

fn walk(
    root: &Path,
    skip_hidden: bool,
    enter: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
) -> Allowed {
    let skip = root.as_os_str().len() + usize::from(root.as_os_str().as_bytes() != b"/");
    let all = Mutex::new(Allowed::default());
    WalkBuilder::new(root)
        .hidden(skip_hidden)
        .git_global(false)
        .add_custom_ignore_filename(".rgignore")
        .filter_entry(move |entry| {
            let path = entry.path().as_os_str().as_bytes().get(skip..).unwrap_or(b"");
            entry.file_name() != ".git" && (entry.depth() == 0 || enter(path))
        })
        .threads(rayon::current_num_threads())
        .build_parallel()
        .run(|| {
            let mut mine = Collected { found: Vec::new(), all: &all };
            Box::new(move |entry| {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        mine.all.lock().unwrap_or_else(PoisonError::into_inner).doubt(&error, root);
                        return WalkState::Continue;
                    }
                };
                if entry.error().is_some() {
                    mine.all.lock().unwrap_or_else(PoisonError::into_inner).broken = true;
                }
                if let Some(kind) = entry.file_type()
                    && (kind.is_dir() || kind.is_file())
                {
                    let path = entry.path().as_os_str().as_bytes();
                    mine.found.push((kind.is_dir(), path.get(skip..).unwrap_or(b"").to_vec()));
                }
                WalkState::Continue
            })
        });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One thread's findings, which join the others' when the thread is done.
struct Collected<'a> {
    found: Vec<(bool, Vec<u8>)>,
    all: &'a Mutex<Allowed>,
}

impl Drop for Collected<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        for (is_folder, path) in self.found.drain(..) {
            if is_folder {
                all.folders.insert(path);
            } else {
                all.files.insert(path);
            }
        }
    }
}

/// The state of the rule files outside of the tree: two values are equal as long as none of
/// these files changed. To be taken before the rules are applied.
pub(crate) fn outer_rules(root: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    for folder in root.ancestors().skip(1) {
        for name in [".gitignore", ".ignore", ".rgignore"] {
            put_file(&mut out, &folder.join(name));
        }
        // A repository's edge ends the search for `.gitignore`s; its content changes with
        // every commit and says nothing.
        let edge =
            fs::symlink_metadata(folder.join(".git")).map_or(0, |m| 1 + u64::from(m.is_dir()));
        put_u64(&mut out, edge);
        if edge != 0 {
            put_file(&mut out, &git_folder(folder).join("info/exclude"));
        }
    }
    out
}

/// The state of the rules inside of the repositories at and below `root`, whose top folders
/// are `tops` (relative to `root`). They are known only once the rules were applied, so that
/// for an index `start` is given: what changed since makes the value equal to no later one.
pub(crate) fn inner_rules<'a>(
    root: &Path,
    tops: impl Iterator<Item = &'a [u8]>,
    start: Option<Start>,
) -> Vec<u8> {
    let mut out = Vec::new();
    for top in tops {
        let exclude = git_folder(&root.join(OsStr::from_bytes(top))).join("info/exclude");
        put_file(&mut out, &exclude);
        // A file that went away shows in its folder, and that one in the next.
        let is_new = |path: &Path, start: Start| {
            path.symlink_metadata().is_ok_and(|meta| Stamp::of(&meta).is_racy(start))
        };
        let moved =
            start.is_some_and(|start| exclude.ancestors().take(3).any(|path| is_new(path, start)));
        put_u64(&mut out, u64::from(moved));
    }
    out
}

/// Of a sorted list of folders (path, and whether it has a file `.git`), those that are the
/// top of a repository.
pub(crate) fn repositories<'a>(
    folders: impl Iterator<Item = (&'a [u8], bool)>,
) -> impl Iterator<Item = &'a [u8]> {
    folders.filter_map(|(path, has_file)| {
        let (parent, name) = split(path);
        if name == b".git" { Some(parent) } else { has_file.then_some(path) }
    })
}

/// The folder that holds a repository's `info/exclude`: `.git`, or in a work tree, where
/// `.git` is a file, the folder that all work trees share.
fn git_folder(top: &Path) -> PathBuf {
    let git = top.join(".git");
    let Ok(text) = fs::read_to_string(&git) else { return git };
    let Some(own) = text.strip_prefix("gitdir: ") else { return git };
    let own = top.join(own.trim_end());
    match fs::read_to_string(own.join("commondir")) {
        Ok(common) => own.join(common.trim_end()),
        Err(_) => own,
    }
}

/// Appends a file's path and what would change if the file did.
fn put_file(out: &mut Vec<u8>, path: &Path) {
    put_bytes(out, path.as_os_str().as_bytes());
    let of = |m: Metadata| {
        [
            m.ino(),
            m.size(),
            m.mtime() as u64,
            m.mtime_nsec() as u64,
            m.ctime() as u64,
            m.ctime_nsec() as u64,
        ]
    };
    for value in fs::metadata(path).map_or([0; 6], of) {
        put_u64(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_something_could_not_be_read_a_missing_name_says_nothing() {
        let io = || ignore::Error::Io(std::io::Error::other("no"));
        let at = |path: &str| ignore::Error::WithDepth {
            depth: 1,
            err: Box::new(ignore::Error::WithPath { path: path.into(), err: Box::new(io()) }),
        };
        let mut allowed = Allowed::default();
        allowed.doubt(&at("/tree/fs/ext4"), Path::new("/tree"));
        assert!(allowed.is_unsure(b"fs/ext4"), "its names could not be read");
        assert!(allowed.is_unsure(b"fs"), "or it could not be looked at among others");
        assert!(!allowed.is_unsure(b"") && !allowed.is_unsure(b"mm"));
        allowed.doubt(&io(), Path::new("/tree"));
        assert!(allowed.is_unsure(b"mm"), "somewhere, nobody knows where");
    }
}
