//! `kgrep history NAME… SIDE…`: what names are in revisions, folders and trees with patches, a row for
//! each stretch in which nothing changed ([`kgrep_engine::history`]).

mod words;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use kgrep_engine::Coverage;
use kgrep_engine::code::{in_parallel, word_in};
use kgrep_engine::compare::Row;
use kgrep_engine::diff::set::holds_patches;
use kgrep_engine::history::{Commit, Patched, Range, State, Stretch, states, stretches};
use kgrep_engine::revision::Revision;
use kgrep_index::idiom::Idioms;
use serde_json::{Map, Value, json};

use super::at::tags;
use super::lister::{self, Lister};
use super::sides::{Finder, Side};
use super::{Outcome, Session, named};
use crate::cli::{CommonArgs, HistoryArgs, NamesArgs};
use crate::list::{Column, Role};
use crate::message::{counted, tell};
use crate::render::{Facts, Look, Totals};
use crate::settings::Format;
use crate::{code, coverage, folders};

/// Prints the stretches of each name, as a list.
///
/// # Errors
/// If a side is not valid, a tree can't be read, or nothing can be written.
pub(super) fn run(args: &HistoryArgs, common: &CommonArgs, session: &Session) -> Result<Outcome> {
    let mut finder = Finder::new(&session.cache, common)?;
    let (names, sides_named) = words::divided(&args.words, args.names_from.is_some(), &mut finder)?;
    let last = names.iter().skip(1).next_back().cloned();
    let names = named::all(&NamesArgs { names, names_from: args.names_from.clone() })?;
    let ranges = sides(sides_named, &args.tags, &mut finder)?;
    let mut problems = false;
    for side in &finder.sides {
        problems |=
            side.patched.as_ref().is_some_and(|(patched, _)| !told_of(&side.label, patched));
    }
    let taken =
        last.map(|last| format!(" (nothing here is called {last}: it was taken for a name)"));
    ensure!(
        !finder.sides.is_empty(),
        "no revision is named{}; give tags, A..B, folders, patches, or --tags GLOB",
        taken.unwrap_or_default()
    );
    let folder = finder.gathered(&session.cache)?;
    let idioms = Idioms::built_in();
    let mut known: Vec<Vec<State>> = vec![Vec::new(); names.len()];
    let mut covered = Vec::new();
    // Of an indexed side most of the time is spent on opening the index.
    let asked = in_parallel(&finder.sides, |side| on_side(side, &names, &idioms, session));
    for (side, asked) in finder.sides.iter().zip(asked) {
        let (found, coverage) = asked?;
        known.iter_mut().zip(found).for_each(|(known, state)| known.push(state));
        covered.push((side.label.as_str(), coverage));
    }
    let coverage = coverage::of_trees(&covered);
    let mut of_names: Vec<_> = known.iter().map(|states| stretches(states, args.body)).collect();
    for (at, (from, to)) in &ranges {
        // Where nothing changed, nobody asks for a commit.
        let changed = |one: &Stretch| one.first == *at && *at > 0;
        if !of_names.iter().flatten().any(changed) {
            continue;
        }
        let Some(range) = Range::between(finder.repository()?, from, to)? else {
            let (from, to) = (&from.name, &to.name);
            tell(format!(
                "{from} is not among the first parents of {to}: commits are not looked for"
            ));
            continue;
        };
        for (name, stretches) in names.iter().zip(&mut of_names) {
            let Some(after) = stretches.iter().position(changed) else { continue };
            let around = (&stretches[after - 1], &stretches[after]);
            stretches[after].commit = range.commit(name, around, args.body, &idioms)?;
        }
    }
    let mut all = Vec::new();
    for (name, stretches) in names.iter().zip(of_names) {
        all.extend(stretches.into_iter().map(|stretch| (name.clone(), stretch)));
    }
    let found = print(&all, names.len() > 1, (&finder.sides, &folder), coverage, session)?;
    Ok(if problems { Outcome::Problems } else { found })
}

/// What each name is on a side, and what that rests on.
fn on_side(
    side: &Side,
    names: &[String],
    idioms: &Idioms,
    session: &Session,
) -> Result<(Vec<State>, Coverage)> {
    let code = match &side.patched {
        Some((patched, _)) => code::of_patched(&side.root, patched, session)?,
        None => code::of_folder(&side.root, session)?,
    };
    let (found, coverage) = states(&code, names, idioms)?;
    ensure!(found.len() == names.len(), "{}: not all names were answered", side.label);
    Ok((found, coverage))
}

/// Tells what is to be said of patches; whether all of them apply.
fn told_of(label: &str, patched: &Patched) -> bool {
    for problem in patched.notes.iter().chain(&patched.problems) {
        let path = problem.path.display();
        match problem.line {
            0 => tell(format!("{path}: {}", problem.what)),
            line => tell(format!("{path}:{line}: {}", problem.what)),
        }
    }
    if let Some((file, line)) = patched.conflicts.first() {
        let (some, file) = (patched.conflicts.len() as u64, String::from_utf8_lossy(file));
        let all = counted(patched.hunks as u64, "hunk");
        tell(format!(
            "{label}: {some} of {all} can't be applied to the side before, and what can't is left out, first \
             {file}:{line}; `kgrep diff --applied` tells why"
        ));
    }
    patched.problems.is_empty() && patched.conflicts.is_empty()
}

