//! `--stat`: files and a bar of plus and minus signs, as git draws it (`show_stats` in
//! its `diff.c`), and its line of totals.

use super::model::{FileChange, FileOp};
use super::write::quoted;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Writes the statistics, at most `width` columns wide.
///
/// # Errors
///
/// If `out` can't be written to.
pub fn write(out: &mut impl Write, rows: &[Row], width: usize) -> io::Result<()> {
    let longest = rows.iter().map(|row| row.name.width()).max().unwrap_or(0);
    let most = rows.iter().map(|row| row.added + row.removed).max().unwrap_or(0);
    let binary = rows.iter().any(|row| row.binary);
    let digits = most.to_string().len().max(if binary { 3 } else { 0 });
    let (names, bars) = columns(longest, most as usize, digits, width);
    for row in rows {
        let name = shortened(&row.name, names);
        let padding = " ".repeat(names.saturating_sub(name.width()));
        if row.binary {
            writeln!(out, " {name}{padding} | {:>digits$}", "Bin")?;
            continue;
        }
        let total = row.added + row.removed;
        let (plus, minus) = bar(row.added as usize, row.removed as usize, bars, most as usize);
        let gap = if total == 0 { "" } else { " " };
        let (plus, minus) = ("+".repeat(plus), "-".repeat(minus));
        writeln!(out, " {name}{padding} | {total:>digits$}{gap}{plus}{minus}")?;
    }
    totals(out, rows)
}

/// What is said of one file.
pub struct Row {
    name: String,
    added: u32,
    removed: u32,
    binary: bool,
}

impl Row {
    /// That of a file with all hunks that count.
    pub fn new(file: &FileChange) -> Self {
        let (added, removed) = file.counts();
        let text = |name: &[u8]| String::from_utf8_lossy(&quoted(b"", name)).into_owned();
        let name = match (&file.old, &file.new) {
            (Some(old), Some(new)) if matches!(file.op, FileOp::Rename | FileOp::Copy) => {
                rename(&text(old), &text(new))
            }
            _ => text(file.name()),
        };
        Self { name, added, removed, binary: file.binary }
    }
}

/// Room for names and for bars.
fn columns(longest: usize, most: usize, digits: usize, width: usize) -> (usize, usize) {
    let width = width.max(16 + 6 + digits);
    let (mut names, mut bars) = (longest, most);
    if names + digits + 6 + bars > width {
        bars = bars.min((width * 3 / 8).saturating_sub(digits + 6).max(6));
        let left = width - digits - 6 - bars;
        if names > left {
            names = left;
        } else {
            bars = width - digits - 6 - names;
        }
    }
    (names, bars)
}

/// Lengths of the two halves of a bar.
fn bar(added: usize, removed: usize, width: usize, most: usize) -> (usize, usize) {
    if width > most {
        return (added, removed);
    }
    let scale = |n: usize| if n == 0 { 0 } else { 1 + n * (width - 1) / most };
    let mut total = scale(added + removed);
    if total < 2 && added > 0 && removed > 0 {
        total = 2;
    }
    if added < removed {
        (scale(added), total.saturating_sub(scale(added)))
    } else {
        (total.saturating_sub(scale(removed)), scale(removed))
    }
}

/// The end of a name that is too long, from a slash on if there is one.
fn shortened(name: &str, width: usize) -> String {
    if name.width() <= width {
        return name.to_owned();
    }
    let mut rest = name;
    while rest.width() + 3 > width {
        let mut letters = rest.chars();
        letters.next();
        rest = letters.as_str();
    }
    let slash = rest.find('/').unwrap_or(0);
    format!("...{}", rest.get(slash..).unwrap_or(rest))
}

