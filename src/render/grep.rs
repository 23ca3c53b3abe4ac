//! `path:line:text` and `path:line:column:text`, byte for byte what
//! `rg -n --no-heading --with-filename` and `rg --vimgrep` print into a pipe.
//!
//! Long lines are whole here: other programs read this.

use super::hyperlink::linked;
use super::line::{Matching, lines, matching, push_line, push_mark};
use super::look::Look;
use super::sanitize;
use crate::list::{ContextLine, Match, Span};

/// What a row says of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrepStyle {
    /// `path:line:text`, one row per line.
    Lines,
    /// `path:line:column:text`, one row per match.
    Vimgrep,
}

/// Prints entries as grep lines.
pub(crate) struct Grep<'l> {
    look: &'l Look,
    style: GrepStyle,
    /// Rows hold what matches, not the lines around it (`-o`).
    only_matching: bool,
    /// A NUL byte ends each path (`-0`).
    null: bool,
    begun: bool,
}

impl<'l> Grep<'l> {
    /// A printer in this style.
    pub(crate) fn new(look: &'l Look, style: GrepStyle) -> Grep<'l> {
        Grep { look, style, only_matching: false, null: false, begun: false }
    }

    /// The printer with rows of what matches alone, and with a NUL byte behind paths, where
    /// these are wanted.
    pub(crate) fn with(self, only_matching: bool, null: bool) -> Grep<'l> {
        Grep { only_matching, null, ..self }
    }

    /// Appends one entry. An entry without a line is a file (`-l`): its path, with its
    /// cells behind it (`-c`).
    pub(crate) fn row(&mut self, out: &mut Vec<u8>, path: &[u8], entry: &Match<'_>) {
        if entry.line == 0 {
            self.file(out, path, entry);
            return;
        }
        if entry.gap && self.begun {
            out.extend_from_slice(b"--\n");
        }
        self.begun = true;
        for line in &entry.before {
            self.context(out, path, line);
        }
        match self.style {
            _ if self.only_matching && !entry.spans.is_empty() => self.matches(out, path, entry),
            GrepStyle::Vimgrep if !entry.spans.is_empty() => self.per_match(out, path, entry),
            _ => self.per_line(out, path, entry),
        }
        for line in &entry.after {
            self.context(out, path, line);
        }
    }

    /// Appends a line about a file, `path: remark`, as ripgrep does for binary files.
    pub(crate) fn remark(&self, out: &mut Vec<u8>, path: &[u8], remark: &str) {
        sanitize::push(out, path, self.look);
        out.extend_from_slice(b": ");
        out.extend_from_slice(remark.as_bytes());
        out.push(b'\n');
    }

    fn file(&self, out: &mut Vec<u8>, path: &[u8], entry: &Match<'_>) {
        self.path(out, path, 0);
        if self.null {
            out.push(0);
        }
        for cell in &entry.cells {
            if !self.null {
                out.push(b':');
            }
            sanitize::push(out, cell.as_bytes(), self.look);
        }
        if !self.null || !entry.cells.is_empty() {
            out.push(b'\n');
        }
    }

    /// One row a match, of what matches alone; a match over several lines has a row for each.
    fn matches(&self, out: &mut Vec<u8>, path: &[u8], entry: &Match<'_>) {
        for Matching { line, column, text } in matching(entry) {
            let column = (self.style == GrepStyle::Vimgrep).then_some(column);
            self.prelude(out, path, line, column, b':');
            self.text(out, text, 0, &[Span { start: 0, end: u32::MAX }], 0);
        }
    }

    fn per_line(&self, out: &mut Vec<u8>, path: &[u8], entry: &Match<'_>) {
        let mut rows = (entry.line..).zip(lines(entry.text)).peekable();
        while let Some((number, (at, text))) = rows.next() {
            self.prelude(out, path, number, None, b':');
            // What is left out is marked once, at the end.
            let cut = if rows.peek().is_none() { entry.cut } else { 0 };
            self.text(out, text, at, &entry.spans, cut);
        }
    }

    /// One row a match, with the line that it begins in.
    fn per_match(&self, out: &mut Vec<u8>, path: &[u8], entry: &Match<'_>) {
        let mut step = lines(entry.text).peekable();
        let mut number = entry.line;
        for span in &entry.spans {
            // Matches come in order, so the walk over the lines never goes back.
            let begins = |&(at, text): &(usize, &[u8])| span.start as usize > at + text.len();
            while let Some(passed) = step.next_if(begins) {
                if step.peek().is_none() {
                    // A match at the very end of the text belongs to its last line.
                    self.one_match(out, path, number, passed, *span, entry);
                    return;
                }
                number += 1;
            }
            if let Some(line) = step.peek() {
                self.one_match(out, path, number, *line, *span, entry);
            }
        }
    }

    fn one_match(
        &self,
        out: &mut Vec<u8>,
        path: &[u8],
        number: u64,
        (at, text): (usize, &[u8]),
        span: Span,
        entry: &Match<'_>,
    ) {
        // A cut line's part begins further on in the line; of several lines, the
        // first ones are whole.
        let start = u64::from(span.start) + if at == 0 { entry.skipped } else { 0 };
        let column = (start + 1).saturating_sub(at as u64);
        let ends = at + text.len() + 1 >= entry.text.len();
        self.prelude(out, path, number, Some(column), b':');
        self.text(out, text, at, &[span], if ends { entry.cut } else { 0 });
    }

