//! A block of source around one entry: `-s c5`, and a whole function with `-W`.
//!
//! A header as vgrep draws it (as wide as the screen on a terminal), then numbered lines as they are in the file now. Who
//! reads the file and finds the place again is the caller.

use super::cell;
use super::fit::push_fitted;
use super::highlight::{Highlighter, MAX_HIGHLIGHTED, Styled};
use super::hyperlink::linked;
use super::line::{MAX_SHOWN, push_line, push_short};
use super::look::Look;
use super::measure::digits;
use super::sanitize::{self, display_text, display_width};
use super::sheet::pad;
use crate::list::Span;
use crate::settings::Layout;

/// What the header says about a place whose file changed since the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// The line was found again; it was line `from` then.
    Moved {
        /// The line's number in the list.
        from: u64,
    },
    /// The line was not found again: this is what is at its old place now.
    Changed,
}

/// One block, ready to be drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    /// The entry's number.
    pub(crate) index: u64,
    /// The path as it is shown.
    pub(crate) path: &'a [u8],
    /// What became of the place.
    pub(crate) note: Option<Note>,
    /// The file's text before the block, for highlighting; may be cut at its front.
    pub(crate) lead: &'a [u8],
    /// The file's size in bytes: large ones are not highlighted.
    pub(crate) file_size: u64,
    /// Line numbers (from 1) and lines, with or without terminator, in order.
    pub(crate) lines: &'a [(u64, &'a [u8])],
    /// The number of the line that matched.
    pub(crate) matched: u64,
    /// What matched in it; of several lines, offsets go on from line to line,
    /// terminators included.
    pub(crate) spans: &'a [Span],
    /// Further entries that the block holds, in order: there is one block where they overlap.
    pub(crate) more: &'a [Marked],
}

/// An entry in another's block: its number, its line and what matched.
#[derive(Debug, Clone)]
pub(crate) struct Marked {
    /// The entry's number.
    pub(crate) index: u64,
    /// The number of the line that matched.
    pub(crate) line: u64,
    /// What matched in it.
    pub(crate) spans: Vec<Span>,
}

/// Whether blocks are drawn for a screen: what overlaps is one block, and each entry's number
/// stands before its line.
pub(crate) fn merges_blocks(look: &Look) -> bool {
    look.terminal && look.layout != Layout::Table
}

/// The header's width in columns, vgrep's, where the terminal is not narrower.
const HEADER_WIDTH: usize = 80;

/// Appends the header `--- 27 init/main.c ----…` and the block's lines.
pub(crate) fn draw_block(
    out: &mut Vec<u8>,
    look: &Look,
    highlighter: Option<&Highlighter>,
    block: &Block<'_>,
) {
    draw_header(out, look, block);
    let styled = highlighter
        .filter(|_| look.color && block.file_size <= MAX_HIGHLIGHTED)
        .and_then(|highlighter| highlighter.lines(block.path, block.lead, block.lines));
    if merges_blocks(look) {
        draw_for_screen(out, look, styled.as_deref(), block);
        return;
    }
    let mut number = itoa::Buffer::new();
    let last = block.lines.last().map_or(0, |(line, _)| *line);
    let width = number.format(last).len();
    // Where the current line begins in the text that the spans count in.
    let mut at = 0;
    for (position, (line, text)) in block.lines.iter().enumerate() {
        let digits = number.format(*line).as_bytes();
        out.resize(out.len() + width.saturating_sub(digits.len()), b' ');
        look.palette.index.paint(out, digits);
        let bare = text.strip_suffix(b"\n").unwrap_or(text);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        let spans = if *line >= block.matched { block.spans } else { &[] };
        if !bare.is_empty() {
            out.push(b' ');
            match styled.as_ref().and_then(|lines| lines.get(position)) {
                Some(styled) if !styled.is_empty() && bare.len() <= MAX_SHOWN => {
                    push_styled(out, look, bare, styled, at, spans);
                }
                _ => push_short(out, look, bare, at, spans, 0),
            }
        }
        out.push(b'\n');
        if *line >= block.matched {
            at += text.len();
        }
    }
}

