//! The tables of `tree` and `files`: how many matches each folder or file holds.

use std::collections::BTreeMap;

use super::json::{Data, push_json};
use super::look::Look;
use super::sanitize::{display_width, shown};

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
    /// below it.
    pub(crate) fn draw_tree(self, out: &mut Vec<u8>, look: &Look) {
        draw(out, look, "Directory", &self.folders());
    }

    /// Appends the folders as JSON Lines, in the order of their table.
    pub(crate) fn json_tree(self, out: &mut Vec<u8>, look: &Look) {
        json(out, look, "folder", &self.folders());
    }

    /// The folders, in path order.
    fn folders(mut self) -> Vec<Row> {
        self.settle();
        let mut folders: BTreeMap<Vec<Vec<u8>>, Row> = BTreeMap::new();
        for (components, file) in self.files {
            for depth in 0..components.len() {
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
        folders.into_values().collect()
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
        look.palette.file.paint(out, &shown(&row.path, look));
        out.push(b'\n');
    }
}

/// Appends a line a row: `{"file":{"text":"mm/slab.c"},"matches":2}`, with the path as in
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
        counts(paths).draw_tree(&mut out, &Look::of_pipe());
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
        counts(&["mm/a.c"]).json_tree(&mut out, &Look::of_pipe());
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
