//! All of a tree as tables that other engines read, for questions about hundreds of kernels at once:
//! a file of Parquet for each kind of row that `export` has.
//!
//! Ids come of contents alone: of the same text at the same path the same, whichever tree, machine or
//! day it is; see `docs/fleets.md`, which documents the columns.

mod contents;
mod file;

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use kgrep_index::graph::{EdgeRow, Graph};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;

use crate::ask::export::{self, FileRow, FormatRow};
use crate::code::Code;
use crate::request::Export;
use crate::{Error, Result};
use contents::{Contents, of_file, of_parts, of_text};
use file::{Field, Holds, Table, Value};

/// What the columns are; another number, where the same question would have another answer.
const SCHEMA: &str = "1";

/// Keys of what a file's footer says of it.
const TABLE: &str = "kgrep.table";
const VERSION: &str = "kgrep.schema";

/// A table that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Which table it is: `symbols`; empty for one that kgrep didn't write.
    pub table: String,
    /// Whether its columns are those that would be written now.
    pub is_current: bool,
    /// How many rows it has.
    pub rows: u64,
}

impl Known {
    /// What the footer of the file at `path` says.
    ///
    /// # Errors
    /// If it can't be read, or is not a Parquet file.
    pub fn at(path: &Path) -> Result<Known> {
        let file = File::open(path).map_err(Error::read(path))?;
        let read = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(failed)?;
        let about = read.file_metadata();
        let notes = about.key_value_metadata();
        let note = |key: &str| {
            let found = notes.into_iter().flatten().find(|note| note.key == key);
            found.and_then(|note| note.value.clone()).unwrap_or_default()
        };
        Ok(Known {
            table: note(TABLE),
            is_current: note(VERSION) == SCHEMA,
            rows: u64::try_from(about.num_rows()).unwrap_or(0),
        })
    }
}

/// What a table is called.
#[must_use]
pub fn name(export: Export) -> &'static str {
    match export {
        Export::Edges => "edges",
        Export::Symbols => "symbols",
        Export::Files => "files",
        Export::Formats => "formats",
    }
}

impl Code {
    /// Writes a table into `out`, an empty file; how many rows it has. `about` is what its footer
    /// says of it, besides which table it is.
    ///
    /// # Errors
    /// If the tree can't be read, or the file not be written.
    pub fn export_table(&self, export: Export, out: &File, about: &[(&str, &str)]) -> Result<u64> {
        let about: Vec<(&str, &str)> = [(TABLE, name(export)), (VERSION, SCHEMA)]
            .into_iter()
            .chain(about.iter().copied())
            .collect();
        if export == Export::Files {
            let mut table = Table::new(out, FILES, &about).map_err(failed)?;
            let mut failure = None;
            export::files(self, |file| keep(&mut failure, file_row(self, file, &mut table)))?;
            return failure.map_or_else(|| table.finish().map_err(failed), Err);
        }
        self.ask(|graph| {
            // Of an index that proves damaged in the middle, it is asked again, of the files.
            let mut start = out;
            out.set_len(0).and_then(|()| start.seek(SeekFrom::Start(0))).map_err(broken)?;
            let mut table = Table::new(out, fields(export), &about).map_err(failed)?;
            match export {
                Export::Edges => edges(graph, self, &mut table)?,
                Export::Formats => formats(graph, self, &mut table)?,
                Export::Symbols | Export::Files => symbols(graph, self, &mut table)?,
            }
            table.finish().map_err(failed)
        })
    }
}

/// Why a table can't be written, without the library's words where the system has some.
fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(cause) => Error::Table(cause.to_string()),
        ParquetError::General(what) => Error::Table(what),
        other => Error::Table(other.to_string()),
    }
}

fn broken(error: std::io::Error) -> Error {
    Error::Table(error.to_string())
}

/// Keeps why a row can't be written: then no other is wanted.
fn keep(failure: &mut Option<Error>, done: Result<()>) -> ControlFlow<()> {
    match done {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *failure = Some(error);
            ControlFlow::Break(())
        }
    }
}

const fn text(name: &'static str) -> Field {
    Field { name, holds: Holds::Text, optional: false }
}

const fn number(name: &'static str) -> Field {
    Field { name, holds: Holds::Number, optional: false }
}

const fn id(name: &'static str) -> Field {
    Field { name, holds: Holds::Id, optional: false }
}

const fn maybe(field: Field) -> Field {
    Field { optional: true, ..field }
}

fn fields(export: Export) -> &'static [Field] {
    match export {
        Export::Edges => EDGES,
        Export::Symbols => SYMBOLS,
        Export::Files => FILES,
        Export::Formats => FORMATS,
    }
}

