//! Prints entries in the format in force, through the pager where one belongs.
//!
//! A table needs all widths before its first row, so it is measured first
//! ([`Printer::note`]); the other formats stream.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;

use crate::list::{List, ListError, Match, Meta};
use crate::render::{Grep, GrepStyle, Json, Look, Output, Rows, Totals};
use crate::settings::{Format, Settings};

/// Rows gather to this many bytes before they are written.
const GATHER: usize = 1 << 16;

/// How many entries of a long table one thread draws at a time.
const PART: u64 = 2048;

/// Prints the entries of one list.
pub(crate) struct Printer<'l> {
    look: &'l Look,
    style: Style<'l>,
    /// The format says what matched even without colours.
    tells_spans: bool,
    rows: Vec<u8>,
    out: Option<Output>,
    pager: Option<&'l str>,
}

enum Style<'l> {
    Rows(Box<Rows<'l>>),
    Grep(Grep<'l>),
    Json(Box<Json>),
}

impl<'l> Printer<'l> {
    /// A printer for a list that `meta` describes. Nothing is opened before the
    /// first row, so that a search that finds nothing starts no pager.
    pub(crate) fn new(look: &'l Look, settings: &'l Settings, meta: &Meta) -> Printer<'l> {
        Printer::in_format(settings.format.value, look, settings, meta)
    }

    /// As [`Printer::new`], in this format.
    pub(crate) fn in_format(
        format: Format,
        look: &'l Look,
        settings: &'l Settings,
        meta: &Meta,
    ) -> Printer<'l> {
        let style = match format {
            // Commands that can print patches do so by themselves; others refuse before they come here.
            Format::Table | Format::Patch | Format::Parquet => {
                Style::Rows(Box::new(Rows::new(look, meta)))
            }
            Format::Grep => Style::Grep(Grep::new(look, GrepStyle::Lines)),
            Format::Vimgrep => Style::Grep(Grep::new(look, GrepStyle::Vimgrep)),
            Format::Json => Style::Json(Box::new(Json::new(look, meta))),
        };
        let tells_spans = matches!(format, Format::Vimgrep | Format::Json);
        let pager = look.terminal.then_some(settings.pager.value.as_str());
        Printer {
            look,
            tells_spans,
            style,
            rows: Vec::with_capacity(GATHER + 4096),
            out: None,
            pager,
        }
    }

    /// The printer for a search: with rows of what matches alone (`-o`), and with a NUL byte
    /// behind paths (`-0`), where these are wanted and the format can.
    pub(crate) fn of_search(self, only_matching: bool, null: bool) -> Printer<'l> {
        let style = match self.style {
            Style::Rows(rows) => Style::Rows(Box::new(rows.with(only_matching))),
            Style::Grep(grep) => Style::Grep(grep.with(only_matching, null)),
            Style::Json(json) => Style::Json(json),
        };
        let tells_spans = self.tells_spans || only_matching;
        Printer { style, tells_spans, ..self }
    }

    /// The printer, whose summary, in a format that has one, ends with these too.
    pub(crate) fn ending(mut self, summary: serde_json::Map<String, serde_json::Value>) -> Self {
        self.summary(summary);
        self
    }

    /// The same, once rows were printed.
    pub(crate) fn summary(&mut self, summary: serde_json::Map<String, serde_json::Value>) {
        if let Style::Json(json) = &mut self.style {
            json.summary.extend(summary);
        }
    }

    /// True when all entries must be noted before the first is printed.
    pub(crate) fn measures_first(&self) -> bool {
        matches!(self.style, Style::Rows(_))
    }

    /// True when rows show what matches within a line.
    pub(crate) fn shows_spans(&self) -> bool {
        self.look.color || self.tells_spans
    }

    /// Measures an entry that will be printed.
    pub(crate) fn note(&mut self, index: u64, path: &[u8], entry: &Match<'_>) {
        if let Style::Rows(rows) = &mut self.style {
            rows.note(index, path, entry);
        }
    }

    /// Prints what comes before the first entry.
    pub(crate) fn begin(&mut self) {
        if let Style::Rows(rows) = &mut self.style {
            rows.begin(&mut self.rows);
        }
    }

    /// Prints `text` as it stands, before the first entry.
    pub(crate) fn lead(&mut self, text: &[u8]) {
        self.rows.extend_from_slice(text);
    }

    /// Prints an entry; one without an index can't be followed up.
    ///
    /// # Errors
    /// When the output can't be written; a broken pipe among them.
    pub(crate) fn row(
        &mut self,
        index: Option<u64>,
        path: &[u8],
        entry: &Match<'_>,
    ) -> io::Result<()> {
        match &mut self.style {
            Style::Rows(rows) => rows.row(&mut self.rows, index, path, entry),
            Style::Grep(grep) => grep.row(&mut self.rows, path, entry),
            Style::Json(json) => json.row(&mut self.rows, index, path, entry),
        }
        // Somebody waits for the first.
        if self.out.is_none() && !self.measures_first() {
            self.write()?;
            return self.out.as_mut().map_or(Ok(()), Output::flush);
        }
        if self.rows.len() >= GATHER { self.write() } else { Ok(()) }
    }

    /// Prints a line about a file in between, as ripgrep does for binary files; true
    /// when the format has a place for it.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(crate) fn remark(&mut self, path: &[u8], remark: &str) -> io::Result<bool> {
        let Style::Grep(grep) = &self.style else { return Ok(false) };
        grep.remark(&mut self.rows, path, remark);
        if self.rows.len() >= GATHER { self.write() } else { Ok(()) }.map(|()| true)
    }

    /// Prints a whole list, whose entries were noted if the format measures first.
    ///
    /// # Errors
    /// When the list can't be read or the output can't be written.
    pub(crate) fn list(&mut self, list: &List) -> Result<(), PrintError> {
        self.begin();
        if list.len() > PART && matches!(self.style, Style::Rows(_)) {
            return self.parts(list);
        }
        list.for_each(0..list.len(), |index, file, entry| {
            self.row(Some(index), &file.path, entry)?;
            Ok::<_, PrintError>(true)
        })
    }

    /// Prints a long table, whose parts are drawn by as many threads as there are cores:
    /// reading a million entries again takes as long as finding them.
    fn parts(&mut self, list: &List) -> Result<(), PrintError> {
        self.write()?;
        let Printer { style: Style::Rows(rows), out: Some(out), .. } = self else {
            return Ok(());
        };
        let table = &**rows;
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let parts = || (0..list.len()).step_by(PART as usize);
        thread::scope(|scope| {
            let drawers: Vec<_> = (0..threads)
                .map(|thread| {
                    // One part ready and one in work, a thread: memory stays small, and is used again.
                    let (send, drawn) = mpsc::sync_channel(1);
                    let (give_back, spare) = mpsc::channel();
                    let drawer = thread::Builder::new().spawn_scoped(scope, move || {
                        for first in parts().skip(thread).step_by(threads) {
                            let memory = spare.try_recv().unwrap_or_default();
                            // Nobody listens once the output is broken.
                            let drawn = draw_part(table, list, first, memory);
                            let Ok(()) = send.send(drawn) else { break };
                        }
                    });
                    (drawn, give_back, drawer.is_ok())
                })
                .collect();
            for (first, (drawn, give_back, has_drawer)) in parts().zip(drawers.iter().cycle()) {
                let rows = if *has_drawer {
                    drawn.recv().expect("a drawer draws all its parts")
                } else {
                    draw_part(table, list, first, Vec::new())
                }?;
                out.write_all(&rows)?;
                // Who has drawn all needs none.
                let _ = give_back.send(rows);
            }
            Ok(())
        })
    }

    /// Prints what comes after the last entry and waits for the pager.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(crate) fn finish(mut self, totals: Totals) -> io::Result<()> {
        if let Style::Json(json) = std::mem::replace(&mut self.style, Style::Json(Box::default())) {
            json.finish(&mut self.rows, totals);
        }
        if !self.rows.is_empty() {
            self.write()?;
        }
        self.out.map_or(Ok(()), Output::finish)
    }

    fn write(&mut self) -> io::Result<()> {
        let pager = self.pager;
        let out = self.out.get_or_insert_with(|| pager.map_or_else(Output::stdout, Output::paged));
        out.write_all(&self.rows)?;
        self.rows.clear();
        Ok(())
    }
}

/// The rows of a table from entry `first` on, up to [`PART`] entries, in the place of what is in `rows`.
fn draw_part(
    table: &Rows<'_>,
    list: &List,
    first: u64,
    mut rows: Vec<u8>,
) -> Result<Vec<u8>, ListError> {
    let mut table = table.clone();
    rows.clear();
    let end = list.len().min(first + PART);
    list.for_each(first.saturating_sub(1)..end, |index, file, entry| {
        if index < first {
            table.go_on_after(index + 1, &file.path, entry);
        } else {
            table.row(&mut rows, Some(index), &file.path, entry);
        }
        Ok::<_, ListError>(true)
    })?;
    Ok(rows)
}

/// Why printing ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrintError {
    /// The list has an entry that can't be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// The output can't be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}
