//! Lines of the tree that match a pattern.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::Result;
use kgrep_index::graph::{Arch, Place};
use regex::bytes::Regex;

use super::BRIEF;
use super::built::Modules;
use super::calls::{FEW, called_names};
use super::definitions::lines;
use super::grouped::Groups;
use crate::recipes::pattern::{group, regex};
use crate::recipes::recipe::Text;
use crate::recipes::template::Facts;
use crate::trace::case::Case;
use crate::trace::mentions::{InFile, Line};
use crate::trace::statement::Reach;
use crate::trace::tracer::{Row, Tracer};
use crate::trace::wanted::Wanted;

/// An entry with more lines is cut.
const ENTRY: u32 = 120;

/// A line of a section that is not a row yet.
pub(super) struct Found {
    /// Its file.
    pub(super) path: Rc<[u8]>,
    /// The line.
    pub(super) line: Line,
    /// What many lines are told as, where this is one of them.
    pub(super) counted: Option<String>,
}

/// What is known for a look-up: the case's facts, and what its callees' names tell.
///
/// # Errors
/// If the look-up's pattern of callees is not valid.
fn facts(tracer: &Tracer<'_, '_>, case: &Case<'_>, text: &Text) -> Result<Facts> {
    let mut facts = case.facts.clone();
    let Some(callees) = &text.callees else { return Ok(facts) };
    let callees = regex(callees)?;
    for name in called_names(tracer, case) {
        if let Some(captures) = callees.captures(name.as_bytes()) {
            for key in callees.capture_names().flatten() {
                facts.add(key, &group(&captures, key).unwrap_or_default());
            }
        }
    }
    Ok(facts)
}

/// The rows of a text look-up of a section, and how many there are in all: no more than are
/// shown are made. `max` none: all are. With `brief` only those of the architecture count
/// where they are many.
///
/// # Errors
/// If the tree can't be walked, or a glob or pattern is not valid.
pub(super) fn rows(
    tracer: &mut Tracer<'_, '_>,
    case: &Case<'_>,
    text: &Text,
    max: Option<usize>,
    brief: bool,
) -> Result<(Vec<Row>, usize)> {
    let facts = facts(tracer, case, text)?;
    let Some(pattern) = facts.fill_regex(&text.pattern) else { return Ok((Vec::new(), 0)) };
    let files = files(tracer, text, &facts, &pattern, most(text, max))?;
    let mut found = Groups::of(files, text, max.is_some());
    if brief && found.total > BRIEF {
        found.keep_if_any(|path| tracer.arch().has(Place::of(path)));
    }
    let Groups { mut items, mut total, .. } = found;
    if text.core_first {
        items.sort_by_key(|found| tracer.code.distance(&found.path));
    }
    if items.is_empty() {
        return Ok((Vec::new(), total));
    }
    // Of an entry or a statement each line is a row.
    let is_longer = text.entry || text.whole;
    let pattern = regex(&pattern)?;
    let mut rows = Vec::new();
    let mut elsewhere = None;
    if let Some(template) = text.elsewhere.as_ref().filter(|_| max.is_some()) {
        let here = |found: &Found| tracer.arch().has(Place::of(&found.path));
        let (own, others): (Vec<Found>, Vec<Found>) = items.into_iter().partition(here);
        items = own;
        if others.len() > 1 && !items.is_empty() {
            total = items.len() + 1;
            elsewhere = Some(in_one_row(tracer, text, template, &pattern, &facts, &others));
        } else {
            items.extend(others);
        }
    }
    items.truncate(max.unwrap_or(usize::MAX).saturating_add(1));
    for item in items {
        let own = with_groups(tracer, text, &pattern, &facts, &item.path, &item.line);
        let note = text.note.as_ref().and_then(|note| own.fill(note).into_iter().next());
        push_rows(tracer, text, &facts, item, note.unwrap_or_default(), &mut rows);
    }
    if is_longer {
        total = total.max(rows.len());
    }
    rows.extend(elsewhere);
    Ok((rows, total))
}

