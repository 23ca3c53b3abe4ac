//! The documents of a text with headings (reStructuredText, or plain text in its manner): one
//! for each section, named by the path of headings that leads there.

use super::super::document::{Document, Kind};
use super::{add, lines};

/// What can stand between headings.
const BETWEEN: &str = " > ";
/// The fewest characters of an underline.
const SHORTEST_LINE: usize = 3;
/// A line with more bytes is no heading. Each section bears the headings that lead to it, so
/// that without this and the next two a small file could fill the memory.
const LONGEST_HEADING: usize = 200;
/// The deepest level of headings; deeper ones count as of this level.
const DEEPEST: usize = 6;
/// A text with more sections than this is a list: what follows belongs to the last of them.
const MANY_SECTIONS: usize = 1000;

/// Whether the file is documentation.
pub(super) fn wants(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let in_folder = path.starts_with(b"Documentation/")
        || memchr::memmem::find(path, b"/Documentation/").is_some();
    let is_text = name.ends_with(b".rst") || name.ends_with(b".txt");
    (in_folder && is_text) || name == b"README" || name == b"README.rst"
}

/// Reads a text.
pub(super) fn read(path: &[u8], bytes: &[u8]) -> Vec<Document> {
    let all: Vec<(u32, &[u8])> = lines(bytes).collect();
    let mut found: Vec<Document> = Vec::new();
    let mut levels: Vec<(u8, bool)> = Vec::new();
    let mut headings: Vec<String> = Vec::new();
    let mut current = Document::new(Kind::Section, stem_of(path), 1);
    let mut at = 0;
    while at < all.len() {
        let (number, line) = all[at];
        let over = underline(line);
        let heading = match over {
            // A line above and one below.
            Some(mark)
                if all.get(at + 2).and_then(|(_, line)| underline(line)) == Some(mark)
                    && is_title(all[at + 1].1) =>
            {
                Some((all[at + 1], (mark, true), 3))
            }
            None if is_title(line) => all.get(at + 1).and_then(|(_, below)| {
                let mark = underline(below)?;
                (below.trim_ascii_end().len() + 2 >= line.trim_ascii_end().len().min(30))
                    .then_some(((number, line), (mark, false), 2))
            }),
            _ => None,
        };
        let heading = heading.filter(|_| found.len() < MANY_SECTIONS);
        let Some(((number, title), style, taken)) = heading else {
            if over.is_none() && !is_markup(line) {
                add(&mut current.text, line);
            }
            current.below = number.saturating_sub(current.line);
            at += 1;
            continue;
        };
        let level = levels.iter().position(|known| *known == style).unwrap_or_else(|| {
            levels.push(style);
            levels.len() - 1
        });
        let level = level.min(DEEPEST - 1);
        finish(&mut found, current);
        headings.truncate(level);
        headings.push(String::from_utf8_lossy(title.trim_ascii()).into_owned());
        current = Document::new(Kind::Section, headings.join(BETWEEN).as_bytes(), number);
        current.head = headings.last().cloned().unwrap_or_default();
        // What the chapters around it are called, and the file, say what it is about.
        for outer in headings.iter().rev().skip(1) {
            add(&mut current.text, outer.as_bytes());
        }
        if found.is_empty() {
            current.head.push(' ');
            current.head.push_str(&String::from_utf8_lossy(stem_of(path)));
        } else {
            add(&mut current.text, stem_of(path));
        }
        at += taken;
    }
    finish(&mut found, current);
    found
}

fn finish(found: &mut Vec<Document>, document: Document) {
    if !document.text.is_empty() || !document.head.is_empty() {
        found.push(document);
    }
}

/// A file's name without its ending.
fn stem_of(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let dot = memchr::memrchr(b'.', name).unwrap_or(name.len());
    if matches!(&name[..dot], b"index" | b"README") { path } else { &name[..dot] }
}

/// The character that a line repeats, if it is a heading's.
fn underline(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let mark = *line.first()?;
    let repeats = line.len() >= SHORTEST_LINE && line.iter().all(|byte| *byte == mark);
    (repeats && b"=-~^\"'*+#.:`_<>".contains(&mark)).then_some(mark)
}

/// Whether a line can be a heading's text.
fn is_title(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.len() <= LONGEST_HEADING
        && line.first().is_some_and(|byte| !byte.is_ascii_whitespace() || line.len() < 80)
        && line.iter().any(u8::is_ascii_alphanumeric)
        && !line.starts_with(b"..")
        && underline(line).is_none()
}

/// Lines that only a processor of the text reads.
fn is_markup(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let is_directive = memchr::memmem::find(line, b"::").is_some();
    let is_comment = line.starts_with(b".. ") && !line.starts_with(b".. [") && !is_directive;
    is_comment
        || line.starts_with(b".. _")
        || line.starts_with(b".. toctree")
        || line.starts_with(b":maxdepth")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_heading_begins_a_section_with_its_path() {
        let text = b".. SPDX-License-Identifier: GPL-2.0\n\n======\nMounts\n======\n\nAll of them.\n\nSwitching root\n--------------\nIt moves.\n\nDetails\n~~~~~~~\nMany.\n\nOther\n-----\n";
        let found = read(b"Documentation/filesystems/mounts.rst", text);
        let names: Vec<(&str, u32)> =
            found.iter().map(|document| (document.name.as_str(), document.line)).collect();
        assert_eq!(
            names,
            [
                ("Mounts", 4),
                ("Mounts > Switching root", 9),
                ("Mounts > Switching root > Details", 13),
                ("Mounts > Other", 17),
            ]
        );
        assert_eq!(found[0].text, "All of them.");
        assert!(found[2].text.contains("Switching root") && found[2].text.ends_with("Many."));
    }

    /// Copyright and licence above the first heading once were a section of their own.
    #[test]
    fn comments_are_no_prose() {
        let text = b".. SPDX-License-Identifier: GPL-2.0\n.. Copyright (C) 2023, A.\n\nSand\n====\n\n.. note:: It is dry.\n.. [1] A book.\n";
        let found = read(b"Documentation/dev-tools/beach.rst", text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].name.as_str(), found[0].head.as_str()), ("Sand", "Sand beach"));
        assert_eq!(found[0].text, ".. note:: It is dry.\n.. [1] A book.");
    }

    #[test]
    fn a_text_without_headings_is_one_section() {
        let found = read(b"Documentation/x/notes.txt", b"just\ntext\n");
        assert_eq!((found.len(), found[0].name.as_str()), (1, "notes"));
        assert_eq!(found[0].text, "just\ntext");
        assert!(read(b"Documentation/x/empty.txt", b"\n").is_empty());
    }

    #[test]
    fn tables_are_no_headings() {
        let found = read(
            b"Documentation/t.rst",
            b"T\n=\n\n===\n\n==== ====\na    b\n==== ====\n1    2\n==== ====\n",
        );
        assert!(found.len() <= 2, "{found:?}");
    }
}
