//! What a search or a question to the code leaves to be done for the index: an update in the
//! background when much has changed, and a word about `kgrep index` where there is none.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;
use kgrep_engine::Coverage;
use kgrep_engine::code::Code;
use kgrep_engine::revision::Kept;
use kgrep_index::graph::Graph;
use kgrep_index::store::Cache;
use kgrep_index::store::trust::make_folder;
use kgrep_index::{Index, Tree};

use crate::folders;
use crate::message::tell;
use crate::search::Advice;
use crate::session::Session;

/// Up to this many changes are looked at by every search without being missed.
const MANY_CHANGES: u64 = 300;

/// A tree with fewer files is searched in no time.
const MANY_FILES: u64 = 2000;

/// How much faster a selective search is with an index, in round figures
/// (`docs/benchmarks.md`).
const SPEED_UP: u64 = 7;

/// Does it, after everything was printed. What fails here fails silently: the search
/// itself went well.
pub(crate) fn after(advice: &Advice, files: u64, session: &Session) {
    let Some(tree) = &advice.tree else { return };
    match &advice.fresh {
        // Only an index knows what changed.
        Some(fresh) => after_changes(tree, fresh.changes(), session),
        None if !advice.indexed => hint(tree, files, session),
        None => {}
    }
}

/// Does it after a question about code. An index that has fallen behind is updated, as after a
/// search: each question that comes before reads all the changed files again.
pub(crate) fn after_answer(code: &Code, coverage: &Coverage, session: &Session) {
    match coverage.changes {
        Some(changes) => after_changes(code.tree(), changes, session),
        None if !coverage.indexed => {
            hint(code.tree(), coverage.searched.unwrap_or(0), session);
        }
        None => {}
    }
}

/// As [`after_answer`], after a question that the index may have been asked.
pub(crate) fn after_question(code: &Code, session: &Session) {
    if let Some((_, fresh)) = code.asked() {
        after_changes(code.tree(), fresh.changes(), session);
    }
}

/// What `question` finds in the tree's graph as the files are now, as [`Code::ask`] does, with
/// what is to be done after it.
///
/// # Errors
/// As [`Code::ask`].
pub(crate) fn ask<R>(
    code: &Code,
    session: &Session,
    question: impl Fn(&Graph<'_>) -> Result<R>,
) -> Result<R> {
    let found = code.ask(question);
    after_question(code, session);
    found
}

/// Starts an update in the background when the index has fallen behind.
pub(crate) fn after_changes(tree: &Tree, changes: u64, session: &Session) {
    if session.settings.auto_update.value {
        update_after(tree, changes, &session.cache);
    }
}

/// The same, where the user lets it.
pub(crate) fn update_after(tree: &Tree, changes: u64, cache: &Path) {
    if changes > MANY_CHANGES {
        // A cache that can't be written fails there as it would here.
        let _ = update_in_background(tree.root(), cache);
    }
}

/// Says, once for each tree, that an index makes searches fast.
fn hint(tree: &Tree, files: u64, session: &Session) {
    if files < MANY_FILES || !io::stderr().is_terminal() {
        return;
    }
    let marker = Cache::new(&session.cache).hint_marker(tree);
    if first_time(&session.cache, &marker) {
        let (at, of) = called(tree, &session.cache);
        tell(format!(
            "`kgrep index{at}` would make searches like this about {SPEED_UP} times faster (said \
             once for {of})",
        ));
    }
}

/// What `kgrep index` needs to mean a tree, and what the tree is called: a git revision's by its name.
fn called(tree: &Tree, cache: &Path) -> (String, String) {
    let revision = Kept::new(cache).holding(tree.root()).and_then(|kept| kept.label);
    match revision {
        Some(label) => (format!(" --at {}", label.name), label.name),
        None => {
            // Of what nothing says is a source tree, it wants to be told.
            let folder = if tree.looks_like_source() { "" } else { " ." };
            (folder.to_owned(), tree.root().display().to_string())
        }
    }
}

/// Says, once for each tree, that an index makes questions about code fast.
pub(crate) fn slow_without_index(tree: &Tree, folder: &Path) {
    if !io::stderr().is_terminal() {
        return;
    }
    let cache = Cache::new(folder);
    if first_time(folder, &cache.asked_marker(tree)) {
        let indexed = Index::open(&cache, tree).is_ok_and(|index| index.is_some());
        let (at, of) = called(tree, folder);
        tell(format!(
            "reading all of {of} for this; `kgrep index{at}{}` makes such questions fast (said once)",
            if indexed { " --code" } else { "" }
        ));
    }
}

/// Starts `kgrep index` for `root` with low priority, away from the terminal.
fn update_in_background(root: &Path, cache: &Path) -> io::Result<()> {
    Command::new(folders::program().map_err(io::Error::other)?)
        .args(["index", "--background", "--"])
        .arg(root)
        .env("KGREP_CACHE_DIR", cache)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}

/// Leaves a mark below the cache folder; true when it wasn't there.
pub(crate) fn first_time(cache: &Path, marker: &Path) -> bool {
    marker.parent().is_some_and(|folder| make_folder(cache, folder).is_ok())
        && OpenOptions::new().write(true).create_new(true).open(marker).is_ok()
}
