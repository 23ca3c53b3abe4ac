//! Lines of the tree that match a pattern.

use std::collections::HashSet;
use std::rc::Rc;

use crate::Result;
use globset::GlobSet;
use kgrep_index::graph::{Arch, Place};
use regex::bytes::Regex;

use super::calls::called_names;
use super::definitions::lines;
use crate::trace::case::Case;
use crate::trace::mentions::Line;
use crate::trace::pattern::{group, regex};
use crate::trace::recipe::Text;
use crate::trace::statement::{statement, statement_lines};
use crate::trace::template::Facts;
use crate::trace::tracer::{Row, Tracer, globs};

/// An entry with more lines is cut.
const ENTRY: u32 = 120;

/// The rows of a text look-up of a section.
///
/// # Errors
/// When the tree can't be walked, or a glob or pattern is none.
pub(super) fn rows(tracer: &mut Tracer<'_, '_>, case: &Case<'_>, text: &Text) -> Result<Vec<Row>> {
    let Some(callees) = &text.callees else {
        return matches(tracer, text, &case.facts).map(|(rows, _)| rows);
    };
    let callees = regex(callees)?;
    let mut facts = case.facts.clone();
    for name in called_names(tracer, case) {
        if let Some(captures) = callees.captures(name.as_bytes()) {
            for key in callees.capture_names().flatten() {
                facts.add(key, &group(&captures, key).unwrap_or_default());
            }
        }
    }
    matches(tracer, text, &facts).map(|(rows, _)| rows)
}

/// What a group of a pattern found: its name, and the text.
type Group = (String, String);

/// The rows of a text look-up, and what the pattern's groups found.
///
/// # Errors
/// As for [`rows`].
pub(in crate::trace) fn matches(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    facts: &Facts,
) -> Result<(Vec<Row>, Vec<Group>)> {
    let (mut rows, mut groups) = (Vec::new(), Vec::new());
    let Some(pattern) = facts.fill_regex(&text.pattern) else { return Ok((rows, groups)) };
    let pattern = regex(&pattern)?;
    let but = text.not_pattern.as_ref().and_then(|but| facts.fill_regex(but));
    let but = but.map(|but| regex(&but)).transpose()?;
    let name = facts.get("name").first().cloned().unwrap_or_default();
    let fill = |texts: &[String]| texts.iter().flat_map(|t| facts.fill(t)).collect::<Vec<_>>();
    let named = fill(&text.files);
    let mut files = Files {
        any: named.is_empty(),
        wanted: globs(&named)?,
        unwanted: globs(&fill(&text.not_files))?,
        arch: if text.arch { tracer.arch() } else { Arch::All },
        last: None,
    };
    let finds = facts.fill(&text.find);
    let read = if text.find.is_empty() { named } else { Vec::new() };
    for source in sources(tracer, &finds, &read)? {
        for line in source.iter().filter(|line| files.want(&line.path)) {
            if but.as_ref().is_some_and(|but| but.is_match(&line.text)) {
                continue;
            }
            let Some(found) = groups_of(tracer, text, &pattern, line) else { continue };
            let mut own = facts.clone();
            for (key, value) in found {
                own.add(&key, &value);
                groups.push((key, value));
            }
            let note = text.note.as_ref().and_then(|note| own.fill(note).into_iter().next());
            rows.push(Row {
                path: line.path.to_vec(),
                line: line.number,
                name: name.clone(),
                note: note.unwrap_or_default(),
                ..Row::default()
            });
            if text.entry {
                rows.extend(entry(tracer, &line.path, line.number));
            }
            if text.whole {
                let file = tracer.file(&line.path);
                let long = u32::try_from(statement_lines(&file, line.number.into())).unwrap_or(1);
                rows.extend(lines(&line.path, line.number + 1, line.number + long - 1));
            }
        }
    }
    if finds.len() > 1 {
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert((row.path.clone(), row.line)));
    }
    Ok((rows, groups))
}

/// What the pattern's groups find in a line, or in the statement that begins on it; none
/// where it does not match.
fn groups_of(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    pattern: &Regex,
    line: &Line,
) -> Option<Vec<Group>> {
    let whole = text
        .statement
        .then(|| statement(&tracer.file(&line.path), u64::from(line.number)).into_bytes());
    let captures = pattern.captures(whole.as_ref().unwrap_or(&line.text))?;
    let keys = pattern.capture_names().flatten();
    Some(keys.filter_map(|key| Some((key.to_owned(), group(&captures, key)?))).collect())
}

/// Which files a look-up wants; the last answer is kept, for lines come file by file.
struct Files {
    any: bool,
    wanted: GlobSet,
    unwanted: GlobSet,
    arch: Arch,
    last: Option<(Rc<[u8]>, bool)>,
}

impl Files {
    fn want(&mut self, path: &Rc<[u8]>) -> bool {
        if let Some((last, wanted)) = &self.last
            && Rc::ptr_eq(last, path)
        {
            return *wanted;
        }
        let text = String::from_utf8_lossy(path);
        let wanted = (self.any || self.wanted.is_match(&*text))
            && !self.unwanted.is_match(&*text)
            && self.arch.has(Place::of(path));
        self.last = Some((path.clone(), wanted));
        wanted
    }
}

/// The lines to be matched: those that hold the texts to find; without one, all lines of
/// the files that are named in full.
fn sources(
    tracer: &mut Tracer<'_, '_>,
    finds: &[String],
    read: &[String],
) -> Result<Vec<Rc<Vec<Line>>>> {
    let mut found: Vec<Rc<Vec<Line>>> =
        read.iter().map(|path| all_lines(tracer, path.as_bytes())).collect();
    for find in finds.iter().filter(|find| !find.is_empty()) {
        found.push(tracer.lines(find)?);
    }
    Ok(found)
}

/// All lines of a file.
pub(super) fn all_lines(tracer: &mut Tracer<'_, '_>, path: &[u8]) -> Rc<Vec<Line>> {
    let file = tracer.file(path);
    let path: Rc<[u8]> = path.into();
    let line = |number: u64| {
        let text = file.line(number)?.trim_ascii_end().to_vec();
        Some(Line { path: path.clone(), number: u32::try_from(number).ok()?, text })
    };
    Rc::new((1..=file.line_count()).filter_map(line).collect())
}

/// What belongs to the line: all that follows and is indented more, without empty lines
/// at its end.
fn entry(tracer: &mut Tracer<'_, '_>, path: &[u8], line: u32) -> Vec<Row> {
    let width = |text: &str| text.len() - text.trim_start().len();
    let first = tracer.text(path, line);
    let mut last = line;
    for number in line + 1..line + ENTRY {
        let text = tracer.text(path, number);
        if !text.is_empty() {
            if width(&text) <= width(&first) {
                break;
            }
            last = number;
        }
    }
    let rows = lines(path, line + 1, last);
    rows.filter(|row| !tracer.text(path, row.line).is_empty()).collect()
}
