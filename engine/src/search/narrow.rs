//! The index's part in a search: it narrows the walk to what can match.
//!
//! The walk itself, with its order, ignore rules and flags, stays as it is without an
//! index; here the index is asked before a folder is entered or a file is read. Where
//! anything about the index is in doubt, there is no narrowing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ignore::DirEntry;
use kgrep_index::store::Cache;
use kgrep_index::{Flags, Fresh, Index, Listing, Narrow, Plan, Query, Tree};

use super::pattern::Patterns;
use super::request::SearchRequest;
use crate::{Note, NoteSink};

/// A walk's filter, for walks that start at any of `starts`.
#[derive(Debug, Clone)]
pub struct Filter {
    narrow: Narrow,
    starts: Vec<Start>,
}

/// Where a walk starts.
#[derive(Debug, Clone)]
struct Start {
    /// As the walker calls it.
    path: PathBuf,
    /// Relative to the tree's root; empty for the root itself.
    below_root: Vec<u8>,
}

/// What the index had to say to a search.
#[derive(Debug, Default)]
pub struct Advice {
    /// The filter; none: everything is searched.
    pub filter: Option<Filter>,
    /// The tree that is searched, where the paths lie in one tree.
    pub tree: Option<Tree>,
    /// True when that tree has an index that can be read.
    pub indexed: bool,
    /// True when the index could not be used, and that was said.
    pub damaged: bool,
    /// What changed since the tree was indexed, where that was looked at.
    pub fresh: Option<Fresh>,
    /// The index, where all of the tree was looked at for changes.
    pub whole: Option<Index>,
}

/// Asks the index of the tree that `paths` lie in.
pub fn advise(
    paths: &[PathBuf],
    patterns: &Patterns,
    args: &SearchRequest,
    cache: &Path,
    notes: &NoteSink,
) -> Advice {
    advise_knowing(paths, patterns, args, cache, notes, None)
}

/// As [`advise`], where it may be `known` already which index the tree has, and what changed in
/// all of the tree since.
pub fn advise_knowing(
    paths: &[PathBuf],
    patterns: &Patterns,
    args: &SearchRequest,
    cache: &Path,
    notes: &NoteSink,
    known: Option<(&Index, &Fresh)>,
) -> Advice {
    if args.no_index {
        explain(args, notes, || "plan: scan (--no-index)".to_owned());
        return Advice::default();
    }
    let Some((tree, starts)) = common_tree(paths, &Cache::new(cache)) else {
        explain(args, notes, || {
            "plan: scan (standard input, or paths in more than one tree)".to_owned()
        });
        return Advice::default();
    };
    let begun = Instant::now();
    let known = known.filter(|(index, _)| index.root() == tree.root());
    let opened = match known {
        Some((index, _)) => Ok(Some(index.clone())),
        None => Index::open(&Cache::new(cache), &tree),
    };
    let index = match opened {
        Ok(Some(index)) => {
            Note::of_owner(&index).into_iter().for_each(|note| notes(note));
            index
        }
        Ok(None) => {
            explain(args, notes, || format!("plan: scan ({} has no index)", tree.root().display()));
            return Advice { tree: Some(tree), ..Advice::default() };
        }
        Err(error) => {
            notes(Note::SearchedWithoutIndex { reason: error.to_string() });
            return Advice { tree: Some(tree), indexed: true, damaged: true, ..Advice::default() };
        }
    };
    let opened = begun.elapsed();
    let advice = Advice { tree: Some(tree), indexed: true, ..Advice::default() };
    let is_whole = starts.iter().any(|start| start.below_root.is_empty());
    let fresh = known.map(|(_, fresh)| fresh);
    match consult(&index, starts, patterns, args, notes, fresh) {
        Ok((filter, fresh)) => {
            explain(args, notes, || {
                format!("index opened in {opened:.1?}, asked in {:.1?}", begun.elapsed() - opened)
            });
            let whole = Some(index).filter(|_| is_whole && fresh.is_some());
            Advice { filter, fresh, whole, ..advice }
        }
        Err(error) => {
            notes(Note::SearchedWithoutIndex { reason: error.to_string() });
            Advice { damaged: true, ..advice }
        }
    }
}

