//! `kgrep history NAME SIDE…`: what a name is in revisions and folders, a row for each stretch in
//! which nothing changed.
//!
//! What it is, each side's tree is asked by `exists`; the definition itself is read by the outline
//! of its file. The commit behind a change is found by bisection over the first parents between two
//! revisions, of which only the files are read that the name is in before or after.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Result, ensure};
use kgrep_engine::code::split_arguments;
use kgrep_engine::compare::Row;
use kgrep_engine::request::Exists;
use kgrep_engine::revision::{Repository, Revision};
use kgrep_engine::{Cell, Coverage, Request, Standing, Title};
use kgrep_index::idiom::Idioms;
use kgrep_index::outline::outline;
use serde_json::{Map, Value, json};

use super::at::tags;
use super::lister::{self, Lister};
use super::sides::{Finder, Side};
use super::{Outcome, Session, named};
use crate::cli::{CommonArgs, HistoryArgs, NamesArgs};
use crate::list::{Column, Role};
use crate::message::tell;
use crate::render::{Facts, Look, Totals};
use crate::settings::Format;
use crate::{code, coverage};

/// What a name is on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    standing: Standing,
    exported: bool,
    /// What kind of thing it is, in a word.
    kind: String,
    path: Vec<u8>,
    line: u32,
    text: Vec<u8>,
    head: String,
    body: Vec<u8>,
}

/// Sides in a row on which nothing changed.
struct Stretch {
    first: usize,
    last: usize,
    state: State,
    change: String,
}

/// Prints the stretches of each name, as a list.
///
/// # Errors
/// If a side is none, a tree can't be read, or nothing can be written.
pub(super) fn run(args: &HistoryArgs, common: &CommonArgs, session: &Session) -> Result<Outcome> {
    let names = NamesArgs { names: vec![args.name.clone()], names_from: args.names_from.clone() };
    let names = named::all(&names)?;
    let mut finder = Finder::new(&session.cache, common)?;
    let ranges = sides(args, &mut finder)?;
    ensure!(
        !finder.sides.is_empty(),
        "no revision is named; give tags, A..B, folders, or --tags GLOB"
    );
    let folder = finder.gathered(&session.cache)?;
    let idioms = Idioms::built_in();
    let mut states: Vec<Vec<State>> = vec![Vec::new(); names.len()];
    let mut coverage = Vec::new();
    for side in &finder.sides {
        let (found, known) = asked(&names, side, session, &idioms)?;
        for (known, state) in states.iter_mut().zip(found) {
            known.push(state);
        }
        coverage.push((side.label.as_str(), known));
    }
    let coverage = coverage::of_trees(&coverage);
    let mut rows = Vec::new();
    // The first parents of a range are the same for all names.
    let mut lines = HashMap::new();
    for (name, states) in names.iter().zip(&states) {
        let mut stretches = stretches(states, args.body);
        for at in 1..stretches.len() {
            let (before, after) = (&stretches[at - 1], &stretches[at]);
            if let Some(range) = ranges.get(&after.first).filter(|_| after.first > 0) {
                let repository = finder.repository()?;
                let line = match lines.entry(after.first) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(repository.first_parents(&range.0, &range.1)?),
                };
                let Some(line) = line.as_deref() else {
                    let (from, to) = (&range.0.name, &range.1.name);
                    tell(format!("{from} is no first parent of {to}: no commit is looked for"));
                    continue;
                };
                let seen = (name.as_str(), args.body, &idioms);
                let found = commit(repository, seen, (range, line), (before, after))?;
                if let Some(found) = found {
                    stretches[at].change += &format!("; {found}");
                }
            }
        }
        rows.extend(stretches.into_iter().map(|stretch| (name.clone(), stretch)));
    }
    print(&rows, names.len() > 1, (&finder.sides, &folder), coverage, session)
}

/// For each side that is the end of a range, the range.
type Ranges = HashMap<usize, (Revision, Revision)>;