/// One row for lines of other architectures: what `template` makes of each is its note.
fn in_one_row(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    template: &str,
    pattern: &Regex,
    facts: &Facts,
    others: &[Found],
) -> Row {
    let mut told: Vec<String> = Vec::new();
    for found in others {
        let mut own = with_groups(tracer, text, pattern, facts, &found.path, &found.line);
        let arch = Place::architecture(&found.path).unwrap_or(b"others");
        own.add("arch", &String::from_utf8_lossy(arch));
        let this = own.fill(template).into_iter().next().unwrap_or_default();
        if !told.contains(&this) {
            told.push(this);
        }
    }
    let name = facts.get("name").first().cloned().unwrap_or_default();
    let first = others.first();
    Row {
        path: first.map_or_else(Vec::new, |found| found.path.to_vec()),
        line: first.map_or(0, |found| found.line.number),
        name,
        note: format!("elsewhere: {}", told.join(" · ")),
        ..Row::default()
    }
}

/// How many lines of a file are kept for a section.
pub(super) fn most(text: &Text, max: Option<usize>) -> usize {
    match max {
        None => usize::MAX,
        Some(_) if text.per_file => 1,
        Some(max) if text.by_folder => max.max(FEW) + 1,
        Some(max) => max.saturating_add(1),
    }
}

/// A line's row, and those of what belongs to it.
fn push_rows(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    facts: &Facts,
    found: Found,
    note: String,
    rows: &mut Vec<Row>,
) {
    let Found { path, line, counted } = found;
    let note = match counted {
        Some(count) if text.by_folder || note.is_empty() => count,
        Some(count) => format!("{note}, {count}"),
        None => note,
    };
    let name = facts.get("name").first().cloned().unwrap_or_default();
    rows.push(Row { path: path.to_vec(), line: line.number, name, note, ..Row::default() });
    if text.entry {
        rows.extend(entry(tracer, &path, line.number));
    }
    if text.whole {
        let file = tracer.file(&path);
        let reach = if text.braces { Reach::Braces } else { Reach::Statement };
        let long = u32::try_from(reach.lines(&file, line.number.into())).unwrap_or(1);
        rows.extend(lines(&path, line.number + 1, line.number + long - 1));
    }
}

/// What a group of a pattern found: its name, and the text.
type Group = (String, String);

/// All rows of a text look-up, and what the pattern's groups found.
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
    let files = files(tracer, text, facts, &pattern, usize::MAX)?;
    if files.is_empty() {
        return Ok((rows, groups));
    }
    let pattern = regex(&pattern)?;
    for InFile { path, lines, .. } in files {
        for line in lines {
            let mut own = facts.clone();
            for (key, value) in groups_of(tracer, text, &pattern, &path, &line) {
                own.set(&key, &value);
                groups.push((key, value));
            }
            let note = text.note.as_ref().and_then(|note| own.fill(note).into_iter().next());
            let found = Found { path: path.clone(), line, counted: None };
            push_rows(tracer, text, facts, found, note.unwrap_or_default(), &mut rows);
        }
    }
    Ok((rows, groups))
}

/// What a look-up wants of the tree: one for each text to find.
pub(in crate::trace) fn wanted(text: &Text, facts: &Facts, arch: Arch, most: usize) -> Vec<Wanted> {
    let Some(pattern) = facts.fill_regex(&text.pattern) else { return Vec::new() };
    let fill = |texts: &[String]| texts.iter().flat_map(|t| facts.fill(t)).collect::<Vec<_>>();
    let finds = facts.fill(&text.find);
    let is_all = finds.len() > 1 || !text.says.is_empty();
    let most = if is_all { usize::MAX } else { most };
    let finds = finds.into_iter().filter(|find| !find.is_empty());
    let wanted = |find| Wanted {
        but: text.not_pattern.as_ref().and_then(|but| facts.fill_regex(but)),
        files: fill(&text.files),
        not_files: fill(&text.not_files),
        arch: if text.arch { arch } else { Arch::All },
        reach: reach(text),
        no_parameters: true,
        most,
        ..Wanted::new(vec![find], pattern.clone())
    };
    finds.map(wanted).collect()
}

