//! Many lines told as few: one of each file, or one of each folder.

use std::collections::BTreeMap;

use super::calls::{FEW, folder};
use crate::trace::recipe::Text;
use crate::trace::tracer::{Row, Tracer};

/// More rows than these are not read one by one.
const WITHIN: usize = 200;

/// The rows, grouped as the look-up asks for.
pub(super) fn grouped(rows: Vec<Row>, text: &Text) -> Vec<Row> {
    if text.by_folder && rows.len() > FEW {
        by_folder(rows)
    } else if text.per_file {
        per_file(rows)
    } else {
        rows
    }
}

/// The first row of each folder, with how many there are, the folder with most first.
fn by_folder(rows: Vec<Row>) -> Vec<Row> {
    let mut folders: BTreeMap<Vec<u8>, (usize, Row)> = BTreeMap::new();
    for row in rows {
        let folder = folder(&row.path).to_vec();
        folders.entry(folder).and_modify(|(count, _)| *count += 1).or_insert((1, row));
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let row = |(folder, (count, row)): (Vec<u8>, (usize, Row))| {
        let note = format!("{count} in {}", String::from_utf8_lossy(&folder));
        Row { note, ..row }
    };
    folders.into_iter().map(row).collect()
}

/// The first row of each file, with how many more there are.
fn per_file(rows: Vec<Row>) -> Vec<Row> {
    let mut files: Vec<(Row, usize)> = Vec::new();
    for row in rows {
        match files.last_mut().filter(|(first, _)| first.path == row.path) {
            Some((_, more)) => *more += 1,
            None => files.push((row, 0)),
        }
    }
    let row = |(row, more): (Row, usize)| {
        let note = match (more, row.note.is_empty()) {
            (0, _) => row.note,
            (_, true) => format!("and {more} more here"),
            (_, false) => format!("{}, and {more} more here", row.note),
        };
        Row { note, ..row }
    };
    files.into_iter().map(row).collect()
}

/// Notes of each row the function, table or structure that it is in.
///
/// Each file is read for that: of more rows than anyone reads, only the first have it.
pub(super) fn within(tracer: &mut Tracer<'_, '_>, rows: &mut [Row]) {
    for row in rows.iter_mut().take(WITHIN) {
        if let Some(name) = tracer.within(&row.path, row.line).filter(|name| *name != row.name) {
            row.note = if row.note.is_empty() {
                format!("in {name}")
            } else {
                format!("{}, in {name}", row.note)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(paths: &[&str]) -> Vec<Row> {
        let row = |(line, path): (usize, &&str)| Row {
            path: path.as_bytes().to_vec(),
            line: u32::try_from(line).unwrap(),
            name: String::new(),
            note: String::new(),
            ..Row::default()
        };
        paths.iter().enumerate().map(row).collect()
    }

    #[test]
    fn one_row_of_each_file_or_folder() {
        let told = |rows: Vec<Row>| {
            rows.iter().map(|r| format!("{} {}", r.line, r.note)).collect::<Vec<_>>()
        };
        let files = rows(&["a/b/c", "a/b/c", "a/b/c", "a/d"]);
        assert_eq!(told(per_file(files.clone())), ["0 and 2 more here", "3 "]);
        assert_eq!(told(by_folder(rows(&["a/d", "a/b/c", "a/b/d"]))), ["1 2 in a/b", "0 1 in a"]);
    }
}
