//! From a hunk to a row of the list: which file to open, on which line, and what to show.
//!
//! The line shown is the most telling one: the first that matches, added before removed;
//! without a pattern the first added line, else the first removed. It is shown where it
//! stands. Of two folders that is DISTRO for an added line and UPSTREAM for one that is
//! gone. In the tree that patches belong to, the hunk is found by its own text; a line
//! that isn't there (not yet, or no more) is shown with its `+` or `-` at its place; where
//! the hunk's text is nowhere, the line is the one the patch names, and said to be guessed.
//! Without a tree, it is the patch file's own line.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{ffi::OsStr, fs};

use super::behind::Behind;
use super::pick::Pick;
use crate::answer::{Column, Role};
use crate::code::read;
use crate::diff::context::{self, Enclosing, Thing};
use crate::diff::filter::Hit;
use crate::diff::folder::Folders;
use crate::diff::kinds::{self, Kind};
use crate::diff::locate::{self, Lines};
use crate::diff::model::{
    DiffSet, Entry, FileChange, FileOp, Hunk, Line, Origin, Patch, Problem, file_lines,
};
use crate::diff::{Sides, below, group, strip};
use crate::place::Span;

/// A subject in a table is cut to this many characters.
const SUBJECT: usize = 48;

/// What a row begins with whose line is only a guess.
const GUESSED: &str = "(line guessed) ";

/// One row of the list, still owning its bytes.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The file to open, as it is shown.
    pub path: Vec<u8>,
    /// Its line, from 1; 0 of a file as such.
    pub line: u64,
    /// Where that line begins, in bytes.
    pub offset: u64,
    /// What is shown.
    pub text: Vec<u8>,
    /// What matched in it.
    pub spans: Vec<Span>,
    /// The extra columns.
    pub cells: Vec<String>,
    /// The title above it.
    pub section: Option<String>,
    /// The text isn't the file's own line.
    pub foreign: bool,
    /// The hunk's own text is nowhere in the file: the line is the one the patch names.
    pub guessed: bool,
    /// The function that the hunk belongs to, where its place may be another's: the name that
    /// the patch has for it, and the line on which it begins now, if it is still there.
    pub home: Option<(Vec<u8>, Option<u64>)>,
    /// The side that the shown line is on; none without a line.
    pub side: Option<Origin>,
    /// What is around the hunk.
    pub around: Option<Enclosing>,
    /// The patch behind it.
    pub patch: Option<Box<Patch>>,
    /// With `--applied`, what would become of it.
    pub verdict: Option<String>,
}

/// Makes rows.
pub struct Placer<'a> {
    /// The folder that typed paths start from.
    pub base: &'a Path,
    /// What is compared.
    pub sides: &'a Sides,
    /// What is searched for.
    pub pick: Option<&'a Pick>,
    /// The distribution's patches.
    pub behind: Option<&'a Behind>,
    /// Where the lines of patch files begin, read once a file.
    starts: Mutex<HashMap<PathBuf, Arc<Vec<usize>>>>,
}

/// A place for a line.
#[derive(Default)]
struct Spot {
    path: Vec<u8>,
    line: u64,
    offset: u64,
    text: Vec<u8>,
    /// Bytes before the line's own text in `text`: a `+` or `-`.
    lead: u32,
    foreign: bool,
    guessed: bool,
}

