//! One side of a file with all of its hunks in their places: what a macro makes on a line, the whole
//! file tells, and it is read once for all hunks.

use super::Subject;
use super::rules::{self, Making};
use crate::diff::context;
use crate::diff::locate::Lines;
use crate::diff::model::{FileChange, Hunk, Origin};

/// Where a hunk is in a file, and the side that was found there.
type Place = Option<(u32, Origin)>;

/// The places of a file's hunks, each found when it is asked for.
pub(super) struct Places<'a, 't> {
    hunks: &'a [Hunk],
    tree: Option<&'a Lines<'t>>,
    known: Vec<Option<Place>>,
}

impl<'a, 't> Places<'a, 't> {
    pub(super) fn of(file: &'a FileChange, tree: Option<&'a Lines<'t>>) -> Places<'a, 't> {
        Places { hunks: &file.hunks, tree, known: vec![None; file.hunks.len()] }
    }

    /// That of the hunk at this place.
    pub(super) fn get(&mut self, at: usize) -> Place {
        let (Some(hunk), Some(known)) = (self.hunks.get(at), self.known.get_mut(at)) else {
            return None;
        };
        *known.get_or_insert_with(|| context::place(hunk, self.tree))
    }
}

/// One side of a file.
pub(super) struct Whole<'a> {
    lines: Vec<&'a [u8]>,
    /// What macros make in them.
    making: Making<'a>,
    /// Where each hunk begins in the lines; none where it has no place in the file.
    starts: Vec<Option<usize>>,
}

impl<'a> Whole<'a> {
    pub(super) fn of<'t: 'a>(side: Origin, places: &mut Places<'a, 't>) -> Whole<'a> {
        let starts = vec![None; places.hunks.len()];
        let mut whole = Whole { lines: Vec::new(), making: Making::default(), starts };
        let Some(tree) = places.tree else { return whole };
        let tree: &'a [&'a [u8]] = tree;
        let mut placed: Vec<(usize, usize, Origin)> = (0..places.hunks.len())
            .filter_map(|at| {
                let (first, found) = places.get(at)?;
                let before = places.hunks.get(at)?.context().0;
                Some(((first as usize).saturating_sub(1).saturating_sub(before), at, found))
            })
            .collect();
        placed.sort_unstable_by_key(|(start, at, _)| (*start, *at));
        let mut done = 0;
        for (start, at, found) in placed {
            let (Some(above), Some(hunk)) = (tree.get(done..start), places.hunks.get(at)) else {
                continue;
            };
            whole.lines.extend_from_slice(above);
            if let Some(place) = whole.starts.get_mut(at) {
                *place = Some(whole.lines.len());
            }
            whole.lines.extend(hunk.side(side));
            done = start + hunk.side(found).len();
        }
        whole.lines.extend_from_slice(tree.get(done..).unwrap_or_default());
        whole
    }

    /// Where the hunk at this place begins in the lines.
    pub(super) fn start(&self, hunk: usize) -> Option<usize> {
        self.starts.get(hunk).copied().flatten()
    }

    /// The functions that a macro makes on a line of the file called `name`.
    pub(super) fn made(&mut self, name: &[u8], at: usize) -> Vec<Subject> {
        rules::made(name, &self.lines, at, &mut self.making)
    }
}
