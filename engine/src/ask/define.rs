//! Where a name is defined, best first.

use std::collections::{BTreeMap, HashMap};

use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::outline::{self, Kind};

use super::names::{boot_parameter, nowhere, unknown};
use super::text::tracer;
use super::{Sources, fields, rust_items};
use crate::answer::{Answer, Cell, Column, DefinitionKind, Role, Row};
use crate::code::{self, Code, Pattern, Ranking, bare_name, name_line, system_call, tagged};
use crate::request::{Define, definition_kinds};
use crate::{Error, Note, Result};

/// The definitions of what `define` names, each with its extent.
///
/// # Errors
/// If the glob is not valid or matches every name, or the tree can't be read.
pub(super) fn answer(code: &Code, graph: &Graph<'_>, define: &Define) -> Result<Answer> {
    let Found { mut definitions, note } = found(code, graph, &define.name, &define.kinds)?;
    let mut notes: Vec<Note> = note.into_iter().collect();
    notes.extend(leave_seen(code, graph, define, &mut definitions));
    let mut types = types(code, graph, define)?;
    if definitions.is_empty() {
        let mut rows = fields(code, graph, define)?;
        rows.append(&mut types);
        if rows.is_empty() {
            notes.push(unknown_or_other(code, graph, define)?);
            return Ok(Answer { notes, ..Answer::default() });
        }
        return Ok(Answer { columns: columns(), rows, notes, ..Answer::default() });
    }
    let mut sources = Sources::default();
    let mut rows: Vec<Row> =
        definitions.iter().map(|found| row(graph, code, &mut sources, found)).collect();
    let mut columns = columns();
    // Under a configuration those are left that it has.
    let guards = code.kernel().is_none().then(|| guards(code, &mut sources, &rows));
    if let Some(guards) = guards.filter(|guards| guards.iter().any(|guard| !guard.is_empty())) {
        columns.push(Column::new("Guard", Role::Text));
        let cells = guards.into_iter().map(Cell::Text);
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.cells.push(cell));
    }
    types.iter_mut().for_each(|row| row.cells.resize(columns.len(), Cell::Text(String::new())));
    let is_elsewhere = |d: &DefInfo| !code.arch.has(graph.place(d.file));
    let here = definitions.iter().position(is_elsewhere).unwrap_or(rows.len());
    rows.splice(here..here, types);
    notes.append(&mut sources.notes);
    Ok(Answer { columns, rows, notes, ..Answer::default() })
}

fn columns() -> Vec<Column> {
    Column::all(&[("Name", Role::Text), ("Kind", Role::Text)])
}

/// The declarations of fields of the name that is asked for: the graph has those alone that functions are called
/// through.
fn fields(code: &Code, graph: &Graph<'_>, define: &Define) -> Result<Vec<Row>> {
    let (name, pattern, kinds) = pattern_and_kinds(&define.name, &define.kinds)?;
    // In `struct inode.i_size` the word is the structure's.
    let kinds = if name.contains('.') { &define.kinds } else { &kinds };
    if pattern.is_glob() || !wants_fields(kinds) {
        return Ok(Vec::new());
    }
    Ok(with_names(fields::declared(code, graph, name)?))
}

/// The types of Rust of the name that is asked for.
fn types(code: &Code, graph: &Graph<'_>, define: &Define) -> Result<Vec<Row>> {
    let (name, pattern, kinds) = pattern_and_kinds(&define.name, &define.kinds)?;
    if pattern.is_glob() || !kinds.is_empty() || !define.seen_from.is_empty() {
        return Ok(Vec::new());
    }
    Ok(with_names(rust_items::defined(&mut tracer(code, graph), name)?))
}

/// The rows with a cell of their names before the others.
fn with_names(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        row.cells.insert(0, Cell::Name(String::from_utf8_lossy(&row.name).into_owned()));
    }
    rows
}

fn wants_fields(kinds: &[Kind]) -> bool {
    kinds.is_empty() || kinds.contains(&Kind::Member)
}

/// Leaves the definitions that the files mean from which it is asked, of a name that is no glob.
fn leave_seen(
    code: &Code,
    graph: &Graph<'_>,
    define: &Define,
    definitions: &mut Vec<DefInfo>,
) -> Option<Note> {
    let (name, pattern, _) = pattern_and_kinds(&define.name, &define.kinds).ok()?;
    if pattern.is_glob() {
        return None;
    }
    Note::others(name, code::leave_seen(graph, code.arch, &define.seen_from, definitions))
}

/// What a name means.
pub(super) struct Found {
    /// Its definitions, best first.
    pub(super) definitions: Vec<DefInfo>,
    /// That it is a system call's name.
    pub(super) note: Option<Note>,
}

/// The definitions of what `asked` names: of `kinds`, where there are some.
///
/// # Errors
/// If the name is empty, or the glob is not valid or matches every name.
pub(super) fn found(code: &Code, graph: &Graph<'_>, asked: &str, kinds: &[Kind]) -> Result<Found> {
    let (name, pattern, kinds) = pattern_and_kinds(asked, kinds)?;
    if pattern.is_glob() && !name.contains(|c: char| c.is_alphanumeric() || c == '_') {
        return Err(Error::EveryName(name.to_owned()));
    }
    let mut definitions = self::definitions(graph, code, &pattern, name, &kinds);
    let mut note = None;
    if let Some(entry) = system_call(graph, name) {
        let call = self::definitions(graph, code, &Pattern::parse(&entry)?, &entry, &kinds);
        if !call.is_empty() {
            note = Some(Note::SystemCall { asked: name.to_owned(), entry });
            definitions.splice(..0, call);
        }
    }
    Ok(Found { definitions, note })
}

