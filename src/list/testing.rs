//! Lists for unit tests, made through the writer as real ones are.

use super::{FileEntry, List, Match, Meta, Shelf, Terminal};

/// What is known of a list of matches made in `folder` with `command`.
pub(crate) fn meta(folder: &str, command: &[&str]) -> Meta {
    Meta {
        created: 0,
        folder: folder.as_bytes().to_vec(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        request: None,
        terminal: Terminal::current(),
        columns: Vec::new(),
        files_only: false,
        revision: None,
    }
}

/// A list in memory of entries given as path, line and text; the path `-` is
/// standard input.
pub(crate) fn list(entries: &[(&str, u64, &str)]) -> List {
    list_in("/tree", entries)
}

/// The same, with its folder.
pub(crate) fn list_in(folder: &str, entries: &[(&str, u64, &str)]) -> List {
    let cache = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(cache.path());
    let mut writer = shelf.begin(meta(folder, &["pattern"]), u64::MAX);
    let mut last = None;
    for (path, line, text) in entries {
        let file = match last {
            Some((known, number)) if known == *path => number,
            _ => {
                writer.push_file(&FileEntry { path: path.as_bytes().to_vec(), stdin: *path == "-" })
            }
        };
        last = Some((*path, file));
        let text = text.as_bytes();
        writer.push(&Match { file, line: *line, text, ..Match::default() });
    }
    writer.finish().unwrap().list
}
