//! One line of source in the width that is left for it: its own indentation, tabs as far as
//! they reach in the source, and, where the line is longer, the part that matched.
//!
//! A terminal is never left to cut or wrap a line: what stands behind the edge is what the
//! reader came for.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::look::Look;
use super::sanitize::visible;
use crate::list::Span;

/// A tab leads to the next column that is a multiple of this.
const TAB: usize = 8;

/// The mark of what was left out.
const CUT: &str = "…";

/// What a character of the source is on the screen.
struct Glyph {
    /// Where it stands in the source, in bytes.
    source: usize,
    /// What is drawn, in [`Line::text`].
    drawn: Range<usize>,
    /// The column it begins at.
    column: usize,
}

/// A line of source as it is drawn, not yet cut.
#[derive(Default)]
struct Line {
    text: String,
    glyphs: Vec<Glyph>,
    width: usize,
}

impl Line {
    fn new(source: &[u8]) -> Line {
        let mut line = Line::default();
        line.append(source, 0);
        line
    }

    /// The same with one blank for each of these runs of blanks.
    fn squeezed(source: &[u8], runs: &[Range<usize>]) -> Line {
        let mut line = Line::default();
        let mut at = 0;
        for run in runs {
            line.append(&source[at..run.start], at);
            line.push_text(run.start, " ");
            at = run.end;
        }
        line.append(&source[at..], at);
        line
    }

    /// Draws `source`, which begins at byte `at` of the line.
    fn append(&mut self, source: &[u8], mut at: usize) {
        for chunk in source.utf8_chunks() {
            for c in chunk.valid().chars() {
                self.push(at, c);
                at += c.len_utf8();
            }
            for byte in chunk.invalid() {
                self.push_text(at, &String::from_utf8_lossy(&visible(&[*byte])));
                at += 1;
            }
        }
    }

    fn push(&mut self, at: usize, c: char) {
        if c == '\t' {
            let blanks = TAB - self.width % TAB;
            self.push_text(at, &" ".repeat(blanks));
            return;
        }
        let mut bytes = [0; 4];
        let text = c.encode_utf8(&mut bytes).as_bytes();
        self.push_text(at, &String::from_utf8_lossy(&visible(text)));
    }

    fn push_text(&mut self, at: usize, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.glyphs.push(Glyph { source: at, drawn: start..self.text.len(), column: self.width });
        self.width += text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
    }

    /// The column at which the source's byte `at` is drawn.
    fn column(&self, at: usize) -> usize {
        let next = self.glyphs.partition_point(|glyph| glyph.source < at);
        self.glyphs.get(next).map_or(self.width, |glyph| glyph.column)
    }

    /// The columns from which on the line is shown in `room` columns, so that `matched` is
    /// seen, given in columns.
    fn start(&self, room: usize, matched: Option<Range<usize>>) -> usize {
        if self.width <= room {
            return 0;
        }
        let indent =
            self.glyphs.iter().find(|glyph| !self.text[glyph.drawn.clone()].trim().is_empty());
        let indent = indent.map_or(0, |glyph| glyph.column);
        // The indentation goes first: it says least.
        let start = if indent > room / 4 { indent.min(self.width + 2 - room) } else { 0 };
        let Some(matched) = matched.filter(|matched| matched.end + 1 > start + room) else {
            return start;
        };
        // With a third of the room before the match, and no blank room after the line.
        let lead = room.saturating_sub(matched.len()) / 3;
        matched.start.saturating_sub(lead.max(1)).min(self.width - room)
    }
}

/// Where blanks and tabs stand for the eye alone: more than one blank, or a tab, behind the indentation and not in
/// quotes.
fn loose_blanks(source: &[u8]) -> Vec<Range<usize>> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut runs = Vec::new();
    let mut at = source.iter().take_while(|byte| is_blank(byte)).count();
    let mut quoted = false;
    while let Some(byte) = source.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => at += 1,
            byte if is_blank(byte) && !quoted => {
                at += source[at..].iter().take_while(|byte| is_blank(byte)).count();
                if at - start > 1 || *byte == b'\t' {
                    runs.push(start..at);
                }
            }
            _ => {}
        }
    }
    runs
}

/// Columns that `source` takes, tabs expanded.
pub(super) fn drawn_width(source: &[u8]) -> usize {
    if is_simple(source) { source.len() } else { Line::new(source).width }
}

