//! What a configuration makes of a Kconfig symbol: its value, what it needs, who turns it on and
//! who needs it, and the sources that it builds. `trace` tells it first.

use std::collections::HashMap;

use kgrep_index::kbuild::kconfig::Relation;
use kgrep_index::kbuild::{State, symbols_in};

use super::Sources;
use crate::code::Code;
use crate::configuration::{Kernel, Needed};
use crate::request::Trace;
use crate::trace::Row;

/// Rows of a part, unless all are asked for.
const MOST: usize = 20;

/// The parts of the answer about the symbol that `trace` names; none without a configuration, or
/// where it is no symbol.
pub(super) fn sections(code: &Code, trace: &Trace) -> Vec<(String, Vec<Row>)> {
    let Some(kernel) = code.kernel() else { return Vec::new() };
    if trace.kind.as_ref().is_some_and(|kind| kind != "config") {
        return Vec::new();
    }
    let name = trace.name.trim();
    let symbol = name.strip_prefix("CONFIG_").unwrap_or(name).as_bytes();
    if kernel.kconfig().definitions(symbol).next().is_none() {
        return Vec::new();
    }
    let title = format!("In this configuration: {}", kernel.value_text(symbol));
    let mut sections = vec![(title, entries(kernel, symbol))];
    let turned_on = |relation| matches!(relation, Relation::Select | Relation::Imply);
    sections.push(("Turned on by".into(), dependents(kernel, symbol, &turned_on)));
    let needed = |relation| relation == Relation::DependsOn;
    let mut by = dependents(kernel, symbol, &needed);
    by.retain(|row| !row.note.ends_with(NOT_SET));
    sections.push(("Needed by, of what is set".into(), by));
    sections.push(("What it builds".into(), builds(code, kernel, symbol)));
    for (title, rows) in &mut sections {
        if !trace.all && rows.len() > MOST {
            *title += &format!(" ({MOST} of {}; --all shows all)", rows.len());
            rows.truncate(MOST);
        }
    }
    sections.retain(|(_, rows)| !rows.is_empty());
    sections
}

/// How the text of a symbol that isn't set ends.
const NOT_SET: &str = "is not set";

/// The symbol's entries, each followed by what it needs.
fn entries(kernel: &Kernel, symbol: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in kernel.kconfig().definitions(symbol) {
        let prompt = definition.prompt.as_ref().map(|(text, _)| String::from_utf8_lossy(text));
        let note = prompt.unwrap_or("no prompt: others turn it on".into()).into_owned();
        rows.push(row(&definition.file, definition.line, symbol, note));
        for need in definition.needs(&kernel.config) {
            let Needed { holds, symbol, values } = kernel.needed(&need);
            let note = format!("needs, {holds}: {}", values.join(", "));
            rows.push(row(&need.condition.file, need.condition.line, &symbol, note));
        }
    }
    rows
}

/// The lines by which others have to do with it, each with the other one's value.
fn dependents(kernel: &Kernel, symbol: &[u8], wanted: &dyn Fn(Relation) -> bool) -> Vec<Row> {
    let dependents = kernel.kconfig().dependents(symbol).into_iter();
    dependents
        .filter(|dependent| wanted(dependent.relation))
        .map(|dependent| {
            let how = match dependent.relation {
                Relation::Select => "selects it",
                Relation::Imply => "implies it",
                Relation::DependsOn => "needs it",
                Relation::Default => "defaults to it",
            };
            let by = String::from_utf8_lossy(&dependent.by.name);
            let note = format!("{by} {how}, {}", kernel.value_text(&dependent.by.name));
            row(dependent.file, dependent.line, symbol, note)
        })
        .collect()
}

/// The sources that are built by way of a Makefile's line with the symbol.
fn builds(code: &Code, kernel: &Kernel, symbol: &[u8]) -> Vec<Row> {
    let built = kernel.built();
    let mut sources = Sources::default();
    let mut known: HashMap<(Vec<u8>, u32), bool> = HashMap::new();
    let mut rows = Vec::new();
    let mut names: Vec<&[u8]> = built.sources().collect();
    names.sort_unstable();
    for source in names {
        let state = built.state(source);
        let note = match &state {
            State::BuiltIn => "built in".to_owned(),
            State::Module(name) => format!("module {}", String::from_utf8_lossy(name)),
            State::Unknown => "may be built".to_owned(),
            State::No | State::Program(_) => continue,
        };
        let Some(object) = built.objects(source).find(|object| object.state == state) else {
            continue;
        };
        let names_it = built.steps(object).into_iter().any(|step| {
            *known.entry((step.file, step.line)).or_insert_with_key(|(file, line)| {
                let text = sources.get(code, file).line(u64::from(*line)).unwrap_or_default();
                symbols_in(text).contains(&symbol)
            })
        });
        if names_it {
            rows.push(row(source, 1, b"", note));
        }
    }
    rows
}

fn row(path: &[u8], line: u32, name: &[u8], note: String) -> Row {
    let name = String::from_utf8_lossy(name).into_owned();
    Row { path: path.to_vec(), line, name, note, defined: String::new() }
}
