//! A sorted set of list indices, held as runs, so that "all but three of a million"
//! is four numbers, not a million.
//!
//! Both what the user selects (positions in what is shown) and what is shown (indices
//! of the stored list) are such sets; [`Indices::pick`] leads from one to the other.

use std::ops::Range;

/// One run of neighbouring indices.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    range: Range<u64>,
    /// How many indices the runs before this one hold.
    before: u64,
}

/// A set of indices in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Indices {
    /// Ascending, not empty, and with a gap between each and the next.
    runs: Vec<Run>,
}

impl Indices {
    /// The indices `0..len`.
    pub(crate) fn all(len: u64) -> Indices {
        let mut all = Indices::default();
        all.push(0..len);
        all
    }

    /// These indices.
    pub(crate) fn only(range: Range<u64>) -> Indices {
        let mut only = Indices::default();
        only.push(range);
        only
    }

    /// The union of `ranges`, which may overlap and come in any order.
    pub(crate) fn union(mut ranges: Vec<Range<u64>>) -> Indices {
        ranges.sort_unstable_by_key(|range| range.start);
        let mut union = Indices::default();
        for range in ranges {
            union.push(range);
        }
        union
    }

    /// Adds a range that starts no lower than any range added before it.
    pub(crate) fn push(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let before = self.len();
        match self.runs.last_mut() {
            Some(last) if range.start <= last.range.end => {
                last.range.end = last.range.end.max(range.end);
            }
            _ => self.runs.push(Run { range, before }),
        }
    }

    /// These indices and those of `range`.
    pub(crate) fn with(&self, range: Range<u64>) -> Indices {
        let runs = self.runs.iter().map(|run| run.range.clone());
        Indices::union(runs.chain([range]).collect())
    }

    /// How many indices there are.
    pub(crate) fn len(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.before + (run.range.end - run.range.start))
    }

    /// True when there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The lowest index that is `len` or higher.
    pub(crate) fn first_from(&self, len: u64) -> Option<u64> {
        let run = self.runs.last().filter(|run| run.range.end > len)?;
        let beyond = self.runs.partition_point(|run| run.range.end <= len);
        Some(self.runs.get(beyond).unwrap_or(run).range.start.max(len))
    }

    /// The indices in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.runs.iter().flat_map(|run| run.range.clone())
    }

    /// The indices as ranges, in ascending order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.runs.iter().map(|run| run.range.clone())
    }

    /// How many indices are lower than `index`.
    pub(crate) fn count_below(&self, index: u64) -> u64 {
        let runs = self.runs.iter().take_while(|run| run.range.start < index);
        runs.map(|run| run.range.end.min(index) - run.range.start).sum()
    }

    /// Those of these indices that stand at `positions`, counted from 0; positions
    /// past the end are left out.
    pub(crate) fn pick(&self, positions: &Indices) -> Indices {
        let mut picked = Indices::default();
        for Run { range: wanted, .. } in &positions.runs {
            let from = self.runs.partition_point(|run| run.before <= wanted.start);
            for run in &self.runs[from.saturating_sub(1)..] {
                if run.before >= wanted.end {
                    break;
                }
                let at = |position: u64| {
                    run.range.start.saturating_add(position.saturating_sub(run.before))
                };
                picked.push(at(wanted.start)..at(wanted.end).min(run.range.end));
            }
        }
        picked
    }

    /// Those of these indices that do not stand at `positions`.
    pub(crate) fn without(&self, positions: &Indices) -> Indices {
        let mut others = Indices::default();
        let mut next = 0;
        for Run { range, .. } in &positions.runs {
            others.push(next..range.start);
            next = range.end;
        }
        others.push(next..self.len());
        self.pick(&others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(indices: &[u64]) -> Indices {
        Indices::union(indices.iter().map(|index| *index..index + 1).collect())
    }

    fn listed(indices: &Indices) -> Vec<u64> {
        indices.iter().collect()
    }

    #[test]
    fn a_million_are_one_run() {
        let all = Indices::all(1_000_000);
        let rest = all.without(&set(&[3, 4, 999_999]));
        assert_eq!(rest.runs.len(), 2);
        assert_eq!(rest.len(), 999_997);
        assert_eq!(listed(&rest.pick(&set(&[2, 3, 999_996]))), [2, 5, 999_998]);
    }

    #[test]
    fn the_first_index_out_of_range_is_named() {
        let indices = Indices::union(vec![2..4, 10..20]);
        assert_eq!(indices.first_from(30), None);
        assert_eq!(indices.first_from(20), None);
        assert_eq!(indices.first_from(15), Some(15));
        assert_eq!(indices.first_from(5), Some(10));
        assert_eq!(indices.first_from(0), Some(2));
    }

    proptest! {
        #[test]
        fn runs_behave_as_sorted_lists(
            members in prop::collection::btree_set(0u64..60, 0..40),
            positions in prop::collection::btree_set(0u64..60, 0..40),
        ) {
            let (members, positions): (Vec<u64>, Vec<u64>) =
                (members.into_iter().collect(), positions.into_iter().collect());
            let (view, chosen) = (set(&members), set(&positions));
            prop_assert_eq!(listed(&view), members.clone());
            prop_assert_eq!(view.len(), members.len() as u64);
            let (mut kept, mut left) = (Vec::new(), Vec::new());
            for (position, index) in members.iter().enumerate() {
                let taken = positions.contains(&(position as u64));
                if taken { &mut kept } else { &mut left }.push(*index);
            }
            prop_assert_eq!(view.pick(&chosen), set(&kept));
            prop_assert_eq!(view.without(&chosen), set(&left));
        }
    }
}
