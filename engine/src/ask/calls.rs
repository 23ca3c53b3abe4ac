//! Who calls a function, and with what: its callers, a row for each call with its arguments.

use std::collections::{HashMap, HashSet};

use kgrep_index::graph::Graph;
use kgrep_index::outline::{Mentioned, mentions};
use regex::bytes::Regex;

use super::references::Around;
use super::{Sources, steps};
use crate::answer::{Answer, Cell, Column, Label, Role, Row};
use crate::code::{Code, arguments};
use crate::request::{Calls, Steps};
use crate::{Error, Note, Result};

/// The callers, with the arguments of each call; those alone whose arguments match, where some must.
///
/// # Errors
/// When the name is none, a pattern can't be used, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, calls: &Calls) -> Result<Answer> {
    let wanted = patterns(calls)?;
    let Calls { name, depth, kinds, all, .. } = calls.clone();
    let steps = Steps { name, depth, kinds, all, macros: true };
    let mut answer = steps::callers(code, graph, &steps)?;
    let rows = std::mem::take(&mut answer.rows);
    if rows.is_empty() {
        return Ok(answer);
    }
    let mut texts = Texts { code, sources: Sources::default(), known: HashMap::new() };
    let (mut found, mut untold) = (false, 0);
    let mut said: HashSet<(Vec<u8>, u32, usize)> = HashSet::new();
    for row in rows {
        // The definitions asked for stand above their callers.
        let is_head = row.cells.iter().any(|cell| matches!(cell, Cell::Kind(_)));
        let all = if is_head { Vec::new() } else { texts.calls(&row) };
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
    answer.notes.append(&mut texts.sources.notes);
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

/// What files say of the names that are called in them.
struct Texts<'c> {
    code: &'c Code,
    sources: Sources,
    known: HashMap<(Vec<u8>, Vec<u8>), Mentioned>,
}

impl Texts<'_> {
    /// All calls that a row stands for: the graph has the first of each caller. Of each its line, its
    /// number there, and its arguments.
    fn calls(&mut self, row: &Row) -> Vec<(u32, usize, Vec<String>)> {
        let source = self.sources.get(self.code, &row.path);
        let name = row.name.split(|byte| *byte == b'@').next().unwrap_or_default();
        let is_field = name.len() < row.name.len();
        let key = (row.path.clone(), name.to_vec());
        let idioms = self.code.idioms();
        let mentioned = self
            .known
            .entry(key)
            .or_insert_with(|| mentions(&row.path, source.bytes(), idioms, name));
        let home = Around::new(&mentioned.outline, name).line(row.line);
        let (first, last) = home.map_or((row.line, row.line), |home| (home.first, home.last));
        let mut lines: Vec<u32> = mentioned.lines.clone();
        lines.retain(|line| (first..=last).contains(line));
        lines.push(row.line);
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
}
