//! Whether each hunk of a set of patches applies to a tree, is in it already, or conflicts, as
//! `patch --dry-run` would decide: as rows, and as sums.

use super::{Names, Pick, Placer, Row};
use crate::diff::apply::Verdict;
use crate::diff::model::{DiffSet, Entry, FileChange, Patch};

/// The files that are asked for, each with the verdicts on its hunks, or on itself.
fn judged<'s>(
    set: &'s DiffSet,
    names: &'s Names,
    verdicts: &'s [Verdict],
) -> impl Iterator<Item = (&'s FileChange, &'s [Verdict])> {
    let mut at = 0;
    let of_each = set.files.iter().map(move |file| {
        let judged = verdicts.get(at..at + file.hunks.len().max(1)).unwrap_or_default();
        at += judged.len();
        (file, judged)
    });
    of_each.filter(|(file, _)| names.wants(file))
}

/// Hands on a row, with its hunk, for each hunk that is asked for: its verdict comes first. Gives
/// back how many there are of each.
///
/// # Errors
/// Those of `each`.
pub fn judged_rows<E>(
    set: &DiffSet,
    names: &Names,
    verdicts: &[Verdict],
    pick: Option<&Pick>,
    placer: &Placer<'_>,
    each: &mut dyn FnMut(&Entry<'_>, &Row) -> Result<(), E>,
) -> Result<Sums, E> {
    let mut sums = Sums::default();
    for (file, judged) in judged(set, names, verdicts) {
        let rows = placer.rows(set, file);
        for (n, (mut row, verdict)) in rows.into_iter().zip(judged).enumerate() {
            let entry = Entry { patch: set.patches.get(file.patch), file, hunk: file.hunks.get(n) };
            if pick.is_some_and(|pick| !pick.wants(&entry)) {
                continue;
            }
            sums.add(verdict);
            let (in_the_way, text) = line_and_text(verdict);
            judge(&mut row, in_the_way, text);
            each(&entry, &row)?;
        }
    }
    Ok(sums)
}

/// The same for each patch that has such hunks, in their order.
pub fn sums_of_patches<'s>(
    set: &'s DiffSet,
    names: &Names,
    verdicts: &[Verdict],
    pick: Option<&Pick>,
) -> Vec<(&'s Patch, Sums)> {
    let mut sums = vec![Sums::default(); set.patches.len()];
    for (file, judged) in judged(set, names, verdicts) {
        let entries = file.entries(set.patches.get(file.patch));
        for (entry, verdict) in entries.zip(judged) {
            let is_wanted = |entry: &Entry<'_>| pick.is_none_or(|pick| pick.wants(entry));
            if let Some(sums) = sums.get_mut(file.patch).filter(|_| is_wanted(&entry)) {
                sums.add(verdict);
            }
        }
    }
    set.patches.iter().zip(sums).filter(|(_, sums)| sums.hunks() > 0).collect()
}

/// What becomes of hunks, and how many there are of each.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sums {
    /// So many apply.
    pub applies: u64,
    /// So many are in the tree already.
    pub already: u64,
    /// So many conflict.
    pub conflicts: u64,
    /// Of so many it can't be told.
    pub unknown: u64,
}

impl Sums {
    fn add(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Applies { .. } => &mut self.applies,
            Verdict::AlreadyIn { .. } => &mut self.already,
            Verdict::Conflicts { .. } => &mut self.conflicts,
            Verdict::Unknown { .. } => &mut self.unknown,
        } += 1;
    }

    /// How many there are.
    pub fn hunks(self) -> u64 {
        self.applies + self.already + self.conflicts + self.unknown
    }

    /// What is to be done with the patch, in a few words: what is in the way comes first.
    pub fn summary(self) -> String {
        let (hunks, Sums { applies, already, conflicts, unknown }) = (self.hunks(), self);
        match (conflicts, unknown, already) {
            (0, 0, 0) => "applies".to_owned(),
            (0, 0, _) if applies == 0 => "in already".to_owned(),
            (0, 0, _) => format!("applies, {already} of {hunks} in already"),
            (0, ..) => format!("{unknown} of {hunks} unknown"),
            _ => format!("{conflicts} of {hunks} conflict"),
        }
    }
}

/// The line that is in the way, and what a verdict says.
fn line_and_text(verdict: &Verdict) -> (Option<u32>, String) {
    match verdict {
        Verdict::Applies { offset, fuzz, .. } => {
            let mut said = "applies".to_owned();
            if *offset != 0 {
                said += &format!(", moved by {offset:+}");
            }
            if *fuzz > 0 {
                said += &format!(", fuzz {fuzz}");
            }
            (None, said)
        }
        Verdict::AlreadyIn { .. } => (None, "already in".to_owned()),
        Verdict::Conflicts { line, why } => {
            (Some(*line).filter(|line| *line > 0), format!("conflicts: {why}"))
        }
        Verdict::Unknown { why } => (None, format!("unknown: {why}")),
    }
}

/// Puts a verdict into a row, which then is where the conflict is.
fn judge(row: &mut Row, in_the_way: Option<u32>, said: String) {
    if let Some(line) = in_the_way.filter(|_| row.foreign && row.line > 0) {
        row.line = line.into();
    }
    row.cells.insert(0, said.clone());
    row.verdict = Some(said);
}