fn consult(
    index: &Index,
    starts: Vec<Start>,
    patterns: &Patterns,
    args: &SearchRequest,
    notes: &NoteSink,
    known: Option<&Fresh>,
) -> Result<(Option<Filter>, Option<Fresh>), kgrep_index::Error> {
    if args.invert_match {
        explain(args, notes, || "plan: scan (-v wants the lines that don't match)".to_owned());
        return Ok((None, None));
    }
    if args.files_without_match {
        explain(args, notes, || {
            "plan: scan (--files-without-match wants all other files)".to_owned()
        });
        return Ok((None, None));
    }
    let query = Query::from_patterns(&patterns.texts, &flags(args));
    let scope = kgrep_index::Scope::below(starts.iter().map(|start| start.below_root.clone()));
    let candidates = match index.plan(&query, &scope)? {
        Plan::Scan(estimate) => {
            explain(args, notes, || format!("plan: scan ({query}; {estimate:?})"));
            return Ok((None, None));
        }
        Plan::Narrow(candidates) => candidates,
    };
    let begun = Instant::now();
    let fresh = match known {
        Some(known) => known.clone(),
        None => index.refresh(&scope)?,
    };
    let listing = Listing {
        ignored: !args.rules.ignore
            || args.no_ignore_vcs
            || args.no_ignore_parent
            || !args.glob.is_empty()
            || !args.iglob.is_empty(),
        links: args.rules.follow,
    };
    let narrow = Narrow::new(index, &candidates, &fresh, listing);
    explain(args, notes, || {
        format!(
            "plan: narrow ({query}); {} of {} files are candidates; {} changed, {} added, {} \
             removed, {} new folders, seen in {:.1?}",
            narrow.candidates(),
            candidates.estimate.files,
            fresh.changed,
            fresh.added,
            fresh.removed,
            fresh.folders_added,
            begun.elapsed(),
        )
    });
    Ok((Some(Filter { narrow, starts }), Some(fresh)))
}

/// The matcher's flags. Smart case counts as ignored case: wider, and never wrong.
fn flags(args: &SearchRequest) -> Flags {
    Flags {
        fixed_strings: args.fixed_strings,
        case_insensitive: args.ignore_case || args.smart_case,
        dot_matches_new_line: args.multiline && args.multiline_dotall,
        crlf: args.crlf,
        unicode: true,
    }
}

impl Filter {
    /// The files that a walk from `start` would find with this filter, in its order,
    /// where the index knows them without a walk; none: the walk must be made. Not for
    /// walks with `-g`, `-L`, a depth or other ignore rules than the usual ones.
    pub fn list(&self, start: &Path, hidden: bool) -> Option<Vec<PathBuf>> {
        let start = self.starts.iter().find(|known| known.path == start)?;
        let paths = self.narrow.list(&start.below_root, hidden)?;
        let skip = if start.below_root.is_empty() { 0 } else { start.below_root.len() + 1 };
        let shown = |path: Vec<u8>| {
            let below = &path[skip..];
            let mut whole = PathBuf::with_capacity(start.path.as_os_str().len() + 1 + below.len());
            whole.push(&start.path);
            whole.push(OsStr::from_bytes(below));
            whole
        };
        Some(paths.into_iter().map(shown).collect())
    }

    /// Whether the walk should go on with this entry: enter the folder, read the file.
    pub fn admits(&self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 {
            return true;
        }
        let Some((start, rest)) = self.start_of(entry.path()) else { return true };
        let mut path = start.below_root.clone();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(rest.as_os_str().as_bytes());
        if entry.path_is_symlink() {
            return true;
        }
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            self.narrow.dir(&path)
        } else {
            self.narrow.file(&path)
        }
    }

    /// The start that this path is below: the longest, where one is below another.
    fn start_of<'p>(&self, path: &'p Path) -> Option<(&Start, &'p Path)> {
        let below = self
            .starts
            .iter()
            .filter_map(|start| path.strip_prefix(&start.path).ok().map(|rest| (start, rest)));
        below.min_by_key(|(_, rest)| rest.as_os_str().len())
    }
}

/// The one tree that all folders among `paths` lie in, and where in it they are. Files
/// among them are searched in any case.
fn common_tree(paths: &[PathBuf], cache: &Cache) -> Option<(Tree, Vec<Start>)> {
    let mut common: Option<Tree> = None;
    let mut starts = Vec::new();
    for path in paths.iter().filter(|path| path.is_dir()) {
        let tree = Tree::locate_indexed(path, cache).ok()?;
        let real = path.canonicalize().ok()?;
        let below_root = real.strip_prefix(tree.root()).ok()?.as_os_str().as_bytes().to_vec();
        if common.get_or_insert_with(|| tree.clone()).root() != tree.root() {
            return None;
        }
        starts.push(Start { path: path.clone(), below_root });
    }
    common.map(|tree| (tree, starts))
}

fn explain(args: &SearchRequest, notes: &NoteSink, text: impl FnOnce() -> String) {
    if args.explain {
        notes(Note::Explanation(text()));
    }
}
