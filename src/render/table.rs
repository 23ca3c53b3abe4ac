//! vgrep's table: `Index File Line [extra columns] Content`.
//!
//! Two passes: [`Table::note`] gathers widths, then [`Table::header`] and
//! [`Table::row`] draw. Rows that were never noted (a list that is full) are drawn
//! all the same and may stand out to the right. In a pipe so do the widest cells of a long
//! answer, so that one long path doesn't fill half of every row with blanks; a search's table is as
//! scripts know it.

use super::annotations::bare_name;
use super::cell;
use super::fit::push_fitted;
use super::hyperlink::linked;
use super::line::{Matching, lines, matching, push_short, trimmed};
use super::look::{Ink, Look};
use super::sanitize::{display_text, display_width, visible};
use crate::list::{Column, Match, Meta, Role, Span};
use crate::settings::Layout;

/// A table being measured, then drawn.
#[derive(Clone)]
pub(crate) struct Table<'l> {
    look: &'l Look,
    /// The columns between `Line` and `Content`.
    columns: Vec<Column>,
    files_only: bool,
    /// Rows hold what matches, not the lines around it (`-o`).
    only_matching: bool,
    index_width: usize,
    file_width: usize,
    line_width: usize,
    extra: Vec<Extra>,
    /// How wide the cells are of `File` and of each extra column, where that decides.
    widths: Option<Vec<Widths>>,
    /// The file measured last and how wide its path is: most entries share it.
    measured: Option<(u32, usize)>,
    /// Lines keep their indentation: there is context, and code reads as code.
    indented: bool,
    /// True once something was drawn.
    begun: bool,
    /// The section of the entry drawn last.
    section: Option<String>,
    /// The revision that it is all about.
    revision: Option<String>,
}

/// An extra column's width, and whether it holds numbers, which go to the right.
#[derive(Clone, Copy)]
struct Extra {
    width: usize,
    numeric: bool,
}

/// How many cells of a column have which width.
#[derive(Clone, Default)]
struct Widths(Vec<u32>);

impl Widths {
    /// Cells that fit a column, in a hundred.
    const FITTING: u64 = 90;
    /// With fewer rows, which one sees at once, columns that stand straight are worth their blanks.
    const FEWEST: u64 = 100;
    /// Wider cells are counted as if they had this width.
    const MOST: usize = 4096;
    /// A column that would be narrower by no more is as wide as its widest cell.
    const LITTLE: usize = 4;

    fn note(&mut self, width: usize) {
        let width = width.min(Widths::MOST);
        if self.0.len() <= width {
            self.0.resize(width + 1, 0);
        }
        self.0[width] = self.0[width].saturating_add(1);
    }

    /// The width that most cells fit, of a column whose widest is `widest`.
    fn of_most(&self, widest: usize) -> usize {
        let all: u64 = self.0.iter().map(|count| u64::from(*count)).sum();
        if all < Widths::FEWEST {
            return widest;
        }
        let wanted = (all * Widths::FITTING).div_ceil(100);
        let mut fitting = 0;
        let narrow = self.0.iter().position(|count| {
            fitting += u64::from(*count);
            fitting >= wanted
        });
        narrow.filter(|narrow| narrow + Widths::LITTLE < widest).unwrap_or(widest)
    }
}

impl<'l> Table<'l> {
    /// The table of a list that `meta` describes.
    pub(crate) fn new(look: &'l Look, meta: &Meta) -> Table<'l> {
        let title = |title: &str| if look.header { title.len() } else { 0 };
        // Sentences come last, so that the others' cells keep their places.
        let is_shown = |column: &&Column| !matches!(column.role, Role::Sentence | Role::Start);
        let columns: Vec<Column> = meta.columns.iter().filter(is_shown).cloned().collect();
        let counts = !look.terminal && !is_of_search(meta);
        Table {
            look,
            widths: counts.then(|| vec![Widths::default(); columns.len() + 1]),
            files_only: meta.files_only,
            only_matching: false,
            index_width: title("Index"),
            file_width: title("File"),
            line_width: title("Line"),
            extra: columns
                .iter()
                .map(|column| Extra {
                    width: if look.header { display_width(column.title.as_bytes()) } else { 0 },
                    numeric: true,
                })
                .collect(),
            columns,
            measured: None,
            indented: false,
            begun: false,
            section: None,
            revision: meta.revision.as_ref().map(|revision| revision.name.clone()),
        }
    }

    /// The table with a row for each match, of what matches alone, where that is wanted.
    pub(crate) fn with(self, only_matching: bool) -> Table<'l> {
        Table { only_matching, ..self }
    }

