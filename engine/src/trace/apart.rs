//! Macros and constants apart from their files: some headers have a hundred thousand of them, and what is
//! told of one are its lines and its condition. Such headers are too large to be kept until the next is told of.

use std::collections::HashMap;

use kgrep_index::graph::{DefId, DefInfo, FileId, Graph};
use kgrep_index::outline::{Kind, Language, guards};
use memchr::memmem;

use crate::code::{Code, in_parallel};
use crate::excerpt::Excerpt;

/// What is told of a definition without its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Apart {
    /// Its lines, with the one above.
    pub(super) lines: Excerpt,
    /// The condition of the `#if`s around it; empty where there are none.
    pub(super) guard: String,
    /// The first line of the comment right above it, 0 without one; none where its file must be outlined to
    /// know.
    pub(super) comment: Option<u32>,
}

/// Whether what is told of a definition is told without its file.
pub(super) fn is_told_apart(graph: &Graph<'_>, definition: &DefInfo) -> bool {
    matches!(definition.kind, Kind::Macro | Kind::Constant)
        && matches!(
            Language::of(graph.path(definition.file)),
            Some(Language::C | Language::Assembler)
        )
}

/// Reads what is told of definitions, each file once, on all processors. Nothing is said of those in files that
/// can't be read.
pub(super) fn read(code: &Code, graph: &Graph<'_>, definitions: &[DefInfo]) -> Vec<(DefId, Apart)> {
    let mut by_file: HashMap<FileId, Vec<&DefInfo>> = HashMap::new();
    for definition in definitions {
        by_file.entry(definition.file).or_default().push(definition);
    }
    let mut files: Vec<(FileId, Vec<&DefInfo>)> = by_file.into_iter().collect();
    files.iter_mut().for_each(|(_, of_file)| of_file.sort_by_key(|d| d.first));
    files.sort_by_key(|(file, _)| *file);
    let read = in_parallel(&files, |(file, of_file)| {
        let path = graph.path(*file);
        code.with_text(path, |bytes| of_text(path, bytes, of_file)).unwrap_or_default()
    });
    read.into_iter().flatten().collect()
}

/// What is told of definitions, in the order of their lines, of a file that has `bytes`.
fn of_text(path: &[u8], bytes: &[u8], definitions: &[&DefInfo]) -> Vec<(DefId, Apart)> {
    let firsts: Vec<u32> = definitions.iter().map(|d| d.first).collect();
    let guards = guards(path, bytes, &firsts);
    let apart = definitions.iter().zip(guards).map(|(definition, guard)| {
        let (first, last) = (u64::from(definition.first), u64::from(definition.last));
        let lines = Excerpt::of(bytes, first.saturating_sub(1)..=last);
        let guard = String::from_utf8_lossy(&guard).into_owned();
        let before = &bytes[..lines.offset(first) as usize];
        let comment = comment_above(before, definition.first);
        (definition.id, Apart { lines, guard, comment })
    });
    apart.collect()
}

/// The first of the lines of `//` right above line `line`, before which a file has these bytes; 0 where no
/// comment ends there, and none for any other one.
fn comment_above(before: &[u8], line: u32) -> Option<u32> {
    let has = |line: &[u8], mark: &[u8]| memmem::find(line, mark).is_some();
    let is_whole = |line: &&[u8]| line.trim_ascii_start().starts_with(b"//");
    let mut lines = before.strip_suffix(b"\n").unwrap_or(before).rsplit(|byte| *byte == b'\n');
    let count = lines.clone().take_while(is_whole).count();
    // A line of a block comment may look so, too.
    let is_end = lines.clone().take(count).any(|line| has(line, b"*/"));
    let next = lines.nth(count).unwrap_or_default();
    match count {
        _ if is_end || has(next, b"*/") || has(next, b"//") => None,
        0 => Some(0),
        count => line.checked_sub(count as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::comment_above;

    #[test]
    fn lines_of_comments_are_told_from_the_text_alone() {
        let above = |text: &str| comment_above(text.as_bytes(), text.lines().count() as u32 + 1);
        assert_eq!(above(""), Some(0));
        assert_eq!(above("#define A 1\n"), Some(0));
        assert_eq!(above("//LAMP\n"), Some(1));
        assert_eq!(above("#define A 1\n// a lamp\n\t// that is lit\n"), Some(2));
        assert_eq!(above("// a lamp\n\n"), Some(0));
        // Only the outline knows.
        assert_eq!(above("#define A 1 // a lamp\n"), None);
        assert_eq!(above("#define A 1 // a lamp\n// that is lit\n"), None);
        assert_eq!(above("/* a lamp */\n"), None);
        assert_eq!(above("/* a lamp\n// that is lit */\n"), None);
        assert_eq!(above("/*\n * a lamp */\n// that is lit\n"), None);
    }
}
