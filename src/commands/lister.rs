//! The one maker of lists: what is found is numbered, kept and printed.
//!
//! A table is printed at the end, because its columns must be measured and because what
//! goes above it (the answer) is known only then; other formats stream. A list that is full
//! ends, and what comes after it is printed without a number.

use std::os::unix::ffi::OsStrExt;

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::compare::Row;
use kgrep_engine::revision::{Kept, KeptRevision};

use super::Session;
use super::printer::{PrintError, Printer};
use crate::list::{AtRevision, Column, FileEntry, List, ListWriter, Match, Meta, Pushed, Terminal};
use crate::render::{Look, Totals};

/// Describes a list with these extra columns, which answers `request`.
///
/// # Errors
/// When there is no current folder.
pub(super) fn meta(
    session: &Session,
    columns: Vec<Column>,
    request: Option<Request>,
) -> Result<Meta> {
    let folder = crate::folders::current()?;
    let revision = Kept::new(&session.cache).holding(&folder).and_then(at_revision);
    Ok(Meta {
        created: jiff::Timestamp::now().as_second(),
        folder: folder.as_os_str().as_bytes().to_vec(),
        command: session.command_line.clone(),
        request,
        terminal: Terminal::current(),
        columns,
        files_only: false,
        revision,
    })
}

fn at_revision(kept: KeptRevision) -> Option<AtRevision> {
    let label = kept.label?;
    let repository = label.repository.into_os_string().into_encoded_bytes();
    Some(AtRevision { name: label.name, commit: label.commit, repository })
}

/// A list being made.
pub(super) struct Lister<'a> {
    session: &'a Session,
    /// None once the list has ended.
    writer: Option<ListWriter>,
    /// None where the command prints in its own way.
    printer: Option<Printer<'a>>,
    list: Option<List>,
    file: Option<(Vec<u8>, u32)>,
    found: u64,
    overflow: bool,
}

impl<'a> Lister<'a> {
    /// A list that `meta` describes, printed in the format in force.
    pub(super) fn printing(session: &'a Session, look: &'a Look, meta: Meta) -> Lister<'a> {
        // A full screen shows the list itself.
        let prints = !crate::taken::is_set();
        let printer = prints.then(|| Printer::new(look, &session.settings, &meta));
        Lister::new(session, meta, printer)
    }

    /// A list that `meta` describes; without a printer, it is only kept.
    pub(super) fn new(
        session: &'a Session,
        meta: Meta,
        printer: Option<Printer<'a>>,
    ) -> Lister<'a> {
        let writer = Some(session.shelf.begin(meta, session.settings.max_list.value));
        Lister { session, writer, printer, list: None, file: None, found: 0, overflow: false }
    }

    /// The number of a file that entries are in.
    pub(super) fn file(&mut self, file: &FileEntry) -> u32 {
        self.writer.as_mut().map_or(0, |writer| writer.push_file(file))
    }

    /// Adds an entry, which is in the file at `path`; its number, unless the list is full.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(super) fn push(
        &mut self,
        path: &[u8],
        entry: &Match<'_>,
    ) -> Result<Option<u64>, PrintError> {
        self.found += 1;
        let index = match self.writer.as_mut().map(|writer| writer.push(entry)) {
            Some(Pushed::Kept(index)) => Some(index),
            Some(Pushed::Full) => {
                self.overflow = true;
                self.end(b"")?;
                None
            }
            None => None,
        };
        if let Some(printer) = &mut self.printer {
            match index {
                Some(index) if printer.measures_first() => printer.note(index, path, entry),
                index => printer.row(index, path, entry)?,
            }
        }
        Ok(index)
    }

    /// Adds a row of a comparison.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(super) fn hunk(&mut self, row: &Row) -> Result<Option<u64>, PrintError> {
        let file = match &self.file {
            Some((known, number)) if *known == row.path => *number,
            _ => {
                let number = self.file(&FileEntry { path: row.path.clone(), stdin: false });
                self.file = Some((row.path.clone(), number));
                number
            }
        };
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
        self.push(&row.path, &entry)
    }

    /// What there is until now, for somebody who reads along.
    pub(super) fn so_far(&mut self) -> Option<List> {
        self.writer.as_mut()?.so_far()
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u64 {
        self.found
    }

    /// Whether there are more than the list holds.
    pub(super) fn is_full(&self) -> bool {
        self.overflow
    }

    /// The printer, if the list is printed.
    pub(super) fn printer(&mut self) -> Option<&mut Printer<'a>> {
        self.printer.as_mut()
    }

    /// Ends the list and prints it below `lead` where that had to wait.
    ///
    /// # Errors
    /// When the list or the output can't be written.
    pub(super) fn end(&mut self, lead: &[u8]) -> Result<(), PrintError> {
        if let Some(printer) = self.printer.as_mut().filter(|printer| printer.measures_first()) {
            printer.lead(lead);
        }
        let Some(list) = self.publish()? else { return Ok(()) };
        if let Some(printer) = self.printer.as_mut().filter(|printer| printer.measures_first()) {
            printer.list(&list)?;
        }
        self.list = Some(list);
        Ok(())
    }

    /// Prints no more; what comes is only kept.
    pub(super) fn print_no_more(&mut self) {
        self.printer = None;
    }

    /// Keeps what was found so far, if it was not kept yet, and prints no more.
    ///
    /// # Errors
    /// When the list can't be written.
    pub(super) fn publish(&mut self) -> Result<Option<List>, PrintError> {
        let Some(writer) = self.writer.take().filter(|writer| writer.len() > 0) else {
            return Ok(None);
        };
        Ok(Some(self.session.keep(writer.finish()?)))
    }

    /// Ends the list and the output, and gives the list back.
    ///
    /// # Errors
    /// When the list or the output can't be written.
    pub(super) fn finish(
        mut self,
        lead: &[u8],
        totals: Totals,
    ) -> Result<Option<List>, PrintError> {
        self.end(lead)?;
        if let Some(printer) = self.printer.take() {
            printer.finish(totals)?;
        }
        Ok(self.list)
    }
}