/// Appends the lines as a screen shows them: entries' numbers before their lines, tabs as far
/// as they reach in the source, and no line longer than the screen.
fn draw_for_screen(out: &mut Vec<u8>, look: &Look, styled: Option<&[Styled]>, block: &Block<'_>) {
    let first = Marked { index: block.index, line: block.matched, spans: block.spans.to_vec() };
    let mut marks = std::iter::once(&first).chain(block.more).peekable();
    let widest = block.more.last().map_or(block.index, |last| last.index.max(block.index));
    let index_width = digits(widest).max(4);
    let line_width = digits(block.lines.last().map_or(0, |(line, _)| *line)).max(4);
    let room = look.width.saturating_sub(index_width + line_width + 4).max(1);
    // The entry whose match may go on, and where the current line begins in its text.
    let mut current: Option<(&Marked, usize)> = None;
    let mut number = itoa::Buffer::new();
    for (position, (line, text)) in block.lines.iter().enumerate() {
        let mark = marks.next_if(|mark| mark.line == *line);
        current = mark.map(|mark| (mark, 0)).or(current);
        let index = mark.map_or("", |mark| number.format(mark.index));
        pad(out, index_width - index.len());
        look.palette.index.paint(out, index.as_bytes());
        let digits = number.format(*line).as_bytes();
        pad(out, 2 + line_width - digits.len());
        let ink = if mark.is_some() { &look.palette.name } else { &look.palette.line };
        ink.paint(out, digits);
        let bare = text.strip_suffix(b"\n").unwrap_or(text);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        if !bare.is_empty() {
            pad(out, 2);
            let (at, spans) = current.map_or((0, &[][..]), |(mark, at)| (at, &mark.spans[..]));
            let styled = styled.and_then(|lines| lines.get(position));
            let styled = styled.filter(|styled| !styled.is_empty());
            push_fitted(out, look, bare, (at, spans), room, false, styled);
        }
        out.push(b'\n');
        if let Some((_, at)) = &mut current {
            *at += text.len();
        }
    }
}

fn draw_header(out: &mut Vec<u8>, look: &Look, block: &Block<'_>) {
    let mut number = itoa::Buffer::new();
    let index = number.format(block.index).as_bytes();
    let path = if merges_blocks(look) {
        cell::path(block.path, look)
    } else {
        display_text(block.path, look)
    };
    let note = match block.note {
        None => String::new(),
        Some(Note::Moved { from }) => format!(" (moved from line {from})"),
        Some(Note::Changed) => " (changed)".to_owned(),
    };
    out.extend_from_slice(b"--- ");
    look.palette.index.paint(out, index);
    let more = block.more.last().map_or_else(String::new, |last| format!("-{}", last.index));
    look.palette.index.paint(out, more.as_bytes());
    out.push(b' ');
    linked(out, look, block.path, block.matched, |out| look.palette.file.paint(out, &path));
    look.palette.section.paint(out, note.as_bytes());
    out.push(b' ');
    let used = "---   ".len() + index.len() + more.len() + display_width(&path) + note.len();
    let (width, least) =
        if merges_blocks(look) { (look.width, 0) } else { (HEADER_WIDTH.min(look.width), 3) };
    out.resize(out.len() + width.saturating_sub(used).max(least), b'-');
    out.push(b'\n');
}

/// Appends `text` in its source colours, and in the match's where it matched.
pub(super) fn push_styled(
    out: &mut Vec<u8>,
    look: &Look,
    text: &[u8],
    styled: &Styled,
    at: usize,
    spans: &[Span],
) {
    let in_text = |offset: u32| (offset as usize).saturating_sub(at).min(text.len());
    for (style, range) in styled {
        let mut done = range.start.min(text.len());
        let end = range.end.min(text.len());
        for span in spans {
            let from = in_text(span.start).clamp(done, end);
            let to = in_text(span.end).clamp(from, end);
            if from < to {
                push_piece(out, look, *style, &text[done..from]);
                let whole = Span { start: 0, end: u32::try_from(to - from).unwrap_or(u32::MAX) };
                push_line(out, look, &text[from..to], 0, &[whole]);
                done = to;
            }
        }
        push_piece(out, look, *style, &text[done..end]);
    }
}

