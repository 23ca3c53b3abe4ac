//! `kgrep find WORDS…`: what one has only an idea of, best first, from the index's catalog.

mod best;
mod hint;
mod sentence;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};
use kgrep_engine::{Answer, Cell, Row, Sources};
use kgrep_index::catalog::{self, Found, Marks, Query, Wanted};
use kgrep_index::graph::{Arch, Graph};
use kgrep_index::outline::Kind;
use kgrep_index::store::Cache;
use kgrep_index::{Index, Scope, is_below};

use super::answer::show;
use super::{Outcome, Session, freshen};
use crate::cli::FindArgs;
use crate::code::{self, Code, Ranking, folder_name, word_in};
use crate::list::{Column, Role, SourceFile, Span};
use crate::message::tell;
use crate::settings::Origin;

const COLUMNS: [(&str, Role); 3] =
    [("Kind", Role::Text), ("Name", Role::Name), ("Says", Role::Sentence)];

/// Prints and keeps the best answers.
///
/// # Errors
/// When there is no catalog, it is damaged, or a path is not of the tree.
pub(crate) fn run(args: &FindArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let cache = Cache::new(&session.cache);
    let root = code.tree().root().display();
    let Some(index) = Index::open(&cache, code.tree()).map_err(again)? else {
        bail!("{root} has no index to find words in; `kgrep index` makes it, once");
    };
    kgrep_engine::Note::of_owner(&index).iter().for_each(crate::notes::tell);
    if !index.has_catalog() {
        bail!("the index of {root} has no catalog to find words in; `kgrep index --code` adds it");
    }
    let (query, wrong) = Query::parse(&question(&args.words));
    if let Some(wrong) = wrong {
        tell(format!("{wrong}; searching for the plain words"));
    }
    if query.is_empty() {
        bail!("there is no word to look for; give letters or digits");
    }
    let wanted = Wanted {
        classes: args.kind.iter().flat_map(|kind| kind.names()).map(ToString::to_string).collect(),
        within: within(&args.within, &code)?,
        arch: match code.arch {
            Arch::All => None,
            _ => Some(folder_name(&session.settings.arch.value).to_owned()),
        },
        arch_is_named: matches!(session.settings.arch.origin, Origin::Flag(_)),
        // All that were looked at closely: which of them comes first is not yet said.
        number: usize::MAX,
    };
    let fresh = index.refresh(&Scope::whole())?;
    let graph = index.graph_now(&fresh, code.idioms()).map_err(again)?;
    let uses = Uses { graph, known: RefCell::default() };
    let ask = |query: &Query, wanted: &Wanted| {
        let found = index.find(&fresh, code.idioms(), query, wanted, &|name| uses.of(name));
        found.map_err(again).map(Option::unwrap_or_default)
    };
    let (mut found, marks) = ask(&query, &wanted)?;
    freshen::after_changes(code.tree(), fresh.changes(), session);
    let mut sources = Sources::default();
    if let Some(graph) = &uses.graph {
        best::definitions(&mut found, graph, code.arch, args.number);
        add_named(&mut found, graph, &code, args, &wanted);
    }
    best::maintainers(&mut found, &query, &code, &mut sources);
    let path = asked_path(&args.words, &code).filter(|path| {
        wanted.within.is_empty() || wanted.within.iter().any(|folder| is_below(path, folder))
    });
    if let Some(path) = &path {
        let wanted = Wanted { within: vec![path.clone()], ..wanted.clone() };
        best::at_path(&mut found, path, ask(&Query::all(), &wanted)?.0, args.kind.is_empty());
    }
    index.graph_soundness().map_err(again)?;
    found.truncate(args.number);
    if found.is_empty() {
        tell(hint::nothing(args, &marks.missing, (&index, &fresh)));
        return Ok(Outcome::Nothing);
    }
    if wrong.is_none() && path.is_none() && !marks.missing.is_empty() {
        tell(format!("nothing here has {}", marks.missing.join(", ")));
    }
    let mut rows: Vec<Row> = Vec::with_capacity(found.len());
    for (at, found) in found.iter().enumerate() {
        let source = sources.get(&code, &found.path);
        // What the path of a file is says nothing about any line of it.
        let marks = if at == 0 && path.is_some() { &Marks::default() } else { &marks };
        let line = best_line(found, source, marks);
        // Definitions in two arms of an #if have one comment.
        if rows.iter().any(|known| known.line == line && known.path == found.path) {
            continue;
        }
        let text = source.line(u64::from(line)).unwrap_or_default();
        rows.push(Row {
            path: found.path.clone(),
            line,
            cells: vec![
                Cell::Text(found.kind.name().to_owned()),
                Cell::Name(found.name.clone()),
                Cell::Text(sentence::of(found, line, source, marks)),
            ],
            spans: Some(marked(text, marks)),
            ..Row::default()
        });
    }
    sources.notes.iter().for_each(crate::notes::tell);
    show(
        &code,
        session,
        None,
        &Answer { columns: Column::all(&COLUMNS), rows, ..Answer::default() },
    )
}

/// An error of the index, with what to do.
fn again(error: kgrep_index::Error) -> anyhow::Error {
    anyhow::anyhow!("{error}; `kgrep index` builds it again")
}

/// How many definitions of a name that the catalog leaves out are shown.
const FEW_NAMED: usize = 3;

