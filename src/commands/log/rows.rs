//! The rows of a log, as they are kept and printed.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use kgrep_engine::log::{Piece, Touched};
use kgrep_engine::request::LogPart;
use kgrep_engine::{LOG_COLUMNS, LogRow, LogRows, Sources};

use crate::cli::Only;
use crate::code::{Code, word_in};
use crate::commands::Session;
use crate::commands::lister::{self, Lister};
use crate::commands::printer::PrintError;
use crate::list::{Column, FileEntry, List, Match};
use crate::message::tell;
use crate::render::Totals;

/// Lines of the tree that are kept at hand.
const MOST_LINES: usize = 20_000;

/// Rows of the answer, on their way into the list.
pub(super) struct Rows<'a> {
    code: &'a Code,
    session: &'a Session,
    rows: LogRows<'a>,
    list: Entries<'a>,
    /// Whether the list takes no more.
    pub(super) full: bool,
    /// Whether the tree has a place for a row.
    pub(super) any_place: bool,
}

/// The list, with what is known of its files.
struct Entries<'a> {
    lister: Lister<'a>,
    sources: Sources,
    files: HashMap<Vec<u8>, u32>,
    /// Lines of files: logs repeat themselves.
    lines: HashMap<(u32, u32), Rc<SourceLine>>,
    log: u32,
}

/// A line of a file.
struct SourceLine {
    before: u64,
    text: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        code: &'a Code,
        session: &'a Session,
        only: Option<Only>,
        touched: Option<&'a Touched>,
    ) -> Result<Rows<'a>> {
        let meta = lister::meta(session, Column::all(&LOG_COLUMNS), None)?;
        Ok(Rows {
            code,
            session,
            rows: LogRows::new(code, only.map(part), touched),
            list: Entries {
                lister: Lister::new(session, meta, None),
                sources: Sources::default(),
                files: HashMap::new(),
                lines: HashMap::new(),
                log: 0,
            },
            full: false,
            any_place: false,
        })
    }

    /// What follows is of this log.
    pub(super) fn begin(&mut self, name: &[u8], stdin: bool) {
        self.list.log = self.list.lister.file(&FileEntry { path: name.to_vec(), stdin });
    }

    pub(super) fn finish(self) -> Result<Option<List>> {
        Ok(self.list.lister.finish(b"", Totals::default())?)
    }

    pub(super) fn piece(&mut self, piece: Piece) -> Result<()> {
        let mut done = Ok(());
        let (code, list, any_place) = (self.code, &mut self.list, &mut self.any_place);
        self.rows.piece(piece, &mut |row| {
            *any_place |= row.path.is_some();
            if done.is_ok() {
                done = list.push(code, row);
            }
        });
        done?;
        if self.list.lister.is_full() && !self.full {
            self.full = true;
            tell(format!(
                "more than {} rows: the others are left out (--max-list)",
                self.session.settings.max_list.value
            ));
        }
        Ok(())
    }
}

fn part(only: Only) -> LogPart {
    match only {
        Only::Frames => LogPart::Frames,
        Only::Messages => LogPart::Messages,
        Only::Reports => LogPart::Reports,
    }
}

impl Entries<'_> {
    fn push(&mut self, code: &Code, row: LogRow<'_>) -> Result<(), PrintError> {
        let LogRow { path, line, name, cells, section, logged } = row;
        let entry = Match {
            line: u64::from(line),
            cells: cells.to_vec(),
            section: Some(section),
            logged: logged.map(Box::new),
            ..Match::default()
        };
        let Some(path) = path else {
            // It is in the log alone.
            let entry = Match { file: self.log, foreign: true, ..entry };
            self.lister.push(b"", &entry)?;
            return Ok(());
        };
        let file = self.file(code, path);
        let line = self.source_line(code, file, path, line);
        let entry = Match {
            file,
            offset: line.before,
            text: &line.text,
            spans: word_in(&line.text, name).into_iter().collect(),
            ..entry
        };
        self.lister.push(path, &entry)?;
        Ok(())
    }

    /// The number of a file of the tree.
    fn file(&mut self, code: &Code, path: &[u8]) -> u32 {
        if let Some(file) = self.files.get(path) {
            return *file;
        }
        let entry = FileEntry { path: code.path_from_here(path), stdin: false };
        let file = self.lister.file(&entry);
        self.files.insert(path.to_vec(), file);
        file
    }

    /// The line of a file that is shown.
    fn source_line(&mut self, code: &Code, file: u32, path: &[u8], number: u32) -> Rc<SourceLine> {
        if let Some(known) = self.lines.get(&(file, number)) {
            return Rc::clone(known);
        }
        let source = self.sources.get(code, path);
        let at = u64::from(number);
        let text = source.line(at).unwrap_or_default().to_vec();
        let line = Rc::new(SourceLine { before: source.before(at).len() as u64, text });
        if self.lines.len() >= MOST_LINES {
            self.lines.clear();
        }
        self.lines.insert((file, number), Rc::clone(&line));
        line
    }
}
