//! The pane of source: the file that a row is in, as it is now, around the row, with a cursor of
//! its own on a line and a name.
//!
//! It is drawn plain at once and highlighted a little later, in steps: a key that is held down
//! must not wait for a grammar.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use unicode_width::UnicodeWidthChar;

use crate::list::{FileEntry, Match, Place, SourceFile, Span, Test};
use crate::message::plain;
use crate::render::{Highlighter, MAX_HIGHLIGHTED, Running, Styled};
use crate::search;

/// How many lines before the first one are read by the grammar, to know what that one is in.
const LEAD_LINES: u64 = 60;

/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// The pane's state.
#[derive(Default)]
pub(super) struct Source {
    /// The file, absolute; none when the text is the list's own.
    path: Option<PathBuf>,
    /// The file's name as the list has it.
    name: Vec<u8>,
    /// Its text, or why there is none.
    text: Option<Result<SourceFile, String>>,
    /// When the file was changed last, and how long it is.
    stamp: Option<(SystemTime, u64)>,
    /// The number of the text's first line: 1, but for what came from standard input.
    first: u64,
    /// The row's lines, and what matched in the first.
    row: Range<u64>,
    spans: Vec<Span>,
    /// What became of the row since.
    note: Option<String>,
    /// The cursor: a line, and a byte of it.
    line: u64,
    at: usize,
    /// The line at the top of the pane.
    top: u64,
    /// The function around a line: whose line that is, and its text.
    function: Option<(u64, String)>,
    /// How lines are highlighted, as far as that is known.
    styled: HashMap<u64, Styled>,
    running: Running,
    /// The line that the grammar reads next.
    next: u64,
}

impl Source {
    /// Shows the file of an entry, with the cursor on the entry.
    pub(super) fn show(&mut self, path: PathBuf, file: &FileEntry, entry: &Match<'_>) {
        if file.stdin {
            let text = SourceFile::from_bytes(entry.text.to_vec());
            *self =
                Source { text: Some(Ok(text)), first: entry.target().max(1), ..Source::default() };
        } else if self.path.as_deref() != Some(&path) || self.stamp != stamp(&path) {
            let text = SourceFile::read(&path).map_err(|error| plain(&error));
            let stamp = stamp(&path);
            let (path, text) = (Some(path), Some(text));
            *self = Source { path, text, stamp, first: 1, ..Source::default() };
        }
        self.name.clone_from(&file.path);
        let matched = self.place(entry);
        let height = entry.last_line().saturating_sub(entry.line);
        self.row = matched..matched + height + 1;
        let shift = u32::try_from(entry.skipped).unwrap_or(u32::MAX);
        let moved = |span: &Span| Span {
            start: span.start.saturating_add(shift),
            end: span.end.saturating_add(shift),
        };
        let is_own = !entry.foreign && self.note.as_ref().is_none_or(|note| note != "changed");
        self.spans = if is_own { entry.spans.iter().map(moved).collect() } else { Vec::new() };
        self.line = matched.max(self.first);
        self.at = self.spans.first().map_or(0, |span| span.start as usize);
        // The row stands in the upper third.
        self.top = 0;
        self.rest_on_name();
    }

    /// Shows the file as it is now, the cursor where it was.
    pub(super) fn read_again(&mut self) {
        if let Some(path) = &self.path {
            self.text = Some(SourceFile::read(path).map_err(|error| plain(&error)));
            self.stamp = stamp(path);
            (self.function, self.next) = (None, 0);
            self.styled.clear();
        }
    }

    fn place(&mut self, entry: &Match<'_>) -> u64 {
        self.note = None;
        let (Some(Ok(text)), true) = (&self.text, self.path.is_some()) else {
            return entry.target();
        };
        match text.place(entry) {
            Place::Same => entry.target().min(text.line_count()),
            Place::Moved { from, to } => {
                self.note = Some(format!("moved from line {from}"));
                to
            }
            Place::Changed => {
                self.note = Some("changed".to_owned());
                entry.target().min(text.line_count())
            }
        }
    }

    /// The file, if there is one.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The file's name, and what became of the row.
    pub(super) fn title(&self) -> (&[u8], Option<&str>) {
        (&self.name, self.note.as_deref())
    }

