//! The answer to a question about code: places, made into a list like any other, with
//! their lines read from the files as they are now.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;

use anyhow::{Result, anyhow};

use super::printer::Printer;
use super::{Outcome, Session, recipes};
use crate::code::{Code, filled_up, near};
pub(super) use crate::code::{name_line, word_in};
use crate::list::{
    Column, FileEntry, ListWriter, Match, Meta, Pushed, Role, SourceFile, Span, Terminal,
};
use crate::message::tell;
use crate::render::{Facts, Look, Totals};
use crate::trace::{Options, Tracer, cases};
use kgrep_index::graph::Graph;

/// A place in the tree that is part of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// The file, relative to the tree's root.
    pub(crate) path: Vec<u8>,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The name in it that stands out.
    pub(crate) name: Vec<u8>,
    /// The values of the answer's columns.
    pub(crate) cells: Vec<String>,
    /// The title above it, where a part of the answer begins.
    pub(crate) section: Option<String>,
    /// How deep it is in a tree, from 0.
    pub(crate) depth: u16,
}

/// Files whose text is kept at hand while an answer is made.
const FILES_AT_HAND: usize = 64;

/// Files of a tree, read once for many places in them.
#[derive(Default)]
pub(crate) struct Sources {
    read: HashMap<Vec<u8>, SourceFile>,
}

impl Sources {
    /// The file at `path` below the tree's root; an empty one when it can't be read.
    pub(crate) fn get(&mut self, code: &Code, path: &[u8]) -> &SourceFile {
        if self.read.len() >= FILES_AT_HAND && !self.read.contains_key(path) {
            self.read.clear();
        }
        self.read.entry(path.to_vec()).or_insert_with(|| {
            SourceFile::read(&code.path(path)).unwrap_or_else(|error| {
                tell(format!("{}: {error}", code.path(path).display()));
                SourceFile::default()
            })
        })
    }
}

/// Keeps `places` as the newest list.
///
/// # Errors
/// When the list can't be written or read again.
pub(crate) fn keep(
    code: &Code,
    session: &Session,
    columns: &[(&str, Role)],
    places: &[Place],
) -> Result<crate::list::List> {
    keep_marked(code, session, columns, places, &[])
}

/// As [`keep`], with what stands out in each place's line; where that is not given, it is the
/// place's name.
fn keep_marked(
    code: &Code,
    session: &Session,
    columns: &[(&str, Role)],
    places: &[Place],
    spans: &[Vec<Span>],
) -> Result<crate::list::List> {
    let meta = Meta {
        created: jiff::Timestamp::now().as_second(),
        folder: crate::folders::current()?.as_os_str().as_bytes().to_vec(),
        command: session.command_line.clone(),
        terminal: Terminal::current(),
        columns: Column::all(columns),
        files_only: false,
    };
    let mut writer = session.shelf.begin(meta, session.settings.max_list.value);
    let mut sources = Sources::default();
    let mut files: HashMap<&[u8], u32> = HashMap::new();
    for (at, place) in places.iter().enumerate() {
        let file = *files.entry(&place.path).or_insert_with(|| {
            writer.push_file(&FileEntry { path: code.shown(&place.path), stdin: false })
        });
        let source = sources.get(code, &place.path);
        if push(&mut writer, file, place, source, spans.get(at)) == Pushed::Full {
            tell(format!(
                "more than {} places: the others are left out (--max-list)",
                session.settings.max_list.value
            ));
            break;
        }
    }
    Ok(session.keep(writer.finish()?))
}

fn push(
    writer: &mut ListWriter,
    file: u32,
    place: &Place,
    source: &SourceFile,
    spans: Option<&Vec<Span>>,
) -> Pushed {
    let line = u64::from(place.line);
    let text = source.line(line).unwrap_or_default();
    let spans = spans.cloned().unwrap_or_else(|| word_in(text, &place.name).into_iter().collect());
    writer.push(&Match {
        file,
        line,
        offset: source.before(line).len() as u64,
        text,
        spans,
        cells: place.cells.iter().map(String::as_str).collect(),
        section: place.section.as_deref(),
        depth: place.depth,
        ..Match::default()
    })
}

/// Keeps `places` as the newest list and prints it in the format in force.
///
/// # Errors
/// When the list can't be kept in order or the output not be written.
pub(crate) fn show(
    code: &Code,
    session: &Session,
    columns: &[(&str, Role)],
    places: &[Place],
) -> Result<Outcome> {
    show_marked(code, session, columns, places, &[])
}

/// As [`show`], with what stands out in each place's line; where that is not given, it is the
/// place's name.
///
/// # Errors
/// As [`show`].
pub(crate) fn show_marked(
    code: &Code,
    session: &Session,
    columns: &[(&str, Role)],
    places: &[Place],
    spans: &[Vec<Span>],
) -> Result<Outcome> {
    if places.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let list = keep_marked(code, session, columns, places, spans)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &list.meta().folder);
    let mut printer = Printer::new(&look, &session.settings, list.meta());
    if printer.measures_first() {
        list.for_each(0..list.len(), |index, file, entry| {
            printer.note(index, &file.path, entry);
            Ok::<_, crate::list::ListError>(true)
        })?;
    }
    printer.list(&list)?;
    printer.finish(Totals::default())?;
    Ok(Outcome::Found)
}

/// That no kind is called `word`, of those that there are.
pub(super) fn unknown_kind(word: &str, kinds: &[&str]) -> anyhow::Error {
    anyhow!("unknown kind `{word}`; use one of {}", kinds.join(", "))
}

/// Says that nothing is called `name`, and what is called nearly so; or that it is a boot
/// parameter, of which the code has no definition.
///
/// # Errors
/// When the tree can't be read.
pub(crate) fn unknown(
    code: &Code,
    graph: &Graph<'_>,
    session: &Session,
    name: &str,
) -> Result<Outcome> {
    if let Some(parameter) = boot_parameter(code, graph, session, name)? {
        tell(format!("nothing in the code is called {name}; {parameter}"));
        return Ok(Outcome::Nothing);
    }
    let near = filled_up(code, near(graph, name), name);
    if near.is_empty() {
        tell(format!("nothing here is called {name}"));
    } else {
        tell(format!("nothing here is called {name}; near: {}", near.join(", ")));
    }
    Ok(Outcome::Nothing)
}

/// Where `name` is a boot parameter: that it is, and which question tells of it.
///
/// # Errors
/// When the tree can't be read.
pub(super) fn boot_parameter(
    code: &Code,
    graph: &Graph<'_>,
    session: &Session,
    name: &str,
) -> Result<Option<String>> {
    let recipes = recipes::load(code, session, false);
    let Some(recipe) = recipes.get("boot-param") else { return Ok(None) };
    let parameter = format!("{}=", name.trim_end_matches('='));
    let options = Options { depth: 1, body: false, all: false };
    let mut tracer = Tracer::new(code, graph, options);
    let found = cases(&mut tracer, [recipe].into_iter(), &parameter, true)?;
    let is_one = !found.is_empty();
    Ok(is_one.then(|| format!("it is a boot parameter: kgrep trace {parameter}")))
}
