//! The files of code that a question has to read, found by a search.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use kgrep_index::Fresh;
use kgrep_index::outline::Language;

use crate::answer::{Answer, Coverage};
use crate::code::Code;
use crate::search::{
    Event, Patterns, Scope, Search, SearchOptions, SearchRequest, advise_knowing, scan,
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
    let mut found = Vec::new();
    let totals = scan(&search, |event| {
        match event {
            Event::Hits(hits) => {
                let path = PathBuf::from(OsString::from_vec(hits.file.path));
                let below = path.strip_prefix(root).map(|path| path.as_os_str().as_bytes());
                found.extend(below.ok().filter(|p| Language::of(p).is_some()).map(<[u8]>::to_vec));
            }
            Event::Problem(message) | Event::Warning(message) => notes(Note::Problem(message)),
        }
        true
    })?;
    // What the disk has says nothing of what an editor has.
    let open = code.workspace().buffers().below(root);
    if !open.is_empty() {
        found.extend(open);
        found.sort_unstable();
        found.dedup();
    }
    answer.coverage = Coverage {
        indexed: advice.indexed,
        changes: advice.fresh.as_ref().map(Fresh::changes),
        searched: Some(totals.files),
        files: advice.whole.as_ref().zip(advice.fresh.as_ref()).map(|(i, fresh)| i.files(fresh)),
        ..Coverage::default()
    };
    Ok(found)
}
