//! The rows of fields that structures declare, as their files' texts have them: of all structures, or of one, through
//! the fields that are structures themselves.

use std::collections::BTreeSet;

use kgrep_index::graph::{DefInfo, Graph, Place};
use kgrep_index::outline::{Flags, Kind, Language};

use super::text::{tracer, word};
use crate::answer::{Cell, DefinitionKind, Row};
use crate::code::members::{Member, Type, embedded_in, members_of};
use crate::code::{Code, in_parallel, tagged};
use crate::trace::{InFile, Tracer, Wanted};
use crate::{Note, Result};

/// Fields of fields beyond are not followed: nobody writes them.
const MOST_STEPS: usize = 16;

/// Where structures declare `FIELD`, or `STRUCT.FIELD` and the fields of that, those of the architecture that counts and of
/// `include/` first.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn declared(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Vec<Row>> {
    let mut tracer = tracer(code, graph);
    let mut rows = match name.contains('.') {
        true => of_structure(&mut tracer, name)?,
        false => of_all(&mut tracer, name)?,
    };
    let is_elsewhere = |row: &Row| !code.arch.has(Place::of(&row.path));
    rows.sort_by_key(|row| (is_elsewhere(row), !row.path.starts_with(b"include/")));
    Ok(rows)
}

/// That `STRUCT.FIELD` is no field of that structure, which the tree has, though one of others.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn missing(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Option<Note>> {
    let Some((structure, field)) = name.split_once('.').filter(|_| !is_path(name)) else {
        return Ok(None);
    };
    let is_whole = |d: &DefInfo| matches!(d.kind, Kind::Struct | Kind::Union);
    if !types(graph, structure).iter().any(is_whole) || !declared(code, graph, name)?.is_empty() {
        return Ok(None);
    }
    let mut of: Vec<String> = Vec::new();
    for row in declared(code, graph, field)? {
        if let Some(other) = self::structure(&row).filter(|other| !of.iter().any(|o| o == other)) {
            of.push(other.to_owned());
        }
    }
    Ok((!of.is_empty()).then(|| Note::NoSuchField { asked: name.to_owned(), of }))
}

/// That a name is a field's, if it is one.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn note(code: &Code, graph: &Graph<'_>, name: &str) -> Result<Option<Note>> {
    let rows = declared(code, graph, name)?;
    let structure = rows.first().and_then(structure);
    Ok(structure.map(|structure| match name.rsplit_once('.') {
        // Its own structure's.
        Some((before, field)) if before.contains('.') => {
            Note::Field(format!("{structure}.{field}"))
        }
        _ => Note::Field(name.to_owned()),
    }))
}

/// The structure that the row of a field is of.
fn structure(row: &Row) -> Option<&str> {
    match row.cells.first() {
        Some(Cell::Kind(kind)) => kind.member_of.as_deref(),
        _ => None,
    }
}

/// Whether a name may be a path of several fields: `STRUCT.FIELD.FIELD`.
pub(super) fn is_path(name: &str) -> bool {
    name.matches('.').count() > 1
}

/// The field that `STRUCT.FIELD.FIELD` leads to, as `STRUCT.FIELD` of the structure that declares it, and a note of
/// that; none for any other name, and where there is no such field or several structures have one.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn led_to(
    code: &Code,
    graph: &Graph<'_>,
    asked: &str,
) -> Result<Option<(String, Note)>> {
    let (_, name) = tagged(asked);
    let Some((_, last)) = name.rsplit_once('.').filter(|_| is_path(name)) else {
        return Ok(None);
    };
    let rows = declared(code, graph, name)?;
    let of_name = rows.iter().filter(|row| row.name == last.as_bytes());
    let mut structures: Vec<&str> = of_name.filter_map(structure).collect();
    structures.dedup();
    let [structure] = structures[..] else { return Ok(None) };
    let field = format!("{structure}.{last}");
    let note = Note::FieldOf { asked: asked.to_owned(), field: field.clone() };
    Ok(Some((field, note)))
}

