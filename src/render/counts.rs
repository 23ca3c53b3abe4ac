//! The tables of `tree` and `files`: how many matches each folder or file holds.

use std::collections::BTreeMap;

use super::cell::cut;
use super::json::{Data, push_json};
use super::look::Look;
use super::sanitize::{display_text, display_width};
use crate::settings::Layout;

/// Matches counted by file.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Keyed by path components, so that the order is that of `rg --sort path`.
    files: BTreeMap<Vec<Vec<u8>>, Row>,
    /// The file counted last, not yet in `files`: entries of a file follow each other.
    last: Option<Row>,
}

/// How many matches are in what.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    path: Vec<u8>,
    matches: u64,
}

impl Counts {
    /// Counts `matches` more in the file `path`.
    pub(crate) fn add(&mut self, path: &[u8], matches: u64) {
        match &mut self.last {
            Some(last) if last.path == path => last.matches += matches,
            _ => {
                self.settle();
                self.last = Some(Row { path: path.to_vec(), matches });
            }
        }
    }

    /// Appends the table of files.
    pub(crate) fn draw_files(mut self, out: &mut Vec<u8>, look: &Look) {
        self.settle();
        let rows: Vec<Row> = self.files.into_values().collect();
        draw(out, look, "File", &rows);
    }

    /// Appends the table of folders, the root first; every folder counts all that is
    /// below it. Only so many levels below the root are shown, where that is said. On a
    /// terminal, folders stand indented below the one that they are in, and one that has all
    /// its matches in one folder is told with that.
    pub(crate) fn draw_tree(self, out: &mut Vec<u8>, look: &Look, levels: Option<usize>) {
        let folders = self.folders(levels);
        let is_screen = look.terminal && look.layout != Layout::Table;
        let rows = if is_screen { nested(&folders) } else { folders.into_values().collect() };
        draw(out, look, "Directory", &rows);
    }

    /// Appends the folders as JSON Lines, in the order of their table.
    pub(crate) fn json_tree(self, out: &mut Vec<u8>, look: &Look, levels: Option<usize>) {
        let rows: Vec<Row> = self.folders(levels).into_values().collect();
        json(out, look, "folder", &rows);
    }

    /// The folders, in path order, as deep as is said.
    fn folders(mut self, levels: Option<usize>) -> BTreeMap<Vec<Vec<u8>>, Row> {
        self.settle();
        let mut folders: BTreeMap<Vec<Vec<u8>>, Row> = BTreeMap::new();
        let deepest = levels.unwrap_or(usize::MAX);
        for (components, file) in self.files {
            for depth in 0..components.len().min(deepest.saturating_add(1)) {
                let folder = &components[..depth];
                // An absolute path begins with an empty component; `.` is not its folder.
                if folder.is_empty() && components[0].is_empty() {
                    continue;
                }
                folders
                    .entry(folder.to_vec())
                    .or_insert_with(|| Row { path: folder_name(folder), matches: 0 })
                    .matches += file.matches;
            }
        }
        folders
    }

    /// Appends the files as JSON Lines, in the order of their table.
    pub(crate) fn json_files(mut self, out: &mut Vec<u8>, look: &Look) {
        self.settle();
        let rows: Vec<Row> = self.files.into_values().collect();
        json(out, look, "file", &rows);
    }

    fn settle(&mut self) {
        if let Some(row) = self.last.take() {
            let path = row.path.strip_prefix(b"./").unwrap_or(&row.path);
            let components: Vec<Vec<u8>> =
                path.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect();
            match self.files.get_mut(&components) {
                Some(known) => known.matches += row.matches,
                None => drop(self.files.insert(components, row)),
            }
        }
    }
}

/// The folders, each indented below the nearest that is shown; a folder whose matches are all
/// in one of its folders stands before that one's name.
fn nested(folders: &BTreeMap<Vec<Vec<u8>>, Row>) -> Vec<Row> {
    let mut rows = Vec::new();
    // How many components each of the folders has that this one is in.
    let mut open: Vec<usize> = Vec::new();
    let mut begin = None;
    let mut following = folders.iter().skip(1);
    for (components, row) in folders {
        let next = following.next();
        let first = begin.take().unwrap_or(components.len().saturating_sub(1));
        let is_all = next.is_some_and(|(below, next)| {
            below.len() == components.len() + 1
                && below.starts_with(components)
                && next.matches == row.matches
        });
        if is_all && !components.is_empty() && folder_name(components) != b"/" {
            begin = Some(first);
            continue;
        }
        open.retain(|length| *length <= first);
        let indent = 2 * open.iter().filter(|length| **length > 0).count();
        open.push(components.len());
        let mut path = vec![b' '; indent];
        match components.get(first..) {
            Some(own) if !own.is_empty() && first > 0 => path.extend(own.join(&b'/')),
            _ => path.extend(folder_name(components)),
        }
        rows.push(Row { path, matches: row.matches });
    }
    rows
}