/// A single word that is a name of the code comes first, also where the catalog leaves it out:
/// one register of thousands.
fn add_named(
    found: &mut Vec<Found>,
    graph: &Graph<'_>,
    code: &Code,
    args: &FindArgs,
    wanted: &Wanted,
) {
    let [word] = args.words.as_slice() else { return };
    let is_wanted = |kind: Kind| {
        let mut classes = wanted.classes.iter();
        classes.len() == 0 || classes.any(|class| class == "symbol" || class == kind.name())
    };
    if found.iter().take(args.number).any(|found| found.name == *word) {
        return;
    }
    let Some(name) = graph.find_name(word.as_bytes()) else { return };
    let mut named = graph.definitions_of(name);
    named.retain(|definition| {
        let path = graph.path(definition.file);
        let within = &wanted.within;
        !matches!(definition.kind, Kind::File | Kind::Kconfig | Kind::Declaration)
            && is_wanted(definition.kind)
            && (within.is_empty() || within.iter().any(|folder| is_below(path, folder)))
    });
    named.sort_by_cached_key(|definition| Ranking::of(graph, definition, code.arch));
    let named = named.into_iter().take(FEW_NAMED).map(|definition| Found {
        path: graph.path(definition.file).to_vec(),
        kind: catalog::Kind::Symbol(definition.kind),
        name: word.clone(),
        line: definition.first,
        extent: (definition.first, definition.first),
        named: true,
        by_name: true,
        score: 0.0,
    });
    found.splice(0..0, named);
}

/// The file of the tree that the question is the path of, from here or from the top.
fn asked_path(words: &[String], code: &Code) -> Option<Vec<u8>> {
    let [word] = words else { return None };
    let root = code.tree().root();
    let from_here = crate::folders::current().ok().map(|here| here.join(word));
    [from_here, Some(root.join(word))].into_iter().flatten().find_map(|path| {
        let full = plain(&path).canonicalize().ok().filter(|full| full.is_file())?;
        Some(full.strip_prefix(root).ok()?.as_os_str().as_bytes().to_vec())
    })
}

/// The question that the shell has cut into words: what it was given as one word beside others
/// is a phrase, or it would not have been.
fn question(words: &[String]) -> String {
    let several = words.len() > 1;
    let quoted = |word: &String| {
        let word = word.trim();
        let plain = word.contains(char::is_whitespace) && !word.contains('"');
        if several && plain { format!("\"{word}\"") } else { word.to_owned() }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The folders that are meant, from the tree's root.
fn within(paths: &[PathBuf], code: &Code) -> Result<Vec<Vec<u8>>> {
    let root = code.tree().root();
    let mut found = Vec::new();
    for path in paths {
        let full = plain(&crate::folders::current()?.join(path));
        let full = full.canonicalize().unwrap_or(full);
        let Ok(below) = full.strip_prefix(root) else {
            bail!("{} is not in {}", path.display(), root.display());
        };
        if !full.exists() {
            bail!("{}: there is no such file or folder in {}", path.display(), root.display());
        }
        found.push(below.as_os_str().as_bytes().to_vec());
    }
    Ok(found)
}

/// A path without `.` and `..`, as far as its letters tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(Path::new::<OsStr>(part.as_os_str())),
        }
    }
    plain
}

/// How often names are used, asked of the graph once each.
struct Uses<'a> {
    graph: Option<Graph<'a>>,
    known: RefCell<HashMap<Vec<u8>, usize>>,
}

impl Uses<'_> {
    fn of(&self, name: &[u8]) -> usize {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let count = self
            .graph
            .as_ref()
            .map_or(0, |graph| graph.find_name(name).map_or(0, |name| graph.users_of(name).len()));
        self.known.borrow_mut().insert(name.to_vec(), count);
        count
    }
}

/// How many lines of a long section are looked at for the best one.
const MANY_LINES: u32 = 2000;

/// Lines that a definition's return type and attributes may have before its name.
const BEFORE_NAME: u32 = 8;

/// The line to show. A symbol's is the one with its name, a text's the one with most of the
/// words; of equals the first that says something.
fn best_line(found: &Found, source: &SourceFile, marks: &Marks) -> u32 {
    let (first, last) = found.extent;
    let text = |line: u32| source.line(u64::from(line)).unwrap_or_default();
    if found.kind.class() == "symbol" {
        let name = found.kind.bare_name(&found.name).as_bytes();
        let mut head = found.line..=found.line.saturating_add(BEFORE_NAME);
        let has_name = |line: u32| word_in(text(line), name).is_some();
        let is_last = |line: u32| text(line).iter().any(|byte| b"{;".contains(byte));
        let named = head.find(|line| has_name(*line) || is_last(*line));
        return named.filter(|line| has_name(*line)).unwrap_or(found.line);
    }
    let count = |line: u32| marks.count(&String::from_utf8_lossy(text(line)));
    let says = |line: u32| {
        let text = text(line).trim_ascii();
        let is_licence = memchr::memmem::find(text, b"SPDX-License").is_some();
        !text.starts_with(b".. ") && !is_licence && text.iter().any(u8::is_ascii_alphanumeric)
    };
    let last = last.min(first.saturating_add(MANY_LINES));
    let own = (found.line..=last.max(found.line)).find(|line| says(*line)).unwrap_or(found.line);
    let mut best = (own, count(own));
    for line in (first..=last).filter(|line| says(*line)) {
        let count = count(line);
        if count > best.1 {
            best = (line, count);
        }
    }
    best.0
}

/// Where in a line the words stand out.
fn marked(text: &[u8], marks: &Marks) -> Vec<Span> {
    // Places in a text that is not UTF-8 would not be places in the line.
    let Ok(text) = std::str::from_utf8(text) else { return Vec::new() };
    let span = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let found = marks.in_line(text).into_iter();
    found.map(|(start, end)| Span { start: span(start), end: span(end) }).collect()
}