    /// Makes every column wide enough for this entry.
    pub(crate) fn note(&mut self, index: u64, path: &[u8], entry: &Match<'_>) {
        // Counting the lines of a text is worth it only where they could be more
        // digits than are known already.
        let most = entry.line.saturating_add(entry.text.len() as u64);
        let last = match entry.after.last() {
            Some(line) => line.line,
            None if digits(most) > digits(entry.line) => entry.last_line(),
            None => entry.line,
        };
        let line_width = digits(last);
        let path_width = match self.measured {
            Some((file, width)) if file == entry.file => width,
            _ => {
                let width = display_width(&cell::path(path, self.look));
                self.measured = Some((entry.file, width));
                width
            }
        };
        let file_width =
            path_width + if self.look.ide_paths && last > 0 { 1 + line_width } else { 0 };
        self.index_width = self.index_width.max(digits(index));
        self.file_width = self.file_width.max(file_width);
        self.line_width = self.line_width.max(line_width);
        let mut widths = self.widths.iter_mut().flatten();
        if let Some(widths) = widths.next() {
            widths.note(file_width);
        }
        let cells = self.columns.iter().zip(&entry.cells);
        for (extra, (column, cell)) in self.extra.iter_mut().zip(cells) {
            let cell_width =
                display_width(&cell::extra(cell_text(self.look, column, cell), self.look));
            let width = cell_width + indent(column, entry.depth);
            extra.width = extra.width.max(width);
            extra.numeric &= cell.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(widths) = widths.next() {
                widths.note(width);
            }
        }
        self.indented |= has_context(entry);
    }

    /// All entries were noted: columns are as wide as most cells need, where that is wanted.
    fn settle(&mut self) {
        let Some(widths) = self.widths.take() else { return };
        let header = self.look.header;
        let title = |title: &str| if header { display_width(title.as_bytes()) } else { 0 };
        let columns = std::iter::once((title("File"), &mut self.file_width));
        let extra = self.columns.iter().zip(&mut self.extra);
        let extra = extra.map(|(column, extra)| (title(&column.title), &mut extra.width));
        for (widths, (title, width)) in widths.iter().zip(columns.chain(extra)) {
            *width = widths.of_most(*width).max(title);
        }
    }

    /// Columns of the File column.
    pub(crate) fn file_width(&self) -> usize {
        self.file_width
    }

    /// Columns before the Content column.
    pub(crate) fn width_before_content(&self) -> usize {
        let extra: usize = self.extra.iter().map(|extra| extra.width + 1).sum();
        self.index_width + self.file_width + self.line_width + 3 + extra
    }

    /// Appends the header line, unless it is not wanted.
    pub(crate) fn header(&mut self, out: &mut Vec<u8>) {
        self.settle();
        if !self.look.header {
            return;
        }
        self.begun = true;
        let ink = &self.look.palette.header;
        let mut columns = Columns::new(out);
        columns.right(ink, b"Index", self.index_width);
        columns.left(ink, b"File", self.file_width);
        if !self.files_only {
            columns.right(ink, b"Line", self.line_width);
        }
        for (column, extra) in self.columns.iter().zip(&self.extra) {
            columns.extra(ink, column.title.as_bytes(), extra);
        }
        if !self.files_only {
            columns.left(ink, b"Content", 0);
        }
        // In a pipe an answer is byte for byte that of a work tree; JSON tells the revision.
        if let Some(revision) = self.revision.as_ref().filter(|_| self.look.terminal) {
            // Behind all columns, whose widths stay what they are.
            columns.left(ink, &visible(format!("at {revision}").as_bytes()), 0);
        }
        columns.end();
    }

    /// Goes on as after `entry`, which somebody else draws.
    pub(crate) fn go_on_after(&mut self, entry: &Match<'_>) {
        self.begun = true;
        self.section = entry.section.map(str::to_owned);
    }

