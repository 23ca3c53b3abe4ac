//! `kgrep PATTERN [PATH…]`: search, number, print, and keep the list.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use indicatif::HumanCount;
use kgrep_engine::configuration::Kernel;
use kgrep_engine::left_out::{Below, LeftOut};
use kgrep_index::Index;
use kgrep_index::store::Cache;

use super::help::mistyped_command;
use super::printer::{PrintError, Printer};
use super::{Outcome, Session, freshen};
use crate::cli::SearchArgs;
use crate::code;
use crate::list::{Column, List, ListWriter, Match, Meta, Pushed, Role, Terminal};
use crate::message::{counted, tell};
use crate::notes;
use crate::render::{Facts, Look, Output, Totals};
use crate::request::{self, stdin_is_readable};
use crate::search::{
    Advice, Binary, Event, FileHits, Patterns, Scope, Search, SearchOptions, SearchRequest, Want,
    advise, all_types, scan,
};
use crate::settings::{Format, Origin, Setting};

/// The column of a list of counts (`-c`).
pub(super) const MATCHES: &str = "Matches";

/// Searches, prints what is found and keeps it.
///
/// # Errors
/// When the arguments can't be used, or the output can't be written.
pub(crate) fn run(args: &SearchArgs, session: &Session) -> Result<Outcome> {
    if let (Some(meant), Some(path)) = (mistyped_command(args), args.paths.first()) {
        let path = path.to_string_lossy();
        anyhow::bail!("{path}: no such file or folder; did you mean `{meant}`?");
    }
    find(args, session, true).map(|(outcome, _)| outcome)
}

/// As [`run`], and returns the list, if there is one. Without `reads_stdin`, standard
/// input is not searched in place of missing paths: follow-ups may come from there.
///
/// # Errors
/// As for [`run`].
pub(crate) fn find(
    args: &SearchArgs,
    session: &Session,
    reads_stdin: bool,
) -> Result<(Outcome, Option<List>)> {
    if args.type_list {
        return Ok((list_types()?, None));
    }
    let started = Instant::now();
    let request = request::search(args, &session.settings)?;
    let (patterns, paths) = Patterns::collect(&request)?;
    patterns.notes.iter().for_each(notes::tell);
    anyhow::ensure!(
        session.settings.max_list.value > 0,
        "--max-list 0: a list holds at least one match"
    );
    let query = patterns.compile(&request)?;
    let reads_stdin = reads_stdin && !patterns.stdin_used && stdin_is_readable();
    let scope = Scope::new(paths, reads_stdin);
    let options = options(args, &scope);
    if args.max_count == Some(0) {
        let problems = scope.problems(&request)?;
        problems.iter().filter(|_| !args.no_messages).for_each(tell);
        let outcome = if problems.is_empty() { Outcome::Nothing } else { Outcome::Problems };
        return Ok((outcome, None));
    }

    let notes = notes::sink();
    let advice = advise(scope.paths(), &patterns, &request, &session.cache, &notes);
    let meta = meta(args, session)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    let format = format(args, session, &look);
    let printer = Printer::in_format(format, &look, &session.settings, &meta)
        .of_search(args.only_matching, args.null);
    let mut collector = Collector {
        session,
        options: &options,
        args,
        writer: Some(session.shelf.begin(meta, session.settings.max_list.value)),
        printer,
        list: None,
        file: None,
        overflow: false,
        found: false,
        problems: false,
        failure: None,
    };
    let search = Search {
        scope: &scope,
        query: &query,
        args: &request,
        filter: advice.filter.as_ref(),
        options: &options,
        notes: &notes,
    };
    let kernel = code::searched_kernel(session, scope.paths())?;
    let mut built = kernel.as_ref().map(|kernel| OfBuilt::new(kernel, &advice, session, &scope));
    let totals = scan(&search, |event| {
        if built.as_mut().is_some_and(|built| !built.keeps(&event)) {
            return true;
        }
        collector.take(event).unwrap_or_else(|error| {
            collector.failure = Some(error);
            false
        })
    })?;
    let (outcome, list) = collector.finish(Totals {
        elapsed: started.elapsed(),
        searches: totals.files,
        bytes_searched: totals.bytes,
    })?;
    let all_left_out = built.as_ref().is_some_and(|built| built.left_out.hidden() > 0);
    if let Some(built) = built.filter(|_| !args.quiet) {
        built.left_out.notes().iter().for_each(notes::tell);
    }
    let hinted = outcome == Outcome::Nothing
        && !all_left_out
        && !args.quiet
        && !args.fixed_strings
        && !args.files_without_match;
    // With -v, nothing found means that everything matches.
    if hinted
        && !args.invert_match
        && let Some(plain) = patterns.as_plain_text()
    {
        hint(&plain, &search, advice.damaged, session)?;
    }
    if hinted && look.terminal {
        tell(nothing(totals.files, advice.filter.is_some()));
    }
    freshen::after(&advice, totals.files, session);
    Ok((outcome, list))
}

