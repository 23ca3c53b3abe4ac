//! Where in a file a hunk belongs, found by its own text as GNU `patch` finds it.
//!
//! The search is that of `locate_hunk` in patch 2.7's `src/patch.c`: at the line the
//! hunk names, then further and further away on both sides, with `fuzz` context lines
//! at either end left out of the comparison.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Deref;

use super::model::{Hunk, Origin, file_lines};

/// The lines of a file that hunks are looked for in.
pub struct Lines<'t> {
    lines: Vec<&'t [u8]>,
    /// Where each line stands, from 0, in order: made once a hunk isn't near its line.
    places: OnceCell<HashMap<&'t [u8], Vec<usize>>>,
}

impl<'t> Lines<'t> {
    /// Of this text.
    pub fn of(text: &'t [u8]) -> Self {
        Lines { lines: file_lines(text), places: OnceCell::new() }
    }

    /// Where a line stands.
    fn places(&self, line: &[u8]) -> &[usize] {
        let places = self.places.get_or_init(|| {
            let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
            for (at, line) in self.lines.iter().enumerate() {
                places.entry(line).or_default().push(at);
            }
            places
        });
        places.get(line).map(Vec::as_slice).unwrap_or_default()
    }
}

impl<'t> Deref for Lines<'t> {
    type Target = [&'t [u8]];

    fn deref(&self) -> &Self::Target {
        &self.lines
    }
}

/// The most lines to either side that are compared one after the other. Further away only places of
/// the hunk's rarest line are, or many hunks that belong nowhere would each walk a long file.
const NEAR: i64 = 64;

/// A line that stands in more places than this says little about where a hunk is.
const COMMON: usize = 1000;

/// What a hunk expects to find.
pub struct Pattern<'a> {
    lines: Vec<&'a [u8]>,
    /// Line of its first line, from 1, as the hunk says.
    first: i64,
    /// Context lines at its beginning and its end.
    prefix: i64,
    suffix: i64,
    /// The patch went through CRLF, the tree did not.
    strip_cr: bool,
}

