//! The look-ups: each makes rows of one section of an answer.

mod allocations;
mod built;
mod calls;
mod definitions;
mod errors;
mod expansion;
mod fields;
mod grouped;
mod include;
mod kconfig;
mod maintainers;
mod sets;
pub(super) mod text;

use std::collections::HashSet;

use crate::Result;
use kgrep_index::graph::{Arch, Place};

use super::case::Case;
use super::tracer::{Row, Tracer};
use super::wanted::Wanted;
use crate::recipes::recipe::{Look, Section};

/// Rows that a section of a short answer has at most.
const BRIEF: usize = 8;

/// A section with how many rows it may have.
type Limited<'r> = (&'r Section, Option<usize>);

/// The sections of the answer to `case`, with their titles; those that found nothing are
/// left out. `brief` leaves out all that is not part of the short answer.
///
/// # Errors
/// If the tree can't be walked, or a recipe's glob is not valid.
pub fn answer(
    tracer: &mut Tracer<'_, '_>,
    case: &Case<'_>,
    brief: bool,
) -> Result<Vec<(String, Vec<Row>)>> {
    let sections = sections(tracer, case, brief);
    let behind = sections.iter().any(|(section, _)| section.work).then(|| {
        let subjects = expansion::workers(tracer, case);
        Case { recipe: case.recipe, facts: case.facts.clone(), subjects, found: Vec::new() }
    });
    let texts = texts(&sections, case, tracer.arch());
    tracer.look_for(&texts)?;
    let mut answer: Vec<(String, Vec<Row>)> = Vec::new();
    let mut told: HashSet<(Vec<u8>, u32)> = HashSet::new();
    for (section, most) in sections {
        let about = behind.as_ref().filter(|_| section.work).unwrap_or(case);
        let mut part = Part::of(tracer, about, (section, most), brief)?;
        let is_told = |row: &Row| told.contains(&(row.path.clone(), row.line));
        let is_source = matches!(section.look, Look::Source {});
        if part.rows.is_empty() || is_source && part.rows.iter().all(is_told) {
            continue;
        }
        if brief && !matches!(section.look, Look::Text(_)) {
            part.prefer_here(tracer);
        }
        if let Some(most) = most {
            let more =
                || if brief { format!("--as {}", case.recipe.name) } else { "--all".to_owned() };
            part.limit(most, more);
        }
        let within = match &section.look {
            Look::Text(text) => text.within,
            look => matches!(look, Look::Allocations {}),
        };
        if within {
            grouped::within(tracer, &mut part.rows);
        }
        told.extend(part.rows.iter().map(|row| (row.path.clone(), row.line)));
        answer.push((part.title, part.rows));
    }
    Ok(answer)
}

/// The sections of the answer to `case`, as [`answer`] makes them.
fn sections<'r>(tracer: &Tracer<'_, '_>, case: &Case<'r>, brief: bool) -> Vec<Limited<'r>> {
    let most = |section: &Section| {
        let max = if brief { section.max.min(BRIEF) } else { section.max };
        (!tracer.options.all).then_some(max)
    };
    let wanted = case.recipe.sections.iter().filter(|section| !brief || section.brief);
    wanted.map(|section| (section, most(section))).collect()
}

/// What the sections of the answer to `case` will look for in the tree's text, so that it can be looked for with
/// other things.
pub(super) fn ahead(tracer: &Tracer<'_, '_>, case: &Case<'_>, brief: bool) -> Vec<Wanted> {
    texts(&sections(tracer, case, brief), case, tracer.arch())
}

/// The texts that sections look for, which are looked for at once.
fn texts(sections: &[Limited], case: &Case<'_>, arch: Arch) -> Vec<Wanted> {
    let of_section = |(section, max): &Limited| match &section.look {
        Look::Text(text) if text.callees.is_none() => {
            let most = text::most(text, *max);
            Some(text::wanted(text, &case.facts, arch, most))
        }
        _ => None,
    };
    sections.iter().filter_map(of_section).flatten().collect()
}

/// What a section found.
struct Part {
    title: String,
    rows: Vec<Row>,
    /// How many rows there are, with those that were not made.
    total: usize,
}

impl Part {
    fn of(
        tracer: &mut Tracer<'_, '_>,
        case: &Case<'_>,
        (section, most): Limited,
        brief: bool,
    ) -> Result<Part> {
        let mut title = section.title.clone();
        let (rows, total) = match &section.look {
            Look::Text(look) => text::rows(tracer, case, look, most, brief)?,
            Look::Dispatch { slot: None } => {
                let (rows, more) = calls::through_pointers(tracer, case);
                if more > 0 {
                    title = format!("{title} ({more} more possible; --all)");
                }
                let total = rows.len();
                (rows, total)
            }
            Look::Sets {} => {
                let (rows, more) = sets::sets(tracer, case)?;
                if more > 0 {
                    title = format!("{title} ({more} more lines; --all)");
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
        Ok(Part { title, rows, total })
    }

    /// Of more rows than a short answer has, those of the architecture are enough, if there are any.
    fn prefer_here(&mut self, tracer: &Tracer<'_, '_>) {
        let is_here = |row: &Row| tracer.arch().has(Place::of(&row.path));
        if self.rows.len() > BRIEF && self.rows.iter().any(is_here) {
            self.rows.retain(is_here);
            self.total = self.rows.len();
        }
    }

    /// Cuts what is beyond `most`, and says how to see `more`.
    fn limit(&mut self, most: usize, more: impl FnOnce() -> String) {
        let total = self.total;
        if total > most {
            self.title = format!("{} ({most} of {total}; {})", self.title, more());
            self.rows.truncate(most);
        }
    }
}

fn rows(tracer: &mut Tracer<'_, '_>, case: &Case<'_>, look: &Look) -> Result<Vec<Row>> {
    Ok(match look {
        Look::Definitions { names, kinds } => definitions::heads(tracer, case, names, kinds),
        Look::Found {} => case.found.clone(),
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
        Look::Sets {} => sets::sets(tracer, case)?.0,
        Look::Text(look) => text::rows(tracer, case, look, None, false)?.0,
        Look::Kconfig {} => kconfig::entries(tracer, case),
        Look::KconfigUsers {} => kconfig::users(tracer, case),
        Look::Built {} => built::built(tracer, case),
        Look::Maintainers {} => maintainers::entries(tracer, case),
        Look::Fills { slot } => calls::fills(tracer, case, slot),
        Look::IncludePath { from, to } => include::path(tracer, case, from, to),
    })
}
