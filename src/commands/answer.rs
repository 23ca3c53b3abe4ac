//! The engine's answer to a question about code, made into a list like any other, with the
//! lines of its places read from the files as they are now.

use std::collections::HashMap;
use std::io::{self, IsTerminal};

use anyhow::{Context, Result};
use kgrep_engine::{Answer, Coverage, Note, Request, Sources};
use serde_json::{Map, Value};

use super::lister::{self, Lister};
use super::printer::{PrintError, Printer};
use super::{Outcome, Session, freshen};
use crate::code::{Code, word_in};
use crate::list::{FileEntry, List, Match};
use crate::message::tell;
use crate::render::{Facts, Look, Totals};
use crate::{cells, coverage, notes};

/// Asks the engine, says what it has to say besides, and leaves to the index what the question
/// showed to be needed.
///
/// # Errors
/// The engine's.
pub(super) fn ask(code: &Code, session: &Session, request: &Request) -> Result<Answer> {
    let answer = code.answer(request)?;
    freshen::after_answer(code, &answer.coverage, session);
    answer.notes.iter().for_each(notes::tell);
    Ok(answer)
}

/// Asks the engine, keeps the answer as the newest list and prints it in the format in force.
///
/// # Errors
/// The engine's, and when the list or the output can't be written.
pub(super) fn run(code: &Code, session: &Session, request: &Request) -> Result<Outcome> {
    show(code, session, Some(request), &ask(code, session, request)?)
}

/// Keeps the answer to `request` as the newest list.
///
/// # Errors
/// When the list can't be written or read again.
pub(super) fn keep(
    code: &Code,
    session: &Session,
    request: Option<&Request>,
    answer: &Answer,
) -> Result<List> {
    let mut meta = lister::meta(session, answer.columns.clone(), request.cloned())?;
    meta.files_only = answer.of_files;
    let mut lister = Lister::new(session, meta, None);
    let mut sources = Sources::default();
    let mut files: HashMap<&[u8], u32> = HashMap::new();
    for (at, row) in answer.rows.iter().enumerate() {
        let file = *files.entry(&row.path).or_insert_with(|| {
            lister.file(&FileEntry { path: code.shown(&row.path), stdin: false })
        });
        push(&mut lister, file, code, answer, at, &mut sources)?;
        sources.notes.drain(..).for_each(|note| notes::tell(&note));
        if lister.is_full() {
            tell(format!(
                "more than {} places: the others are left out (--max-list)",
                session.settings.max_list.value
            ));
            break;
        }
    }
    lister.finish(b"", Totals::default())?.context("--max-list 0: a list holds at least one match")
}

fn push(
    lister: &mut Lister<'_>,
    file: u32,
    code: &Code,
    answer: &Answer,
    at: usize,
    sources: &mut Sources,
) -> Result<(), PrintError> {
    let row = &answer.rows[at];
    let source = sources.get(code, &row.path);
    let line = u64::from(row.line);
    let text = source.line(line).unwrap_or_default();
    let name = || word_in(text, &row.name).into_iter().collect();
    let (cells, title) = (cells::texts(code, row), cells::title(answer, at));
    let entry = Match {
        file,
        line,
        offset: source.before(line).len() as u64,
        text,
        spans: row.spans.clone().unwrap_or_else(name),
        cells: cells.iter().map(String::as_str).collect(),
        section: title.as_deref(),
        depth: row.depth,
        ..Match::default()
    };
    lister.push(&row.path, &entry).map(drop)
}

/// What is shown besides an answer's rows.
#[derive(Default)]
pub(super) struct Shown<'a> {
    /// What stands above a table.
    pub(super) lead: &'a [u8],
    /// What names come to, for the summary of `--format json`.
    pub(super) names: Option<Vec<Value>>,
}

/// Keeps the answer to `request` as the newest list and prints it in the format in force.
///
/// # Errors
/// When the list can't be kept in order or the output not be written.
pub(super) fn show(
    code: &Code,
    session: &Session,
    request: Option<&Request>,
    answer: &Answer,
) -> Result<Outcome> {
    show_with(code, session, request, answer, Shown::default())
}

/// As [`show`], with something besides.
///
/// # Errors
/// As [`show`].
pub(super) fn show_with(
    code: &Code,
    session: &Session,
    request: Option<&Request>,
    answer: &Answer,
    shown: Shown<'_>,
) -> Result<Outcome> {
    let full = session.settings.max_list.value;
    let complete = answer.rows.len() as u64 <= full;
    let mut summary = summary(session, &answer.coverage, complete);
    summary.extend(shown.names.map(|names| ("names".to_owned(), Value::Array(names))));
    if !answer.rows.is_empty() {
        let list = keep(code, session, request, answer)?;
        return put(session, &list, shown.lead, summary);
    }
    // A proof has said it already.
    let has_proof = |note: &Note| {
        matches!(
            note,
            Note::NoSuchName { proof: Some(_), .. } | Note::NothingCalled { proof: Some(_), .. }
        )
    };
    let is_said = !shown.lead.is_empty() || answer.notes.iter().any(has_proof);
    if !is_said && io::stderr().is_terminal() {
        coverage::sentence(&answer.coverage).into_iter().for_each(tell);
    }
    let meta = lister::meta(session, answer.columns.clone(), None)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let mut printer = Printer::new(&look, &session.settings, &meta).ending(summary);
    printer.lead(shown.lead);
    printer.finish(Totals::default())?;
    // Nothing in what could be read is no proof.
    Ok(match answer.coverage.unread.is_empty() {
        true => Outcome::Nothing,
        false => Outcome::Problems,
    })
}

/// Prints a list that was just kept, in the format in force.
///
/// # Errors
/// When the list can't be read or the output not be written.
pub(super) fn print(session: &Session, list: &List) -> Result<Outcome> {
    put(session, list, b"", Map::new())
}

/// The same of an answer that rests on `coverage`.
///
/// # Errors
/// When the list can't be read or the output not be written.
pub(super) fn print_covered(
    session: &Session,
    list: &List,
    known: &Coverage,
    complete: bool,
) -> Result<Outcome> {
    put(session, list, b"", summary(session, known, complete))
}

/// What a summary says of `coverage`.
fn summary(session: &Session, known: &Coverage, complete: bool) -> Map<String, Value> {
    let mut known = coverage::json(known, complete);
    coverage::add_rules(&mut known, &session.settings);
    Map::from_iter([("coverage".to_owned(), Value::Object(known))])
}

fn put(
    session: &Session,
    list: &List,
    lead: &[u8],
    summary: Map<String, Value>,
) -> Result<Outcome> {
    if crate::taken::is_set() {
        return Ok(Outcome::Found);
    }
    let look = Look::new(&session.settings, Facts::of_stdout(), &list.meta().folder);
    let mut printer = Printer::new(&look, &session.settings, list.meta()).ending(summary);
    if printer.measures_first() {
        list.for_each(0..list.len(), |index, file, entry| {
            printer.note(index, &file.path, entry);
            Ok::<_, crate::list::ListError>(true)
        })?;
    }
    if !lead.is_empty() {
        printer.lead(lead);
        printer.lead(b"\n");
    }
    printer.list(list)?;
    printer.finish(Totals::default())?;
    Ok(Outcome::Found)
}