    /// Why there is no text.
    pub(super) fn error(&self) -> Option<&str> {
        self.text.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The line under the cursor.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The row's lines, and what matched in the first.
    pub(super) fn row(&self) -> (&Range<u64>, &[Span]) {
        (&self.row, &self.spans)
    }

    /// A line's text, without its end.
    pub(super) fn text(&self, line: u64) -> Option<&[u8]> {
        let Some(Ok(text)) = &self.text else { return None };
        let line = text.line((line + 1).checked_sub(self.first.max(1))?)?;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// The number of the last line.
    pub(super) fn last(&self) -> u64 {
        let Some(Ok(text)) = &self.text else { return 0 };
        (self.first + text.line_count()).saturating_sub(1)
    }

    /// The first line shown, in a pane of this height.
    pub(super) fn top(&mut self, height: u64) -> u64 {
        let (line, height) = (self.line, height.max(1));
        if self.top == 0 {
            self.top = line.saturating_sub(height / 3);
        }
        let most = (self.last() + 1).saturating_sub(height);
        self.top = self.top.clamp((line + 1).saturating_sub(height), line).min(most);
        self.top = self.top.max(self.first.max(1));
        self.top
    }

    /// Moves the cursor by so many lines.
    pub(super) fn go(&mut self, by: i64) {
        self.go_to(self.line.saturating_add_signed(by));
    }

    /// Moves the cursor to a line.
    pub(super) fn go_to(&mut self, line: u64) {
        let first = self.first.max(1);
        self.line = line.clamp(first, self.last().max(first));
        let end = self.text(self.line).map_or(0, <[u8]>::len);
        self.at = self.at.min(end);
        self.rest_on_name();
    }

    /// Scrolls by so many lines; the cursor comes along where it would be left behind.
    pub(super) fn scroll(&mut self, by: i64, height: u64) {
        let most = (self.last() + 1).saturating_sub(height).max(self.first);
        let top = self.top(height).saturating_add_signed(by).clamp(self.first.max(1), most.max(1));
        let line = self.line.clamp(top, top + height.saturating_sub(1));
        if line != self.line {
            self.go_to(line);
        }
        self.top = top;
    }

    /// Moves the cursor by so many characters.
    pub(super) fn shift(&mut self, by: i64) {
        let Some(text) = self.text(self.line) else { return };
        let end = text.len();
        self.at = match by {
            0.. => text.get(self.at..).map_or(end, |rest| self.at + first_width(rest)),
            _ => {
                let starts = |at: &usize| text.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80);
                (0..self.at).rev().find(starts).unwrap_or(0)
            }
        };
    }

    /// Moves the cursor to the next name, or to the previous one.
    pub(super) fn go_to_name(&mut self, forward: bool) {
        let names = self.text(self.line).map(names_in).unwrap_or_default();
        let next = match forward {
            true => names.iter().find(|name| name.start > self.at),
            false => names.iter().rev().find(|name| name.end <= self.at),
        };
        if let Some(name) = next {
            self.at = name.start;
        } else if forward && self.line < self.last() {
            (self.at, self.line) = (0, self.line + 1);
            self.rest_on_name();
        } else if !forward && self.line > self.first {
            self.line -= 1;
            let last = self.text(self.line).map(names_in).and_then(|names| names.last().cloned());
            self.at = last.map_or(0, |name| name.start);
        }
    }

    /// The bytes of the name under the cursor.
    pub(super) fn name_range(&self) -> Option<Range<usize>> {
        let names = names_in(self.text(self.line)?);
        names.into_iter().find(|name| name.contains(&self.at))
    }

    /// The bytes under the cursor: a name, or one character.
    pub(super) fn cursor(&self) -> Range<usize> {
        let text = self.text(self.line).unwrap_or_default();
        let width = text.get(self.at..).map_or(0, first_width);
        self.name_range().unwrap_or(self.at..self.at + width)
    }

    /// The name under the cursor.
    pub(super) fn name(&self) -> Option<String> {
        let text = self.text(self.line)?.get(self.name_range()?)?;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    /// Where there is no name under the cursor, moves it to the first one behind it.
    fn rest_on_name(&mut self) {
        if self.name_range().is_none() {
            let names = self.text(self.line).map(names_in).unwrap_or_default();
            let next = names.iter().find(|name| name.start >= self.at).or(names.last());
            self.at = next.map_or(0, |name| name.start);
        }
    }

    /// Puts the cursor where somebody clicked: so many columns into a line that is not cut.
    pub(super) fn click(&mut self, line: u64, column: usize) {
        self.at = 0;
        self.go_to(line);
        let Some(text) = self.text(self.line) else { return };
        self.at = byte_at(text, column);
    }

    /// Moves the cursor to the next line that `test` matches, or the previous one, around the
    /// end; false where there is none.
    pub(super) fn find(&mut self, test: &Test, forward: bool, stays: bool) -> bool {
        let (first, last) = (self.first.max(1), self.last());
        if last < first {
            return false;
        }
        let count = last - first + 1;
        let own = self.line - first;
        for step in u64::from(!stays)..=count {
            let step = step % count;
            let line = if forward { own + step } else { own + count - step };
            let line = first + line % count;
            let found = self.text(line).and_then(|text| test.find(text, 0));
            if let Some(found) = found {
                (self.line, self.at) = (line, found.start);
                return true;
            }
        }
        false
    }

    /// The function around the cursor: its line, and the text of that.
    pub(super) fn function(&mut self) -> Option<&(u64, String)> {
        let line = (self.line + 1).checked_sub(self.first.max(1))?;
        let Some(Ok(text)) = &self.text else { return None };
        let found = search::enclosing(&self.name, text.bytes(), line);
        // Behind the end of a function, or of a declaration, there is none.
        let ends = |line: u64| text.line(line).is_some_and(|line| line.starts_with(b"}"));
        let is_around = |at: u64, head: &[u8]| {
            at == line || (!head.trim_ascii_end().ends_with(b";") && !(at + 1..line).any(ends))
        };
        let found = found.filter(|(at, head)| is_around(*at, head));
        self.function =
            found.map(|(at, text)| (at, String::from_utf8_lossy(text.trim_ascii()).into_owned()));
        self.function.as_ref()
    }

    /// How a line is highlighted, where that is known.
    pub(super) fn styled(&self, line: u64) -> Option<&Styled> {
        self.styled.get(&line).filter(|styled| !styled.is_empty())
    }

    /// Highlights lines of a pane of this height for so long; true where it did anything.
    pub(super) fn highlight(&mut self, with: &Highlighter, height: u64, budget: Duration) -> bool {
        let Some(Ok(text)) = &self.text else { return false };
        if text.bytes().len() as u64 > MAX_HIGHLIGHTED {
            return false;
        }
        let top = self.top(height);
        let end = (top + height).min(self.last() + 1);
        if (top..end).all(|line| self.styled.contains_key(&line)) {
            return false;
        }
        let begin = top.saturating_sub(LEAD_LINES).max(self.first.max(1));
        if !(begin..end).contains(&self.next) {
            (self.running, self.next) = (Running::default(), begin);
        }
        let started = Instant::now();
        while self.next < end && started.elapsed() < budget {
            let line = self.next;
            let text = self.text(line).unwrap_or_default().to_vec();
            let styled = with.next(&mut self.running, &self.name, line, &text);
            self.styled.insert(line, styled);
            self.next += 1;
        }
        true
    }
}

/// When a file was changed last, and how long it is.
fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = path.metadata().ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// The names in a line of source.
fn names_in(text: &[u8]) -> Vec<Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut names = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].iter().position(|byte| !is_part(*byte));
        let end = end.map_or(text.len(), |end| at + end);
        if end > at && !text[at].is_ascii_digit() {
            names.push(at..end);
        }
        at = end.max(at) + 1;
    }
    names
}

