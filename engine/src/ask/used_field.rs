//! What `trace` tells of a field that holds data: where its structure declares it, and who writes and who reads it.

use kgrep_index::graph::Graph;
use kgrep_index::outline::AccessKind;

use super::{accesses, fields};
use crate::Result;
use crate::answer::{Answer, Cell, Column, How, Role, Row, Title};
use crate::code::Code;
use crate::request::Accesses;

/// Rows of a part, unless all are asked for.
const MOST: usize = 20;

/// The answer about a field, `inode.i_size`. Its rows have what `trace` says of each.
///
/// # Errors
/// If the tree can't be read.
pub(super) fn answer(code: &Code, field: &str, all: bool) -> Result<Answer> {
    let accesses = Accesses { name: field.to_owned(), kinds: Vec::new() };
    let used = accesses::answer(code, &accesses)?;
    let declared = code.ask(|graph: &Graph<'_>| fields::declared(code, graph, field))?;
    let kind_of = |row: &Row| match row.cells.get(1) {
        Some(Cell::How(How::Access(kind))) => Some(*kind),
        _ => None,
    };
    let of = |is_wanted: &dyn Fn(Option<AccessKind>) -> bool| -> Vec<Row> {
        used.rows.iter().filter(|row| is_wanted(kind_of(row))).map(told).collect()
    };
    let is_written = |kind: Option<AccessKind>| {
        use AccessKind::{Initialised, ReadWrite, Write};
        matches!(kind, Some(Write | ReadWrite | Initialised))
    };
    let parts = [
        ("Written", of(&is_written)),
        ("Its address is taken", of(&|kind| kind == Some(AccessKind::Address))),
        ("Read", of(&|kind| kind == Some(AccessKind::Read))),
        ("Named otherwise", of(&|kind| kind.is_none())),
    ];
    let columns = Column::all(&[("Note", Role::Text)]);
    let mut answer = Answer { columns, notes: used.notes, ..Answer::default() };
    add(&mut answer, "Declared".to_owned(), declared.into_iter().map(of_declaration));
    for (title, mut rows) in parts.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let mut title = title.to_owned();
        if !all && rows.len() > MOST {
            title += &format!(" ({MOST} of {}; --all)", rows.len());
            rows.truncate(MOST);
        }
        add(&mut answer, title, rows.into_iter());
    }
    Ok(answer)
}

/// Adds a section.
fn add(answer: &mut Answer, title: String, rows: impl Iterator<Item = Row>) {
    let section = u32::try_from(answer.sections.len()).ok();
    answer.sections.push(Title::Text(title));
    answer.rows.extend(rows.map(|row| Row { section, ..row }));
}

/// A use, with what is to be said of it.
fn told(row: &Row) -> Row {
    let Some([Cell::Name(within), Cell::How(how)]) = row.cells.get(..2) else { return row.clone() };
    let mut note = match how.word() {
        Some(word @ ("read-write" | "initialised")) => format!("{word} in {within}"),
        _ => format!("in {within}"),
    };
    if within.is_empty() {
        note = how.word().unwrap_or_default().to_owned();
    }
    if let Some(word) = row.sure.word() {
        note = format!("{note}, {word}");
    }
    Row { cells: vec![Cell::Text(note)], ..row.clone() }
}

fn of_declaration(row: Row) -> Row {
    let kind = match row.cells.first() {
        Some(Cell::Kind(kind)) => kind.to_string(),
        _ => String::new(),
    };
    Row { cells: vec![Cell::Text(kind)], ..row }
}