const SYMBOLS: &[Field] = &[
    text("name"),
    text("kind"),
    text("path"),
    number("first"),
    number("last"),
    text("scope"),
    id("id"),
    id("content"),
];

/// Every definition, by name: a reader that wants one name skips all other groups of rows.
fn symbols(graph: &Graph<'_>, code: &Code, table: &mut Table<&File>) -> Result<()> {
    let contents = Contents::of(code, graph)?;
    let mut failure = None;
    let mut last = None;
    export::symbols(graph, code, |name, symbol| {
        // What a macro makes twice of one line is one row.
        let scope = export::scope(symbol);
        let now = (symbol.name, symbol.file, symbol.lines(), symbol.kind, scope);
        if last.replace(now) == Some(now) {
            return ControlFlow::Continue(());
        }
        let (Some(id), Some(content)) = (contents.id(graph, name, symbol), contents.get(symbol))
        else {
            return ControlFlow::Continue(());
        };
        let row = table.row(&[
            Value::Text(name),
            Value::Text(symbol.kind.name().as_bytes()),
            Value::Text(graph.path(symbol.file)),
            Value::Number(symbol.first),
            Value::Number(symbol.last),
            Value::Text(scope.as_bytes()),
            Value::Id(id),
            Value::Id(content),
        ]);
        keep(&mut failure, row.map_err(failed))
    });
    failure.map_or(Ok(()), Err)
}

const EDGES: &[Field] = &[
    text("caller"),
    text("callee"),
    text("kind"),
    text("path"),
    text("source"),
    number("line"),
    id("caller_id"),
    maybe(id("callee_id")),
];

/// Who uses whom.
fn edges(graph: &Graph<'_>, code: &Code, table: &mut Table<&File>) -> Result<()> {
    let contents = Contents::of(code, graph)?;
    let mut failure = None;
    let mut last = None;
    export::edges(graph, code, |edge: &EdgeRow<'_>| {
        // A use may be known by two ways; it is one row.
        let now = (edge.user.id, edge.kind, edge.line, edge.callee.clone(), edge.file.to_vec());
        if last.as_ref() == Some(&now) {
            return ControlFlow::Continue(());
        }
        let Some(caller) = contents.id(graph, &edge.caller, &edge.user) else {
            return ControlFlow::Continue(());
        };
        let meant = edge.meant.as_ref();
        let callee = meant.and_then(|meant| contents.id(graph, &edge.callee, meant));
        let row = table.row(&[
            Value::Text(&edge.caller),
            Value::Text(&edge.callee),
            Value::Text(edge.kind.name().as_bytes()),
            Value::Text(edge.file),
            Value::Text(edge.written),
            Value::Number(edge.line),
            Value::Id(caller),
            callee.map_or(Value::Nothing, Value::Id),
        ]);
        last = Some(now);
        keep(&mut failure, row.map_err(failed))
    });
    failure.map_or(Ok(()), Err)
}

const FORMATS: &[Field] = &[
    text("path"),
    number("first"),
    number("last"),
    text("function"),
    text("level"),
    text("format"),
    id("id"),
    id("content"),
];

/// Every printing call, by path and line.
fn formats(graph: &Graph<'_>, code: &Code, table: &mut Table<&File>) -> Result<()> {
    let mut failure = None;
    export::formats(graph, code, |row: &FormatRow<'_>| {
        let (level, format) = (row.level.as_bytes(), row.format.as_bytes());
        let row = table.row(&[
            Value::Text(row.path),
            Value::Number(row.lines.0),
            Value::Number(row.lines.1),
            Value::Text(row.function),
            Value::Text(level),
            Value::Text(format),
            Value::Id(of_parts(&[row.path, row.function, level, format])),
            Value::Id(of_text(format)),
        ]);
        keep(&mut failure, row.map_err(failed))
    });
    failure.map_or(Ok(()), Err)
}

const FILES: &[Field] =
    &[text("path"), maybe(text("state")), maybe(text("module")), id("id"), id("content")];

/// A source: what it holds, and what a configuration makes of it.
fn file_row(code: &Code, file: &FileRow<'_>, table: &mut Table<&File>) -> Result<()> {
    let full = code.path(file.path);
    let bytes = std::fs::read(&full).map_err(Error::read(&full))?;
    let content = of_text(&bytes);
    let state = (!file.state.is_empty()).then_some(file.state);
    table
        .row(&[
            Value::Text(file.path),
            state.map_or(Value::Nothing, Value::Text),
            file.module.map_or(Value::Nothing, Value::Text),
            Value::Id(of_file(file.path, content)),
            Value::Id(content),
        ])
        .map_err(failed)
}