    /// Appends one entry: its section's title, its context and its line or lines.
    /// `index` is none for an entry that the list has no room for.
    pub(crate) fn row(
        &mut self,
        out: &mut Vec<u8>,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        let title = entry.section.filter(|title| self.section.as_deref() != Some(*title));
        let begun = self.begun;
        self.go_on_after(entry);
        if let Some(title) = title {
            if begun {
                out.push(b'\n');
            }
            let title = display_text(title.as_bytes(), self.look);
            self.look.palette.section.paint(out, &title);
            out.push(b'\n');
        } else if entry.gap && begun {
            out.extend_from_slice(b"--\n");
        }
        self.indented |= has_context(entry);
        for line in &entry.before {
            self.line(out, Row::beside(path, line.line), 0, line.text, (&[], line.cut));
        }
        let mut row = Row {
            index,
            path,
            line: entry.line,
            cells: &entry.cells,
            depth: entry.depth,
            names_path: true,
            beside: false,
        };
        let body = entry.text.strip_suffix(b"\n").unwrap_or(entry.text);
        if self.only_matching && !entry.spans.is_empty() {
            // The entry's number stands once: the list has lines, of which one may match often.
            for Matching { line, text, .. } in matching(entry) {
                row.line = line;
                self.line(out, row, 0, text, (&[Span { start: 0, end: u32::MAX }], 0));
                row = Row { beside: false, ..Row::beside(path, line) };
            }
        } else if memchr::memchr(b'\n', body).is_none() {
            self.line(out, row, 0, body, (&entry.spans, entry.cut));
        } else {
            let mut rows = lines(body).peekable();
            while let Some((at, text)) = rows.next() {
                // What is left out is marked once, at the end.
                let cut = if rows.peek().is_none() { entry.cut } else { 0 };
                self.line(out, row, at, text, (&entry.spans, cut));
                row = Row { beside: false, ..Row::beside(path, row.line + 1) };
            }
        }
        for line in &entry.after {
            self.line(out, Row::beside(path, line.line), 0, line.text, (&[], line.cut));
        }
    }

    /// Appends one row: `text`, which begins at offset `at` of its entry's text, with
    /// what matched in that, and how many bytes were left out of the line.
    fn line(
        &self,
        out: &mut Vec<u8>,
        row: Row<'_>,
        at: usize,
        text: &[u8],
        (spans, missing): (&[Span], u64),
    ) {
        let palette = &self.look.palette;
        let mut number = itoa::Buffer::new();
        let mut columns = Columns::new(out);
        let index = row.index.map_or("", |index| number.format(index));
        columns.right(&palette.index, index.as_bytes(), self.index_width);
        if row.names_path || self.look.ide_paths {
            self.file(&mut columns, row.path, row.line);
        } else {
            columns.right(&palette.file, b"", self.file_width);
        }
        if !self.files_only {
            let line = number.format(row.line).as_bytes();
            let line = if row.line == 0 { b"" } else { line };
            columns.right(&palette.line, line, self.line_width);
        }
        for (at, (column, extra)) in self.columns.iter().zip(&self.extra).enumerate() {
            let cell = cell_text(self.look, column, row.cells.get(at).copied().unwrap_or_default());
            let cell = cell::extra(cell, self.look);
            let indent = if cell.is_empty() { 0 } else { indent(column, row.depth) };
            if indent > 0 {
                pad(columns.begin(), indent);
                columns.first = true;
            }
            let extra = Extra { width: extra.width.saturating_sub(indent), ..*extra };
            columns.extra(&palette.extra, &cell, &extra);
        }
        if !self.files_only {
            self.content(&mut columns, row.beside, (at, text), (spans, missing));
        }
        columns.end();
    }

    /// Appends a row's text, which begins at offset `at` of its entry's; what is `beside` a match
    /// stands back.
    fn content(
        &self,
        columns: &mut Columns<'_>,
        beside: bool,
        (at, text): (usize, &[u8]),
        (spans, missing): (&[Span], u64),
    ) {
        let palette = &self.look.palette;
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        let (mut lead, mut text) = trimmed(line);
        if self.indented && !text.is_empty() {
            (lead, text) = (0, line.strip_suffix(b"\r").unwrap_or(line));
        }
        if text.is_empty() {
            return;
        }
        let out = columns.begin();
        if fits_lines(self.look) {
            let room = self.look.width.saturating_sub(self.width_before_content()).max(1);
            let spans = if beside { &[] } else { spans };
            let ink = if beside { &palette.mark } else { &palette.plain };
            ink.around(out, |out| {
                push_fitted(out, self.look, text, (at + lead, spans), room, false, None);
            });
        } else if beside {
            palette.mark.around(out, |out| {
                push_short(out, self.look, text, 0, &[], missing);
            });
        } else {
            push_short(out, self.look, text, at + lead, spans, missing);
        }
    }