/// How many bytes the first character takes.
fn first_width(text: &[u8]) -> usize {
    let more = text.iter().skip(1).take_while(|byte| *byte & 0xc0 == 0x80).count();
    if text.is_empty() { 0 } else { 1 + more }
}

/// The byte of `text` that is drawn at this column.
fn byte_at(text: &[u8], column: usize) -> usize {
    let (mut at, mut width) = (0, 0);
    for c in String::from_utf8_lossy(text).chars() {
        width += if c == '\t' { TAB - width % TAB } else { c.width().unwrap_or(4) };
        if width > column {
            return at.min(text.len());
        }
        at += c.len_utf8();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source_at(text: &str, line: u64) -> Source {
        let file = FileEntry { path: b"-".to_vec(), stdin: true };
        let entry = Match { line: 1, text: text.as_bytes(), ..Match::default() };
        let mut source = Source::default();
        source.show(PathBuf::new(), &file, &entry);
        source.go_to(line);
        source
    }

    #[test]
    fn the_cursor_goes_from_name_to_name() {
        let mut source = source_at("int a1 = b;\n\treturn kfree(x, 12);\n", 1);
        let mut seen = Vec::new();
        for _ in 0..7 {
            seen.extend(source.name());
            source.go_to_name(true);
        }
        assert_eq!(seen, ["int", "a1", "b", "return", "kfree", "x", "x"]);
        source.go_to_name(false);
        source.go_to_name(false);
        source.go_to_name(false);
        assert_eq!(source.name().unwrap(), "b");
    }

    #[test]
    fn a_click_means_what_stands_there() {
        let mut source = source_at("\tkfree(x);\n", 1);
        source.click(1, 10);
        assert_eq!(source.name().unwrap(), "kfree");
        source.click(1, 14);
        assert_eq!(source.name().unwrap(), "x");
        source.click(9, 99);
        assert_eq!(source.name(), None);
    }

    #[test]
    fn the_pane_follows_the_cursor() {
        let mut source = source_at(&"x;\n".repeat(100), 50);
        assert_eq!(source.top(30), 40);
        source.go(25);
        assert_eq!(source.top(30), 46);
        source.scroll(-1000, 30);
        assert_eq!((source.top(30), source.line()), (1, 30));
        source.scroll(1000, 30);
        assert_eq!((source.top(30), source.line()), (71, 71));
        source.go(1000);
        assert_eq!(source.line(), 100);
    }

    #[test]
    fn what_is_not_text_moves_the_cursor_too() {
        let mut source = source_at("caf\u{e9} \u{1b}[31m x\n", 1);
        for _ in 0..30 {
            source.shift(1);
            source.cursor();
        }
        for _ in 0..30 {
            source.shift(-1);
            source.cursor();
        }
        assert_eq!(source.cursor(), 0..3);
    }
}
