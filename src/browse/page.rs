//! One list on the stack: what is seen of it, the row under the cursor, the marked rows, and
//! the source of that row.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::rows::{Block, Widths, blocks, slim};
use super::source::Source;
use crate::list::{Indices, List, ListError, Meta, View, asked, named};
use crate::render::Look;

/// How many rows are looked at at once for the next file or section.
const CHUNK: u64 = 4096;

/// What the next of is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    File,
    Section,
}

/// What tells one file or section from another.
enum Key {
    File(u32),
    Section(String),
}

/// A list and where one is in it.
pub(super) struct Page {
    pub(super) view: View,
    /// What was asked, in the line of crumbs.
    pub(super) title: String,
    pub(super) cursor: u64,
    pub(super) marks: BTreeSet<u64>,
    pub(super) source: Source,
    /// The first row on the screen.
    top: u64,
    meta: Meta,
    widths: Option<Widths>,
    /// The row that the source is of.
    shown: Option<u64>,
}

impl Page {
    pub(super) fn new(view: View) -> Page {
        let meta = slim(view.list());
        let title = title(&meta.command);
        Page {
            view,
            title,
            cursor: 0,
            marks: BTreeSet::new(),
            source: Source::default(),
            top: 0,
            meta,
            widths: None,
            shown: None,
        }
    }

    /// The folder that its questions are asked in.
    pub(super) fn folder(&self) -> &[u8] {
        &self.meta.folder
    }

    /// The list has more rows now.
    pub(super) fn grow(&mut self, list: List) {
        self.view.grow(list);
    }

    /// What is seen is another part of the list, or another list: nothing that was known of
    /// positions holds.
    pub(super) fn changed(&mut self) {
        self.meta = slim(self.view.list());
        self.title = title(&self.meta.command);
        self.marks.clear();
        self.widths = None;
        self.shown = None;
        self.cursor = self.cursor.min(self.view.len().saturating_sub(1));
        self.top = self.top.min(self.cursor);
    }

    /// Moves the cursor by so many rows.
    pub(super) fn go(&mut self, by: i64) {
        self.go_to(self.cursor.saturating_add_signed(by));
    }

    /// Moves the cursor to a row.
    pub(super) fn go_to(&mut self, row: u64) {
        self.cursor = row.min(self.view.len().saturating_sub(1));
    }

    /// The marked rows, else the one under the cursor.
    pub(super) fn chosen(&self) -> Indices {
        let own = [self.cursor];
        let rows: Vec<&u64> =
            if self.marks.is_empty() { own.iter().collect() } else { self.marks.iter().collect() };
        Indices::union(rows.into_iter().map(|row| *row..*row + 1).collect())
    }

    /// Moves the cursor to the first row of the next file or section, or of the previous one
    /// (first of its own, where it isn't there).
    ///
    /// # Errors
    /// When the list can't be read.
    pub(super) fn go_to_part(&mut self, part: Part, forward: bool) -> Result<(), ListError> {
        if forward {
            let own = self.key(part, self.cursor)?;
            let mut at = self.cursor + 1;
            while at < self.view.len() {
                let same = self.same(&own, at..(at + CHUNK).min(self.view.len()))?;
                if let Some(next) = same.iter().position(|same| !same) {
                    self.go_to(at + next as u64);
                    return Ok(());
                }
                at += CHUNK;
            }
            return Ok(());
        }
        let first = self.first_of(part, self.cursor)?;
        let is_there = first == self.cursor && first > 0;
        let goal = if is_there { self.first_of(part, first - 1)? } else { first };
        self.go_to(goal);
        Ok(())
    }

