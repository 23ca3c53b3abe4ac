//! `--applied`: whether each hunk of a set of patches applies to a tree, is in it
//! already, or conflicts, as `patch --dry-run` would decide. Nothing is written.

use anyhow::{Result, bail};
use kgrep_engine::compare::{Names, Pick, Placer, Row};

use super::sides::Sides;
use super::{Asked, ended, export, verdicts};
use crate::cli::By;
use crate::commands::{Outcome, lister};
use crate::diff::apply::{self, Verdict};
use crate::diff::model::{DiffSet, Entry, FileChange};
use crate::list::{Column, Role};
use crate::settings::Format;

/// The files that are asked for, each with the verdicts on its hunks, or on itself.
pub(super) fn judged<'s>(
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

/// Judges every hunk, and lists those that are asked for.
///
/// # Errors
/// When there is no tree to judge by, or nothing can be written.
pub(super) fn run(
    asked: &Asked<'_>,
    set: &DiffSet,
    pick: Option<&Pick>,
    names: &Names,
) -> Result<Outcome> {
    let (Sides::Patches { on: Some(tree), .. } | Sides::Git { on: tree, .. }) = asked.sides else {
        bail!("--applied judges patches by a tree: kgrep diff PATCHES --applied --on TREE");
    };
    if asked.args.by.is_some_and(|by| by != By::Patch) {
        bail!("--applied counts by patch alone: kgrep diff PATCHES --applied --by patch --on TREE");
    }
    let fuzz = asked.args.fuzz.unwrap_or(apply::PATCH_FUZZ);
    // The whole series is played through, whatever is shown of it.
    let verdicts = apply::check(set, &asked.base.join(tree), fuzz);
    if asked.args.by.is_some() {
        return verdicts::run(asked, set, pick, names, &verdicts);
    }
    let placer = Placer::new(asked.base, asked.sides, pick, asked.behind);
    let look = asked.look();
    let meta = lister::meta(asked.session, columns(), asked.request())?;
    let format = asked.session.settings.format.value;
    let mut json = (format == Format::Json).then(export::Json::default);
    let prints = json.is_none() && !asked.args.pattern.quiet;
    let mut lister = asked.lister(&look, meta, prints);
    let mut sums = [0_u64; 4];
    for (file, judged) in judged(set, names, &verdicts) {
        let rows = placer.rows(set, file);
        for (n, (mut row, verdict)) in rows.into_iter().zip(judged).enumerate() {
            let entry = Entry { patch: set.patches.get(file.patch), file, hunk: file.hunks.get(n) };
            if pick.is_some_and(|pick| !pick.wants(&entry)) {
                continue;
            }
            let (place, said, sum) = said(verdict);
            sums[sum] += 1;
            judge(&mut row, place, said);
            let index = lister.hunk(&row)?;
            if let Some(json) = &mut json {
                json.row(index, &entry, &row)?;
            }
        }
    }
    let wants_lead = format == Format::Table && asked.session.settings.header.value;
    let lead = if wants_lead { summary(sums) } else { Vec::new() };
    let (outcome, _) = ended(lister, &lead, asked.session)?;
    if let Some(json) = json {
        json.finish()?;
    }
    Ok(outcome)
}

fn columns() -> Vec<Column> {
    Column::all(&[
        ("Verdict", Role::Text),
        ("Function", Role::Function),
        ("Lines", Role::Text),
        ("Patch", Role::Text),
        ("Subject", Role::Text),
    ])
}

/// The line that is in the way, what a verdict says, and which of the sums it counts in.
fn said(verdict: &Verdict) -> (Option<u32>, String, usize) {
    match verdict {
        Verdict::Applies { offset, fuzz, .. } => {
            let mut said = "applies".to_owned();
            if *offset != 0 {
                said += &format!(", moved by {offset:+}");
            }
            if *fuzz > 0 {
                said += &format!(", fuzz {fuzz}");
            }
            (None, said, 0)
        }
        Verdict::AlreadyIn { .. } => (None, "already in".to_owned(), 1),
        Verdict::Conflicts { line, why } => {
            (Some(*line).filter(|line| *line > 0), format!("conflicts: {why}"), 2)
        }
        Verdict::Unknown { why } => (None, format!("unknown: {why}"), 3),
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

fn summary(sums: [u64; 4]) -> Vec<u8> {
    let [applies, already, conflicts, unknown] = sums;
    let mut text = format!("{applies} apply, {already} already in, {conflicts} conflict");
    if unknown > 0 {
        text += &format!(", {unknown} unknown");
    }
    (text + "\n\n").into_bytes()
}