/// For each side that is the end of a range, the range.
type Ranges = BTreeMap<usize, (Revision, Revision)>;

/// Finds the sides that are named.
fn sides(words: &[OsString], globs: &[String], finder: &mut Finder<'_>) -> Result<Ranges> {
    let mut ranges = Ranges::new();
    let here = folders::current()?;
    for word in words {
        let text = word.to_string_lossy();
        let name = text.strip_prefix("git:");
        let path = Path::new(word);
        let is_folder = name.is_none() && here.join(path).is_dir();
        let is_file = name.is_none() && here.join(path).is_file();
        match name.unwrap_or(&text).split_once("..").filter(|_| !is_folder && !is_file) {
            Some((from, to)) => {
                ensure!(
                    !to.starts_with('.'),
                    "{text}: three dots are where two branches part; from one revision to another \
                     is {from}..{}",
                    to.trim_start_matches('.')
                );
                let [from, to] = [from, to].map(|end| if end.is_empty() { "HEAD" } else { end });
                let from = finder.revision(from)?;
                let to = finder.revision(to)?;
                ranges.insert(finder.sides.len() - 1, (from, to));
            }
            None if is_folder && holds_patches(&here.join(path)) => finder.patches(path)?,
            None if is_folder => finder.folder(path)?,
            None if is_file => finder.patches(path)?,
            None => drop(finder.revision(name.unwrap_or(&text))?),
        }
    }
    for glob in globs {
        let glob = glob.strip_prefix("git:").unwrap_or(glob);
        for tag in tags(finder.repository()?, glob)? {
            finder.revision(&tag)?;
        }
    }
    Ok(ranges)
}

/// Prints the rows and keeps them as a list.
fn print(
    rows: &[(String, Stretch)],
    several: bool,
    (sides, folder): (&[Side], &Path),
    coverage: Value,
    session: &Session,
) -> Result<Outcome> {
    let columns = [("Revisions", Role::Text), ("What", Role::Text), ("Change", Role::Text)];
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
        let what = what(state);
        let change = change(stretch);
        summary.push(summed_up(name, state, (first, last), &change));
        let path = Path::new(&last.label).join(OsStr::from_bytes(&state.path));
        if let Some((patched, _)) = &last.patched {
            write_patched(patched, &state.path, &folder.join(&path))?;
        }
        lister.hunk(&Row {
            path: path.as_os_str().as_bytes().to_vec(),
            line: u64::from(state.line),
            text: state.text.clone(),
            spans: word_in(&state.text, name.as_bytes()).into_iter().collect(),
            cells: vec![over, what, change],
            section: several.then(|| name.clone()),
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
    let found = rows.iter().any(|(_, stretch)| stretch.state.is_there());
    Ok(if found { Outcome::Found } else { Outcome::Nothing })
}

/// A row, for programs.
fn summed_up(name: &str, state: &State, (first, last): (&Side, &Side), change: &str) -> Value {
    json!({
        "name": name,
        "first": first.label,
        "last": last.label,
        "commit": last.revision.as_ref().map(|revision| &revision.commit),
        "what": state.kind,
        "exported": state.exported.is_some(),
        "exported_by": state.exported,
        "guard": state.guard,
        "path": String::from_utf8_lossy(&state.path),
        "line": state.line,
        "head": state.head,
        "change": change,
    })
}

/// Writes a file of a tree with patches where its row leads to.
fn write_patched(patched: &Patched, below: &[u8], path: &Path) -> Result<()> {
    let (Some(bytes), Some(folder)) = (patched.file(below), path.parent()) else { return Ok(()) };
    let written = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&bytes)?;
        file.persist(path)?;
        Ok(())
    };
    // Without a name nothing is defined, and no row leads anywhere.
    if below.is_empty() { Ok(()) } else { written().with_context(|| path.display().to_string()) }
}

/// What a name is on a side, in a few words.
fn what(state: &State) -> String {
    let exported = state.exported.as_deref().map(|by| if by.is_empty() { "exported" } else { by });
    let guard = (!state.guard.is_empty()).then(|| format!("#if {}", state.guard));
    let words = [state.kind.as_str()].into_iter().chain(exported).chain(guard.as_deref());
    words.collect::<Vec<_>>().join(", ")
}

/// What changed, and by which commit.
fn change(stretch: &Stretch) -> String {
    let changes = stretch.changes.iter().map(ToString::to_string);
    changes.chain(stretch.commit.as_ref().map(commit_summary)).collect::<Vec<_>>().join("; ")
}

/// A commit by its id, day and subject.
fn commit_summary(commit: &Commit) -> String {
    let time = jiff::Timestamp::from_second(commit.time).map(|time| time.to_string());
    let day = time.unwrap_or_default();
    format!("{} {} {}", commit.id, day.get(..10).unwrap_or_default(), commit.subject)
}
