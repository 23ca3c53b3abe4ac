//! `kgrep exists NAME… --in TREE…`: what names are in several trees, as a table, and the places
//! themselves as a list.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kgrep_engine::compare::Row;
use kgrep_engine::{Standing, Verdict};
use serde_json::{Map, Value, json};

use super::lister::{self, Lister};
use super::trees::{self, AskedTree, defining, telling, what};
use super::{Outcome, Session, exists, freshen};
use crate::code::word_in;
use crate::list::{Column, Role, SourceFile};
use crate::render::{Facts, Look};
use crate::settings::Format;
use crate::{coverage, notes, verdicts};

/// Prints the table, then the places.
///
/// # Errors
/// When a tree can't be read, or nothing can be written.
pub(super) fn run(names: &[String], trees: &[PathBuf], session: &Session) -> Result<Outcome> {
    let base = crate::folders::current()?;
    let trees: Vec<&Path> = trees.iter().map(PathBuf::as_path).collect();
    let asked = trees::ask(names, &trees, &base, session)?;
    let told: Vec<Told<'_>> = asked.iter().map(Told::by).collect();
    for Told { tree, verdicts } in &told {
        let verdicts: Vec<_> = verdicts.iter().map(|(verdict, _)| *verdict).collect();
        exists::refuse_without_source(&tree.code, &verdicts, tree.folder.as_os_str())?;
    }
    tell_notes(&asked, session);
    let look = Look::new(&session.settings, Facts::of_stdout(), base.as_os_str().as_bytes());
    let format = session.settings.format.value;
    let meta =
        lister::meta(session, Column::all(&[("Name", Role::Text), ("What", Role::Text)]), None)?;
    let mut lister = Lister::printing(session, &look, meta);
    for (at, name) in names.iter().enumerate() {
        for Told { tree, verdicts } in &told {
            let rows = verdicts.get(at).map(|(_, rows)| *rows).unwrap_or_default();
            // Many rows may be of one file, which is read once.
            let (mut path, mut source) = (&[][..], SourceFile::default());
            for row in telling(rows) {
                if path != row.path {
                    (path, source) = (&row.path, tree.code.lines(&row.path).unwrap_or_default());
                }
                lister.hunk(&row_of(tree, &source, name, row))?;
            }
        }
    }
    let lead = if format == Format::Table { table(names, &told, &look) } else { Vec::new() };
    if let Some(printer) = lister.printer().filter(|_| format == Format::Json) {
        printer.summary(summary(names, &told));
    }
    super::diff::ended(lister, &lead, session)?;
    Ok(exists::outcome(told.iter().flat_map(|told| &told.verdicts).map(|(verdict, _)| *verdict)))
}

/// A tree, and what each name comes to there.
struct Told<'a> {
    tree: &'a AskedTree<'a>,
    verdicts: Vec<(&'a Verdict, &'a [kgrep_engine::Row])>,
}

impl<'a> Told<'a> {
    fn by(tree: &'a AskedTree<'a>) -> Told<'a> {
        Told { tree, verdicts: tree.answer.verdicts() }
    }
}

/// Says, once, what is to be said besides.
fn tell_notes(asked: &[AskedTree<'_>], session: &Session) {
    let mut known = BTreeSet::new();
    for tree in asked {
        freshen::after_answer(&tree.code, &tree.answer.coverage, session);
        for note in &tree.answer.notes {
            if known.insert(format!("{note:?}")) {
                notes::tell(note);
            }
        }
    }
}

/// A row of the list, with its line as it is now.
fn row_of(tree: &AskedTree<'_>, source: &SourceFile, name: &str, row: &kgrep_engine::Row) -> Row {
    let line = u64::from(row.line);
    let text = source.line(line).unwrap_or_default();
    Row {
        path: tree.path(&row.path).into_os_string().into_encoded_bytes(),
        line,
        offset: source.before(line).len() as u64,
        text: text.to_vec(),
        spans: word_in(text, name.as_bytes()).into_iter().collect(),
        cells: vec![name.to_owned(), what(&tree.code, row)],
        ..Row::default()
    }
}

/// What was found of each name in each tree, for programs, and what was looked at.
fn summary(names: &[String], told: &[Told<'_>]) -> Map<String, Value> {
    let label = |told: &Told<'_>| told.tree.folder.display().to_string();
    let mut of_names: Vec<Map<String, Value>> = vec![Map::new(); names.len()];
    for told in told {
        for (all, (verdict, _)) in of_names.iter_mut().zip(&told.verdicts) {
            all.insert(label(told), verdicts::json(verdict));
        }
    }
    let of_names = names.iter().zip(of_names);
    let of_names = of_names.map(|(name, trees)| json!({ "name": name, "trees": trees }));
    let labels: Vec<String> = told.iter().map(label).collect();
    let covered = told.iter().map(|told| told.tree.answer.coverage.clone());
    let covered: Vec<_> = labels.iter().map(String::as_str).zip(covered).collect();
    Map::from_iter([
        ("coverage".to_owned(), coverage::of_trees(&covered)),
        ("names".to_owned(), of_names.collect()),
    ])
}

/// What a name is in a tree, in a few words.
fn cell(tree: &AskedTree<'_>, verdict: &Verdict, rows: &[kgrep_engine::Row]) -> String {
    if verdict.standing != Standing::Defined {
        return verdicts::word(verdict);
    }
    let mut kinds: Vec<String> = Vec::new();
    for row in defining(rows).take(verdict.places.max(1)) {
        let kind = what(&tree.code, row);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut said = kinds.join(", ");
    if verdict.exported {
        said += ", exported";
    }
    if verdict.places > 1 {
        said += &format!(" ({} places)", verdict.places);
    }
    said
}

/// One row per name, one column per tree.
fn table(names: &[String], told: &[Told<'_>], look: &Look) -> Vec<u8> {
    let mut rows = vec![vec!["Name".to_owned()]];
    rows.extend(names.iter().map(|name| vec![name.clone()]));
    for Told { tree, verdicts } in told {
        let cells = verdicts.iter().map(|(verdict, found)| cell(tree, verdict, found));
        let column = std::iter::once(tree.folder.display().to_string()).chain(cells);
        rows.iter_mut().zip(column).for_each(|(row, cell)| row.push(cell));
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..=told.len()).map(|n| width(n).unwrap_or(0)).collect();
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
    if told.iter().any(|told| telling(&told.tree.answer.rows).next().is_some()) {
        out.push(b'\n');
    }
    out
}
