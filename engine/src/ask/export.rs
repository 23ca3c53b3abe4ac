//! All of a tree as rows: the call graph, the symbols, the files, the formats of what is printed.
//!
//! Each kind of row is found here once; what is made of it (words here, the columns of
//! [`fleet`](crate::fleet)) is its reader's business.

use std::cell::{self, RefCell};
use std::ops::ControlFlow;

use kgrep_index::graph::{DefInfo, EdgeRow, Graph};
use kgrep_index::kbuild::State;
use kgrep_index::outline::formats::Level;
use kgrep_index::outline::{Flags, Kind};

use super::messages::readable;
use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::Code;
use crate::log::message::Messages;
use crate::request::Export;
use crate::sink::Sink;
use crate::{Error, Result};

/// A row's words.
pub type Words<'a> = &'a [&'a [u8]];

/// Suffixes of what is compiled.
const SOURCES: [&[u8]; 3] = [b".c", b".S", b".rs"];

impl Code {
    /// Hands on every row of what `export` asks for.
    ///
    /// # Errors
    /// When the tree can't be read, no configuration says what is built, or the index proves
    /// damaged when rows were handed on already.
    pub fn export(&self, export: Export, sink: &mut dyn for<'a> Sink<Words<'a>>) -> Result<()> {
        if export == Export::Files {
            self.built().ok_or(Error::NoConfiguration)?;
            return files(self, |file| {
                sink.take(&[file.path, file.state, file.module.unwrap_or(b"-")])
            });
        }
        let (begun, sink) = (cell::Cell::new(false), RefCell::new(sink));
        self.ask(|graph| {
            // Rows stream, and can't be taken back when the index proves damaged in the middle.
            if begun.replace(true) {
                return Err(Error::Incomplete);
            }
            let mut sink = sink.borrow_mut();
            match export {
                Export::Edges => edges(graph, self, |edge| {
                    let kind = edge.kind.name().as_bytes();
                    sink.take(&[edge.file, &edge.caller, &edge.callee, kind])
                }),
                Export::Formats => formats(graph, self, |format| format.words(&mut **sink)),
                Export::Symbols | Export::Files => {
                    symbols(graph, self, |name, symbol| {
                        symbol_words(graph, name, symbol, &mut **sink)
                    });
                }
            }
            Ok(())
        })
    }
}

impl Code {
    /// All rows at once.
    pub(super) fn table(&self, export: Export) -> Result<Answer> {
        let mut answer = Answer { columns: columns(export), ..Answer::default() };
        // Which words are the file's and the line's.
        let (file, line) = match export {
            Export::Symbols => (2, Some(3)),
            Export::Formats => (0, Some(1)),
            Export::Edges | Export::Files => (0, None),
        };
        self.export(export, &mut |words: Words<'_>| {
            let text = |word: &&[u8]| String::from_utf8_lossy(word).into_owned();
            let line = line.and_then(|line| words.get(line)).and_then(|l| text(l).parse().ok());
            answer.rows.push(Row {
                path: words.get(file).copied().unwrap_or_default().to_vec(),
                line: line.unwrap_or(1),
                cells: words.iter().map(|word| Cell::Text(text(word))).collect(),
                ..Row::default()
            });
            ControlFlow::Continue(())
        })?;
        Ok(answer)
    }
}

fn columns(export: Export) -> Vec<Column> {
    let titles: &[&str] = match export {
        Export::Edges => &["File", "User", "Used", "How"],
        Export::Symbols => &["Name", "Kind", "File", "First", "Last", "Scope"],
        Export::Files => &["File", "State", "Module"],
        Export::Formats => &["File", "First", "Last", "Function", "Level", "Format"],
    };
    titles.iter().map(|title| Column::new(title, Role::Text)).collect()
}

