//! `--by`: counts of hunks a patch, file, function, folder or subsystem.

use std::io::Write;

use anyhow::Result;
use kgrep_engine::compare::{Pass, Placer};
use serde_json::json;

use super::export::data;
use super::{Asked, found};
use crate::cli::By as Wanted;
use crate::commands::Outcome;
use crate::diff::context;
use crate::diff::group::{self, By, Group, Groups};
use crate::diff::locate::Lines;
use crate::diff::maintainers::Maintainers;
use crate::diff::model::{Entry, FileChange};
use crate::render::{Content, Output, visible};
use crate::settings::Format;

/// Counts and prints, most hunks first; patches in their order.
///
/// # Errors
/// When the output can't be written.
pub(super) fn run(
    asked: &Asked<'_>,
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    by: Wanted,
) -> Result<Outcome> {
    let by = match by {
        Wanted::Patch => By::Patch,
        Wanted::File => By::File,
        Wanted::Function => By::Function,
        Wanted::Folder => By::Folder,
        Wanted::Subsystem => By::Subsystem,
    };
    let maintainers = if by == By::Subsystem { maintainers(asked) } else { None };
    if by == By::Subsystem && maintainers.is_none() {
        anyhow::bail!("--by subsystem needs a tree with a MAINTAINERS file; --on names one");
    }
    let maintainers = maintainers.unwrap_or_default();
    let named = |file: &FileChange| -> Vec<Vec<u8>> {
        let text = if by == By::Function { placer.read(file) } else { None };
        let lines = text.as_ref().map(|(_, text)| Lines::of(text));
        let name = |entry: Entry<'_>| {
            // A hunk of two folders belongs to the distribution's patch, where that is known.
            let behind = placer.behind.and_then(|behind| behind.patch(file, entry.hunk));
            let around = || context::of_hunk(file, entry.hunk?, lines.as_ref());
            let entry = Entry { patch: behind.or(entry.patch), ..entry };
            group::name(&entry, by, &maintainers, around)
        };
        file.entries(pass.set.patches.get(file.patch)).map(name).collect()
    };
    let mut groups = Groups::default();
    pass.each::<_, anyhow::Error>(
        |_, file| {
            let counts: Vec<_> = file.entries(None).map(|entry| entry.counts()).collect();
            (named(&file), counts, file.name().to_vec())
        },
        |(names, counts, file)| {
            names.into_iter().zip(counts).for_each(|(name, n)| groups.add(name, &file, n));
            Ok(true)
        },
    )?;
    let mut groups = groups.into_vec();
    if by != By::Patch {
        groups.sort_by(|a, b| b.entries.cmp(&a.entries).then_with(|| a.name.cmp(&b.name)));
    }
    print(asked, by, &groups)?;
    Ok(found(!groups.is_empty()))
}

fn print(asked: &Asked<'_>, by: By, groups: &[Group]) -> Result<()> {
    let look = asked.look();
    let mut out = if look.terminal {
        Output::paged(&asked.session.settings.pager.value)
    } else {
        Output::stdout()
    };
    let json = asked.session.settings.format.value == Format::Json;
    if json {
        out = out.holding(Content::Json);
    }
    let title = match by {
        By::Patch => "Patch",
        By::File => "File",
        By::Function => "Function",
        By::Folder => "Folder",
        By::Subsystem => "Subsystem",
    };
    if look.header && !json && !groups.is_empty() {
        let mut line = Vec::new();
        let text = format!("{:>7} {:>7} {:>8} {:>8} {title}", "Hunks", "Files", "+", "-");
        look.palette.header.paint(&mut line, text.as_bytes());
        line.push(b'\n');
        out.write_all(&line)?;
    }
    for group in groups {
        let Group { name, entries, files, added, removed, .. } = group;
        if json {
            let line = json!({ "type": "count", "data": { "by": title.to_lowercase(),
                "name": data(name), "hunks": entries, "files": files,
                "added": added, "removed": removed } });
            writeln!(out, "{line}")?;
            continue;
        }
        let name: &[u8] = match (name.as_slice(), by) {
            (b"", By::Folder) => b".",
            (b"", _) => b"(none known)",
            (name, _) => name,
        };
        let mut line = format!("{entries:>7} {files:>7} {added:>8} {removed:>8} ").into_bytes();
        look.palette.file.paint(&mut line, &visible(name));
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(out.finish()?)
}

/// MAINTAINERS of the newest tree that has one.
pub(super) fn maintainers(asked: &Asked<'_>) -> Option<Maintainers> {
    let trees = asked.sides.trees();
    let mut files = trees.iter().rev().map(|tree| asked.base.join(tree).join("MAINTAINERS"));
    files.find_map(|file| std::fs::read(file).ok()).map(|text| Maintainers::parse(&text))
}
