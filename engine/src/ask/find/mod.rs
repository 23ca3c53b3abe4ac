//! Finding by a few words, best first, from the index's catalog.

mod best;
mod hint;
mod sentence;

use std::cell::RefCell;
use std::collections::HashMap;

use kgrep_index::catalog::{self, Found, Marks, Query, Wanted};
use kgrep_index::graph::{Arch, Graph};
use kgrep_index::outline::Kind;
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index, Scope, is_below};

use super::Sources;
use crate::answer::{Answer, Cell, Column, Coverage, Role, Row};
use crate::code::{Code, Ranking, word_in};
use crate::place::Span;
use crate::relocate::SourceFile;
use crate::request::Find;
use crate::{Error, Note, Result};

/// The best answers to what `find` asks.
///
/// # Errors
/// When there is no catalog, it is damaged, or there is no word to look for.
pub(super) fn answer(code: &Code, find: &Find) -> Result<Answer> {
    let index = with_catalog(code)?;
    let mut notes: Vec<Note> = Note::of_owner(&index).into_iter().collect();
    let (query, wrong) = Query::parse(&question(&find.words));
    notes.extend(wrong.map(|wrong| Note::PlainWords(wrong.to_owned())));
    if query.is_empty() {
        return Err(Error::NoWord);
    }
    let fresh = index.refresh(&Scope::whole())?;
    code.saw(&index, &fresh);
    let mut sources = Sources::default();
    let wanted = wanted(code, find);
    let path = find.path.as_ref().map(|path| path.to_vec()).filter(|path| {
        wanted.within.is_empty() || wanted.within.iter().any(|folder| is_below(path, folder))
    });
    let looked = Looked { code, find, index: &index, fresh: &fresh, query, wanted, path };
    let best = |graph: Option<&Graph<'_>>| looked.best(graph, &mut sources);
    let found = index.ask_now(&fresh, code.idioms(), best).and_then(|found| found);
    let (mut found, marks) = found.map_err(Error::BadIndex)?;
    // The best were chosen, so that it is said how many of these aren't built.
    notes.extend(code.leave_out(&mut found, find.number, |found| (&found.path, None)));
    let has_path = looked.path.is_some();
    if found.is_empty() {
        notes.push(hint::nothing(find, &marks.missing, (&index, &fresh)));
    } else if wrong.is_none() && !has_path && !marks.missing.is_empty() {
        notes.push(Note::NothingHas(marks.missing.clone()));
    }
    let rows = rows(code, find.number, (&found, &marks, has_path), &mut sources);
    notes.append(&mut sources.notes);
    let columns =
        Column::all(&[("Kind", Role::Text), ("Name", Role::Name), ("Says", Role::Sentence)]);
    let coverage = Coverage {
        indexed: true,
        changes: Some(fresh.changes()),
        files: Some(index.files(&fresh)),
        ..Coverage::default()
    };
    Ok(Answer { columns, rows, notes, coverage, ..Answer::default() })
}

/// The tree's index, which must have a catalog.
fn with_catalog(code: &Code) -> Result<Index> {
    let root = code.tree().root();
    let index = Index::open(&Cache::new(code.workspace().cache()), code.tree());
    let Some(index) = index.map_err(Error::BadIndex)? else {
        let error = match code.tree().looks_like_source() {
            true => Error::NoIndex,
            false => Error::NoIndexOfFolder,
        };
        return Err(error(root.to_owned()));
    };
    if index.has_catalog() { Ok(index) } else { Err(Error::NoCatalog(root.to_owned())) }
}

/// What is wanted besides what the words say.
fn wanted(code: &Code, find: &Find) -> Wanted {
    Wanted {
        classes: find.kinds.clone(),
        within: find.within.iter().map(|folder| folder.to_vec()).collect(),
        arch: match code.arch {
            Arch::All => None,
            _ => Some(code.arch_name().to_owned()),
        },
        arch_is_named: find.arch_is_named || code.kernel().is_some(),
        // All that were looked at closely: which of them comes first is not yet said.
        number: usize::MAX,
    }
}

/// A question with what it is asked of.
struct Looked<'q> {
    code: &'q Code,
    find: &'q Find,
    index: &'q Index,
    fresh: &'q Fresh,
    query: Query,
    wanted: Wanted,
    /// The file that the words name, which comes first.
    path: Option<Vec<u8>>,
}

impl Looked<'_> {
    /// The best answers, best first, with what the graph knows of their names.
    fn best(
        &self,
        graph: Option<&Graph<'_>>,
        sources: &mut Sources,
    ) -> std::result::Result<(Vec<Found>, Marks), kgrep_index::Error> {
        let Looked { code, find, index, fresh, query, wanted, path } = self;
        let uses = Uses { graph, known: RefCell::default() };
        let ask = |query: &Query, wanted: &Wanted| {
            let found = index.find(fresh, code.idioms(), query, wanted, &|name| uses.of(name));
            found.map(Option::unwrap_or_default)
        };
        let (mut found, marks) = ask(query, wanted)?;
        if let Some(graph) = graph {
            best::definitions(&mut found, graph, code.arch, find.number);
            add_named(&mut found, graph, code, find, wanted);
        }
        best::maintainers(&mut found, query, code, sources);
        if let Some(path) = path {
            let wanted = Wanted { within: vec![path.clone()], ..wanted.clone() };
            best::at_path(&mut found, path, ask(&Query::all(), &wanted)?.0, find.kinds.is_empty());
        }
        Ok((found, marks))
    }
}

/// A row for each place, up to `number`; the first is the file that was asked for where
/// `first_is_path`.
fn rows(
    code: &Code,
    number: usize,
    (found, marks, first_is_path): (&[Found], &Marks, bool),
    sources: &mut Sources,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(found.len().min(number));
    for (at, found) in found.iter().enumerate() {
        if rows.len() == number {
            break;
        }
        let source = sources.get(code, &found.path);
        // What the path of a file is says nothing about any line of it.
        let marks = if at == 0 && first_is_path { &Marks::default() } else { marks };
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
    rows
}

/// How many definitions of a name that the catalog leaves out are shown.
const FEW_NAMED: usize = 3;

/// A single word that is a name of the code comes first, also where the catalog leaves it out:
/// one register of thousands.
fn add_named(found: &mut Vec<Found>, graph: &Graph<'_>, code: &Code, find: &Find, wanted: &Wanted) {
    let [word] = find.words.as_slice() else { return };
    let is_wanted = |kind: Kind| {
        let mut classes = wanted.classes.iter();
        classes.len() == 0 || classes.any(|class| class == "symbol" || class == kind.name())
    };
    if found.iter().take(find.number).any(|found| found.name == *word) {
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

/// How often names are used, asked of the graph once each.
struct Uses<'a> {
    graph: Option<&'a Graph<'a>>,
    known: RefCell<HashMap<Vec<u8>, usize>>,
}

impl Uses<'_> {
    fn of(&self, name: &[u8]) -> usize {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let count = self
            .graph
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
