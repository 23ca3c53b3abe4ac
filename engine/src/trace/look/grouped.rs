//! Many lines told as few: one of each file, or one of each folder.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::calls::{FEW, folder};
use super::text::Found;
use crate::recipes::recipe::Text;
use crate::trace::mentions::InFile;
use crate::trace::tracer::{Row, Tracer};

/// More rows than these are not read one by one.
const WITHIN: usize = 200;

/// The lines of a section as they are told, and how many rows that is.
pub(super) struct Groups {
    /// The lines, as many as were kept.
    pub(super) items: Vec<Found>,
    /// How many rows there are.
    pub(super) total: usize,
    /// Rows that were counted and not kept, by file.
    uncounted: Vec<(Rc<[u8]>, usize)>,
}

impl Groups {
    /// Groups lines as the look-up asks for; without `group`, each is told.
    pub(super) fn of(files: Vec<InFile>, text: &Text, group: bool) -> Groups {
        let total: usize = files.iter().map(|file| file.count).sum();
        if group && text.by_folder && total > FEW {
            by_folder(files)
        } else if group && text.per_file {
            per_file(files)
        } else {
            each(files)
        }
    }

    /// Keeps what is in files that `wanted` wants, where any is.
    pub(super) fn keep_if_any(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        if self.items.iter().any(|item| wanted(&item.path)) {
            self.items.retain(|item| wanted(&item.path));
            let more = self.uncounted.iter().filter(|(path, _)| wanted(path));
            self.total = self.items.len() + more.map(|(_, count)| count).sum::<usize>();
        }
    }

    fn all(items: Vec<Found>) -> Groups {
        Groups { total: items.len(), items, uncounted: Vec::new() }
    }
}

/// Every line.
fn each(files: Vec<InFile>) -> Groups {
    let (mut items, mut uncounted, mut total) = (Vec::new(), Vec::new(), 0);
    for InFile { path, lines, count } in files {
        total += count;
        if count > lines.len() {
            uncounted.push((path.clone(), count - lines.len()));
        }
        let found = |line| Found { path: path.clone(), line, counted: None };
        items.extend(lines.into_iter().map(found));
    }
    Groups { items, total, uncounted }
}

/// The first line of each folder, with how many there are, the folder with most first.
fn by_folder(files: Vec<InFile>) -> Groups {
    let mut folders: BTreeMap<Vec<u8>, (usize, Found)> = BTreeMap::new();
    for InFile { path, mut lines, count } in files {
        if lines.is_empty() {
            continue;
        }
        if let Some((all, _)) = folders.get_mut(folder(&path)) {
            *all += count;
            continue;
        }
        let folder = folder(&path).to_vec();
        let first = Found { path, line: lines.swap_remove(0), counted: None };
        folders.insert(folder, (count, first));
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let row = |(folder, (count, found)): (Vec<u8>, (usize, Found))| Found {
        counted: Some(format!("{count} in {}", String::from_utf8_lossy(&folder))),
        ..found
    };
    Groups::all(folders.into_iter().map(row).collect())
}

/// The first line of each file, with how many more there are.
fn per_file(files: Vec<InFile>) -> Groups {
    let mut merged: Vec<InFile> = Vec::new();
    for file in files {
        match merged.last_mut().filter(|last| last.path == file.path) {
            Some(last) => last.count += file.count,
            None => merged.push(file),
        }
    }
    let row = |InFile { path, lines, count }: InFile| {
        let counted = (count > 1).then(|| format!("and {} more here", count - 1));
        Some(Found { path, line: lines.into_iter().next()?, counted })
    };
    Groups::all(merged.into_iter().filter_map(row).collect())
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
    use crate::trace::mentions::Line;

    fn files(paths: &[&str]) -> Vec<InFile> {
        let file = |(number, path): (u32, &&str)| InFile {
            path: path.as_bytes().into(),
            lines: vec![Line { number, text: Vec::new() }],
            count: 1,
        };
        (0..).zip(paths).map(file).collect()
    }

    #[test]
    fn one_row_of_each_file_or_folder() {
        let told = |groups: Groups| {
            let note =
                |f: &Found| format!("{} {}", f.line.number, f.counted.clone().unwrap_or_default());
            groups.items.iter().map(note).collect::<Vec<_>>()
        };
        let of = files(&["a/b/c", "a/b/c", "a/b/c", "a/d"]);
        assert_eq!(told(per_file(of)), ["0 and 2 more here", "3 "]);
        let of = files(&["a/d", "a/b/c", "a/b/d"]);
        assert_eq!(told(by_folder(of)), ["1 2 in a/b", "0 1 in a"]);
    }

    #[test]
    fn what_is_not_kept_is_counted() {
        let mut of = files(&["a/b", "c/d"]);
        of[1].count = 5;
        let mut groups = each(of);
        assert_eq!((groups.items.len(), groups.total), (2, 6));
        groups.keep_if_any(|path| path.starts_with(b"c"));
        assert_eq!((groups.items.len(), groups.total), (1, 5));
        groups.keep_if_any(|path| path.starts_with(b"x"));
        assert_eq!(groups.total, 5);
    }
}
