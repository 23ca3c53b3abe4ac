//! Draws entries of a list as blocks of source, or as counts.
//!
//! The renderers draw one entry into a buffer; here is which entries, in which order,
//! and the files that blocks of source are read from. Rows are `printer`'s.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::printer::PrintError;
use super::show::CountBy;
use crate::list::{FileEntry, Indices, ListError, Match, Place, Role, SourceFile, Span, View};
use crate::render::{Block, Counts, Highlighter, Look, Marked, Note, draw_block, merges_blocks};
use crate::settings::Format;

/// Drawn bytes are written when there are this many.
const BUFFER: usize = 1 << 16;

/// Draws each entry at `positions` into `buffer`, and writes that when it is full.
fn draw_each(
    out: &mut dyn Write,
    buffer: &mut Vec<u8>,
    view: &View,
    positions: &Indices,
    mut draw: impl FnMut(&mut Vec<u8>, u64, &FileEntry, &Match<'_>),
) -> Result<(), PrintError> {
    view.for_each(positions, |index, file, entry| {
        draw(buffer, index, file, entry);
        if buffer.len() >= BUFFER {
            out.write_all(buffer)?;
            buffer.clear();
        }
        Ok::<_, PrintError>(true)
    })
}

/// Draws how many of the entries at `positions` each folder or file holds; of folders, as
/// many levels as are said.
///
/// # Errors
/// When the list can't be read or the output not be written.
pub(crate) fn counts(
    out: &mut dyn Write,
    look: &Look,
    view: &View,
    positions: &Indices,
    by: (CountBy, Option<usize>),
    format: Format,
) -> Result<(), PrintError> {
    let mut counts = Counts::default();
    // A list of counts (`-c`) has one entry for all matches of a file.
    let meta = view.list().meta();
    let counted =
        meta.files_only && meta.columns.first().is_some_and(|column| column.role == Role::Count);
    view.for_each(positions, |_, file, entry| {
        let cell = entry.cells.first().filter(|_| counted);
        counts.add(&file.path, cell.and_then(|cell| cell.parse().ok()).unwrap_or(1));
        Ok::<_, ListError>(true)
    })?;
    let mut buffer = Vec::new();
    match (by, format) {
        ((CountBy::Folder, levels), Format::Json) => counts.json_tree(&mut buffer, look, levels),
        ((CountBy::File, _), Format::Json) => counts.json_files(&mut buffer, look),
        ((CountBy::Folder, levels), _) => counts.draw_tree(&mut buffer, look, levels),
        ((CountBy::File, _), _) => counts.draw_files(&mut buffer, look),
    }
    Ok(out.write_all(&buffer)?)
}

/// Draws `around` lines before and after each entry at `positions`, as they are in
/// the file now. In a pipe, blocks that overlap stay apart, as in vgrep; on a terminal they are
/// one. A file that can't be
/// read is handed to `unreadable`, once, and its entries are left out.
///
/// An entry from standard input is drawn with the lines that the list holds, one
/// that is a whole file with the lines around its first match, where that is known,
/// else with the file's first lines.
///
/// # Errors
/// When the list can't be read or the output not be written.
pub(crate) fn blocks(
    out: &mut dyn Write,
    look: &Look,
    highlighter: Option<&Highlighter>,
    view: &View,
    positions: &Indices,
    around: usize,
    mut unreadable: impl FnMut(&[u8], &io::Error),
) -> Result<(), PrintError> {
    let mut buffer = Vec::with_capacity(BUFFER);
    let mut current: Option<(u32, Option<SourceFile>)> = None;
    let mut pending: Option<Pending> = None;
    draw_each(out, &mut buffer, view, positions, |buffer, index, file, entry| {
        let place = current.as_ref().filter(|(number, _)| *number == entry.file);
        let here = place.and_then(|(_, source)| source.as_ref()).filter(|_| !file.stdin);
        let next = here.map(|source| Pending::new(source, around, index, file, entry));
        let (joined, next) = match (pending.as_mut(), next) {
            (Some(pending), Some(next)) => pending.join(look, next),
            (_, next) => (false, next),
        };
        if joined {
            return;
        }
        if let (Some(pending), Some((_, Some(source)))) = (pending.take(), &current) {
            pending.draw(buffer, look, highlighter, source);
        }
        if next.is_some() {
            pending = next;
            return;
        }
        if file.stdin {
            return draw_block(buffer, look, None, &kept_block(index, file, entry, &kept(entry)));
        }
        if current.as_ref().is_none_or(|(number, _)| *number != entry.file) {
            let read = SourceFile::read(&absolute(view, file))
                .inspect_err(|error| unreadable(&file.path, error));
            current = Some((entry.file, read.ok()));
        }
        if let Some((_, Some(source))) = &current {
            pending = Some(Pending::new(source, around, index, file, entry));
        }
    })?;
    if let (Some(pending), Some((_, Some(source)))) = (pending, &current) {
        pending.draw(&mut buffer, look, highlighter, source);
    }
    Ok(out.write_all(&buffer)?)
}

/// A block that the next entry may belong to.
struct Pending {
    path: Vec<u8>,
    /// Its lines.
    first: u64,
    last: u64,
    note: Option<Note>,
    own: Marked,
    more: Vec<Marked>,
}

impl Pending {
    /// One entry's block in its file.
    fn new(
        source: &SourceFile,
        around: usize,
        index: u64,
        file: &FileEntry,
        entry: &Match<'_>,
    ) -> Pending {
        let (matched, note) = match source.place(entry) {
            // A foreign entry's line may be one behind the last: a patch adds at the end.
            Place::Same if entry.foreign => (entry.line.min(source.line_count()), None),
            Place::Same => (entry.target(), None),
            Place::Moved { from, to } => (to, Some(Note::Moved { from })),
            // What is left of a file that ends before the old line.
            Place::Changed => (entry.target().min(source.line_count()), Some(Note::Changed)),
        };
        let around = u64::try_from(around).unwrap_or(u64::MAX);
        let last = matched + if entry.line == 0 { 0 } else { entry.last_line() - entry.line };
        let spans = match note {
            Some(Note::Changed) => Vec::new(),
            None if entry.foreign => Vec::new(),
            _ => spans_in_line(entry),
        };
        Pending {
            path: file.path.clone(),
            first: matched.saturating_sub(around).max(1),
            last: last.saturating_add(around).min(source.line_count()),
            note,
            own: Marked { index, line: matched, spans },
            more: Vec::new(),
        }
    }

    /// Takes `next` in, where the two overlap or touch on a screen; else gives it back.
    fn join(&mut self, look: &Look, next: Pending) -> (bool, Option<Pending>) {
        let last = self.more.last().unwrap_or(&self.own);
        let overlaps = next.first <= self.last + 1 && next.own.line > last.line;
        let is_plain = self.note.is_none() && next.note.is_none() && self.path == next.path;
        if !(merges_blocks(look) && overlaps && is_plain) {
            return (false, Some(next));
        }
        self.last = self.last.max(next.last);
        self.more.push(next.own);
        (true, None)
    }

    fn draw(
        &self,
        buffer: &mut Vec<u8>,
        look: &Look,
        highlighter: Option<&Highlighter>,
        source: &SourceFile,
    ) {
        let lines: Vec<(u64, &[u8])> =
            (self.first..=self.last).filter_map(|line| Some((line, source.line(line)?))).collect();
        let block = Block {
            index: self.own.index,
            path: &self.path,
            note: self.note,
            lead: source.before(self.first),
            file_size: source.bytes().len() as u64,
            lines: &lines,
            matched: self.own.line,
            spans: &self.own.spans,
            more: &self.more,
        };
        draw_block(buffer, look, highlighter, &block);
    }
}

/// What matched, counted in the whole line: of a long line, the list holds a part.
fn spans_in_line(entry: &Match<'_>) -> Vec<Span> {
    let shift = u32::try_from(entry.skipped).unwrap_or(u32::MAX);
    let shifted = |span: &Span| Span {
        start: span.start.saturating_add(shift),
        end: span.end.saturating_add(shift),
    };
    entry.spans.iter().map(shifted).collect()
}

/// An entry's lines as the list holds them.
fn kept<'a>(entry: &'a Match<'_>) -> Vec<(u64, &'a [u8])> {
    let context = |lines: &'a [crate::list::ContextLine<'_>]| {
        lines.iter().map(|line| (line.line, line.text)).collect::<Vec<_>>()
    };
    let mut lines = context(&entry.before);
    lines.extend((entry.target()..).zip(entry.text.split_inclusive(|byte| *byte == b'\n')));
    lines.extend(context(&entry.after));
    lines
}

