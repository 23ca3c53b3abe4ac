//! One hunk: its `@@` line and the lines below.
//!
//! Counts in hand-edited patches are wrong, and mail programs cut the blank of empty
//! context lines. Both are mended here, the first with a note for the problem list.

use super::cursor::Cursor;
use super::file::starts_file;
use super::name::trim_line_end;
use crate::diff::model::{Hunk, Span};

/// Reads `@@ -old +new @@ section`.
fn header(line: &[u8]) -> Option<(Span, Span, &[u8])> {
    let rest = line.strip_prefix(b"@@ -")?;
    let (old, rest) = span(rest)?;
    let (new, rest) = span(rest.strip_prefix(b" +")?)?;
    let rest = rest.strip_prefix(b" @@")?;
    let section = trim_line_end(rest);
    Some((old, new, section.strip_prefix(b" ").unwrap_or(section)))
}

/// `start,count`, or `start` for one line; what follows comes second.
pub(super) fn span(text: &[u8]) -> Option<(Span, &[u8])> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => {
            let (count, rest) = number(rest)?;
            Some((Span { start, count }, rest))
        }
        None => Some((Span { start, count: 1 }, rest)),
    }
}

fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, rest))
}

/// The line is a hunk's `@@` line.
pub(super) fn is_header(line: &[u8]) -> bool {
    header(line).is_some()
}

/// Reads the hunk that begins at the cursor; `None` if none does.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Hunk> {
    let line = cursor.line();
    let (old, new, section) = header(cursor.peek()?)?;
    cursor.skip(1);
    let section = section.to_vec();
    let mut body = Body::default();
    while body.old < old.count || body.new < new.count {
        let lacks = (old.count.saturating_sub(body.old), new.count.saturating_sub(body.new));
        if ends_early(cursor, lacks) || !body.take(cursor) {
            break;
        }
    }
    note(cursor, &mut body);
    if (body.old, body.new) == (old.count, new.count) {
        while let Some(lines) = more_than_counted(cursor) {
            for _ in 0..lines {
                body.take(cursor);
            }
            note(cursor, &mut body);
        }
    } else {
        // The empty lines at the end were not context but what divides two patches.
        body.drop_blank_end();
    }
    let recounted = (body.old, body.new) != (old.count, new.count);
    let recount = |span: Span, count| Span {
        // A side that turns out not to be empty begins a line later, and the reverse.
        start: match (span.count, count) {
            (0, 1..) => span.start.saturating_add(1),
            (1.., 0) => span.start.saturating_sub(1),
            _ => span.start,
        },
        count,
    };
    let (old, new) = (recount(old, body.old), recount(new, body.new));
    Some(Hunk { old, new, section, body: body.bytes, line, lines_at: Vec::new(), recounted })
}

/// What has been read of a hunk's lines.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    old: u32,
    new: u32,
    /// How many stripped empty lines stand at the end.
    blanks: u32,
    /// The last line is said to have no newline.
    noted: bool,
}

impl Body {
    /// Takes the next line if it can be part of a hunk.
    fn take(&mut self, cursor: &mut Cursor<'_>) -> bool {
        let Some(line) = cursor.peek() else { return false };
        let mut blank = false;
        match line.first() {
            Some(b' ') => (self.old, self.new) = (self.old + 1, self.new + 1),
            Some(b'-') => self.old += 1,
            Some(b'+') => self.new += 1,
            Some(b'\\') => return note(cursor, self),
            Some(b'\n' | b'\r') if trim_line_end(line).is_empty() => {
                self.bytes.push(b' ');
                (self.old, self.new) = (self.old + 1, self.new + 1);
                blank = true;
            }
            _ => return false,
        }
        self.bytes.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            // The patch file itself ends without a newline; that says nothing of the file.
            self.bytes.push(b'\n');
        }
        self.blanks = if blank { self.blanks + 1 } else { 0 };
        self.noted = false;
        cursor.skip(1);
        true
    }

    fn drop_blank_end(&mut self) {
        for _ in 0..self.blanks {
            let end = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
            let start = memchr::memrchr(b'\n', end).map_or(0, |at| at + 1);
            self.bytes.truncate(start);
            (self.old, self.new) = (self.old.saturating_sub(1), self.new.saturating_sub(1));
        }
        self.blanks = 0;
    }
}

/// Takes a `\ No newline at end of file`, in whatever language it is written; false if
/// there is none.
fn note(cursor: &mut Cursor<'_>, body: &mut Body) -> bool {
    if cursor.starts(b"\\ ").is_none() {
        return false;
    }
    // A line has no newline but once.
    if !body.bytes.is_empty() && !body.noted {
        body.bytes.extend_from_slice(b"\\ No newline at end of file\n");
        // An empty line of which something is said divides no patches.
        (body.noted, body.blanks) = (true, 0);
    }
    cursor.skip(1);
    true
}

/// The hunk ends here though by its counts it lacks so many old and new lines. Where what looks like an
/// end is all that the counts lack, it is lines: patch(1) and git-apply(1) go by the counts too. So `-- ` at
/// the very end of a patch may be a removed line, and `--- a`, `+++ b` a removed and an added one; but two
/// names of one file are the next file's, and a line of context was lost.
fn ends_early(cursor: &Cursor<'_>, lacks: (u32, u32)) -> bool {
    let is_removed = lacks == (1, 0) && cursor.ahead(1).is_none();
    let is_pair = || lacks == (1, 1) && !names_one_file(cursor);
    is_signature(cursor) && !is_removed || starts_file(cursor) && !is_pair()
}

