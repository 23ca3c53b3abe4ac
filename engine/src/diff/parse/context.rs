//! Context diffs (`diff -c`): each hunk has its old lines, then its new ones.
//!
//! A hunk becomes what the rest of the program knows, a unified one, whose lines remember
//! where they stand in the patch file. The format is that of POSIX `diff -c`; either half
//! is left out where nothing in it changed, and is then the other half's context.

use super::cursor::Cursor;
use super::name::{trim_end, trim_line_end};
use crate::diff::model::{Hunk, Span};

/// The line above every hunk begins with this.
const RULE: &[u8] = b"***************";

/// The `***` and `---` lines of a file, and the first hunk's rule, are at the cursor.
pub(super) fn starts_file(cursor: &Cursor<'_>) -> bool {
    let next = |n, start| cursor.ahead(n).is_some_and(|line: &[u8]| line.starts_with(start));
    next(0, b"*** ") && next(1, b"--- ") && next(2, RULE)
}

/// A hunk, with its rule, is at the cursor.
pub(super) fn starts_hunk(cursor: &Cursor<'_>) -> bool {
    cursor.starts(RULE).is_some() && cursor.ahead(1).and_then(|line| range(line, b"*** ")).is_some()
}

/// The hunk at the cursor has no new lines, not even their header: the file ends, or was cut.
pub(super) fn is_cut_off(cursor: &mut Cursor<'_>) -> bool {
    let line = cursor.line();
    let is_cut_off = starts_hunk(cursor) && read(cursor).is_none();
    cursor.go_back_to(line);
    is_cut_off
}

/// Reads the hunk that begins at the cursor; `None`, and nothing is read, if none does or it is
/// cut off.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Hunk> {
    if !starts_hunk(cursor) {
        return None;
    }
    let line = cursor.line();
    let hunk = read_halves(cursor, line);
    if hunk.is_none() {
        cursor.go_back_to(line);
    }
    hunk
}

fn read_halves(cursor: &mut Cursor<'_>, line: u32) -> Option<Hunk> {
    let section = trim_line_end(cursor.starts(RULE)?).trim_ascii().to_vec();
    cursor.skip(1);
    let old = Half::read(cursor, b"*** ", b"-!")?;
    let new = Half::read(cursor, b"--- ", b"+!")?;
    let mut merged = Merged::default();
    merged.merge(&old, &new);
    let span = |half: &Half<'_>, count| Span { start: half.start, count };
    let (old_span, new_span) = (span(&old, merged.old), span(&new, merged.new));
    let counted = |half: &Half<'_>, count| half.lines.is_empty() || half.count == count;
    let recounted = merged.uneven || !counted(&old, merged.old) || !counted(&new, merged.new);
    let Merged { body, lines_at, .. } = merged;
    Some(Hunk { old: old_span, new: new_span, section, body, line, lines_at, recounted })
}

/// `*** 1,5 ****` or `--- 3 ----`: first line, and how many lines there are to come.
fn range(line: &[u8], start: &[u8]) -> Option<(u32, u32)> {
    let end = if start == b"*** " { &b" ****"[..] } else { b" ----" };
    let text = trim_end(line).strip_prefix(start)?.strip_suffix(end)?;
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u32>().ok();
    match text.iter().position(|&b| b == b',') {
        Some(comma) => {
            let (first, last) = (number(text.get(..comma)?)?, number(text.get(comma + 1..)?)?);
            Some((first, last.checked_sub(first)?.saturating_add(1)))
        }
        None => number(text).map(|only| (only, 1)),
    }
}

/// One line of a half.
struct HalfLine<'a> {
    /// Blank, `!`, `-` or `+`.
    marker: u8,
    text: &'a [u8],
    /// Its line in the patch file.
    at: u32,
    /// It is the file's last, and has no newline.
    unended: bool,
}

/// The old or the new lines of a hunk.
struct Half<'a> {
    start: u32,
    /// How many lines its header promises.
    count: u32,
    lines: Vec<HalfLine<'a>>,
}

