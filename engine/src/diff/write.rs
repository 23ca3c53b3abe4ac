//! Writes chosen entries as a unified diff that `patch -p1` and `git apply` take.

use super::model::{Entry, FileChange, FileOp, Hunk, Span};
use std::io::{self, Write};

/// Writes the entries, which come in the order of their set. Where only some of a file's
/// hunks are chosen, the new line numbers are those of the file that results.
///
/// A binary change without git's own payload is named (`Binary files … differ`); the
/// names of those are returned, since nothing can apply them.
///
/// # Errors
///
/// If `out` can't be written to.
pub fn write(out: &mut impl Write, entries: &[Entry<'_>]) -> io::Result<Vec<Vec<u8>>> {
    let mut unwritten = Vec::new();
    for entries in entries.chunk_by(|a, b| std::ptr::eq(a.file, b.file)) {
        let Some(Entry { file, .. }) = entries.first() else { continue };
        header(out, file)?;
        if file.binary {
            if file.payload.is_empty() {
                let (old, new) = side_names(file);
                writeln_bytes(out, &[b"Binary files ", &old, b" and ", &new, b" differ"])?;
                unwritten.push(file.name().to_vec());
            } else {
                out.write_all(&file.payload)?;
            }
            continue;
        }
        let hunks: Vec<&Hunk> = entries.iter().filter_map(|entry| entry.hunk).collect();
        if hunks.is_empty() {
            continue;
        }
        let (old, new) = side_names(file);
        writeln_bytes(out, &[b"--- ", &old, tab(&old)])?;
        writeln_bytes(out, &[b"+++ ", &new, tab(&new)])?;
        let mut moved = 0_i64;
        for hunk in hunks {
            write_hunk(out, hunk, moved)?;
            moved += i64::from(hunk.new.count) - i64::from(hunk.old.count);
        }
    }
    Ok(unwritten)
}

/// A hunk's `@@` line, without its end.
pub fn range_line(hunk: &Hunk) -> Vec<u8> {
    at_line(hunk.old, hunk.new, &hunk.section)
}

fn at_line(old: Span, new: Span, section: &[u8]) -> Vec<u8> {
    let line = format!("@@ -{} +{} @@", range(old), range(new)).into_bytes();
    if section.is_empty() { line } else { [&line, &b" "[..], section].concat() }
}

/// Writes one hunk whose new side begins `moved` lines below its old one.
fn write_hunk(out: &mut impl Write, hunk: &Hunk, moved: i64) -> io::Result<()> {
    let first = u32::try_from(i64::from(hunk.old.first()) + moved).unwrap_or(1);
    let start = if hunk.new.count == 0 { first.saturating_sub(1) } else { first };
    let new = Span { start, count: hunk.new.count };
    out.write_all(&at_line(hunk.old, new, &hunk.section))?;
    out.write_all(b"\n")?;
    out.write_all(&hunk.body)
}

fn range(span: Span) -> String {
    if span.count == 1 { span.start.to_string() } else { format!("{},{}", span.start, span.count) }
}

/// git's extended header, which `patch` since 2.7 understands as well.
fn header(out: &mut impl Write, file: &FileChange) -> io::Result<()> {
    let name = file.name();
    let old = file.old.as_deref().unwrap_or(name);
    let new = file.new.as_deref().unwrap_or(name);
    writeln_bytes(out, &[b"diff --git ", &quoted(b"a/", old), b" ", &quoted(b"b/", new)])?;
    match file.op {
        FileOp::Create => {
            writeln!(out, "new file mode {:o}", file.new_mode.unwrap_or(0o100_644))?;
        }
        FileOp::Delete => {
            writeln!(out, "deleted file mode {:o}", file.old_mode.unwrap_or(0o100_644))?;
        }
        FileOp::Modify | FileOp::Rename | FileOp::Copy => {
            if let (Some(before), Some(after)) = (file.old_mode, file.new_mode)
                // A link's mode is told although it stays: nothing else says it is one.
                && (before != after || after == 0o120_000)
            {
                writeln!(out, "old mode {before:o}\nnew mode {after:o}")?;
            }
            let verb: Option<(&[u8], &[u8])> = match file.op {
                FileOp::Rename => Some((b"rename from ", b"rename to ")),
                FileOp::Copy => Some((b"copy from ", b"copy to ")),
                _ => None,
            };
            if let Some((from, to)) = verb {
                writeln_bytes(out, &[from, &quoted(b"", old)])?;
                writeln_bytes(out, &[to, &quoted(b"", new)])?;
            }
        }
    }
    Ok(())
}

/// The names of the `---` and `+++` lines.
fn side_names(file: &FileChange) -> (Vec<u8>, Vec<u8>) {
    let side = |prefix: &[u8], name: &Option<Vec<u8>>| match name {
        Some(name) => quoted(prefix, name),
        None => b"/dev/null".to_vec(),
    };
    (side(b"a/", &file.old), side(b"b/", &file.new))
}

/// A tab tells `patch` where a name with blanks ends; git writes it too.
fn tab(name: &[u8]) -> &'static [u8] {
    if name.contains(&b' ') && !name.starts_with(b"\"") { b"\t" } else { b"" }
}

/// A name as git writes it: C-quoted with octal escapes if it holds anything unusual.
pub fn quoted(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    let plain = |&b: &u8| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\';
    if name.iter().all(plain) {
        return [prefix, name].concat();
    }
    let mut out = vec![b'"'];
    out.extend_from_slice(prefix);
    for byte in name {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte if plain(byte) => out.push(*byte),
            byte => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
        }
    }
    out.push(b'"');
    out
}

fn writeln_bytes(out: &mut impl Write, parts: &[&[u8]]) -> io::Result<()> {
    for part in parts {
        out.write_all(part)?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::model::DiffSet;
    use crate::diff::parse;
    use std::path::Path;

    fn parsed(text: &str) -> DiffSet {
        let mut set = DiffSet::default();
        parse::read(&mut set, text.as_bytes(), b"", Path::new("x"));
        set
    }

    #[test]
    fn what_is_read_is_written_again() {
        let text = "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n\
             diff --git a/x y.c b/x y.c\n--- a/x y.c\t\n+++ b/x y.c\t\n\
             @@ -3,2 +3 @@ int f(void)\n a\n-b\n@@ -9,2 +8,2 @@\n c\n-d\n+e\n\
             \\ No newline at end of file\n\
             diff --git \"a/\\303\\251\" \"b/\\303\\251\"\nnew file mode 100755\n\
             --- /dev/null\n+++ \"b/\\303\\251\"\n@@ -0,0 +1 @@\n+n\n\
             diff --git a/old b/new\nrename from old\nrename to new\n";
        let set = parsed(text);
        let mut out = Vec::new();
        write(&mut out, &set.entries().collect::<Vec<_>>()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), text);
    }

    #[test]
    fn a_left_out_hunk_moves_the_ones_below() {
        let set = parsed("--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n a\n-b\n@@ -9,1 +8,2 @@\n c\n+d\n");
        let mut out = Vec::new();
        write(&mut out, &set.entries().skip(1).collect::<Vec<_>>()).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("@@ -9 +9,2 @@\n"));
    }

    #[test]
    fn binaries_that_cannot_be_written_are_named() {
        let set = parsed("Binary files a/l.png and b/l.png differ\n");
        let mut out = Vec::new();
        let unwritten = write(&mut out, &set.entries().collect::<Vec<_>>()).unwrap();
        assert_eq!(unwritten, [b"l.png"]);
    }
}
