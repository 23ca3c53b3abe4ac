//! A merge's combined diff (`diff --cc`, `diff --combined`): one column of markers for
//! each parent.
//!
//! It is read as the change to the first parent, which is what `git diff MERGE^1 MERGE`
//! would show of these lines. The format is described in git's `diff-generate-patch.adoc`.

use super::cursor::Cursor;
use super::hunk;
use super::name::{plain_name, trim_line_end};
use crate::diff::model::{Hunk, Span};

/// The name in a file's first line; `None` of a line that isn't one.
pub(super) fn file_name(line: &[u8]) -> Option<Vec<u8>> {
    let rest = line.strip_prefix(b"diff --cc ").or_else(|| line.strip_prefix(b"diff --combined "));
    rest.map(plain_name)
}

/// The line is a hunk's `@@@` line.
pub(super) fn is_header(line: &[u8]) -> bool {
    header(line).is_some()
}

/// What a hunk's first line says.
struct Header {
    /// The spans of the parents.
    parents: Vec<Span>,
    new: Span,
    section: Vec<u8>,
}

/// The most parents that a merge may have; the largest of Linux has 66.
const MOST_PARENTS: usize = 128;

/// The line begins a hunk of a merge with more parents than any has, which is not read.
pub(super) fn is_refused(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|&&b| b == b'@').count();
    marks > MOST_PARENTS + 1 && line.get(marks..).is_some_and(|rest| rest.starts_with(b" -"))
}

fn header(line: &[u8]) -> Option<Header> {
    let marks = line.iter().take_while(|&&b| b == b'@').count();
    if !(3..=MOST_PARENTS + 1).contains(&marks) {
        return None;
    }
    let mut rest = line.get(marks..)?;
    let mut parents = Vec::new();
    for _ in 1..marks {
        let (span, after) = hunk::span(rest.strip_prefix(b" -")?)?;
        parents.push(span);
        rest = after;
    }
    let (new, rest) = hunk::span(rest.strip_prefix(b" +")?)?;
    let rest = rest.strip_prefix(b" ")?.strip_prefix(line.get(..marks)?)?;
    let section = trim_line_end(rest);
    let section = section.strip_prefix(b" ").unwrap_or(section).to_vec();
    Some(Header { parents, new, section })
}

/// Reads the hunk that begins at the cursor; `None` if none does.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Hunk> {
    let line = cursor.line();
    let Header { parents, new, section } = header(cursor.peek()?)?;
    cursor.skip(1);
    let first = *parents.first()?;
    let mut left: Vec<u32> = parents.iter().map(|span| span.count).collect();
    let mut new_left = new.count;
    let mut hunk = Hunk { old: first, new, section, line, ..Hunk::default() };
    (hunk.old.count, hunk.new.count) = (0, 0);
    let mut last_is_kept = false;
    while let Some(text) = cursor.peek() {
        if text.starts_with(b"\\ ") {
            if last_is_kept {
                hunk.body.extend_from_slice(b"\\ No newline at end of file\n");
                hunk.lines_at.push(cursor.line());
            }
            last_is_kept = false;
        } else if new_left == 0 && left.iter().all(|&count| count == 0) {
            break;
        } else {
            let Some(line) = MergedLine::of(text, parents.len()) else { break };
            for (n, count) in left.iter_mut().enumerate() {
                *count = count.saturating_sub(u32::from(line.is_in_parent(n)));
            }
            new_left = new_left.saturating_sub(u32::from(!line.is_gone));
            last_is_kept = line.add_to(&mut hunk, cursor.line());
        }
        cursor.skip(1);
    }
    hunk.recounted = (hunk.old.count, hunk.new.count) != (first.count, new.count);
    Some(hunk)
}

/// One line of a combined hunk.
struct MergedLine<'a> {
    /// A marker for each parent: `+`, `-` or a blank.
    markers: &'a [u8],
    text: &'a [u8],
    /// The merge doesn't have it.
    is_gone: bool,
}

impl<'a> MergedLine<'a> {
    /// The line, if it can be one of a merge of `parents`.
    fn of(line: &'a [u8], parents: usize) -> Option<MergedLine<'a>> {
        // A mail program cuts the blanks of an empty line of context.
        let cut = if trim_line_end(line).is_empty() { 0 } else { parents };
        let (markers, text) = line.split_at_checked(cut)?;
        let known = markers.iter().all(|marker| b" +-".contains(marker));
        known.then(|| MergedLine { markers, text, is_gone: markers.contains(&b'-') })
    }

    /// Whether a parent has it. A blank beside a minus: that parent never did.
    fn is_in_parent(&self, n: usize) -> bool {
        let marker = self.markers.get(n).copied().unwrap_or(b' ');
        marker == if self.is_gone { b'-' } else { b' ' }
    }

    /// Adds it to the change to the first parent, if it is a part of that.
    fn add_to(&self, hunk: &mut Hunk, at: u32) -> bool {
        let marker = match (self.is_in_parent(0), self.is_gone) {
            (true, true) => b'-',
            (true, false) => b' ',
            (false, false) => b'+',
            (false, true) => return false,
        };
        hunk.old.count += u32::from(marker != b'+');
        hunk.new.count += u32::from(marker != b'-');
        hunk.body.push(marker);
        hunk.body.extend_from_slice(self.text);
        if !self.text.ends_with(b"\n") {
            hunk.body.push(b'\n');
        }
        hunk.lines_at.push(at);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(text: &str) -> Hunk {
        read(&mut Cursor::new(text.as_bytes())).unwrap()
    }

    #[test]
    fn a_merge_is_the_change_to_its_first_parent() {
        let hunk = hunk(
            "@@@ -1,3 -1,4 +1,4 @@@ int f(void)\n  a\n- mine\n -theirs\n -both\n+ b\n++both2\n  c\n",
        );
        assert_eq!(String::from_utf8_lossy(&hunk.body), " a\n-mine\n+b\n+both2\n c\n");
        assert_eq!(hunk.lines_at, [2, 3, 6, 7, 8]);
        assert_eq!((hunk.section.as_slice(), hunk.recounted), (&b"int f(void)"[..], false));
    }

    #[test]
    fn a_merge_of_more_parents_than_any_has_is_refused() {
        let line = |marks: usize| {
            let marked = "@".repeat(marks);
            format!("{marked}{} +1 {marked}\n", " -1".repeat(marks - 1)).into_bytes()
        };
        assert!(is_header(&line(67)) && !is_refused(&line(67)));
        assert!(!is_header(&line(130)) && is_refused(&line(130)));
    }

    #[test]
    fn three_parents_and_a_missing_newline() {
        let hunk =
            hunk("@@@@ -1 -1 -1 +1 @@@@\n---a\n+++b\n\\ No newline at end of file\n remark\n");
        assert_eq!(hunk.body, b"-a\n+b\n\\ No newline at end of file\n");
        assert!(!hunk.recounted);
    }
}
