//! What one entry of a list is: a place in a file, its text, and what was found there.

use serde::{Deserialize, Serialize};

/// One file that entries of a list point into.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The path as it is shown: bytes, relative to the list's folder or absolute.
    #[serde(with = "serde_bytes")]
    pub path: Vec<u8>,
    /// True when the text came from standard input: there is no file to open.
    pub stdin: bool,
}

/// A byte range `start..end` inside [`Match::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A line beside a match, asked for with `-A`, `-B` or `-C`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextLine<'a> {
    /// Line number, from 1.
    pub line: u64,
    /// Byte offset of the line in its file.
    pub offset: u64,
    /// The line with its terminator; a kept list holds a
    /// part of a very long one.
    #[serde(borrow, with = "serde_bytes")]
    pub text: &'a [u8],
    /// Bytes of the line that were left out of `text` when it was kept (0: none).
    pub cut: u64,
}

/// One numbered entry of a list.
///
/// It borrows its bytes: from the search that found it, or from the buffer that it
/// was read into, so that a million of them cost no allocation each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Match<'a> {
    /// Which of the list's files, from 0.
    pub file: u32,
    /// Line number of the first line, from 1; 0 when the entry is the whole file.
    pub line: u64,
    /// Of a whole file, the line of its first match, from 1, which `text` then holds;
    /// 0 where that is not known.
    pub first: u64,
    /// Byte offset of that line in its file.
    pub offset: u64,
    /// The matching line, or lines with `--multiline`, with their terminators.
    /// A kept list holds a part of a very long one.
    #[serde(borrow, with = "serde_bytes")]
    pub text: &'a [u8],
    /// Bytes of the line that were left out of `text` when it was kept (0: none): of
    /// one line at both its ends, of several lines whole lines at their end.
    pub cut: u64,
    /// How many of the bytes left out stand before `text`.
    pub skipped: u64,
    /// What matched, in order, within `text`.
    pub spans: Vec<Span>,
    /// The values of the list's extra columns , in order.
    #[serde(borrow)]
    pub cells: Vec<&'a str>,
    /// The title printed above this entry, where a section of the list begins.
    #[serde(borrow)]
    pub section: Option<&'a str>,
    /// Lines shown before the match.
    #[serde(borrow)]
    pub before: Vec<ContextLine<'a>>,
    /// Lines shown after the match.
    #[serde(borrow)]
    pub after: Vec<ContextLine<'a>>,
    /// How deep the entry is in a tree, from 0: the name of a node is indented by it.
    pub depth: u16,
    /// True when a gap separates this entry's context from the one before it.
    pub gap: bool,
    /// True when `text` is not the file's own line, such as one that a patch would add:
    /// it is not looked for in the file.
    pub foreign: bool,
    /// The line of a log that the entry comes from.
    pub logged: Option<Box<Logged>>,
}

/// A line of a log, and all the places that it may come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// The log's line, from 1.
    pub line: u64,
    /// What the entry is about.
    pub what: LoggedAs,
    /// The places, the best first; none where the tree has none.
    pub places: Vec<LoggedPlace>,
    /// What is said of a whole report.
    pub remark: Option<LoggedRemark>,
}

/// Something said of a whole report of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedRemark {
    /// What it is about: `subsystem`, `maintainer`.
    pub about: String,
    /// What is said.
    pub text: String,
}

/// What a line of a log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoggedAs {
    /// Something printed it.
    Message,
    /// A stack frame.
    Frame,
    /// It names a place itself.
    Stamp,
    /// What is said of a whole report.
    Report,
}

/// A place that a log's line may come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedPlace {
    /// The file, as the list names files.
    pub path: String,
    /// The statement's first line, from 1.
    pub line: u32,
    /// Its last line.
    pub last: u32,
    /// The function.
    pub function: String,
    /// `certain`, `likely` or `several`.
    pub sure: String,
    /// How it is known.
    pub how: String,
    /// The distribution's patches that touch the function, where they were asked for.
    pub patches: Vec<String>,
}

impl Match<'_> {
    /// The line to go to, from 1; 0 when no line is known.
    pub fn target(&self) -> u64 {
        self.line.max(self.first)
    }

    /// The last line of the entry: the first one's number, or later for a
    /// multi-line match.
    pub fn last_line(&self) -> u64 {
        let body = self.text.strip_suffix(b"\n").unwrap_or(self.text);
        self.line + memchr::memchr_iter(b'\n', body).count() as u64
    }
}
