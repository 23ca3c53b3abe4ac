//! The revisions that are laid out in the cache: where they are, what they are called, and which of
//! them can go.
//!
//! ```text
//! <cache>/revisions/
//!   trees/<tree id>/     a revision's files: links into blobs/, read-only
//!   trees/<tree id>.toml which revision it was asked as last; its mtime is the last use
//!   blobs/<ab>/<cdef…>   each content once, by its blob's id
//!   named/<tree id>/     links into a tree that say which revision it is: `v6.1:fs`
//!   asked/<tree id>      it was searched in the repository's objects, and is laid out the next time
//!   sides/<number>/      links to trees that were compared, by their names
//!   unpacking/           a tree that is being written; published by rename
//!   run                  in which run of the machine something was written last (`settled`)
//!   lock                 held by the one who writes
//! ```

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use kgrep_index::store::Cache;
use kgrep_index::store::trust::{is_missing, make_folder, may_write};
use serde::{Deserialize, Serialize};

use super::link;
use crate::{Error, Result};

/// How exact the last use is kept.
const USED_EVERY: Duration = Duration::from_secs(60 * 60);

/// The ending of the file with a tree's label.
const LABEL: &str = "toml";

/// What a laid-out tree was asked as last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What it was called: `v6.1`.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// The repository.
    #[serde(with = "crate::paths")]
    pub repository: PathBuf,
}

/// A laid-out revision.
#[derive(Debug, Clone)]
pub struct KeptRevision {
    /// Its files' top folder.
    pub root: PathBuf,
    /// What it was asked as, if that can be read.
    pub label: Option<Label>,
    /// When it was last asked.
    pub used: Option<SystemTime>,
}

/// How much of the disk a revision's files take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Files.
    pub files: u64,
    /// Bytes of files that no other revision has.
    pub own: u64,
    /// Bytes of those that others have, too.
    pub shared: u64,
}

/// Where revisions are laid out.
#[derive(Debug, Clone)]
pub struct Kept {
    cache: PathBuf,
}

impl Kept {
    /// Those in kgrep's cache folder, which need not exist.
    pub fn new(cache: &Path) -> Kept {
        Kept { cache: cache.to_owned() }
    }

    /// The folder for the files of the tree of this id, without links on the way where that is there.
    pub fn real_root(&self, tree: &str) -> PathBuf {
        let cache = self.cache.canonicalize().unwrap_or_else(|_| self.cache.clone());
        Kept { cache }.root(tree)
    }

    /// The folder for the files of the tree of this id.
    pub fn root(&self, tree: &str) -> PathBuf {
        self.trees().join(tree)
    }

    fn folder(&self) -> PathBuf {
        self.cache.join("revisions")
    }

    pub(super) fn trees(&self) -> PathBuf {
        Cache::new(&self.cache).revisions()
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.folder().join("blobs")
    }

    pub(super) fn unpacking(&self) -> PathBuf {
        self.folder().join("unpacking")
    }

    /// The file that says when something was written last.
    pub(super) fn run(&self) -> PathBuf {
        self.folder().join("run")
    }

    /// Makes the folders, for the user alone, and takes the right to write.
    ///
    /// # Errors
    /// If the cache can't be written.
    pub(super) fn lock(&self) -> Result<fs::File> {
        make_folder(&self.cache, &self.trees())?;
        make_folder(&self.cache, &self.blobs())?;
        let path = self.folder().join("lock");
        let mut options = fs::OpenOptions::new();
        let options = options.create(true).append(true).mode(0o600);
        let file = options.open(&path).map_err(Error::read(&path))?;
        file.lock().map_err(Error::read(&path))?;
        Ok(file)
    }

    /// Whether a revision that is not laid out was asked about before; it is now.
    pub fn was_asked(&self, tree: &str) -> bool {
        let folder = self.folder().join("asked");
        let mark = folder.join(tree);
        // Where nothing can be written, it never was.
        mark.exists()
            || (make_folder(&self.cache, &folder).is_ok()
                && fs::OpenOptions::new().write(true).create_new(true).open(&mark).is_err()
                && mark.exists())
    }

