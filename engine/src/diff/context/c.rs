//! What a place in a C file is in, by the kernel's coding style: definitions begin at
//! the first column, and so do the braces that end them.
//!
//! No lexer runs over the file, so an unbalanced `#if` arm can't lead it astray, and the
//! cost is the distance to the definition's first line.

use super::{Enclosing, Thing, identifier, number};
use crate::diff::macros::{IDIOMS, MACROS};
use kgrep_index::outline::declares_behind;
use std::ops::Range;

/// How far below a change the definition that a comment or `#if` belongs to may begin.
const BELOW: usize = 40;

/// What encloses the lines `changed`, counted from 0.
pub(super) fn enclosing(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let first = changed.clone().find(|&at| !blank(lines, at)).unwrap_or(changed.start);
    if !in_comment(lines, first)
        && let Some(found) = upward(lines, first, &mut Above::default())
    {
        return Some(found);
    }
    top_level(lines, changed).or_else(|| upward(lines, first, &mut Above::default()))
}

/// At the top level: what changes is a thing of its own, or belongs to the next one.
fn top_level(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let here = changed.clone().find_map(|at| at_top(lines, at));
    let below = || (changed.end..changed.end + BELOW).find_map(|at| header_at(lines, at));
    let directive = || changed.clone().find_map(|at| directive(lines, at));
    here.or_else(directive).or_else(below)
}

/// What was found around a line, for the next line of the same text that is asked about: mostly both
/// are in the same definition, and of a new file every line is asked about.
#[derive(Default)]
pub struct Above {
    /// Lines before this one were looked at.
    at: usize,
    /// The definition around the next line, unless one begins or ends from there on.
    found: Option<Enclosing>,
}

/// As [`enclosing`] of one line; lines are asked about from first to last.
pub(super) fn enclosing_line(lines: &[&[u8]], at: usize, above: &mut Above) -> Option<Enclosing> {
    if in_comment(lines, at) || at < above.at {
        return enclosing(lines, at..at + 1);
    }
    upward(lines, at, above).or_else(|| top_level(lines, at..at + 1))
}

/// The definition around line `at`, if there is one: looks up only to where a line before was asked
/// about.
fn upward(lines: &[&[u8]], at: usize, above: &mut Above) -> Option<Enclosing> {
    if let Some(found) = macro_around(lines, at) {
        return Some(found);
    }
    if is_header(lines.get(at)?) && !continued(lines, at) {
        return header_at(lines, at);
    }
    for n in (above.at..at).rev() {
        let line = lines.get(n)?;
        let begins = is_header(line) && !continued(lines, n);
        if begins || closes(line) {
            // A statement that ends on its line encloses nothing but itself.
            let is_open = begins && !closes(line) && !complete(line);
            above.found = if is_open { described(lines, n) } else { None };
            break;
        }
    }
    above.at = at;
    above.found.clone()
}

/// A definition ends here.
fn closes(line: &[u8]) -> bool {
    line.starts_with(b"}") || line.starts_with(b");")
}

/// The definition that line `at` begins, or stands in the first lines of.
fn at_top(lines: &[&[u8]], at: usize) -> Option<Enclosing> {
    let line = *lines.get(at)?;
    if line.starts_with(b"#") {
        return None;
    }
    header_at(lines, at)
}

fn header_at(lines: &[&[u8]], at: usize) -> Option<Enclosing> {
    let line = *lines.get(at)?;
    if let Some(rest) = define(line) {
        return Some(Enclosing { thing: Thing::Macro, name: rest.to_vec(), line: number(at) });
    }
    if !is_header(line) || continued(lines, at) {
        return None;
    }
    // `static int` alone: the name is on the next line.
    let alone = !complete(line) && !line.iter().any(|b| matches!(b, b'=' | b'{' | b'('));
    match lines.get(at + 1).filter(|next| alone && is_header(next)) {
        Some(next) => describe(next, at),
        None => described(lines, at),
    }
}

/// What the definition that begins at line `at` defines: of `typedef struct {`, the name
/// behind its closing brace.
fn described(lines: &[&[u8]], at: usize) -> Option<Enclosing> {
    let found = describe(lines.get(at)?, at)?;
    let name = typedef_name(lines, at).map_or(found.name, <[u8]>::to_vec);
    Some(Enclosing { name, ..found })
}

/// The name that a typedef without a tag, begun at line `at`, gives at its end.
fn typedef_name<'a>(lines: &[&'a [u8]], at: usize) -> Option<&'a [u8]> {
    let words = lines.get(at)?.strip_prefix(b"typedef ")?.trim_ascii().strip_suffix(b"{")?;
    let untagged = matches!(words.trim_ascii(), b"struct" | b"union" | b"enum");
    let closing = lines.iter().skip(at + 1).filter(|_| untagged).find(|l| l.starts_with(b"}"))?;
    // `} __packed lamp_t;` and `} lamp_t __attribute__((packed));`
    let mut rest = closing.get(1..)?;
    while let Some(start) = rest.iter().position(|b| b.is_ascii_alphabetic() || *b == b'_') {
        let name = identifier(rest.get(start..)?)?;
        if !name.starts_with(b"__") {
            return Some(name);
        }
        let after = rest.get(start + name.len()..)?;
        rest = if after.starts_with(b"(") { after_bracket(after) } else { after };
    }
    None
}

