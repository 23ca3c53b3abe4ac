//! `--kind`: what was added, removed or changed in kernel terms, as a list; with a name,
//! where that thing went.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kgrep_engine::compare::{Pass, Pick, Placer, Row};

use super::{Asked, ended, export};
use crate::cli::KindArg;
use crate::commands::{Outcome, lister};
use crate::diff::exists::{There, places};
use crate::diff::kinds::{self, Change, How, Joined, Kind, Mention};
use crate::diff::locate::Lines;
use crate::diff::model::{DiffSet, FileChange, Origin};
use crate::list::{Column, Role};
use crate::notes;
use crate::settings::Format;

/// Lists the changes; with `word`, those of the thing of this name, below where it is.
///
/// # Errors
/// When the name can't be used, or nothing can be written.
pub(super) fn run(
    asked: &Asked<'_>,
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    kind: KindArg,
    word: Option<&OsString>,
) -> Result<Outcome> {
    let kinds = kinds_of(kind);
    let changes = changes(pass, placer, &kinds)?;
    let wanted = Wanted::new(asked, &changes)?;
    let all = changes.iter().flat_map(|(kind, changes)| changes.iter().map(|c| (*kind, c)));
    let chosen: Vec<(Kind, &Change)> = all.filter(|(_, change)| wanted.is(change)).collect();
    let rows = rows(pass, placer, &chosen)?;
    let look = asked.look();
    let format = asked.session.settings.format.value;
    let mut json = (format == Format::Json).then(export::Json::default);
    let columns = placer.columns();
    let kept = |column: &&Column| matches!(column.title.as_str(), "Changes" | "Patch" | "Subject");
    let mut titles = Column::all(&[("Change", Role::Text), ("Name", Role::Text)]);
    titles.extend(columns.iter().filter(kept).cloned());
    let meta = lister::meta(asked.session, titles, asked.request())?;
    let mut lister = asked.lister(&look, meta, json.is_none());
    let mut above = None;
    for ((kind, change), row) in chosen.iter().zip(rows) {
        let Some(mut row) = row else { continue };
        let mut cells = vec![how(change.how).to_owned(), full_name(change)];
        let others = columns.iter().zip(std::mem::take(&mut row.cells));
        cells.extend(others.filter(|(column, _)| kept(column)).map(|(_, cell)| cell));
        row.cells = cells;
        let begins = kinds.len() > 1 && above.replace(*kind) != Some(*kind);
        row.section = begins.then(|| title(*kind).to_owned());
        let index = lister.hunk(&row)?;
        if let Some(json) = &mut json {
            json.change(index, title(*kind), change, &row)?;
        }
    }
    let heads = format == Format::Table && asked.session.settings.header.value;
    let found = lister.len();
    let there = match word.filter(|_| heads || found == 0) {
        Some(word) => WhereIs::find(asked, &word.to_string_lossy())?,
        None => None,
    };
    let lead = there.as_ref().filter(|_| heads).map(|there| there.text(found)).unwrap_or_default();
    let (outcome, list) = ended(lister, lead.as_bytes(), asked.session)?;
    if let Some(json) = json {
        json.finish()?;
    }
    // A name that is there and did not change is an answer too.
    let is_known = there.is_some_and(|there| !there.places.is_empty());
    Ok(if is_known && list.is_none() { Outcome::Found } else { outcome })
}

/// What the difference means, kind by kind.
fn changes(
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    kinds: &[Kind],
) -> Result<Vec<(Kind, Vec<Change>)>> {
    let reads = |file: &FileChange| kinds.iter().any(|kind| kinds::reads(*kind, file.name()));
    let files = pass.set.files.iter().enumerate();
    let places: Vec<usize> = files.filter(|(_, file)| reads(file)).map(|(at, _)| at).collect();
    let mut joined: Vec<Joined> = kinds.iter().map(|_| Joined::default()).collect();
    pass.each_of::<_, anyhow::Error>(
        &places,
        |at, file| {
            let text = placer.read(&file);
            let lines = text.as_ref().map(|(_, text)| Lines::of(text));
            let of = |kind: &Kind| kinds::mentioned(*kind, at, &file, lines.as_ref());
            kinds.iter().map(of).collect::<Vec<_>>()
        },
        |found| {
            for (joined, found) in joined.iter_mut().zip(found) {
                found.into_iter().for_each(|mentioned| joined.add(mentioned));
            }
            Ok(true)
        },
    )?;
    let settled = kinds.iter().zip(joined);
    Ok(settled.map(|(kind, joined)| (*kind, joined.settle(*kind, pass.set))).collect())
}

/// The rows of these changes, each file's made when its hunks are at hand again.
fn rows(
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    chosen: &[(Kind, &Change)],
) -> Result<Vec<Option<Row>>> {
    let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, (_, change)) in chosen.iter().enumerate() {
        by_file.entry(place(change).map_or(0, |(_, mention)| mention.file)).or_default().push(n);
    }
    let files: Vec<usize> = by_file.keys().copied().collect();
    let mut rows: Vec<Option<Row>> = vec![None; chosen.len()];
    pass.each_of::<_, anyhow::Error>(
        &files,
        |at, file| {
            let numbers = by_file.get(&at).map(Vec::as_slice).unwrap_or_default();
            let changes: Vec<_> =
                numbers.iter().filter_map(|n| chosen.get(*n)).map(|(_, change)| *change).collect();
            let made = rows_of(pass.set, placer, &file, &changes);
            numbers.iter().copied().zip(made).collect::<Vec<_>>()
        },
        |made| {
            for (n, row) in made {
                if let Some(place) = rows.get_mut(n) {
                    *place = row;
                }
            }
            Ok(true)
        },
    )?;
    Ok(rows)
}

