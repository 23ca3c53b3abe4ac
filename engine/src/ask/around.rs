//! Finds the definition around a line, for lines in order: the smallest that holds it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kgrep_index::outline::{Definition, FileOutline, Kind};

/// Length, place and last line of a definition.
type Begun = Reverse<(u32, usize, u32)>;

/// Finds which of some definitions is around a line, by their places.
pub(super) struct Extents {
    /// First and last lines, and places, of those that begin further down, the next one last.
    below: Vec<(u32, usize, u32)>,
    /// Those that began, the smallest first; they may have ended.
    begun: BinaryHeap<Begun>,
}

impl Extents {
    /// Among definitions with these places, first lines and last lines.
    pub(super) fn new(all: impl Iterator<Item = (usize, u32, u32)>) -> Extents {
        let mut below: Vec<_> = all.map(|(at, first, last)| (first, at, last)).collect();
        below.sort_unstable_by_key(|next| Reverse(*next));
        Extents { below, begun: BinaryHeap::new() }
    }

    /// The place of the smallest that holds `line`; of several that are as small, the first.
    pub(super) fn line(&mut self, line: u32) -> Option<usize> {
        while let Some((first, at, last)) = self.below.pop_if(|(first, ..)| *first <= line) {
            self.begun.push(Reverse((last.saturating_sub(first), at, last)));
        }
        while self.begun.peek().is_some_and(|Reverse((.., last))| *last < line) {
            self.begun.pop();
        }
        self.begun.peek().map(|Reverse((_, at, _))| *at)
    }

    /// Whether another one is as small as the one that was found last and holds `line`, too.
    pub(super) fn is_one_of_several(&self, line: u32) -> bool {
        let Some(Reverse((smallest, ..))) = self.begun.peek() else { return false };
        let holding =
            self.begun.iter().filter(|Reverse((size, _, last))| size == smallest && *last >= line);
        holding.count() > 1
    }
}

/// Finds the definition around a line among those of an outline.
pub(super) struct Around<'o> {
    extents: Extents,
    definitions: &'o [Definition],
}

impl<'o> Around<'o> {
    /// Around lines of this file, leaving out definitions of `name` itself.
    pub(super) fn new(outline: &'o FileOutline, name: &[u8]) -> Self {
        let may_hold = |(_, d): &(usize, &Definition)| {
            !matches!(d.kind, Kind::File | Kind::Member | Kind::Enumerator)
                && outline.name(d.name) != name
        };
        let holding = outline.definitions.iter().enumerate().filter(may_hold);
        let extents = Extents::new(holding.map(|(at, d)| (at, d.first, d.last)));
        Around { extents, definitions: &outline.definitions }
    }

    pub(super) fn line(&mut self, line: u32) -> Option<&'o Definition> {
        self.extents.line(line).and_then(|at| self.definitions.get(at))
    }
}
