//! Who calls a function, and with what: its callers, a row for each call with its arguments.

use std::collections::{HashMap, HashSet};

use kgrep_index::graph::Graph;
use kgrep_index::outline::lines_with;
use regex::bytes::Regex;

use super::steps;
use crate::answer::{Answer, Cell, Column, Label, Role, Row};
use crate::code::{Code, arguments, in_parallel};
use crate::relocate::SourceFile;
use crate::request::{Calls, Steps};
use crate::{Error, Note, Result};

/// The callers, with the arguments of each call; those alone whose arguments match, where some must.
///
/// # Errors
/// If the text is not one name, a pattern can't be used, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, calls: &Calls) -> Result<Answer> {
    let wanted = patterns(calls)?;
    let Calls { name, depth, kinds, all, seen_from, .. } = calls.clone();
    let steps = Steps { name, depth, kinds, all, macros: true, seen_from };
    let mut answer = steps::callers(code, graph, &steps)?;
    let rows = std::mem::take(&mut answer.rows);
    if rows.is_empty() {
        return Ok(answer);
    }
    let (calls_of_rows, mut unread) = calls_of(code, &rows);
    let (mut found, mut untold) = (false, 0);
    let mut said: HashSet<(Vec<u8>, u32, usize)> = HashSet::new();
    for (row, all) in rows.into_iter().zip(calls_of_rows) {
        let is_head = is_head(&row);
        let has_none = all.is_empty();
        if has_none && (is_head || wanted.is_empty()) {
            answer.rows.push(with(&row, row.line, String::new()));
        }
        untold += u64::from(has_none && !is_head);
        for (line, number, call) in all {
            let matches = wanted.iter().all(|(which, pattern)| {
                let argument = which.checked_sub(1).and_then(|at| call.get(at));
                argument.is_some_and(|argument| pattern.is_match(argument.as_bytes()))
            });
            // One call may lead to several definitions.
            if matches && said.insert((row.path.clone(), line, number)) {
                found = true;
                answer.rows.push(with(&row, line, call.join(", ")));
            }
        }
    }
    answer.columns.push(Column::new("Arguments", Role::Text));
    answer.notes.append(&mut unread);
    if !wanted.is_empty() {
        leave(&mut answer, found, untold, &calls.name);
    }
    Ok(answer)
}

/// What arguments must be: which, and the pattern.
fn patterns(calls: &Calls) -> Result<Vec<(usize, Regex)>> {
    let wanted = calls.wanted.iter().map(|wanted| {
        let pattern = Regex::new(&wanted.pattern).map_err(|error| {
            let said = error.to_string();
            let why = said.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Error::Pattern(format!("`{}`: {why}", wanted.pattern))
        });
        Ok((wanted.number, pattern?))
    });
    wanted.collect()
}

/// Leaves in the picture what the rows have, and says what may be missing.
fn leave(answer: &mut Answer, found: bool, untold: u64, name: &str) {
    if !found {
        answer.rows.clear();
        answer.notes.push(Note::NoSuchCall(name.to_owned()));
    }
    let label = |row: &Row| match row.cells.first() {
        Some(Cell::Node { label, .. }) => Some((row.path.clone(), label.clone())),
        _ => None,
    };
    let left: HashSet<(Vec<u8>, Label)> = answer.rows.iter().filter_map(label).collect();
    answer
        .arrows
        .retain(|arrow| left.contains(&(arrow.from.path.clone(), arrow.from.label.clone())));
    if untold > 0 {
        answer.notes.push(Note::WithoutArguments(untold));
    }
}

/// A row on the line of a call, with its arguments.
fn with(row: &Row, line: u32, arguments: String) -> Row {
    let mut row = Row { line, ..row.clone() };
    row.cells.push(Cell::Text(arguments));
    row
}

/// A call: its line, its number there, and its arguments.
type Call = (u32, usize, Vec<String>);

/// The calls that each row stands for, none for heads; each file is read once, on all processors. And
/// what is to be said of files that can't be read.
fn calls_of(code: &Code, rows: &[Row]) -> (Vec<Vec<Call>>, Vec<Note>) {
    let mut by_path: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !is_head(row)) {
        by_path.entry(&row.path).or_default().push(at);
    }
    let files: Vec<(&[u8], Vec<usize>)> = by_path.into_iter().collect();
    let found = in_parallel(&files, |(path, places)| {
        let source = code.at_hand(path).map_err(|error| code.unreadable(path, &error))?;
        let calls = places.iter().map(|at| (*at, in_row(&source, &rows[*at])));
        Ok(calls.collect::<Vec<_>>())
    });
    let (mut all, mut notes) = (vec![Vec::new(); rows.len()], Vec::new());
    for found in found {
        match found {
            Ok(found) => found.into_iter().for_each(|(at, calls)| all[at] = calls),
            Err(note) => notes.push(note),
        }
    }
    (all, notes)
}

/// Whether a row is a definition that was asked for: they stand above their callers.
fn is_head(row: &Row) -> bool {
    row.cells.iter().any(|cell| matches!(cell, Cell::Kind(_)))
}

/// All calls that a row stands for: the graph has the first of each caller.
fn in_row(source: &SourceFile, row: &Row) -> Vec<Call> {
    let name = row.name.split(|byte| *byte == b'@').next().unwrap_or_default();
    let is_field = name.len() < row.name.len();
    let mut lines = vec![row.line];
    // The head of a function that calls itself is no call.
    let calls_itself = matches!(
        row.cells.first(),
        Some(Cell::Node { label: Label::Name(caller), .. }) if caller.as_bytes() == name
    );
    if let Some((first, last)) = row.extent.filter(|_| !calls_itself) {
        let (from, end) =
            (source.before(first.into()).len(), source.before(u64::from(last) + 1).len());
        lines.extend(lines_with(source.bytes(), from..end, first, name));
    }
    lines.sort_unstable();
    lines.dedup();
    let on = |line: u32| {
        let from = source.before(u64::from(line)).len();
        let text = source.bytes().get(from..).unwrap_or_default();
        let calls = arguments(text, name, is_field).into_iter().enumerate();
        calls.map(move |(number, call)| (line, number, call))
    };
    lines.into_iter().flat_map(on).collect()
}
