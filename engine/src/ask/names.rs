//! What a name means that was asked for, and what is said where it means nothing.

use std::borrow::Cow;

use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::outline::Kind;

use super::exists::proof;
use crate::code::{Code, filled_up, near, system_call};
use crate::trace::{Options, Tracer, cases};
use crate::{Note, Result};

/// The name that is meant by `name`: itself, or with a note the system call of that name.
pub(super) fn meant<'t>(graph: &Graph<'_>, name: &'t str, notes: &mut Vec<Note>) -> Cow<'t, str> {
    match system_call(graph, name) {
        Some(entry) => {
            notes.push(Note::SystemCall { asked: name.to_owned(), entry: entry.clone() });
            Cow::Owned(entry)
        }
        None => Cow::Borrowed(name),
    }
}

/// Kinds of names that code has no definitions of, by their recipes.
const NOT_IN_CODE: [&str; 3] = ["removed-syscall", "folder", "file"];

/// That there is no such name, and what is called nearly so; or that it is a boot parameter, a folder or
/// the like, of which the code has no definition.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn unknown(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Note> {
    if let Some(parameter) = boot_parameter(code, graph, name)? {
        return Ok(Note::BootParameter { asked: name.to_owned(), parameter, used: false });
    }
    if let Some(kind) = other_kind(code, graph, name)? {
        return Ok(Note::TracedOnly { asked: name.to_owned(), kind });
    }
    let near = filled_up(code, near(graph, name), name);
    let proof = Some(proof(code, graph, name)?);
    Ok(Note::NoSuchName { asked: name.to_owned(), near, proof })
}

/// What `name` is that code has no definitions of, as `--as` takes it.
fn other_kind(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Option<String>> {
    let recipes = NOT_IN_CODE.iter().filter_map(|kind| code.recipes().get(kind));
    let options = Options { depth: 1, body: false, all: false };
    let mut tracer = Tracer::new(code, graph, options);
    let found = cases(&mut tracer, recipes, name, true)?;
    Ok(found.first().map(|case| case.recipe.name.clone()))
}

/// The boot parameter that is called `name`, with its `=`.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn boot_parameter(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Option<String>> {
    let Some(recipe) = code.recipes().get("boot-param") else { return Ok(None) };
    let parameter = format!("{}=", name.trim_end_matches('='));
    let options = Options { depth: 1, body: false, all: false };
    let mut tracer = Tracer::new(code, graph, options);
    let found = cases(&mut tracer, [recipe].into_iter(), &parameter, true)?;
    Ok((!found.is_empty()).then_some(parameter))
}

/// Why nothing calls `name`, which is `other` and no function of the architecture that counts.
pub(super) fn not_callable(name: &str, other: &DefInfo, graph: &Graph<'_>, code: &Code) -> Note {
    let elsewhere = (other.kind.is_callable() || other.kind == Kind::Macro)
        && !code.arch.has(graph.place(other.file));
    if elsewhere {
        let path = graph.path(other.file).to_vec();
        if code.arch.leaves_out(graph.place(other.file)) {
            return Note::OnlyNotBuilt { name: name.to_owned(), path };
        }
        return Note::OtherArchitecture { name: name.to_owned(), path };
    }
    Note::NotCallable { name: name.to_owned(), kind: other.kind }
}
