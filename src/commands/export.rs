//! `kgrep export`: the call graph, all symbols or what a configuration builds, as tab-separated values, for anyone to
//! check against a compiler or to load elsewhere.
//!
//! Names are bytes without tabs or line ends by C's rules; a path with one in it has it
//! replaced, so that a row is always a line of as many columns.

use std::cell::Cell;
use std::io::{self, Write};

use anyhow::{Result, bail};
use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::kbuild::State;
use kgrep_index::outline::{Flags, Kind};

use super::{Outcome, Session, freshen};
use crate::cli::{Export, ExportArgs};
use crate::code::{self, Code};
use crate::render::{Content, Output};

/// Prints all of it, row by row.
///
/// # Errors
/// When the tree can't be read or the output not be written.
pub(crate) fn run(args: &ExportArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    if matches!(args.what, Export::Files) {
        return files(&code);
    }
    let begun = Cell::new(false);
    freshen::ask(&code, session, |graph| {
        // Rows stream, and can't be taken back when the index proves damaged in the middle.
        if begun.replace(true) {
            bail!("the rows printed are incomplete; `kgrep index` builds the index again");
        }
        let mut out = Rows::new();
        match args.what {
            Export::Edges => {
                let counts = |d: &DefInfo| code.compiles(graph.path(d.file), d.first);
                graph.export_edges(code.arch, counts, |edge| {
                    if code.line_among(edge.written, edge.lines, edge.line, &edge.callee).is_some()
                    {
                        let kind = edge.kind.name().as_bytes();
                        out.row(&[edge.file, &edge.caller, &edge.callee, kind]);
                    }
                });
            }
            Export::Symbols => symbols(graph, &code, &mut out),
            Export::Files => {}
        }
        out.finish()?;
        Ok(Outcome::Found)
    })
}

/// Every definition, by name, then by path and line.
fn symbols(graph: &Graph<'_>, code: &Code, out: &mut Rows) {
    graph.names_starting_with(b"", |name, text| {
        for definition in graph.definitions_of(name) {
            if definition.kind == Kind::File || !code.arch.has(graph.place(definition.file)) {
                continue;
            }
            if let Some(kernel) = code.kernel()
                && (kernel.is_of_other_architecture(text)
                    || !code.compiles(graph.path(definition.file), definition.first))
            {
                continue;
            }
            let scope = if definition.flags.has(Flags::STATIC) { "static" } else { "global" };
            let mut first = itoa::Buffer::new();
            let mut last = itoa::Buffer::new();
            out.row(&[
                text,
                definition.kind.name().as_bytes(),
                graph.path(definition.file),
                first.format(definition.first).as_bytes(),
                last.format(definition.last).as_bytes(),
                scope.as_bytes(),
            ]);
        }
    });
}

/// Every source in path order, with what the configuration makes of it.
fn files(code: &Code) -> Result<Outcome> {
    let kernel = code::kernel(code)?;
    let is_source = |path: &[u8]| SOURCES.iter().any(|suffix| path.ends_with(suffix));
    let mut out = Rows::new();
    for path in code.all_files(is_source)? {
        let (state, module): (&[u8], Vec<u8>) = match kernel.built().state(&path) {
            State::BuiltIn => (b"y", b"-".to_vec()),
            State::Module(name) => (b"m", name),
            State::Unknown => (b"unknown", b"-".to_vec()),
            State::No | State::Program(_) => (b"no", b"-".to_vec()),
        };
        out.row(&[&path, state, &module]);
    }
    out.finish()?;
    Ok(Outcome::Found)
}

/// Suffixes of what is compiled.
const SOURCES: [&[u8]; 3] = [b".c", b".S", b".rs"];

/// Rows on their way out. The graph does not stop in between, so a failure is kept.
struct Rows {
    out: Output,
    row: Vec<u8>,
    last: Vec<u8>,
    failure: Option<io::Error>,
}

impl Rows {
    fn new() -> Rows {
        let out = Output::stdout().holding(Content::Text);
        Rows { out, row: Vec::new(), last: Vec::new(), failure: None }
    }

    fn row(&mut self, columns: &[&[u8]]) {
        if self.failure.is_some() {
            return;
        }
        let start = self.row.len();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                self.row.push(b'\t');
            }
            let plain = |byte: &u8| if matches!(byte, b'\t' | b'\n') { b'?' } else { *byte };
            self.row.extend(column.iter().map(plain));
        }
        self.row.push(b'\n');
        // A use may be known by two ways; it is one row.
        if self.row[start..] == self.last {
            self.row.truncate(start);
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(&self.row[start..]);
        if self.row.len() >= 1 << 16 {
            self.write();
        }
    }

    fn write(&mut self) {
        self.failure = self.out.write_all(&self.row).err();
        self.row.clear();
    }

    fn finish(mut self) -> io::Result<()> {
        if self.failure.is_none() {
            self.write();
        }
        match self.failure {
            Some(error) => Err(error),
            None => self.out.finish(),
        }
    }
}
