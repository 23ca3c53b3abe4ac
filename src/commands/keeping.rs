//! An answer's rows with the lines of their places: numbered, kept and printed as they come.

use std::collections::HashMap;

use anyhow::{Context, Result};
use kgrep_engine::{Cell, Found, Row, Sources};

use super::lister::Lister;
use super::printer::PrintError;
use super::{Outcome, Session};
use crate::code::{Code, Word};
use crate::list::{FileEntry, List, Match};
use crate::message::tell;
use crate::render::Totals;
use crate::{cells, notes};

/// A list that an answer's rows are put into.
pub(super) struct Keeping<'a> {
    code: &'a Code,
    session: &'a Session,
    lister: Lister<'a>,
    sources: Sources,
    /// The files' numbers, by their paths below the root.
    files: HashMap<Vec<u8>, u32>,
    /// The file of the row that was taken last.
    last: Option<File>,
    /// What the row that was taken last is about.
    word: Word,
    /// Why no more is printed.
    failure: Option<PrintError>,
    few: Option<Few>,
}

/// How many rows are wanted of each part of an answer, besides those that only say what was asked for.
struct Few {
    number: usize,
    /// How many of this part were taken.
    taken: usize,
    /// The part's title.
    part: Option<String>,
    /// Whether it was said that there are more.
    said: bool,
}

impl Few {
    /// Whether another row of this part is wanted.
    fn wants(&mut self, title: Option<&str>) -> bool {
        if self.part.as_deref() != title {
            (self.part, self.taken) = (title.map(str::to_owned), 0);
        }
        self.taken += 1;
        let wants = self.taken <= self.number;
        if !wants && !std::mem::replace(&mut self.said, true) {
            tell(format!("there are more: these are the first {} (-n)", self.number));
        }
        wants
    }
}

/// A file that has rows.
struct File {
    /// Below the root.
    path: Vec<u8>,
    number: u32,
    /// Its path as it is shown.
    shown: Vec<u8>,
}

