//! What a configuration makes of a Kconfig symbol: its value, what it needs, who turns it on and
//! who needs it, and the sources that it builds. `trace` tells it first.

use kgrep_index::configured::{Symbol, Use};
use kgrep_index::kbuild::State;
use kgrep_index::kbuild::kconfig::Relation;

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
    let name = trace.name.trim();
    let symbol = name.strip_prefix("CONFIG_").unwrap_or(name).as_bytes();
    let Some(told) = code.symbol(symbol) else { return Vec::new() };
    let title = format!("In this configuration: {}", kernel.value_text(symbol));
    let mut sections = vec![(title, entries(kernel, symbol, &told))];
    let turned_on = |relation| matches!(relation, Relation::Select | Relation::Imply);
    sections.push(("Turned on by".into(), dependents(kernel, symbol, &told, &turned_on)));
    let needed = |relation| relation == Relation::DependsOn;
    let mut by = dependents(kernel, symbol, &told, &needed);
    by.retain(|row| !row.note.ends_with(NOT_SET));
    sections.push(("Needed by, of what is set".into(), by));
    sections.push(("What it builds".into(), builds(&told)));
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
fn entries(kernel: &Kernel, symbol: &[u8], told: &Symbol) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in &told.definitions {
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
fn dependents(
    kernel: &Kernel,
    symbol: &[u8],
    told: &Symbol,
    wanted: &dyn Fn(Relation) -> bool,
) -> Vec<Row> {
    let by = |used: &Use| {
        let how = match used.relation {
            Relation::Select => "selects it",
            Relation::Imply => "implies it",
            Relation::DependsOn => "needs it",
            Relation::Default => "defaults to it",
        };
        let by = String::from_utf8_lossy(&used.by);
        let note = format!("{by} {how}, {}", kernel.value_text(&used.by));
        row(&used.file, used.line, symbol, note)
    };
    told.uses.iter().filter(|used| wanted(used.relation)).map(by).collect()
}

/// The sources that are built by way of a Makefile's line with the symbol.
fn builds(told: &Symbol) -> Vec<Row> {
    let built = told.builds.iter().filter_map(|(source, state)| {
        let note = match state {
            State::BuiltIn => "built in".to_owned(),
            State::Module(name) => format!("module {}", String::from_utf8_lossy(name)),
            State::Unknown => "may be built".to_owned(),
            State::No | State::Program(_) => return None,
        };
        Some(row(source, 1, b"", note))
    });
    built.collect()
}

fn row(path: &[u8], line: u32, name: &[u8], note: String) -> Row {
    let name = String::from_utf8_lossy(name).into_owned();
    Row { path: path.to_vec(), line, name, note, defined: String::new() }
}