/// Appends `source`, which begins at offset `at` of what `spans` count in, in at most `room`
/// columns; how many it took. `ink` tells the style of each byte of the source that does not
/// match. With `cut`, bytes are missing before it.
pub(super) fn push_fitted(
    out: &mut Vec<u8>,
    look: &Look,
    source: &[u8],
    (at, spans): (usize, &[Span]),
    room: usize,
    cut: bool,
    styled: Option<&super::highlight::Styled>,
) -> usize {
    let spans: Vec<Range<usize>> = spans
        .iter()
        .map(|span| {
            (span.start as usize).saturating_sub(at)..(span.end as usize).saturating_sub(at)
        })
        .map(|span| span.start.min(source.len())..span.end.min(source.len()))
        .filter(|span| !span.is_empty())
        .collect();
    if styled.is_none() && !cut && source.len() <= room && is_simple(source) {
        super::line::push_line(out, look, source, 0, &to_spans(&spans));
        return source.len();
    }
    let mut line = Line::new(source);
    if line.width > room {
        // What is behind the edge is worth more than how far apart its words stand.
        line = Line::squeezed(source, &loose_blanks(source));
    }
    let matched = spans.first().map(|span| line.column(span.start)..line.column(span.end));
    let start = line.start(room, matched);
    push_part(out, look, &line, (start, room, cut), &spans, styled)
}

/// As [`push_fitted`], for a line among its neighbours: it begins where it begins in the source,
/// unless what matched would not be seen.
pub(crate) fn push_among_others(
    out: &mut Vec<u8>,
    look: &Look,
    source: &[u8],
    spans: &[Span],
    room: usize,
    styled: Option<&super::highlight::Styled>,
) -> usize {
    let line = Line::new(source);
    let first = spans.first().map(|span| (span.start as usize, span.end as usize));
    let matched = first.map(|(start, end)| line.column(start)..line.column(end));
    let is_seen = matched.as_ref().is_none_or(|matched| matched.end < room);
    if is_seen && line.width > room {
        let spans: Vec<Range<usize>> =
            spans.iter().map(|span| span.start as usize..span.end as usize).collect();
        return push_part(out, look, &line, (0, room, false), &spans, styled);
    }
    push_fitted(out, look, source, (0, spans), room, false, styled)
}

/// Appends the part of a line that begins at column `start`, in at most `room` columns; how many it
/// took. With `cut`, bytes are missing before it.
fn push_part(
    out: &mut Vec<u8>,
    look: &Look,
    line: &Line,
    (start, room, cut): (usize, usize, bool),
    spans: &[Range<usize>],
    styled: Option<&super::highlight::Styled>,
) -> usize {
    let cut = cut || start > 0;
    let first = line.glyphs.partition_point(|glyph| glyph.column < start + usize::from(cut));
    let from = line.glyphs.get(first).map_or(line.width, |glyph| glyph.column);
    let lead = usize::from(cut);
    let whole = line.width - from + lead <= room;
    let last = if whole {
        line.glyphs.len()
    } else {
        let end = from + room.saturating_sub(lead + 1);
        // A glyph that would stand out to the right is left out.
        let ends = |n: usize| line.glyphs.get(n + 1).map_or(line.width, |next| next.column);
        let mut last = first;
        while last < line.glyphs.len() && ends(last) <= end {
            last += 1;
        }
        last
    };
    if cut {
        look.palette.mark.paint(out, CUT.as_bytes());
    }
    push_glyphs(out, look, line, first..last, spans, styled);
    let mut width = lead + line.glyphs.get(last).map_or(line.width, |glyph| glyph.column) - from;
    if !whole {
        look.palette.mark.paint(out, CUT.as_bytes());
        width += 1;
    }
    width
}

/// Appends these glyphs, each run of one style at once.
fn push_glyphs(
    out: &mut Vec<u8>,
    look: &Look,
    line: &Line,
    glyphs: Range<usize>,
    spans: &[Range<usize>],
    styled: Option<&super::highlight::Styled>,
) {
    let style = |glyph: &Glyph| {
        if let Some(span) = spans.iter().position(|span| span.contains(&glyph.source)) {
            return (Some(span), None);
        }
        let part = styled
            .and_then(|parts| parts.iter().position(|(_, range)| range.contains(&glyph.source)));
        (None, part)
    };
    let shown = line.glyphs.get(glyphs).unwrap_or_default();
    for run in shown.chunk_by(|one, other| style(one) == style(other)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let text = &line.text.as_bytes()[first.drawn.start..last.drawn.end];
        match (style(first), styled) {
            ((Some(_), _), _) => look.palette.matched.paint(out, text),
            ((None, Some(part)), Some(parts)) if look.color => {
                let style = parts[part].0;
                out.extend_from_slice(style.render().to_string().as_bytes());
                out.extend_from_slice(text);
                out.extend_from_slice(style.render_reset().to_string().as_bytes());
            }
            _ => out.extend_from_slice(text),
        }
    }
}

