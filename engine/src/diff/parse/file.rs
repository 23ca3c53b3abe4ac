//! One file of a patch: git's extended header, the `---` and `+++` lines, the hunks.

use super::cursor::Cursor;
use super::hunk;
use super::name::{git_names, header_name, plain_name, prefix_of, strip, trim_end, trim_line_end};
use crate::diff::model::{FileChange, FileOp, Hunk, Span};

/// The extended header lines of git's diff-format documentation.
const EXTENDED: [&[u8]; 13] = [
    b"index ",
    b"old mode ",
    b"new mode ",
    b"new file mode ",
    b"deleted file mode ",
    b"similarity index ",
    b"dissimilarity index ",
    b"rename from ",
    b"rename to ",
    b"copy from ",
    b"copy to ",
    b"Binary files ",
    b"GIT binary patch",
];

/// A file's header begins at the cursor. Text of a message that looks a little like one
/// (`--- a/file` alone, `diff --git` in a sentence) is not taken for it.
pub(super) fn starts_file(cursor: &Cursor<'_>) -> bool {
    let Some(line) = cursor.peek() else { return false };
    if line.starts_with(b"diff --git ") {
        let next = cursor.ahead(1).unwrap_or_default();
        return next.starts_with(b"--- ") || EXTENDED.iter().any(|start| next.starts_with(start));
    }
    if line.starts_with(b"--- ") {
        let plus = cursor.ahead(1).is_some_and(|next| next.starts_with(b"+++ "));
        return plus && cursor.ahead(2).is_some_and(hunk::is_header);
    }
    line.starts_with(b"Binary files ") && trim_end(line).ends_with(b" differ")
}

/// Reads the file whose header is at the cursor.
pub(super) fn read(cursor: &mut Cursor<'_>, patch: usize) -> FileChange {
    let mut file = FileChange { patch, line: cursor.line(), ..FileChange::default() };
    let mut names = Names::default();
    if let Some(rest) = cursor.starts(b"diff --git ") {
        names.git = git_names(rest);
        cursor.skip(1);
        extended(cursor, &mut file, &mut names);
    } else if let Some(rest) = cursor.starts(b"Binary files ") {
        binary_names(rest, &mut names);
        file.binary = true;
        cursor.skip(1);
    }
    let mut epochs = (false, false);
    if !file.binary && cursor.starts(b"--- ").is_some() && starts_file(cursor) {
        file.crlf = cursor.peek().is_some_and(|line| line.ends_with(b"\r\n"));
        let old = cursor.starts(b"--- ").map(header_name);
        cursor.skip(1);
        let new = cursor.starts(b"+++ ").map(header_name);
        cursor.skip(1);
        epochs = (old.as_ref().is_some_and(|n| n.epoch), new.as_ref().is_some_and(|n| n.epoch));
        names.header = Some((old.and_then(|n| n.name), new.and_then(|n| n.name)));
        while let Some(hunk) = hunk::read(cursor) {
            file.hunks.push(hunk);
        }
    }
    settle(&mut file, names, epochs);
    file
}

/// The old and the new name; `None` of `/dev/null`.
type Sides = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The names a header can give, in three places.
#[derive(Default)]
struct Names {
    /// Of the `diff --git` line.
    git: Option<(Vec<u8>, Vec<u8>)>,
    /// Of the `---` and `+++` lines.
    header: Option<Sides>,
    /// Of `rename from` or `copy from`, without prefix.
    from: Option<Vec<u8>>,
    /// Of `rename to` or `copy to`, without prefix.
    to: Option<Vec<u8>>,
}

