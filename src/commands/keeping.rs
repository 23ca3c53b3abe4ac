//! An answer's rows with the lines of their places: numbered, kept and printed as they come.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use kgrep_engine::{Row, Sources};

use super::lister::Lister;
use super::printer::PrintError;
use super::{Outcome, Session};
use crate::code::{Code, word_in};
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
    /// The files, by their paths below the root: the number of each, and its path as it is shown.
    files: HashMap<Vec<u8>, (u32, Vec<u8>)>,
    /// Why no more is printed.
    failure: Option<PrintError>,
}

impl<'a> Keeping<'a> {
    pub(super) fn new(code: &'a Code, session: &'a Session, lister: Lister<'a>) -> Keeping<'a> {
        let (sources, files) = (Sources::default(), HashMap::new());
        Keeping { code, session, lister, sources, files, failure: None }
    }

    /// Takes rows, the title of each by `title`; false once the list is full.
    pub(super) fn rows(&mut self, rows: &[Row], title: impl Fn(usize) -> Option<String>) -> bool {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        let new = rows.iter().map(|row| &row.path);
        let new = new.filter(|path| !self.files.contains_key(*path) && seen.insert(path));
        let new = new.cloned().collect();
        let mut sources = std::mem::take(&mut self.sources);
        let has_room = sources.ahead(self.code, new, |sources| {
            for (at, row) in rows.iter().enumerate() {
                let most = self.session.settings.max_list.value;
                if self.lister.len() >= most {
                    tell(format!("more than {most} places: the others are left out (--max-list)"));
                    return false;
                }
                self.row(sources, row, title(at).as_deref());
            }
            true
        });
        self.sources = sources;
        has_room
    }

    fn row(&mut self, sources: &mut Sources, row: &Row, title: Option<&str>) {
        if !self.files.contains_key(&row.path) {
            let entry = FileEntry { path: self.code.shown(&row.path), stdin: false };
            let number = self.lister.file(&entry);
            self.files.insert(row.path.clone(), (number, entry.path));
        }
        let Some((file, shown)) = self.files.get(&row.path) else { return };
        let source = sources.get(self.code, &row.path);
        let line = u64::from(row.line);
        let text = source.line(line).unwrap_or_default();
        let name = || word_in(text, &row.name).into_iter().collect();
        let cells = cells::texts(self.code, row);
        let entry = Match {
            file: *file,
            line,
            offset: source.before(line).len() as u64,
            text,
            spans: row.spans.clone().unwrap_or_else(name),
            cells: cells.iter().map(String::as_str).collect(),
            section: title,
            depth: row.depth,
            ..Match::default()
        };
        // What can't be printed is kept all the same.
        if let Err(error) = self.lister.push(shown, &entry) {
            self.lister.print_no_more();
            self.failure = Some(error);
        }
        sources.notes.drain(..).for_each(|note| notes::tell(&note));
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
