//! Two texts as hunks: which lines differ, with context around them.

use super::model::{Hunk, Span, file_lines};
use gix_imara_diff::{Algorithm, Diff, InternedInput, sources};
use std::ops::Range;

/// Lines of context around a change, as `diff -u` and git show.
pub const CONTEXT: u32 = 3;

/// A file with a NUL among its first bytes is binary: git's rule (`buffer_is_binary`).
pub fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, text.get(..8000).unwrap_or(text)).is_some()
}

/// The hunks that turn `old` into `new`. Empty if they are equal.
pub fn hunks(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    if old.is_empty() || new.is_empty() {
        // A whole file comes or goes; there is nothing to compare.
        let (old, new) = (file_lines(old), file_lines(new));
        let all = |lines: &[&[u8]]| 0..u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let change = gix_imara_diff::Hunk { before: all(&old), after: all(&new) };
        let changed = !(old.is_empty() && new.is_empty());
        return changed.then(|| unified(&old, &new, &[change])).into_iter().collect();
    }
    let input = InternedInput::new(sources::byte_lines(old), sources::byte_lines(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let (old, new) = (file_lines(old), file_lines(new));
    let mut hunks = Vec::new();
    let mut group: Vec<gix_imara_diff::Hunk> = Vec::new();
    for change in diff.hunks() {
        let far = group
            .last()
            .is_some_and(|last| change.before.start.saturating_sub(last.before.end) > 2 * CONTEXT);
        if far {
            hunks.push(unified(&old, &new, &group));
            group.clear();
        }
        group.push(change);
    }
    if !group.is_empty() {
        hunks.push(unified(&old, &new, &group));
    }
    hunks
}

/// One hunk of neighbouring changes.
fn unified(old: &[&[u8]], new: &[&[u8]], changes: &[gix_imara_diff::Hunk]) -> Hunk {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return Hunk::default();
    };
    let before = first.before.start.min(CONTEXT);
    let length = u32::try_from(old.len()).unwrap_or(u32::MAX);
    let after = length.saturating_sub(last.before.end).min(CONTEXT);
    let old_lines = first.before.start - before..last.before.end + after;
    let new_lines = first.after.start - before..last.after.end + after;
    // Exactly as large as it gets: two kernels differ by hundreds of megabytes.
    let taken = |lines: &[&[u8]], range: &Range<u32>| -> usize {
        let lines = lines.get(range.start as usize..range.end as usize).unwrap_or_default();
        lines.iter().map(|line| line.len() + 1).sum()
    };
    let size = taken(old, &old_lines) + changes.iter().map(|c| taken(new, &c.after)).sum::<usize>();
    let mut body = Vec::with_capacity(size);
    let mut at = old_lines.start;
    for change in changes {
        push(&mut body, b' ', old, at..change.before.start);
        push(&mut body, b'-', old, change.before.clone());
        push(&mut body, b'+', new, change.after.clone());
        at = change.before.end;
    }
    push(&mut body, b' ', old, at..old_lines.end);
    Hunk {
        section: section(old, old_lines.start),
        old: span(&old_lines),
        new: span(&new_lines),
        body,
        ..Hunk::default()
    }
}

fn push(body: &mut Vec<u8>, marker: u8, lines: &[&[u8]], range: Range<u32>) {
    let range = range.start as usize..range.end as usize;
    for line in lines.get(range).unwrap_or_default() {
        body.push(marker);
        body.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            body.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

/// From lines counted from 0 to what an `@@` line says.
fn span(range: &Range<u32>) -> Span {
    let count = range.end - range.start;
    Span { start: range.start + u32::from(count > 0), count }
}

/// What git writes behind the second `@@`: the last line above that begins with a letter,
/// an underscore or a dollar sign (`def_ff` of its `xdiff/xemit.c`), cut to 80 bytes.
fn section(old: &[&[u8]], start: u32) -> Vec<u8> {
    let above = old.get(..start as usize).unwrap_or_default();
    let starts = |line: &&&[u8]| {
        line.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$'))
    };
    let line = above.iter().rev().find(starts).copied().unwrap_or_default();
    let line = line.trim_ascii_end();
    line.get(..80).unwrap_or(line).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_changes_share_a_hunk_and_far_ones_do_not() {
        let old: String = (0..40).map(|n| format!("line {n}\n")).collect();
        let new = old
            .replace("line 3\n", "LINE 3\n")
            .replace("line 9\n", "")
            .replace("line 30\n", "x\ny\n");
        let hunks = hunks(old.as_bytes(), new.as_bytes());
        let spans: Vec<_> = hunks.iter().map(|h| (h.old.start, h.old.count, h.new.count)).collect();
        assert_eq!(spans, [(1, 13, 12), (28, 7, 8)]);
        assert_eq!(hunks[1].section, b"line 26");
    }

    #[test]
    fn an_empty_side_has_an_empty_span() {
        let created = hunks(b"", b"a\nb");
        assert_eq!((created[0].old.start, created[0].old.count, created[0].new.start), (0, 0, 1));
        assert_eq!(created[0].body, b"+a\n+b\n\\ No newline at end of file\n");
        assert_eq!(hunks(b"same\n", b"same\n"), []);
        assert_eq!(hunks(b"x\n", b"x")[0].body, b"-x\n+x\n\\ No newline at end of file\n");
    }
}