fn kept_block<'a>(
    index: u64,
    file: &'a FileEntry,
    entry: &'a Match<'_>,
    lines: &'a [(u64, &'a [u8])],
) -> Block<'a> {
    Block {
        index,
        path: &file.path,
        note: None,
        lead: b"",
        file_size: 0,
        lines,
        matched: entry.target(),
        spans: &entry.spans,
        more: &[],
    }
}

/// A file's absolute path: lists can be used from any folder.
pub(crate) fn absolute(view: &View, file: &FileEntry) -> PathBuf {
    let path = |bytes| Path::new(OsStr::from_bytes(bytes));
    path(&view.list().meta().folder).join(path(&file.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::testing;

    fn all(view: &View) -> Indices {
        Indices::all(view.len())
    }

    /// The blocks of `view`, without the dashes of the headers, and what was unreadable.
    fn blocks_of(view: &View, around: usize) -> (String, Vec<String>) {
        let (mut out, mut unreadable) = (Vec::new(), Vec::new());
        let leave_out = |path: &[u8], _: &io::Error| {
            unreadable.push(String::from_utf8_lossy(path).into_owned());
        };
        blocks(&mut out, &Look::of_pipe(), None, view, &all(view), around, leave_out).unwrap();
        (String::from_utf8(out).unwrap().replace("--", ""), unreadable)
    }

    /// A list of `entries` in a folder that holds `files`.
    fn tree(files: &[(&str, &str)], entries: &[(&str, u64, &str)]) -> (tempfile::TempDir, View) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let list = testing::list_in(folder.path().to_str().unwrap(), entries);
        (folder, View::new(list))
    }

    #[test]
    fn blocks_show_the_file_as_it_is_now() {
        let (_folder, view) = tree(
            &[("a.c", "new\none\ntwo\nthree\n")],
            &[("a.c", 2, "two\n"), ("a.c", 3, "gone\n"), ("a.c", 4, "three\n")],
        );
        let (drawn, _) = blocks_of(&view, 1);
        let expected = "\
- 0 a.c (moved from line 2)
2 one
3 two
4 three
- 1 a.c (changed)
2 one
3 two
4 three
- 2 a.c
3 two
4 three
";
        let trimmed: Vec<&str> =
            drawn.lines().map(|line| line.trim_end_matches([' ', '-'])).collect();
        assert_eq!(trimmed.join("\n") + "\n", expected);
    }

    #[test]
    fn no_context_is_the_line_alone_and_a_huge_one_the_whole_file() {
        let (_folder, view) = tree(&[("a.c", "one\ntwo\nthree\n")], &[("a.c", 2, "two\n")]);
        assert_eq!(blocks_of(&view, 0).0.lines().count(), 2);
        assert_eq!(blocks_of(&view, usize::MAX).0.lines().count(), 4);
    }

    #[test]
    fn a_file_that_shrank_shows_its_last_lines() {
        let (_folder, view) = tree(&[("a.c", "one\ntwo\n")], &[("a.c", 90, "gone\n")]);
        let (drawn, _) = blocks_of(&view, 1);
        assert!(drawn.contains("(changed)") && drawn.ends_with("1 one\n2 two\n"), "{drawn}");
        let (_folder, view) = tree(&[("a.c", "")], &[("a.c", 90, "gone\n")]);
        assert_eq!(blocks_of(&view, 1).0.lines().count(), 1, "a header and no lines");
    }

    #[test]
    fn an_unreadable_file_is_named_once_and_the_rest_is_drawn() {
        let (_folder, view) = tree(
            &[("b.c", "int y;\n")],
            &[("a.c", 1, "x\n"), ("a.c", 2, "x\n"), ("b.c", 1, "int y;\n")],
        );
        let (drawn, unreadable) = blocks_of(&view, 1);
        assert_eq!(unreadable, ["a.c"]);
        assert!(drawn.ends_with("1 int y;\n"), "{drawn}");
    }

    #[test]
    fn standard_input_is_shown_from_the_list() {
        let (_folder, view) = tree(&[], &[("-", 5, "piped\n")]);
        let (drawn, unreadable) = blocks_of(&view, 3);
        assert!(drawn.ends_with("5 piped\n"), "{drawn}");
        assert!(unreadable.is_empty());
    }

    #[test]
    fn spans_of_a_cut_line_are_moved_to_where_the_part_is() {
        let entry = Match {
            text: b"MATCH here",
            cut: 5,
            skipped: 5,
            spans: vec![Span { start: 0, end: 5 }],
            ..Match::default()
        };
        assert_eq!(spans_in_line(&entry), [Span { start: 5, end: 10 }]);
    }

    #[test]
    fn counts_are_by_folder_or_by_file() {
        let view =
            View::new(testing::list(&[("mm/a.c", 1, "x"), ("mm/a.c", 2, "x"), ("b.c", 3, "x")]));
        let counted = |by| {
            let mut out = Vec::new();
            let by = (by, None);
            counts(&mut out, &Look::of_pipe(), &view, &all(&view), by, Format::Table).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(counted(CountBy::File), "Matches File\n      1 b.c\n      2 mm/a.c\n");
        assert_eq!(counted(CountBy::Folder), "Matches Directory\n      3 .\n      2 mm\n");
    }
}