impl<'a> Half<'a> {
    fn read(cursor: &mut Cursor<'a>, start: &[u8], markers: &[u8]) -> Option<Half<'a>> {
        let (first, count) = range(cursor.peek()?, start)?;
        cursor.skip(1);
        let mut half = Half { start: first, count, lines: Vec::new() };
        while let Some(line) = cursor.peek() {
            let full = half.lines.len() >= count as usize;
            if cursor.starts(b"\\ ").is_some() {
                if let Some(last) = half.lines.last_mut() {
                    last.unended = true;
                }
                cursor.skip(1);
                continue;
            }
            let (marker, text) = match line {
                // A mail program cuts the blanks of an empty line of context.
                [b'\n'] | [b'\r', b'\n'] => (b' ', line),
                [marker, b' ', text @ ..] if *marker == b' ' || markers.contains(marker) => {
                    (*marker, text)
                }
                _ => break,
            };
            if full {
                break;
            }
            half.lines.push(HalfLine { marker, text, at: cursor.line(), unended: false });
            cursor.skip(1);
        }
        Some(half)
    }
}

/// Both halves as one hunk's body.
#[derive(Default)]
struct Merged {
    body: Vec<u8>,
    lines_at: Vec<u32>,
    old: u32,
    new: u32,
    /// The halves' context is not the same.
    uneven: bool,
}

impl Merged {
    fn merge(&mut self, old: &Half<'_>, new: &Half<'_>) {
        let (mut olds, mut news) = (old.lines.iter().peekable(), new.lines.iter().peekable());
        loop {
            while let Some(line) = olds.next_if(|line| line.marker != b' ') {
                self.push(b'-', line);
            }
            while let Some(line) = news.next_if(|line| line.marker != b' ') {
                self.push(b'+', line);
            }
            match (olds.next(), news.next()) {
                (Some(line), other) => {
                    let same = other.is_some_and(|other| other.text == line.text);
                    self.uneven |= !same && !new.lines.is_empty();
                    self.push(b' ', line);
                }
                (None, Some(line)) => {
                    self.uneven |= !old.lines.is_empty();
                    self.push(b' ', line);
                }
                (None, None) => return,
            }
        }
    }

    fn push(&mut self, marker: u8, line: &HalfLine<'_>) {
        self.body.push(marker);
        self.body.extend_from_slice(line.text);
        if !line.text.ends_with(b"\n") {
            self.body.push(b'\n');
        }
        if line.unended {
            self.body.extend_from_slice(b"\\ No newline at end of file\n");
            self.lines_at.push(line.at);
        }
        self.lines_at.push(line.at);
        self.old += u32::from(marker != b'+');
        self.new += u32::from(marker != b'-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(text: &str) -> Hunk {
        read(&mut Cursor::new(text.as_bytes())).unwrap()
    }

    #[test]
    fn both_halves_become_one_body() {
        let hunk = hunk(
            "*************** int f(void)\n*** 1,4 ****\n  a\n! b\n- c\n  d\n--- 1,4 ----\n  a\n! B\n  d\n+ e\n",
        );
        assert_eq!(String::from_utf8_lossy(&hunk.body), " a\n-b\n-c\n+B\n d\n+e\n");
        assert_eq!(
            (hunk.old, hunk.new),
            (Span { start: 1, count: 4 }, Span { start: 1, count: 4 })
        );
        assert_eq!(hunk.lines_at, [3, 4, 5, 9, 6, 11]);
        assert_eq!((hunk.section.as_slice(), hunk.recounted), (&b"int f(void)"[..], false));
    }

    #[test]
    fn a_half_that_is_left_out_is_the_others_context() {
        let added = hunk("***************\n*** 7,8 ****\n--- 7,9 ----\n  a\n+ b\n  c\n");
        assert_eq!((added.body.as_slice(), added.old.count), (&b" a\n+b\n c\n"[..], 2));
        let gone = hunk("***************\n*** 7,9 ****\n  a\n- b\n  c\n--- 7,8 ----\n");
        assert_eq!((gone.body.as_slice(), gone.new.count), (&b" a\n-b\n c\n"[..], 2));
        assert!(!added.recounted && !gone.recounted);
    }

    #[test]
    fn what_follows_the_promised_lines_is_no_part_of_it() {
        let mut cursor = Cursor::new(
            b"***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n\\ No newline at end of file\n  remark\n",
        );
        let hunk = read(&mut cursor).unwrap();
        assert_eq!(hunk.body, b"-a\n+b\n\\ No newline at end of file\n");
        assert_eq!(cursor.peek(), Some(&b"  remark\n"[..]));
    }

    #[test]
    fn a_hunk_that_is_cut_off_is_left_where_it_is() {
        let mut cursor = Cursor::new(b"***************\n*** 1,2 ****\n! a\n  b\n");
        assert!(is_cut_off(&mut cursor));
        assert_eq!((read(&mut cursor).is_none(), cursor.line()), (true, 1));
    }
}