    /// The first of the rows before this one that are of the same file or section.
    fn first_of(&self, part: Part, row: u64) -> Result<u64, ListError> {
        let own = self.key(part, row)?;
        let mut end = row;
        while end > 0 {
            let start = end.saturating_sub(CHUNK);
            let same = self.same(&own, start..end)?;
            if let Some(other) = same.iter().rposition(|same| !same) {
                return Ok(start + other as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }

    /// What tells the row's file or section from others.
    fn key(&self, part: Part, row: u64) -> Result<Key, ListError> {
        let mut key = Key::File(0);
        self.view.for_each(&Indices::only(row..row + 1), |_, _, entry| {
            key = match part {
                Part::File => Key::File(entry.file),
                Part::Section => Key::Section(entry.section.unwrap_or_default().to_owned()),
            };
            Ok::<_, ListError>(true)
        })?;
        Ok(key)
    }

    /// Which of these rows are of this file or section.
    fn same(&self, own: &Key, rows: Range<u64>) -> Result<Vec<bool>, ListError> {
        let mut same = Vec::new();
        self.view.for_each(&Indices::only(rows), |_, _, entry| {
            same.push(match own {
                Key::File(file) => entry.file == *file,
                Key::Section(title) => entry.section.unwrap_or_default() == title,
            });
            Ok::<_, ListError>(true)
        })?;
        Ok(same)
    }

    /// The name that the row under the cursor is about.
    pub(super) fn name(&self) -> Option<(String, Vec<u8>)> {
        let mut found = None;
        let own = Indices::only(self.cursor..self.cursor + 1);
        let columns = &self.view.list().meta().columns;
        let read = self.view.for_each(&own, |_, file, entry| {
            found = named::of(columns, entry).map(|name| (name, file.path.clone()));
            Ok::<_, ListError>(false)
        });
        read.ok().and(found)
    }

    /// Shows the source of the row under the cursor, unless it is there.
    ///
    /// # Errors
    /// When the list can't be read.
    pub(super) fn show_source(&mut self) -> Result<(), ListError> {
        if self.shown == Some(self.cursor) || self.view.len() == 0 {
            return Ok(());
        }
        let own = Indices::only(self.cursor..self.cursor + 1);
        let folder = Path::new(OsStr::from_bytes(&self.meta.folder));
        let source = &mut self.source;
        self.view.for_each(&own, |_, file, entry| {
            source.show(folder.join(OsStr::from_bytes(&file.path)), file, entry);
            Ok::<_, ListError>(false)
        })?;
        self.shown = Some(self.cursor);
        Ok(())
    }

    /// The rows on a screen of this height, the one under the cursor among them.
    ///
    /// # Errors
    /// When the list can't be read.
    pub(super) fn rows(&mut self, look: &Look, height: u64) -> Result<Vec<Block>, ListError> {
        let len = self.view.len();
        self.top = self.top.clamp((self.cursor + 1).saturating_sub(height), self.cursor);
        let above = self.blocks(look, self.top..self.cursor + 1)?;
        let own = |block: &Block| (block.lines.len() - block.headings) as u64;
        let mut used: u64 = above.iter().map(|block| block.lines.len() as u64).sum();
        for pair in above.windows(2) {
            if used <= height {
                break;
            }
            // The next row gets headings of its own once it is the first.
            used -= pair[0].lines.len() as u64;
            used += (pair[0].headings as u64).saturating_sub(pair[1].headings as u64);
            self.top = pair[1].position;
        }
        let mut drawn = if self.top == above.first().map_or(0, |block| block.position) {
            above
        } else {
            self.blocks(look, self.top..self.cursor + 1)?
        };
        // A row that is higher than the screen loses its headings, then its end.
        let used: u64 = drawn.iter().map(|block| block.lines.len() as u64).sum();
        if let Some(first) = drawn.first_mut().filter(|_| used > height) {
            let kept = own(first) as usize;
            first.lines.drain(..first.lines.len() - kept);
            first.headings = 0;
        }
        if used < height && self.cursor + 1 < len {
            let end = (self.cursor + 1 + height - used).min(len);
            drawn = self.blocks(look, self.top..end)?;
        }
        Ok(drawn)
    }

    fn blocks(&mut self, look: &Look, range: Range<u64>) -> Result<Vec<Block>, ListError> {
        let end = range.end.min(self.view.len());
        blocks(&self.view, &self.meta, look, &mut self.widths, range.start.min(end)..end)
    }
}

/// A question in a few words: the command line that asked it.
fn title(command: &[String]) -> String {
    let words: Vec<&String> = command.iter().filter(|word| *word != "browse").collect();
    asked::question_text(&words)
}
