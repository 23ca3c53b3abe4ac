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
