//! Who calls a function, and with what: its callers, a row for each call with its arguments.

use kgrep_index::graph::Graph;
use regex::bytes::Regex;

use super::{Sources, steps};
use crate::answer::{Answer, Cell, Column, Role};
use crate::code::{Code, arguments};
use crate::request::{Calls, Steps};
use crate::{Error, Note, Result};

/// The callers, with the arguments of each call; those alone whose arguments match, where some must.
///
/// # Errors
/// When the name is none, a pattern can't be used, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, calls: &Calls) -> Result<Answer> {
    let wanted = calls.wanted.iter().map(|wanted| {
        let pattern = Regex::new(&wanted.pattern).map_err(|error| {
            let said = error.to_string();
            let why = said.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Error::Pattern(format!("`{}`: {why}", wanted.pattern))
        });
        Ok((wanted.number, pattern?))
    });
    let wanted = wanted.collect::<Result<Vec<(usize, Regex)>>>()?;
    let Calls { name, depth, kinds, .. } = calls.clone();
    let mut answer = steps::callers(code, graph, &Steps { name, depth, kinds })?;
    let rows = std::mem::take(&mut answer.rows);
    if rows.is_empty() {
        return Ok(answer);
    }
    let mut sources = Sources::default();
    let (mut found, mut untold) = (false, 0);
    for row in rows {
        let source = sources.get(code, &row.path);
        let from = source.before(u64::from(row.line)).len();
        let text = source.bytes().get(from..).unwrap_or_default();
        // The definitions asked for stand above their callers.
        let is_head = row.depth == 0 && row.cells.iter().any(|c| matches!(c, Cell::Kind(_)));
        let mut all = if is_head { Vec::new() } else { arguments(text, &row.name) };
        let has_none = all.is_empty();
        all.retain(|call| {
            wanted.iter().all(|(number, pattern)| {
                number
                    .checked_sub(1)
                    .and_then(|at| call.get(at))
                    .is_some_and(|argument| pattern.is_match(argument.as_bytes()))
            })
        });
        found |= !all.is_empty();
        if has_none && (is_head || wanted.is_empty()) {
            answer.rows.push(with(&row, String::new()));
        }
        untold += u64::from(has_none && !is_head);
        answer.rows.extend(all.into_iter().map(|call| with(&row, call.join(", "))));
    }
    answer.columns.push(Column::new("Arguments", Role::Text));
    if !wanted.is_empty() {
        if !found {
            answer.rows.clear();
            answer.notes.push(Note::NoSuchCall(calls.name.clone()));
        }
        let is_left =
            |path: &[u8], line| answer.rows.iter().any(|row| row.path == path && row.line == line);
        answer.arrows.retain(|arrow| is_left(&arrow.from.path, arrow.line));
        if untold > 0 {
            answer.notes.push(Note::WithoutArguments(untold));
        }
    }
    answer.notes.append(&mut sources.notes);
    Ok(answer)
}

/// A row with a call's arguments.
fn with(row: &crate::Row, arguments: String) -> crate::Row {
    let mut row = row.clone();
    row.cells.push(Cell::Text(arguments));
    row
}
