//! Where indexes live and how they are replaced. What is in them is for others.
//!
//! A tree's index is a folder `<cache>/index/<name>/` with these files:
//!
//! - `index`: the manifest with the file table; the only name that is ever replaced, by
//!   rename, so that a reader meets the old generation or the new one;
//! - `text-N`: the segments that the manifest lists, never changed once written;
//! - `graph-N` and `outlines-N`: likewise, what the code says, and what it says now in the
//!   files that changed since;
//! - `catalog-N` and `recent-N`: likewise, what can be found by its words;
//! - `lock`: held by the one who writes; `used`: its mtime is the last use;
//! - `index.tmp`: a manifest being written; `scratch.tmp`: what a builder needs for a while, without
//!   this name from its first moment on. The next writer removes what a killed one left.
//!
//! Nothing is flushed to the disk by force: after a power failure a file may be incomplete,
//! its checksums tell, and the index is built again. It is a cache.

pub(crate) mod container;
pub(crate) mod lock;
pub(crate) mod manifest;
pub(crate) mod map;
pub(crate) mod table;
pub(crate) mod table_write;
pub mod trust;

use std::{
    fs::{self, File, OpenOptions},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustix::fs::OFlags;

use self::{container::Section, lock::Lock, manifest::Manifest, trust::Trust};
use crate::{Error, Tree, scratch::Scratch};

/// The folder of a user's indexes.
#[derive(Clone, Debug)]
pub struct Cache {
    /// kgrep's cache folder.
    root: PathBuf,
    /// The folder of the indexes in it.
    dir: PathBuf,
}

impl Tree {
    /// The tree to search `path` with: as [`Tree::locate`] says where a folder has the marks
    /// of a tree, else the nearest folder upwards that has an index in `cache`.
    ///
    /// Fails when `path` does not exist.
    pub fn locate_indexed(path: &Path, cache: &Cache) -> Result<Tree, Error> {
        let tree = Tree::locate(path)?;
        if tree.is_marked() {
            return Ok(tree);
        }
        let found = tree.upwards().find(|above| cache.has(above));
        Ok(found.unwrap_or(tree))
    }
}

/// What is known of one index without opening its text.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The tree's top folder; `None` when the index can't be read.
    pub root: Option<PathBuf>,
    /// Whether it serves something.
    pub state: EntryState,
    /// The folder that holds the index.
    pub dir: PathBuf,
    /// Bytes on the disk.
    pub size: IndexSize,
    /// When a search last used it, or it was built.
    pub last_used: Option<SystemTime>,
}

/// How much of the disk an index takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexSize {
    /// Bytes of its files.
    pub bytes: u64,
    /// Of these, those of files that other indexes have, too: of revisions alike.
    pub shared: u64,
}

/// What [`Cache::prune`] did.
#[derive(Debug, Default)]
pub struct Pruned {
    /// The indexes that it removed.
    pub removed: Vec<Entry>,
    /// Why others stay that serve nothing either.
    pub left: Vec<Error>,
}

/// Whether an index serves something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Its tree is there.
    Used,
    /// Its tree is gone.
    Gone,
    /// Its tree is not there, and where it was is an empty folder, or one that can't be
    /// asked: the disk may not be mounted.
    Away,
    /// Nothing was published: its builder is at work, or was killed.
    Unfinished,
    /// It can't be read.
    Damaged,
    /// It is in a format of another kgrep.
    OtherFormat(u32),
}

impl EntryState {
    /// Whether the index serves nothing any more, for this kgrep or another.
    pub fn is_orphaned(self) -> bool {
        matches!(self, EntryState::Gone | EntryState::Unfinished | EntryState::Damaged)
    }

    fn of(manifest: &Result<Manifest, Error>) -> EntryState {
        match manifest {
            Ok(manifest) if manifest.root().is_dir() => EntryState::Used,
            Ok(manifest) if may_be_away(manifest.root()) => EntryState::Away,
            Ok(_) => EntryState::Gone,
            Err(error) if error.is_not_found() => EntryState::Unfinished,
            Err(Error::Version { found, .. }) => EntryState::OtherFormat(*found),
            Err(_) => EntryState::Damaged,
        }
    }
}

/// Whether the nearest folder that is left above `root` looks like a mount point without
/// its disk.
fn may_be_away(root: &Path) -> bool {
    for folder in root.ancestors() {
        match fs::read_dir(folder) {
            Ok(mut names) => return names.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return false,
            Err(_) => return true,
        }
    }
    false
}