/// How much of what begins on a line is matched.
pub(in crate::trace) fn reach(text: &Text) -> Reach {
    match (text.braces, text.statement) {
        (true, _) => Reach::Braces,
        (false, true) => Reach::Statement,
        (false, false) => Reach::Line,
    }
}

/// The lines that match, file by file: of the texts to find, in their order; without one, of
/// the files that are named in full.
fn files(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    facts: &Facts,
    pattern: &str,
    most: usize,
) -> Result<Vec<InFile>> {
    let mut found = files_of_all(tracer, text, facts, pattern, most)?;
    if !text.says.is_empty() {
        found = said_so(tracer, text, facts, found)?;
    }
    let Some(module) = &text.module else { return Ok(found) };
    let says = text.module_says.as_ref().and_then(|says| facts.fill_regex(says));
    let says = says.map(|says| regex(&says)).transpose()?;
    let mut modules = Modules::new(facts.fill(module), says);
    let parts: Vec<_> =
        found.into_iter().map(|file| (modules.has(tracer, &file.path), file)).collect();
    let surest = parts.iter().filter_map(|(part, _)| *part).max();
    let surest = parts.into_iter().filter(|(part, _)| part.is_some() && *part == surest);
    Ok(surest.map(|(_, file)| file).collect())
}

/// Those of the lines whose file says what is wanted of them: the first of the texts that is said of any
/// line decides which ones stay.
fn said_so(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    facts: &Facts,
    found: Vec<InFile>,
) -> Result<Vec<InFile>> {
    let mut made: HashMap<String, Regex> = HashMap::new();
    let mut says: Vec<Vec<Option<usize>>> = Vec::new();
    for InFile { path, lines, .. } in &found {
        let file = tracer.file(path);
        let mut own = Vec::new();
        for line in lines {
            let mut known = facts.clone();
            if let Some(within) = tracer.within(path, line.number) {
                known.set("within", &within);
            }
            own.push(first_said(&text.says, &known, file.bytes(), &mut made)?);
        }
        says.push(own);
    }
    let surest = says.iter().flatten().flatten().min().copied();
    let stay = |(InFile { path, lines, .. }, says): (InFile, Vec<Option<usize>>)| {
        let lines = lines.into_iter().zip(says);
        let own = lines.filter(|(_, said)| said.is_some() && *said == surest);
        let lines: Vec<Line> = own.map(|(line, _)| line).collect();
        InFile { path, count: lines.len(), lines }
    };
    let stayed = found.into_iter().zip(says).map(stay);
    Ok(stayed.filter(|file| file.count > 0).collect())
}

/// Which of the texts is the first that a file says, of what is known of a line; none where one before it, that
/// begins with `!`, says that the line is not wanted.
fn first_said(
    says: &[String],
    known: &Facts,
    bytes: &[u8],
    made: &mut HashMap<String, Regex>,
) -> Result<Option<usize>> {
    for (at, template) in says.iter().enumerate() {
        let (template, is_refused) = match template.strip_prefix('!') {
            Some(template) => (template, true),
            None => (template.as_str(), false),
        };
        let Some(said) = known.fill_regex(template) else { continue };
        if !made.contains_key(&said) {
            made.insert(said.clone(), regex(&said)?);
        }
        if made.get(&said).is_some_and(|said| said.is_match(bytes)) {
            return Ok((!is_refused).then_some(at));
        }
    }
    Ok(None)
}