/// Finds the sides that are named.
fn sides(args: &HistoryArgs, finder: &mut Finder<'_>) -> Result<Ranges> {
    let mut ranges = Ranges::new();
    for word in &args.sides {
        let text = word.to_string_lossy();
        let name = text.strip_prefix("git:");
        let path = Path::new(word);
        let is_folder = name.is_none() && crate::folders::current()?.join(path).is_dir();
        match name.unwrap_or(&text).split_once("..").filter(|_| !is_folder) {
            Some((from, to)) => {
                let from = finder.revision(from)?;
                let to = finder.revision(to)?;
                ranges.insert(finder.sides.len() - 1, (from, to));
            }
            None if is_folder => finder.folder(path)?,
            None => drop(finder.revision(name.unwrap_or(&text))?),
        }
    }
    for glob in &args.tags {
        let glob = glob.strip_prefix("git:").unwrap_or(glob);
        for tag in tags(finder.repository()?, glob)? {
            finder.revision(&tag)?;
        }
    }
    Ok(ranges)
}

/// What each name is on a side, and what that rests on.
fn asked(
    names: &[String],
    side: &Side,
    session: &Session,
    idioms: &Idioms,
) -> Result<(Vec<State>, Coverage)> {
    let code = code::of_tree(&side.root, session, false)?;
    let request = Request::Exists(Exists { names: names.to_vec(), patches: None });
    let answer = code.answer(&request)?;
    let mut states = Vec::new();
    for (at, title) in answer.sections.iter().enumerate() {
        let Title::Verdict(verdict) = title else { continue };
        let section = u32::try_from(at).ok();
        let best = answer.rows.iter().find(|row| row.section == section);
        let mut state = State {
            standing: verdict.standing,
            exported: verdict.exported,
            kind: verdict.standing.name().to_owned(),
            path: Vec::new(),
            line: 0,
            text: Vec::new(),
            head: String::new(),
            body: Vec::new(),
        };
        // Text that only has the name defines nothing.
        let defines = !matches!(verdict.standing, Standing::Text | Standing::Patch);
        if let Some(row) = best.filter(|_| defines) {
            let path = side.root.join(std::ffi::OsStr::from_bytes(&row.path));
            let bytes = fs::read(&path).unwrap_or_default();
            if let Some(Cell::Kind(kind)) = row.cells.first() {
                state.kind = kind.to_string();
            }
            state.path = row.path.clone();
            state.line = row.line;
            let line = usize::try_from(row.line).unwrap_or(0).saturating_sub(1);
            let text = bytes.split_inclusive(|byte| *byte == b'\n').nth(line);
            state.text = text.unwrap_or_default().to_vec();
            let found = definition(&row.path, &bytes, idioms, &verdict.name, row.line);
            if let Some((head, body)) = found {
                (state.head, state.body) = (head, body);
            }
        }
        states.push(state);
    }
    ensure!(states.len() == names.len(), "{}: not all names were answered", side.label);
    Ok((states, answer.coverage))
}

/// The head and the text of the definition of `name` that the line is in, or of its first.
fn definition(
    path: &[u8],
    bytes: &[u8],
    idioms: &Idioms,
    name: &str,
    line: u32,
) -> Option<(String, Vec<u8>)> {
    let found = outline(path, bytes, idioms);
    let own = || found.definitions.iter().filter(|known| found.name(known.name) == name.as_bytes());
    let at = own().find(|known| (known.first..=known.last).contains(&line));
    let best = at.or_else(|| own().next())?;
    let first = usize::try_from(best.first).ok()?.checked_sub(1)?;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let count = usize::try_from(best.last.checked_sub(best.first)?).ok()? + 1;
    let body: Vec<u8> = lines.skip(first).take(count).flatten().copied().collect();
    Some((head(&body), body))
}

