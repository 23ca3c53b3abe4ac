//! What the columns of a list say of a row of source: one part per column, to the source's right.

use super::look::Look;
use super::measure::Widths;
use super::sanitize::{display_text, display_width};
use crate::list::{Column, Match, Role, Span};

/// Blanks between parts.
const GAP: usize = 2;

/// A part for each column; empty where it has nothing to say that the source doesn't.
pub(super) fn annotations(columns: &[Column], entry: &Match<'_>, look: &Look) -> Vec<String> {
    columns
        .iter()
        .zip(&entry.cells)
        .map(|(column, cell)| annotation(column, cell, entry, look))
        .collect()
}

fn annotation(column: &Column, cell: &str, entry: &Match<'_>, look: &Look) -> String {
    let matched = |span: &Span| entry.text.get(span.start as usize..span.end as usize);
    let mut cell = cell;
    // What stands out in the source need not be said again, nor a condition that is it.
    if column.role == Role::Text {
        let names = entry.spans.iter().filter_map(matched);
        let names = names.filter_map(|name| std::str::from_utf8(name).ok());
        let is_end = |rest: &&str| rest.is_empty() || rest.starts_with(' ');
        let rest = names.filter_map(|name| cell.strip_prefix(name)).find(is_end);
        cell = rest.map_or_else(|| behind_known(cell, entry.text), str::trim);
        if let Some((what, condition)) = cell.split_once(": ")
            && memchr::memmem::find(entry.text, condition.as_bytes()).is_some()
        {
            cell = what;
        }
        if let Some(inner) = cell.strip_prefix('[').and_then(|c| c.strip_suffix(']')) {
            cell = inner;
        }
    }
    if matches!(cell, "" | "-") || column.role == Role::How && cell == "call" {
        return String::new();
    }
    let cell = String::from_utf8_lossy(&display_text(cell.as_bytes(), look)).into_owned();
    let cell = cell.replace('\t', " ");
    match column.role {
        Role::Function => format!("in {}", bare_name(&cell)),
        Role::Count => format!("{cell} {}", column.title.to_lowercase()),
        _ => cell,
    }
}

/// What stands in a cell behind the pieces that the source says itself: `if CONFIG_SMP` of
/// `on_cpu: int, if CONFIG_SMP`.
fn behind_known<'c>(cell: &'c str, source: &[u8]) -> &'c str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let source = String::from_utf8_lossy(source);
    let known: Vec<&str> = source.split(|c| !is_word(c)).collect();
    let mut rest = cell.trim();
    loop {
        let end = [": ", ", "].iter().filter_map(|mark| rest.find(mark)).min();
        let piece = end.map_or(rest, |end| &rest[..end]);
        let mut words = piece.split(|c| !is_word(c)).filter(|word| !word.is_empty()).peekable();
        let is_whole = piece.matches('(').count() == piece.matches(')').count();
        if words.peek().is_none() || !is_whole || !words.all(|word| known.contains(&word)) {
            return rest;
        }
        match end {
            Some(end) => rest = &rest[end + 2..],
            None => return "",
        }
    }
}

/// The parts in one line, those of a column below each other: `widths` are the columns of a section,
/// of which none counts for more than `limit`.
pub(super) fn aligned(parts: &[String], widths: &[Widths], limit: usize) -> String {
    let mut line = String::new();
    let mut column: usize = 0;
    for (at, part) in parts.iter().enumerate() {
        if !part.is_empty() {
            let used = display_width(line.as_bytes());
            let least = if line.is_empty() { 0 } else { GAP };
            line.extend(std::iter::repeat_n(' ', column.saturating_sub(used).max(least)));
            line.push_str(part);
        }
        let width = widths.get(at).map_or(0, |widths| widths.most(limit));
        column += if width > 0 { width + GAP } else { 0 };
    }
    line
}

/// The parts in one line.
pub(super) fn joined(parts: &[String]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.map(String::as_str).collect::<Vec<_>>().join("  ")
}

/// A function's name alone: what stands before the bracket in its head.
pub(super) fn bare_name(head: &str) -> &str {
    let before = head.split('(').next().unwrap_or(head).trim_end();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let name = before.rsplit(|c| !is_name(c)).next().unwrap_or_default();
    let is_macro = name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
    // `SYSCALL_DEFINE2(pivot_root, …)` is named by what stands in its brackets.
    let inside = head.split(['(', ',', ')']).nth(1).map(str::trim).unwrap_or_default();
    if is_macro && !inside.is_empty() && inside.chars().all(is_name) {
        return inside;
    }
    if name.is_empty() || before.len() == head.len() { head } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_source_says_is_not_said_again() {
        let on_cpu = "on_cpu: int, if CONFIG_SMP";
        assert_eq!(behind_known(on_cpu, b"\tint\ton_cpu;\n"), "if CONFIG_SMP");
        assert_eq!(behind_known("stack: void *", b"\tvoid\t*stack;\n"), "");
        assert_eq!(behind_known("obj-y", b"\tattr.o file.o \\\n"), "obj-y");
        assert_eq!(behind_known("EPERM: if (!may())", b"\treturn -EPERM;\n"), "if (!may())");
        assert_eq!(behind_known("if (a(b, c))", b"a b c if\n"), "if (a(b, c))");
        assert_eq!(behind_known("-", b"x\n"), "-");
    }

    #[test]
    fn parts_stand_below_each_other() {
        let rows = [["lock", "fs/a.c:1"], ["", "fs/b.c:2"], ["permission check", "c.c:3"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let mut widths = vec![Widths::default(); 2];
        for row in &rows {
            widths.iter_mut().zip(row).for_each(|(widths, part)| widths.add(part.len()));
        }
        let lines = |limit| rows.each_ref().map(|row| aligned(row, &widths, limit));
        let columns =
            ["lock              fs/a.c:1", "                  fs/b.c:2", "permission check  c.c:3"];
        assert_eq!(lines(40), columns);
        assert_eq!(joined(&rows[1]), "fs/b.c:2");
        assert_eq!(lines(4), ["lock  fs/a.c:1", "      fs/b.c:2", "permission check  c.c:3"]);
    }
}
