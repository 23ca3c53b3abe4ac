//! Where in a file a hunk belongs, found by its own text as GNU `patch` finds it.
//!
//! The search is that of `locate_hunk` in patch 2.7's `src/patch.c`: at the line the
//! hunk names, then further and further away on both sides, with `fuzz` context lines
//! at either end left out of the comparison.

use super::model::{Hunk, Origin};

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
    pub fn find(&self, text: &[&[u8]], fuzz: i64, offset: i64, frozen: i64) -> Option<i64> {
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
        for distance in outside.max(0)..=farthest.max(0) {
            let (below, above) = (guess.saturating_add(distance), guess.saturating_sub(distance));
            for place in [below, above] {
                let inside = (min_where..=max_where).contains(&place);
                if inside && self.matches(text, place, prefix_fuzz, suffix_fuzz) {
                    return Some(place);
                }
            }
        }
        None
    }

    /// The lines of `text` at `place` (from 1) are the pattern's.
    fn matches(&self, text: &[&[u8]], place: i64, prefix_fuzz: i64, suffix_fuzz: i64) -> bool {
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
    pub fn nearest(&self, text: &[&[u8]]) -> Option<(usize, &'a [u8])> {
        let equal_at = |place: usize| {
            let there = text.get(place..).unwrap_or_default();
            let pairs = self.lines.iter().zip(there);
            pairs.filter(|(line, there)| line.len() > 2 && self.same(line, there)).count()
        };
        let guess = usize::try_from(self.first - 1).unwrap_or(0);
        let rank = |place: &usize| (equal_at(*place), usize::MAX - place.abs_diff(guess));
        let best = (0..text.len()).max_by_key(rank)?;
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
pub fn place(text: &[&[u8]], hunk: &Hunk) -> Option<(u32, Origin)> {
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
    use crate::diff::model::file_lines;

    fn text(lines: std::ops::Range<u32>) -> String {
        lines.map(|n| format!("line {n}\n")).collect()
    }

    #[test]
    fn a_moved_hunk_is_found_and_says_which_side() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let hunk = &hunks(old.as_bytes(), new.as_bytes())[0];
        let moved = format!("{}{new}", text(100..107));
        assert_eq!(place(&file_lines(moved.as_bytes()), hunk), Some((28, Origin::Added)));
        assert_eq!(place(&file_lines(old.as_bytes()), hunk), Some((21, Origin::Removed)));
        assert_eq!(place(&file_lines(b"something else\n"), hunk), None);
    }

    #[test]
    fn a_hunk_far_outside_of_the_file_is_found_without_walking_there() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let mut hunk = hunks(old.as_bytes(), new.as_bytes()).remove(0);
        hunk.old.start = u32::MAX;
        let lines = old.repeat(2);
        let lines = file_lines(lines.as_bytes());
        let pattern = Pattern::new(&hunk, Origin::Removed, false);
        // Of two places the one nearer to the line that it names.
        assert_eq!(pattern.find(&lines, 0, 0, 0), Some(68));
        assert_eq!(pattern.find(&lines, 0, -i64::from(u32::MAX) - 90, 0), Some(18));
        assert_eq!(pattern.find(&file_lines(b"nothing\n"), 0, 0, 0), None);
    }

    #[test]
    fn fuzz_leaves_outer_context_out() {
        let (old, new) = (text(0..50), text(0..50).replace("line 20\n", "LINE 20\n"));
        let hunk = &hunks(old.as_bytes(), new.as_bytes())[0];
        let other = old.replace("line 17\n", "other\n");
        let pattern = Pattern::new(hunk, Origin::Removed, false);
        let lines = file_lines(other.as_bytes());
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
        assert_eq!(pattern.find(&file_lines(longer.as_bytes()), 0, 0, 0), None);
        assert_eq!(pattern.find(&file_lines(old.as_bytes()), 0, 0, 0), Some(18));
    }
}
