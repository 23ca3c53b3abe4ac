//! Reads patches as they are: mails, git's and plain diffs, one or many in a file.
//!
//! Why not `diffy`'s `PatchSet` (0.5): it reads either git's or plain headers, not a
//! series that mixes them; cuts the message at the first `---` without telling subject
//! or text; gives up a file at the first wrong count; knows no line numbers in the patch
//! file. All of these are needed here, and what would be left of it is small.
//!
//! Any bytes can be read: what is no patch is message, and what is odd is reported.
//! Opening files and finding out which belong together is left to `set`.

mod combined;
mod context;
mod cursor;
mod file;
mod hunk;
mod message;
mod name;

use super::model::{DiffSet, Patch, Problem};
use cursor::Cursor;
pub use name::strip;
use std::path::Path;

/// Reads one file with one or more patches (an mbox has several) and adds them to
/// `set`. `name` is what the series, folder or spec calls it.
pub fn read(set: &mut DiffSet, text: &[u8], name: &[u8], path: &Path) {
    let mut cursor = Cursor::new(text);
    let notes = &mut set.notes;
    let mut problem = |line, what: &str| {
        set.problems.push(Problem { path: path.to_path_buf(), line, what: what.to_owned() });
    };
    while cursor.peek().is_some() {
        let index = set.patches.len();
        let line = cursor.line();
        let mut patch =
            Patch { name: name.to_vec(), path: Some(path.into()), line, ..Patch::default() };
        let files_before = set.files.len();
        let mut message_ends = None;
        // The message, the files, and whatever stands between and behind them.
        while cursor.peek().is_some() {
            if file::starts_file(&cursor) {
                if message_ends.is_none() {
                    message_ends = Some(cursor.line());
                    patch.message = without_divider(cursor.between(line));
                }
                if message_ends == Some(cursor.line()) && is_merge(&cursor) {
                    let what = "a merge's combined diff, read as the change to its first parent";
                    notes.push(Problem {
                        path: path.to_path_buf(),
                        line: cursor.line(),
                        what: what.to_owned(),
                    });
                }
                let found = file::read(&mut cursor, index);
                for hunk in found.hunks.iter().filter(|hunk| hunk.recounted) {
                    problem(hunk.line, "the hunk's line counts are wrong; read as it stands");
                }
                if found.name().is_empty() {
                    problem(found.line, "a change to a file without a name, left out");
                } else {
                    set.files.push(found);
                }
                continue;
            }
            if cursor.line() > line && is_mail_start(&cursor) {
                break;
            }
            if let Some(what) = nameless(&mut cursor) {
                problem(cursor.line(), what);
            }
            cursor.skip(1);
        }
        if message_ends.is_none() {
            patch.message = cursor.between(line);
        }
        message::describe(&mut patch);
        // A series' cover letter or a read-me has no files, and is no patch.
        if set.files.len() > files_before {
            set.patches.push(patch);
        }
    }
}

/// The file at the cursor is one of a merge's.
fn is_merge(cursor: &Cursor<'_>) -> bool {
    cursor.peek().and_then(combined::file_name).is_some()
}

/// What is to be said of a change whose file's name or second half isn't there; `None` of other
/// lines.
fn nameless(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let line = cursor.peek()?;
    if hunk::is_header(line) || combined::is_header(line) {
        return Some("a hunk without file names (no `--- FILE`, `+++ FILE` above it), left out");
    }
    if combined::is_refused(line) {
        return Some("a hunk of a merge with more than 128 parents, left out");
    }
    if context::is_cut_off(cursor) {
        return Some(
            "a hunk without its new lines (`--- N,M ----`), left out: the patch is cut off",
        );
    }
    if context::starts_hunk(cursor) {
        return Some("a hunk without file names (no `*** FILE`, `--- FILE` above it), left out");
    }
    let normal = is_normal_command(line)
        && cursor.ahead(1).is_some_and(|next| next.starts_with(b"< ") || next.starts_with(b"> "));
    normal.then_some("a plain `diff` without file names, left out: make it with `diff -u`")
}

/// `3,5c4`, `7a8,9`, `1d0`: what the hunks of a diff without options begin with.
fn is_normal_command(line: &[u8]) -> bool {
    let line = name::trim_line_end(line);
    let span = |text: &[u8]| {
        let numbers = text.split(|&b| b == b',');
        let valid = |n: &[u8]| !n.is_empty() && n.iter().all(u8::is_ascii_digit);
        numbers.clone().count() <= 2 && numbers.into_iter().all(valid)
    };
    let command = line.iter().position(|b| b"acd".contains(b));
    command
        .and_then(|at| line.split_at_checked(at))
        .is_some_and(|(before, after)| span(before) && after.get(1..).is_some_and(span))
}

/// An mbox's `From ` line, as git and mail programs write it: with a time, and after an
/// empty line or a signature.
fn is_mail_start(cursor: &Cursor<'_>) -> bool {
    let Some(rest) = cursor.starts(b"From ") else { return false };
    let time = rest.windows(9).any(|w| {
        w.iter().zip(b" 00:00:00").all(|(b, shape)| match shape {
            b'0' => b.is_ascii_digit(),
            _ => b == shape,
        })
    });
    time && cursor.behind().is_none_or(|line| line.trim_ascii().is_empty())
}

/// The message without `Index:`, `====` or a bare `diff` line of the first file's header.
fn without_divider(message: Vec<u8>) -> Vec<u8> {
    let mut end = message.len();
    loop {
        let kept = message.get(..end).unwrap_or_default();
        let body = kept.strip_suffix(b"\n").unwrap_or(kept);
        let start = memchr::memrchr(b'\n', body).map_or(0, |at| at + 1);
        let last = body.get(start..).unwrap_or_default();
        let rule = last.len() >= 10 && last.trim_ascii().iter().all(|&b| b == b'=');
        let divider = rule || last.starts_with(b"Index: ") || last.starts_with(b"diff ");
        if body.is_empty() || !divider {
            break;
        }
        end = start;
    }
    let mut message = message;
    message.truncate(end);
    message
}

#[cfg(test)]
mod tests;
