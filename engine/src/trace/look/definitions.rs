//! Definitions: their heads, comments, sources and members.

use std::collections::HashSet;

use kgrep_index::graph::DefInfo;
use kgrep_index::outline::{Flags, Kind};

use crate::code::{kind_of_definition, name_line};
use crate::recipes::recipe::Word;
use crate::trace::case::Case;
use crate::trace::statement::head;
use crate::trace::tracer::{Row, Tracer};

/// A definition is shown to this many lines, unless all is asked for.
const LINES: u32 = 200;

/// The heads of the definitions, with kind and guard.
pub(super) fn heads(
    tracer: &mut Tracer<'_, '_>,
    case: &Case<'_>,
    names: &[String],
    kinds: &[Word],
) -> Vec<Row> {
    let found = if names.is_empty() {
        case.subjects.clone()
    } else {
        let names: Vec<String> = names.iter().flat_map(|name| case.facts.fill(name)).collect();
        let kinds: Vec<Kind> = kinds.iter().map(|word| word.0).collect();
        let mut found = tracer.definitions(&names, &kinds);
        if !case.found.is_empty() {
            // What lines name that were found in text, another file's `static` is not.
            let files: HashSet<&[u8]> = case.found.iter().map(|row| row.path.as_slice()).collect();
            found.retain(|d| {
                let path = tracer.graph.path(d.file);
                !d.flags.has(Flags::STATIC) || files.contains(path) || path.ends_with(b".h")
            });
        }
        found
    };
    tracer.expect(&found);
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = HashSet::new();
    for definition in found {
        let path = tracer.path(&definition);
        let name = written(tracer, &definition);
        let file = tracer.lines_of(&definition);
        let line = name_line(&file, name.as_bytes(), definition.first, definition.last);
        // The head of another definition may go over this line.
        if !seen.insert((path.clone(), line)) {
            continue;
        }
        let mut note = kind_of_definition(definition.kind, definition.flags);
        let guard = tracer.guard(&definition);
        if !guard.is_empty() {
            note = format!("{note}, if {guard}");
        }
        rows.push(Row { path: path.clone(), line, name, note, ..Row::default() });
        let more = u32::try_from(head(&file, u64::from(line))).unwrap_or(1);
        for line in line + 1..(line + more).min(definition.last + 1) {
            seen.insert((path.clone(), line));
            rows.push(Row {
                path: path.clone(),
                line,
                name: String::new(),
                note: String::new(),
                ..Row::default()
            });
        }
    }
    rows
}

/// The name as it stands in the definition: a macro that defines may write it shorter.
fn written(tracer: &Tracer<'_, '_>, definition: &DefInfo) -> String {
    let name = tracer.name(definition);
    let short = match definition.kind {
        Kind::Syscall => {
            ["compat_sys_", "sys32_", "sys_"].iter().find_map(|p| name.strip_prefix(p))
        }
        Kind::Tracepoint => name.strip_prefix("trace_"),
        _ => None,
    };
    short.map_or(name.clone(), str::to_owned)
}

/// The comments above the definitions.
pub(super) fn comments(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in &case.subjects {
        if let Some(first) = tracer.comment(definition) {
            let path = tracer.path(definition);
            rows.extend(lines(&path, first, definition.first.saturating_sub(1)));
        }
    }
    rows
}

/// All lines of the definitions.
pub(super) fn sources(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = HashSet::new();
    for definition in tracer.for_arch(&case.subjects) {
        let path = tracer.path(&definition);
        let most =
            if tracer.options.all { u32::MAX } else { definition.first.saturating_add(LINES) };
        for row in lines(&path, definition.first, definition.last.min(most)) {
            if seen.insert((row.path.clone(), row.line)) {
                rows.push(row);
            }
        }
    }
    rows
}

/// The rows of some lines of a file.
pub(super) fn lines(path: &[u8], first: u32, last: u32) -> impl Iterator<Item = Row> {
    let path = path.to_vec();
    (first..=last).map(move |line| Row {
        path: path.clone(),
        line,
        name: String::new(),
        note: String::new(),
        ..Row::default()
    })
}
