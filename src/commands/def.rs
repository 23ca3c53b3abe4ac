//! `kgrep def NAME`: where a name is defined, best first.

use anyhow::{Result, bail};
use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::outline::Kind;

use super::answer::{Place, Sources, boot_parameter, name_line, show, unknown, unknown_kind};
use super::{Outcome, Session, body, freshen};
use crate::cli::DefArgs;
use crate::code::{
    self, Code, Pattern, Ranking, bare_name, kind_of_definition, system_call, tagged,
    tell_system_call,
};
use crate::list::Role;

/// A definition found: where it is and what it is called.
pub(super) struct Found {
    /// The place of its name.
    pub(super) place: Place,
    /// Its first line.
    pub(super) first: u32,
    /// Its last line.
    pub(super) last: u32,
}

/// Prints and keeps all definitions of a name.
///
/// # Errors
/// When the glob or a kind is none, or the tree can't be read.
pub(crate) fn run(args: &DefArgs, session: &Session) -> Result<Outcome> {
    let (tag, name) = tagged(bare_name(&args.name)?);
    let pattern = Pattern::parse(name)?;
    if pattern.is_glob() && !name.contains(|c: char| c.is_alphanumeric() || c == '_') {
        bail!(
            "{name} is like every name; give some of its letters (`kgrep export symbols` prints all)"
        );
    }
    let kinds = match tag {
        Some(tag) if args.kind.is_empty() => kinds(&[tag.to_owned()])?,
        _ => kinds(&args.kind)?,
    };
    let code = code::around(session)?;
    let found = freshen::ask(&code, session, |graph| {
        let mut found = definitions(graph, &code, &pattern, name, &kinds);
        if let Some(entry) = system_call(graph, name) {
            let call = definitions(graph, &code, &Pattern::parse(&entry)?, &entry, &kinds);
            if !call.is_empty() {
                tell_system_call(name, &entry);
                found.splice(..0, call);
            }
        }
        if found.is_empty() {
            return unknown_or_other(&code, graph, session, name, (&pattern, &kinds)).map(Err);
        }
        let mut sources = Sources::default();
        let places = found.iter().map(|found| place(graph, &code, &mut sources, found));
        Ok(Ok(places.collect::<Vec<_>>()))
    })?;
    let found = match found {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    if args.body {
        return body::show(&code, session, &COLUMNS, &found);
    }
    let places: Vec<Place> = found.into_iter().map(|found| found.place).collect();
    show(&code, session, &COLUMNS, &places)
}

const COLUMNS: [(&str, Role); 2] = [("Name", Role::Text), ("Kind", Role::Text)];

/// The words for kinds of definitions.
pub(super) const KINDS: [&str; 17] = [
    "function",
    "syscall",
    "macro",
    "constant",
    "struct",
    "union",
    "enum",
    "enumerator",
    "typedef",
    "variable",
    "declaration",
    "member",
    "tracepoint",
    "asm",
    "kconfig",
    "compatible",
    "rust-function",
];

/// The kinds that a user's words mean, where some do: a function is one that a macro or
/// assembler defines, too.
fn kinds(words: &[String]) -> Result<Vec<Kind>> {
    let mut kinds = Vec::new();
    for word in words {
        let Some(kind) = Kind::from_name(word) else {
            return Err(unknown_kind(word, &KINDS));
        };
        kinds.push(kind);
        match kind {
            Kind::Function => {
                kinds.extend([Kind::Syscall, Kind::Asm, Kind::RustFunction, Kind::Tracepoint]);
            }
            Kind::Macro => kinds.push(Kind::Constant),
            Kind::Constant => kinds.push(Kind::Enumerator),
            _ => {}
        }
    }
    Ok(kinds)
}

/// All definitions of what `pattern` means, best first.
fn definitions(
    graph: &Graph<'_>,
    code: &Code,
    pattern: &Pattern,
    text: &str,
    kinds: &[Kind],
) -> Vec<DefInfo> {
    let mut found: Vec<DefInfo> =
        pattern.names(graph).into_iter().flat_map(|name| graph.definitions_of(name)).collect();
    found.retain(|definition| definition.kind != Kind::File);
    if !pattern.is_glob() && found.is_empty() {
        found = members(graph, text);
    }
    if let Some(name) = text.strip_prefix("CONFIG_").and_then(|n| graph.find_name(n.as_bytes())) {
        let symbols = graph.definitions_of(name).into_iter();
        found.extend(symbols.filter(|definition| definition.kind == Kind::Kconfig));
    }
    found.retain(|definition| kinds.is_empty() || kinds.contains(&definition.kind));
    found.sort_by_cached_key(|definition| {
        (Ranking::of(graph, definition, code.arch), graph.name(definition.name))
    });
    found
}

/// The members of structures that are called `name`.
fn members(graph: &Graph<'_>, name: &str) -> Vec<DefInfo> {
    let mut names = Vec::new();
    graph.names_starting_with(format!("{name}@").as_bytes(), |name, _| names.push(name));
    let mut found: Vec<DefInfo> =
        names.into_iter().flat_map(|name| graph.definitions_of(name)).collect();
    found.retain(|definition| definition.kind == Kind::Member);
    found
}

/// Where a definition's name stands, and what it is.
fn place(graph: &Graph<'_>, code: &Code, sources: &mut Sources, definition: &DefInfo) -> Found {
    let name = graph.name(definition.name);
    let (name, tag) = match memchr::memchr(b'@', &name) {
        Some(at) => (name[..at].to_vec(), Some(name[at + 1..].to_vec())),
        None => (name, None),
    };
    let path = graph.path(definition.file).to_vec();
    let line = name_line(sources.get(code, &path), &name, definition.first, definition.last);
    let kind = match tag {
        Some(tag) => format!("member of {}", String::from_utf8_lossy(&tag)),
        None => kind_of_definition(definition.kind, definition.flags),
    };
    let cells = vec![String::from_utf8_lossy(&name).into_owned(), kind];
    let place = Place { path, line, name, cells, ..Place::default() };
    Found { place, first: definition.first, last: definition.last }
}

/// Says why there is nothing to show.
fn unknown_or_other(
    code: &Code,
    graph: &Graph<'_>,
    session: &Session,
    text: &str,
    (pattern, kinds): (&Pattern, &[Kind]),
) -> Result<Outcome> {
    let names = pattern.names(graph);
    let mut others: Vec<&str> = names
        .iter()
        .flat_map(|name| graph.definitions_of(*name))
        .filter(|definition| definition.kind != Kind::File)
        .map(|definition| definition.kind.name())
        .collect();
    others.sort_unstable();
    others.dedup();
    if !kinds.is_empty() && !others.is_empty() {
        crate::message::tell(format!("{text} is no such thing here, but {}", others.join(", ")));
    } else if pattern.is_glob() {
        crate::message::tell(format!("no name here is like {text}"));
    } else if names.is_empty() {
        return unknown(code, graph, session, text);
    } else if let Some(parameter) = boot_parameter(code, graph, session, text)? {
        crate::message::tell(format!("{text} is not defined in the code; {parameter}"));
    } else {
        crate::message::tell(format!(
            "{text} is used here, but not defined: a local name, or one that a macro pastes \
             together (`kgrep refs {text}`)"
        ));
    }
    Ok(Outcome::Nothing)
}
