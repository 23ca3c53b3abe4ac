//! One line of source as every renderer draws it: terminator off, matches
//! highlighted, control characters visible, and cut when it is too long to read.

use super::look::Look;
use super::sanitize;
use crate::list::{Match, Span};

/// Lines longer than this many bytes are shown cut, around their first match.
pub(crate) const MAX_SHOWN: usize = 2000;

/// How much of a cut line is shown before its first match, in bytes.
const SHOWN_LEAD: usize = 200;

/// The lines of `text` without their `\n`, each with its offset in `text`.
///
/// A text without a last newline has a last line all the same; an empty text is
/// one empty line.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &body[start..];
        let end = memchr::memchr(b'\n', rest);
        next = end.map(|end| start + end + 1);
        Some((start, &rest[..end.unwrap_or(rest.len())]))
    })
}

/// One line of one match: what `-o` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Matching<'a> {
    /// The line's number.
    pub(crate) line: u64,
    /// The column, in bytes from 1, in which the match begins in its first line.
    pub(crate) column: u64,
    /// What of the line matches.
    pub(crate) text: &'a [u8],
}

/// The entry's matches without what is around them, in order; one over several lines has a
/// part for each.
pub(crate) fn matching<'a>(entry: &'a Match<'_>) -> impl Iterator<Item = Matching<'a>> {
    // Where the walk over the lines stands: the line's number and its begin.
    let (mut number, mut begin) = (entry.line, 0);
    entry.spans.iter().flat_map(move |span| {
        let start = (span.start as usize).clamp(begin, entry.text.len().max(begin));
        let end = (span.end as usize).clamp(start, entry.text.len().max(start));
        let passed = &entry.text[begin..start];
        number += memchr::memchr_iter(b'\n', passed).count() as u64;
        begin += memchr::memrchr(b'\n', passed).map_or(0, |at| at + 1);
        let skipped = if begin == 0 { entry.skipped } else { 0 };
        let column = (start - begin) as u64 + 1 + skipped;
        let rows = (number..).zip(lines(&entry.text[start..end]));
        rows.map(move |(line, (_, text))| Matching { line, column, text })
    })
}

/// Appends `text`, which begins at offset `at` of the text that `spans` count in,
/// with what matched highlighted.
pub(crate) fn push_line(out: &mut Vec<u8>, look: &Look, text: &[u8], at: usize, spans: &[Span]) {
    if !look.color {
        sanitize::push(out, text, look);
        return;
    }
    let mut done = 0;
    for span in spans {
        let start = (span.start as usize).saturating_sub(at).clamp(done, text.len());
        let end = (span.end as usize).saturating_sub(at).clamp(start, text.len());
        if start == end {
            continue;
        }
        sanitize::push(out, &text[done..start], look);
        out.extend_from_slice(look.palette.matched.on.as_bytes());
        sanitize::push(out, &text[start..end], look);
        out.extend_from_slice(look.palette.matched.off.as_bytes());
        done = end;
    }
    sanitize::push(out, &text[done..], look);
}

/// As [`push_line`], but a line of more than [`MAX_SHOWN`] bytes is cut around its
/// first match and says how long it is. `missing` counts the bytes that `text`
/// lacks already.
pub(crate) fn push_short(
    out: &mut Vec<u8>,
    look: &Look,
    text: &[u8],
    at: usize,
    spans: &[Span],
    missing: u64,
) {
    if text.len() <= MAX_SHOWN && missing == 0 {
        push_line(out, look, text, at, spans);
        return;
    }
    let window = shown_part(text, at, spans);
    if window.start > 0 {
        look.palette.mark.paint(out, "… ".as_bytes());
    }
    push_line(out, look, &text[window.clone()], at + window.start, spans);
    push_mark(out, look, text.len() as u64 + missing);
}

/// Appends the mark of a cut line that is `size` bytes long.
pub(crate) fn push_mark(out: &mut Vec<u8>, look: &Look, size: u64) {
    let mark = format!(" [… {} line]", human_size(size));
    look.palette.mark.paint(out, mark.as_bytes());
}

/// The part of a long line that is shown, cut where characters begin.
fn shown_part(text: &[u8], at: usize, spans: &[Span]) -> std::ops::Range<usize> {
    if text.len() <= MAX_SHOWN {
        return 0..text.len();
    }
    let first = spans.iter().find(|span| span.end as usize > at);
    let first = first.map_or(0, |span| (span.start as usize).saturating_sub(at));
    let start = first.saturating_sub(SHOWN_LEAD).min(text.len() - MAX_SHOWN);
    boundary(text, start)..boundary(text, start + MAX_SHOWN)
}

/// The nearest character boundary of `text` at `at` or up to three bytes before it.
fn boundary(text: &[u8], at: usize) -> usize {
    let is_continuation = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !is_continuation(at)).unwrap_or(at)
}

/// `1.0 MB` for 1,000,000: decimal units, as file managers have them.
fn human_size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let size = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", size / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", size / 1e6),
        _ => format!("{:.1} GB", size / 1e9),
    }
}

/// The first line of `text`, as [`trimmed`] has it.
pub(super) fn first_trimmed(text: &[u8]) -> (usize, &[u8]) {
    trimmed(text.split(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// `line` without the `\r` of a CRLF file and without leading white space, with the
/// number of bytes that went from its front.
pub(crate) fn trimmed(line: &[u8]) -> (usize, &[u8]) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let lead = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (lead, &line[lead..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &[u8], spans: &[Span], missing: u64) -> String {
        let mut out = Vec::new();
        push_short(&mut out, &Look::of_pipe(), text, 0, spans, missing);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_of_a_text() {
        let all = |text: &'static [u8]| lines(text).collect::<Vec<_>>();
        assert_eq!(all(b"a\nbc\n"), [(0, &b"a"[..]), (2, b"bc")]);
        assert_eq!(all(b"a\n\nb"), [(0, &b"a"[..]), (2, b""), (3, b"b")]);
        assert_eq!(all(b""), [(0, &b""[..])]);
        assert_eq!(all(b"\n"), [(0, &b""[..])]);
    }

    #[test]
    fn a_match_is_highlighted_and_escapes_in_it_are_visible() {
        let mut out = Vec::new();
        let spans = [Span { start: 6, end: 8 }, Span { start: 8, end: 8 }];
        push_line(&mut out, &Look::of_terminal(), b"a\x1b\x07cd", 4, &spans);
        assert_eq!(String::from_utf8(out).unwrap(), "a\\x1b\u{1b}[1m\u{1b}[31m\\x07c\u{1b}[0md");
    }

    #[test]
    fn a_megabyte_is_cut_around_the_match() {
        let mut text = vec![b'x'; 1_000_000];
        text[500_000..500_004].copy_from_slice(b"here");
        let out = short(&text, &[Span { start: 500_000, end: 500_004 }], 0);
        assert_eq!(out.len(), "… ".len() + MAX_SHOWN + " [… 1.0 MB line]".len());
        assert!(
            out.starts_with("… xx") && out.contains("here") && out.ends_with(" [… 1.0 MB line]")
        );
    }

    #[test]
    fn cuts_keep_characters_whole() {
        let text = "日本".repeat(1000);
        let out = short(text.as_bytes(), &[Span { start: 3001, end: 3002 }], 0);
        assert!(out.contains("日") && !out.contains('\u{fffd}'));
    }

    #[test]
    fn a_line_that_was_kept_cut_says_so() {
        assert_eq!(short(b"abc", &[], 9_997), "abc [… 10.0 kB line]");
    }
}
