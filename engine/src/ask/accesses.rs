//! How code gets at a variable or a field of a structure: every use, with whether it reads or writes
//! it. Of which structure a field is, the text tells as far as it can; the rest is marked.

use std::collections::HashMap;
use std::ffi::OsString;

use kgrep_index::graph::{DefInfo, Graph, Place, Program};
use kgrep_index::lex::places_of_word;
use kgrep_index::outline::{
    Access, AccessKind, Definition, Kind, Language, Mentioned, Owner, is_initialised, mentions,
};

use super::around::Around;
use super::candidates::candidates;
use super::fields;
use super::names::unknown;
use super::text::word;
use crate::answer::{Answer, Cell, Column, How, Role, Row, Sureness};
use crate::code::holders::{Held, Holders};
use crate::code::{Code, in_parallel, one_name, tagged};
use crate::request::Accesses;
use crate::search::SearchRequest;
use crate::trace::Mentions;
use crate::{Error, Note, Result};

/// The most paths before fields that one thread follows at once.
const PATHS_AT_ONCE: usize = 128;

/// What is asked about: a variable, or a field of a structure.
struct Asked<'n> {
    structure: Option<&'n str>,
    name: &'n str,
}

/// An access, and the definition that it is in.
struct Found {
    access: Access,
    within: String,
}

/// The accesses to what `asked` names.
///
/// # Errors
/// If the text is not one name, or the tree can't be read.
pub(super) fn answer(code: &Code, accesses: &Accesses) -> Result<Answer> {
    let mut answer = Answer::default();
    let name = one_name(&accesses.name)?;
    let (field, notes) = led_to(code, name)?;
    answer.notes.extend(notes);
    let text = field.as_deref().unwrap_or(name);
    let asked = asked(text);
    let homes = homes(code, &asked)?;
    let mut paths = paths(code, &asked, &mut answer)?;
    paths.retain(|path| code.arch.has(Place::of(path)) && homes.may_be_seen_by(path));
    let found = in_parallel(&paths, |path| in_file(code, path, &asked));
    let mut files = Vec::with_capacity(paths.len());
    for (path, found) in paths.iter().zip(found) {
        match found {
            Ok(found) => files.push((path, found)),
            Err(note) => answer.notes.push(note),
        }
    }
    let structures = structures(code, &files)?;
    let (mut of_unknown, mut is_known, mut is_field) = (Vec::new(), false, false);
    for (path, found) in files {
        for Found { access, within } in found {
            let Some(is_its) = is_its(&access, &asked, &structures) else { continue };
            if !is_its && !homes.are_known_in(path) {
                // A program of its own, which the structure is none of.
                continue;
            }
            is_known = true;
            is_field |= is_its;
            if !is_asked_for(accesses, access.kind) {
                continue;
            }
            // What is surely its comes first.
            let rows = if is_its { &mut answer.rows } else { &mut of_unknown };
            rows.push(row(path, asked.name, (access, within), is_its));
        }
    }
    let missing = if is_field { None } else { no_such_field(code, &asked)? };
    if missing.is_some() {
        // What may be any structure's is not that of one without the field.
        answer.notes.extend(missing);
        return Ok(answer);
    }
    let unsure = of_unknown.len() as u64;
    answer.rows.append(&mut of_unknown);
    if answer.rows.is_empty() {
        answer.notes.push(match is_known {
            true => Note::NoSuchUse(text.to_owned()),
            false => code.ask(|graph| unknown(code, graph, text))?,
        });
        return Ok(answer);
    }
    if unsure > 0 {
        answer.notes.push(Note::UnsureStructures { unsure, total: answer.rows.len() as u64 });
    }
    answer.columns = Column::all(&[("Function", Role::Function), ("How", Role::How)]);
    Ok(answer)
}

