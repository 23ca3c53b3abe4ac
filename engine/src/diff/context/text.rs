//! What a place is in, in the files of a kernel tree that are not C.
//!
//! One function a kind of file, all alike: go up from the change to the line that begins
//! the part it is in; where there is none above, take the first one among the changed
//! lines or below.

use super::{Enclosing, Thing, identifier, number};
use bstr::ByteSlice;
use std::ops::Range;

/// Goes up from the last changed line to the nearest line that `starts` a part; for a
/// change that itself brings parts, the first of those.
fn nearest(
    lines: &[&[u8]],
    changed: Range<usize>,
    thing: Thing,
    starts: impl Fn(usize) -> Option<Vec<u8>>,
) -> Option<Enclosing> {
    let first = changed.clone().find(|&n| lines.get(n).is_some_and(|l| !l.trim_ascii().is_empty()));
    let first = first.unwrap_or(changed.start);
    let below = first + 1..(changed.end + 5).min(lines.len());
    (0..=first)
        .rev()
        .chain(below)
        .find_map(|n| Some(Enclosing { thing, name: starts(n)?, line: number(n) }))
}

/// The word that follows one of `keywords` at the start of a line.
fn keyword<'a>(line: &'a [u8], keywords: &[&[u8]]) -> Option<&'a [u8]> {
    let line = line.trim_ascii();
    keywords.iter().find_map(|keyword| {
        let rest = line.strip_prefix(*keyword)?;
        let rest = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"\t"))?;
        Some(rest.trim_ascii())
    })
}

/// A Kconfig entry: `config`, `menuconfig`, `choice`, `menu`, `comment`.
pub(super) fn kconfig(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let config: [&[u8]; 5] = [b"config", b"menuconfig", b"menu", b"comment", b"source"];
    nearest(lines, changed, Thing::Config, |n| {
        let line = *lines.get(n)?;
        if line.trim_ascii() == b"choice" {
            return Some(b"choice".to_vec());
        }
        // Help texts are indented; entries are not, or by a blank or a tab in few places.
        let name = keyword(line, &config)?;
        let help = line.starts_with(b"\t ") || line.starts_with(b"  ");
        (!help).then(|| name.to_vec())
    })
}

/// An entry of kernel-parameters.txt: one tab, the name, `=` or a description.
pub(super) fn parameter(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    nearest(lines, changed, Thing::Parameter, |n| parameter_name(lines.get(n)?).map(<[u8]>::to_vec))
}

/// The parameter that a line of kernel-parameters.txt begins to describe.
pub fn parameter_name(line: &[u8]) -> Option<&[u8]> {
    let text = line.strip_prefix(b"\t").filter(|text| !text.starts_with(b"\t"))?;
    let text = text.trim_ascii_end();
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
    let end = text.iter().take_while(|b| is_name(b)).count();
    let (name, rest) = text.split_at(end);
    let begins = rest.is_empty() || rest.starts_with(b"=") || rest.starts_with(b"\t");
    (begins && name.first().is_some_and(u8::is_ascii_alphanumeric)).then_some(name)
}

/// A subsystem of MAINTAINERS: a line at the first column that is no `X:\t` field.
pub(super) fn maintainers(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    nearest(lines, changed, Thing::Section, |n| {
        let line = lines.get(n)?.trim_ascii_end();
        let field = line.get(1) == Some(&b':');
        let title = line.first().is_some_and(u8::is_ascii_alphanumeric) && !field;
        title.then(|| line.to_vec())
    })
}

/// A makefile's target or variable.
pub(super) fn makefile(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let part = |n: usize| {
        let line = *lines.get(n)?;
        if !line.first().is_some_and(|b| b.is_ascii_alphabetic() || b"_.$%".contains(b)) {
            return None;
        }
        if let Some(name) = keyword(line, &[b"define"]) {
            return Some((Thing::Key, name.to_vec()));
        }
        let end = line.iter().position(|b| matches!(b, b'=' | b':'))?;
        let assigns = line.get(end) == Some(&b'=') || line.get(end + 1) == Some(&b'=');
        let name = line.get(..end)?.trim_ascii();
        let name = name.strip_suffix(b"+").or_else(|| name.strip_suffix(b"?")).unwrap_or(name);
        let name = keyword(name, &[b"export", b"override"]).unwrap_or(name.trim_ascii_end());
        let thing = if assigns { Thing::Key } else { Thing::Target };
        (!name.is_empty()).then(|| (thing, name.to_vec()))
    };
    let found = nearest(lines, changed, Thing::Key, |n| part(n).map(|(_, name)| name))?;
    let thing = part(found.line as usize - 1).map_or(Thing::Key, |(thing, _)| thing);
    Some(Enclosing { thing, ..found })
}