impl<'a> Placer<'a> {
    /// A placer for these sides.
    pub fn new(
        base: &'a Path,
        sides: &'a Sides,
        pick: Option<&'a Pick>,
        behind: Option<&'a Behind>,
    ) -> Placer<'a> {
        Placer { base, sides, pick, behind, starts: Mutex::default() }
    }

    /// The extra columns.
    pub fn columns(&self) -> Vec<Column> {
        const FUNCTION: (&str, Role) = ("Function", Role::Function);
        const LINES: (&str, Role) = ("Lines", Role::Text);
        const PATCH: (&str, Role) = ("Patch", Role::Text);
        const SUBJECT: (&str, Role) = ("Subject", Role::Text);
        match self.sides {
            Sides::Patches { on: None, .. } => {
                Column::all(&[("Changes", Role::Text), FUNCTION, LINES, SUBJECT])
            }
            Sides::Patches { .. } => Column::all(&[FUNCTION, LINES, PATCH, SUBJECT]),
            Sides::Folders { .. } if self.behind.is_some() => {
                Column::all(&[FUNCTION, LINES, PATCH, SUBJECT])
            }
            Sides::Folders { .. } | Sides::Git { .. } => Column::all(&[FUNCTION, LINES]),
        }
    }

    /// The rows of one file's hunks, in order; one row of a file without any.
    pub fn rows(&self, set: &DiffSet, file: &FileChange) -> Vec<Row> {
        let text = self.read(file);
        let tree = text.as_ref().map(|(path, text)| Tree::of(path, text));
        let patch = set.patches.get(file.patch);
        let row = |hunk: Option<&Hunk>| {
            let entry = Entry { patch, file, hunk };
            self.row(&entry, tree.as_ref())
        };
        if file.hunks.is_empty() {
            return vec![row(None)];
        }
        file.hunks.iter().map(|hunk| row(Some(hunk))).collect()
    }

    /// The file in the tree that is there, and its text: the new side, else the old one.
    /// A link has no lines of its own, and what is behind it is another file.
    pub fn read(&self, file: &FileChange) -> Option<(PathBuf, Vec<u8>)> {
        let names = [file.new.as_deref(), file.old.as_deref()];
        for tree in self.sides.trees().into_iter().rev() {
            for name in names.into_iter().flatten() {
                let name = Path::new(OsStr::from_bytes(name));
                let shown = below(tree, name);
                let tree = self.base.join(tree);
                let Some(path) = strip::inside(&tree, name.as_os_str().as_bytes()) else {
                    continue;
                };
                // A device or a pipe has none either.
                let regular = fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
                if !regular {
                    continue;
                }
                if let Ok(text) = read(&path) {
                    return Some((shown, text));
                }
            }
        }
        None
    }

    /// The rows of lines of one file, each given by its hunk's place in the file, its side
    /// and its number there; `None` for a line that isn't there.
    pub fn rows_at(
        &self,
        set: &DiffSet,
        file: &FileChange,
        lines: &[Option<(usize, Origin, u32)>],
    ) -> Vec<Option<Row>> {
        let read = self.read(file);
        let tree = read.as_ref().map(|(path, text)| Tree::of(path, text));
        // All that a new file brings is in one hunk: what all its lines have in common is found out once.
        let mut hunks: HashMap<usize, (Row, Changed<'_>)> = HashMap::new();
        let mut row = |at: &Option<(usize, Origin, u32)>| {
            let (place, side, number) = (*at)?;
            let hunk = file.hunks.get(place)?;
            let entry = Entry { patch: set.patches.get(file.patch), file, hunk: Some(hunk) };
            let (base, changed) =
                hunks.entry(place).or_insert_with(|| (self.row(&entry, None), Changed::of(hunk)));
            let line = changed.line(side, number)?;
            let Spot { path, line, offset, text, foreign, guessed, .. } =
                self.spot(&entry, hunk, line, tree.as_ref());
            let side = Some(side);
            Some(Row { path, line, offset, text, foreign, guessed, side, ..base.clone() })
        };
        lines.iter().map(&mut row).collect()
    }

    /// As [`Placer::rows_at`] of two folders, without what is around the lines: their files alone tell
    /// it, without their hunks.
    ///
    /// # Errors
    /// The problem, where a side of the file can't be read (any more).
    pub(super) fn rows_of_sides(
        &self,
        (old, new): (&Path, &Path),
        folders: &Folders,
        file: &FileChange,
        lines: &[Option<(Origin, u32)>],
    ) -> Result<Vec<Option<Row>>, Problem> {
        let read = self.read(file);
        let tree = read.as_ref().map(|(path, text)| Tree::of(path, text));
        let text = |side| match lines.iter().flatten().any(|(own, _)| *own == side) {
            true => folders.side(file, side),
            false => Ok(Vec::new()),
        };
        let (removed, added) = (text(Origin::Removed)?, text(Origin::Added)?);
        let (removed, added) = (file_lines(&removed), file_lines(&added));
        let row = |at: &Option<(Origin, u32)>| {
            let (origin, number) = (*at)?;
            let own = if origin == Origin::Removed { &removed } else { &added };
            let text = own.get((number as usize).checked_sub(1)?)?;
            let line = Line { origin, text, old: number, new: number };
            let Spot { path, line, offset, text, .. } =
                of_side((old, new), file, line, tree.as_ref());
            Some(Row { path, line, offset, text, side: Some(origin), ..Row::default() })
        };
        Ok(lines.iter().map(row).collect())
    }

    fn row(&self, entry: &Entry<'_>, tree: Option<&Tree<'_>>) -> Row {
        let own = entry.patch.filter(|patch| !patch.name.is_empty());
        let behind = self.behind.and_then(|behind| behind.patch(entry.file, entry.hunk));
        let patch = own.or(behind);
        let lines = tree.map(|tree| &tree.lines);
        let around = entry.hunk.and_then(|hunk| context::of_hunk(entry.file, hunk, lines));
        let cells = self.cells(entry, around.as_ref(), patch);
        let (patch, base) = (patch.cloned().map(Box::new), Row { around, cells, ..Row::default() });
        let base = Row { patch, ..base };
        let Some((hunk, line)) = entry.hunk.and_then(|hunk| Some((hunk, self.telling(entry)?)))
        else {
            let path = self.whole_path(entry, tree);
            return Row { path, text: whole(entry.file), foreign: true, ..base };
        };
        let spot = self.spot(entry, hunk, line, tree);
        let mut spans = self.pick.map_or_else(Vec::new, |pick| pick.spans(line.text));
        for span in &mut spans {
            (span.start, span.end) = (span.start + spot.lead, span.end + spot.lead);
        }
        let Spot { path, line: number, offset, text, foreign, guessed, .. } = spot;
        let side = Some(line.origin);
        let has_home = !matches!(self.sides, Sides::Folders { .. });
        let home = tree.filter(|_| has_home).and_then(|tree| {
            let name = named(hunk).or_else(|| base.around.clone())?.name;
            let is_doubtful = guessed || landed_elsewhere(hunk, &name, base.around.as_ref());
            is_doubtful.then(|| (name.clone(), tree.defined(entry.file.name(), &name)))
        });
        Row { path, line: number, offset, text, spans, foreign, guessed, home, side, ..base }
    }

    /// The line of a hunk that says most.
    fn telling<'h>(&self, entry: &Entry<'h>) -> Option<Line<'h>> {
        let hits = self.pick.map_or_else(Vec::new, |pick| pick.hits(entry));
        let lines: Vec<Line<'_>> = hits
            .into_iter()
            .filter_map(|hit| if let Hit::Line(line) = hit { Some(line) } else { None })
            .collect();
        let of = |lines: &[Line<'h>], origin| {
            let mut all = lines.iter().filter(|line| line.origin == origin);
            let says = |line: &&Line<'_>| line.text.iter().any(u8::is_ascii_alphanumeric);
            all.clone().find(says).or_else(|| all.next()).copied()
        };
        let best = |lines: &[Line<'h>]| {
            of(lines, Origin::Added)
                .or_else(|| of(lines, Origin::Removed))
                .or_else(|| lines.first().copied())
        };
        best(&lines).or_else(|| best(&entry.hunk?.lines().collect::<Vec<_>>()))
    }

    /// Where a line of a hunk is.
    fn spot(
        &self,
        entry: &Entry<'_>,
        hunk: &Hunk,
        line: Line<'_>,
        tree: Option<&Tree<'_>>,
    ) -> Spot {
        if let Sides::Folders { old, new } = self.sides {
            return of_side((old, new), entry.file, line, tree);
        }
        match tree {
            Some(tree) => tree.spot(hunk, line),
            None => self.in_patch(entry, hunk, line),
        }
    }

    /// The patch file's own line; where there is no file either, the file it would change.
    fn in_patch(&self, entry: &Entry<'_>, hunk: &Hunk, line: Line<'_>) -> Spot {
        let at = offset_in(&hunk.body, line.text);
        let marked = hunk.body.get(at.saturating_sub(1)..at + line.text.len());
        let text = marked.unwrap_or(line.text).to_vec();
        let Some(path) = entry.patch.and_then(|patch| patch.path.as_deref()) else {
            let folder = self.sides.trees().into_iter().next().unwrap_or(Path::new(""));
            let path = path_below(folder, entry.file.name());
            let (line, lead, foreign) = (line.new.into(), 1, true);
            return Spot { path, line, text, lead, foreign, ..Spot::default() };
        };
        let before = hunk.body.get(..at).unwrap_or_default();
        let above = memchr::memchr_iter(b'\n', before).count() as u64;
        let own = usize::try_from(above).ok().and_then(|above| hunk.lines_at.get(above));
        let number = own.map_or(u64::from(hunk.line) + 1 + above, |line| u64::from(*line));
        let offset = self.offset_in_patch(path, number);
        let path = self.patch_name(path);
        // Other formats than the unified one mark their lines otherwise.
        let foreign = own.is_some();
        Spot { path, line: number, offset, text, lead: 1, foreign, ..Spot::default() }
    }

    /// A patch file's path as it is shown: below what was typed.
    fn patch_name(&self, path: &Path) -> Vec<u8> {
        let relative = path.strip_prefix(self.base).unwrap_or(path);
        below(Path::new(""), relative).as_os_str().as_bytes().to_vec()
    }

    fn offset_in_patch(&self, path: &Path, line: u64) -> u64 {
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        let starts = starts.entry(path.to_path_buf()).or_insert_with(|| {
            let text = fs::read(path).unwrap_or_default();
            let starts =
                std::iter::once(0).chain(memchr::memchr_iter(b'\n', &text).map(|at| at + 1));
            Arc::new(starts.collect())
        });
        let place = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        starts.get(place).copied().unwrap_or(0) as u64
    }

    /// What to open for a file without hunks.
    fn whole_path(&self, entry: &Entry<'_>, tree: Option<&Tree<'_>>) -> Vec<u8> {
        match (tree, entry.patch.and_then(|patch| patch.path.as_deref())) {
            (Some(tree), _) => tree.path.as_os_str().as_bytes().to_vec(),
            (None, Some(path)) => self.patch_name(path),
            (None, None) => entry.file.name().to_vec(),
        }
    }

    fn cells(
        &self,
        entry: &Entry<'_>,
        around: Option<&Enclosing>,
        patch: Option<&Patch>,
    ) -> Vec<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let function = around.map(|around| text(&around.name)).unwrap_or_default();
        let (added, removed) = entry.hunk.map(Hunk::counts).unwrap_or_default();
        let lines = format!("+{added} -{removed}");
        let subject = patch.map(|patch| short(&text(&patch.subject), SUBJECT)).unwrap_or_default();
        let name = patch.map(|patch| group::short_name(&patch.name)).unwrap_or_default();
        match self.columns().len() {
            2 => vec![function, lines],
            _ if matches!(self.sides, Sides::Patches { on: None, .. }) => {
                vec![text(entry.file.name()), function, lines, subject]
            }
            _ => vec![function, lines, short(&name, SUBJECT), subject],
        }
    }
}