/// `a/{b => c}/d`, as git's `pprint_rename` has it.
fn rename(old: &str, new: &str) -> String {
    if old.starts_with('"') || new.starts_with('"') {
        return format!("{old} => {new}");
    }
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let prefix = old.get(..same).and_then(|s| s.rfind('/')).map_or(0, |at| at + 1);
    let tail = |name: &str| name.get(prefix.saturating_sub(1)..).unwrap_or(name).to_owned();
    let (old_tail, new_tail) = (tail(old), tail(new));
    let same = old_tail.bytes().rev().zip(new_tail.bytes().rev()).take_while(|(a, b)| a == b);
    let same = same.count();
    let common = old_tail.get(old_tail.len() - same..).unwrap_or_default();
    let suffix = common.find('/').map_or(0, |at| common.len() - at);
    if prefix + suffix == 0 {
        return format!("{old} => {new}");
    }
    let middle = |name: &str| {
        let end = name.len().saturating_sub(suffix).max(prefix);
        name.get(prefix..end).unwrap_or_default().to_owned()
    };
    let start = old.get(..prefix).unwrap_or_default();
    let end = old.get(old.len() - suffix..).unwrap_or_default();
    format!("{start}{{{} => {}}}{end}", middle(old), middle(new))
}

fn totals(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    let plural = |n: u64, what: &str| {
        let s = if n == 1 { "" } else { "s" };
        what.replace('#', s)
    };
    let files = rows.len() as u64;
    let added: u64 = rows.iter().map(|row| u64::from(row.added)).sum();
    let removed: u64 = rows.iter().map(|row| u64::from(row.removed)).sum();
    write!(out, " {files} {} changed", plural(files, "file#"))?;
    if added > 0 || removed == 0 {
        write!(out, ", {added} {}(+)", plural(added, "insertion#"))?;
    }
    if removed > 0 || added == 0 {
        write!(out, ", {removed} {}(-)", plural(removed, "deletion#"))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::folder;
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    /// Two trees in a repository, and what `git diff --stat` says of them.
    #[test]
    fn the_same_as_git() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("old"), dir.path().join("new"));
        let text = |n: usize| (0..n).map(|n| format!("a line of text {n}\n")).collect::<String>();
        let put = |root: &Path, name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let long = "drivers/with/a/very/long/path/that/does/not/fit/anywhere/at/all/lamp.c";
        put(&old, long, "a\n");
        put(&new, long, "b\n");
        put(&old, "fs/old/x.c", &text(50));
        put(&new, "fs/new/x.c", &text(50).replace("text 7\n", "text seven\n"));
        put(&old, "big.c", &text(400));
        put(&new, "big.c", &text(10));
        put(&old, "logo.png", "\0a");
        put(&new, "logo.png", "\0b");
        put(&new, "born.h", &text(30));
        let git = |tree: &Path, arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg(format!("--git-dir={}", dir.path().join("git").display()));
            command.arg(format!("--work-tree={}", tree.display()));
            let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
            let output = command.args(identity).args(arguments).current_dir(tree).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        git(&old, &["init", "-q"]);
        git(&old, &["add", "."]);
        git(&old, &["commit", "-q", "-m", "old"]);
        git(&new, &["add", "-A", "."]);
        let want = git(&new, &["diff", "--cached", "-M", "--stat=80", "HEAD"]);
        // git also tells a binary file's sizes.
        let want = want.replace(" 2 -> 2 bytes", "");
        let set = folder::compare(&old, &new);
        let mut got = Vec::new();
        let rows: Vec<Row> = set.files.iter().map(Row::new).collect();
        write(&mut got, &rows, 80).unwrap();
        let got = String::from_utf8(got).unwrap();
        similar_asserts::assert_eq!(got, want);
    }

    #[test]
    fn renames_share_what_they_can() {
        assert_eq!(rename("a/b/c.c", "a/d/c.c"), "a/{b => d}/c.c");
        assert_eq!(rename("x.c", "y.c"), "x.c => y.c");
        assert_eq!(rename("a/x.c", "a/b/x.c"), "a/{ => b}/x.c");
    }
}
