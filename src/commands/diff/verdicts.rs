//! `--applied --by patch`: the maintainer's table, a verdict for each patch of a set.

use std::io::Write;

use anyhow::Result;
use kgrep_engine::compare::{Names, Pick, Sums, sums_of_patches};
use serde_json::json;

use super::export::data;
use super::{Asked, found};
use crate::commands::Outcome;
use crate::diff::apply::Verdict;
use crate::diff::group::short_name;
use crate::diff::model::{DiffSet, Patch};
use crate::render::{Content, Output, cut, display_width, visible};
use crate::settings::Format;

/// Prints the table; patches stand in their order.
///
/// # Errors
/// When the output can't be written.
pub(super) fn run(
    asked: &Asked<'_>,
    set: &DiffSet,
    pick: Option<&Pick>,
    names: &Names,
    verdicts: &[Verdict],
) -> Result<Outcome> {
    let rows = sums_of_patches(set, names, verdicts, pick);
    if !asked.args.pattern.quiet {
        print(asked, &rows)?;
    }
    Ok(found(!rows.is_empty()))
}

fn print(asked: &Asked<'_>, rows: &[(&Patch, Sums)]) -> Result<()> {
    let look = asked.look();
    let json = asked.session.settings.format.value == Format::Json;
    let mut out = match look.terminal {
        true => Output::paged(&asked.session.settings.pager.value),
        false => Output::stdout(),
    };
    if json {
        out = out.holding(Content::Json);
        for (patch, sums) in rows {
            let Sums { applies, already, conflicts, unknown } = *sums;
            let line = json!({ "type": "count", "data": { "by": "patch",
                "name": data(&patch.name), "hunks": sums.hunks(), "applies": applies,
                "in_already": already, "conflicts": conflicts, "unknown": unknown,
                "verdict": sums.summary() } });
            writeln!(out, "{line}")?;
        }
        return Ok(out.finish()?);
    }
    let told: Vec<String> = rows.iter().map(|(_, sums)| sums.summary()).collect();
    let width = told.iter().map(|told| display_width(told.as_bytes())).max().unwrap_or(0).max(7);
    if look.header && !rows.is_empty() {
        let mut line = Vec::new();
        let text = format!("{:<width$}  Patch", "Verdict");
        look.palette.header.paint(&mut line, text.as_bytes());
        line.push(b'\n');
        out.write_all(&line)?;
    }
    for ((patch, sums), told) in rows.iter().zip(told) {
        let is_clear = sums.conflicts + sums.unknown == 0;
        let ink = if is_clear { &look.palette.added } else { &look.palette.removed };
        let mut line = Vec::new();
        ink.paint(&mut line, told.as_bytes());
        line.resize(line.len() + width + 2 - display_width(told.as_bytes()), b' ');
        let name = short_name(&patch.name);
        look.palette.file.paint(&mut line, &visible(name.as_bytes()));
        let subject = String::from_utf8_lossy(&visible(&patch.subject)).into_owned();
        let used = width + 4 + display_width(name.as_bytes());
        let room = if look.terminal { look.width.saturating_sub(used) } else { usize::MAX };
        if !subject.is_empty() && room > 1 {
            line.extend_from_slice(format!("  {}", cut(&subject, room)).as_bytes());
        }
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(out.finish()?)
}