impl Cache {
    /// The indexes below `cache`, kgrep's cache folder (`$XDG_CACHE_HOME/kgrep`), which need
    /// not exist.
    pub fn new(cache: &Path) -> Cache {
        Cache { root: cache.to_path_buf(), dir: cache.join("index") }
    }

    /// The folder for `tree`'s index, which need not exist.
    pub fn home(&self, tree: &Tree) -> PathBuf {
        // Readable, and with the whole path's checksum nearly unique; who opens an index
        // compares the path in it with the tree's.
        let root = tree.root().as_os_str().as_bytes();
        let last = tree.root().file_name().map_or(&b"root"[..], OsStrExt::as_bytes);
        let plain = |&b: &u8| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b),
            _ => '_',
        };
        let name: String = last.iter().take(80).map(plain).collect();
        self.dir.join(format!("{name}-{:08x}", crc32fast::hash(root)))
    }

    /// The folder of the trees that are laid out once and never change: a git revision's files
    /// each. kgrep writes them; what is in them is as sure as an index is.
    pub fn revisions(&self) -> PathBuf {
        self.root.join("revisions/trees")
    }

    /// Whether `tree` is one of those.
    pub fn is_revision(&self, tree: &Tree) -> bool {
        self.is_revision_at(tree.root())
    }

    /// kgrep's cache folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.root
    }

    /// The same of the tree with this top folder.
    pub(crate) fn is_revision_at(&self, root: &Path) -> bool {
        let own = |folder: &Path| root.starts_with(folder);
        own(&self.revisions()) || self.revisions().canonicalize().is_ok_and(|real| own(&real))
    }

    /// Whether something is published where `tree`'s index would be.
    pub fn has(&self, tree: &Tree) -> bool {
        Home::new(self.home(tree)).manifest().exists()
    }

    /// How much of the disk `tree`'s index takes.
    pub fn size(&self, tree: &Tree) -> IndexSize {
        size_of(&self.home(tree))
    }

    /// Whose the folder of `tree`'s index is.
    ///
    /// # Errors
    /// As [`trust::trust`].
    pub fn trust(&self, tree: &Tree) -> Result<Trust, Error> {
        trust::trust(&self.root, &self.home(tree))
    }

    /// That `tree`'s index may be written.
    pub(crate) fn may_write(&self, tree: &Tree) -> Result<(), Error> {
        trust::may_write(&self.root, &self.home(tree))
    }

    /// Makes the folder of `tree`'s index, for the user alone, where it is missing.
    ///
    /// # Errors
    /// As [`trust::make_folder`].
    pub(crate) fn make_home(&self, tree: &Tree) -> Result<Home, Error> {
        let home = Home::new(self.home(tree));
        trust::make_folder(&self.root, &home.dir)?;
        Ok(home)
    }

    /// All indexes, sorted by their folders' names.
    pub fn list(&self) -> Result<Vec<Entry>, Error> {
        trust::trust(&self.root, &self.dir)?;
        let folders = match fs::read_dir(&self.dir) {
            Ok(folders) => folders,
            Err(e) if trust::is_missing(&e) => return Ok(Vec::new()),
            Err(e) => return Err(Error::io(&self.dir, e)),
        };
        let mut entries = Vec::new();
        for folder in folders {
            let dir = folder.map_err(|e| Error::io(&self.dir, e))?.path();
            // A link leads elsewhere.
            if fs::symlink_metadata(&dir).is_ok_and(|meta| meta.is_dir()) {
                let manifest = Manifest::open(&Home::new(dir.clone()).manifest());
                entries.push(Entry {
                    state: EntryState::of(&manifest),
                    root: manifest.ok().map(|manifest| manifest.root().to_path_buf()),
                    size: size_of(&dir),
                    last_used: fs::metadata(dir.join(USED)).and_then(|m| m.modified()).ok(),
                    dir,
                });
            }
        }
        entries.sort_by(|a, b| a.dir.cmp(&b.dir));
        Ok(entries)
    }

    /// The file that says that the user was told of `kgrep index` for `tree`. It goes with
    /// the index.
    pub fn hint_marker(&self, tree: &Tree) -> PathBuf {
        marker(&self.home(tree), HINTED)
    }

    /// The file that says that the user was told that `tree` is read for a question about its
    /// code. It goes with the index.
    pub fn asked_marker(&self, tree: &Tree) -> PathBuf {
        marker(&self.home(tree), ASKED)
    }

    /// Removes `tree`'s index. Whether there was one.
    pub fn remove(&self, tree: &Tree) -> Result<bool, Error> {
        self.may_write(tree)?;
        remove(&self.home(tree), true)
    }

    /// Removes the indexes whose tree is gone or that can't be read.
    ///
    /// # Errors
    /// When the folder of the indexes can't be read.
    pub fn prune(&self) -> Result<Pruned, Error> {
        let mut pruned = Pruned::default();
        for entry in self.list()?.into_iter().filter(|entry| entry.state.is_orphaned()) {
            let may = trust::may_write(&self.root, &entry.dir);
            // One that is being built is not unfinished for long.
            match may.and_then(|()| remove(&entry.dir, false)) {
                Ok(true) => pruned.removed.push(entry),
                Ok(false) => {}
                Err(error) => pruned.left.push(error),
            }
        }
        Ok(pruned)
    }
}