fn files_of_all(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    facts: &Facts,
    pattern: &str,
    most: usize,
) -> Result<Vec<InFile>> {
    let wanted = wanted(text, facts, tracer.arch(), most);
    let mut found = Vec::new();
    for wanted in &wanted {
        found.extend(tracer.lines(wanted)?.iter().cloned());
    }
    if wanted.len() > 1 {
        let mut seen = HashSet::new();
        for InFile { path, lines, count } in &mut found {
            lines.retain(|line| seen.insert((path.clone(), line.number)));
            *count = lines.len();
        }
        found.retain(|file| file.count > 0);
    }
    if !text.find.is_empty() {
        return Ok(found);
    }
    let fill = |texts: &[String]| texts.iter().flat_map(|t| facts.fill(t)).collect::<Vec<_>>();
    let ready = Wanted {
        but: text.not_pattern.as_ref().and_then(|but| facts.fill_regex(but)),
        files: fill(&text.files),
        not_files: fill(&text.not_files),
        arch: if text.arch { tracer.arch() } else { Arch::All },
        reach: reach(text),
        most,
        ..Wanted::new(Vec::new(), pattern.to_owned())
    }
    .ready()?;
    for path in fill(&text.files) {
        let file = tracer.file(path.as_bytes());
        if ready.wants(path.as_bytes()) {
            let (lines, count) = ready.lines(file.bytes());
            found.push(InFile { path: path.as_bytes().into(), lines, count });
        }
    }
    found.retain(|file| file.count > 0);
    Ok(found)
}

/// What the pattern's groups find in a line, or in the statement that begins on it.
fn groups_of(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    pattern: &Regex,
    path: &[u8],
    line: &Line,
) -> Vec<Group> {
    let whole = match reach(text) {
        Reach::Line => None,
        reach => reach.text(&tracer.file(path), line.number.into()).map(String::into_bytes),
    };
    let Some(captures) = pattern.captures(whole.as_ref().unwrap_or(&line.text)) else {
        return Vec::new();
    };
    let keys = pattern.capture_names().flatten();
    let groups = keys.filter_map(|key| Some((key.to_owned(), group(&captures, key)?)));
    let mut groups: Vec<Group> = groups.collect();
    if !text.says.is_empty() {
        let within = tracer.within(path, line.number);
        groups.extend(within.map(|within| ("within".to_owned(), within)));
    }
    groups
}

/// The facts, with what the groups find in a line.
fn with_groups(
    tracer: &mut Tracer<'_, '_>,
    text: &Text,
    pattern: &Regex,
    facts: &Facts,
    path: &[u8],
    line: &Line,
) -> Facts {
    let mut own = facts.clone();
    for (key, value) in groups_of(tracer, text, pattern, path, line) {
        own.add(&key, &value);
    }
    own
}

/// What belongs to the line: all that follows and is indented more, without empty lines
/// at its end; of a document's heading, what stands before the next one.
fn entry(tracer: &mut Tracer<'_, '_>, path: &[u8], line: u32) -> Vec<Row> {
    let first = tracer.text(path, line);
    let is_heading = is_underline(&tracer.text(path, line + 1));
    let mut last = line;
    for number in line + 1..line + ENTRY {
        let text = tracer.text(path, number);
        if is_heading && number > line + 1 && is_underline(&text) {
            // The one below has its own line, and perhaps one above it.
            last = (line + 1..number - 1)
                .rev()
                .find(|at| !tracer.text(path, *at).is_empty())
                .unwrap_or(line);
            break;
        }
        if !text.is_empty() {
            if !is_heading && indentation(&text) <= indentation(&first) {
                break;
            }
            last = number;
        }
    }
    let rows = lines(path, line + 1, last);
    rows.filter(|row| !tracer.text(path, row.line).is_empty()).collect()
}

/// The column in which a line's text begins.
fn indentation(text: &str) -> usize {
    let blanks = text.bytes().take_while(u8::is_ascii_whitespace);
    blanks.fold(0, |column, byte| if byte == b'\t' { column / 8 * 8 + 8 } else { column + 1 })
}

/// Whether a line makes a heading of the one above it.
fn is_underline(text: &str) -> bool {
    let first = text.bytes().next().unwrap_or_default();
    text.len() >= 3 && b"=-~^*#".contains(&first) && text.bytes().all(|byte| byte == first)
}