/// A definition's head in one line.
fn head(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let is_macro = text.trim_start().starts_with('#');
    let end = if is_macro { text.find('\n') } else { text.find(['{', ';', '=']) };
    let head = &text[..end.unwrap_or(text.len())];
    head.trim_end_matches('\\').split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The stretches of what a name is on all sides.
fn stretches(states: &[State], body: bool) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (at, state) in states.iter().enumerate() {
        let change = all.last().map(|before| changes(&before.state, state, body));
        match (change, all.last_mut()) {
            (Some(change), Some(last)) if change.is_empty() => last.last = at,
            (change, _) => all.push(Stretch {
                first: at,
                last: at,
                state: state.clone(),
                change: change.unwrap_or_default().join("; "),
            }),
        }
    }
    all
}

/// What changed from one state to the next.
fn changes(old: &State, new: &State, body: bool) -> Vec<String> {
    let is_there = |state: &State| !state.path.is_empty();
    let mut all = Vec::new();
    match (is_there(old), is_there(new)) {
        (false, true) => return vec!["new".to_owned()],
        (true, false) => return vec!["gone".to_owned()],
        (false, false) if old.standing == new.standing => return all,
        (false, false) => return vec![format!("was {}", old.kind)],
        (true, true) => {}
    }
    if old.path != new.path {
        all.push(format!("moved from {}", String::from_utf8_lossy(&old.path)));
    }
    if old.kind != new.kind {
        all.push(format!("was {}", old.kind));
    }
    if old.exported != new.exported {
        all.push(if new.exported { "exported" } else { "no longer exported" }.to_owned());
    }
    if old.head != new.head && old.kind == new.kind {
        all.extend(of_heads(&old.head, &new.head));
    }
    if body && old.body != new.body && old.head == new.head {
        all.push("other body".to_owned());
    }
    all
}

/// What changed between two heads.
fn of_heads(old: &str, new: &str) -> Vec<String> {
    let mut all = Vec::new();
    let is_static = |head: &str| head.split_whitespace().any(|word| word == "static");
    match (is_static(old), is_static(new)) {
        (false, true) => all.push("became static".to_owned()),
        (true, false) => all.push("no longer static".to_owned()),
        _ => {}
    }
    let (before, after) = (parameters(old), parameters(new));
    let added = after.iter().filter(|one| !before.contains(one)).collect::<Vec<_>>();
    let gone = before.iter().filter(|one| !after.contains(one)).collect::<Vec<_>>();
    if before.len() == after.len() {
        all.extend(gone.iter().zip(&added).map(|(gone, added)| format!("{gone} is now {added}")));
    } else {
        all.extend(added.iter().map(|one| format!("new parameter {one}")));
        all.extend(gone.iter().map(|one| format!("without parameter {one}")));
    }
    if all.is_empty() {
        all.push(format!("was `{old}`"));
    }
    all
}

/// The parameters of a head: what stands between its first brackets.
fn parameters(head: &str) -> Vec<String> {
    let inside = head.find('(').map(|open| &head.as_bytes()[open + 1..]);
    let mut all = inside.and_then(split_arguments).unwrap_or_default();
    all.retain(|one| !one.is_empty() && one != "void");
    all
}

/// A definition in a revision: its path, its head, and its body where that counts.
type Seen = (Vec<u8>, String, Vec<u8>);

/// The first commit of `line`, the first parents between two revisions, after which a name is no
/// longer what it was: by its definition in the files that it is in before and after, whose body may
/// count.
fn commit(
    repository: &Repository,
    (name, body_counts, idioms): (&str, bool, &Idioms),
    ((from, to), line): (&(Revision, Revision), &[Revision]),
    (before, after): (&Stretch, &Stretch),
) -> Result<Option<String>> {
    let mut paths = vec![&before.state.path, &after.state.path];
    paths.retain(|path| !path.is_empty());
    paths.dedup();
    let seen = |revision: &Revision| -> Result<Option<Seen>> {
        for path in &paths {
            let file = Path::new(std::ffi::OsStr::from_bytes(path));
            let Some(bytes) = repository.file(revision, file)? else { continue };
            if let Some((head, body)) = definition(path, &bytes, idioms, name, 0) {
                let body = if body_counts { body } else { Vec::new() };
                return Ok(Some((path.to_vec(), head, body)));
            }
        }
        Ok(None)
    };
    let start = seen(from)?;
    // What is exported, say, stands elsewhere: then no commit is the first to differ here.
    if start == seen(to)? {
        return Ok(None);
    }
    let (mut same, mut other) = (0, line.len() - 1);
    while same < other {
        let middle = same + (other - same) / 2;
        match seen(&line[middle])? == start {
            true => same = middle + 1,
            false => other = middle,
        }
    }
    let (subject, time) = repository.subject(&line[other])?;
    let day = jiff::Timestamp::from_second(time).map(|time| time.to_string()).unwrap_or_default();
    let id = line[other].commit.get(..12).unwrap_or_default();
    Ok(Some(format!("{id} {} {subject}", day.get(..10).unwrap_or_default())))
}

