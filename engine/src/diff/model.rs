//! What a difference is made of: patches, the files they change, and hunks.
//!
//! Everything here is plain data. Where it comes from (a patch file, two folders,
//! `git diff`) is left to `parse`, `set` and `folder`; what is done with it to
//! `context`, `apply`, `write` and the others.

use std::path::PathBuf;

/// Where a line of a hunk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On both sides.
    Context,
    /// Only on the new side.
    Added,
    /// Only on the old side.
    Removed,
}

impl Origin {
    /// The side that is not this one.
    pub fn other(self) -> Origin {
        if self == Origin::Added { Origin::Removed } else { Origin::Added }
    }
}

/// One line of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Which sides have it.
    pub origin: Origin,
    /// Its bytes with their line ending (`\n` or `\r\n`), which is missing only on the
    /// last line of a file that doesn't end with one.
    pub text: &'a [u8],
    /// Line number on the old side, from 1; of an added line, that of the next old one.
    pub old: u32,
    /// Line number on the new side, from 1; of a removed line, that of the next new one.
    pub new: u32,
}

/// A run of lines on one side, as in `@@ -start,count`: where `count` is 0, `start`
/// is the line before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First line, from 1.
    pub start: u32,
    /// Number of lines.
    pub count: u32,
}

impl Span {
    /// The number, from 1, of the first line at or after the span's place.
    pub fn first(self) -> u32 {
        if self.count == 0 { self.start.saturating_add(1) } else { self.start }
    }
}

/// One hunk: neighbouring changed lines with their context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// Lines on the old side.
    pub old: Span,
    /// Lines on the new side.
    pub new: Span,
    /// What follows the second `@@`, without the blank; empty if nothing does.
    pub section: Vec<u8>,
    /// The lines as a unified diff has them: a marker (blank, `+`, `-`), the bytes, and
    /// `\ No newline at end of file` where it belongs. One allocation a hunk keeps a
    /// difference of millions of lines small, and writing it again is a copy.
    pub body: Vec<u8>,
    /// Line of its `@@` in the patch file, from 1; 0 where no patch file is behind it.
    pub line: u32,
    /// The patch file's line of each of the body's, where they don't simply follow `line`:
    /// of a context or combined diff. Empty otherwise.
    pub lines_at: Vec<u32>,
    /// The counts in the `@@` line were wrong, and `old` and `new` say what was found.
    pub recounted: bool,
}

impl Hunk {
    /// The lines, first to last.
    pub fn lines(&self) -> Lines<'_> {
        Lines { rest: &self.body, old: self.old.first(), new: self.new.first() }
    }

    /// Number of added and of removed lines.
    pub fn counts(&self) -> (u32, u32) {
        self.lines().fold((0, 0), |(added, removed), line| match line.origin {
            Origin::Context => (added, removed),
            Origin::Added => (added + 1, removed),
            Origin::Removed => (added, removed + 1),
        })
    }

    /// The lines of one side: with `Added`, what the hunk leaves behind; with
    /// `Removed`, what it expects.
    pub fn side(&self, side: Origin) -> Vec<&[u8]> {
        let unwanted = side.other();
        self.lines().filter(|line| line.origin != unwanted).map(|line| line.text).collect()
    }

    /// Number of context lines before the first and after the last change.
    pub fn context(&self) -> (usize, usize) {
        let is_context = |line: &Line<'_>| line.origin == Origin::Context;
        let before = self.lines().take_while(is_context).count();
        (
            before,
            self.context_below().unwrap_or_else(|| {
                self.lines().fold(0, |after, line| if is_context(&line) { after + 1 } else { 0 })
            }),
        )
    }

    /// Number of context lines after the last change, counted from below: whole files may be above
    /// them. None where no line begins as it should.
    fn context_below(&self) -> Option<usize> {
        let mut after = 0;
        let mut rest = &self.body[..];
        while !rest.is_empty() {
            let above = rest.strip_suffix(b"\n").unwrap_or(rest);
            let start = memchr::memrchr(b'\n', above).map_or(0, |end| end + 1);
            match rest.get(start) {
                Some(b' ') => after += 1,
                // It says something of the line above it.
                Some(b'\\') if start > 0 => {}
                Some(b'+' | b'-') => return Some(after),
                _ => return None,
            }
            if rest[start] == b'\\' && is_remark_above(&rest[..start]) {
                return None;
            }
            rest = &rest[..start];
        }
        Some(after)
    }
}

