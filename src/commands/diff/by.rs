//! `--by`: counts of hunks a patch, file, function, folder or subsystem.

use std::io::Write;

use anyhow::Result;
use kgrep_engine::compare::{Pass, Placer, counts, maintainers};
use serde_json::json;

use super::export::data;
use super::{Asked, found};
use crate::cli::By as Wanted;
use crate::commands::Outcome;
use crate::diff::group::{By, Group};
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
    let maintainers = if by == By::Subsystem { maintainers(asked.sides, asked.base) } else { None };
    if by == By::Subsystem && maintainers.is_none() {
        anyhow::bail!("--by subsystem needs a tree with a MAINTAINERS file; --on names one");
    }
    let groups = counts(pass, placer, by, &maintainers.unwrap_or_default())?;
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
