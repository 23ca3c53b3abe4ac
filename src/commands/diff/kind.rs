//! `--kind`: what was added, removed or changed in kernel terms, as a list; with a name,
//! where that thing went.

use std::ffi::OsString;

use anyhow::Result;
use kgrep_engine::compare::{Pass, Placer, Wanted, change_rows, changes, full_name};
use kgrep_engine::{Standing, Verdict};

use super::{Asked, ended, export};
use crate::cli::KindArg;
use crate::commands::trees::{self, AskedTree, defining};
use crate::commands::{Outcome, lister};
use crate::diff::kinds::{Change, How, Kind};
use crate::list::{Column, Role};
use crate::settings::Format;
use crate::{notes, verdicts};

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
    let has_architectures = chosen.iter().any(|(_, change)| !change.at.is_empty());
    titles.extend(has_architectures.then(|| Column::new("Architectures", Role::Text)));
    titles.extend(columns.iter().filter(kept).cloned());
    let meta = lister::meta(asked.session, titles, asked.request())?;
    let mut lister = asked.lister(&look, meta, json.is_none());
    let mut above = None;
    for ((kind, change), row) in chosen.iter().zip(rows.rows()) {
        let Some(mut row) = row else { continue };
        let mut cells = vec![how(change).to_owned(), full_name(change)];
        cells.extend(has_architectures.then(|| change.at.join(", ")));
        let others = columns.iter().zip(std::mem::take(&mut row.cells));
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
        Some(word) => trees_asked(asked, kind, &word.to_string_lossy())?,
        None => Vec::new(),
    };
    let name = word.map(|word| word.to_string_lossy()).unwrap_or_default();
    let lead = match heads && !there.is_empty() {
        true => whereabouts(&name, &there, found),
        false => String::new(),
    };
    let is_full = lister.is_full();
    let (outcome, list) = ended(lister, lead.as_bytes(), asked.session)?;
    if let Some(json) = json {
        json.summary(&asked.coverage(&pass.so_far(), is_full))?;
    }
    // A name that is there and did not change is an answer too.
    let is_known = there.iter().any(|tree| tree.answer.verdicts().iter().any(|(v, _)| is_there(v)));
    Ok(if is_known && list.is_none() { Outcome::Found } else { outcome })
}

/// The trees that are compared, if there are any, asked what a name is.
fn trees_asked<'a>(asked: &Asked<'a>, kind: KindArg, name: &str) -> Result<Vec<AskedTree<'a>>> {
    // Functions and fields may be called as a parameter is.
    let name = match kind {
        KindArg::Params => format!("{}=", name.trim_end_matches('=')),
        _ => name.to_owned(),
    };
    trees::ask(&[name], &asked.sides.trees(), asked.base, asked.session)
}

/// Whether something says what a name is: text that has it doesn't.
fn is_there(verdict: &Verdict) -> bool {
    !matches!(verdict.standing, Standing::Nothing | Standing::Unproven | Standing::Text)
}

/// What says where the trees define the name, above a list of so many changes.
fn whereabouts(name: &str, trees: &[AskedTree<'_>], changes: u64) -> String {
    let verdicts = || trees.iter().flat_map(|tree| tree.answer.verdicts());
    if !verdicts().any(|(verdict, _)| is_there(verdict)) {
        return format!("{name} is defined nowhere in either tree\n\n");
    }
    let mut text = String::new();
    for tree in trees {
        for (verdict, rows) in tree.answer.verdicts() {
            let places: Vec<String> = defining(rows).map(|row| tree.row_text(row)).collect();
            let told = match () {
                () if !is_there(verdict) => "nowhere".to_owned(),
                () if verdict.standing == Standing::Defined => places.join(", "),
                () if places.is_empty() => verdicts::sentence(verdict),
                () => format!("{}: {}", verdicts::sentence(verdict), places.join(", ")),
            };
            text += &format!("{name} in {}: {told}\n", tree.folder.display());
        }
    }
    if changes == 0 {
        text += "its definition is the same\n";
    }
    text + "\n"
}

fn how(change: &Change) -> &'static str {
    match (change.how, &change.before, &change.after) {
        (How::Added, ..) => "new",
        (How::Removed, ..) => "gone",
        // A system call that others have had, or still have.
        (How::Changed, None, Some(_)) if change.kind == Kind::Syscalls => "new there",
        (How::Changed, Some(_), None) if change.kind == Kind::Syscalls => "gone there",
        (How::Changed, ..) => "changed",
        (How::Moved, ..) => "moved",
        (How::Renamed, ..) => "renamed",
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