fn size_of(dir: &Path) -> IndexSize {
    let mut size = IndexSize::default();
    for file in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(meta) = file.metadata() else { continue };
        size.bytes += meta.len();
        if meta.is_file() && meta.nlink() > 1 {
            size.shared += meta.len();
        }
    }
    size
}

/// Removes an index; not one that another writes to, unless that one is `awaited`.
fn remove(dir: &Path, awaited: bool) -> Result<bool, Error> {
    // Not to be told again would be no loss either.
    for ending in [HINTED, ASKED] {
        let _ = fs::remove_file(marker(dir, ending));
    }
    if !dir.is_dir() {
        return Ok(false);
    }
    let home = Home::new(dir.to_path_buf());
    let Some(_lock) = home.lock(&|| awaited)? else { return Ok(false) };
    // The manifest first: half an index is none.
    match fs::remove_file(home.manifest()) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io(&home.manifest(), e));
        }
        _ => fs::remove_dir_all(dir).map_err(|e| Error::io(dir, e))?,
    }
    Ok(true)
}

/// What the markers beside an index's folder end in.
const HINTED: &str = ".hinted";
const ASKED: &str = ".asked";

fn marker(dir: &Path, ending: &str) -> PathBuf {
    // Not `with_extension`: the dot in `linux-6.1` begins none.
    let mut name = dir.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// How the names of the files begin that have a number, which is given once only.
const PARTS: [&str; 5] = ["text-", "graph-", "outlines-", "catalog-", "recent-"];

/// The number in the name of such a file.
fn number_of(name: &std::ffi::OsStr) -> Option<u64> {
    let name = name.to_str()?;
    let digits = PARTS.iter().find_map(|kind| name.strip_prefix(kind))?;
    digits.parse().ok()
}

const USED: &str = "used";
/// How exact the last use is kept, to spare each search a write.
const USED_EVERY: Duration = Duration::from_secs(60 * 60);

/// One index's folder.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    dir: PathBuf,
}

impl Home {
    pub(crate) fn new(dir: PathBuf) -> Home {
        Home { dir }
    }

    /// The path of the published manifest.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// The path of a segment.
    pub(crate) fn part(&self, number: u64) -> PathBuf {
        self.numbered("text-", number)
    }

    /// The path of a graph.
    pub(crate) fn graph(&self, number: u64) -> PathBuf {
        self.numbered("graph-", number)
    }

    /// The path of the outlines of what changed since a graph was built.
    pub(crate) fn outlines(&self, number: u64) -> PathBuf {
        self.numbered("outlines-", number)
    }

    /// The path of a catalog.
    pub(crate) fn catalog(&self, number: u64) -> PathBuf {
        self.numbered("catalog-", number)
    }

    /// The path of the documents of what changed since a catalog was built.
    pub(crate) fn recent(&self, number: u64) -> PathBuf {
        self.numbered("recent-", number)
    }

    fn numbered(&self, kind: &str, number: u64) -> PathBuf {
        self.dir.join(format!("{kind}{number}"))
    }

    /// Takes the right to write. When another has it, `waits` says whether to wait for it;
    /// else there is none.
    pub(crate) fn lock(&self, waits: &dyn Fn() -> bool) -> Result<Option<Lock>, Error> {
        Lock::take(&self.dir.join("lock"), waits)
    }

