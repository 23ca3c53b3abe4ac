//! The hunks that a list's entries stand for: `-s 'p 3' --patch`, `--format patch`,
//! `--format json`.
//!
//! A list keeps places, not hunks: those of two kernels would fill the cache. They are
//! made again by the request that the list keeps, of two folders only for the files
//! in question. A hunk that is no longer there is told, never guessed.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use kgrep_engine::compare::{self, BuiltSides, Names, Pass, Pick, Placer, Row};
use kgrep_engine::request::Differ;
use kgrep_engine::{Cancel, Request};

use super::export::Json;
use super::sides::{self, Sides};
use super::whole::Drawer;
use crate::diff::below;
use crate::diff::model::{DiffSet, Entry};
use crate::list::{Indices, ListError, Meta, View};
use crate::notes;
use crate::render::Look;
use crate::settings::{Format, Settings};

/// What tells one entry from another: file, line and cells.
type Key = (Vec<u8>, u64, Vec<String>);

/// True of a list whose entries are hunks: JSON has fields for those.
pub(crate) fn lists_hunks(meta: &Meta) -> bool {
    request(meta).is_some_and(|differ| !differ.of_names)
}

/// The comparison that a list answers, if it is one of `kgrep diff`.
fn request(meta: &Meta) -> Option<&Differ> {
    match &meta.request {
        Some(Request::Differ(differ)) => Some(differ),
        _ => None,
    }
}

/// Prints the hunks of the entries at `positions`: as JSON where that is asked for, in
/// colours and numbered on a terminal, else as a patch that `patch -p1` takes.
///
/// # Errors
/// When the list isn't one of hunks, the difference can't be had again or has changed, or
/// nothing can be written.
pub(crate) fn print(
    view: &View,
    positions: &Indices,
    settings: &Settings,
    look: &Look,
) -> Result<()> {
    let meta = view.list().meta();
    let Some(differ) = request(meta) else {
        bail!("hunks are what `kgrep diff` lists, and this list is not one of its own");
    };
    if differ.of_names {
        bail!("a list made with --kind has names, not hunks: leave out --kind");
    }
    let base = PathBuf::from(OsStr::from_bytes(&meta.folder));
    let sides = &differ.sides;
    let pick = Pick::new(differ, &notes::sink())?;
    let mut set = load(sides, &base, view, positions)?;
    // What is left out isn't in the list either.
    Names::new(differ, BuiltSides::default())?.narrow(&mut set);
    let behind = compare::behind(differ, &base)?;
    let placer = Placer::new(&base, sides, pick.as_ref(), behind.as_ref());
    // A verdict comes before the cells that are the hunk's own.
    let mut wanted = wanted(view, positions, usize::from(differ.applied))?;
    let cancel = Cancel::default();
    let pass = Pass::new(&set, sides, &base, pick.as_ref(), &cancel);
    let json = settings.format.value == Format::Json;
    let mut shown = if json { Shown::Json(Json::default()) } else { Shown::new(settings, look)? };
    pass.each::<_, anyhow::Error>(
        |_, file| (placer.rows(&set, &file), file),
        |(rows, file)| {
            let patch = set.patches.get(file.patch);
            let mut found = Vec::new();
            for (row, entry) in rows.into_iter().zip(file.entries(patch)) {
                let key = (row.path.clone(), row.line, row.cells.clone());
                let same = wanted.get_mut(&key).and_then(VecDeque::pop_front);
                found.extend(same.map(|same| (same, row, entry)));
            }
            shown.file(found)?;
            Ok(true)
        },
    )?;
    shown.finish()?;
    let left = wanted.into_values().flatten().map(|wanted| wanted.position).min();
    if let Some(position) = left {
        bail!("match {position} is not in the difference any more: run the command again");
    }
    Ok(())
}

/// An entry that is asked for.
struct Asked {
    position: u64,
    /// What `--applied` said of it.
    verdict: Option<String>,
}

/// The entries at `positions` by what tells them apart; several of one key in their order.
fn wanted(view: &View, positions: &Indices, extra: usize) -> Result<HashMap<Key, VecDeque<Asked>>> {
    let mut wanted: HashMap<Key, VecDeque<Asked>> = HashMap::new();
    view.for_each(positions, |position, file, entry| {
        let mut cells: Vec<String> = entry.cells.iter().map(|cell| (*cell).to_owned()).collect();
        let own = cells.split_off(extra.min(cells.len()));
        let key = (file.path.clone(), entry.line, own);
        wanted.entry(key).or_default().push_back(Asked { position, verdict: cells.pop() });
        Ok::<_, ListError>(true)
    })?;
    Ok(wanted)
}

/// How the hunks are shown.
enum Shown<'l> {
    Json(Json),
    Whole(Drawer<'l>),
}

impl<'l> Shown<'l> {
    fn new(settings: &Settings, look: &'l Look) -> Result<Shown<'l>> {
        Ok(Shown::Whole(Drawer::new(settings, look)?))
    }

    /// Shows the entries of one file.
    fn file(&mut self, found: Vec<(Asked, Row, Entry<'_>)>) -> Result<()> {
        match self {
            Shown::Json(json) => found.into_iter().try_for_each(|(asked, mut row, entry)| {
                row.verdict = asked.verdict;
                json.row(Some(asked.position), &entry, &row)
            }),
            Shown::Whole(drawer) => {
                let entries: Vec<_> =
                    found.into_iter().map(|(asked, _, entry)| (asked.position, entry)).collect();
                drawer.file(&entries)
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Shown::Json(json) => json.finish(),
            Shown::Whole(drawer) => drawer.finish(),
        }
    }
}

/// The difference again, or as much of it as the entries need.
fn load(sides: &Sides, base: &Path, view: &View, positions: &Indices) -> Result<DiffSet> {
    let (Sides::Folders { old, new }, Some(folders)) = (sides, sides.folders(base)) else {
        return sides::load(sides, base, &Cancel::default());
    };
    let tops = [below(old, Path::new("")), below(new, Path::new(""))];
    let mut names: Vec<PathBuf> = Vec::new();
    view.for_each(positions, |_, file, _| {
        let path = Path::new(OsStr::from_bytes(&file.path));
        let name = tops.iter().rev().find_map(|top| path.strip_prefix(top).ok());
        let name = name.unwrap_or(path).to_path_buf();
        if names.last() != Some(&name) {
            names.push(name);
        }
        Ok::<_, ListError>(true)
    })?;
    names.sort();
    names.dedup();
    match folders.changed_among(&names)? {
        Some(set) => Ok(set),
        None => sides::load(sides, base, &Cancel::default()),
    }
}