/// Which things are asked for: the one of a name, else those whose name matches.
enum Wanted {
    All,
    Named(Vec<u8>),
    Matching(Pick),
}

impl Wanted {
    fn new(asked: &Asked<'_>, changes: &[(Kind, Vec<Change>)]) -> Result<Wanted> {
        let Some(pick) = Pick::new(asked.differ, &notes::sink())? else { return Ok(Wanted::All) };
        let name = pick.text.strip_prefix("CONFIG_").unwrap_or(&pick.text).as_bytes();
        let all = changes.iter().flat_map(|(_, changes)| changes);
        if all.clone().any(|change| change.name == name) {
            return Ok(Wanted::Named(name.to_vec()));
        }
        Ok(Wanted::Matching(pick))
    }

    fn is(&self, change: &Change) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Named(name) => change.name == *name,
            Wanted::Matching(pick) => !pick.spans(full_name(change).as_bytes()).is_empty(),
        }
    }
}

/// Where a change is now, else where it was.
fn place(change: &Change) -> Option<(Origin, &Mention)> {
    let added = change.after.as_ref().map(|after| (Origin::Added, after));
    added.or_else(|| change.before.as_ref().map(|before| (Origin::Removed, before)))
}

/// The rows of changes that are in one file.
fn rows_of(
    set: &DiffSet,
    placer: &Placer<'_>,
    file: &FileChange,
    changes: &[&Change],
) -> Vec<Option<Row>> {
    let lines: Vec<_> = changes
        .iter()
        .map(|change| place(change).map(|(side, mention)| (mention.hunk, side, mention.line)))
        .collect();
    let rows = placer.rows_at(set, file, &lines).into_iter().zip(changes);
    rows.map(|(row, change)| row.map(|row| told(set, change, row))).collect()
}

/// A change's row, which says more than its line alone where both sides have one.
fn told(set: &DiffSet, change: &Change, mut row: Row) -> Row {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return row };
    if before.text != after.text && !before.text.is_empty() {
        row.text = [before.text.trim_ascii(), "  →  ".as_bytes(), after.text.trim_ascii()].concat();
        row.foreign = true;
    } else if change.how == How::Moved
        && let Some(from) = set.files.get(before.file)
    {
        let from = from.old.as_deref().unwrap_or(from.name());
        row.text = [after.text.trim_ascii(), b"  (from ", from, b")"].concat();
        row.foreign = true;
    }
    row
}

/// Where the trees define a name.
struct WhereIs<'a> {
    name: String,
    trees: Vec<&'a Path>,
    places: Vec<There>,
}

impl WhereIs<'_> {
    /// Looks for `name` in the trees that are compared, if there are any.
    fn find<'a>(asked: &Asked<'a>, name: &str) -> Result<Option<WhereIs<'a>>> {
        let trees = asked.sides.trees();
        if trees.is_empty() {
            return Ok(None);
        }
        let folders: Vec<PathBuf> = trees.iter().map(|tree| tree.to_path_buf()).collect();
        let places = places(asked.base, &[name], &folders)?;
        Ok(Some(WhereIs { name: name.to_owned(), trees, places }))
    }

    /// A line for each tree, above a list of so many changes.
    fn text(&self, changes: u64) -> String {
        let WhereIs { name, trees, places } = self;
        if places.is_empty() {
            return format!("{name} is defined nowhere in either tree\n\n");
        }
        let mut text = String::new();
        for (at, tree) in trees.iter().enumerate() {
            let there = places.iter().filter(|found| found.tree == at);
            let there: Vec<String> = there.map(There::told).collect();
            let told = if there.is_empty() { "nowhere".to_owned() } else { there.join(", ") };
            text += &format!("{name} in {}: {told}\n", tree.display());
        }
        if changes == 0 {
            text += "its definition is the same\n";
        }
        text + "\n"
    }
}

/// `lamp:hours` for a field of a struct.
fn full_name(change: &Change) -> String {
    let name = String::from_utf8_lossy(&change.name).into_owned();
    if change.part.is_empty() {
        return name;
    }
    format!("{name}:{}", String::from_utf8_lossy(&change.part))
}

fn how(how: How) -> &'static str {
    match how {
        How::Added => "new",
        How::Removed => "gone",
        How::Changed => "changed",
        How::Moved => "moved",
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Params => "Parameters",
        Kind::Configs => "Configuration",
        Kind::Syscalls => "System calls",
        Kind::Exports => "Exported symbols",
        Kind::Structs => "Structs",
        Kind::Functions => "Functions",
        Kind::Ids => "Device IDs",
        Kind::Docs => "Documents",
    }
}

fn kinds_of(kind: KindArg) -> Vec<Kind> {
    vec![match kind {
        KindArg::All => return Kind::ALL.to_vec(),
        KindArg::Params => Kind::Params,
        KindArg::Configs => Kind::Configs,
        KindArg::Syscalls => Kind::Syscalls,
        KindArg::Exports => Kind::Exports,
        KindArg::Structs => Kind::Structs,
        KindArg::Functions => Kind::Functions,
        KindArg::Ids => Kind::Ids,
        KindArg::Docs => Kind::Docs,
    }]
}
