//! What a picture must know of all rows before it draws the first: how wide the numbers
//! are, and of each section how many rows it has, whether they are of one file, and how wide
//! most of their cells are.

use std::borrow::Cow;
use std::collections::HashMap;

use super::annotations::annotations;
use super::look::Look;
use super::sanitize::{display_text, display_width};
use crate::list::{Column, Match};

/// How wide the cells of a column are: how many have each width. A few wide ones must not
/// set the width of all.
#[derive(Clone, Default)]
pub(super) struct Widths {
    counts: Vec<u32>,
    all: u32,
}

/// Wider cells than this count as this wide.
const WIDEST: usize = 200;

impl Widths {
    /// Takes note of a cell's width.
    pub(super) fn add(&mut self, width: usize) {
        let width = width.min(WIDEST);
        if self.counts.len() <= width {
            self.counts.resize(width + 1, 0);
        }
        self.counts[width] += 1;
        self.all += 1;
    }

    /// The width that most cells fit in, at most `limit`: nine of ten, and all of a few.
    pub(super) fn most(&self, limit: usize) -> usize {
        let widest = self.counts.len().saturating_sub(1);
        if widest <= limit {
            return widest;
        }
        let enough = u64::from(self.all) * 9 / 10;
        let mut seen = 0;
        for (width, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= enough {
                return width.min(limit);
            }
        }
        limit
    }
}

/// What is known of one section.
#[derive(Clone, Default)]
pub(super) struct Part {
    /// How many rows it has.
    pub(super) rows: u64,
    /// The file of its first row.
    file: Option<u32>,
    /// Whether rows are of several files.
    pub(super) has_files: bool,
    /// How wide its source is, tabs expanded.
    pub(super) source: Widths,
    /// How wide the values of each column are.
    pub(super) cells: Vec<Widths>,
    /// How wide what is said of each column beside the source is.
    pub(super) annotations: Vec<Widths>,
    /// How wide `path:line` is.
    pub(super) place: Widths,
}

/// What is known of a list.
#[derive(Clone, Default)]
pub(crate) struct Measure {
    /// The greatest index.
    index: u64,
    /// The greatest line number.
    line: u64,
    /// The widest path, in columns.
    pub(super) path: usize,
    /// How many files rows are of; a file that comes again counts again.
    pub(super) files: u64,
    /// How many rows there are.
    pub(super) rows: u64,
    /// Whether there are titles of sections.
    pub(super) has_sections: bool,
    /// Whether lines around matches are shown.
    pub(super) has_context: bool,
    /// How deep each row is in a tree, and once all are known, its guide lines: a bit for
    /// each level that goes on below the row.
    depths: Vec<u16>,
    guides: Vec<u64>,
    parts: Vec<Part>,
    titles: HashMap<String, usize>,
    /// The section that entries are in.
    part: usize,
    last_section: Option<String>,
    file: Option<(u32, usize)>,
}

impl Measure {
    /// Takes note of an entry.
    pub(super) fn note(
        &mut self,
        index: u64,
        path: &[u8],
        entry: &Match<'_>,
        (look, columns): (&Look, &[Column]),
    ) {
        self.rows += 1;
        self.index = self.index.max(index);
        self.line = self.line.max(entry.after.last().map_or(entry.last_line(), |line| line.line));
        self.has_context |= !entry.before.is_empty() || !entry.after.is_empty();
        let path_width = match self.file {
            Some((file, width)) if file == entry.file => width,
            _ => {
                self.files += 1;
                display_width(&display_text(path, look))
            }
        };
        self.file = Some((entry.file, path_width));
        self.path = self.path.max(path_width);
        self.depths.push(entry.depth);
        self.enter(entry);
        let Some(part) = self.parts.get_mut(self.part) else { return };
        part.rows += 1;
        part.has_files |= *part.file.get_or_insert(entry.file) != entry.file;
        part.source.add(source_width(entry.text));
        part.place.add(path_width + 1 + digits(entry.line));
        part.annotations
            .resize_with(part.annotations.len().max(entry.cells.len()), Widths::default);
        for (widths, annotation) in
            part.annotations.iter_mut().zip(annotations(columns, entry, look))
        {
            widths.add(display_width(annotation.as_bytes()));
        }
        part.cells.resize_with(part.cells.len().max(entry.cells.len()), Widths::default);
        // Of a tree, the first column has the guide lines before it.
        let mut before = 3 * usize::from(entry.depth);
        for (widths, cell) in part.cells.iter_mut().zip(&entry.cells) {
            let cell = short_place(cell);
            widths.add(
                display_width(&display_text(cell.as_bytes(), look)) + std::mem::take(&mut before),
            );
        }
    }

    fn enter(&mut self, entry: &Match<'_>) {
        if let Some(section) = entry.section {
            if begins(self.last_section.as_deref(), entry) {
                self.has_sections = true;
                let next = self.parts.len();
                self.part = *self.titles.entry(section.to_owned()).or_insert(next);
                self.parts.resize_with(next.max(self.part + 1), Part::default);
            }
            self.last_section = Some(section.to_owned());
        } else {
            self.last_section = None;
            if self.parts.is_empty() {
                self.titles.insert(String::new(), 0);
                self.parts.push(Part::default());
            }
        }
    }

    /// What is known of the section of this title; of none that was not seen.
    pub(super) fn part(&self, section: &str) -> Option<&Part> {
        self.parts.get(*self.titles.get(section)?)
    }

    /// All rows are known: finds out which levels of a tree go on below each.
    pub(super) fn end(&mut self) {
        if self.depths.iter().all(|depth| *depth == 0) {
            return;
        }
        let mut open = 0_u64;
        self.guides = vec![0; self.depths.len()];
        for (guides, depth) in self.guides.iter_mut().zip(&self.depths).rev() {
            *guides = open;
            let level = u32::from(*depth).min(u64::BITS - 1);
            open = open & ((1 << level) - 1) | 1 << level;
        }
    }

    /// The guide lines before the name in row number `row`.
    pub(super) fn guides(&self, row: usize) -> Option<String> {
        let (guides, depth) = (*self.guides.get(row)?, *self.depths.get(row)?);
        let goes_on = |level: u16| level < 64 && guides >> level & 1 == 1;
        let above = (1..depth).map(|level| if goes_on(level) { "│  " } else { "   " });
        let own = (depth > 0).then(|| if goes_on(depth) { "├─ " } else { "└─ " });
        Some(above.chain(own).collect())
    }

    /// Columns of the index.
    pub(super) fn index_width(&self) -> usize {
        digits(self.index).max(4)
    }

    /// Columns of line numbers.
    pub(super) fn line_width(&self) -> usize {
        digits(self.line).max(4)
    }
}

/// Whether `entry` begins a section, after an entry whose title was `last`.
pub(super) fn begins(last: Option<&str>, entry: &Match<'_>) -> bool {
    entry.section.is_some() && entry.section != last
}

/// Columns of the first line of `text`, tabs expanded, without its end.
fn source_width(text: &[u8]) -> usize {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let tabs = line.iter().take_while(|byte| **byte == b'\t').count();
    display_width(line) + 7 * tabs
}

/// A definition's place with the number of others of its name, as it is said on a screen.
pub(super) fn short_place(place: &str) -> Cow<'_, str> {
    match place.strip_suffix(" more").and_then(|place| place.rsplit_once(" and ")) {
        Some((place, more)) => Cow::Owned(format!("{place} +{more}")),
        None => Cow::Borrowed(place),
    }
}

/// How many digits `number` has in decimal.
pub(super) fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}