    fn context(&self, out: &mut Vec<u8>, path: &[u8], line: &ContextLine<'_>) {
        self.prelude(out, path, line.line, None, b'-');
        let text = line.text.strip_suffix(b"\n").unwrap_or(line.text);
        self.text(out, text, 0, &[], line.cut);
    }

    fn prelude(
        &self,
        out: &mut Vec<u8>,
        path: &[u8],
        number: u64,
        column: Option<u64>,
        separator: u8,
    ) {
        let mut digits = itoa::Buffer::new();
        self.path(out, path, number);
        out.push(if self.null { 0 } else { separator });
        self.look.palette.line.paint(out, digits.format(number).as_bytes());
        out.push(separator);
        if let Some(column) = column {
            out.extend_from_slice(digits.format(column).as_bytes());
            out.push(separator);
        }
    }

    fn path(&self, out: &mut Vec<u8>, path: &[u8], line: u64) {
        let ink = &self.look.palette.grep_path;
        linked(out, self.look, path, line, |out| {
            out.extend_from_slice(ink.on.as_bytes());
            sanitize::push(out, path, self.look);
            out.extend_from_slice(ink.off.as_bytes());
        });
    }

    /// Appends a line; `cut` counts the bytes that a kept list has left out of it.
    fn text(&self, out: &mut Vec<u8>, text: &[u8], at: usize, spans: &[Span], cut: u64) {
        // On a terminal the carriage return of a CRLF file is no news.
        let shown =
            if self.look.visible() { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        push_line(out, self.look, shown, at, spans);
        if cut > 0 {
            push_mark(out, self.look, text.len() as u64 + cut);
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(look: &Look, style: GrepStyle, path: &[u8], entry: &Match<'_>) -> String {
        let mut out = Vec::new();
        Grep::new(look, style).row(&mut out, path, entry);
        String::from_utf8(out).unwrap()
    }

    fn two_matches() -> Match<'static> {
        Match {
            line: 7,
            text: b"\tfoo foo",
            spans: vec![Span { start: 1, end: 4 }, Span { start: 5, end: 8 }],
            ..Match::default()
        }
    }

    #[test]
    fn a_remarks_path_is_made_visible_on_a_terminal() {
        let remark = |look: &Look| {
            let mut out = Vec::new();
            Grep::new(look, GrepStyle::Lines).remark(&mut out, b"a\x1b[2J", "binary file matches");
            String::from_utf8(out).unwrap()
        };
        assert_eq!(remark(&Look::of_terminal()), "a\\x1b[2J: binary file matches\n");
        assert_eq!(remark(&Look::of_pipe()), "a\x1b[2J: binary file matches\n");
    }

    #[test]
    fn a_last_line_without_newline_gets_one() {
        let out = drawn(&Look::of_pipe(), GrepStyle::Lines, b"a.c", &two_matches());
        assert_eq!(out, "a.c:7:\tfoo foo\n");
    }

    #[test]
    fn vimgrep_has_a_row_a_match() {
        let out = drawn(&Look::of_pipe(), GrepStyle::Vimgrep, b"a.c", &two_matches());
        assert_eq!(out, "a.c:7:2:\tfoo foo\na.c:7:6:\tfoo foo\n");
    }

    #[test]
    fn vimgrep_shows_the_line_a_match_begins_in() {
        let entry = Match {
            line: 3,
            text: b"int a(\n  int b)\nx a(\n",
            spans: vec![Span { start: 4, end: 14 }, Span { start: 18, end: 21 }],
            ..Match::default()
        };
        let out = drawn(&Look::of_pipe(), GrepStyle::Vimgrep, b"a.c", &entry);
        assert_eq!(out, "a.c:3:5:int a(\na.c:5:3:x a(\n");
    }

    #[test]
    fn context_has_dashes() {
        let context = |line, text| ContextLine { line, offset: 0, text, cut: 0 };
        let entry = Match {
            before: vec![context(6, b"before\r\n")],
            after: vec![context(8, b"after")],
            ..two_matches()
        };
        let out = drawn(&Look::of_pipe(), GrepStyle::Lines, b"a.c", &entry);
        assert_eq!(out, "a.c-6-before\r\na.c:7:\tfoo foo\na.c-8-after\n");
    }

    #[test]
    fn files_with_and_without_counts() {
        let file = Match::default();
        assert_eq!(drawn(&Look::of_pipe(), GrepStyle::Lines, b"a.c", &file), "a.c\n");
        let count = Match { cells: vec!["12"], ..Match::default() };
        assert_eq!(drawn(&Look::of_pipe(), GrepStyle::Lines, b"a.c", &count), "a.c:12\n");
    }

    #[test]
    fn colours_are_those_of_ripgrep() {
        let out = drawn(&Look::of_terminal(), GrepStyle::Lines, b"\x1b.c", &two_matches());
        let red = |text| format!("\x1b[1m\x1b[31m{text}\x1b[0m");
        assert_eq!(
            out,
            format!("\x1b[35m\\x1b.c\x1b[0m:\x1b[32m7\x1b[0m:\t{} {}\n", red("foo"), red("foo"))
        );
    }
}