    /// Takes back what was published, when it can't be used.
    pub(crate) fn unpublish(&self, _lock: &Lock) {
        // What can't be removed is replaced later, or stays what it is.
        let _ = fs::remove_file(self.manifest());
    }

    /// Publishes a manifest. Its parts must be in their places.
    pub(crate) fn publish(&self, _lock: &Lock, sections: &[Section]) -> Result<(), Error> {
        let (temporary, goal) = (self.unfinished(), self.manifest());
        container::write(&temporary, manifest::KIND, sections)?;
        if let Err(error) = fs::rename(&temporary, &goal) {
            let _ = fs::remove_file(&temporary);
            return Err(Error::io(&goal, error));
        }
        self.touch();
        Ok(())
    }

    /// Removes what a killed writer left unfinished.
    pub(crate) fn remove_unfinished(&self, _lock: &Lock) {
        let _ = fs::remove_file(self.unfinished());
        let _ = fs::remove_file(self.scratch_path());
    }

    /// Room on the disk for what a builder needs for a while.
    pub(crate) fn scratch(&self, _lock: &Lock) -> Scratch {
        Scratch::at(&self.scratch_path())
    }

    /// Where [`Home::scratch`] is, for errors.
    pub(crate) fn scratch_path(&self) -> PathBuf {
        self.dir.join("scratch.tmp")
    }

    /// The path of a manifest that is being written.
    fn unfinished(&self) -> PathBuf {
        self.dir.join("index.tmp")
    }

    /// Removes every part with a number that isn't one of these: old generations and what a
    /// killed writer left. Readers keep what they have mapped.
    pub(crate) fn tidy(&self, _lock: &Lock, keep: &[u64]) {
        for file in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = file.file_name();
            let is_part = PARTS.iter().any(|kind| name.as_bytes().starts_with(kind.as_bytes()));
            if is_part && !number_of(&name).is_some_and(|number| keep.contains(&number)) {
                // What can't be removed costs space, and the next writer tries again.
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// The files of the parts with these numbers, and the same in `other`.
    pub(crate) fn parts_of(&self, numbers: &[u64], other: &Home) -> Vec<(PathBuf, PathBuf)> {
        let files = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let names = files.map(|file| file.file_name());
        let wanted = names.filter(|name| number_of(name).is_some_and(|n| numbers.contains(&n)));
        wanted.map(|name| (self.dir.join(&name), other.dir.join(&name))).collect()
    }

    /// The number for the next part: greater than that of any part that is or was here, also
    /// before the index was removed, so that a reader of an old manifest never finds a new
    /// part under an old name.
    pub(crate) fn next_part(&self, _lock: &Lock) -> u64 {
        let names = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let last: u64 = names.filter_map(|file| number_of(&file.file_name())).max().unwrap_or(0);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        last.saturating_add(1).max(u64::try_from(now.as_micros()).unwrap_or(u64::MAX))
    }

    /// Notes that the index is in use, at most once an hour. A cache that can't be written
    /// to is no reason to complain.
    pub(crate) fn touch(&self) {
        let path = self.dir.join(USED);
        let now = SystemTime::now();
        let recent = fs::metadata(&path)
            .and_then(|meta| meta.modified())
            .is_ok_and(|last| now.duration_since(last).is_ok_and(|age| age < USED_EVERY));
        if !recent {
            let mut options = OpenOptions::new();
            options.create(true).append(true).mode(0o600);
            let file = options.custom_flags(OFlags::NONBLOCK.bits() as i32).open(&path);
            let _ = file.and_then(|file: File| file.set_modified(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tree_has_a_marker_of_its_own() {
        for ending in [HINTED, ASKED] {
            let marker = |name: &str| marker(Path::new(name), ending);
            assert_ne!(marker("linux-6.1-00000001"), marker("linux-6.12-00000002"));
        }
    }

    #[test]
    fn an_empty_folder_above_a_tree_that_is_gone_may_be_a_mount_point() {
        let dir = tempfile::tempdir().unwrap();
        let mounted = dir.path().join("disk");
        fs::create_dir(&mounted).unwrap();
        assert!(may_be_away(&mounted.join("src/linux")));
        fs::write(mounted.join("file"), "").unwrap();
        assert!(!may_be_away(&mounted.join("src/linux")));
        assert!(!may_be_away(&mounted.join("file/linux")), "a file is in its place");
    }
}
