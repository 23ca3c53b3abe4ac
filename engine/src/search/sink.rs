//! Receives what the searcher finds in one file, and hands it on in parts.
//!
//! What it does with binary files and counts is what ripgrep's printers do
//! (grep-printer's `StandardSink` and `SummarySink`), so that the same lines come out.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use grep_matcher::Matcher;
use grep_searcher::{Searcher, Sink, SinkContext, SinkContextKind, SinkFinish, SinkMatch};

use super::hits::{Binary, FileHits};
use crate::place::Span;

/// How far beyond a multi-line match its own matches are looked for, in bytes
/// (grep-printer's `MAX_LOOK_AHEAD`).
const LOOK_AHEAD: usize = 128;

/// A longer first match is not kept for a list of files, in bytes.
const LONGEST_FIRST: usize = 4096;

/// What is wanted of each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Every matching line, and which parts of it match.
    Lines,
    /// How many lines match.
    Count,
    /// How many matches the lines have, of which one may have several.
    Matches,
    /// Whether any line matches.
    Whether,
    /// Whether no line matches.
    Without,
}

/// Gathers one file's hits.
pub(crate) struct HitSink<'a, M, F> {
    /// Finds the matches within a matching line.
    pub matcher: &'a M,
    /// What is wanted.
    pub want: Want,
    /// What is gathered so far.
    pub hits: FileHits,
    /// A part is handed on when it holds this many bytes.
    pub part: usize,
    /// Whether to find out what matches within a line; none: no.
    pub spans_wanted: Option<&'a AtomicBool>,
    /// Takes a part, and says whether to go on.
    pub hand_on: F,
    /// True when the search was stopped from outside.
    pub stopped: bool,
    spans: Vec<Span>,
    binary_offset: Option<u64>,
}

impl<'a, M: Matcher, F: FnMut(FileHits) -> bool> HitSink<'a, M, F> {
    /// A sink for the file named in `hits`.
    pub(crate) fn new(matcher: &'a M, want: Want, hits: FileHits, hand_on: F) -> Self {
        HitSink {
            matcher,
            want,
            hits,
            part: usize::MAX,
            spans_wanted: None,
            hand_on,
            stopped: false,
            spans: Vec::new(),
            binary_offset: None,
        }
    }

    /// Fills `spans` with the matches inside a matching line or lines.
    fn find_spans(&mut self, searcher: &Searcher, found: &SinkMatch<'_>) {
        self.spans.clear();
        let range = found.bytes_range_in_buffer();
        let buffer = found.buffer();
        let visible_end = if searcher.multi_line_with_matcher(self.matcher) {
            buffer.len().min(range.end + LOOK_AHEAD)
        } else {
            // Look-around must not see the line's terminator.
            range.start + without_terminator(searcher, &buffer[range.clone()]).len()
        };
        let spans = &mut self.spans;
        // The regex engine behind this matcher has no errors.
        let _ = self.matcher.find_iter_at(&buffer[..visible_end], range.start, |inner| {
            if inner.start() >= range.end {
                return false;
            }
            let start = u32::try_from(inner.start() - range.start);
            let end = u32::try_from(inner.end().min(range.end) - range.start);
            if let (Ok(start), Ok(end)) = (start, end) {
                spans.push(Span { start, end });
            }
            true
        });
        // An empty match at the very end marks nothing.
        if spans
            .last()
            .is_some_and(|span| span.start == span.end && span.start as usize >= range.len())
        {
            spans.pop();
        }
    }

    /// Keeps where the first match is, for a list of files.
    fn note_first(&mut self, found: &SinkMatch<'_>) {
        let line = found.lines().next().unwrap_or_default();
        let line = if line.len() > LONGEST_FIRST { &[][..] } else { line };
        let number = found.line_number().unwrap_or(0);
        self.hits.push(number, found.absolute_byte_offset(), line, &[]);
    }