    /// Notes what a tree was asked as, and that it was.
    ///
    /// # Errors
    /// If the cache can't be written.
    pub(super) fn label(&self, tree: &str, label: &Label) -> Result<()> {
        let path = self.root(tree).with_extension(LABEL);
        let is_same = read_label(&path).is_some_and(|known| known == *label);
        let now = SystemTime::now();
        if is_same {
            let used = fs::metadata(&path).and_then(|meta| meta.modified());
            let is_recent =
                used.is_ok_and(|used| now.duration_since(used).is_ok_and(|age| age < USED_EVERY));
            if !is_recent {
                // A cache that can't be written to is no reason not to answer.
                let file = fs::OpenOptions::new().append(true).open(&path);
                let _ = file.and_then(|file| file.set_modified(now));
            }
            return Ok(());
        }
        let _ = fs::remove_file(self.folder().join("asked").join(tree));
        let Ok(text) = toml::to_string(label) else { return Ok(()) };
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&temporary, text).map_err(Error::read(&temporary))?;
        fs::rename(&temporary, &path).map_err(Error::read(&path))
    }

    /// The revision whose files `path` is among.
    pub fn holding(&self, path: &Path) -> Option<KeptRevision> {
        let trees = self.trees();
        let real = trees.canonicalize().unwrap_or_else(|_| trees.clone());
        let below = path.strip_prefix(&real).or_else(|_| path.strip_prefix(&trees)).ok()?;
        let root = real.join(below.components().next()?);
        Some(kept(root))
    }

    /// The same file by a path that ends as git names it, `v6.1:fs/namespace.c`, for those who see
    /// the path; none where it is no revision's, or the cache can't be written.
    pub fn named(&self, path: &Path) -> Option<PathBuf> {
        let revision = self.holding(path)?;
        let real = path.canonicalize().ok()?;
        let mut below = real.strip_prefix(&revision.root).ok()?.components();
        let first = below.next()?;
        // So that it is a file's name, however long the revision's is.
        let name: String = link::file_name(&revision.label?.name).chars().take(60).collect();
        let folder = self.folder().join("named").join(revision.root.file_name()?);
        make_folder(&self.cache, &folder).ok()?;
        let named = folder.join(format!("{name}:{}", first.as_os_str().to_str()?));
        link::point(&named, &revision.root.join(first)).ok()?;
        Some(match below.as_path() {
            rest if rest.as_os_str().is_empty() => named,
            rest => named.join(rest),
        })
    }

    /// All of them, in the order of their names and ids.
    ///
    /// # Errors
    /// If the cache can't be read.
    pub fn all(&self) -> Result<Vec<KeptRevision>> {
        let trees = self.trees();
        let entries = match fs::read_dir(&trees) {
            Ok(entries) => entries,
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            Err(error) => return Err(Error::read(&trees)(error)),
        };
        let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
        let mut all: Vec<KeptRevision> = folders.map(kept).collect();
        let name = |kept: &KeptRevision| kept.label.as_ref().map(|label| label.name.clone());
        all.sort_by_key(|kept| (name(kept), kept.root.clone()));
        Ok(all)
    }

    /// Removes a revision's files, and what of the blobs no other needs.
    ///
    /// # Errors
    /// If the cache can't be written.
    pub fn remove(&self, revision: &KeptRevision) -> Result<()> {
        may_write(&self.cache, &self.trees())?;
        let _lock = self.lock()?;
        self.remove_locked(revision)
    }

    /// The same for one who may write.
    pub(super) fn remove_locked(&self, revision: &KeptRevision) -> Result<()> {
        // The name goes first: half a tree is none.
        let gone = self.unpacking();
        remove_all(&gone)?;
        fs::rename(&revision.root, &gone).map_err(Error::read(&revision.root))?;
        let _ = fs::remove_file(revision.root.with_extension(LABEL));
        if let Some(tree) = revision.root.file_name() {
            // Links that lead nowhere take no room to speak of.
            let _ = fs::remove_dir_all(self.folder().join("named").join(tree));
        }
        remove_all(&gone)
    }

    /// Removes the blobs that no revision has any more: how many bytes.
    ///
    /// # Errors
    /// If the cache can't be written.
    pub fn remove_unused_blobs(&self) -> Result<u64> {
        if !self.blobs().is_dir() {
            return Ok(0);
        }
        may_write(&self.cache, &self.blobs())?;
        let _lock = self.lock()?;
        let mut bytes = 0;
        for folder in fs::read_dir(self.blobs()).into_iter().flatten().flatten() {
            for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                let Ok(meta) = file.metadata() else { continue };
                if meta.nlink() == 1 && fs::remove_file(file.path()).is_ok() {
                    bytes += meta.len();
                }
            }
        }
        Ok(bytes)
    }

    /// The folder of those that stand beside trees they are compared with, one for each comparison.
    pub fn sides(&self) -> PathBuf {
        self.folder().join("sides")
    }

    /// Removes comparisons of which a tree is gone.
    pub fn remove_broken_sides(&self) {
        for folder in fs::read_dir(self.sides()).into_iter().flatten().flatten() {
            let mut links = fs::read_dir(folder.path()).into_iter().flatten().flatten();
            if links.any(|link| !link.path().exists()) {
                // What can't be removed takes no room to speak of.
                let _ = fs::remove_dir_all(folder.path());
            }
        }
    }

    /// How much of the disk a revision's files take.
    pub fn size(revision: &KeptRevision) -> Size {
        let mut size = Size::default();
        let mut folders = vec![revision.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(meta) = entry.metadata() else { continue };
                if meta.is_dir() {
                    folders.push(entry.path());
                } else if meta.is_file() {
                    size.files += 1;
                    // The blob's own name, and this one.
                    let bytes = if meta.nlink() <= 2 { &mut size.own } else { &mut size.shared };
                    *bytes += meta.len();
                }
            }
        }
        size
    }
}

fn kept(root: PathBuf) -> KeptRevision {
    let path = root.with_extension(LABEL);
    let used = fs::metadata(&path).and_then(|meta| meta.modified()).ok();
    KeptRevision { label: read_label(&path), used, root }
}

fn read_label(path: &Path) -> Option<Label> {
    let text = kgrep_index::read_at_most(path, 1 << 16).ok()?;
    toml::from_str(std::str::from_utf8(&text).ok()?).ok()
}

/// Removes a folder with all that is in it, where it is there.
pub(super) fn remove_all(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::read(folder)(error)),
        _ => Ok(()),
    }
}
