//! The engine's answer to a question about code, made into a list like any other, with the
//! lines of its places read from the files as they are now.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;

use anyhow::Result;
use kgrep_engine::{Answer, Coverage, Found, Note, Request};
use serde_json::{Map, Value};

use super::keeping::Keeping;
use super::lister::{self, Lister};
use super::printer::Printer;
use super::{Outcome, Session, freshen};
use crate::code::Code;
use crate::list::{List, Meta};
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
    run_few(code, session, request, None)
}

/// As [`run`], with at most `number` rows of each part.
///
/// # Errors
/// As [`run`].
pub(super) fn run_few(
    code: &Code,
    session: &Session,
    request: &Request,
    number: Option<usize>,
) -> Result<Outcome> {
    match request {
        Request::References(_) | Request::Callers(_) => run_on(code, session, request, number),
        _ => {
            let answer = ask(code, session, request)?;
            show_with(code, session, Some(request), &answer, Shown { number, ..Shown::default() })
        }
    }
}

/// The same of a question whose rows may be handed on while others are looked for.
fn run_on(
    code: &Code,
    session: &Session,
    request: &Request,
    number: Option<usize>,
) -> Result<Outcome> {
    let meta = lister::meta(session, Vec::new(), Some(request.clone()))?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let mut keeping: Option<Keeping<'_>> = None;
    let mut complete = true;
    let mut take = |found: Found| {
        let keeping = keeping.get_or_insert_with(|| {
            let meta = Meta { columns: found.columns.clone(), ..meta.clone() };
            let lister = Lister::printing(session, &look, meta);
            let mut keeping = Keeping::new(code, session, lister);
            keeping.at_most(number);
            keeping
        });
        complete = keeping.found(&found);
        if complete { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let answer = code.answer_to(request, &mut take)?;
    let said = || {
        freshen::after_answer(code, &answer.coverage, session);
        answer.notes.iter().for_each(notes::tell);
    };
    let Some(mut keeping) = keeping else {
        said();
        return show(code, session, Some(request), &answer);
    };
    let mut waits = true;
    if let Some(printer) = keeping.lister().printer() {
        printer.summary(summary(session, &answer.coverage, complete));
        waits = printer.measures_first();
    }
    if waits {
        said();
        return keeping.finish(b"");
    }
    // A pager may have the terminal until then.
    let outcome = keeping.finish(b"");
    said();
    outcome
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
    let lister = Lister::new(session, described(session, request, answer)?, None);
    let mut keeping = Keeping::new(code, session, lister);
    keeping.rows(&answer.rows, |at| cells::title(answer, at));
    keeping.list(b"")
}

/// What the list of an answer says of itself.
fn described(session: &Session, request: Option<&Request>, answer: &Answer) -> Result<Meta> {
    let meta = lister::meta(session, answer.columns.clone(), request.cloned())?;
    Ok(Meta { files_only: answer.of_files, ..meta })
}

/// What is shown besides an answer's rows.
#[derive(Default)]
pub(super) struct Shown<'a> {
    /// What stands above a table.
    pub(super) lead: &'a [u8],
    /// What names come to, for the summary of `--format json`.
    pub(super) names: Option<Vec<Value>>,
    /// How many rows of each part are shown at most.
    pub(super) number: Option<usize>,
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
    let all = answer.rows.len();
    let complete = all as u64 <= full && shown.number.is_none_or(|number| all <= number);
    let mut summary = summary(session, &answer.coverage, complete);
    let Shown { lead, names, number } = shown;
    summary.extend(names.map(|names| ("names".to_owned(), Value::Array(names))));
    if !answer.rows.is_empty() {
        return show_rows(code, session, request, answer, (lead, number), summary);
    }
    // A proof has said it already.
    let has_proof = |note: &Note| {
        matches!(
            note,
            Note::NoSuchName { proof: Some(_), .. } | Note::NothingCalled { proof: Some(_), .. }
        )
    };
    let is_said = !lead.is_empty() || answer.notes.iter().any(has_proof);
    if !is_said && io::stderr().is_terminal() {
        coverage::sentence(&answer.coverage).into_iter().for_each(tell);
    }
    let meta = lister::meta(session, answer.columns.clone(), None)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let mut printer = Printer::new(&look, &session.settings, &meta).ending(summary);
    printer.lead(lead);
    printer.finish(Totals::default())?;
    // Nothing in what could be read is no proof.
    Ok(match answer.coverage.unread.is_empty() {
        true => Outcome::Nothing,
        false => Outcome::Problems,
    })
}

/// Keeps an answer's rows and prints them below `lead`.
fn show_rows(
    code: &Code,
    session: &Session,
    request: Option<&Request>,
    answer: &Answer,
    (lead, number): (&[u8], Option<usize>),
    summary: Map<String, Value>,
) -> Result<Outcome> {
    let meta = described(session, request, answer)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let mut lister = Lister::printing(session, &look, meta);
    let lead = if lead.is_empty() { Vec::new() } else { [lead, b"\n"].concat() };
    if let Some(printer) = lister.printer() {
        printer.summary(summary);
        if !printer.measures_first() {
            printer.lead(&lead);
        }
    }
    code.release();
    let mut keeping = Keeping::new(code, session, lister);
    keeping.at_most(number);
    keeping.rows(&answer.rows, |at| cells::title(answer, at));
    keeping.finish(&lead)
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
