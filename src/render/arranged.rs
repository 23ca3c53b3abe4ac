//! Rows as they suit the list and the screen: a table where paths leave the source enough
//! room, else source under headings, trees, chains or names. In a pipe always a table.
//!
//! All rows are noted before the first is drawn; then one of the renderers is chosen, once.

use std::sync::Arc;

use super::look::Look;
use super::measure::Measure;
use super::record::Record;
use super::sanitize::{display_width, visible};
use super::sheet::{Sheet, pad};
use super::table::{Table, is_of_search};
use crate::list::{Match, Meta, Role};
use crate::settings::Layout;

/// The source keeps at least this many columns in a table.
const LEAST_CONTENT: usize = 48;

/// Of longer lists the source is not highlighted: that takes longer than finding it.
const MOST_HIGHLIGHTED: u64 = 1000;

/// The renderer that was chosen.
#[derive(Clone)]
enum Chosen<'l> {
    Table(Box<Table<'l>>),
    Sheet(Box<Sheet<'l>>),
    Record(Record<'l>),
}

/// Rows being measured, then drawn.
#[derive(Clone)]
pub(crate) struct Rows<'l> {
    look: &'l Look,
    meta: Meta,
    measure: Arc<Measure>,
    chosen: Chosen<'l>,
    only_matching: bool,
}

impl<'l> Rows<'l> {
    /// The rows of a list that `meta` describes.
    pub(crate) fn new(look: &'l Look, meta: &Meta) -> Rows<'l> {
        Rows {
            look,
            meta: meta.clone(),
            measure: Arc::default(),
            chosen: Chosen::Table(Box::new(Table::new(look, meta))),
            only_matching: false,
        }
    }

    /// Rows of what matches alone, where that is wanted; they are always a table's.
    pub(crate) fn with(mut self, only_matching: bool) -> Rows<'l> {
        self.only_matching = only_matching;
        if let Chosen::Table(table) = self.chosen {
            self.chosen = Chosen::Table(Box::new(table.with(only_matching)));
        }
        self
    }

    /// Measures an entry that will be drawn.
    pub(crate) fn note(&mut self, index: u64, path: &[u8], entry: &Match<'_>) {
        if let Chosen::Table(table) = &mut self.chosen {
            table.note(index, path, entry);
        }
        if self.look.layout != Layout::Table {
            let shown_by = (self.look, self.meta.columns.as_slice());
            Arc::make_mut(&mut self.measure).note(index, path, entry, shown_by);
        }
    }

    /// All entries were noted: chooses how to draw them, and appends what stands above them.
    pub(crate) fn begin(&mut self, out: &mut Vec<u8>) {
        if self.look.layout != Layout::Table {
            Arc::make_mut(&mut self.measure).end();
            self.choose();
            if self.look.header && self.measure.rows > 0 {
                self.heading(out);
            }
        }
        if let Chosen::Table(table) = &mut self.chosen {
            table.header(out);
        }
    }

    fn choose(&mut self) {
        let has_content = !self.meta.files_only;
        let record = || Record::new(self.look, &self.meta).filter(|_| has_content);
        let is_source = self.measure.has_sections || self.measure.has_context;
        let highlights = is_source && self.measure.rows <= MOST_HIGHLIGHTED;
        let sheet = || Sheet::new(self.look, &self.meta, highlights);
        let chosen = match self.look.layout {
            Layout::Table => None,
            _ if !has_content || self.only_matching => None,
            Layout::Grouped => Some(Chosen::Sheet(Box::new(sheet()))),
            Layout::Sections => {
                Some(record().map_or_else(|| Chosen::Sheet(Box::new(sheet())), Chosen::Record))
            }
            Layout::Auto => match record() {
                Some(record) => Some(Chosen::Record(record)),
                None if self.fits_a_table() => None,
                None => Some(Chosen::Sheet(Box::new(sheet()))),
            },
        };
        if let Some(chosen) = chosen {
            self.chosen = chosen;
        }
    }

    /// Whether a table leaves the source half of the screen, and enough to read.
    fn fits_a_table(&self) -> bool {
        let Chosen::Table(table) = &self.chosen else { return false };
        let room = self.look.width.saturating_sub(table.width_before_content());
        !self.measure.has_sections
            && !self.measure.has_context
            && self.measure.path <= table.file_width()
            && room >= LEAST_CONTENT
            && room >= self.look.width / 2
    }

    /// What was asked and how much was found, in one line.
    fn heading(&self, out: &mut Vec<u8>) {
        let words = self.meta.command.iter().map(|word| {
            shlex::try_quote(word).map_or_else(|_| word.clone(), std::borrow::Cow::into_owned)
        });
        let asked = std::iter::once("kgrep".to_owned()).chain(words).collect::<Vec<_>>().join(" ");
        let asked = String::from_utf8_lossy(&visible(asked.as_bytes())).replace('\t', " ");
        let counted =
            |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let found = if self.meta.files_only {
            counted(self.measure.rows, "file")
        } else if is_of_search(&self.meta) {
            let (lines, files) = (self.measure.rows, self.measure.files);
            format!("{} in {}", counted(lines, "line"), counted(files, "file"))
        } else if self.meta.columns.iter().any(|column| column.role == Role::Step) {
            counted(self.measure.rows, "hop")
        } else {
            counted(self.measure.rows, "row")
        };
        let found = match &self.meta.revision {
            Some(revision) => {
                let name = visible(revision.name.as_bytes());
                format!("{found} at {}", String::from_utf8_lossy(&name))
            }
            None => found,
        };
        let room = self.look.width.saturating_sub(display_width(found.as_bytes()) + 2).max(1);
        let asked = super::cell::cut(&asked, room);
        let mark = &self.look.palette.mark;
        mark.paint(out, asked.as_bytes());
        let used = display_width(asked.as_bytes()) + display_width(found.as_bytes());
        pad(out, self.look.width.saturating_sub(used).max(2));
        mark.paint(out, found.as_bytes());
        out.push(b'\n');
    }

    /// Rows that were noted before, and by somebody else.
    pub(crate) fn measured(look: &'l Look, meta: &Meta, measure: Arc<Measure>) -> Rows<'l> {
        let mut rows = Rows { measure, ..Rows::new(look, meta) };
        rows.choose();
        rows
    }

    /// What is known of the rows that were noted, once drawing has begun.
    pub(crate) fn measure(&self) -> Arc<Measure> {
        Arc::clone(&self.measure)
    }

    /// Goes on as after `entry`, number `drawn - 1` of the list, which somebody else draws.
    pub(crate) fn go_on_after(&mut self, drawn: u64, path: &[u8], entry: &Match<'_>) {
        match &mut self.chosen {
            Chosen::Table(table) => table.go_on_after(entry),
            Chosen::Sheet(sheet) => sheet.go_on_after(path, entry),
            Chosen::Record(record) => {
                record.go_on_after(usize::try_from(drawn).unwrap_or(usize::MAX), entry);
            }
        }
    }

    /// Appends one entry. `index` is none for an entry that the list has no room for.
    pub(crate) fn row(
        &mut self,
        out: &mut Vec<u8>,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) {
        match &mut self.chosen {
            Chosen::Table(table) => table.row(out, index, path, entry),
            Chosen::Sheet(sheet) => sheet.row(out, &self.measure, index, path, entry),
            Chosen::Record(record) => record.row(out, &self.measure, index, path, entry),
        }
    }
}