/// Whether each byte is drawn as itself, one column wide.
fn is_simple(source: &[u8]) -> bool {
    source.iter().all(|byte| (0x20..0x7f).contains(byte))
}

fn to_spans(spans: &[Range<usize>]) -> Vec<Span> {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    spans.iter().map(|span| Span { start: number(span.start), end: number(span.end) }).collect()
}

/// `text` in lines of at most `room` columns, broken at blanks; a longer word is broken where
/// the room ends.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    let (mut line, mut width) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word_width = super::sanitize::display_width(word.as_bytes());
        if width > 0 && width + 1 + word_width > room {
            lines.push(std::mem::take(&mut line));
            width = 0;
        }
        if width > 0 {
            line.push(' ');
            width += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if width + wide > room {
                lines.push(std::mem::take(&mut line));
                width = 0;
            }
            line.push(c);
            width += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fitted(source: &str, matched: &str, room: usize) -> String {
        let mut out = Vec::new();
        let start = source.find(matched).unwrap();
        let spans = to_spans(std::slice::from_ref(&(start..start + matched.len())));
        let width = push_fitted(
            &mut out,
            &Look::of_pipe(),
            source.as_bytes(),
            (0, &spans),
            room,
            false,
            None,
        );
        let text = String::from_utf8(out).unwrap();
        assert_eq!(width, super::super::sanitize::display_width(text.as_bytes()), "{text:?}");
        assert!(width <= room, "{width} of {room}: {text:?}");
        text
    }

    #[test]
    fn a_line_that_is_too_long_keeps_its_words_rather_than_their_distance() {
        let line = "#define LAMP_LIT\t\t\t0x10   /* \"a  b\" */";
        assert_eq!(
            fitted(line, "LAMP", 60),
            "#define LAMP_LIT                        0x10   /* \"a  b\" */"
        );
        assert_eq!(fitted(line, "LAMP", 40), "#define LAMP_LIT 0x10 /* \"a  b\" */");
        assert_eq!(fitted(line, "0x10", 24), "#define LAMP_LIT 0x10 /…");
        assert_eq!(fitted("\ta\tb \\\"  c", "b", 10), "… b \\\" c");
    }

    #[test]
    fn tabs_reach_as_far_as_in_the_source() {
        assert_eq!(fitted("\tif (x)\treturn;", "x", 40), "        if (x)  return;");
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_behind_the_match() {
        assert_eq!(fitted("int kfree(void *p, int a, int b);", "kfree", 16), "int kfree(void …");
    }

    #[test]
    fn or_before_it() {
        let text = "after each and every call to kmem_cache_alloc(), which renders it";
        assert_eq!(fitted(text, "kmem_cache_alloc", 30), "…to kmem_cache_alloc(), which…");
        assert_eq!(fitted(text, "it", 20), "…), which renders it");
    }

    #[test]
    fn indentation_goes_before_source_does() {
        let text = format!("{}return some_function(argument);", "\t".repeat(4));
        assert_eq!(fitted(&text, "some_function", 40), "…return some_function(argument);");
        assert_eq!(fitted(&text, "return", 20), "…eturn some_functio…");
    }

    #[test]
    fn among_others_a_line_keeps_its_indentation() {
        let text = format!("{}return some_function(argument);", "\t".repeat(2));
        let drawn = |name: &str, room: usize| {
            let start = text.find(name).unwrap();
            let spans = to_spans(std::slice::from_ref(&(start..start + name.len())));
            let mut out = Vec::new();
            push_among_others(&mut out, &Look::of_pipe(), text.as_bytes(), &spans, room, None);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(drawn("return", 30), format!("{}return some_f…", " ".repeat(16)));
        assert_eq!(drawn("argument", 30), "…eturn some_function(argument…");
        assert_eq!(
            drawn("return", 80),
            format!("{}return some_function(argument);", " ".repeat(16))
        );
    }

    #[test]
    fn wide_characters_are_never_halved() {
        for room in 4..24 {
            fitted("日本語のカーネル match 日本語", "match", room);
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_seen() {
        assert_eq!(fitted("a\u{1b}[31m b", "b", 40), "a\\x1b[31m b");
    }

    #[test]
    fn prose_wraps_at_blanks() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert!(wrapped("", 5).is_empty());
    }
}
