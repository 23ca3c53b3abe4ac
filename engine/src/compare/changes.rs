//! What differs in kernel terms: parameters, options, system calls, structs and so on that were
//! added, removed or changed, with a row for each.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bstr::ByteSlice;

use super::{Pass, Pick, Placer, Row};
use crate::diff::Sides;
use crate::diff::kinds::{self, Change, How, Joined, Kind, Mention};
use crate::diff::locate::Lines;
use crate::diff::model::{DiffSet, FileChange, Origin, Patch};
use crate::place::Span;
use crate::request::Differ;
use crate::{Error, NoteSink, Result};

/// What the difference means, kind by kind.
///
/// # Errors
/// When no thread can be started.
pub fn changes(
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    kinds: &[Kind],
) -> Result<Vec<(Kind, Vec<Change>)>> {
    let reads = |file: &FileChange| kinds.iter().any(|kind| kinds::reads(*kind, file.name()));
    let files = pass.set.files.iter().enumerate();
    let places: Vec<usize> = files.filter(|(_, file)| reads(file)).map(|(at, _)| at).collect();
    let mut joined: Vec<Joined> = kinds.iter().map(|_| Joined::default()).collect();
    pass.each_of::<_, Error>(
        &places,
        |at, file| {
            let text = placer.read(&file);
            let lines = text.as_ref().map(|(_, text)| Lines::of(text));
            kinds::mentioned(kinds, at, &file, lines.as_ref())
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

/// The rows of these changes, each file's made when its hunks or its two texts are at hand again.
///
/// # Errors
/// When no thread can be started.
pub fn change_rows(
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    chosen: &[(Kind, &Change)],
) -> Result<ChangeRows> {
    let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, (_, change)) in chosen.iter().enumerate() {
        by_file.entry(place(change).map_or(0, |(_, mention)| mention.file)).or_default().push(n);
    }
    let files: Vec<usize> = by_file.keys().copied().collect();
    let mut rows: Vec<Option<Packed>> = Vec::new();
    rows.resize_with(chosen.len(), || None);
    let of_file = |at: usize| -> (&[usize], Vec<&Change>) {
        let numbers = by_file.get(&at).map(Vec::as_slice).unwrap_or_default();
        let own = numbers.iter().filter_map(|n| chosen.get(*n)).map(|(_, change)| *change);
        (numbers, own.collect())
    };
    let keep = |(numbers, made): (&[usize], Vec<Option<Packed>>)| {
        for (n, row) in numbers.iter().zip(made) {
            if let Some(place) = rows.get_mut(*n) {
                *place = row;
            }
        }
        Ok(true)
    };
    match (pass.whole_folders(), placer.sides) {
        // Nothing of a row is in a hunk: comparing the files once more would take half of the time.
        (Some(folders), Sides::Folders { old, new }) if placer.behind.is_none() => {
            let make = |at: usize| {
                let (file, (numbers, own)) = (pass.set.files.get(at)?, of_file(at));
                let lines: Vec<_> = own.iter().map(|change| line_of(change)).collect();
                let made = placer.rows_of_sides((old, new), folders, file, &lines);
                let made = pass.noted(made)?;
                Some((numbers, packed(all_told(pass.set, made, &own))))
            };
            pass.each_made::<_, Error>(&files, make, keep)?;
        }
        _ => {
            let work = |at: usize, file: Cow<'_, FileChange>| {
                let (numbers, own) = of_file(at);
                (numbers, packed(rows_of(pass.set, placer, &file, &own)))
            };
            pass.each_of::<_, Error>(&files, work, keep)?;
        }
    }
    Ok(ChangeRows(rows))
}

/// The rows of changes, in their order; none where a line isn't there any more.
pub struct ChangeRows(Vec<Option<Packed>>);

impl ChangeRows {
    /// Each, made when its turn comes.
    pub fn rows(self) -> impl Iterator<Item = Option<Row>> {
        self.0.into_iter().map(|row| row.map(Packed::row))
    }
}

/// What is shown of a row. All rows of a difference are kept until the last one is made, and there
/// may be hundreds of thousands.
struct Packed {
    path: Arc<[u8]>,
    line: u64,
    offset: u64,
    text: Box<[u8]>,
    spans: Box<[Span]>,
    cells: Arc<[String]>,
    patch: Option<Box<Patch>>,
    foreign: bool,
}

impl Packed {
    fn row(self) -> Row {
        let Packed { path, line, offset, text, spans, cells, patch, foreign } = self;
        Row {
            path: path.to_vec(),
            line,
            offset,
            text: text.into_vec(),
            spans: spans.into_vec(),
            cells: cells.to_vec(),
            patch,
            foreign,
            ..Row::default()
        }
    }
}

/// The rows of one file's changes, packed: of those beside each other what is alike is kept once.
fn packed(rows: Vec<Option<Row>>) -> Vec<Option<Packed>> {
    let (mut last_path, mut last_cells): (Arc<[u8]>, Arc<[String]>) = Default::default();
    let mut pack = |row: Row| {
        if *last_path != row.path[..] {
            last_path = row.path.into();
        }
        if *last_cells != row.cells[..] {
            last_cells = row.cells.into();
        }
        Packed {
            path: Arc::clone(&last_path),
            line: row.line,
            offset: row.offset,
            text: row.text.into(),
            spans: row.spans.into(),
            cells: Arc::clone(&last_cells),
            patch: row.patch,
            foreign: row.foreign,
        }
    };
    rows.into_iter().map(|row| row.map(&mut pack)).collect()
}

/// Which things are asked for: the one of a name, else those whose name matches.
pub enum Wanted {
    /// All of them.
    All,
    /// The thing of this name.
    Named(Vec<u8>),
    /// Those whose name has this.
    Matching(Pick),
}

impl Wanted {
    /// Those of `changes` that the pattern of `differ` is for.
    ///
    /// # Errors
    /// When the pattern can't be used.
    pub fn new(
        differ: &Differ,
        notes: &NoteSink,
        changes: &[(Kind, Vec<Change>)],
    ) -> Result<Wanted> {
        let Some(pick) = Pick::new(differ, notes)? else { return Ok(Wanted::All) };
        let name = pick.text.strip_prefix("CONFIG_").unwrap_or(&pick.text).as_bytes();
        let all = changes.iter().flat_map(|(_, changes)| changes);
        if all.clone().any(|change| change.name == name || change.was == name) {
            return Ok(Wanted::Named(name.to_vec()));
        }
        Ok(Wanted::Matching(pick))
    }

    /// Whether this one is.
    pub fn is(&self, change: &Change) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Named(name) => [&change.name, &change.was].contains(&name),
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
    all_told(set, placer.rows_at(set, file, &lines), changes)
}

/// Rows of changes, which say more than their lines alone where they can.
fn all_told(set: &DiffSet, rows: Vec<Option<Row>>, changes: &[&Change]) -> Vec<Option<Row>> {
    let rows = rows.into_iter().zip(changes);
    rows.map(|(row, change)| row.map(|row| with_both_sides(set, change, row))).collect()
}

/// The line of a change on its side.
fn line_of(change: &Change) -> Option<(Origin, u32)> {
    place(change).map(|(side, mention)| (side, mention.line))
}

/// A change's row, which says more than its line alone where both sides have one.
fn with_both_sides(set: &DiffSet, change: &Change, mut row: Row) -> Row {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return row };
    if change.how == How::Moved
        && let Some(from) = set.files.get(before.file)
    {
        let from = from.old.as_deref().unwrap_or(from.name());
        row.text = [after.text.trim_ascii(), b"  (from ", from, b")"].concat();
        row.foreign = true;
    } else if before.text != after.text && !before.text.is_empty() {
        let (was, is) = match (change.kind, change.how) {
            (Kind::Syscalls, How::Changed) => parts_that_differ(&before.text, &after.text),
            _ => (before.text.trim_ascii().to_vec(), after.text.trim_ascii().to_vec()),
        };
        row.text = [&was[..], "  →  ".as_bytes(), &is].concat();
        row.foreign = true;
    }
    row
}