/// The changed lines of a hunk, each side's in order.
#[derive(Default)]
struct Changed<'h> {
    added: Vec<Line<'h>>,
    removed: Vec<Line<'h>>,
}

impl<'h> Changed<'h> {
    fn of(hunk: &'h Hunk) -> Changed<'h> {
        let mut changed = Changed::default();
        for line in hunk.lines() {
            match line.origin {
                Origin::Added => changed.added.push(line),
                Origin::Removed => changed.removed.push(line),
                Origin::Context => {}
            }
        }
        changed
    }

    /// The one of a side that has this number there.
    fn line(&self, side: Origin, number: u32) -> Option<Line<'h>> {
        let (lines, own): (_, fn(&Line<'h>) -> u32) = match side {
            Origin::Added => (&self.added, |line| line.new),
            _ => (&self.removed, |line| line.old),
        };
        let at = lines.binary_search_by_key(&number, own).ok()?;
        lines.get(at).copied()
    }
}

/// A file of the tree that is there.
struct Tree<'t> {
    path: &'t Path,
    lines: Lines<'t>,
    /// Where each function of it begins: looked for once, however many hunks are lost in it.
    functions: OnceCell<HashMap<Vec<u8>, u64>>,
}

impl<'t> Tree<'t> {
    fn of(path: &'t Path, text: &'t [u8]) -> Self {
        Tree { path, lines: Lines::of(text), functions: OnceCell::new() }
    }