fn push_piece(out: &mut Vec<u8>, look: &Look, style: anstyle::Style, text: &[u8]) {
    if !text.is_empty() {
        out.extend_from_slice(style.render().to_string().as_bytes());
        sanitize::push(out, text, look);
        out.extend_from_slice(style.render_reset().to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [(u64, &[u8]); 3] =
        [(9, b"static int a;\n"), (10, b"\n"), (11, b"int find_me(void);\r\n")];

    fn block() -> Block<'static> {
        Block {
            index: 27,
            path: b"init/main.c",
            note: None,
            lead: b"",
            file_size: 100,
            lines: &LINES,
            matched: 11,
            spans: &[Span { start: 4, end: 11 }],
            more: &[],
        }
    }

    fn drawn(look: &Look, highlighter: Option<&Highlighter>, block: &Block<'_>) -> String {
        let mut out = Vec::new();
        draw_block(&mut out, look, highlighter, block);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbered_lines_under_a_header() {
        let expected = format!(
            "--- 27 init/main.c {}\n 9 static int a;\n10\n11 int find_me(void);\n",
            "-".repeat(61)
        );
        assert_eq!(drawn(&Look::of_pipe(), None, &block()), expected);
        assert_eq!(expected.lines().next().unwrap().len(), HEADER_WIDTH);
    }

    #[test]
    fn the_header_fits_a_narrow_terminal() {
        let look = Look { width: 40, ..Look::of_pipe() };
        assert_eq!(drawn(&look, None, &block()).lines().next().unwrap().len(), 40);
    }

    #[test]
    fn the_header_tells_what_became_of_the_place() {
        let moved = Block { note: Some(Note::Moved { from: 8 }), ..block() };
        let out = drawn(&Look::of_pipe(), None, &moved);
        assert!(out.starts_with("--- 27 init/main.c (moved from line 8) ---"), "{out}");
        let changed = Block { note: Some(Note::Changed), ..block() };
        assert!(drawn(&Look::of_pipe(), None, &changed).contains("init/main.c (changed) ---"));
    }

    #[test]
    fn on_a_screen_entries_that_overlap_are_one_block() {
        let more = [Marked { index: 28, line: 11, spans: vec![Span { start: 4, end: 11 }] }];
        let block = Block { matched: 9, spans: &[], more: &more, ..block() };
        let look = Look { terminal: true, layout: Layout::Auto, width: 40, ..Look::of_pipe() };
        let expected = format!(
            "--- 27-28 init/main.c {}\n  27     9  static int a;\n        10\n  28    11  int \
             find_me(void);\n",
            "-".repeat(18)
        );
        assert_eq!(drawn(&look, None, &block), expected);
    }

    #[test]
    fn the_match_stands_out_of_highlighted_source() {
        let highlighter = Highlighter::new("base16-ocean.dark", true).unwrap();
        let out = drawn(&Look::of_terminal(), Some(&highlighter), &block());
        assert!(out.contains("\x1b[1m\x1b[31mfind_me\x1b[0m"), "{out:?}");
        assert!(out.contains("\x1b[38;2;"), "{out:?}");
        let huge = Block { file_size: MAX_HIGHLIGHTED + 1, ..block() };
        assert!(!drawn(&Look::of_terminal(), Some(&highlighter), &huge).contains("\x1b[38;2;"));
    }

    #[test]
    fn stripped_of_colours_the_text_is_the_same() {
        let highlighter = Highlighter::new("base16-ocean.dark", false).unwrap();
        let out = drawn(&Look::of_terminal(), Some(&highlighter), &block());
        let plain = drawn(&Look::of_pipe(), None, &block());
        assert_eq!(anstream::adapter::strip_str(&out).to_string(), plain);
    }

    #[test]
    fn a_match_may_go_over_lines() {
        let spans = [Span { start: 7, end: 18 }];
        let lines: [(u64, &[u8]); 2] = [(1, b"static int a;\n"), (2, b"int b;\n")];
        let out = drawn(
            &Look::of_terminal(),
            None,
            &Block { lines: &lines, matched: 1, spans: &spans, ..block() },
        );
        assert!(out.contains(" static \x1b[1m\x1b[31mint a;\x1b[0m\n"), "{out:?}");
        assert!(out.contains(" \x1b[1m\x1b[31mint \x1b[0mb;\n"), "{out:?}");
    }
}