/// The row of an access in a definition, to what surely is, or may be, what is asked about.
fn row(path: &[u8], name: &str, (access, within): (Access, String), is_its: bool) -> Row {
    let is_sure = is_its && access.sure;
    let how = access.kind.map_or(How::Use, How::Access);
    Row {
        path: path.to_vec(),
        line: access.line,
        name: name.as_bytes().to_vec(),
        cells: vec![Cell::Name(within), Cell::How(how)],
        sure: if is_sure { Sureness::Certain } else { Sureness::Unsure },
        ..Row::default()
    }
}

/// That the structure has no such field, where it is in the tree and others have one.
fn no_such_field(code: &Code, asked: &Asked<'_>) -> Result<Option<Note>> {
    let Some(structure) = asked.structure else { return Ok(None) };
    let field = format!("{structure}.{}", asked.name);
    code.ask(|graph| fields::missing(code, graph, &field))
}

/// As [`fields::led_to`], and by which names the field goes besides. Of a variable the graph isn't asked, which
/// without an index is made of all files.
fn led_to(code: &Code, name: &str) -> Result<(Option<String>, Vec<Note>)> {
    if !is_field(name) {
        return Ok((None, Vec::new()));
    }
    code.ask(|graph| {
        let (field, note) = fields::led_to(code, graph, name)?.unzip();
        let mut notes: Vec<Note> = note.into_iter().collect();
        notes.extend(twins(graph, field.as_deref().unwrap_or(name)));
        Ok((field, notes))
    })
}

/// By which names a field goes besides, if by any.
fn twins(graph: &Graph<'_>, field: &str) -> Option<Note> {
    let (structure, own) = field_of(field)?;
    let others = graph.twins_of(structure, own).into_iter().filter(|twin| twin != own);
    let others: Vec<String> = others.map(|twin| format!("{structure}.{twin}")).collect();
    let field = format!("{structure}.{own}");
    (!others.is_empty()).then_some(Note::TwinFields { field, others })
}

/// Whether accesses of this kind are asked for; one that isn't known counts where no kind is said.
fn is_asked_for(accesses: &Accesses, kind: Option<AccessKind>) -> bool {
    accesses.kinds.is_empty() || kind.is_some_and(|kind| accesses.kinds.contains(&kind))
}

/// The files of code that may have the name, in path order.
fn paths(code: &Code, asked: &Asked<'_>, answer: &mut Answer) -> Result<Vec<Vec<u8>>> {
    if asked.structure.is_none() {
        let request = SearchRequest {
            pattern: Some(OsString::from(asked.name)),
            fixed_strings: true,
            word_regexp: true,
            ..SearchRequest::default()
        };
        return candidates(code, request, answer);
    }
    // The graph was asked already. Each file is read once, for its uses.
    let mut paths = Mentions::new(code).paths(&word(asked.name))?.to_vec();
    paths.retain(|path| Language::of(path).is_some());
    // What the disk has says nothing of what an editor has.
    let open = code.workspace().buffers().below(code.tree().root());
    if !open.is_empty() {
        paths.extend(open);
        paths.sort_unstable();
        paths.dedup();
    }
    answer.coverage.searched = Some(paths.len() as u64);
    Ok(paths)
}

fn asked(text: &str) -> Asked<'_> {
    let (_, text) = tagged(text);
    match text.split_once("->").or_else(|| text.rsplit_once('.')) {
        Some((structure, name)) => Asked { structure: Some(structure), name },
        None => Asked { structure: None, name: text },
    }
}

/// Whether a name is a field's, with its structure: `lamp.watts`, `lamp.bulb.watts`.
pub(super) fn is_field(name: &str) -> bool {
    field_of(name).is_some() || fields::is_path(name) && name.split('.').all(is_word)
}

