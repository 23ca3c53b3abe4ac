//! What a macro's text is made of, and the functions that it hands its work on to. Read from the text, for
//! the graph has no edges to constants.

use std::collections::HashSet;

use kgrep_index::graph::{DefId, DefInfo};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::{Flags, Kind, is_reserved};

use super::calls::{WRAPPERS, is_noise, to_the_work};
use crate::excerpt::ByLine;
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// A macro that calls more functions than this does the work itself.
const MOST_WORKERS: usize = 2;

/// The other macros, constants and functions in the text of a macro.
pub(super) fn rows(tracer: &mut Tracer<'_, '_>, from: &DefInfo, rows: &mut Vec<Row>) {
    let path = tracer.path(from);
    for (line, name, definition) in named(tracer, from) {
        rows.push(Row {
            path: path.clone(),
            line,
            note: name.clone(),
            name,
            defined: tracer.place(&definition),
        });
    }
}

/// The functions that the subjects, macros, hand on to, through macros and functions that only do that as
/// well; none where a macro does more.
pub(super) fn workers(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<DefInfo> {
    let mut found: Vec<DefInfo> = Vec::new();
    let mut subjects = tracer.for_arch(&case.subjects);
    tracer.expect(&subjects);
    // Most files see the one that has no condition.
    let is_always = |d: &DefInfo| tracer.guard(d).is_empty();
    let always: Vec<DefInfo> = subjects.iter().copied().filter(is_always).collect();
    if !always.is_empty() {
        subjects = always;
    }
    for subject in subjects {
        for worker in behind(tracer, &subject) {
            for definition in to_the_work(tracer, worker) {
                if found.iter().all(|known| known.id != definition.id) {
                    found.push(definition);
                }
            }
        }
    }
    found
}

/// The functions in a macro's text; where there are none, those in the macros in it.
fn behind(tracer: &mut Tracer<'_, '_>, from: &DefInfo) -> Vec<DefInfo> {
    let mut seen: HashSet<DefId> = HashSet::from([from.id]);
    let mut level = vec![*from];
    for _ in 0..WRAPPERS {
        let mut macros = Vec::new();
        let mut functions: Vec<DefInfo> = Vec::new();
        for from in &level {
            for (_, name, definition) in named(tracer, from) {
                let is_new = !is_noise(&name) && seen.insert(definition.id);
                match definition.kind {
                    Kind::Function if is_new => functions.push(definition),
                    Kind::Macro if is_new => macros.push(definition),
                    _ => {}
                }
            }
        }
        if !functions.is_empty() {
            return if functions.len() <= MOST_WORKERS { functions } else { Vec::new() };
        }
        level = macros;
    }
    Vec::new()
}

/// What is named in a macro's text, each once, with the line that names it first; comments and texts
/// name nothing.
fn named(tracer: &mut Tracer<'_, '_>, from: &DefInfo) -> Vec<(u32, String, DefInfo)> {
    let (own, lines) = (tracer.name(from), tracer.lines_of(from));
    let line = |number: u32| lines.line(u64::from(number)).unwrap_or_default();
    let text = |line: &[u8]| String::from_utf8_lossy(line).trim_end().to_owned();
    let lines: Vec<String> = (from.first..=from.last).map(line).map(text).collect();
    let text = lines.join("\n");
    // Behind the `#`, so that the words are tokens of their own.
    let start = text.find('#').map_or(0, |at| at + 1);
    let tokens = Lexer::within(text.as_bytes(), start, text.len(), from.first).meaning();
    let tokens: Vec<Token> =
        tokens.skip_while(|token| token.text(text.as_bytes()) != own.as_bytes()).collect();
    let body = tokens.get(1..).unwrap_or_default();
    let has_parameters = body.first().zip(tokens.first());
    let has_parameters =
        has_parameters.is_some_and(|(open, name)| open.is(b'(') && open.start == name.end);
    let close = body.iter().position(|token| token.is(b')')).filter(|_| has_parameters);
    let (parameters, body) = body.split_at(close.unwrap_or(0));
    let word = |token: &Token| String::from_utf8_lossy(token.text(text.as_bytes())).into_owned();
    let is_name = |token: &&Token| token.kind == TokenKind::Ident;
    let mut known: HashSet<String> = parameters.iter().filter(is_name).map(word).collect();
    known.insert(own);
    let mut found = Vec::new();
    let is_free = |token: &Token| !is_reserved(token.text(text.as_bytes()));
    // The name of a field means nothing else. Three dots are a range's.
    let is_field = |before: &[Token]| match before {
        [.., arrow] if arrow.kind == TokenKind::Arrow => true,
        [.., other, dot] => dot.is(b'.') && !other.is(b'.'),
        [dot] => dot.is(b'.'),
        [] => false,
    };
    for (at, token) in body.iter().enumerate() {
        if is_field(&body[..at]) || !is_name(&token) || !is_free(token) {
            continue;
        }
        let name = word(token);
        if known.insert(name.clone())
            && let Some(definition) = definition_of(tracer, from, &name)
        {
            found.push((token.line, name, definition));
        }
    }
    found
}

/// What a word in the text of a macro can mean: what is in its file or in a header, or a function that
/// other files see. A function comes before the empty one that a header has for kernels without it.
fn definition_of(tracer: &Tracer<'_, '_>, from: &DefInfo, word: &str) -> Option<DefInfo> {
    let kinds = [Kind::Macro, Kind::Constant, Kind::Enumerator, Kind::Function];
    let found = tracer.for_arch(&tracer.definitions(&[word.to_owned()], &kinds));
    let program = |d: &DefInfo| tracer.graph.place(d.file).program;
    let is_shared = |d: &DefInfo| {
        d.kind == Kind::Function && !d.flags.has(Flags::STATIC) && program(d) == program(from)
    };
    let is_header = |d: &DefInfo| tracer.graph.path(d.file).ends_with(b".h");
    let is_here = |d: &DefInfo| d.file == from.file || is_header(d) && program(d) == program(from);
    let shared = found.iter().find(|d| is_shared(d));
    let here = found.iter().find(|d| is_here(d));
    // A macro of the same name is what the text means.
    let of_macro = here.filter(|d| d.kind != Kind::Function);
    of_macro.or(shared).or(here).copied()
}
