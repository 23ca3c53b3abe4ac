//! What the server knows at one moment: the folders, what is open, what was agreed on. A request gets
//! it as it was when the request came, so that later edits don't change its answer.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use kgrep_engine::Buffers;
use kgrep_index::Tree;
use kgrep_index::store::Cache;

use super::position::Encoding;
use super::uri;
use crate::served::Served;
use crate::session::Session;

/// A folder that is worked in.
pub(super) struct Folder {
    /// As the client names it.
    given: PathBuf,
    /// The same without symbolic links.
    real: PathBuf,
    pub(super) served: Served,
    /// The client opened a file of it, and it has no mark of a source tree: all of it is not read.
    pub(super) is_loose: bool,
    /// Its index is being made.
    pub(super) is_indexing: AtomicBool,
    /// When an update of its index was last seen to be needed.
    behind: Mutex<Option<Instant>>,
}

/// The shortest time between two updates of an index that has fallen behind.
const UPDATES: Duration = Duration::from_secs(60);

/// What a request is answered by.
#[derive(Clone)]
pub(super) struct State {
    pub(super) encoding: Encoding,
    folders: Arc<Mutex<Vec<Arc<Folder>>>>,
    pub(super) buffers: Buffers,
    /// What the client can do with an answer.
    pub(super) client: Client,
}

/// What a client says it can.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    /// It shows how far long work is.
    pub(super) progress: bool,
    /// It knows definitions as links with an extent.
    pub(super) links: bool,
}

impl Folder {
    /// The tree around `given`.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn new(session: &Session, given: &Path, is_loose: bool) -> Result<Folder> {
        let served = Served::new(session, given)?;
        let real = given.canonicalize()?;
        let is_loose = is_loose && !served.tree().looks_like_source();
        let is_indexing = AtomicBool::new(false);
        let (given, behind) = (given.to_owned(), Mutex::default());
        Ok(Folder { given, real, served, is_loose, is_indexing, behind })
    }

    /// The tree.
    pub(super) fn tree(&self) -> &Tree {
        self.served.tree()
    }

    /// Whether the tree has an index.
    pub(super) fn is_indexed(&self) -> bool {
        Cache::new(self.served.cache()).has(self.tree())
    }

    /// Makes the snapshot that answers with these files open will need, where an index has it.
    pub(super) fn prepare(&self, buffers: Buffers) {
        if !self.is_loose && !self.waits() && self.is_indexed() {
            self.served.prepare(buffers);
        }
    }

    /// Leaves to the index what an answer showed to be needed.
    pub(super) fn freshen(&self, changes: u64) {
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        if behind.is_none_or(|before| before.elapsed() > UPDATES) {
            *behind = Some(Instant::now());
            self.served.freshen(Some(changes));
        }
    }

    pub(super) fn waits(&self) -> bool {
        self.is_indexing.load(Ordering::Acquire)
    }

    /// The address of a file by its path below the root: by the name that the client has for its
    /// folder.
    pub(super) fn uri(&self, below: &[u8]) -> String {
        let full = self.tree().root().join(OsStr::from_bytes(below));
        match full.strip_prefix(&self.real) {
            Ok(rest) if self.given != self.real => uri::of(&self.given.join(rest)),
            _ => uri::of(&full),
        }
    }
}

impl State {
    pub(super) fn new(encoding: Encoding, client: Client, folders: Vec<Arc<Folder>>) -> State {
        let folders = Arc::new(Mutex::new(folders));
        State { encoding, folders, buffers: Buffers::default(), client }
    }

    /// The folders that are worked in.
    pub(super) fn folders(&self) -> Vec<Arc<Folder>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add(&self, folder: Arc<Folder>) {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).push(folder);
    }

    /// The client works no longer in the folder it named so.
    pub(super) fn remove(&self, given: &Path) {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.retain(|folder| folder.given != given);
    }

    /// The folder of a file, and the file's path below its root. A file of no known folder has the
    /// tree that it is in.
    ///
    /// # Errors
    /// When that is not there.
    pub(super) fn file(&self, session: &Session, path: &Path) -> Result<(Arc<Folder>, Vec<u8>)> {
        let real = real(path);
        let below = |folder: &Arc<Folder>| {
            let below = real.strip_prefix(folder.tree().root()).ok()?;
            Some((Arc::clone(folder), below.as_os_str().as_bytes().to_vec()))
        };
        // The innermost: folders may lie in each other.
        let known = self.folders();
        let holding = known.iter().filter_map(below).min_by_key(|(_, below)| below.len());
        if let Some(found) = holding {
            return Ok(found);
        }
        let parent = real.parent().unwrap_or(Path::new("/"));
        let folder = Arc::new(Folder::new(session, parent, true)?);
        self.add(Arc::clone(&folder));
        let path = real.strip_prefix(folder.tree().root()).unwrap_or(&real);
        Ok((folder, path.as_os_str().as_bytes().to_vec()))
    }
}

/// A path without symbolic links before its last part: the file need not be there.
pub(super) fn real(path: &Path) -> PathBuf {
    let known = path.canonicalize();
    known.unwrap_or_else(|_| match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    })
}