    /// Where line `number` begins.
    fn offset(&self, number: u32) -> u64 {
        let above = self.lines.get(..(number as usize).saturating_sub(1)).unwrap_or(&self.lines);
        match (self.lines.first(), above.last()) {
            (Some(first), Some(last)) => {
                (last.as_ptr() as usize + last.len() - first.as_ptr() as usize) as u64
            }
            _ => 0,
        }
    }

    /// The line on which the file, as it is now, begins the function of this name.
    fn defined(&self, file: &[u8], name: &[u8]) -> Option<u64> {
        let functions = self.functions.get_or_init(|| {
            let mut functions = HashMap::new();
            for at in 0..self.lines.len() {
                if let Some(name) = kinds::defined(Kind::Functions, file, &self.lines, at) {
                    functions.entry(name).or_insert(at as u64 + 1);
                }
            }
            functions
        });
        functions.get(name).copied()
    }

    /// Where a hunk's line is, or belongs.
    fn spot(&self, hunk: &Hunk, line: Line<'_>) -> Spot {
        let found = locate::place(&self.lines, hunk);
        let (start, side) = match found {
            Some((first, side)) => {
                let above = u32::try_from(hunk.context().0).unwrap_or(0);
                (first.saturating_sub(above), side)
            }
            // It is nowhere: what the hunk says is the best guess.
            None => (hunk.new.first(), Origin::Added),
        };
        let other = side.other();
        let at = offset_in(&hunk.body, line.text);
        let before = hunk.lines().take_while(|l| offset_in(&hunk.body, l.text) < at);
        let before = before.filter(|line| line.origin != other).count();
        let end = u32::try_from(self.lines.len()).unwrap_or(u32::MAX).max(1);
        let number = start.saturating_add(u32::try_from(before).unwrap_or(0)).clamp(1, end);
        let there = self.lines.get(number as usize - 1).copied();
        // A brace at a guessed place proves nothing.
        let guessed = found.is_none();
        let foreign = guessed || there != Some(line.text);
        let note = if guessed { GUESSED } else { "" };
        let marked = hunk.body.get(at.saturating_sub(1)..at + line.text.len());
        let own = if foreign { marked.unwrap_or(line.text) } else { line.text };
        let text = [note.as_bytes(), own].concat();
        let lead = u32::try_from(note.len()).unwrap_or(0) + u32::from(foreign);
        let path = self.path.as_os_str().as_bytes().to_vec();
        let offset = self.offset(number);
        Spot { path, line: number.into(), offset, text, lead, foreign, guessed }
    }
}

