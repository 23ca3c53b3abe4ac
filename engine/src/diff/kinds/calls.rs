//! What one line says of a system call: a row of a table, a number in a header, or a definition.

use super::rules::{argument, base, call, subject};
use super::{Mention, Subject, file_of};
use crate::diff::context::{c, identifier};
use crate::diff::macros::MACROS;
use crate::diff::model::DiffSet;
use bstr::ByteSlice;
use kgrep_index::graph::Place;

/// What tables say that aren't an architecture's own.
pub(super) const SHARED: &str = "generic";

/// How many lines a definition's head may have above the line that is looked at.
const HEAD: usize = 12;

/// The columns of a row that say what the call is; what follows them is for other tools.
const COLUMNS: usize = 5;

/// What a line is to the call that it mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A table's row: `450 common lamp sys_lamp`. Without an entry point, there is no such call.
    Row { number: Option<u32>, has_entry: bool },
    /// A header's: `#define __NR_lamp 450`. Of `__NR_lamp2` in the number's place nothing is known.
    Number(Option<u32>),
    /// A header's that says that there is no such call: `__SYSCALL(__NR_lamp, sys_ni_syscall)`.
    NoEntry,
    /// `SYSCALL_DEFINE1(lamp, int, fd)`.
    Definition,
}

/// What line `at` says of a call.
pub(super) fn say(file: &[u8], lines: &[&[u8]], at: usize) -> Option<Subject> {
    let line = *lines.get(at)?;
    let name = base(file);
    if name.ends_with(b".tbl") {
        return row(line);
    }
    if MACROS.syscall_headers.has(name) {
        return number(line).or_else(|| no_entry(line));
    }
    definition(lines, at)
}

/// A row of a table. How wide its columns are says nothing, nor that the last ones are empty.
fn row(line: &[u8]) -> Option<Subject> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut words: Vec<&[u8]> = words.take_while(|word| !word.starts_with(b"#")).collect();
    words.truncate(COLUMNS);
    while words.len() > 3 && words.last().is_some_and(|last| *last == b"-") {
        words.pop();
    }
    let (number, name) = (*words.first()?, *words.get(2)?);
    let is_call = number.iter().all(u8::is_ascii_digit) && !MACROS.no_syscalls.has(name);
    is_call.then(|| subject(name, &words.join(&b' ')))
}

fn number(line: &[u8]) -> Option<Subject> {
    let rest = line.strip_prefix(b"#define __NR_")?;
    let name = identifier(rest).filter(|name| !MACROS.no_syscalls.has(name))?;
    Some(subject(name, line))
}

/// `__SYSCALL(__NR_lamp, sys_ni_syscall)`, `__SC_COMP(__NR_lamp, sys_ni_syscall, sys_ni_syscall)`.
fn no_entry(line: &[u8]) -> Option<Subject> {
    let (_, arguments) = call(line).filter(|(name, _)| name.starts_with(b"__S"))?;
    let name = argument(arguments)?.strip_prefix(b"__NR_")?;
    let (_, rest) = arguments.split_once_str(",")?;
    MACROS.no_entries.has(argument(rest)?).then(|| subject(name, line))
}

/// A definition, of whose head the line is a part: the text is the whole head.
fn definition(lines: &[&[u8]], at: usize) -> Option<Subject> {
    let is_inside = |line: &[u8]| {
        let text = line.trim_ascii_end();
        let is_over = text.is_empty() || text.ends_with(b";") || text.ends_with(b"{");
        !is_over && line.first().is_some_and(u8::is_ascii_whitespace)
    };
    let mut first = at;
    while is_inside(lines.get(first)?) {
        first = first.checked_sub(1).filter(|above| at - above < HEAD)?;
    }
    let head = *lines.get(first)?;
    let (name, arguments) = call(head).filter(|(name, _)| MACROS.syscalls.has(name))?;
    // `SYSCALL_DEFINE1(name, …)` of the macro's own definition is no call.
    if !c::is_header(head) {
        return None;
    }
    let called = argument(arguments)?;
    let mut text = [name, b"("].concat();
    let mut depth = 1_u32;
    let below = lines.get(first + 1..).unwrap_or_default().iter().copied();
    for (n, line) in std::iter::once(arguments).chain(below).take(HEAD).enumerate() {
        for byte in line.iter().copied() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            push_spaced(&mut text, byte);
            if depth == 0 {
                return (at <= first + n).then(|| subject(called, &text));
            }
        }
        push_spaced(&mut text, b' ');
    }
    // The end is not at hand: what is there is the head as far as it goes.
    Some(subject(called, &text))
}

/// Appends a byte; spaces are put as in `(int, fd, const char __user *, name)`.
fn push_spaced(text: &mut Vec<u8>, byte: u8) {
    match byte {
        b' ' | b'\t' | b'\n' | b'\r' => {
            if !text.last().is_some_and(|last| matches!(last, b' ' | b'(')) {
                text.push(b' ');
            }
        }
        b',' | b')' => {
            while text.last() == Some(&b' ') {
                text.pop();
            }
            text.push(byte);
        }
        _ => {
            if text.last() == Some(&b',') {
                text.push(b' ');
            }
            text.push(byte);
        }
    }
}

/// What a mention is, by its text.
pub(super) fn said(mention: &Mention) -> Said {
    let text = &mention.text;
    let digits = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    match first.first() {
        Some(b'0'..=b'9') => {
            let mut entries = words.skip(2).peekable();
            let is_one = |entry: &[u8]| !MACROS.no_entries.has(entry);
            Said::Row { number: digits(first), has_entry: entries.any(is_one) }
        }
        Some(b'#') => Said::Number(words.nth(1).and_then(digits)),
        Some(b'_') => Said::NoEntry,
        _ => Said::Definition,
    }
}

/// Whether a line is a table's or a header's.
pub(super) fn is_entry(mention: &Mention) -> bool {
    said(mention) != Said::Definition
}

/// The architecture that a line is about.
pub(super) fn arch(mention: &Mention, set: &DiffSet) -> String {
    let own = Place::architecture(file_of(mention, set).unwrap_or_default());
    if let Some(own) = own {
        return String::from_utf8_lossy(own).into_owned();
    }
    let is_row = matches!(said(mention), Said::Row { .. });
    let abi = if is_row { abi(mention) } else { b"" };
    let of_abi = MACROS.syscall_abis.get(&*String::from_utf8_lossy(abi));
    of_abi.map_or(SHARED, String::as_str).to_owned()
}

/// The ABI of a table's row.
pub(super) fn abi(mention: &Mention) -> &[u8] {
    mention.text.split(|b| *b == b' ').nth(1).unwrap_or_default()
}

/// The macro that defines a call, without the number of its parameters.
pub(super) fn macro_stem(mention: &Mention) -> &[u8] {
    let name = identifier(&mention.text).unwrap_or_default();
    name.trim_end_with(|c| c.is_ascii_digit())
}

/// The parameters of a definition.
pub(super) fn parameters(mention: &Mention) -> &[u8] {
    let inside = mention.text.split_once_str("(").map_or(&b""[..], |(_, inside)| inside);
    let inside = inside.strip_suffix(b")").unwrap_or(inside);
    inside.split_once_str(",").map_or(&b""[..], |(_, rest)| rest.trim_ascii())
}