/// The fields called `name` of the structures in files that have the word; none of those that can't be read.
pub(super) fn in_files(code: &Code, name: &str, found: &[InFile]) -> Vec<Row> {
    let paths: Vec<&[u8]> =
        found.iter().map(|file| &*file.path).filter(|path| is_c(path)).collect();
    let rows = in_parallel(&paths, |path| {
        let rows = |bytes: &[u8]| {
            members_of(bytes, name.as_bytes()).into_iter().map(|member| row(path, name, member))
        };
        code.with_text(path, |bytes| rows(bytes).collect::<Vec<_>>()).unwrap_or_default()
    });
    rows.into_iter().flatten().collect()
}

/// Where the structure of `STRUCT.FIELD` declares the field; of `STRUCT.FIELD.FIELD`, where the structure does that the
/// first field is. None, if the tree has no such structure. A macro among the fields, `#define sk_state
/// __sk_common.skc_state`, is a name of the field that it stands for, and told before that.
///
/// # Errors
/// If the tree can't be walked.
pub(super) fn of_structure(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<Vec<Row>> {
    let mut rows = declared_by(tracer, name)?;
    if !rows.is_empty() {
        return Ok(rows);
    }
    let Some((before, last)) = name.rsplit_once('.') else { return Ok(rows) };
    for structure in structures(tracer, before)? {
        if let Some((row, field)) = of_macro(tracer, &structure, last) {
            rows.push(row);
            rows.extend(declared_by(tracer, &format!("{structure}.{field}"))?);
        }
    }
    Ok(rows)
}

/// As [`of_structure`], without macros.
fn declared_by(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<Vec<Row>> {
    let Some((before, last)) = name.rsplit_once('.') else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for structure in structures(tracer, before)? {
        let members = of_one(tracer, &structure, last)?;
        rows.extend(members.into_iter().map(|(path, member)| row(&path, last, member)));
    }
    Ok(rows)
}

/// The structures that `STRUCT.FIELD.FIELD` leads to; of a structure's name that one.
fn structures(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<BTreeSet<String>> {
    let mut names = name.split('.');
    let mut structures: BTreeSet<String> = names.next().map(str::to_owned).into_iter().collect();
    let names: Vec<&str> = names.collect();
    if names.len() > MOST_STEPS {
        return Ok(BTreeSet::new());
    }
    for field in names {
        let mut of_field = BTreeSet::new();
        for structure in &structures {
            let own = |(_, member): (_, Member)| match member.of {
                Type::Named(name) => Some(name),
                Type::Unnamed => Some(structure.clone()),
                Type::Plain => None,
            };
            of_field.extend(of_one(tracer, structure, field)?.into_iter().filter_map(own));
        }
        structures = of_field;
    }
    Ok(structures)
}

/// The macro called `name` that stands among the fields of a structure, and what it is a name of:
/// `__sk_common.skc_state`.
fn of_macro(tracer: &mut Tracer<'_, '_>, structure: &str, name: &str) -> Option<(Row, String)> {
    let graph = tracer.graph;
    let around = types(graph, structure);
    let is_inside = |d: &DefInfo| {
        matches!(d.kind, Kind::Macro | Kind::Constant)
            && around.iter().any(|of| of.file == d.file && of.first < d.first && d.last < of.last)
    };
    let found =
        graph.definitions_of(graph.find_name(name.as_bytes())?).into_iter().find(is_inside)?;
    let path = graph.path(found.file).to_vec();
    let text = tracer.text(&path, found.first);
    let value = text.split_once(name).map(|(_, value)| value.trim()).unwrap_or_default();
    let of_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let value = value.split(|c| !of_path(c)).next().unwrap_or_default().to_owned();
    let member_of = Some(structure.to_owned());
    let kind = DefinitionKind { kind: found.kind, flags: found.flags, member_of };
    let row = Row {
        path,
        line: found.first,
        extent: Some((found.first, found.last)),
        name: name.as_bytes().to_vec(),
        cells: vec![Cell::Kind(kind)],
        ..Row::default()
    };
    Some((row, value))
}

/// The fields of this name, if it may be one.
fn of_all(tracer: &mut Tracer<'_, '_>, name: &str) -> Result<Vec<Row>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.bytes().all(is_word) || !name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let files = ["*.c", "*.h", "*.inc"].map(str::to_owned).to_vec();
    let found = members(tracer, &Wanted { files, ..word(name) }, name)?;
    Ok(found.into_iter().map(|(path, member)| row(&path, name, member)).collect())
}

/// The fields called `name` of the structures called so, with their files; if they have none, those of the structures
/// that they embed.
fn of_one(
    tracer: &mut Tracer<'_, '_>,
    structure: &str,
    name: &str,
) -> Result<Vec<(Vec<u8>, Member)>> {
    let mut level: BTreeSet<String> = BTreeSet::from([structure.to_owned()]);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    loop {
        let mut found = Vec::new();
        for structure in &level {
            found.extend(of_itself(tracer, structure, name)?);
        }
        if !found.is_empty() || name.is_empty() {
            return Ok(found);
        }
        let mut next = BTreeSet::new();
        for structure in level {
            next.extend(embedded(tracer, &structure)?);
            seen.insert(structure);
        }
        let further = next.difference(&seen).take(MOST_STEPS.saturating_sub(seen.len()));
        level = further.cloned().collect();
        if level.is_empty() {
            return Ok(Vec::new());
        }
    }
}

/// The fields called `name` that the structures called so declare themselves.
fn of_itself(
    tracer: &mut Tracer<'_, '_>,
    structure: &str,
    name: &str,
) -> Result<Vec<(Vec<u8>, Member)>> {
    let files = files_of(tracer.graph, structure);
    if files.is_empty() || name.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = members(tracer, &Wanted { files, ..word(name) }, name)?;
    found.retain(|(_, member)| member.structure == structure);
    Ok(found)
}

/// The structures that the structures called so embed without a name.
fn embedded(tracer: &mut Tracer<'_, '_>, structure: &str) -> Result<BTreeSet<String>> {
    let files = files_of(tracer.graph, structure);
    if files.is_empty() {
        return Ok(BTreeSet::new());
    }
    let in_file = |path: &[u8], bytes: Vec<u8>, _| {
        if is_c(path) { embedded_in(&bytes, structure) } else { Vec::new() }
    };
    let found = tracer.in_files(&Wanted { files, ..word(structure) }, in_file)?;
    Ok(found.into_iter().flatten().collect())
}

/// The files, as patterns, that define structures called so.
fn files_of(graph: &Graph<'_>, structure: &str) -> Vec<String> {
    let path = |d: DefInfo| String::from_utf8_lossy(graph.path(d.file)).into_owned();
    let files: BTreeSet<String> = types(graph, structure).into_iter().map(path).collect();
    files.iter().map(|path| globset::escape(path)).collect()
}

/// The definitions of the structures called so.
fn types(graph: &Graph<'_>, structure: &str) -> Vec<DefInfo> {
    let name = graph.find_name(structure.as_bytes());
    let mut found = name.map(|name| graph.definitions_of(name)).unwrap_or_default();
    found.retain(|d| matches!(d.kind, Kind::Struct | Kind::Union | Kind::Typedef));
    found
}

/// The fields called `name` in files with wanted lines.
fn members(
    tracer: &mut Tracer<'_, '_>,
    wanted: &Wanted,
    name: &str,
) -> Result<Vec<(Vec<u8>, Member)>> {
    let in_file = |path: &[u8], bytes: Vec<u8>, _| {
        let found = if is_c(path) { members_of(&bytes, name.as_bytes()) } else { Vec::new() };
        found.into_iter().map(|member| (path.to_vec(), member)).collect::<Vec<_>>()
    };
    Ok(tracer.in_files(wanted, in_file)?.concat())
}

fn row(path: &[u8], name: &str, member: Member) -> Row {
    let (kind, flags) = (Kind::Member, Flags::default());
    let kind = DefinitionKind { kind, flags, member_of: Some(member.structure) };
    Row {
        path: path.to_vec(),
        line: member.line,
        extent: Some((member.first, member.last)),
        name: name.as_bytes().to_vec(),
        cells: vec![Cell::Kind(kind)],
        ..Row::default()
    }
}

fn is_c(path: &[u8]) -> bool {
    Language::of(path) == Some(Language::C)
}