/// `#include` and `#define` lines as things of their own.
fn directive(lines: &[&[u8]], at: usize) -> Option<Enclosing> {
    let line = *lines.get(at)?;
    if let Some(name) = define(line) {
        return Some(Enclosing { thing: Thing::Macro, name: name.to_vec(), line: number(at) });
    }
    let rest = line.strip_prefix(b"#")?.trim_ascii_start();
    rest.starts_with(b"include").then(|| Enclosing {
        thing: Thing::Includes,
        name: b"#include".to_vec(),
        line: number(at),
    })
}

/// The `#define` whose continued lines hold line `at`.
fn macro_around(lines: &[&[u8]], at: usize) -> Option<Enclosing> {
    let mut n = at;
    while n > 0 && continued(lines, n) {
        n -= 1;
    }
    let line = lines.get(n)?;
    let name = define(line).filter(|_| n < at)?;
    Some(Enclosing { thing: Thing::Macro, name: name.to_vec(), line: number(n) })
}

/// The name that a `#define` line defines.
pub fn define(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"#")?.trim_ascii_start();
    identifier(rest.strip_prefix(b"define")?.trim_ascii_start())
}

/// The line above ends in a backslash.
fn continued(lines: &[&[u8]], at: usize) -> bool {
    let above = at.checked_sub(1).and_then(|n| lines.get(n));
    above.is_some_and(|line| line.trim_ascii_end().ends_with(b"\\"))
}

fn blank(lines: &[&[u8]], at: usize) -> bool {
    lines.get(at).is_none_or(|line| line.trim_ascii().is_empty())
}

/// Line `at` is in a comment at the first column, which belongs to what is below it.
fn in_comment(lines: &[&[u8]], at: usize) -> bool {
    lines.get(at).is_some_and(|line| {
        line.starts_with(b"/*") || line.starts_with(b" *") || line.starts_with(b"//")
    })
}

/// git's rule for C (`userdiff.c`): a letter at the first column, and no label.
pub fn is_header(line: &[u8]) -> bool {
    if !line.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
        return false;
    }
    let name = identifier(line).unwrap_or_default();
    let rest = line.get(name.len()..).unwrap_or_default().trim_ascii();
    !(rest == b":" || rest.starts_with(b": /*") || rest.starts_with(b": //"))
}

/// The line is a whole statement or definition.
fn complete(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.ends_with(b";") || line.ends_with(b"}")
}

/// What a definition's first line defines, and its name.
pub fn describe(line: &[u8], at: usize) -> Option<Enclosing> {
    let found =
        |thing, name: &[u8]| Some(Enclosing { thing, name: name.to_vec(), line: number(at) });
    let text = line.trim_ascii_end();
    let code = text.split(|&b| b == b'=').next().unwrap_or_default();
    // `struct x {`, but neither `struct x f(` nor `struct x y = {`.
    if !code.contains(&b'(') && code.len() == text.len() {
        let words = code.split(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let tag = words.iter().position(|w| matches!(*w, b"struct" | b"union" | b"enum"));
        let typedef = words.first() == Some(&&b"typedef"[..]);
        if let Some(tag) = tag
            && (text.ends_with(b"{") || words.len() == tag + 2 || typedef)
        {
            let keyword = words.get(tag).copied().unwrap_or_default();
            let name = words.get(tag + 1).copied().unwrap_or(keyword);
            return found(Thing::Type, name);
        }
        let array = code.split(|&b| b == b'[').next().unwrap_or_default();
        let name = last_identifier(array)?;
        return found(if typedef { Thing::Type } else { Thing::Variable }, name);
    }
    let mut rest = code;
    while let Some(open) = rest.iter().position(|&b| b == b'(') {
        let (before, inside) = rest.split_at(open);
        let name = last_identifier(before).unwrap_or_default();
        let behind = after_bracket(inside);
        if name.is_empty() || IDIOMS.is_attribute(name) || declares_behind(behind) {
            rest = behind;
            continue;
        }
        // Nothing before the name: a macro call, not a function with a type.
        let bare = before.trim_ascii().len() == name.len();
        let argument = inside.get(1..).unwrap_or_default().trim_ascii_start();
        let argument = argument.strip_prefix(b"\"").unwrap_or(argument);
        let argument = identifier(argument).unwrap_or(name);
        let shouts = !name.iter().any(u8::is_ascii_lowercase);
        return match () {
            () if bare && (MACROS.syscalls.has(name) || contains(name, b"_DEFINE")) => {
                found(Thing::Function, argument)
            }
            () if bare && MACROS.tracepoints.has(name) => found(Thing::Function, argument),
            () if bare && MACROS.module_facts.has(name) => found(Thing::Registration, name),
            () if bare && (shouts || complete(text)) => found(Thing::Registration, argument),
            () => found(Thing::Function, name),
        };
    }
    let array = code.split(|&b| b == b'[').next().unwrap_or_default();
    found(Thing::Variable, last_identifier(array)?)
}

fn contains(text: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(text, what).is_some()
}

/// What follows the bracket that `text` begins with.
fn after_bracket(text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    b""
}

fn last_identifier(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b"{").unwrap_or(text).trim_ascii_end();
    let text = text.strip_suffix(b";").unwrap_or(text).trim_ascii_end();
    let start = text.iter().rposition(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    let name = text.get(start.map_or(0, |at| at + 1)..)?;
    (!name.is_empty()).then_some(name)
}
