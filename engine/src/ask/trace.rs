//! All about a name, from recipes: what it is, and a section for each thing to know.

use kgrep_index::graph::Graph;
use kgrep_index::outline::Kind;

use super::text::proof;
use super::{fields, used_field};
use crate::answer::{Answer, Cell, Column, Role, Row, Title};
use crate::code::{Code, bare_name, filled_up, named, tagged};
use crate::request::Trace;
use crate::trace::{self, Case, Options, Recipes, Tracer, cases, near_names};
use crate::{Error, Note, Result};

/// The sections about the name that `trace` has.
///
/// # Errors
/// If there is no such kind, or the tree can't be read.
pub(super) fn answer(code: &Code, trace: &Trace) -> Result<Answer> {
    bare_name(&trace.name)?;
    let recipes = code.recipes();
    let kind = trace.kind.as_ref().map(|kind| match recipes.get(kind) {
        Some(recipe) => Ok(recipe.name.clone()),
        None => {
            let there = recipes.all.iter().map(|recipe| recipe.name.clone()).collect();
            Err(Error::UnknownKind { word: kind.clone(), of: "name", there })
        }
    });
    let trace = Trace { kind: kind.transpose()?, ..trace.clone() };
    let answer = code.ask(|graph| {
        let field = fields::led_to(code, graph, &trace.name)?;
        let own = sections(code, graph, recipes, &trace)?;
        // What a recipe knows by the whole name, as a sysctl, is no field.
        let Some((name, note)) = field.filter(|_| own.rows.is_empty()) else { return Ok(own) };
        let mut answer = sections(code, graph, recipes, &Trace { name, ..trace.clone() })?;
        answer.notes.insert(0, note);
        Ok::<_, Error>(answer)
    })?;
    of_data(code, answer, trace.all)
}

/// The answer, with sections about a field that holds data, `inode.i_size`, if it is said to be one; no recipe has
/// these, as an index doesn't.
fn of_data(code: &Code, mut answer: Answer, all: bool) -> Result<Answer> {
    let of_structure = |note: &Note| match note {
        Note::Field(name) if name.contains('.') => Some(name.clone()),
        _ => None,
    };
    let Some(field) = answer.notes.iter().find_map(of_structure) else { return Ok(answer) };
    answer.notes.retain(|note| of_structure(note).is_none());
    let mut told = used_field::answer(code, &field, all)?;
    told.notes.splice(..0, answer.notes);
    Ok(told)
}

fn sections(code: &Code, graph: &Graph<'_>, recipes: &Recipes, trace: &Trace) -> Result<Answer> {
    let Trace { name, kind, depth, body, all, seen_from } = trace;
    let options = Options { depth: *depth, body: *body, all: *all };
    let mut tracer = Tracer::new(code, graph, options);
    tracer.see_from(seen_from.clone());
    let is_wanted = |recipe: &&trace::Recipe| kind.as_ref().is_none_or(|k| *k == recipe.name);
    let wanted = recipes.all.iter().filter(is_wanted);
    let cases = cases(&mut tracer, wanted, name, kind.is_some())?;
    let brief = cases.len() > 1;
    let mut answer = Answer::default();
    let mut has_defined = false;
    // What is kept of a configuration's symbols is large: it is read for a symbol only.
    let is_symbol = cases.iter().any(|case| case.recipe.name == "config");
    let of_symbol = if is_symbol { super::symbol::sections(code, trace) } else { Vec::new() };
    for (title, rows) in of_symbol {
        let section = u32::try_from(answer.sections.len()).ok();
        answer.sections.push(Title::Text(title));
        answer.rows.extend(rows.into_iter().map(|row| self::row(row, section)));
    }
    for case in &cases {
        for (title, rows) in trace::answer(&mut tracer, case, brief)? {
            let kind = case.recipe.name.clone();
            let title = if brief { Title::OfKind { kind, title } } else { Title::Text(title) };
            let section = u32::try_from(answer.sections.len()).ok();
            answer.sections.push(title);
            for row in rows {
                has_defined |= !row.defined.is_empty();
                answer.rows.push(self::row(row, section));
            }
        }
    }
    answer.notes.extend(Note::others(name, tracer.left_out()));
    if brief {
        let kinds = cases.iter().map(|case| case.recipe.name.clone()).collect();
        answer.notes.push(Note::SeveralThings { name: name.clone(), kinds });
    }
    if !answer.sections.is_empty() && is_folder_besides(code, trace, &cases) {
        answer.notes.push(Note::AlsoFolder(name.clone()));
    }
    if answer.sections.is_empty() {
        // The text of a message is no name.
        if kind.is_none() && is_message(name) {
            let printed = super::messages::printed(code, graph, name.trim());
            if !printed.rows.is_empty() {
                return Ok(printed);
            }
        }
        answer.notes.push(nothing(&mut tracer, recipes, trace)?);
    }
    answer.columns = Column::all(&[("Note", Role::Text), ("Defined", Role::Place)]);
    if !has_defined {
        answer.columns.truncate(1);
        answer.rows.iter_mut().for_each(|row| row.cells.truncate(1));
    }
    Ok(answer)
}

/// Whether it can only be a text, or a part of one, that is printed: no name has such characters.
fn is_message(name: &str) -> bool {
    let of_name = |c: char| c.is_alphanumeric() || "_.-/*?[]{},=+@$".contains(c);
    bare_name(name).is_ok_and(|name| tagged(name).1.contains(|c| !of_name(c)))
}

/// Whether the name is a top folder's of the tree, too, which the answer says nothing of.
fn is_folder_besides(code: &Code, trace: &Trace, cases: &[Case<'_>]) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    trace.kind.is_none()
        && trace.name.bytes().all(is_plain)
        && cases.iter().all(|case| case.recipe.folder.is_empty())
        && code.path(trace.name.as_bytes()).is_dir()
}

fn row(row: trace::Row, section: Option<u32>) -> Row {
    Row {
        path: row.path,
        line: row.line,
        name: row.name.into_bytes(),
        cells: vec![Cell::Text(row.note), Cell::Text(row.defined)],
        section,
        ..Row::default()
    }
}

/// Why there is nothing to tell.
fn nothing(tracer: &mut Tracer<'_, '_>, recipes: &Recipes, trace: &Trace) -> Result<Note> {
    let Trace { name, kind, .. } = trace;
    let graph = tracer.graph;
    let is_defined = named(graph, name)
        .is_some_and(|name| graph.definitions_of(name).iter().any(|d| d.kind != Kind::File));
    let (name, kind) = (name.clone(), kind.clone());
    if is_defined {
        return Ok(Note::NothingToTell { name, kind });
    }
    let field = if kind.is_none() { fields::note(tracer.code, graph, &name)? } else { None };
    if let Some(field) = field {
        return Ok(field);
    }
    let missing = if kind.is_none() { fields::missing(tracer.code, graph, &name)? } else { None };
    if let Some(missing) = missing {
        return Ok(missing);
    }
    let near = filled_up(tracer.code, near_names(tracer, recipes, &name)?, &name);
    let proof = match kind {
        None => Some(proof(tracer.code, graph, &name)?),
        Some(_) => None,
    };
    let is_text = kind.is_none() && is_message(&name);
    Ok(Note::NothingCalled { name, kind, is_text, near, proof })
}
