//! Which functions have all of some texts in their bodies, and none of others: who takes this lock
//! and touches that field.

use std::os::unix::ffi::OsStrExt;

use grep_matcher::Matcher;
use kgrep_index::graph::Place;
use kgrep_index::outline::{Definition, outline};

use super::candidates::candidates;
use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::{Code, in_parallel};
use crate::relocate::SourceFile;
use crate::request::Functions;
use crate::search::{LineMatcher, Patterns, SearchRequest};
use crate::{Error, Note, Result};

/// The functions, each with the lines that match.
///
/// # Errors
/// When a pattern can't be used, or the tree can't be walked.
pub(super) fn answer(code: &Code, functions: &Functions) -> Result<Answer> {
    let with = functions.with.iter().map(|text| matcher(code, text)).collect::<Result<Vec<_>>>()?;
    let without = functions.without.iter().map(|text| matcher(code, text));
    let without = without.collect::<Result<Vec<_>>>()?;
    let mut texts: Vec<&String> = functions.with.iter().collect();
    // The longest is the one that the fewest files have.
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let (first, others) = texts.split_first().ok_or(Error::NoPattern)?;
    let path = |path: &serde_bytes::ByteBuf| std::ffi::OsStr::from_bytes(path).to_owned();
    let request = SearchRequest {
        regexp: vec![first.into()],
        file_has: others.iter().map(|text| text.into()).collect(),
        paths: functions.within.iter().map(path).collect(),
        ..SearchRequest::default()
    };
    let mut answer = Answer::default();
    let paths = candidates(code, request, &mut answer)?;
    let counts = |path: &&Vec<u8>| code.arch.has(Place::of(path));
    let paths: Vec<&Vec<u8>> = paths.iter().filter(counts).collect();
    let found = in_parallel(&paths, |path| in_file(code, path, &with, &without));
    for rows in found {
        match rows {
            Ok(rows) => answer.rows.extend(rows),
            Err(note) => answer.notes.push(note),
        }
    }
    match answer.rows.is_empty() {
        true => answer.notes.push(Note::NoSuchFunction),
        false => answer.columns = Column::all(&[("Function", Role::Function)]),
    }
    Ok(answer)
}

/// A pattern as a search has it: with an open bracket it is plain text.
fn matcher(code: &Code, text: &str) -> Result<LineMatcher> {
    let request = SearchRequest { regexp: vec![text.into()], ..SearchRequest::default() };
    let (patterns, _) = Patterns::collect(&request)?;
    patterns.notes.iter().for_each(|note| (code.notes())(note.clone()));
    Ok(patterns.compile(&request)?.lines)
}

fn in_file(
    code: &Code,
    path: &[u8],
    with: &[LineMatcher],
    without: &[LineMatcher],
) -> Result<Vec<Row>, Note> {
    let bytes = code.bytes(path).map_err(|error| code.unreadable(path, &error))?;
    let outline = outline(path, &bytes, code.idioms());
    let source = SourceFile::from_bytes(bytes);
    let mut functions: Vec<&Definition> =
        outline.definitions.iter().filter(|d| d.kind.is_callable()).collect();
    // Another name of a function has the same lines.
    functions.sort_by_key(|d| (d.first, std::cmp::Reverse(d.last)));
    functions.dedup_by_key(|d| (d.first, d.last));
    let mut rows = Vec::new();
    for function in functions {
        let name = outline.name(function.name);
        rows.extend(lines(&source, function, with, without).into_iter().map(|(line, spans)| Row {
            path: path.to_vec(),
            line,
            spans: Some(spans),
            cells: vec![Cell::Name(String::from_utf8_lossy(name).into_owned())],
            ..Row::default()
        }));
    }
    Ok(rows)
}

/// The lines of a function that match one of `with`, where each has one and none of `without` has.
fn lines(
    source: &SourceFile,
    function: &Definition,
    with: &[LineMatcher],
    without: &[LineMatcher],
) -> Vec<(u32, Vec<crate::place::Span>)> {
    let mut found = Vec::new();
    let mut has = vec![false; with.len()];
    for line in function.first..=function.last {
        let text = source.line(u64::from(line)).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if without.iter().any(|pattern| pattern.is_match(text).unwrap_or(false)) {
            return Vec::new();
        }
        let mut spans = Vec::new();
        for (pattern, has) in with.iter().zip(&mut has) {
            if let Ok(Some(hit)) = pattern.find(text) {
                *has = true;
                let end = |at| u32::try_from(at).unwrap_or(u32::MAX);
                spans.push(crate::place::Span { start: end(hit.start()), end: end(hit.end()) });
            }
        }
        if !spans.is_empty() {
            spans.sort_by_key(|span| (span.start, span.end));
            spans.dedup_by(|next, one| next.start < one.end);
            found.push((line, spans));
        }
    }
    if has.iter().all(|has| *has) { found } else { Vec::new() }
}