impl<'a> Pattern<'a> {
    /// The side a hunk is looked for by: `Removed` for what it changes, `Added` for what
    /// it leaves behind. With `strip_cr`, a CR at the end of its lines doesn't count.
    pub fn new(hunk: &'a Hunk, side: Origin, strip_cr: bool) -> Self {
        let lines = hunk.side(side);
        let (prefix, suffix) = hunk.context();
        let span = if side == Origin::Added { hunk.new } else { hunk.old };
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            lines,
            first: span.first().into(),
            prefix: count(prefix),
            suffix: count(suffix),
            strip_cr,
        }
    }

    /// The largest fuzz that makes sense: all context left out.
    pub fn max_fuzz(&self) -> i64 {
        self.prefix.max(self.suffix)
    }

    /// Whether anything is compared with so much fuzz but blank lines: where nothing is, every
    /// place would do.
    fn compares(&self, fuzz: i64) -> bool {
        let context = self.prefix.max(self.suffix);
        let skipped = |own: i64| usize::try_from(fuzz + own - context).unwrap_or(0);
        let end = self.lines.len().saturating_sub(skipped(self.suffix));
        let compared = self.lines.get(skipped(self.prefix)..end).unwrap_or_default();
        compared.iter().any(|line| !line.trim_ascii().is_empty())
    }

    /// Number of lines.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Line, from 1, at which the pattern stands in `text`, if it does.
    ///
    /// `offset` is by how much earlier hunks of the file were found to have moved, and
    /// `frozen` the last line that is already used up by them.
    pub fn find(&self, text: &Lines<'_>, fuzz: i64, offset: i64, frozen: i64) -> Option<i64> {
        let length = i64::try_from(text.len()).ok()?;
        let pattern = i64::try_from(self.lines.len()).ok()?;
        let guess = self.first.saturating_add(offset);
        if pattern == 0 {
            return Some(guess);
        }
        let context = self.prefix.max(self.suffix);
        let mut prefix_fuzz = fuzz + self.prefix - context;
        let suffix_fuzz = fuzz + self.suffix - context;
        let max_where = length - (pattern - suffix_fuzz) + 1;
        let min_where = frozen + 1;
        if prefix_fuzz < 0 && self.first <= 1 {
            // Less context above than below, at line 1: only the start of the file will do.
            let whole = suffix_fuzz >= 0 || (pattern == length && self.prefix >= frozen);
            let fits = whole && frozen <= self.prefix;
            return (fits && self.matches(text, 1, 0, suffix_fuzz.max(0))).then_some(1);
        }
        prefix_fuzz = prefix_fuzz.max(0);
        if suffix_fuzz < 0 {
            // Less context below than above: only the end of the file will do.
            let place = length - pattern + 1;
            let fits = place >= min_where && self.matches(text, place, prefix_fuzz, 0);
            return fits.then_some(place);
        }
        let min_where = min_where.max(1);
        let farthest = max_where.saturating_sub(guess).max(guess.saturating_sub(min_where));
        // A hunk may name a line far outside of the file: no place is nearer to it than the
        // file's nearer end.
        let outside = guess.saturating_sub(max_where).max(min_where.saturating_sub(guess));
        let (outside, farthest) = (outside.max(0), farthest.max(0));
        let near = farthest.min(outside.saturating_add(NEAR));
        let fits = |place: &i64| {
            (min_where..=max_where).contains(place)
                && self.matches(text, *place, prefix_fuzz, suffix_fuzz)
        };
        let sides = |distance| [guess.saturating_add(distance), guess.saturating_sub(distance)];
        if let Some(place) = (outside..=near).flat_map(sides).find(fits) {
            return Some(place);
        }
        if near == farthest {
            return None;
        }
        let mut places = self.places(text, prefix_fuzz, suffix_fuzz)?;
        places.sort_by_key(|place| (place.abs_diff(guess), *place < guess));
        places.into_iter().find(fits)
    }

    /// Where, from 1, the pattern would stand for each place of its rarest line.
    fn places(&self, text: &Lines<'_>, prefix_fuzz: i64, suffix_fuzz: i64) -> Option<Vec<i64>> {
        let skip = usize::try_from(prefix_fuzz).ok()?;
        let end = self.lines.len().checked_sub(usize::try_from(suffix_fuzz).ok()?)?;
        let wanted = (skip..end).filter_map(|at| Some((at, self.places_of(text, at)?)));
        let (at, places) = wanted.min_by_key(|(_, places)| places.len())?;
        let first = |place: &usize| i64::try_from(place + 1).ok()?.checked_sub_unsigned(at as u64);
        Some(places.iter().filter_map(first).collect())
    }

    /// Where in `text` the pattern's line `at` stands.
    fn places_of<'t>(&self, text: &'t Lines<'_>, at: usize) -> Option<&'t [usize]> {
        let line = self.lines.get(at)?;
        Some(match line.strip_suffix(b"\r\n").filter(|_| self.strip_cr) {
            Some(bare) => text.places(&[bare, b"\n"].concat()),
            None => text.places(line),
        })
    }

    /// The lines of `text` at `place` (from 1) are the pattern's.
    fn matches(&self, text: &Lines<'_>, place: i64, prefix_fuzz: i64, suffix_fuzz: i64) -> bool {
        let index = |n: i64| usize::try_from(n).ok();
        let slice = || {
            let skip = index(prefix_fuzz)?;
            let end = self.lines.len().checked_sub(index(suffix_fuzz)?)?;
            let wanted = self.lines.get(skip..end)?;
            let from = index(place - 1)?.checked_add(skip)?;
            let there = text.get(from..from.checked_add(wanted.len())?)?;
            Some(wanted.iter().zip(there).all(|(line, there)| self.same(line, there)))
        };
        slice().unwrap_or(false)
    }

    /// Where most of the pattern's lines stand: line (from 1) of the place, and the first
    /// line there that is another, with what was expected.
    pub fn nearest(&self, text: &Lines<'_>) -> Option<(usize, &'a [u8])> {
        let guess = usize::try_from(self.first - 1).unwrap_or(0);
        let mut equal: HashMap<usize, usize> = HashMap::new();
        for at in (0..self.lines.len()).filter(|at| self.lines[*at].len() > 2) {
            let places = self.places_of(text, at).filter(|places| places.len() <= COMMON);
            for place in places.unwrap_or_default() {
                if let Some(place) = place.checked_sub(at) {
                    *equal.entry(place).or_default() += 1;
                }
            }
        }
        // Where nothing is, the line that the hunk names.
        equal.entry(guess.min(text.len().checked_sub(1)?)).or_default();
        let rank =
            |(place, equal): &(usize, usize)| (*equal, usize::MAX - place.abs_diff(guess), *place);
        let (best, _) = equal.into_iter().max_by_key(rank)?;
        let differs = |(n, line): (usize, &&'a [u8])| {
            let equal = text.get(best + n).is_some_and(|there| self.same(line, there));
            (!equal).then_some((best + n + 1, *line))
        };
        self.lines.iter().enumerate().find_map(differs)
    }

    fn same(&self, line: &[u8], there: &[u8]) -> bool {
        match line.strip_suffix(b"\r\n").filter(|_| self.strip_cr) {
            Some(line) => there.strip_suffix(b"\n") == Some(line),
            None => line == there,
        }
    }
}