impl<'a> Keeping<'a> {
    pub(super) fn new(code: &'a Code, session: &'a Session, lister: Lister<'a>) -> Keeping<'a> {
        let (sources, files, word) = (Sources::default(), HashMap::new(), Word::new(b""));
        let (last, failure, few) = (None, None, None);
        Keeping { code, session, lister, sources, files, last, word, failure, few }
    }

    /// Takes at most this many rows of each part.
    pub(super) fn at_most(&mut self, number: Option<usize>) {
        self.few = number.map(|number| Few { number, taken: 0, part: None, said: false });
    }

    /// Takes rows, the title of each by `title`; false once the list is full.
    pub(super) fn rows(&mut self, rows: &[Row], title: impl Fn(usize) -> Option<String>) -> bool {
        let mut wanted = Sources::parts(rows.iter().map(|row| (&row.path[..], row.line, row.line)));
        wanted.retain(|(path, lines)| !self.sources.has(path, lines));
        let mut sources = std::mem::take(&mut self.sources);
        let has_room = sources.ahead(self.code, wanted, |sources| {
            for (at, row) in rows.iter().enumerate() {
                if !self.row(sources, row, title(at).as_deref()) {
                    return false;
                }
            }
            true
        });
        self.sources = sources;
        has_room
    }

    /// Takes rows whose lines are told with them; false once the list is full.
    pub(super) fn found(&mut self, found: &Found) -> bool {
        let mut further = found.further.iter().peekable();
        let mut lines = (0..).map_while(|at| found.lines.get(at));
        for (at, row) in found.rows.iter().enumerate() {
            let Some((offset, text)) = lines.next() else {
                return self.rows(&found.rows[at..], |_| None);
            };
            let below = std::iter::from_fn(|| further.next_if(|(row, _)| *row == at));
            let below = below.zip(&mut lines);
            let below = below.map(|((_, line), (offset, text))| (*line, offset, text));
            if !self.put(row, std::iter::once((row.line, offset, text)).chain(below), None) {
                return false;
            }
        }
        found.notes.iter().for_each(notes::tell);
        true
    }

    /// Whether the list has room for one more; where not, it is said.
    fn has_room(&self) -> bool {
        let most = self.session.settings.max_list.value;
        let has_room = self.lister.len() < most;
        if !has_room {
            tell(format!("more than {most} places: the others are left out (--max-list)"));
        }
        has_room
    }

    /// Puts a row into the list; false once that is full.
    fn row(&mut self, sources: &mut Sources, row: &Row, title: Option<&str>) -> bool {
        if !self.has_room() {
            return false;
        }
        let (offset, text) = sources.line(self.code, &row.path, u64::from(row.line));
        let place = (row.line, offset, text);
        let has_room = self.put(row, std::iter::once(place), title);
        sources.notes.drain(..).for_each(|note| notes::tell(&note));
        has_room
    }

    /// Puts rows into the list that all say what `row` does, on these lines, each of which begins at an
    /// offset of its file and has a text; false once the list is full.
    fn put<'t>(
        &mut self,
        row: &Row,
        places: impl Iterator<Item = (u32, u64, &'t [u8])>,
        title: Option<&str>,
    ) -> bool {
        if self.last.as_ref().is_none_or(|last| last.path != row.path) {
            self.last = Some(self.file(&row.path));
        }
        if !self.word.is(&row.name) {
            self.word = Word::new(&row.name);
        }
        let cells = cells::texts(self.code, row);
        let mut entry = Match {
            cells: cells.iter().map(|cell| &**cell).collect(),
            section: title,
            depth: row.depth,
            ..Match::default()
        };
        let is_head = row.cells.iter().any(|cell| matches!(cell, Cell::Kind(_)));
        for (line, offset, text) in places {
            if !self.has_room() {
                return false;
            }
            if let Some(few) = self.few.as_mut().filter(|_| !is_head)
                && !few.wants(title)
            {
                // Another part may come.
                return title.is_some();
            }
            let Some(File { number, shown, .. }) = &self.last else { return false };
            entry.file = *number;
            (entry.line, entry.offset, entry.text) = (u64::from(line), offset, text);
            entry.spans.clear();
            match &row.spans {
                Some(spans) => entry.spans.extend(spans),
                None => entry.spans.extend(self.word.first_in(text)),
            }
            // What can't be printed is kept all the same.
            if let Err(error) = self.lister.push(shown, &entry) {
                self.lister.print_no_more();
                self.failure = Some(error);
            }
        }
        true
    }

    /// The file at `path`, which is numbered where it is new.
    fn file(&mut self, path: &[u8]) -> File {
        let shown = self.code.path_from_here(path);
        let number = match self.files.get(path) {
            Some(number) => *number,
            None => {
                let entry = FileEntry { path: shown.clone(), stdin: false };
                let number = self.lister.file(&entry);
                self.files.insert(path.to_vec(), number);
                number
            }
        };
        File { path: path.to_vec(), number, shown }
    }

    /// What prints the list, if it is printed.
    pub(super) fn lister(&mut self) -> &mut Lister<'a> {
        &mut self.lister
    }

    /// Ends the list and what is printed of it, below `lead`.
    ///
    /// # Errors
    /// If the list or the output can't be written.
    pub(super) fn finish(mut self, lead: &[u8]) -> Result<Outcome> {
        if let Some(failure) = self.failure.take() {
            self.lister.publish()?;
            return Err(failure.into());
        }
        self.list(lead)?;
        Ok(Outcome::Found)
    }

    /// The same; gives the list back.
    ///
    /// # Errors
    /// If the list or the output can't be written.
    pub(super) fn list(self, lead: &[u8]) -> Result<List> {
        let list = self.lister.finish(lead, Totals::default())?;
        list.context("--max-list 0: a list holds at least one match")
    }
}
