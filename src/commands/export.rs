//! `kgrep export`: the call graph, all symbols, what a configuration builds or all that can be printed,
//! as tab-separated values, for anyone to check against a compiler or to load elsewhere. Tables of many
//! trees are [`fleet`](super::fleet)'s.
//!
//! Names are bytes without tabs or line ends by C's rules; a path with one in it has it
//! replaced, so that a row is always a line of as many columns.

use std::io::{self, Write};
use std::ops::ControlFlow;

use anyhow::{Result, ensure};
use kgrep_engine::Words;
use kgrep_engine::request::Export as Wanted;
use kgrep_engine::sink::Sink;

use super::{Outcome, Session, freshen};
use crate::cli::{Export, ExportArgs};
use crate::code;
use crate::render::{Content, Output};
use crate::settings::{Format, Origin, Setting};

/// Prints all of it, row by row.
///
/// # Errors
/// When the tree can't be read or the output not be written.
pub(crate) fn run(args: &ExportArgs, session: &Session) -> Result<Outcome> {
    ensure!(
        session.settings.format.value != Format::Parquet,
        "--format parquet writes files; name a folder for them with --out DIR"
    );
    ensure!(
        !matches!(
            session.settings.format,
            Setting { value: Format::Json, origin: Origin::Flag(_) }
        ),
        "export prints tab-separated text, and has no --format json; --format parquet --out DIR writes tables"
    );
    let code = code::around(session)?;
    let wanted = wanted(args.what);
    let mut out = Rows::new();
    let exported = code.export(wanted, &mut out);
    freshen::after_question(&code, session);
    exported?;
    out.finish()?;
    Ok(Outcome::Found)
}

/// What the engine is asked for.
pub(super) fn wanted(what: Export) -> Wanted {
    match what {
        Export::Edges => Wanted::Edges,
        Export::Symbols => Wanted::Symbols,
        Export::Files => Wanted::Files,
        Export::Formats => Wanted::Formats,
    }
}

/// Rows on their way out.
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

impl<'a> Sink<Words<'a>> for Rows {
    fn take(&mut self, columns: Words<'a>) -> ControlFlow<()> {
        self.row(columns);
        if self.failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
