//! What a hunk is in: a function, a Kconfig entry, a boot parameter's description, a
//! section of a document.
//!
//! The text behind `@@` often names the function before the one that changes. Where the
//! tree is there, this looks upward from the changed lines in the file itself; without a
//! tree, in the hunk and then at the `@@` line. The C rule is light on purpose: the
//! outline of the index can take its place, file by file, through [`enclosing`].

pub mod c;
mod text;

pub use text::parameter_name;

use super::locate::{self, Lines};
use super::model::{FileChange, FileOp, Hunk, Origin};
use std::borrow::Cow;
use std::ops::Range;

/// What kind of thing encloses a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A function, or a macro call that defines one, such as `SYSCALL_DEFINE2`.
    Function,
    /// A struct, union, enum or typedef.
    Type,
    /// A `#define`.
    Macro,
    /// A variable, table or array.
    Variable,
    /// A macro call at the top of a file: `EXPORT_SYMBOL(x)`, `module_param(x, …)`.
    Registration,
    /// The `#include` lines.
    Includes,
    /// A Kconfig entry.
    Config,
    /// A boot parameter's description.
    Parameter,
    /// A section of a document, or of MAINTAINERS.
    Section,
    /// A target of a makefile.
    Target,
    /// A variable of a makefile, a key of a YAML file.
    Key,
    /// A devicetree node.
    Node,
    /// An assembler symbol or label.
    Label,
    /// The file as a whole: it is new, gone, or has no parts.
    File,
}

/// The innermost thing around a hunk's changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosing {
    /// What it is.
    pub thing: Thing,
    /// What it is called.
    pub name: Vec<u8>,
    /// Line, from 1, at which it begins in the given text; 0 where that isn't known.
    pub line: u32,
}

/// What encloses a hunk's changes. `tree` has the file's lines on whichever side is there.
pub fn of_hunk(file: &FileChange, hunk: &Hunk, tree: Option<&Lines<'_>>) -> Option<Enclosing> {
    if matches!(file.op, FileOp::Create | FileOp::Delete) {
        let base = file.name().rsplit(|&b| b == b'/').next().unwrap_or_default();
        return Some(Enclosing { thing: Thing::File, name: base.to_vec(), line: 0 });
    }
    let side = if hunk.counts().0 == 0 { Origin::Removed } else { Origin::Added };
    let own = hunk.side(side);
    let mut changed = own.len()..0;
    for at in changed_lines(hunk, side) {
        changed = changed.start.min(at)..at + 1;
    }
    let changed = if changed.is_empty() { 0..own.len() } else { changed };

    let around = around(hunk, side, tree);
    let start = around.start;
    let changed = start + changed.start..start + changed.end;
    let found = enclosing(file.name(), &around.lines, changed)?;
    Some(Enclosing { line: around.number(found.line), ..found })
}

/// What encloses each changed line of one side of a hunk, which may be several things.
pub fn of_each_change(
    file: &FileChange,
    hunk: &Hunk,
    side: Origin,
    around: &Around<'_>,
) -> impl Iterator<Item = Enclosing> {
    let changed: Vec<usize> = changed_lines(hunk, side).collect();
    changed.into_iter().filter_map(move |at| {
        let at = around.start + at;
        enclosing(file.name(), &around.lines, at..at + 1)
    })
}

/// Which lines of one side of a hunk are changed, counted from 0.
fn changed_lines(hunk: &Hunk, side: Origin) -> impl Iterator<Item = usize> {
    let own = hunk.lines().filter(move |line| line.origin != side.other());
    own.enumerate().filter(move |(_, line)| line.origin == side).map(|(at, _)| at)
}

/// One side of a hunk with what stands around it in the file.
pub struct Around<'a> {
    /// The lines, of which the hunk's begin at `start`.
    pub lines: Cow<'a, [&'a [u8]]>,
    /// Where the hunk's lines begin, counted from 0.
    pub start: usize,
    /// The file's number of the hunk's first line, from 1.
    first: u32,
    /// The lines above are the file's, not just what the `@@` line says.
    known: bool,
}

