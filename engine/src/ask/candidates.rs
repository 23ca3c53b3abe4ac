//! The files of code that a question has to read, found by a search.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use kgrep_index::Fresh;
use kgrep_index::outline::Language;

use crate::answer::{Answer, Coverage};
use crate::code::Code;
use crate::search::{
    Advice, Event, Patterns, Scope, Search, SearchOptions, SearchRequest, advise_knowing, scan,
};
use crate::{Note, Result};

/// The files of code that `request` finds, below the tree's root, in path order; what was looked at
/// is the answer's coverage. Relative paths of the request start at the root.
///
/// # Errors
/// When a pattern can't be used, or the tree can't be walked.
pub(super) fn candidates(
    code: &Code,
    request: SearchRequest,
    answer: &mut Answer,
) -> Result<Vec<Vec<u8>>> {
    found(code, request, false, answer)
}

/// As [`candidates`], with others among them where the index alone can tell which files those are:
/// none is read for it.
///
/// # Errors
/// As [`candidates`].
pub(super) fn unread(
    code: &Code,
    request: SearchRequest,
    answer: &mut Answer,
) -> Result<Vec<Vec<u8>>> {
    found(code, request, true, answer)
}

fn found(
    code: &Code,
    request: SearchRequest,
    may_be_others: bool,
    answer: &mut Answer,
) -> Result<Vec<Vec<u8>>> {
    let root = code.tree().root();
    let args =
        SearchRequest { rules: code.workspace().rules(), folder: root.to_owned(), ..request };
    let (patterns, paths) = Patterns::collect(&args)?;
    let query = patterns.compile(&args)?;
    let starts = match paths.is_empty() {
        true => vec![root.into()],
        false => paths.iter().map(|path| root.join(Path::new(path)).into()).collect(),
    };
    let scope = Scope::new(starts, false);
    let (notes, cache) = (code.notes(), code.workspace().cache());
    let advice = advise_knowing(scope.paths(), &patterns, &args, cache, notes, code.known());
    if let (Some(index), Some(fresh)) = (&advice.whole, &advice.fresh) {
        code.saw(index, fresh);
    }
    // A NUL byte ends no file of code: the graph, which knows the callers, reads on too.
    let options = SearchOptions { text: true, ..SearchOptions::whether() };
    let search = Search {
        scope: &scope,
        query: &query,
        args: &args,
        filter: advice.filter.as_ref(),
        objects: None,
        options: &options,
        notes,
        cancel: code.cancel(),
    };
    let listed = match may_be_others {
        true => scope.known(&args, advice.filter.as_ref())?,
        false => None,
    };
    let mut found = Vec::new();
    let take = |path: PathBuf| found.extend(code_below(root, path));
    let searched = match listed {
        Some(paths) => {
            let number = paths.len() as u64;
            paths.into_iter().for_each(take);
            number
        }
        None => scanned(&search, take)?,
    };
    // What the disk has says nothing of what an editor has.
    let open = code.workspace().buffers().below(root);
    if !open.is_empty() {
        found.extend(open);
        found.sort_unstable();
        found.dedup();
    }
    answer.coverage = coverage(&advice, searched);
    Ok(found)
}

/// The path of a file of code below `root`; none of another file. It stays in its own memory, as there
/// are many.
fn code_below(root: &Path, path: PathBuf) -> Option<Vec<u8>> {
    let below = path.strip_prefix(root).ok()?.as_os_str().as_bytes();
    let length = Language::of(below).map(|_| below.len())?;
    let mut path = path.into_os_string().into_vec();
    path.drain(..path.len() - length);
    Some(path)
}

/// Hands on each file that a search finds; how many files it looked at.
fn scanned(search: &Search<'_>, mut take: impl FnMut(PathBuf)) -> Result<u64> {
    let totals = scan(search, |event| {
        match event {
            Event::Hits(hits) => take(PathBuf::from(OsString::from_vec(hits.file.path))),
            Event::Problem(message) | Event::Warning(message) => {
                (search.notes)(Note::Problem(message));
            }
        }
        true
    })?;
    Ok(totals.files)
}

fn coverage(advice: &Advice, searched: u64) -> Coverage {
    let (index, fresh) = (advice.whole.as_ref(), advice.fresh.as_ref());
    Coverage {
        indexed: advice.indexed,
        changes: fresh.map(Fresh::changes),
        searched: Some(searched),
        files: index.zip(fresh).map(|(index, fresh)| index.files(fresh)),
        ..Coverage::default()
    }
}