/// Whether `--- a/NAME` and `+++ b/NAME` are at the cursor, or a file that was not there or is gone.
fn names_one_file(cursor: &Cursor<'_>) -> bool {
    let name = |at: usize, mark: &[u8]| {
        let name = trim_line_end(cursor.ahead(at)?.strip_prefix(mark)?);
        // A time stamp may follow.
        name.split(|byte| *byte == b'\t').next()
    };
    let (Some(old), Some(new)) = (name(0, b"--- "), name(1, b"+++ ")) else { return false };
    let below = |name: &[u8]| memchr::memchr(b'/', name).map(|at| name[at..].to_vec());
    [old, new].contains(&&b"/dev/null"[..]) || below(old).is_some() && below(old) == below(new)
}

/// After the counted lines, how many more there are of the same, up to a change: for a line that
/// begins with a blank can also be a remark. Each is looked at once.
fn more_than_counted(cursor: &Cursor<'_>) -> Option<usize> {
    let blanks = (0..).take_while(|n| cursor.ahead(*n).is_some_and(|l| l.first() == Some(&b' ')));
    let blanks = blanks.count();
    let is_change = matches!(cursor.ahead(blanks).and_then(<[u8]>::first), Some(b'+' | b'-'));
    match blanks {
        0 => (is_change && !ends_early(cursor, (0, 0))).then_some(1),
        blanks => is_change.then_some(blanks),
    }
}

/// `-- ` and a git version (`2.26.2`), or `-- ` at the very end: a mail's signature.
///
/// A removed line that reads `- ` looks the same, but what follows it in a hunk never
/// begins with a digit.
fn is_signature(cursor: &Cursor<'_>) -> bool {
    let dashes = cursor.peek().is_some_and(|line| matches!(trim_line_end(line), b"-- " | b"--"));
    dashes
        && match cursor.ahead(1) {
            None => true,
            Some(line) => line.first().is_some_and(u8::is_ascii_digit) && line.contains(&b'.'),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(text: &str) -> Hunk {
        read(&mut Cursor::new(text.as_bytes())).unwrap()
    }

    #[test]
    fn stripped_blanks_are_put_back() {
        let hunk = hunk("@@ -1,3 +1,3 @@ int f(void)\n a\n\n-b\n+c\n");
        assert_eq!(hunk.body, b" a\n \n-b\n+c\n");
        assert_eq!((hunk.section.as_slice(), hunk.recounted), (&b"int f(void)"[..], false));
    }

    #[test]
    fn a_note_counts_once() {
        let note = "\\ No newline at end of file\n";
        let hunk = hunk(&format!("@@ -1 +1 @@\n-a\n{note}{note}+a\n{note}"));
        assert_eq!(hunk.body, format!("-a\n{note}+a\n{note}").into_bytes());
        assert_eq!(hunk.lines().count(), 2);
        let blank = self::hunk(&format!("@@ -1,9 +1,9 @@\n-a\n\n{note}"));
        assert_eq!((blank.lines().count(), blank.old.count), (2, 2));
    }

    #[test]
    fn a_signature_is_no_removed_line() {
        let hunk = hunk("@@ -1,3 +1,3 @@\n a\n-b\n+c\n-- \n2.26.2\n\n");
        assert_eq!(hunk.body, b" a\n-b\n+c\n");
        assert_eq!((hunk.old.count, hunk.recounted), (2, true));
        // By its counts the last line of a patch is none.
        let hunk = self::hunk("@@ -1,2 +1,1 @@\n a\n-- \n");
        assert_eq!((&hunk.body[..], hunk.old.count, hunk.recounted), (&b" a\n-- \n"[..], 2, false));
        for counts in ["-1,3 +1,1", "-1,1 +1,1", "-1,2 +1,2"] {
            let hunk = self::hunk(&format!("@@ {counts} @@\n a\n-- \n"));
            assert_eq!((&hunk.body[..], hunk.old.count), (&b" a\n"[..], 1));
        }
    }

    #[test]
    fn too_small_counts_are_mended() {
        let hunk = hunk("@@ -1,1 +1,1 @@\n a\n-b\n+c\n-d\nremark\n");
        assert_eq!(hunk.body, b" a\n-b\n+c\n-d\n");
        assert_eq!((hunk.old.count, hunk.new.count), (3, 2));
        // Lines of context belong to it where a change follows them.
        let hunk = self::hunk("@@ -1 +1 @@\n-a\n+b\n c\n d\n+e\n remark\n");
        assert_eq!(hunk.body, b"-a\n+b\n c\n d\n+e\n");
    }

    #[test]
    fn too_large_counts_end_at_the_next_file() {
        let text = "@@ -1,9 +1,9 @@\n a\n-b\n+c\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
        let hunk = hunk(text);
        assert_eq!(hunk.body, b" a\n-b\n+c\n");
        // Also where one line of context was lost, so that the counts would take the next file's names.
        for names in
            ["--- a/x/y.c\n+++ b/x/y.c", "--- /dev/null\t2026\n+++ b/x", "--- a/x\n+++ /dev/null"]
        {
            let text = format!("@@ -1,3 +1,3 @@\n a\n-b\n+c\n{names}\n@@ -1 +1 @@\n-a\n+b\n");
            let hunk = self::hunk(&text);
            assert_eq!((&hunk.body[..], hunk.recounted), (&b" a\n-b\n+c\n"[..], true), "{names}");
        }
    }

    #[test]
    fn a_removed_line_of_dashes_stays() {
        let hunk = hunk("@@ -1,2 +1,1 @@\n--- a/x\n b\n");
        assert_eq!(hunk.body, b"--- a/x\n b\n");
        // Below it an added line, and the next hunk.
        let hunk = self::hunk("@@ -1 +1 @@\n--- a/x\n+++ b/y\n@@ -9 +9 @@\n-c\n+d\n");
        assert_eq!((&hunk.body[..], hunk.recounted), (&b"--- a/x\n+++ b/y\n"[..], false));
    }
}