/// Two heads of one system call, with dots for the parameters that both begin and end with: of six, where
/// one has another type, nobody finds it. Each parameter is two parts, its type and its name.
fn parts_that_differ(before: &[u8], after: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let of = |text: &[u8]| -> Vec<Vec<u8>> {
        text.trim_ascii().split_str(", ").map(<[u8]>::to_vec).collect()
    };
    let (was, is) = (of(before), of(after));
    let same = |pair: &(&Vec<u8>, &Vec<u8>)| pair.0 == pair.1;
    let first = 1 + was.iter().zip(&is).skip(1).take_while(same).count();
    let shorter = was.len().min(is.len());
    let last = was.iter().rev().zip(is.iter().rev()).take_while(same).count();
    // Whole parameters, and the name of the call.
    let first = first.saturating_sub(1) / 2 * 2 + 1;
    let last = last.min(shorter.saturating_sub(first)) / 2 * 2;
    let short = |parts: &[Vec<u8>]| {
        let (head, tail) = parts.split_at(first.min(parts.len()));
        let inner = tail.get(..tail.len().saturating_sub(last)).unwrap_or_default();
        let mut shown: Vec<&[u8]> = head.iter().take(1).map(Vec::as_slice).collect();
        let dots = "…".as_bytes();
        shown.extend((first > 1).then_some(dots));
        shown.extend(inner.iter().map(Vec::as_slice));
        shown.extend((last > 0).then_some(dots));
        let mut text = shown.join(&b", "[..]);
        if last > 0 && parts.last().is_some_and(|end| end.ends_with(b")")) {
            text.push(b')');
        }
        text
    };
    (short(&was), short(&is))
}

