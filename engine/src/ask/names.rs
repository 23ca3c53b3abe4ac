//! What a name that was asked for means, and what is said if there is no such name.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use kgrep_index::graph::{Arch, DefInfo, Edge, Graph, NameRef};
use kgrep_index::outline::{Flags, Kind, Language, UseKind};

use super::fields;
use super::text::proof;
use crate::code::{Code, filled_up, near, system_call};
use crate::request::Steps;
use crate::trace::{Mentions, Options, Tracer, cases};
use crate::{Note, Result};

impl Code {
    /// Whether the tree has a source file at all: without one, that a name is missing says nothing
    /// about a kernel.
    ///
    /// # Errors
    /// When the tree can't be walked.
    pub fn has_source(&self) -> Result<bool> {
        let is_known = AtomicBool::new(false);
        // One tells enough.
        Mentions::new(self)
            .pick(|name| Language::of(name).is_some() && !is_known.swap(true, Ordering::Relaxed))?;
        Ok(is_known.into_inner())
    }
}

/// The name that is meant by `name`: itself, or with a note the system call of that name.
pub(super) fn entry_name<'t>(
    graph: &Graph<'_>,
    name: &'t str,
    notes: &mut Vec<Note>,
) -> Cow<'t, str> {
    match system_call(graph, name) {
        Some(entry) => {
            notes.push(Note::SystemCall { asked: name.to_owned(), entry: entry.clone() });
            Cow::Owned(entry)
        }
        None => Cow::Borrowed(name),
    }
}

/// That files of other architectures call one of these definitions of a name, too, or may: what isn't `static`.
pub(super) fn called_elsewhere(
    code: &Code,
    graph: &Graph<'_>,
    steps: &Steps,
    (name, roots): (NameRef, &[DefInfo]),
) -> Option<Note> {
    let is_seen =
        |root: &DefInfo| !root.flags.has(Flags::STATIC) || graph.place(root.file).is_header;
    // A configuration's architecture is the only one that there is.
    let is_one = code.arch == Arch::All || code.kernel().is_some() || !steps.seen_from.is_empty();
    if is_one || !roots.iter().any(is_seen) {
        return None;
    }
    let calls =
        |edge: &Edge| edge.name == name && matches!(edge.kind, UseKind::Call | UseKind::Ref);
    let is_elsewhere = |id| {
        let user = graph.definition(id).filter(|user| !code.arch.has(graph.place(user.file)));
        user.is_some_and(|user| graph.edges_of(&user).iter().any(calls))
    };
    graph.users_of(name).into_iter().any(is_elsewhere).then_some(Note::InOtherArchitectures)
}

/// Kinds of names that code has no definitions of, by their recipes.
const NOT_IN_CODE: [&str; 3] = ["removed-syscall", "folder", "file"];

/// That there is no such name, as [`nowhere`] says; or that it is a field, a boot parameter, a folder or
/// the like, of which the code has no definition.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn unknown(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Note> {
    match fields::note(code, graph, name)? {
        Some(field) => Ok(field),
        None => nowhere(code, graph, name),
    }
}

/// That there is no such name, which is no field's, what is called nearly so, and what that rests on; or that it
/// is a boot parameter, a folder or the like, or a field of other structures.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn nowhere(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Note> {
    if let Some(parameter) = boot_parameter(code, graph, name)? {
        return Ok(Note::BootParameter { asked: name.to_owned(), parameter, used: false });
    }
    if let Some(kind) = known_as(code, graph, &NOT_IN_CODE, name)? {
        return Ok(Note::TracedOnly { asked: name.to_owned(), kind });
    }
    if let Some(missing) = fields::missing(code, graph, name)? {
        return Ok(missing);
    }
    let near = filled_up(code, near(graph, name), name);
    let proof = Some(proof(code, graph, name)?);
    Ok(Note::NoSuchName { asked: name.to_owned(), near, proof })
}

/// The boot parameter that is called `name`, with its `=`.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn boot_parameter(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Option<String>> {
    let parameter = format!("{}=", name.trim_end_matches('='));
    let known = known_as(code, graph, &["boot-param"], &parameter)?;
    Ok(known.map(|_| parameter))
}

/// Which of these kinds `name` is, by their recipes.
fn known_as(code: &Code, graph: &Graph<'_>, kinds: &[&str], name: &str) -> Result<Option<String>> {
    let recipes = kinds.iter().filter_map(|kind| code.recipes().get(kind));
    let mut tracer = Tracer::new(code, graph, Options { depth: 1, body: false, all: false });
    let found = cases(&mut tracer, recipes, name, true)?;
    Ok(found.first().map(|case| case.recipe.name.clone()))
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
