//! Rows become the one list: numbered, kept, printed.
//!
//! A table is printed at the end, because its columns must be measured and because what
//! goes above it (the answer) is known only then; other formats stream.

use std::os::unix::ffi::OsStrExt;

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::compare::Row;

use crate::commands::printer::{PrintError, Printer};
use crate::commands::{Outcome, Session};
use crate::list::{Column, FileEntry, List, ListWriter, Match, Meta, Pushed, Terminal};
use crate::message::tell;
use crate::render::{Look, Totals};

/// Describes a list with these extra columns, which answers `request`.
///
/// # Errors
/// When there is no current folder.
pub(crate) fn meta(
    session: &Session,
    columns: Vec<Column>,
    request: Option<Request>,
) -> Result<Meta> {
    Ok(Meta {
        created: jiff::Timestamp::now().as_second(),
        folder: crate::folders::current()?.as_os_str().as_bytes().to_vec(),
        command: session.command_line.clone(),
        request,
        terminal: Terminal::current(),
        columns,
        files_only: false,
    })
}

/// A list being made.
pub(crate) struct Lister<'a> {
    session: &'a Session,
    writer: Option<ListWriter>,
    /// None where the command prints in its own way.
    printer: Option<Printer<'a>>,
    list: Option<List>,
    file: Option<(Vec<u8>, u32)>,
    found: u64,
    overflow: bool,
}

impl<'a> Lister<'a> {
    /// A list that `meta` describes. Unless `prints`, it is only kept.
    pub(crate) fn new(
        session: &'a Session,
        look: &'a Look,
        meta: Meta,
        prints: bool,
    ) -> Lister<'a> {
        Lister {
            session,
            printer: prints.then(|| Printer::new(look, &session.settings, &meta)),
            writer: Some(session.shelf.begin(meta, session.settings.max_list.value)),
            list: None,
            file: None,
            found: 0,
            overflow: false,
        }
    }

    /// Adds a row; its number, unless the list is full.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(crate) fn push(&mut self, row: &Row) -> Result<Option<u64>, PrintError> {
        self.found += 1;
        let file = self.file_number(&row.path);
        let entry = Match {
            file,
            line: row.line,
            offset: row.offset,
            text: &row.text,
            spans: row.spans.clone(),
            cells: row.cells.iter().map(String::as_str).collect(),
            section: row.section.as_deref(),
            foreign: row.foreign,
            ..Match::default()
        };
        let index = match self.writer.as_mut().map(|writer| writer.push(&entry)) {
            Some(Pushed::Kept(index)) => Some(index),
            Some(Pushed::Full) => {
                self.overflow = true;
                self.end_list(b"")?;
                None
            }
            None => None,
        };
        if let Some(printer) = &mut self.printer {
            match index {
                Some(index) if printer.measures_first() => printer.note(index, &row.path, &entry),
                index => printer.row(index, &row.path, &entry)?,
            }
        }
        Ok(index)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> u64 {
        self.found
    }

    /// Ends the list, prints it below `lead`, and gives it back.
    ///
    /// # Errors
    /// When the list or the output can't be written.
    pub(crate) fn finish(mut self, lead: &[u8]) -> Result<(Outcome, Option<List>)> {
        self.end_list(lead)?;
        if let Some(printer) = self.printer.take() {
            printer.finish(Totals::default())?;
        }
        if self.overflow {
            tell(format!(
                "more than {} entries: those without an index can't be followed up (--max-list)",
                self.session.settings.max_list.value
            ));
        }
        let outcome = if self.found > 0 { Outcome::Found } else { Outcome::Nothing };
        Ok((outcome, self.list))
    }

    fn file_number(&mut self, path: &[u8]) -> u32 {
        match (&self.file, &mut self.writer) {
            (Some((known, number)), _) if known == path => *number,
            (_, Some(writer)) => {
                let number = writer.push_file(&FileEntry { path: path.to_vec(), stdin: false });
                self.file = Some((path.to_vec(), number));
                number
            }
            _ => 0,
        }
    }

    fn end_list(&mut self, lead: &[u8]) -> Result<(), PrintError> {
        if let Some(printer) = self.printer.as_mut().filter(|printer| printer.measures_first()) {
            printer.lead(lead);
        }
        let Some(writer) = self.writer.take().filter(|writer| writer.len() > 0) else {
            return Ok(());
        };
        let list = self.session.keep(writer.finish()?);
        if let Some(printer) = self.printer.as_mut().filter(|printer| printer.measures_first()) {
            printer.list(&list)?;
        }
        self.list = Some(list);
        Ok(())
    }
}