/// What of a search's answer is in files that a configuration builds.
struct OfBuilt<'k> {
    below: Below,
    left_out: LeftOut<'k>,
}

impl<'k> OfBuilt<'k> {
    fn new(kernel: &'k Kernel, advice: &Advice, session: &Session, scope: &Scope) -> OfBuilt<'k> {
        // What the search looked at need not be looked at again, where that was the whole tree.
        let seen = advice.whole.as_ref().zip(advice.fresh.as_ref());
        let opened = || {
            let index = Index::open(&Cache::new(&session.cache), kernel.tree()).ok().flatten()?;
            let fresh = index.refresh(&kgrep_index::Scope::whole()).ok()?;
            Some((index, fresh))
        };
        let opened = if seen.is_none() { opened() } else { None };
        let configured = kernel.configured(
            &session.cache,
            seen.or(opened.as_ref().map(|(index, fresh)| (index, fresh))),
        );
        let here = crate::folders::current().unwrap_or_default();
        let starts = scope.paths().iter().map(PathBuf::as_path);
        let below = Below::new(kernel.tree().root(), &here, starts);
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

/// That nothing matched, and how much was searched.
fn nothing(files: u64, by_index: bool) -> String {
    let files = counted(files, "file");
    if by_index {
        format!("nothing matches; by the index, {files} could, and were read")
    } else {
        format!("nothing matches in {files}")
    }
}

/// The format that a search is printed in. Files, counts and parts of lines go into a pipe
/// bare, as from grep: what reads them wants no header and no numbers. The list has these.
fn format(args: &SearchArgs, session: &Session, look: &Look) -> Format {
    let Setting { value, origin } = &session.settings.format;
    let is_bare = files_only(args) || args.only_matching;
    let asked = matches!(origin, Origin::Flag(_));
    match value {
        Format::Table if args.null || (is_bare && !look.terminal && !asked) => Format::Grep,
        format => *format,
    }
}

/// Whether rows are files, not lines.
fn files_only(args: &SearchArgs) -> bool {
    args.files_with_matches || args.files_without_match || args.count
}

fn options(args: &SearchArgs, scope: &Scope) -> SearchOptions {
    let want = if args.files_without_match {
        Want::Without
    } else if args.files_with_matches || args.quiet {
        Want::Whether
    } else if args.count && args.only_matching {
        Want::Matches
    } else if args.count {
        Want::Count
    } else {
        Want::Lines
    };
    let context = args.context.unwrap_or(0);
    let lines = want == Want::Lines;
    SearchOptions {
        want,
        invert: args.invert_match,
        multiline: args.multiline,
        crlf: args.crlf,
        max_count: args.max_count,
        before: args.before_context.unwrap_or(context),
        after: args.after_context.unwrap_or(context),
        text: args.text,
        binary: args.binary,
        function_names: lines && args.show_function,
        whole_functions: lines && args.function_context,
        spans: AtomicBool::new(true),
        slices: scope.is_few_files(),
    }
}

fn meta(args: &SearchArgs, session: &Session) -> Result<Meta> {
    let files_only = files_only(args);
    let columns = if args.count && !args.files_with_matches && !args.files_without_match {
        vec![Column::new(MATCHES, Role::Count)]
    } else if args.show_function && !files_only {
        vec![Column::new("Function", Role::Function)]
    } else {
        Vec::new()
    };
    Ok(Meta {
        created: jiff::Timestamp::now().as_second(),
        folder: crate::folders::current()?.as_os_str().as_bytes().to_vec(),
        command: session.command_line.clone(),
        request: None,
        terminal: Terminal::current(),
        columns,
        files_only,
    })
}

/// Takes the scan's events in path order: numbers, keeps and prints them.
struct Collector<'a> {
    session: &'a Session,
    options: &'a SearchOptions,
    args: &'a SearchArgs,
    /// The list, until it is full or the search has ended.
    writer: Option<ListWriter>,
    printer: Printer<'a>,
    /// The list, once it has ended.
    list: Option<List>,
    /// The number of the file that hits come from.
    file: Option<u32>,
    /// True when more was found than the list holds.
    overflow: bool,
    found: bool,
    problems: bool,
    failure: Option<PrintError>,
}

impl Collector<'_> {
    /// Takes one event; false: there is no need to go on.
    fn take(&mut self, event: Event) -> Result<bool, PrintError> {
        match event {
            Event::Problem(problem) => {
                self.problems = true;
                self.tell(problem);
            }
            Event::Warning(warning) => self.tell(warning),
            Event::Hits(_) if self.args.quiet => {
                self.found = true;
                return Ok(false);
            }
            Event::Hits(mut hits) => {
                if hits.first && self.found && self.options.has_context() {
                    hits.mark_first_gap();
                }
                self.found = true;
                self.take_hits(&hits)?;
            }
        }
        Ok(true)
    }

    fn take_hits(&mut self, hits: &FileHits) -> Result<(), PrintError> {
        if hits.first
            && let Some(writer) = &mut self.writer
        {
            self.file = Some(writer.push_file(&hits.file));
        }
        let path = &hits.file.path;
        let file = self.file.unwrap_or(0);
        if self.options.want != Want::Lines {
            let count = hits.count.to_string();
            let cells = if self.args.count { vec![count.as_str()] } else { Vec::new() };
            let entry = hits.first_match(file);
            return self.take_entry(path, &Match { cells, ..entry });
        }
        hits.for_each(file, |entry| self.take_entry(path, entry))?;
        match hits.binary {
            Some(binary) => self.remark(path, binary),
            None => Ok(()),
        }
    }

    fn take_entry(&mut self, path: &[u8], entry: &Match<'_>) -> Result<(), PrintError> {
        let index = match self.writer.as_mut().map(|writer| writer.push(entry)) {
            Some(Pushed::Kept(index)) => Some(index),
            Some(Pushed::Full) => {
                self.overflow = true;
                self.end_list()?;
                self.options.spans.store(self.printer.shows_spans(), Ordering::Relaxed);
                None
            }
            None => None,
        };
        match index {
            Some(index) if self.printer.measures_first() => self.printer.note(index, path, entry),
            index => self.printer.row(index, path, entry)?,
        }
        Ok(())
    }

    /// Publishes the list, and prints it where that had to wait.
    fn end_list(&mut self) -> Result<(), PrintError> {
        let Some(list) = self.publish()? else { return Ok(()) };
        if self.printer.measures_first() {
            self.printer.list(&list)?;
        }
        self.list = Some(list);
        Ok(())
    }

    /// Publishes the list, if there is one that was not published yet.
    fn publish(&mut self) -> Result<Option<List>, PrintError> {
        let Some(writer) = self.writer.take().filter(|writer| writer.len() > 0) else {
            return Ok(None);
        };
        Ok(Some(self.session.keep(writer.finish()?)))
    }

    /// Says what ripgrep says of a file with NUL bytes.
    fn remark(&mut self, path: &[u8], binary: Binary) -> Result<(), PrintError> {
        let remark = match binary {
            Binary::Stopped { offset } => format!(
                "WARNING: stopped searching binary file after match (found \"\\0\" byte around \
                 offset {offset})"
            ),
            Binary::Matches { offset } => {
                format!("binary file matches (found \"\\0\" byte around offset {offset})")
            }
        };
        if !self.printer.remark(path, &remark)? {
            self.tell(format!("{}: {remark}", String::from_utf8_lossy(path)));
        }
        Ok(())
    }

    fn tell(&self, message: impl AsRef<str>) {
        if !self.args.no_messages {
            tell(message);
        }
    }

    /// Ends the output and says how the search went.
    fn finish(mut self, totals: Totals) -> Result<(Outcome, Option<List>)> {
        if let Some(failure) = self.failure.take() {
            // Whoever has seen enough may go on from what he saw.
            self.publish()?;
            return Err(failure.into());
        }
        self.end_list()?;
        self.printer.finish(totals)?;
        if self.overflow {
            tell(format!(
                "matches beyond {} have no number and can't be followed up (--max-list)",
                HumanCount(self.session.settings.max_list.value)
            ));
        }
        let outcome = match (self.found, self.problems) {
            (true, _) if self.args.quiet => Outcome::Found,
            (_, true) => Outcome::Problems,
            (true, false) => Outcome::Found,
            (false, false) => Outcome::Nothing,
        };
        Ok((outcome, self.list))
    }
}

/// Says so when plain text would have been found where a regular expression wasn't. An
/// index that is `damaged` was complained about already.
fn hint(patterns: &Patterns, search: &Search<'_>, damaged: bool, session: &Session) -> Result<()> {
    let no_index = search.args.no_index || damaged;
    let args =
        SearchRequest { fixed_strings: true, explain: false, no_index, ..search.args.clone() };
    let spans = AtomicBool::new(true);
    let options = SearchOptions {
        want: Want::Whether,
        function_names: false,
        whole_functions: false,
        spans,
        ..*search.options
    };
    let query = patterns.compile(&args)?;
    let paths = search.scope.paths();
    let advice = advise(paths, patterns, &args, &session.cache, search.notes);
    let filter = advice.filter.as_ref();
    let plain = Search { query: &query, args: &args, filter, options: &options, ..*search };
    let mut found = false;
    scan(&plain, |event| {
        found = matches!(event, Event::Hits(_));
        !found
    })?;
    if found {
        tell(format!(
            "nothing matches `{}` as a regular expression, but the plain text is there: try -F",
            patterns.texts.join("`, `")
        ));
    }
    Ok(())
}

/// `--type-list`: each type with its globs.
fn list_types() -> Result<Outcome> {
    let mut out = Output::stdout();
    for definition in all_types().definitions() {
        writeln!(out, "{}: {}", definition.name(), definition.globs().join(", "))?;
    }
    out.finish()?;
    Ok(Outcome::Found)
}