/// `lamp:hours` for a field of a struct, `lamp2 (was lamp)` for what has another name.
pub fn full_name(change: &Change) -> String {
    let name = String::from_utf8_lossy(&change.name).into_owned();
    if !change.was.is_empty() {
        return format!("{name} (was {})", String::from_utf8_lossy(&change.was));
    }
    if change.part.is_empty() {
        return name;
    }
    format!("{name}:{}", String::from_utf8_lossy(&change.part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_heads_what_differs_is_shown() {
        let is = |before: &str, after: &str, want: [&str; 2]| {
            let (was, is) = parts_that_differ(before.as_bytes(), after.as_bytes());
            assert_eq!([was.to_str_lossy(), is.to_str_lossy()], want);
        };
        is(
            "SYSCALL_DEFINE3(lamp, int, fd, int __user *, level, int, flags)",
            "SYSCALL_DEFINE3(lamp, int, fd, void __user *, level, int, flags)",
            [
                "SYSCALL_DEFINE3(lamp, …, int __user *, level, …)",
                "SYSCALL_DEFINE3(lamp, …, void __user *, level, …)",
            ],
        );
        is(
            "SYSCALL_DEFINE2(lamp, int, fd, int, on)",
            "SYSCALL_DEFINE3(lamp, int, fd, int, on, int, flags)",
            ["SYSCALL_DEFINE2(lamp, …, int, on)", "SYSCALL_DEFINE3(lamp, …, int, on, int, flags)"],
        );
        is(
            "SYSCALL_DEFINE0(lamp)",
            "SYSCALL_DEFINE1(lamp, int, fd)",
            ["SYSCALL_DEFINE0(lamp)", "SYSCALL_DEFINE1(lamp, int, fd)"],
        );
        is(
            "7 common lamp sys_a",
            "7 common lamp sys_b",
            ["7 common lamp sys_a", "7 common lamp sys_b"],
        );
    }
}
