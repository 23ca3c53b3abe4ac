//! `--kind`: what was added, removed or changed in kernel terms, as a list; with a name,
//! where that thing went.

use std::ffi::OsString;

use anyhow::Result;
use kgrep_engine::compare::{Pass, Placer, Wanted, WhereIs, change_rows, changes, full_name};

use super::{Asked, ended, export};
use crate::cli::KindArg;
use crate::commands::{Outcome, lister};
use crate::diff::exists::There;
use crate::diff::kinds::{Change, How, Kind};
use crate::list::{Column, Role};
use crate::notes;
use crate::settings::Format;

/// Lists the changes; with `word`, those of the thing of this name, below where it is.
///
/// # Errors
/// When the name can't be used, or nothing can be written.
pub(super) fn run(
    asked: &Asked<'_>,
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    kind: KindArg,
    word: Option<&OsString>,
) -> Result<Outcome> {
    let kinds = kinds_of(kind);
    let changes = changes(pass, placer, &kinds)?;
    let wanted = Wanted::new(asked.differ, &notes::sink(), &changes)?;
    let all = changes.iter().flat_map(|(kind, changes)| changes.iter().map(|c| (*kind, c)));
    let chosen: Vec<(Kind, &Change)> = all.filter(|(_, change)| wanted.is(change)).collect();
    let rows = change_rows(pass, placer, &chosen)?;
    let look = asked.look();
    let format = asked.session.settings.format.value;
    let mut json = (format == Format::Json).then(export::Json::default);
    let columns = placer.columns();
    let kept = |column: &&Column| matches!(column.title.as_str(), "Changes" | "Patch" | "Subject");
    let mut titles = Column::all(&[("Change", Role::Text), ("Name", Role::Text)]);
    titles.extend(columns.iter().filter(kept).cloned());
    let has_architectures = chosen.iter().any(|(_, change)| !change.at.is_empty());
    titles.extend(has_architectures.then(|| Column::new("Architectures", Role::Text)));
    let meta = lister::meta(asked.session, titles, asked.request())?;
    let mut lister = asked.lister(&look, meta, json.is_none());
    let mut above = None;
    for ((kind, change), row) in chosen.iter().zip(rows.rows()) {
        let Some(mut row) = row else { continue };
        let mut cells = vec![how(change.how).to_owned(), full_name(change)];
        let others = columns.iter().zip(std::mem::take(&mut row.cells));
        cells.extend(has_architectures.then(|| change.at.join(", ")));
        cells.extend(others.filter(|(column, _)| kept(column)).map(|(_, cell)| cell));
        row.cells = cells;
        let begins = kinds.len() > 1 && above.replace(*kind) != Some(*kind);
        row.section = begins.then(|| title(*kind).to_owned());
        let index = lister.hunk(&row)?;
        if let Some(json) = &mut json {
            json.change(index, title(*kind), change, &row)?;
        }
    }
    let heads = format == Format::Table && asked.session.settings.header.value;
    let found = lister.len();
    let there = match word.filter(|_| heads || found == 0) {
        Some(word) => WhereIs::find(asked.sides, asked.base, &word.to_string_lossy())?,
        None => None,
    };
    let lead =
        there.as_ref().filter(|_| heads).map(|there| whereabouts(there, found)).unwrap_or_default();
    let is_full = lister.is_full();
    let (outcome, list) = ended(lister, lead.as_bytes(), asked.session)?;
    if let Some(json) = json {
        json.summary(&asked.coverage(&pass.so_far(), is_full))?;
    }
    // A name that is there and did not change is an answer too.
    let is_known = there.is_some_and(|there| !there.places.is_empty());
    Ok(if is_known && list.is_none() { Outcome::Found } else { outcome })
}

/// What says where the trees define the name, above a list of so many changes.
fn whereabouts(there: &WhereIs<'_>, changes: u64) -> String {
    let WhereIs { name, trees, places } = there;
    if places.is_empty() {
        return format!("{name} is defined nowhere in either tree\n\n");
    }
    let mut text = String::new();
    for (at, tree) in trees.iter().enumerate() {
        let there = places.iter().filter(|found| found.tree == at);
        let there: Vec<String> = there.map(There::told).collect();
        let told = if there.is_empty() { "nowhere".to_owned() } else { there.join(", ") };
        text += &format!("{name} in {}: {told}\n", tree.display());
    }
    if changes == 0 {
        text += "its definition is the same\n";
    }
    text + "\n"
}

fn how(how: How) -> &'static str {
    match how {
        How::Added => "new",
        How::Removed => "gone",
        How::Changed => "changed",
        How::Moved => "moved",
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Params => "Parameters",
        Kind::Configs => "Configuration",
        Kind::Syscalls => "System calls",
        Kind::Exports => "Exported symbols",
        Kind::Structs => "Structs",
        Kind::Functions => "Functions",
        Kind::Ids => "Device IDs",
        Kind::Docs => "Documents",
    }
}

fn kinds_of(kind: KindArg) -> Vec<Kind> {
    vec![match kind {
        KindArg::All => return Kind::ALL.to_vec(),
        KindArg::Params => Kind::Params,
        KindArg::Configs => Kind::Configs,
        KindArg::Syscalls => Kind::Syscalls,
        KindArg::Exports => Kind::Exports,
        KindArg::Structs => Kind::Structs,
        KindArg::Functions => Kind::Functions,
        KindArg::Ids => Kind::Ids,
        KindArg::Docs => Kind::Docs,
    }]
}
