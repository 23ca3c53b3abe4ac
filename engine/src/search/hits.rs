//! What one file gave: its hits, with all their bytes in one buffer.
//!
//! A worker fills it, the collector reads it as [`Match`]es; a file with a million
//! hits comes in several parts, so that neither holds more than a few megabytes.

use std::ops::Range;

use crate::place::{ContextLine, FileEntry, Match, Span};

/// A binary file's NUL byte, where it cut the search short or hid the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// The search ended there (an implicitly searched file).
    Stopped {
        /// Where the NUL is, in bytes from the file's start.
        offset: u64,
    },
    /// The file matches; its lines are not shown.
    Matches {
        /// Where the NUL is, in bytes from the file's start.
        offset: u64,
    },
}

/// The hits of one file, or of a part of it.
#[derive(Debug, Default)]
pub struct FileHits {
    /// The file, as it is shown.
    pub file: FileEntry,
    /// True for the first part of a file.
    pub first: bool,
    /// How many hits all parts up to this one have: lines, or matches with `-U`.
    pub count: u64,
    /// How many bytes were searched (in the last part).
    pub searched: u64,
    /// What was noticed about NUL bytes (in the last part).
    pub binary: Option<Binary>,
    hits: Vec<Hit>,
    bytes: Vec<u8>,
    spans: Vec<Span>,
    context: Vec<Neighbour>,
    gap: bool,
}

#[derive(Debug)]
struct Hit {
    line: u64,
    offset: u64,
    text: Range<usize>,
    spans: Range<usize>,
    before: Range<usize>,
    after: Range<usize>,
    function: Option<Range<usize>>,
    gap: bool,
}

#[derive(Debug)]
struct Neighbour {
    line: u64,
    offset: u64,
    text: Range<usize>,
}

impl FileHits {
    /// The first part of `file`'s hits, still empty.
    pub fn of(file: FileEntry) -> FileHits {
        FileHits { file, first: true, ..FileHits::default() }
    }

    /// Adds a hit; the context lines before it were added already.
    pub fn push(&mut self, line: u64, offset: u64, text: &[u8], spans: &[Span]) {
        let after = self.hits.last().map_or(0, |hit| hit.after.end);
        let text = self.keep(text);
        let spans_at = self.spans.len();
        self.spans.extend_from_slice(spans);
        self.hits.push(Hit {
            line,
            offset,
            text,
            spans: spans_at..self.spans.len(),
            before: after..self.context.len(),
            after: self.context.len()..self.context.len(),
            function: None,
            gap: std::mem::take(&mut self.gap),
        });
    }

    /// Adds a line that stands before the next hit.
    pub fn push_before(&mut self, line: u64, offset: u64, text: &[u8]) {
        let text = self.keep(text);
        self.context.push(Neighbour { line, offset, text });
    }

    /// Adds a line that stands after the last hit.
    pub fn push_after(&mut self, line: u64, offset: u64, text: &[u8]) {
        self.push_before(line, offset, text);
        if let Some(hit) = self.hits.last_mut() {
            hit.after.end = self.context.len();
        }
    }

    /// Says that something is left out before the first hit.
    pub fn mark_first_gap(&mut self) {
        if let Some(hit) = self.hits.first_mut() {
            hit.gap = true;
        }
    }

    /// Says that lines are left out before the next hit.
    pub fn mark_gap(&mut self) {
        self.gap = true;
    }

    /// The first and last line of each hit, in order.
    pub(super) fn lines(&self) -> Vec<(u64, u64)> {
        let extent = |hit: &Hit| {
            let text = &self.bytes[hit.text.clone()];
            let body = text.strip_suffix(b"\n").unwrap_or(text);
            (hit.line, hit.line + memchr::memchr_iter(b'\n', body).count() as u64)
        };
        self.hits.iter().map(extent).collect()
    }

    /// Names the function that hit number `hit` is in.
    pub(super) fn name_function(&mut self, hit: usize, function: &str) {
        self.hits[hit].function = Some(self.keep(function.as_bytes()));
    }

    /// Replaces the context of hit number `hit`; lines come as number, offset, text.
    pub(super) fn set_context<'t>(
        &mut self,
        hit: usize,
        before: impl Iterator<Item = (u64, u64, &'t [u8])>,
        after: impl Iterator<Item = (u64, u64, &'t [u8])>,
        gap: bool,
    ) {
        let start = self.context.len();
        before.for_each(|(line, offset, text)| self.push_before(line, offset, text));
        let middle = self.context.len();
        after.for_each(|(line, offset, text)| self.push_before(line, offset, text));
        let end = self.context.len();
        let hit = &mut self.hits[hit];
        (hit.before, hit.after, hit.gap) = (start..middle, middle..end, gap);
    }

    /// How many rows of an answer this part has: lines, or the file.
    pub fn entries(&self) -> u64 {
        (self.hits.len() as u64).max(u64::from(self.first))
    }

    /// How much memory this part's content takes, roughly, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
            + self.hits.len() * size_of::<Hit>()
            + self.spans.len() * size_of::<Span>()
            + self.context.len() * size_of::<Neighbour>()
    }

    /// Takes what is gathered as a part of its own, and goes on with the next.
    pub fn split_off(&mut self) -> FileHits {
        let next = FileHits {
            file: self.file.clone(),
            count: self.count,
            gap: std::mem::take(&mut self.gap),
            ..FileHits::default()
        };
        std::mem::replace(self, next)
    }

    /// Calls `each` with every hit as a [`Match`] of the list's file number `file`.
    ///
    /// # Errors
    /// `each`'s own, at once.
    pub fn for_each<E>(
        &self,
        file: u32,
        mut each: impl FnMut(&Match<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut spans = Vec::new();
        for hit in &self.hits {
            spans.clear();
            spans.extend_from_slice(&self.spans[hit.spans.clone()]);
            let function = hit.function.as_ref().map(|range| &self.bytes[range.clone()]);
            let entry = Match {
                file,
                line: hit.line,
                offset: hit.offset,
                text: &self.bytes[hit.text.clone()],
                spans,
                cells: function.iter().filter_map(|name| std::str::from_utf8(name).ok()).collect(),
                before: self.neighbours(&hit.before),
                after: self.neighbours(&hit.after),
                gap: hit.gap,
                ..Match::default()
            };
            each(&entry)?;
            spans = entry.spans;
        }
        Ok(())
    }

    /// The file as one entry, with its first match.
    pub fn first_match(&self, file: u32) -> Match<'_> {
        let Some(hit) = self.hits.first() else { return Match { file, ..Match::default() } };
        let text = &self.bytes[hit.text.clone()];
        Match { file, first: hit.line, offset: hit.offset, text, ..Match::default() }
    }

    fn neighbours(&self, range: &Range<usize>) -> Vec<ContextLine<'_>> {
        self.context[range.clone()]
            .iter()
            .map(|line| ContextLine {
                line: line.line,
                offset: line.offset,
                text: &self.bytes[line.text.clone()],
                cut: 0,
            })
            .collect()
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }
}
