//! Which lines match: a search from its request to its hits, with what the index and a kernel
//! configuration have to say to it.

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use kgrep_index::outline::Language;
use kgrep_index::store::Cache;
use kgrep_index::{Fresh, Index};

use crate::answer::{Answer, Cell, Column, Coverage, Role, Row};
use crate::code::Code;
use crate::configuration::Kernel;
use crate::diff::context;
use crate::left_out::{Below, LeftOut};
use crate::request::Search;
use crate::revision::Unlaid;
use crate::search::{
    Advice, Event, Filter, Objects, Patterns, Query, Scope, Search as Scan, SearchOptions,
    SearchRequest, Totals, Want, advise, scan,
};
use crate::sink::Sink;
use crate::{Cancel, Note, NoteSink, Result};

/// A search whose pattern and paths are understood.
pub struct Seeker {
    request: SearchRequest,
    patterns: Patterns,
    query: Query,
    scope: Scope,
}

/// What a search works with besides its request.
pub struct Around<'a> {
    /// The folder of the indexes.
    pub cache: &'a Path,
    /// The kernel whose files alone count, if a configuration is in force.
    pub kernel: Option<&'a Kernel>,
    /// The files, where they are those of a revision that is not laid out.
    pub objects: Option<&'a Objects<'a>>,
    /// Takes what is to be said while it searches.
    pub notes: &'a NoteSink,
    /// Ends it early.
    pub cancel: &'a Cancel,
}

/// What is known of a search that has ended.
#[derive(Default)]
pub struct Sought {
    /// How much it looked at.
    pub totals: Totals,
    /// What the index had to say.
    pub advice: Advice,
    /// What the configuration left out, to be said.
    pub notes: Vec<Note>,
    /// Whether it left out anything that matched.
    pub hides: bool,
}

impl Sought {
    /// What it rests on.
    pub fn coverage(&self) -> Coverage {
        let Advice { whole, fresh, indexed, .. } = &self.advice;
        let left_out = self.notes.iter().map(|note| match note {
            Note::NotBuilt { hidden, .. } => *hidden,
            _ => 0,
        });
        Coverage {
            indexed: *indexed,
            changes: fresh.as_ref().map(Fresh::changes),
            searched: Some(self.totals.files),
            files: whole.as_ref().zip(fresh.as_ref()).map(|(index, fresh)| index.files(fresh)),
            left_out: left_out.sum(),
            ..Coverage::default()
        }
    }
}

impl Seeker {
    /// Reads the patterns of `request`. Standard input is searched in place of missing paths if
    /// it may be read and is not read for patterns.
    ///
    /// # Errors
    /// When a pattern can't be used.
    pub fn new(request: SearchRequest, reads_stdin: bool, notes: &NoteSink) -> Result<Seeker> {
        let (patterns, paths) = Patterns::collect(&request)?;
        patterns.notes.iter().for_each(|note| notes(note.clone()));
        let query = patterns.compile(&request)?;
        let scope = Scope::new(paths, reads_stdin && !patterns.stdin_used);
        Ok(Seeker { request, patterns, query, scope })
    }

