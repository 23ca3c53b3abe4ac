//! The look-ups: each makes rows of one section of an answer.

mod allocations;
mod built;
mod calls;
mod definitions;
mod errors;
mod fields;
mod grouped;
mod include;
mod kconfig;
mod maintainers;
mod sets;
pub(super) mod text;

use std::collections::HashSet;

use crate::Result;
use kgrep_index::graph::Place;

use super::case::Case;
use super::tracer::{Row, Tracer};
use super::wanted::Wanted;
use crate::recipes::recipe::{Look, Section};

/// Rows that a section of a short answer has at most.
const BRIEF: usize = 8;

/// The sections of the answer to `case`, with their titles; those that found nothing are
/// left out. `brief` leaves out all that is not part of the short answer.
///
/// # Errors
/// When the tree can't be walked, or a recipe's glob is none.
pub fn answer(
    tracer: &mut Tracer<'_, '_>,
    case: &Case<'_>,
    brief: bool,
) -> Result<Vec<(String, Vec<Row>)>> {
    let wanted = |section: &&Section| !brief || section.brief;
    let sections: Vec<&Section> = case.recipe.sections.iter().filter(wanted).collect();
    let max = |section: &Section| {
        let max = if brief { section.max.min(BRIEF) } else { section.max };
        (!tracer.options.all).then_some(max)
    };
    let arch = tracer.arch();
    let texts: Vec<Wanted> = sections
        .iter()
        .filter_map(|section| match &section.look {
            Look::Text(text) if text.callees.is_none() => {
                let most = text::most(text, max(section));
                Some(text::wanted(text, &case.facts, arch, most))
            }
            _ => None,
        })
        .flatten()
        .collect();
    let most: Vec<Option<usize>> = sections.iter().map(|section| max(section)).collect();
    tracer.look_for(&texts)?;
    let mut answer: Vec<(String, Vec<Row>)> = Vec::new();
    let mut told: HashSet<(Vec<u8>, u32)> = HashSet::new();
    for (section, most) in sections.into_iter().zip(most) {
        let mut title = section.title.clone();
        let (mut rows, mut total) = match &section.look {
            Look::Text(look) => text::rows(tracer, case, look, most, brief)?,
            Look::Dispatch { slot: None } => {
                let (rows, more) = calls::through_pointers(tracer, case);
                if more > 0 {
                    title = format!("{title} ({more} more possible; --all)");
                }
                let total = rows.len();
                (rows, total)
            }
            look => {
                let rows = rows(tracer, case, look)?;
                let total = rows.len();
                (rows, total)
            }
        };
        let is_told = |row: &Row| told.contains(&(row.path.clone(), row.line));
        if rows.is_empty() || matches!(section.look, Look::Source {}) && rows.iter().all(is_told) {
            continue;
        }
        if brief && rows.len() > BRIEF && !matches!(section.look, Look::Text(_)) {
            let is_here = |row: &Row| tracer.arch().has(Place::of(&row.path));
            if rows.iter().any(is_here) {
                rows.retain(is_here);
                total = rows.len();
            }
        }
        if let Some(max) = most.filter(|max| total > *max) {
            let more =
                if brief { format!("--as {}", case.recipe.name) } else { "--all".to_owned() };
            title = format!("{title} ({max} of {total}; {more})");
            rows.truncate(max);
        }
        let within = match &section.look {
            Look::Text(text) => text.within,
            look => matches!(look, Look::Allocations {}),
        };
        if within {
            grouped::within(tracer, &mut rows);
        }
        told.extend(rows.iter().map(|row| (row.path.clone(), row.line)));
        answer.push((title, rows));
    }
    Ok(answer)
}

fn rows(tracer: &mut Tracer<'_, '_>, case: &Case<'_>, look: &Look) -> Result<Vec<Row>> {
    Ok(match look {
        Look::Definitions { names, kinds } => definitions::heads(tracer, case, names, kinds),
        Look::Comment {} => definitions::comments(tracer, case),
        Look::Source {} => definitions::sources(tracer, case),
        Look::Body {} if tracer.options.body => calls::bodies(tracer, case),
        Look::Body {} => Vec::new(),
        Look::Fields {} => fields::fields(tracer, case),
        Look::Callees { marks } => calls::callees(tracer, case, marks)?,
        Look::Allocations {} => allocations::allocations(tracer, case)?,
        Look::Errors {} => errors::errors(tracer, case),
        Look::Callers {} => calls::callers(tracer, case),
        Look::Registered {} => calls::registered(tracer, case),
        Look::Dispatch { slot: Some(slot) } => calls::dispatches(tracer, case, slot),
        Look::Dispatch { slot: None } => calls::through_pointers(tracer, case).0,
        Look::Sets {} => sets::sets(tracer, case)?,
        Look::Text(look) => text::rows(tracer, case, look, None, false)?.0,
        Look::Kconfig {} => kconfig::entries(tracer, case),
        Look::KconfigUsers {} => kconfig::users(tracer, case),
        Look::Built {} => built::built(tracer, case),
        Look::Maintainers {} => maintainers::entries(tracer, case),
        Look::Fills { slot } => calls::fills(tracer, case, slot),
        Look::IncludePath { from, to } => include::path(tracer, case, from, to),
    })
}
