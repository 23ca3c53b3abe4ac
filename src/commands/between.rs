//! `kgrep exists NAME… --in TREE…`: which of several trees define which names, as a table, and the
//! places themselves as a list.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use anyhow::Result;
use kgrep_engine::Coverage;
use kgrep_engine::compare::Row;
use serde_json::Value;

use super::lister::{self, Lister};
use super::{Outcome, Session};
use crate::code::word_in;
use crate::diff::exists::{Looked, There, places};
use crate::list::{Column, Role, SourceFile};
use crate::message::tell;
use crate::render::{Facts, Look};
use crate::settings::Format;

/// Prints the table, then the places.
///
/// # Errors
/// When a tree can't be read, or nothing can be written.
pub(super) fn run(names: &[String], trees: &[PathBuf], session: &Session) -> Result<Outcome> {
    let base = crate::folders::current()?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (found, looked) = places(&base, &names, trees)?;
    let unread = || looked.iter().flat_map(|looked| &looked.unread);
    unread().for_each(|path| tell(format!("{}: can't be read", path.display())));
    let look = Look::new(&session.settings, Facts::of_stdout(), base.as_os_str().as_bytes());
    let format = session.settings.format.value;
    let meta =
        lister::meta(session, Column::all(&[("Name", Role::Text), ("What", Role::Text)]), None)?;
    let mut lister = Lister::printing(session, &look, meta);
    let mut text: (PathBuf, SourceFile) = Default::default();
    for there in &found {
        if text.0 != there.path {
            let bytes = fs::read(base.join(&there.path)).unwrap_or_default();
            text = (there.path.clone(), SourceFile::from_bytes(bytes));
        }
        let line = u64::from(there.line);
        let line_text = text.1.line(line).unwrap_or_default();
        lister.hunk(&Row {
            path: there.path.as_os_str().as_bytes().to_vec(),
            line,
            offset: text.1.before(line).len() as u64,
            text: line_text.to_vec(),
            spans: word_in(line_text, names[there.name].as_bytes()).into_iter().collect(),
            cells: vec![names[there.name].to_owned(), there.what.name().to_owned()],
            ..Row::default()
        })?;
    }
    let lead =
        if format == Format::Table { table(&names, trees, &found, &look) } else { Vec::new() };
    if let Some(printer) = lister.printer().filter(|_| format == Format::Json) {
        let coverage = ("coverage".to_owned(), coverage(trees, &looked));
        printer.summary([coverage].into_iter().collect());
    }
    let outcome = super::diff::ended(lister, &lead, session)?.0;
    Ok(if unread().next().is_none() { outcome } else { Outcome::Problems })
}

/// What was looked at of the trees.
fn coverage(trees: &[PathBuf], looked: &[Looked]) -> Value {
    let known = looked.iter().map(|looked| Coverage {
        files: Some(looked.files),
        unread: looked
            .unread
            .iter()
            .map(|path| path.as_os_str().as_bytes().to_vec().into())
            .collect(),
        ..Coverage::default()
    });
    let labels: Vec<String> = trees.iter().map(|tree| tree.display().to_string()).collect();
    let labelled: Vec<_> = labels.iter().map(String::as_str).zip(known).collect();
    crate::coverage::of_trees(&labelled)
}

/// A row a name, a column a tree.
fn table(names: &[&str], trees: &[PathBuf], found: &[There], look: &Look) -> Vec<u8> {
    let cell = |name: usize, tree: usize| {
        let here = found.iter().filter(|there| there.name == name && there.tree == tree);
        let mut words: Vec<&str> = here.map(|there| there.what.name()).collect();
        let count = words.len();
        words.dedup();
        words.sort_unstable();
        words.dedup();
        match count {
            0 => "-".to_owned(),
            1 => words.concat(),
            _ => format!("{} ({count} places)", words.join(", ")),
        }
    };
    let mut rows = vec![vec!["Name".to_owned()]];
    rows[0].extend(trees.iter().map(|tree| tree.display().to_string()));
    for (n, name) in names.iter().enumerate() {
        let mut row = vec![(*name).to_owned()];
        row.extend((0..trees.len()).map(|tree| cell(n, tree)));
        rows.push(row);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..=trees.len()).map(|n| width(n).unwrap_or(0)).collect();
    let mut out = Vec::new();
    for (n, row) in rows.iter().enumerate().skip(usize::from(!look.header)) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = crate::render::visible(line.trim_end().as_bytes()).into_owned();
        if n == 0 {
            look.palette.header.paint(&mut out, &line);
        } else {
            out.extend_from_slice(&line);
        }
        out.push(b'\n');
    }
    if !found.is_empty() {
        out.push(b'\n');
    }
    out
}