    /// Where it looks.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The files that it looks at in a revision that is not laid out; none where only files can tell.
    ///
    /// # Errors
    /// When a glob or a file type is wrong, or an object is missing.
    pub fn objects<'a>(&self, unlaid: &'a Unlaid) -> Result<Option<Objects<'a>>> {
        Objects::listed(unlaid, &self.scope, &self.request)
    }

    /// What keeps files from being searched, by a walk that reads none.
    ///
    /// # Errors
    /// When a glob or a file type is wrong.
    pub fn problems(&self) -> Result<Vec<String>> {
        self.scope.problems(&self.request)
    }

    /// Searches, and hands on what is found in path order.
    ///
    /// # Errors
    /// When a glob or a file type is wrong, or no thread can be started.
    pub fn search(
        &self,
        options: &SearchOptions,
        around: &Around<'_>,
        sink: &mut dyn Sink<Event>,
    ) -> Result<Sought> {
        let Around { cache, kernel, .. } = *around;
        let advice = self.advice(&self.patterns, &self.request, around);
        let search = self.scan(&self.query, &self.request, advice.filter.as_ref(), options, around);
        let mut built =
            kernel.map(|kernel| OfBuilt::new(kernel, &advice, cache, &self.request, &self.scope));
        let totals = scan(&search, |event| {
            let is_left_out = built.as_mut().is_some_and(|built| !built.keeps(&event));
            is_left_out || sink.take(event).is_continue()
        })?;
        let hides = built.as_ref().is_some_and(|built| built.left_out.hidden() > 0);
        let notes = built.map(|built| built.left_out.notes()).unwrap_or_default();
        Ok(Sought { totals, advice, notes, hides })
    }

    /// What to say of patterns that match nothing as regular expressions, where they are there as
    /// plain text.
    ///
    /// # Errors
    /// As [`Seeker::search`].
    pub fn plain_text(
        &self,
        options: &SearchOptions,
        around: &Around<'_>,
        ended: &Sought,
    ) -> Result<Option<Note>> {
        let Some(plain) = self.patterns.as_plain_text() else { return Ok(None) };
        // An index that is damaged was complained about already.
        let no_index = self.request.no_index || ended.advice.damaged;
        let (fixed_strings, explain) = (true, false);
        let request = SearchRequest { fixed_strings, explain, no_index, ..self.request.clone() };
        let options = SearchOptions {
            want: Want::Whether,
            function_names: false,
            whole_functions: false,
            spans: AtomicBool::new(true),
            ..*options
        };
        let query = plain.compile(&request)?;
        let advice = self.advice(&plain, &request, around);
        let search = self.scan(&query, &request, advice.filter.as_ref(), &options, around);
        let mut found = false;
        scan(&search, |event| {
            found = matches!(event, Event::Hits(_));
            !found
        })?;
        Ok(found.then_some(Note::ThereAsPlainText(plain.texts)))
    }

    fn advice(&self, patterns: &Patterns, request: &SearchRequest, around: &Around<'_>) -> Advice {
        let Around { cache, notes, .. } = *around;
        if around.objects.is_none() {
            return advise(self.scope.paths(), patterns, request, cache, notes);
        }
        if request.explain {
            let plan = "plan: scan (the objects of a revision that is not laid out)";
            notes(Note::Explanation(plan.to_owned()));
        }
        Advice::default()
    }

    fn scan<'a>(
        &'a self,
        query: &'a Query,
        args: &'a SearchRequest,
        filter: Option<&'a Filter>,
        options: &'a SearchOptions,
        around: &Around<'a>,
    ) -> Scan<'a> {
        let Around { notes, cancel, objects, .. } = *around;
        Scan { scope: &self.scope, query, args, filter, objects, options, notes, cancel }
    }
}

/// What of a search's answer is in files that a configuration builds.
struct OfBuilt<'k> {
    below: Below,
    left_out: LeftOut<'k>,
}

impl<'k> OfBuilt<'k> {
    fn new(
        kernel: &'k Kernel,
        advice: &Advice,
        cache: &Path,
        request: &SearchRequest,
        scope: &Scope,
    ) -> OfBuilt<'k> {
        // What the search looked at need not be looked at again, where that was the whole tree.
        let seen = advice.whole.as_ref().zip(advice.fresh.as_ref());
        let opened = || {
            let index = Index::open(&Cache::new(cache), kernel.tree()).ok().flatten()?;
            let fresh = index.refresh(&kgrep_index::Scope::whole()).ok()?;
            Some((index, fresh))
        };
        let opened = if seen.is_none() { opened() } else { None };
        let configured =
            kernel.configured(cache, seen.or(opened.as_ref().map(|(index, fresh)| (index, fresh))));
        let starts = scope.paths().iter().map(PathBuf::as_path);
        let below = Below::new(kernel.tree().root(), &request.folder, starts);
        OfBuilt { below, left_out: LeftOut::new(configured) }
    }

    /// Whether what was found stays.
    fn keeps(&mut self, event: &Event) -> bool {
        let Event::Hits(hits) = event else { return true };
        let path = Path::new(OsStr::from_bytes(&hits.file.path));
        let path = if hits.file.stdin { None } else { self.below.path(path) };
        path.is_none_or(|path| self.left_out.keeps(&path, hits.entries()))
    }
}