/// The name, without the word before it that says of which kinds it must be.
fn pattern_and_kinds<'n>(asked: &'n str, kinds: &[Kind]) -> Result<(&'n str, Pattern, Vec<Kind>)> {
    let (tag, name) = tagged(bare_name(asked)?);
    let kinds = match tag {
        Some(tag) if kinds.is_empty() => definition_kinds([tag])?,
        _ => kinds.to_vec(),
    };
    Ok((name, Pattern::parse(name)?, kinds))
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
        if found.is_empty() {
            found = instantiated(graph, code, text);
        }
        if found.is_empty() {
            found = events(graph, code, text);
        }
    }
    if let Some(name) = text.strip_prefix("CONFIG_").and_then(|n| graph.find_name(n.as_bytes())) {
        let symbols = graph.definitions_of(name).into_iter();
        found.extend(symbols.filter(|definition| definition.kind == Kind::Kconfig));
    }
    if let Some(kernel) = code.kernel() {
        found.retain(|d| !kernel.is_of_other_architecture(&graph.name(d.name)));
    }
    found.retain(|definition| kinds.is_empty() || kinds.contains(&definition.kind));
    found.sort_by_cached_key(|definition| {
        (Ranking::of(graph, definition, code.arch), graph.name(definition.name))
    });
    found
}

/// The definitions of which `name` is made where a macro reads them again, such as the tracepoint of
/// `__traceiter_sched_switch`.
fn instantiated(graph: &Graph<'_>, code: &Code, name: &str) -> Vec<DefInfo> {
    let mut found = Vec::new();
    for idiom in code.idioms().instantiates() {
        for origin in idiom.origins(name.as_bytes()) {
            let origins = graph.find_name(&origin).map(|name| graph.definitions_of(name));
            found.extend(origins.into_iter().flatten().filter(|d| d.kind == idiom.kind));
        }
    }
    found
}

/// The tracepoint of `sched:sched_switch`, as tools that record events name it.
fn events(graph: &Graph<'_>, code: &Code, name: &str) -> Vec<DefInfo> {
    let Some((_, event)) = name.split_once(':') else { return Vec::new() };
    let mut found = Vec::new();
    for idiom in code.idioms().instantiates() {
        let own = graph.find_name([idiom.strip.as_str(), event].concat().as_bytes());
        let own = own.map(|name| graph.definitions_of(name)).unwrap_or_default();
        found.extend(own.into_iter().filter(|d| d.kind == idiom.kind));
    }
    found.sort_unstable_by_key(|d| d.id);
    found.dedup_by_key(|d| d.id);
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
fn row(graph: &Graph<'_>, code: &Code, sources: &mut Sources, definition: &DefInfo) -> Row {
    let name = graph.name(definition.name);
    let (name, structure) = match memchr::memchr(b'@', &name) {
        Some(at) => (name[..at].to_vec(), Some(&name[at + 1..])),
        None => (name.clone(), None),
    };
    let path = graph.path(definition.file).to_vec();
    let line = name_line(sources.get(code, &path), &name, definition.first, definition.last);
    let kind = DefinitionKind {
        kind: definition.kind,
        flags: definition.flags,
        member_of: structure.map(|name| String::from_utf8_lossy(name).into_owned()),
    };
    let cells = vec![Cell::Name(String::from_utf8_lossy(&name).into_owned()), Cell::Kind(kind)];
    let extent = Some((definition.first, definition.last));
    Row { path, line, extent, name, cells, ..Row::default() }
}

/// Under which `#if` each row's definition stands, where its name has several.
fn guards(code: &Code, sources: &mut Sources, rows: &[Row]) -> Vec<String> {
    let mut named: HashMap<&[u8], usize> = HashMap::new();
    rows.iter().for_each(|row| *named.entry(&row.name).or_default() += 1);
    let mut by_file: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| named[&row.name[..]] > 1) {
        by_file.entry(&row.path).or_default().push(at);
    }
    let mut told = vec![String::new(); rows.len()];
    for (path, numbers) in by_file {
        let first = |at: &usize| rows[*at].extent.map_or(rows[*at].line, |(first, _)| first);
        let lines: Vec<u32> = numbers.iter().map(first).collect();
        let found = outline::guards(path, sources.get(code, path).bytes(), &lines);
        for (at, guard) in numbers.into_iter().zip(found) {
            if !guard.is_empty() {
                told[at] = format!("#if {}", String::from_utf8_lossy(&guard));
            }
        }
    }
    told
}

/// Why there is nothing to show.
fn unknown_or_other(code: &Code, graph: &Graph<'_>, define: &Define) -> Result<Note> {
    let (text, pattern, kinds) = pattern_and_kinds(&define.name, &define.kinds)?;
    let names = pattern.names(graph);
    let mut others: Vec<Kind> = names
        .iter()
        .flat_map(|name| graph.definitions_of(*name))
        .map(|definition| definition.kind)
        .filter(|kind| *kind != Kind::File)
        .collect();
    others.sort_unstable_by_key(|kind| kind.name());
    others.dedup();
    let asked = text.to_owned();
    if !kinds.is_empty() && !others.is_empty() {
        return Ok(Note::OtherKinds { asked, kinds: others });
    }
    if pattern.is_glob() {
        return Ok(Note::NoNameLike(asked));
    }
    if names.is_empty() {
        // Fields were looked for, where one was asked for.
        let say = if wants_fields(&kinds) { nowhere } else { unknown };
        return say(code, graph, text);
    }
    Ok(match boot_parameter(code, graph, text)? {
        Some(parameter) => Note::BootParameter { asked, parameter, used: true },
        None => Note::NotDefined(asked),
    })
}
