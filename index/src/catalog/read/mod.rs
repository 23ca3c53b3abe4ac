//! What one file has for the catalog, from its bytes and the outline that was made of them
//! anyway. One file a source: code, sections of documentation, and three files of lists.

mod code;
mod kconfig;
mod lists;
mod sections;

use super::document::Document;
use crate::outline::{FileOutline, Language};

/// Prose beyond this many bytes of a document is left out: what a text is about, it says at
/// its beginning.
const LONGEST_TEXT: usize = 1 << 14;

/// Whether the file at `path` can have documents.
pub(crate) fn wants(path: &[u8]) -> bool {
    Language::of(path).is_some() || lists::wants(path) || sections::wants(path)
}

/// The documents of the file at `path`, relative to the tree, in the order of their lines.
pub(crate) fn documents(path: &[u8], bytes: &[u8], outline: &FileOutline) -> Vec<Document> {
    if lists::wants(path) {
        return lists::read(path, bytes);
    }
    match Language::of(path) {
        Some(Language::Kconfig) => kconfig::read(bytes),
        Some(language) => code::read(path, language, bytes, outline),
        None if sections::wants(path) => sections::read(path, bytes),
        None => Vec::new(),
    }
}

/// A file's lines, without what ends them, each with its number from 1.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(at, line)| (at as u32 + 1, line.strip_suffix(b"\r").unwrap_or(line)))
}

/// Adds a line to a document's prose.
fn add(text: &mut String, line: &[u8]) {
    let line = line.trim_ascii();
    if !line.is_empty() && text.len() + line.len() < LONGEST_TEXT {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&String::from_utf8_lossy(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{idiom::Idioms, outline};

    /// How many bytes the documents of a file are.
    fn size(path: &str, text: &str) -> usize {
        let outline = match Language::of(path.as_bytes()) {
            Some(_) => outline::outline(path.as_bytes(), text.as_bytes(), &Idioms::built_in()),
            None => FileOutline::default(),
        };
        let found = documents(path.as_bytes(), text.as_bytes(), &outline);
        found.iter().map(|found| found.name.len() + found.head.len() + found.text.len()).sum()
    }

    /// A source tree comes from strangers: a file of one megabyte once filled gigabytes.
    #[test]
    fn documents_are_not_much_more_than_their_file() {
        let comment = " * words of a comment\n".repeat(300);
        let long = "H".repeat(20_000);
        let heading = |mark: &str| format!("{}\n{}\n", "word ".repeat(30), mark.repeat(30));
        let nested: String = ["=", "-", "~", "^", "\"", "'", "*", "+", "#", ".", ":", "`", "_"]
            .iter()
            .map(|mark| heading(mark))
            .collect();
        for (path, text) in [
            ("Documentation/a.rst", format!("{long}\n=====\n") + &"sub\n---\n".repeat(500)),
            (
                "Documentation/b.rst",
                format!("{long}\n{}\n", "=".repeat(40)) + &"s\n---\n".repeat(500),
            ),
            ("Documentation/c.rst", nested + &"s\n<<<\n".repeat(40_000)),
            ("a.c", format!("/**\n * foo - it\n{comment} */\n") + &"#define foo\n".repeat(5000)),
            ("b.c", format!("/*\n{comment} */\nint a0{};\n", ", b".repeat(5000))),
            ("c.c", "/**\n * DOC: x\n * and so on and on and on\n".repeat(5000)),
            ("d.rs", "/// words of a comment\n".repeat(300) + &"fn f() {} ".repeat(5000)),
            ("e.c", format!("int {long};\n")),
            ("Kconfig", format!("config {long}\n\tbool \"{long}\"\n")),
            ("MAINTAINERS", format!("{long}\nM:\tme\n")),
        ] {
            let size = size(path, &text);
            assert!(size <= 16 * text.len(), "{path}: {size} bytes of {}", text.len());
        }
    }

    #[test]
    fn a_name_is_no_longer_than_one_that_is_read() {
        let long = "日".repeat(20_000);
        let found = documents(
            b"MAINTAINERS",
            format!("{long}\nM:\tme\n").as_bytes(),
            &FileOutline::default(),
        );
        assert!(!found[0].name.is_empty() && found[0].name.len() <= 1024);
        assert!(found[0].name.chars().all(|c| c == '日'));
    }
}
