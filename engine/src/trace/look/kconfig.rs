//! Kconfig: the entry of a symbol, and the entries that name it.

use kgrep_index::outline::Kind;

use super::definitions::lines;
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// The entries in full, without empty lines.
pub(super) fn entries(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for definition in &case.subjects {
        let path = tracer.path(definition);
        let name = tracer.name(definition);
        for mut row in lines(&path, definition.first, definition.last) {
            let text = tracer.text(&path, row.line);
            if text.trim().is_empty() {
                continue;
            }
            if row.line == definition.first {
                row.name.clone_from(&name);
            }
            row.note = match text.trim().split(' ').next() {
                Some(word @ ("depends" | "select" | "imply" | "default")) => word.to_owned(),
                _ => String::new(),
            };
            rows.push(row);
        }
    }
    rows
}

/// The entries that depend on the symbol, select or imply it, or take it as default.
pub(super) fn users(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in case.facts.get("name") {
        let Some(symbol) = tracer.graph.find_name(name.as_bytes()) else { continue };
        for id in tracer.graph.users_of(symbol) {
            let Some(user) = tracer.graph.definition(id).filter(|d| d.kind == Kind::Kconfig) else {
                continue;
            };
            let path = tracer.path(&user);
            let by = tracer.name(&user);
            for edge in tracer.graph.edges_of(&user).iter().filter(|edge| edge.name == symbol) {
                let text = tracer.text(&path, edge.line);
                let note = match text.trim().split([' ', '\t']).next() {
                    Some("select") => format!("selected by {by}"),
                    Some("imply") => format!("implied by {by}"),
                    Some("default") => format!("default of {by}"),
                    _ => format!("{by} depends on it"),
                };
                rows.push(Row {
                    path: path.clone(),
                    line: edge.line,
                    name: name.clone(),
                    note,
                    ..Row::default()
                });
            }
        }
    }
    rows.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    rows
}