/// Whether the last line is no line of a file, but says something of one.
fn is_remark_above(body: &[u8]) -> bool {
    let above = body.strip_suffix(b"\n").unwrap_or(body);
    let start = memchr::memrchr(b'\n', above).map_or(0, |end| end + 1);
    above.get(start) == Some(&b'\\')
}

/// Iterates over the lines of a hunk, numbering them.
pub struct Lines<'a> {
    rest: &'a [u8],
    old: u32,
    new: u32,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let (line, rest) = split_line(self.rest)?;
        self.rest = rest;
        let (marker, mut text) = line.split_first()?;
        if self.rest.starts_with(b"\\")
            && let Some((_, rest)) = split_line(self.rest)
        {
            self.rest = rest;
            text = text.strip_suffix(b"\n").unwrap_or(text);
        }
        let (old, new) = (self.old, self.new);
        let origin = match marker {
            b'+' => Origin::Added,
            b'-' => Origin::Removed,
            _ => Origin::Context,
        };
        self.old = old.saturating_add(u32::from(origin != Origin::Added));
        self.new = new.saturating_add(u32::from(origin != Origin::Removed));
        Some(Line { origin, text, old, new })
    }
}

/// The first line with its ending, and what follows; `None` of nothing.
pub fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    Some(text.split_at(end))
}

/// The lines of a file, each with its ending.
pub fn file_lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::with_capacity(text.len() / 32);
    let mut rest = text;
    while let Some((line, after)) = split_line(rest) {
        lines.push(line);
        rest = after;
    }
    lines
}

/// What happens to a file as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileOp {
    /// It stays where it is.
    #[default]
    Modify,
    /// It is new.
    Create,
    /// It goes away.
    Delete,
    /// It gets another name.
    Rename,
    /// It is made from another one, which stays.
    Copy,
}

/// The changes to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileChange {
    /// Which patch of the set it belongs to (place in [`DiffSet::patches`]).
    pub patch: usize,
    /// Its name on the old side, from the top of the tree; `None` of a new file.
    pub old: Option<Vec<u8>>,
    /// Its name on the new side; `None` of a deleted file.
    pub new: Option<Vec<u8>>,
    /// Both names as the patch gives them, with `a/` and `b/` or other leading folders.
    pub given: (Option<Vec<u8>>, Option<Vec<u8>>),
    /// What happens to it.
    pub op: FileOp,
    /// Mode before, such as `0o100644`, where known.
    pub old_mode: Option<u32>,
    /// Mode after, where known.
    pub new_mode: Option<u32>,
    /// Not text: named, never shown.
    pub binary: bool,
    /// git's `GIT binary patch` block as it was read, for writing it again.
    pub payload: Vec<u8>,
    /// The file header's lines end with CRLF: a mail program or Windows was at it, and
    /// `patch` takes the CRs away.
    pub crlf: bool,
    /// Line of its first header line in the patch file, from 1; 0 without a patch file.
    pub line: u32,
    /// Its hunks, top to bottom. None for a binary file, a mere rename or mode change.
    pub hunks: Vec<Hunk>,
}

impl FileChange {
    /// The name to show: that of the new side, or the old one of a deleted file.
    pub fn name(&self) -> &[u8] {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or_default()
    }

    /// Every hunk, or the file itself if it has none, as the entries of `patch`.
    pub fn entries<'a>(&'a self, patch: Option<&'a Patch>) -> impl Iterator<Item = Entry<'a>> {
        let bare = self.hunks.is_empty().then_some(None);
        let hunks = self.hunks.iter().map(Some);
        bare.into_iter().chain(hunks).map(move |hunk| Entry { patch, file: self, hunk })
    }

    /// Added and removed lines of all hunks.
    pub fn counts(&self) -> (u32, u32) {
        self.hunks.iter().map(Hunk::counts).fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1))
    }
}