/// An assembler symbol: `SYM_FUNC_START(x)`, `ENTRY(x)` or `x:`.
pub(super) fn label(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    nearest(lines, changed, Thing::Label, |n| {
        let line = *lines.get(n)?;
        let name = identifier(line)?;
        let rest = line.get(name.len()..)?;
        if rest.starts_with(b":") {
            return Some(name.to_vec());
        }
        let macros: [&[u8]; 3] = [b"SYM_", b"ENTRY", b"WEAK"];
        let starts = macros.iter().any(|start| name.starts_with(start));
        let inside = rest.strip_prefix(b"(").filter(|_| starts)?;
        identifier(inside.trim_ascii_start()).map(<[u8]>::to_vec)
    })
}

/// A devicetree node: the innermost line that ends in `{` and is not closed yet.
pub(super) fn node(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let first = changed.start.min(lines.len().saturating_sub(1));
    let mut closed = 0_usize;
    for n in (0..=first).rev() {
        let line = lines.get(n)?.trim_ascii();
        if line.starts_with(b"};") && n < first {
            closed += 1;
        } else if let Some(name) = line.strip_suffix(b"{") {
            if closed == 0 {
                let name = name.trim_ascii().to_vec();
                return Some(Enclosing { thing: Thing::Node, name, line: number(n) });
            }
            closed -= 1;
        }
    }
    anything(lines, changed)
}

/// A key of a YAML file: the nearest line above with less indentation.
pub(super) fn key(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ').count();
    let first = changed.start.min(lines.len().saturating_sub(1));
    let own = lines.get(first).map_or(0, |line| indent(line)).max(1);
    nearest(lines, first..changed.end, Thing::Key, |n| {
        let line = *lines.get(n)?;
        let outer = n > first || indent(line) < own;
        let text = line.trim_ascii_start();
        let end = text.iter().position(|&b| b == b':').filter(|_| outer)?;
        let name = text.get(..end)?;
        let plain = name.iter().all(|b| b.is_ascii_alphanumeric() || b"$_-,.#".contains(b));
        (plain && !name.is_empty()).then(|| name.to_vec())
    })
}

/// A section of reStructuredText, Markdown or plain documentation: the nearest heading.
pub(super) fn section(name: &[u8], lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let found = nearest(lines, changed, Thing::Section, |n| {
        let line = lines.get(n)?.trim_ascii_end();
        if line.starts_with(b"#") && line.contains(&b' ') {
            return Some(line.trim_start_with(|mark| matches!(mark, '#' | ' ')).to_vec());
        }
        let under = lines.get(n + 1)?.trim_ascii();
        let rule = under.len() >= 3 && under.len() + 2 >= line.len() && {
            let mark = under.first().copied().unwrap_or_default();
            b"=-~^\"'*+#`:._".contains(&mark) && under.iter().all(|&b| b == mark)
        };
        let title =
            line.first().is_some_and(|b| !b.is_ascii_punctuation() || *b == b'/' || *b == b'`');
        (rule && title).then(|| line.trim_ascii().to_vec())
    });
    // Without a heading in sight it is only known which document it is.
    found.or_else(|| {
        let base = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
        Some(Enclosing { thing: Thing::File, name: base.to_vec(), line: 0 })
    })
}

/// A function of Rust, Python, Perl or shell; else git's general rule.
pub(super) fn script(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    let words: [&[u8]; 7] = [b"fn", b"def", b"sub", b"function", b"class", b"impl", b"struct"];
    let found = nearest(lines, changed.clone(), Thing::Function, |n| {
        let line = lines.get(n)?.trim_ascii();
        let before: [&[u8]; 4] = [b"pub(crate)", b"pub", b"unsafe", b"async"];
        let mut rest = line;
        while let Some(after) = keyword(rest, &before) {
            rest = after;
        }
        if let Some(name) = keyword(rest, &words) {
            return identifier(name).map(<[u8]>::to_vec);
        }
        let name = identifier(line)?;
        line.get(name.len()..)?.starts_with(b"()").then(|| name.to_vec())
    });
    found.or_else(|| anything(lines, changed))
}

/// git's rule for files it doesn't know: a line that begins with a letter, `_` or `$`.
pub(super) fn anything(lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    nearest(lines, changed, Thing::Section, |n| {
        let line = lines.get(n)?.trim_ascii_end();
        let starts = line.first().is_some_and(|b| b.is_ascii_alphabetic() || b"_$".contains(b));
        starts.then(|| line.to_vec())
    })
}
