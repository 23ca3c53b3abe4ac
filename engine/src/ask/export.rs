//! All of a tree as rows of words: the call graph, the symbols, the files.

use std::cell::{self, RefCell};
use std::ops::ControlFlow;

use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::kbuild::State;
use kgrep_index::outline::{Flags, Kind};

use crate::answer::{Answer, Cell, Column, Role, Row};
use crate::code::Code;
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
            return files(self, sink);
        }
        let (begun, sink) = (cell::Cell::new(false), RefCell::new(sink));
        self.ask(|graph| {
            // Rows stream, and can't be taken back when the index proves damaged in the middle.
            if begun.replace(true) {
                return Err(Error::Incomplete);
            }
            let mut sink = sink.borrow_mut();
            match export {
                Export::Edges => edges(graph, self, &mut **sink),
                _ => symbols(graph, self, &mut **sink),
            }
            Ok(())
        })
    }
}

impl Code {
    /// All rows at once.
    pub(super) fn table(&self, export: Export) -> Result<Answer> {
        let mut answer = Answer { columns: columns(export), ..Answer::default() };
        let file = usize::from(export == Export::Symbols) * 2;
        self.export(export, &mut |words: Words<'_>| {
            let text = |word: &&[u8]| String::from_utf8_lossy(word).into_owned();
            let line = words.get(3).filter(|_| file > 0).and_then(|line| text(line).parse().ok());
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
    };
    titles.iter().map(|title| Column::new(title, Role::Text)).collect()
}

/// Who uses whom.
fn edges(graph: &Graph<'_>, code: &Code, sink: &mut dyn for<'a> Sink<Words<'a>>) {
    let mut wanted = true;
    let counts = |d: &DefInfo| code.compiles(graph.path(d.file), d.first);
    graph.export_edges(code.arch, counts, |edge| {
        // The graph does not stop in between.
        if wanted && code.line_among(edge.written, edge.lines, edge.line, &edge.callee).is_some() {
            let kind = edge.kind.name().as_bytes();
            wanted = sink.take(&[edge.file, &edge.caller, &edge.callee, kind]).is_continue();
        }
    });
}

/// Every definition, by name, then by path and line.
fn symbols(graph: &Graph<'_>, code: &Code, sink: &mut dyn for<'a> Sink<Words<'a>>) {
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
            let scope = if definition.flags.has(Flags::STATIC) { "static" } else { "global" };
            let (mut first, mut last) = (itoa::Buffer::new(), itoa::Buffer::new());
            let taken = sink.take(&[
                text,
                definition.kind.name().as_bytes(),
                graph.path(definition.file),
                first.format(definition.first).as_bytes(),
                last.format(definition.last).as_bytes(),
                scope.as_bytes(),
            ]);
            wanted = taken.is_continue();
        }
    });
}

/// Every source in path order, with what the configuration makes of it.
fn files(code: &Code, sink: &mut dyn for<'a> Sink<Words<'a>>) -> Result<()> {
    let built = code.built().ok_or(Error::NoConfiguration)?;
    let is_source = |path: &[u8]| SOURCES.iter().any(|suffix| path.ends_with(suffix));
    for path in code.all_files(is_source)? {
        let (state, module): (&[u8], Vec<u8>) = match built.state(&path) {
            State::BuiltIn => (b"y", b"-".to_vec()),
            State::Module(name) => (b"m", name),
            State::Unknown => (b"unknown", b"-".to_vec()),
            State::No | State::Program(_) => (b"no", b"-".to_vec()),
        };
        if sink.take(&[&path, state, &module]) == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}