    /// How many matches a hit counts for with `-c`: one per line, or every one with `-o` or `-U`.
    fn weight(&mut self, searcher: &Searcher, found: &SinkMatch<'_>) -> u64 {
        let each = self.want == Want::Matches && !searcher.invert_match();
        if !each && !searcher.multi_line_with_matcher(self.matcher) {
            return 1;
        }
        self.find_spans(searcher, found);
        (self.spans.len() as u64).max(1)
    }
}

impl<M: Matcher, F: FnMut(FileHits) -> bool> Sink for HitSink<'_, M, F> {
    type Error = io::Error;

    fn matched(&mut self, searcher: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        match self.want {
            Want::Without => {
                self.hits.count = 1;
                return Ok(false);
            }
            Want::Whether => {
                self.hits.count = 1;
                self.note_first(found);
                return Ok(false);
            }
            Want::Count | Want::Matches => {
                if self.hits.count == 0 {
                    self.note_first(found);
                }
                self.hits.count += self.weight(searcher, found);
                return Ok(true);
            }
            Want::Lines => {
                self.hits.count += 1;
                if searcher.binary_detection().convert_byte().is_some()
                    && self.binary_offset.is_some()
                {
                    return Ok(false);
                }
                if self.hits.size() >= self.part {
                    let part = self.hits.split_off();
                    if !(self.hand_on)(part) {
                        self.stopped = true;
                        return Ok(false);
                    }
                }
                self.spans.clear();
                if !searcher.invert_match()
                    && self.spans_wanted.is_some_and(|wanted| wanted.load(Ordering::Relaxed))
                {
                    self.find_spans(searcher, found);
                }
            }
        }
        self.hits.push(
            found.line_number().unwrap_or(0),
            found.absolute_byte_offset(),
            found.bytes(),
            &self.spans,
        );
        Ok(true)
    }

    fn context(&mut self, searcher: &Searcher, context: &SinkContext<'_>) -> io::Result<bool> {
        if searcher.binary_detection().convert_byte().is_some() && self.binary_offset.is_some() {
            return Ok(false);
        }
        let line = context.line_number().unwrap_or(0);
        match context.kind() {
            SinkContextKind::After => {
                self.hits.push_after(line, context.absolute_byte_offset(), context.bytes());
            }
            SinkContextKind::Before | SinkContextKind::Other => {
                self.hits.push_before(line, context.absolute_byte_offset(), context.bytes());
            }
        }
        Ok(true)
    }

    fn context_break(&mut self, _: &Searcher) -> io::Result<bool> {
        self.hits.mark_gap();
        Ok(true)
    }

    fn binary_data(&mut self, _: &Searcher, offset: u64) -> io::Result<bool> {
        self.binary_offset = Some(offset);
        Ok(true)
    }

    fn finish(&mut self, searcher: &Searcher, finish: &SinkFinish) -> io::Result<()> {
        self.hits.searched = finish.byte_count();
        let detection = searcher.binary_detection();
        match self.want {
            Want::Lines if self.hits.count > 0 => {
                self.hits.binary = self.binary_offset.and_then(|offset| {
                    if detection.quit_byte().is_some() {
                        Some(Binary::Stopped { offset })
                    } else {
                        detection.convert_byte().map(|_| Binary::Matches { offset })
                    }
                });
            }
            // A count of a part of a file would mislead.
            Want::Count | Want::Matches | Want::Whether
                if finish.binary_byte_offset().is_some() && detection.quit_byte().is_some() =>
            {
                self.hits.count = 0;
            }
            // Nor is it known that nothing matches in the rest.
            Want::Without
                if finish.binary_byte_offset().is_some() && detection.quit_byte().is_some() =>
            {
                self.hits.count = 1;
            }
            _ => {}
        }
        Ok(())
    }
}

fn without_terminator<'a>(searcher: &Searcher, line: &'a [u8]) -> &'a [u8] {
    let terminator = searcher.line_terminator();
    match line.strip_suffix(b"\n") {
        Some(rest) if terminator.is_crlf() => rest.strip_suffix(b"\r").unwrap_or(rest),
        Some(rest) if terminator.as_byte() == b'\n' => rest,
        _ => line,
    }
}