/// Prints the rows and keeps them as a list.
fn print(
    rows: &[(String, Stretch)],
    several: bool,
    (sides, folder): (&[Side], &Path),
    coverage: Value,
    session: &Session,
) -> Result<Outcome> {
    let mut columns = vec![("Revisions", Role::Text), ("What", Role::Text), ("Change", Role::Text)];
    if several {
        columns.insert(0, ("Name", Role::Text));
    }
    let meta = lister::meta(session, Column::all(&columns), None)?;
    let meta = crate::list::Meta { folder: folder.as_os_str().as_bytes().to_vec(), ..meta };
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let mut lister = Lister::printing(session, &look, meta);
    let mut summary = Vec::new();
    for (name, stretch) in rows {
        let state = &stretch.state;
        let (first, last) = (&sides[stretch.first], &sides[stretch.last]);
        let over = match stretch.first == stretch.last {
            true => first.label.clone(),
            false => format!("{}–{}", first.label, last.label),
        };
        let what = match state.exported {
            true => format!("{}, exported", state.kind),
            false => state.kind.clone(),
        };
        summary.push(json!({
            "name": name,
            "first": first.label,
            "last": last.label,
            "commit": last.revision.as_ref().map(|revision| &revision.commit),
            "what": state.kind,
            "exported": state.exported,
            "path": String::from_utf8_lossy(&state.path),
            "line": state.line,
            "head": state.head,
            "change": stretch.change,
        }));
        let path = Path::new(&last.label).join(std::ffi::OsStr::from_bytes(&state.path));
        let mut cells = vec![over, what, stretch.change.clone()];
        if several {
            cells.insert(0, name.clone());
        }
        lister.hunk(&Row {
            path: path.as_os_str().as_bytes().to_vec(),
            line: u64::from(state.line),
            text: state.text.clone(),
            cells,
            ..Row::default()
        })?;
    }
    if session.settings.format.value == Format::Json
        && let Some(printer) = lister.printer()
    {
        let parts = [("history".to_owned(), summary.into()), ("coverage".to_owned(), coverage)];
        printer.summary(Map::from_iter(parts));
    }
    lister.finish(b"", Totals::default())?;
    let found = rows.iter().any(|(_, stretch)| !stretch.state.path.is_empty());
    Ok(if found { Outcome::Found } else { Outcome::Nothing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_what_changed() {
        let told = |old: &str, new: &str| of_heads(old, new).join("; ");
        assert_eq!(told("int a(int x)", "static int a(int x)"), "became static");
        assert_eq!(told("int a(void)", "int a(int x)"), "new parameter int x");
        assert_eq!(told("int a(int x, int y)", "int a(int y)"), "without parameter int x");
        assert_eq!(told("int a(int x)", "int a(int y)"), "int x is now int y");
        assert_eq!(told("int a(int x)", "long a(int x)"), "was `int a(int x)`");
        assert_eq!(parameters("int a(void (*f)(int, int), int b)").len(), 2);
    }

    #[test]
    fn a_head_ends_where_the_body_begins() {
        assert_eq!(head(b"static int a(int x,\n\t\tint y)\n{\n}\n"), "static int a(int x, int y)");
        assert_eq!(head(b"#define A(x) \\\n\t(x)\n"), "#define A(x)");
    }
}