/// The function that a hunk's `@@` line names.
fn named(hunk: &Hunk) -> Option<Enclosing> {
    let found = context::c::describe(&hunk.section, 0)?;
    (found.thing == Thing::Function).then_some(found)
}

/// Whether a hunk was placed in another function than it names: one that begins above it.
fn landed_elsewhere(hunk: &Hunk, name: &[u8], around: Option<&Enclosing>) -> bool {
    let Some(around) = around.filter(|around| around.thing == Thing::Function) else {
        return false;
    };
    let has = |text: &[u8]| memchr::memmem::find(text, &around.name).is_some();
    around.name != name && !hunk.lines().any(|line| has(line.text))
}

/// Where `line`, a part of `body`, begins in it.
fn offset_in(body: &[u8], line: &[u8]) -> usize {
    (line.as_ptr() as usize).saturating_sub(body.as_ptr() as usize).min(body.len())
}

/// Where a line of two folders is: in the tree of its side, as it stands.
fn of_side(
    (old, new): (&Path, &Path),
    file: &FileChange,
    line: Line<'_>,
    tree: Option<&Tree<'_>>,
) -> Spot {
    let (path, number, offset) = match (line.origin, tree) {
        (Origin::Removed, _) => {
            (path_below(old, file.old.as_deref().unwrap_or_default()), line.old, 0)
        }
        (_, Some(tree)) => {
            let path = tree.path.as_os_str().as_bytes().to_vec();
            (path, line.new, tree.offset(line.new))
        }
        (_, None) => (path_below(new, file.name()), line.new, 0),
    };
    let text = line.text.to_vec();
    Spot { path, line: number.into(), offset, text, ..Spot::default() }
}

fn path_below(folder: &Path, name: &[u8]) -> Vec<u8> {
    below(folder, Path::new(OsStr::from_bytes(name))).as_os_str().as_bytes().to_vec()
}

/// What is to be said of a file that changes without a hunk.
fn whole(file: &FileChange) -> Vec<u8> {
    let from = String::from_utf8_lossy(file.old.as_deref().unwrap_or_default()).into_owned();
    let mode = file.old_mode.zip(file.new_mode).filter(|(old, new)| old != new);
    let mut said = match (file.op, file.binary) {
        (FileOp::Rename, _) => format!("renamed from {from}"),
        (FileOp::Copy, _) => format!("copied from {from}"),
        (FileOp::Create, true) => "new binary file".to_owned(),
        (FileOp::Delete, true) => "binary file deleted".to_owned(),
        (FileOp::Create, false) => "new empty file".to_owned(),
        (FileOp::Delete, false) => "empty file deleted".to_owned(),
        (FileOp::Modify, true) => "binary file changed".to_owned(),
        (FileOp::Modify, false) => String::new(),
    };
    if let Some((old, new)) = mode {
        let comma = if said.is_empty() { "" } else { ", " };
        said += &format!("{comma}mode {old:o} became {new:o}");
    }
    said.into_bytes()
}

/// At most `most` characters of a text.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}
