//! Prose in a source: lines of a comment or of a document that are longer than the screen is
//! wide go on below, under their own first word. They are never cut, as code is.

use std::ops::Range;

use super::fit::{drawn_width, push_fitted};
use super::highlight::Styled;
use super::look::Look;
use super::sheet::pad;
use crate::list::Span;

/// Of longer lines, the beginning is enough.
const MOST: usize = 2000;

/// How a line of prose is broken so that each part fits into `room` columns; nothing of a line
/// that fits, or is no prose.
pub(super) fn prose_lines(path: &[u8], text: &[u8], room: usize) -> Vec<Range<usize>> {
    let first = first_word(text);
    let lead = drawn_width(&text[..first]);
    let is_prose = first > text.len() - text.trim_ascii_start().len() || is_document(path);
    if !is_prose || text.len() > MOST || drawn_width(text) <= room || lead * 2 > room {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let room = if start == 0 { room } else { room - lead };
        let fits = |end: &usize| drawn_width(&text[start..*end]) <= room;
        let ends = memchr::memchr_iter(b' ', &text[start..]).map(|at| start + at);
        let ends = ends.chain([text.len()]).filter(|end| *end > start.max(first));
        let end = ends.clone().take_while(fits).last();
        // A word that is wider than the screen is cut.
        let Some(end) = end.or_else(|| ends.clone().next()) else { break };
        lines.push(start..end);
        let rest = &text[end..];
        start = end + (rest.len() - rest.trim_ascii_start().len());
    }
    lines
}

/// Appends the parts of a line of prose, each in at most `room` columns behind `margin`; how
/// many columns the last took.
pub(super) fn push_prose(
    out: &mut Vec<u8>,
    look: &Look,
    (text, lines): (&[u8], &[Range<usize>]),
    (at, spans): (usize, &[Span]),
    (margin, room): (usize, usize),
    styled: Option<&Styled>,
) -> usize {
    let lead = drawn_width(&text[..first_word(text)]);
    let mut width = 0;
    for (n, line) in lines.iter().enumerate() {
        let indent = if n == 0 { 0 } else { lead };
        if n > 0 {
            out.push(b'\n');
            pad(out, margin + indent);
        }
        let own = styled.map(|styled| part_of(styled, line));
        let spans = (at + line.start, spans);
        let part = &text[line.clone()];
        width = indent + push_fitted(out, look, part, spans, room - indent, false, own.as_ref());
    }
    width
}

/// The styles of a part of a line.
fn part_of(styled: &Styled, part: &Range<usize>) -> Styled {
    let within = |at: usize| at.clamp(part.start, part.end) - part.start;
    styled
        .iter()
        .map(|(style, range)| (*style, within(range.start)..within(range.end)))
        .filter(|(_, range)| !range.is_empty())
        .collect()
}

/// Where the words of a comment's line begin, behind its mark; of other lines, the text.
fn first_word(text: &[u8]) -> usize {
    let skip = |at: usize| text.len() - text[at..].trim_ascii_start().len();
    let start = skip(0);
    let rest = &text[start..];
    let marks: [&[u8]; 6] = [b"/**", b"/*", b"//!", b"///", b"//", b"*"];
    let is_mark = |mark: &&&[u8]| {
        rest.starts_with(mark) && rest.get(mark.len()).is_none_or(|byte| byte.is_ascii_whitespace())
    };
    marks.iter().find(is_mark).map_or(start, |mark| skip(start + mark.len()))
}

/// Whether a file holds prose rather than code.
fn is_document(path: &[u8]) -> bool {
    path.ends_with(b".rst") || path.ends_with(b".txt") || path.ends_with(b".md")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken<'t>(path: &str, text: &'t str, room: usize) -> Vec<&'t str> {
        let lines = prose_lines(path.as_bytes(), text.as_bytes(), room);
        lines.into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn a_comment_goes_on_below_its_first_word() {
        let text = " * makes new_root as the new root of the process";
        let lines = broken("fs/a.c", text, 24);
        assert_eq!(lines, [" * makes new_root as the", "new root of the", "process"]);
        let mut out = Vec::new();
        let lines = prose_lines(b"fs/a.c", text.as_bytes(), 24);
        let look = Look::of_pipe();
        let width = push_prose(&mut out, &look, (text.as_bytes(), &lines), (0, &[]), (4, 24), None);
        let drawn = String::from_utf8(out).unwrap();
        assert_eq!(drawn, " * makes new_root as the\n       new root of the\n       process");
        assert_eq!(width, 10);
    }

    #[test]
    fn what_fits_and_what_is_code_stays_a_line() {
        assert!(broken("a.c", " * short", 24).is_empty());
        assert!(broken("a.c", "\t*pointer = value + another_value;", 20).is_empty());
        assert!(broken("a.c", "return some_function(with, arguments);", 20).is_empty());
        assert_eq!(broken("a.rst", "a document's words wrap", 12), ["a document's", "words wrap"]);
    }

    #[test]
    fn long_words_and_blank_lines_end() {
        let word = "x".repeat(50);
        assert_eq!(broken("a.rst", &format!("{word} y"), 20), [word.as_str(), "y"]);
        assert!(broken("a.rst", &" ".repeat(50), 20).len() <= 1);
    }
}
