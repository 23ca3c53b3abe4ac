//! A hunk in full, for a terminal: a header as of a block of source, the patch's own
//! lines around it, and the source in its colours behind each `+`, `-` or blank.
//!
//! What other programs read is written by `diff::write`, not here.

use super::context::push_styled;
use super::highlight::Highlighter;
use super::line::push_short;
use super::look::Look;
use super::sanitize::{display_text, display_width};

/// One hunk, ready to be drawn.
pub(crate) struct HunkBlock<'a> {
    /// The entry's number.
    pub(crate) index: u64,
    /// The file's name, as the patch has it.
    pub(crate) name: &'a [u8],
    /// What else the header says: the patch and its subject.
    pub(crate) title: &'a str,
    /// The line with `@@`, without its end.
    pub(crate) range: &'a str,
    /// The lines with their markers and ends.
    pub(crate) body: &'a [u8],
}

/// The header's width in columns.
const HEADER_WIDTH: usize = 80;

/// Appends the hunk.
pub(crate) fn draw_hunk(
    out: &mut Vec<u8>,
    look: &Look,
    highlighter: Option<&Highlighter>,
    hunk: &HunkBlock<'_>,
) {
    let palette = &look.palette;
    let (index, name) = (hunk.index.to_string(), display_text(hunk.name, look));
    out.extend_from_slice(b"--- ");
    palette.index.paint(out, index.as_bytes());
    out.push(b' ');
    palette.file.paint(out, &name);
    out.push(b' ');
    let used = "---   ".len() + index.len() + display_width(&name);
    out.resize(out.len() + HEADER_WIDTH.min(look.width).saturating_sub(used).max(3), b'-');
    out.push(b'\n');
    for (ink, line) in [(&palette.section, hunk.title), (&palette.mark, hunk.range)] {
        if !line.is_empty() {
            ink.paint(out, &display_text(line.as_bytes(), look));
            out.push(b'\n');
        }
    }
    let lines: Vec<&[u8]> = super::line::lines(hunk.body).map(|(_, line)| line).collect();
    let lines = if hunk.body.is_empty() { Vec::new() } else { lines };
    let texts: Vec<(u64, &[u8])> =
        (1..).zip(lines.iter().map(|line| line.get(1..).unwrap_or_default())).collect();
    let styled = highlighter.and_then(|highlighter| highlighter.lines(hunk.name, b"", &texts));
    for (at, line) in lines.iter().enumerate() {
        let Some((marker, text)) = line.split_first() else {
            out.push(b'\n');
            continue;
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let marker_ink = match marker {
            b'+' => &palette.added,
            b'-' => &palette.removed,
            _ => &palette.mark,
        };
        marker_ink.paint(out, &[*marker]);
        match styled.as_ref().and_then(|styled| styled.get(at)) {
            // `\ No newline at end of file` is no source.
            Some(styled) if !styled.is_empty() && *marker != b'\\' => {
                push_styled(out, look, text, styled, 0, &[]);
            }
            _ => push_short(out, look, text, 0, &[], 0),
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_coloured_and_escapes_are_visible() {
        let hunk = HunkBlock {
            index: 3,
            name: b"a.unknown",
            title: "one: a\x1b subject",
            range: "@@ -1 +1 @@",
            body: b"-old\n+n\x07ew\n\\ No newline at end of file\n",
        };
        let mut out = Vec::new();
        draw_hunk(&mut out, &Look::of_terminal(), None, &hunk);
        let drawn = String::from_utf8(out).unwrap();
        assert!(drawn.contains("\u{1b}[31m-\u{1b}[0mold\n"), "{drawn:?}");
        assert!(drawn.contains("\u{1b}[32m+\u{1b}[0mn\\x07ew\n"), "{drawn:?}");
        assert!(drawn.contains("one: a\\x1b subject"), "{drawn:?}");
    }
}