fn extended(cursor: &mut Cursor<'_>, file: &mut FileChange, names: &mut Names) {
    let mode = |text: &[u8]| {
        let digits = std::str::from_utf8(trim_end(text)).ok()?;
        u32::from_str_radix(digits, 8).ok()
    };
    while let Some(line) = cursor.peek() {
        let value = |start: &[u8]| line.strip_prefix(start);
        if let Some(text) = value(b"old mode ") {
            file.old_mode = mode(text);
        } else if let Some(text) = value(b"new mode ") {
            file.new_mode = mode(text);
        } else if let Some(text) = value(b"new file mode ") {
            (file.op, file.new_mode) = (FileOp::Create, mode(text));
        } else if let Some(text) = value(b"deleted file mode ") {
            (file.op, file.old_mode) = (FileOp::Delete, mode(text));
        } else if let Some(text) = value(b"rename from ") {
            (file.op, names.from) = (FileOp::Rename, Some(plain_name(text)));
        } else if let Some(text) = value(b"copy from ") {
            (file.op, names.from) = (FileOp::Copy, Some(plain_name(text)));
        } else if let Some(text) = value(b"rename to ").or_else(|| value(b"copy to ")) {
            names.to = Some(plain_name(text));
        } else if let Some(text) = value(b"index ") {
            // `index 1234567..89abcde 100644`: the mode of both sides.
            let text = trim_end(text);
            if let Some(blank) = text.iter().position(|&b| b == b' ') {
                let both = text.get(blank + 1..).and_then(mode);
                (file.old_mode, file.new_mode) = (both, both);
            }
        } else if value(b"GIT binary patch").is_some() {
            file.binary = true;
            file.payload = payload(cursor);
            return;
        } else if value(b"Binary files ").is_some() {
            file.binary = true;
            cursor.skip(1);
            return;
        } else if !EXTENDED.iter().any(|start| line.starts_with(start)) {
            return;
        }
        cursor.skip(1);
    }
}

/// Takes a `GIT binary patch` and its one or two blocks as they are, with the `index`
/// line above, without which `git apply` won't have it.
fn payload(cursor: &mut Cursor<'_>) -> Vec<u8> {
    let index = cursor.behind().is_some_and(|line| line.starts_with(b"index "));
    let start = cursor.line() - u32::from(index);
    cursor.skip(1);
    for _ in 0..2 {
        if cursor.starts(b"literal ").is_none() && cursor.starts(b"delta ").is_none() {
            break;
        }
        while let Some(line) = cursor.peek() {
            cursor.skip(1);
            if trim_line_end(line).is_empty() {
                break;
            }
        }
    }
    cursor.between(start)
}

/// `Binary files a/x and b/x differ`.
fn binary_names(text: &[u8], names: &mut Names) {
    let text = trim_end(text);
    let text = text.strip_suffix(b" differ").unwrap_or(text);
    if let Some(at) = memchr::memmem::find(text, b" and ") {
        let (old, new) = text.split_at(at);
        let new = new.get(5..).unwrap_or_default();
        names.header = Some((header_name(old).name, header_name(new).name));
    }
}

/// Decides what the file is called and what happens to it.
fn settle(file: &mut FileChange, names: Names, epochs: (bool, bool)) {
    let given = names.header.or_else(|| names.git.map(|(old, new)| (Some(old), Some(new))));
    let (old, new) = given.unwrap_or_default();
    let depth = prefix_of(old.as_deref(), new.as_deref());
    let short = |name: Option<Vec<u8>>| {
        let name = name?;
        Some(strip(&name, depth).map_or_else(|| name.clone(), <[u8]>::to_vec))
    };
    (file.old, file.new) = (short(old), short(new));
    // `x.c.orig` and `x.c`: the first is a copy somebody kept beside the second.
    if let (Some(old), Some(new)) = (&file.old, &file.new)
        && *old == [new, &b".orig"[..]].concat()
    {
        file.old = file.new.clone();
    }
    if let (Some(from), Some(to)) = (names.from, names.to) {
        (file.old, file.new) = (Some(from), Some(to));
    }
    // Plain diffs tell a new file by `/dev/null`, by the epoch as its date, or only by
    // a single hunk that expects nothing.
    let nothing = Span::default();
    let lone =
        |side: fn(&Hunk) -> Span| matches!(file.hunks.as_slice(), [hunk] if side(hunk) == nothing);
    if file.op == FileOp::Modify {
        if lone(|h| h.old) && (file.old.is_none() || epochs.0 || file.old_mode.is_none()) {
            file.op = FileOp::Create;
        } else if lone(|h| h.new) && (file.new.is_none() || epochs.1 || file.old_mode.is_none()) {
            file.op = FileOp::Delete;
        }
    }
    match file.op {
        FileOp::Create => file.old = None,
        FileOp::Delete => file.old = file.old.take().or(file.new.take()),
        _ => {}
    }
    if file.op == FileOp::Delete {
        file.new = None;
    }
}
