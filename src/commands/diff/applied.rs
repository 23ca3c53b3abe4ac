//! `--applied`: whether each hunk of a set of patches applies to a tree, is in it
//! already, or conflicts, as `patch --dry-run` would decide. Nothing is written.

use anyhow::{Result, bail};
use kgrep_engine::compare::{Names, Pick, Placer, Sums, judged_rows};

use super::sides::Sides;
use super::{Asked, ended, export, verdicts};
use crate::cli::By;
use crate::commands::{Outcome, lister};
use crate::diff::apply;
use crate::diff::model::DiffSet;
use crate::list::{Column, Role};
use crate::settings::Format;

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
    let sums = judged_rows(set, names, &verdicts, pick, &placer, &mut |entry, row| {
        let index = lister.hunk(row)?;
        json.as_mut().map_or(Ok(()), |json| json.row(index, entry, row))
    })?;
    let wants_lead = format == Format::Table && asked.session.settings.header.value;
    let lead = if wants_lead { summary(sums) } else { Vec::new() };
    let is_full = lister.is_full();
    let (outcome, _) = ended(lister, &lead, asked.session)?;
    if let Some(json) = json {
        json.summary(&asked.coverage(&[], is_full))?;
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

fn summary(sums: Sums) -> Vec<u8> {
    let Sums { applies, already, conflicts, unknown } = sums;
    let mut text = format!("{applies} apply, {already} already in, {conflicts} conflict");
    if unknown > 0 {
        text += &format!(", {unknown} unknown");
    }
    (text + "\n\n").into_bytes()
}