/// Who uses whom.
pub(crate) fn edges(
    graph: &Graph<'_>,
    code: &Code,
    mut each: impl FnMut(&EdgeRow<'_>) -> ControlFlow<()>,
) {
    let mut wanted = true;
    let counts = |d: &DefInfo| code.compiles(graph.path(d.file), d.first);
    graph.export_edges(code.arch, counts, |edge| {
        // The graph does not stop in between.
        if wanted && code.line_among(edge.written, edge.lines, edge.line, &edge.callee).is_some() {
            wanted = each(&edge).is_continue();
        }
    });
}

/// Every definition with its name, by name, then by path and line.
pub(crate) fn symbols(
    graph: &Graph<'_>,
    code: &Code,
    mut each: impl FnMut(&[u8], &DefInfo) -> ControlFlow<()>,
) {
    let mut wanted = true;
    graph.names_starting_with(b"", |name, text| {
        for definition in graph.definitions_of(name) {
            if !wanted
                || definition.kind == Kind::File
                || !code.arch.has(graph.place(definition.file))
            {
                continue;
            }
            if let Some(kernel) = code.kernel()
                && (kernel.is_of_other_architecture(text)
                    || !code.compiles(graph.path(definition.file), definition.first))
            {
                continue;
            }
            wanted = each(text, &definition).is_continue();
        }
    });
}

/// Whether only its own file can see it, in a word.
pub(crate) fn scope(definition: &DefInfo) -> &'static str {
    if definition.flags.has(Flags::STATIC) { "static" } else { "global" }
}

fn symbol_words(
    graph: &Graph<'_>,
    name: &[u8],
    symbol: &DefInfo,
    sink: &mut dyn for<'a> Sink<Words<'a>>,
) -> ControlFlow<()> {
    let (mut first, mut last) = (itoa::Buffer::new(), itoa::Buffer::new());
    sink.take(&[
        name,
        symbol.kind.name().as_bytes(),
        graph.path(symbol.file),
        first.format(symbol.first).as_bytes(),
        last.format(symbol.last).as_bytes(),
        scope(symbol).as_bytes(),
    ])
}

/// A printing call with its format.
pub(crate) struct FormatRow<'a> {
    /// The file.
    pub(crate) path: &'a [u8],
    /// The call's first and last line, from 1.
    pub(crate) lines: (u32, u32),
    /// The function or macro around it.
    pub(crate) function: &'a [u8],
    /// The level's name; empty where only running it tells.
    pub(crate) level: &'static str,
    /// The format as `kgrep messages` shows it, on one line.
    pub(crate) format: String,
}

impl FormatRow<'_> {
    fn words(&self, sink: &mut dyn for<'a> Sink<Words<'a>>) -> ControlFlow<()> {
        let (mut first, mut last) = (itoa::Buffer::new(), itoa::Buffer::new());
        sink.take(&[
            self.path,
            first.format(self.lines.0).as_bytes(),
            last.format(self.lines.1).as_bytes(),
            self.function,
            self.level.as_bytes(),
            self.format.as_bytes(),
        ])
    }
}

/// Every printing call in path and line order.
pub(crate) fn formats(
    graph: &Graph<'_>,
    code: &Code,
    mut each: impl FnMut(&FormatRow<'_>) -> ControlFlow<()>,
) {
    let messages = Messages::of(graph, &|path| code.bytes(path).ok());
    for message in messages.all() {
        if !code.may_build(message.path) || !code.compiles(message.path, message.line) {
            continue;
        }
        let row = FormatRow {
            path: message.path,
            lines: (message.line, message.last),
            function: message.function,
            level: message.level.and_then(Level::of_digit).map_or("", |level| level.name),
            format: readable(&message.format()),
        };
        if each(&row).is_break() {
            return;
        }
    }
}

/// A source, and what the configuration in force makes of it.
pub(crate) struct FileRow<'a> {
    /// Its path.
    pub(crate) path: &'a [u8],
    /// `y`, `m`, `no` or `unknown`, and empty where no configuration is in force.
    pub(crate) state: &'static [u8],
    /// The module that it is a part of.
    pub(crate) module: Option<&'a [u8]>,
}

/// Every source in path order.
pub(crate) fn files(
    code: &Code,
    mut each: impl FnMut(&FileRow<'_>) -> ControlFlow<()>,
) -> Result<()> {
    let built = code.built();
    let is_source = |path: &[u8]| SOURCES.iter().any(|suffix| path.ends_with(suffix));
    for path in code.all_files(is_source)? {
        let state = built.map(|built| built.state(&path));
        let (state, module): (&'static [u8], _) = match &state {
            None => (b"", None),
            Some(State::BuiltIn) => (b"y", None),
            Some(State::Module(name)) => (b"m", Some(name.as_slice())),
            Some(State::Unknown) => (b"unknown", None),
            Some(State::No | State::Program(_)) => (b"no", None),
        };
        if each(&FileRow { path: &path, state, module }).is_break() {
            break;
        }
    }
    Ok(())
}
