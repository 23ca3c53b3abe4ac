//! All names of a kind, as a recipe's `[list]` says.

use crate::Result;
use kgrep_index::graph::{Arch, Place};
use kgrep_index::outline::Kind;

use super::look::text::matches;
use super::mentions::Line;
use super::statement::{Reach, statement};
use super::tracer::{Row, Tracer};
use super::wanted::Wanted;
use crate::code::kind_of_definition;
use crate::recipes::pattern::{group, regex};
use crate::recipes::recipe::{Listing, Resolve};
use crate::recipes::template::Facts;

/// A name of the kind: where it is, and the values of the list's columns.
pub struct Item {
    /// The place.
    pub row: Row,
    /// The values.
    pub cells: Vec<String>,
}

/// The columns' titles.
fn titles(list: &Listing) -> Vec<String> {
    let resolved = list.resolve.as_ref().map(|_| "Defined".to_owned());
    list.columns.iter().map(|(title, _)| title.clone()).chain(resolved).collect()
}

/// All items of `list` whose name `wanted` wants, in path and line order, and the titles
/// of their columns.
///
/// # Errors
/// If the tree can't be walked, or a glob is not valid.
pub fn items(
    tracer: &mut Tracer<'_, '_>,
    list: &Listing,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<Item>)> {
    let pattern = regex(&list.pattern)?;
    let found = tracer.lines(&Wanted {
        files: list.files.clone(),
        not_files: list.not_files.clone(),
        arch: tracer.arch(),
        reach: if list.statement { Reach::Statement } else { Reach::Line },
        ..Wanted::new(list.find.clone(), list.pattern.clone())
    })?;
    let lines = found.iter().flat_map(|file| file.lines.iter().map(move |line| (&file.path, line)));
    let mut items = Vec::new();
    for (path, Line { number, text }) in lines {
        let text = if list.statement && text.contains(&b'(') {
            statement(&tracer.file(path), u64::from(*number)).into_bytes()
        } else {
            text.clone()
        };
        let Some(captures) = pattern.captures(&text) else { continue };
        let mut facts = Facts::default();
        for key in pattern.capture_names().flatten() {
            let value = group(&captures, key).unwrap_or_default();
            facts.add(key, if value.is_empty() { "-" } else { &value });
        }
        let name = facts.get("name").first().cloned().unwrap_or_default();
        if !wanted(&name) {
            continue;
        }
        let value = |template: &String| facts.fill(template).into_iter().next().unwrap_or_default();
        let mut cells: Vec<String> = list.columns.iter().map(|(_, t)| value(t)).collect();
        if let Some(resolve) = &list.resolve {
            cells.push(defined(tracer, resolve, &facts)?);
        }
        let row =
            Row { path: path.to_vec(), line: *number, name, note: String::new(), ..Row::default() };
        items.push(Item { row, cells });
    }
    if list.own_arch
        && tracer.arch() != Arch::All
        && items.iter().any(|item| Place::of(&item.row.path).arch != 0)
    {
        items.retain(|item| Place::of(&item.row.path).arch != 0);
    }
    Ok((titles(list), items))
}

/// Where the name is defined, or why it is not.
///
/// # Errors
/// When the tree can't be walked.
fn defined(tracer: &mut Tracer<'_, '_>, resolve: &Resolve, facts: &Facts) -> Result<String> {
    let names: Vec<String> = resolve.names.iter().flat_map(|name| facts.fill(name)).collect();
    if let Some(reason) = names.first().and_then(|name| resolve.reasons.get(name)) {
        return Ok(reason.clone());
    }
    let is_here = |tracer: &Tracer<'_, '_>, row: &Row| tracer.arch().has(Place::of(&row.path));
    for name in &names {
        let found = tracer.definitions(std::slice::from_ref(name), &[]);
        let best = tracer.for_arch(&found).into_iter().find(|d| d.kind != Kind::Declaration);
        if let Some(best) = best {
            let word = match best.kind {
                Kind::Syscall | Kind::Function => String::new(),
                kind => format!(" ({})", kind_of_definition(kind, best.flags)),
            };
            return Ok(tracer.place(&best) + &word);
        }
    }
    for text in &resolve.text {
        let (rows, _) = matches(tracer, text, facts)?;
        if let Some(row) = rows.iter().find(|row| is_here(tracer, row)) {
            let place = format!("{}:{}", String::from_utf8_lossy(&row.path), row.line);
            return Ok(if row.note.is_empty() { place } else { format!("{}, {place}", row.note) });
        }
    }
    for name in &names {
        if let Some(declared) = tracer.definitions(std::slice::from_ref(name), &[]).first() {
            return Ok(format!("declared only, {}", tracer.place(declared)));
        }
    }
    Ok(UNKNOWN.to_owned())
}

/// What is said of a name that nothing defines.
const UNKNOWN: &str = "not found";