/// The line (from 1) of a hunk's first change in a file that may be either side, or
/// neither: `text` is searched for what the hunk leaves behind, then for what it expects,
/// then for both with fuzz. The side that was found comes second.
pub fn place(text: &Lines<'_>, hunk: &Hunk) -> Option<(u32, Origin)> {
    let sides =
        [Origin::Added, Origin::Removed].map(|side| (side, Pattern::new(hunk, side, false)));
    for fuzz in 0..=2 {
        for (side, pattern) in &sides {
            if !pattern.compares(fuzz) || fuzz > pattern.max_fuzz() {
                continue;
            }
            if let Some(at) = pattern.find(text, fuzz, 0, 0) {
                let line = u32::try_from(at + pattern.prefix).ok()?;
                return Some((line, *side));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::lines::hunks;

    fn text(lines: std::ops::Range<u32>) -> String {
        lines.map(|n| format!("line {n}\n")).collect()
    }

    #[test]
    fn a_moved_hunk_is_found_and_says_which_side() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let hunk = &hunks(old.as_bytes(), new.as_bytes())[0];
        let moved = format!("{}{new}", text(100..107));
        assert_eq!(place(&Lines::of(moved.as_bytes()), hunk), Some((28, Origin::Added)));
        assert_eq!(place(&Lines::of(old.as_bytes()), hunk), Some((21, Origin::Removed)));
        assert_eq!(place(&Lines::of(b"something else\n"), hunk), None);
    }

    #[test]
    fn a_hunk_far_outside_of_the_file_is_found_without_walking_there() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let mut hunk = hunks(old.as_bytes(), new.as_bytes()).remove(0);
        hunk.old.start = u32::MAX;
        let lines = old.repeat(2);
        let lines = Lines::of(lines.as_bytes());
        let pattern = Pattern::new(&hunk, Origin::Removed, false);
        // Of two places the one nearer to the line that it names.
        assert_eq!(pattern.find(&lines, 0, 0, 0), Some(68));
        assert_eq!(pattern.find(&lines, 0, -i64::from(u32::MAX) - 90, 0), Some(18));
        assert_eq!(pattern.find(&Lines::of(b"nothing\n"), 0, 0, 0), None);
    }

    #[test]
    fn fuzz_leaves_outer_context_out() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let hunk = &hunks(old.as_bytes(), new.as_bytes())[0];
        let other = old.replace("line 17\n", "other\n");
        let pattern = Pattern::new(hunk, Origin::Removed, false);
        let lines = Lines::of(other.as_bytes());
        assert_eq!(pattern.find(&lines, 0, 0, 0), None);
        assert_eq!(pattern.find(&lines, 1, 0, 0), Some(18));
        let (line, wanted) = pattern.nearest(&lines).unwrap();
        assert_eq!((line, wanted), (18, &b"line 17\n"[..]));
    }

    #[test]
    fn a_hunk_at_the_end_belongs_at_the_end() {
        let (old, new) = (text(0..20), format!("{}more\n", text(0..20)));
        let hunk = &hunks(old.as_bytes(), new.as_bytes())[0];
        let longer = format!("{old}another\n");
        let pattern = Pattern::new(hunk, Origin::Removed, false);
        assert_eq!(pattern.find(&Lines::of(longer.as_bytes()), 0, 0, 0), None);
        assert_eq!(pattern.find(&Lines::of(old.as_bytes()), 0, 0, 0), Some(18));
    }
}