/// One patch: a mail, a file of a series, or the whole of a folder comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Its name as the series, folder or spec has it; empty for a folder comparison.
    pub name: Vec<u8>,
    /// The file it was read from.
    pub path: Option<PathBuf>,
    /// The subject without `[PATCH v3 2/7]`, unfolded and decoded; empty if it has none.
    pub subject: Vec<u8>,
    /// `2/7` of the subject's brackets.
    pub position: Option<(u32, u32)>,
    /// `v3` of the subject's brackets; 1 where they have none.
    pub version: u32,
    /// Who wrote it, decoded; empty if unknown.
    pub author: Vec<u8>,
    /// The `Date` header as it stands; empty if it has none.
    pub date: Vec<u8>,
    /// Everything before the first file: headers and text.
    pub message: Vec<u8>,
    /// Line of the message's first line in the file, from 1.
    pub line: u32,
}

/// Something in a patch that is not as it should be. The rest was still read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file it is in.
    pub path: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// What is wrong, for people.
    pub what: String,
}

/// A whole difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffSet {
    /// The patches in the order they are applied.
    pub patches: Vec<Patch>,
    /// The files they change, patch by patch.
    pub files: Vec<FileChange>,
    /// What could not be read as it should.
    pub problems: Vec<Problem>,
    /// What was assumed, and is no problem.
    pub notes: Vec<Problem>,
}

/// One entry of the numbered list: a hunk, or a file that changes without one.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The patch it comes from.
    pub patch: Option<&'a Patch>,
    /// The file it changes.
    pub file: &'a FileChange,
    /// The hunk; `None` for a binary file, a mere rename or mode change.
    pub hunk: Option<&'a Hunk>,
}

impl Entry<'_> {
    /// Number of added and of removed lines.
    pub fn counts(&self) -> (u32, u32) {
        self.hunk.map(Hunk::counts).unwrap_or_default()
    }
}

#[cfg(test)]
impl DiffSet {
    /// Every hunk, and every file without one, in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.files.iter().flat_map(|file| file.entries(self.patches.get(file.patch)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_counted_from_both_ends() {
        let slow = |hunk: &Hunk| {
            let origins: Vec<_> = hunk.lines().map(|line| line.origin).collect();
            let is_context = |origin: &&Origin| **origin == Origin::Context;
            let before = origins.iter().take_while(is_context).count();
            (before, origins.iter().rev().take_while(is_context).count())
        };
        for body in [
            "",
            " a\n",
            " a\n b\n",
            "+a\n",
            " a\n-b\n+c\n d\n e\n",
            " a\n+b\n c\n\\ No newline at end of file\n",
            "+a\n\\ No newline at end of file\n b\n",
            "-a\n\\ No newline\n+b\n\\ No newline\n",
            "\\ odd\n a\n+b\n",
            "+b\n c\n\\ one\n\\ two\n d\n",
            "+a\n\n b\n",
            "+a\n b",
        ] {
            let hunk = Hunk { body: body.as_bytes().to_vec(), ..Hunk::default() };
            assert_eq!(hunk.context(), slow(&hunk), "{body:?}");
        }
    }

    #[test]
    fn lines_are_numbered_and_know_a_missing_newline() {
        let hunk = Hunk {
            old: Span { start: 3, count: 2 },
            new: Span { start: 4, count: 2 },
            body: b" a\n-b\n+c\n\\ No newline at end of file\n".to_vec(),
            ..Hunk::default()
        };
        let lines: Vec<_> = hunk.lines().map(|l| (l.origin, l.text, l.old, l.new)).collect();
        assert_eq!(
            lines,
            [
                (Origin::Context, &b"a\n"[..], 3, 4),
                (Origin::Removed, b"b\n", 4, 5),
                (Origin::Added, b"c", 5, 5),
            ]
        );
        assert_eq!(hunk.counts(), (1, 1));
        assert_eq!(hunk.context(), (1, 0));
        assert_eq!(hunk.side(Origin::Added), [&b"a\n"[..], b"c"]);
    }

    #[test]
    fn an_empty_span_stands_before_the_next_line() {
        assert_eq!(Span { start: 0, count: 0 }.first(), 1);
        assert_eq!(Span { start: 7, count: 0 }.first(), 8);
        assert_eq!(Span { start: 7, count: 2 }.first(), 7);
    }
}