impl Around<'_> {
    /// The file's line number of one of `lines` (from 1); 0 if it isn't known.
    pub fn number(&self, line: u32) -> u32 {
        let start = u32::try_from(self.start).unwrap_or(u32::MAX);
        if line == 0 || (!self.known && line <= start) {
            return 0;
        }
        (line - 1).saturating_add(self.first).saturating_sub(start)
    }
}

/// One side of a hunk, put in its place in the file where that is there.
pub fn around<'a, 't: 'a>(hunk: &'a Hunk, side: Origin, tree: Option<&'a Lines<'t>>) -> Around<'a> {
    around_place(hunk, side, tree, place(hunk, tree))
}

/// Where a hunk is in a file, and the side that was found there.
pub fn place(hunk: &Hunk, tree: Option<&Lines<'_>>) -> Option<(u32, Origin)> {
    locate::place(tree?, hunk)
}

/// As [`around`], of a hunk whose place was asked for.
pub fn around_place<'a, 't: 'a>(
    hunk: &'a Hunk,
    side: Origin,
    tree: Option<&'a Lines<'t>>,
    place: Option<(u32, Origin)>,
) -> Around<'a> {
    let own = hunk.side(side);
    if let Some((there, (first, found))) = tree.zip(place) {
        let there: &'a [&'a [u8]] = there;
        // The tree may be the other side: put this side's lines in place of what is there.
        let start = (first as usize - 1).saturating_sub(hunk.context().0);
        if found == side {
            return Around { lines: there.into(), start, first: number(start), known: true };
        }
        let end = start + hunk.side(found).len();
        let above = there.get(..start).unwrap_or_default();
        let below = there.get(end..).unwrap_or_default();
        return Around {
            lines: [above, &own, below].concat().into(),
            start,
            first: number(start),
            known: true,
        };
    }
    let mut lines = vec![hunk.section.as_slice()];
    lines.extend(own);
    let span = if side == Origin::Added { hunk.new } else { hunk.old };
    Around { lines: lines.into(), start: 1, first: span.first(), known: false }
}

/// What encloses the lines `changed` (counted from 0) of a file called `name`.
pub fn enclosing(name: &[u8], lines: &[&[u8]], changed: Range<usize>) -> Option<Enclosing> {
    enclosing_after(name, lines, changed, None)
}

/// As [`enclosing`] of one line; lines are asked about from first to last.
pub fn enclosing_line(
    name: &[u8],
    lines: &[&[u8]],
    at: usize,
    above: &mut c::Above,
) -> Option<Enclosing> {
    enclosing_after(name, lines, at..at + 1, Some(above))
}

/// Where `above` is told, `changed` is one line.
fn enclosing_after(
    name: &[u8],
    lines: &[&[u8]],
    changed: Range<usize>,
    above: Option<&mut c::Above>,
) -> Option<Enclosing> {
    let base = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let ends = |end: &[u8]| base.ends_with(end);
    match () {
        () if base.starts_with(b"Kconfig") => text::kconfig(lines, changed),
        () if base == b"kernel-parameters.txt" => text::parameter(lines, changed),
        () if base == b"MAINTAINERS" => text::maintainers(lines, changed),
        () if base.starts_with(b"Makefile") || base.starts_with(b"Kbuild") || ends(b".mk") => {
            text::makefile(lines, changed)
        }
        () if [b".c", b".h"].iter().any(|end| ends(*end)) || ends(b".lds.S") => match above {
            Some(above) => c::enclosing_line(lines, changed.start, above),
            None => c::enclosing(lines, changed),
        },
        () if ends(b".S") => text::label(lines, changed),
        () if ends(b".dts") || ends(b".dtsi") => text::node(lines, changed),
        () if ends(b".yaml") || ends(b".yml") => text::key(lines, changed),
        () if ends(b".rst") || ends(b".md") || name.starts_with(b"Documentation/") => {
            text::section(name, lines, changed)
        }
        () if ends(b".rs") || ends(b".py") || ends(b".pl") || ends(b".pm") || ends(b".sh") => {
            text::script(lines, changed)
        }
        () => text::anything(lines, changed),
    }
}

/// Line number from a place counted from 0.
fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

/// The identifier at the start of `text`.
pub fn identifier(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let name = text.get(..end)?;
    name.first().is_some_and(|b| !b.is_ascii_digit()).then_some(name)
}

#[cfg(test)]
mod tests;
