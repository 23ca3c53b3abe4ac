//! Several questions of one kind, answered of one look at the tree: a part for each.

use crate::answer::{Answer, Cell, Title};
use crate::code::Code;
use crate::request::Request;
use crate::{Note, Result};

/// The answers in the order of the questions, each under its name.
///
/// # Errors
/// Those of the first question that has no answer.
pub(super) fn answer(code: &Code, requests: &[Request]) -> Result<Answer> {
    let mut all = Answer::default();
    for request in requests {
        add(&mut all, subject(request), code.answer(request)?);
    }
    let width = all.columns.len();
    for row in &mut all.rows {
        row.cells.resize_with(width, || Cell::Text(String::new()));
    }
    Ok(all)
}

/// What a question is about.
fn subject(request: &Request) -> &str {
    match request {
        Request::Define(define) => &define.name,
        Request::References(references) => &references.name,
        Request::Callers(steps) | Request::Callees(steps) => &steps.name,
        Request::Calls(calls) => &calls.name,
        Request::Accesses(accesses) => &accesses.name,
        Request::Pointers(pointers) => &pointers.name,
        Request::Trace(trace) => &trace.name,
        Request::List(list) => &list.what,
        _ => "",
    }
}

fn add(all: &mut Answer, name: &str, one: Answer) {
    // A column that only some of the answers have is the last.
    let known = all.columns.len().min(one.columns.len());
    all.columns.extend_from_slice(&one.columns[known..]);
    let title = |title| Title::Of { name: name.to_owned(), title };
    let first = u32::try_from(all.sections.len()).unwrap_or(u32::MAX);
    all.sections.push(title(None));
    all.sections.extend(one.sections.into_iter().map(|own| title(Some(Box::new(own)))));
    all.rows.extend(one.rows.into_iter().map(|mut row| {
        row.section = Some(row.section.map_or(first, |own| first + 1 + own));
        row
    }));
    all.arrows.extend(one.arrows);
    for note in one.notes {
        // What is to be said of the tree or its files is said once.
        if !matches!(note, Note::Unreadable { .. }) || !all.notes.contains(&note) {
            all.notes.push(note);
        }
    }
    let (left_out, unread) = (all.coverage.left_out, std::mem::take(&mut all.coverage.unread));
    all.coverage = one.coverage;
    all.coverage.total = None;
    all.coverage.left_out += left_out;
    all.coverage.unread.extend(unread);
    all.coverage.unread.sort_unstable();
    all.coverage.unread.dedup();
}
