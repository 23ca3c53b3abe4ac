//! `kgrep trace NAME`: what a name is and all about it, from recipes, as one list in
//! titled sections.

use anyhow::Result;
use kgrep_index::outline::Kind;

use super::answer::{Place, show, unknown_kind};
use super::{Outcome, Session, freshen, recipes};
use crate::cli::TraceArgs;
use crate::code::{self, bare_name, filled_up, named};
use crate::list::Role;
use crate::message::tell;
use crate::trace::{Options, Recipes, Row, Tracer, answer, cases, near_names};

const COLUMNS: [(&str, Role); 2] = [("Note", Role::Text), ("Defined", Role::Place)];

/// Prints and keeps the answer.
///
/// # Errors
/// When the kind is none, the tree can't be read or the output not be written.
pub(crate) fn run(args: &TraceArgs, session: &Session) -> Result<Outcome> {
    bare_name(&args.name.join(" "))?;
    let code = code::around(session)?;
    let recipes = recipes::load(&code, session, args.trust_tree);
    if let Some(kind) = &args.kind
        && recipes.get(kind).is_none()
    {
        let kinds: Vec<&str> = recipes.all.iter().map(|recipe| recipe.name.as_str()).collect();
        return Err(unknown_kind(kind, &kinds));
    }
    let found = freshen::ask(&code, session, |graph| {
        let options = Options { depth: args.depth, body: args.body, all: args.all };
        let mut tracer = Tracer::new(&code, graph, options);
        let sections = sections(&mut tracer, &recipes, args)?;
        if sections.is_empty() {
            let name = args.name.join(" ");
            let is_defined = named(graph, &name).is_some_and(|name| {
                graph.definitions_of(name).iter().any(|found| found.kind != Kind::File)
            });
            return Ok(Err(match is_defined {
                true => Nothing::NoRecipe,
                false => Nothing::Unknown(near_names(&mut tracer, &recipes, &name)?),
            }));
        }
        Ok(Ok(sections))
    })?;
    match found {
        Ok(sections) => {
            let rows = sections.iter().flat_map(|(_, rows)| rows);
            let has_defined = rows.into_iter().any(|row| !row.defined.is_empty());
            let columns = &COLUMNS[..if has_defined { 2 } else { 1 }];
            show(&code, session, columns, &places(sections, columns.len()))
        }
        Err(Nothing::NoRecipe) => {
            let name = args.name.join(" ");
            let what = args.kind.as_ref().map_or_else(String::new, |kind| format!(" as {kind}"));
            tell(format!("trace has nothing to tell of {name}{what}; `kgrep def {name}` finds it"));
            Ok(Outcome::Nothing)
        }
        Err(Nothing::Unknown(near)) => {
            let name = args.name.join(" ");
            let near = filled_up(&code, near, &name);
            let what = args.kind.as_ref().map_or_else(String::new, |kind| format!(", as {kind}"));
            if near.is_empty() {
                tell(format!("{name} is nothing here{what}"));
            } else {
                tell(format!("{name} is nothing here{what}; near: {}", near.join(", ")));
            }
            Ok(Outcome::Nothing)
        }
    }
}

/// Why there is nothing to tell.
enum Nothing {
    /// The code defines the name, and no recipe is about such a thing.
    NoRecipe,
    /// There is no such name; these are near.
    Unknown(Vec<String>),
}

fn sections(
    tracer: &mut Tracer<'_, '_>,
    recipes: &Recipes,
    args: &TraceArgs,
) -> Result<Vec<(String, Vec<Row>)>> {
    let name = args.name.join(" ");
    let wanted = recipes
        .all
        .iter()
        .filter(|recipe| args.kind.as_ref().is_none_or(|kind| *kind == recipe.name));
    let cases = cases(tracer, wanted, &name, args.kind.is_some())?;
    let brief = cases.len() > 1;
    let mut all = Vec::new();
    for case in &cases {
        let kind = &case.recipe.name;
        for (title, rows) in answer(tracer, case, brief)? {
            all.push((if brief { format!("{kind}: {title}") } else { title }, rows));
        }
    }
    if brief {
        let kinds: Vec<&str> = cases.iter().map(|case| case.recipe.name.as_str()).collect();
        tell(format!("{name} is several things ({}); --as KIND tells all", kinds.join(", ")));
    }
    Ok(all)
}

fn places(sections: Vec<(String, Vec<Row>)>, columns: usize) -> Vec<Place> {
    let place = |title: &str, row: Row| Place {
        path: row.path,
        line: row.line,
        name: row.name.into_bytes(),
        cells: [row.note, row.defined].into_iter().take(columns).collect(),
        section: Some(title.to_owned()),
        ..Place::default()
    };
    sections
        .into_iter()
        .flat_map(|(title, rows)| {
            rows.into_iter().map(|row| place(&title, row)).collect::<Vec<_>>()
        })
        .collect()
}
