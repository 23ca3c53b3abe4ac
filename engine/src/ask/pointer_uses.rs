//! Who calls a function, or a field that holds functions, through pointers; which tables have it, and
//! who registers it.

use kgrep_index::graph::{Basis, DefInfo, Graph, LinkKind};
use kgrep_index::outline::UseKind;

use super::accesses::field_of;
use super::fields;
use super::names::unknown;
use crate::Result;
use crate::answer::{Answer, Arrow, Cell, Column, How, Label, Node, Role, Row, Via};
use crate::code::{Code, named, one_name};
use crate::note::Note;
use crate::request::{PointerRole, Pointers};

/// A use, with the definition that it is in.
struct Found {
    within: DefInfo,
    line: u32,
    how: How,
    basis: Basis,
    /// What stands on the line.
    name: Vec<u8>,
}

/// The uses that `asked` wants, the surest first.
///
/// # Errors
/// If the text is not one name, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, asked: &Pointers) -> Result<Answer> {
    let text = one_name(&asked.name)?;
    let field = field_of(text);
    let all = match &field {
        Some((structure, field)) => of_field(code, graph, structure, field),
        None => of_function(code, graph, text),
    };
    let Some(mut found) = all else {
        return Ok(Answer::note(unknown(code, graph, text)?));
    };
    let is_wanted = |role: PointerRole| asked.roles.is_empty() || asked.roles.contains(&role);
    found.retain(|found| role(&found.how).is_some_and(is_wanted));
    found.sort_by_key(|found| found.basis);
    if found.is_empty() {
        return Ok(Answer::note(Note::NoSuchUse(text.to_owned())));
    }
    let mut answer = Answer {
        columns: Column::all(&[("Function", Role::Function), ("How", Role::How)]),
        ..Answer::default()
    };
    for Found { within, line, how, basis, name } in found {
        let path = graph.path(within.file).to_vec();
        let function = String::from_utf8_lossy(&graph.name(within.name)).into_owned();
        let node = |label: &str, path: &[u8], line| Node {
            label: Label::Name(label.to_owned()),
            path: path.to_vec(),
            line,
            is_macro: false,
        };
        answer.arrows.push(Arrow {
            from: node(&function, &path, within.first),
            to: node(text, b"", 0),
            how: how.clone(),
            sure: basis.into(),
            line,
        });
        let cells = vec![Cell::Name(function), Cell::How(how)];
        let sure = basis.into();
        answer.rows.push(Row { path, line, name, cells, sure, ..Row::default() });
    }
    Ok(answer)
}

/// Who calls what a field of a structure holds, `lamp_ops.blink`; none if that is no field, or nobody does.
pub(super) fn callers_of_field(
    code: &Code,
    graph: &Graph<'_>,
    name: &str,
) -> Result<Option<Answer>> {
    let (field, note) = fields::led_to(code, graph, name)?.unzip();
    let name = field.unwrap_or_else(|| name.to_owned());
    let slot = field_of(&name).map(|(structure, field)| format!("{field}@{structure}"));
    if slot.is_none_or(|slot| named(graph, &slot).is_none()) {
        return Ok(None);
    }
    let pointers = Pointers { name, roles: vec![PointerRole::Dispatch] };
    let mut answer = answer(code, graph, &pointers)?;
    answer.notes.splice(..0, note);
    Ok((!answer.rows.is_empty()).then_some(answer))
}

/// The uses of a field that holds functions; none where there is no such field.
fn of_field(code: &Code, graph: &Graph<'_>, structure: &str, field: &str) -> Option<Vec<Found>> {
    let slot = graph.find_name(format!("{field}@{structure}").as_bytes())?;
    let found = graph.slot_uses(slot, code.arch).into_iter().map(|(within, edge)| {
        let (kind, via) = match edge.kind {
            UseKind::Indirect => (LinkKind::Indirect, Some(edge.name)),
            UseKind::Init => (LinkKind::Init, edge.via),
            _ => (LinkKind::Ref, edge.via),
        };
        let how = How::by(kind, via.map(|via| graph.name(via)).as_deref());
        let basis = if kind == LinkKind::Indirect { Basis::Typed } else { Basis::Named };
        Found { within, line: edge.line, how, basis, name: field.as_bytes().to_vec() }
    });
    Some(found.collect())
}

/// The uses of a function; none where there is no such name.
fn of_function(code: &Code, graph: &Graph<'_>, name: &str) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for target in graph.definitions_of(named(graph, name)?) {
        if !target.kind.is_callable() || !code.arch.has(graph.place(target.file)) {
            continue;
        }
        for caller in graph.callers(&target, code.arch, true) {
            let slot = caller.link.via.filter(|_| caller.link.kind == LinkKind::Indirect);
            let text = slot.map(|slot| graph.name(slot));
            let field = text.as_deref().and_then(|slot| slot.split(|byte| *byte == b'@').next());
            found.push(Found {
                within: caller.definition,
                line: caller.link.line,
                how: How::of(graph, &caller.link),
                basis: caller.basis,
                name: field.unwrap_or(name.as_bytes()).to_vec(),
            });
        }
    }
    Some(found)
}

/// What a use has to do with pointers to functions, if anything.
fn role(how: &How) -> Option<PointerRole> {
    let How::Link { kind, via } = how else { return None };
    match (kind, via) {
        (LinkKind::Indirect, _) => Some(PointerRole::Dispatch),
        (LinkKind::Init, Some(Via::Function(_))) => Some(PointerRole::Registration),
        (LinkKind::Init, _) => Some(PointerRole::Table),
        (LinkKind::Ref, Some(_)) => Some(PointerRole::Registration),
        _ => None,
    }
}