    fn file(&self, columns: &mut Columns<'_>, path: &[u8], line: u64) {
        let name = cell::path(path, self.look);
        let mut width = display_width(&name);
        let out = columns.begin();
        linked(out, self.look, path, line, |out| {
            let ink = &self.look.palette.file;
            out.extend_from_slice(ink.on.as_bytes());
            out.extend_from_slice(&name);
            if self.look.ide_paths && line > 0 {
                let mut number = itoa::Buffer::new();
                let number = number.format(line);
                out.push(b':');
                out.extend_from_slice(number.as_bytes());
                width += 1 + number.len();
            }
            out.extend_from_slice(ink.off.as_bytes());
        });
        columns.pending = self.file_width.saturating_sub(width);
    }
}

/// Whether the list is a search's, which vgrep's scripts know.
pub(super) fn is_of_search(meta: &Meta) -> bool {
    meta.columns.iter().all(|column| matches!(column.role, Role::Function | Role::Count))
}

/// Whether lines are cut where the screen ends.
fn fits_lines(look: &Look) -> bool {
    look.terminal && look.layout != Layout::Table
}

/// What a cell shows: on a terminal, of a function's head its name.
fn cell_text<'t>(look: &Look, column: &Column, cell: &'t str) -> &'t str {
    let shortens = fits_lines(look) && column.role == Role::Function;
    if shortens { bare_name(cell) } else { cell }
}

/// The cells of one row.
#[derive(Clone, Copy)]
struct Row<'a> {
    index: Option<u64>,
    path: &'a [u8],
    line: u64,
    cells: &'a [&'a str],
    depth: u16,
    /// The row says its path; around a match, the match's row does.
    names_path: bool,
    /// The row is around a match, not of it.
    beside: bool,
}

impl<'a> Row<'a> {
    /// A row beside a match: only its place.
    fn beside(path: &'a [u8], line: u64) -> Row<'a> {
        Row { index: None, path, line, cells: &[], depth: 0, names_path: false, beside: true }
    }
}

/// Writes cells with one space between them; blanks at the end of a row are left out.
struct Columns<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
    /// Blanks that are due before the next cell.
    pending: usize,
}

impl<'o> Columns<'o> {
    fn new(out: &'o mut Vec<u8>) -> Columns<'o> {
        Columns { out, first: true, pending: 0 }
    }

    /// Begins a cell that the caller writes.
    fn begin(&mut self) -> &mut Vec<u8> {
        pad(self.out, self.pending + usize::from(!self.first));
        (self.first, self.pending) = (false, 0);
        self.out
    }

    fn right(&mut self, ink: &Ink, text: &[u8], width: usize) {
        if text.is_empty() {
            self.pending += width + usize::from(!self.first);
            self.first = false;
            return;
        }
        let out = self.begin();
        pad(out, width.saturating_sub(text.len()));
        ink.paint(out, text);
    }

    fn left(&mut self, ink: &Ink, text: &[u8], width: usize) {
        if text.is_empty() {
            return self.right(ink, text, width);
        }
        ink.paint(self.begin(), text);
        self.pending = width.saturating_sub(display_width(text));
    }

    fn extra(&mut self, ink: &Ink, text: &[u8], extra: &Extra) {
        if extra.numeric {
            self.right(ink, text, extra.width);
        } else {
            self.left(ink, text, extra.width);
        }
    }

    fn end(self) {
        self.out.push(b'\n');
    }
}

/// Blanks before the value of `column` in an entry of this depth.
fn indent(column: &Column, depth: u16) -> usize {
    if column.role == Role::Node { 2 * usize::from(depth) } else { 0 }
}

/// True when lines around the entry are shown with it.
fn has_context(entry: &Match<'_>) -> bool {
    !entry.before.is_empty() || !entry.after.is_empty()
}

/// Appends `count` blanks.
fn pad(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len() + count, b' ');
}

/// How many digits `number` has in decimal.
fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