const FUNCTION: [(&str, Role); 1] = [("Function", Role::Function)];

/// The lines of the tree that match, the first of them as rows.
///
/// # Errors
/// When a pattern, a glob or a path can't be used.
pub(super) fn answer(code: &Code, search: &Search) -> Result<Answer> {
    let root = code.tree().root();
    let mut request = SearchRequest { folder: root.to_owned(), ..search.search.clone() };
    if request.paths.is_empty() {
        request.paths.push(root.into());
    }
    // Paths are of the tree, and are named below its root.
    request.paths.iter_mut().for_each(|path| *path = root.join(&*path).into_os_string());
    let seeker = Seeker::new(request, false, code.notes())?;
    let options = SearchOptions {
        want: Want::Lines,
        invert: search.search.invert_match,
        multiline: search.search.multiline,
        crlf: search.search.crlf,
        text: search.search.text,
        function_names: search.functions,
        spans: AtomicBool::new(true),
        slices: seeker.scope().is_few_files(),
        ..SearchOptions::whether()
    };
    let around = Around {
        cache: code.workspace().cache(),
        kernel: code.kernel(),
        objects: None,
        notes: code.notes(),
        cancel: code.cancel(),
    };
    let (functions, number) = (search.functions, search.number);
    let most = search.most.map_or(u64::MAX, |most| most.max(number as u64));
    let mut found =
        Found { root, number, functions, rows: Vec::new(), total: 0, notes: Vec::new() };
    let ended = seeker.search(&options, &around, &mut |event: Event| {
        found.take(event);
        if found.total > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut notes = ended.notes.clone();
    notes.append(&mut found.notes);
    notes.extend((found.total > most).then_some(Note::CountedTo(found.total)));
    let asks_plain = found.total == 0
        && !ended.hides
        && !search.search.fixed_strings
        && !search.search.invert_match;
    if asks_plain {
        notes.extend(seeker.plain_text(&options, &around, &ended)?);
    }
    let columns = Column::all(if search.functions { &FUNCTION } else { &[] });
    // What the configuration leaves out is counted where all answers' notes are.
    let coverage = Coverage { total: Some(found.total), left_out: 0, ..ended.coverage() };
    Ok(Answer { columns, rows: found.rows, notes, coverage, ..Answer::default() })
}

/// The rows of an answer, while they are found.
struct Found<'a> {
    root: &'a Path,
    number: usize,
    functions: bool,
    rows: Vec<Row>,
    total: u64,
    notes: Vec<Note>,
}

impl Found<'_> {
    fn cells(&self, function: Option<&str>) -> Vec<Cell> {
        let function = || {
            let head = function.unwrap_or_default();
            let found = context::c::describe(head.as_bytes(), 0);
            let name = found.map(|found| String::from_utf8_lossy(&found.name).into_owned());
            Cell::Name(name.unwrap_or_else(|| head.to_owned()))
        };
        if self.functions { vec![function()] } else { Vec::new() }
    }

    fn take(&mut self, event: Event) {
        let hits = match event {
            Event::Problem(text) | Event::Warning(text) => {
                return self.notes.push(Note::Problem(text));
            }
            Event::Hits(hits) => hits,
        };
        self.total += hits.entries();
        if self.rows.len() >= self.number {
            return;
        }
        let path = Path::new(OsStr::from_bytes(&hits.file.path));
        let path = path.strip_prefix(self.root).unwrap_or(path).as_os_str().as_bytes().to_vec();
        // Elsewhere a line that looks like a head is none.
        let is_code = Language::of(&path).is_some();
        let Ok(()) = hits.for_each(0, |entry| {
            if self.rows.len() < self.number {
                let cells = self.cells(entry.cells.first().copied().filter(|_| is_code));
                self.rows.push(Row {
                    path: path.clone(),
                    line: u32::try_from(entry.line).unwrap_or(u32::MAX),
                    spans: Some(entry.spans.clone()),
                    cells,
                    ..Row::default()
                });
            }
            Ok::<(), std::convert::Infallible>(())
        });
    }
}