/// `.` for the root of relative paths, `/` for that of absolute ones.
fn folder_name(components: &[Vec<u8>]) -> Vec<u8> {
    match components {
        [] => b".".to_vec(),
        [root] if root.is_empty() => b"/".to_vec(),
        _ => components.join(&b'/'),
    }
}

fn draw(out: &mut Vec<u8>, look: &Look, title: &str, rows: &[Row]) {
    let mut number = itoa::Buffer::new();
    let widest = rows.iter().map(|row| number.format(row.matches).len()).max().unwrap_or(0);
    let width = if look.header { widest.max("Matches".len()) } else { widest };
    if look.header {
        let ink = &look.palette.header;
        pad_to(out, "Matches".len(), width);
        ink.paint(out, b"Matches");
        out.push(b' ');
        ink.paint(out, title.as_bytes());
        out.push(b'\n');
    }
    for row in rows {
        let matches = number.format(row.matches).as_bytes();
        pad_to(out, display_width(matches), width);
        look.palette.index.paint(out, matches);
        out.push(b' ');
        let path = display_text(&row.path, look);
        let room = look.width.saturating_sub(width + 1).max(1);
        if look.terminal && look.layout != Layout::Table && display_width(&path) > room {
            let short = cut(&String::from_utf8_lossy(&path), room);
            look.palette.file.paint(out, short.as_bytes());
        } else {
            look.palette.file.paint(out, &path);
        }
        out.push(b'\n');
    }
}

/// Appends one line per row: `{"file":{"text":"mm/slab.c"},"matches":2}`, with the path as in
/// ripgrep's messages.
fn json(out: &mut Vec<u8>, look: &Look, kind: &str, rows: &[Row]) {
    for row in rows {
        let line = serde_json::json!({ kind: Data(&row.path), "matches": row.matches });
        push_json(out, look.visible(), &line);
    }
}

/// Appends the blanks before a text of `used` columns that ends at `width`.
fn pad_to(out: &mut Vec<u8>, used: usize, width: usize) {
    out.resize(out.len() + width.saturating_sub(used), b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(paths: &[&str]) -> Counts {
        let mut counts = Counts::default();
        for path in paths {
            counts.add(path.as_bytes(), 1);
        }
        counts
    }

    fn tree(paths: &[&str]) -> String {
        let mut out = Vec::new();
        counts(paths).draw_tree(&mut out, &Look::of_pipe(), None);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_folder_counts_its_whole_subtree() {
        let expected = "\
Matches Directory
      4 .
      3 fs
      2 fs/ext4
      1 mm
";
        assert_eq!(tree(&["fs/a.c", "fs/ext4/b.c", "fs/ext4/c.c", "mm/d.c"]), expected);
        assert_eq!(tree(&["./mm/d.c", "fs/a.c", "fs/ext4/b.c", "fs/ext4/c.c"]), expected);
    }

    #[test]
    fn on_a_screen_folders_are_indented_and_single_ones_are_one_row() {
        let paths =
            ["a/b/c/x.c", "a/b/c/y.c", "fs/a.c", "fs/ext4/b.c", "fs/ext4/deep/er/b.c", "mm/d.c"];
        let drawn = |levels| {
            let mut out = Vec::new();
            let look = Look { terminal: true, layout: Layout::Auto, ..Look::of_pipe() };
            counts(&paths).draw_tree(&mut out, &look, levels);
            String::from_utf8(out).unwrap()
        };
        let expected = "\
Matches Directory
      6 .
      2 a/b/c
      3 fs
      2   ext4
      1     deep/er
      1 mm
";
        assert_eq!(drawn(None), expected);
        assert_eq!(
            drawn(Some(1)),
            "Matches Directory\n      6 .\n      2 a\n      3 fs\n      1 mm\n"
        );
    }

    #[test]
    fn absolute_paths_start_from_the_root() {
        assert_eq!(tree(&["/usr/a.c"]), "Matches Directory\n      1 /\n      1 /usr\n");
    }

    #[test]
    fn folders_come_in_path_order() {
        let out = tree(&["a-b/x", "a/y/z"]);
        assert_eq!(out, "Matches Directory\n      2 .\n      1 a\n      1 a/y\n      1 a-b\n");
    }

    #[test]
    fn programs_get_json() {
        let mut out = Vec::new();
        counts(&["mm/a.c"]).json_tree(&mut out, &Look::of_pipe(), None);
        counts(&["mm/a.c"]).json_files(&mut out, &Look::of_pipe());
        let lines = String::from_utf8(out).unwrap();
        assert_eq!(
            lines,
            "{\"folder\":{\"text\":\".\"},\"matches\":1}\n\
             {\"folder\":{\"text\":\"mm\"},\"matches\":1}\n\
             {\"file\":{\"text\":\"mm/a.c\"},\"matches\":1}\n"
        );
    }

    #[test]
    fn files_are_counted_once_each() {
        let mut out = Vec::new();
        counts(&["b.c", "a.c", "b.c"]).draw_files(&mut out, &Look::of_pipe());
        assert_eq!(String::from_utf8(out).unwrap(), "Matches File\n      1 a.c\n      2 b.c\n");
    }
}