/// The structure and the field of `lamp.watts`.
pub(super) fn field_of(name: &str) -> Option<(&str, &str)> {
    let Asked { structure, name } = asked(name.trim());
    structure.filter(|part| is_word(part)).zip(Some(name).filter(|part| is_word(part)))
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The structures that the paths before fields may lead to, as far as the tree tells.
fn structures(code: &Code, files: &[(&Vec<u8>, Vec<Found>)]) -> Result<HashMap<Vec<u8>, Held>> {
    let mut paths: Vec<&Vec<u8>> = files
        .iter()
        .flat_map(|(_, found)| found)
        .filter_map(|found| match &found.access.owner {
            Owner::Struct(path) => Some(path),
            _ => None,
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let is_plain = |path: &&Vec<u8>| path.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if paths.iter().all(is_plain) {
        // The graph has nothing to add.
        let itself = |path: &Vec<u8>| (path.clone(), Some(vec![path.clone()]));
        return Ok(paths.into_iter().map(itself).collect());
    }
    // Those that begin alike are beside each other, and need the same definitions.
    let parts: Vec<&[&Vec<u8>]> = paths.chunks(PATHS_AT_ONCE).collect();
    code.ask(|graph| {
        let known = in_parallel(&parts, |part| {
            let mut holders = Holders::new(code, graph);
            part.iter().map(|path| ((*path).clone(), holders.at(path))).collect::<Vec<_>>()
        });
        Ok::<_, Error>(known.into_iter().flatten().collect())
    })
}

/// Where the structure that is asked about is defined.
#[derive(Default)]
struct Homes {
    /// Each with its program, and the folder of that.
    programs: Vec<(Program, Vec<u8>)>,
    /// The `.c` files that define it, where no header does and no other file includes these.
    only: Vec<Vec<u8>>,
}

/// How many folders a program besides the kernel has for itself: `tools/testing/vma`.
const OWN_FOLDERS: usize = 3;

/// The folder of the program that a file is of; of what many use, the one that they have in common.
fn folder_of(program: Program, path: &[u8]) -> Vec<u8> {
    let shared = [&b"tools/include/"[..], b"tools/lib/", b"tools/arch/"];
    if program == Program::Kernel {
        return Vec::new();
    }
    if shared.iter().any(|folder| path.starts_with(folder)) {
        return b"tools/".to_vec();
    }
    let ends = memchr::memchr_iter(b'/', path).take(OWN_FOLDERS);
    path[..ends.last().map_or(0, |end| end + 1)].to_vec()
}

impl Homes {
    /// Whether the program that a file is of has a structure of that name, as far as that is known.
    fn are_known_in(&self, path: &[u8]) -> bool {
        let program = Place::of(path).program;
        let is_its =
            |(its, folder): &(Program, Vec<u8>)| *its == program && path.starts_with(folder);
        self.programs.is_empty() || self.programs.iter().any(is_its)
    }

    /// Whether code in a file may know what is in the structure. One that is defined in a `.c` file
    /// other such files don't; a header may be included below it.
    fn may_be_seen_by(&self, path: &[u8]) -> bool {
        self.only.is_empty() || !path.ends_with(b".c") || self.only.iter().any(|home| home == path)
    }
}

fn homes(code: &Code, asked: &Asked<'_>) -> Result<Homes> {
    let Some(structure) = asked.structure else { return Ok(Homes::default()) };
    code.ask(|graph| {
        let name = graph.find_name(structure.as_bytes());
        let mut found = name.map(|name| graph.definitions_of(name)).unwrap_or_default();
        found.retain(|d| matches!(d.kind, Kind::Struct | Kind::Union));
        let is_alone = |d: &DefInfo| {
            graph.path(d.file).ends_with(b".c") && graph.includers_of(d.file).is_empty()
        };
        let mut only = Vec::new();
        if found.iter().all(is_alone) {
            only.extend(found.iter().map(|d| graph.path(d.file).to_vec()));
        }
        let program = |d: &DefInfo| {
            let program = graph.place(d.file).program;
            (program, folder_of(program, graph.path(d.file)))
        };
        let programs = found.iter().map(program).collect();
        Ok::<_, Error>(Homes { programs, only })
    })
}

/// Whether an access is surely one to what is asked about; none where it surely isn't.
fn is_its(access: &Access, asked: &Asked<'_>, structures: &HashMap<Vec<u8>, Held>) -> Option<bool> {
    match (&access.owner, asked.structure) {
        (Owner::Global, None) => Some(true),
        (Owner::Unknown, Some(_)) => Some(false),
        (Owner::Struct(path), Some(structure)) => match structures.get(path) {
            Some(Some(held)) if held.iter().all(|tag| tag == structure.as_bytes()) => Some(true),
            Some(Some(held)) => held.iter().any(|tag| tag == structure.as_bytes()).then_some(false),
            _ => Some(false),
        },
        _ => None,
    }
}

/// Whether a file can have a use of the field, or its structure: a field stands behind `.`, `->` or, as
/// a macro's argument, a comma. Most files with a word such as `name` have it in none of these ways.
fn may_get_at(bytes: &[u8], asked: &Asked<'_>) -> bool {
    let Some(structure) = asked.structure else { return true };
    let mut is_there = false;
    for at in places_of_word(bytes, asked.name.as_bytes()) {
        is_there = true;
        let before = bytes[..at].iter().rfind(|b| !b.is_ascii_whitespace() && **b != b'\\');
        // A comment may stand between.
        if before.is_some_and(|byte| matches!(byte, b'.' | b'>' | b',' | b'/')) {
            return true;
        }
    }
    is_there && memchr::memmem::find(bytes, structure.as_bytes()).is_some()
}

fn in_file(code: &Code, path: &[u8], asked: &Asked<'_>) -> Result<Vec<Found>, Note> {
    let bytes = code.bytes(path).map_err(|error| code.unreadable(path, &error))?;
    let name = asked.name.as_bytes();
    if !may_get_at(&bytes, asked) {
        return Ok(Vec::new());
    }
    let Mentioned { outline, lines, mut accesses } = mentions(path, &bytes, code.idioms(), name);
    let declared = |line: u32, kind| Access {
        line,
        start: 0,
        kind: Some(kind),
        sure: true,
        owner: match asked.structure {
            Some(structure) => Owner::Struct(structure.as_bytes().to_vec()),
            None => Owner::Global,
        },
    };
    let is_its_home = |d: &&Definition| match asked.structure {
        Some(structure) => {
            matches!(d.kind, Kind::Struct | Kind::Union)
                && outline.name(d.name) == structure.as_bytes()
        }
        None => {
            matches!(d.kind, Kind::Variable | Kind::Declaration) && outline.name(d.name) == name
        }
    };
    for home in outline.definitions.iter().filter(is_its_home) {
        let mut inside: Vec<u32> =
            lines.iter().copied().filter(|line| (home.first..=home.last).contains(line)).collect();
        inside.sort_unstable();
        inside.dedup();
        if asked.structure.is_none() {
            // In the rest of a variable's value the name stands for another.
            inside.truncate(1);
        }
        for line in inside {
            let kind = match asked.structure.is_none() && is_initialised(&bytes, line, name) {
                true => AccessKind::Initialised,
                false => AccessKind::Declared,
            };
            accesses.retain(|access| access.line != line || access.owner == Owner::Local);
            accesses.push(declared(line, kind));
        }
    }
    accesses.sort_by_key(|access| (access.line, access.start));
    accesses.dedup_by(|one, other| {
        (one.line, one.kind, &one.owner) == (other.line, other.kind, &other.owner)
    });
    let mut around = Around::new(&outline, b"");
    let found = accesses.into_iter().map(|access| {
        let within = around.line(access.line).map(|d| outline.name(d.name));
        let within = String::from_utf8_lossy(within.unwrap_or_default()).into_owned();
        Found { access, within }
    });
    Ok(found.collect())
}
