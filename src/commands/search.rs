//! `kgrep PATTERN [PATH…]`: search, number, print, and keep the list.

use std::cell::Cell;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::HumanCount;
use kgrep_engine::revision::Unlaid;
use kgrep_engine::sink::Sink;
use kgrep_engine::{Around, Cancel, Coverage, NoteSink, Seeker};
use serde_json::{Map, Value};

use super::help::mistyped_command;
use super::lister::{self, Lister};
use super::printer::{PrintError, Printer};
use super::{Outcome, Session, at, freshen};
use crate::cli::SearchArgs;
use crate::code;
use crate::coverage;
use crate::list::{AtRevision, Column, List, Match, Meta, Role};
use crate::message::{counted, tell};
use crate::notes;
use crate::render::{Facts, Look, Output, Totals as Shown};
use crate::request::{self, stdin_is_readable};
use crate::search::{Binary, Event, FileHits, Objects, SearchOptions, Totals, Want, all_types};
use crate::settings::{Format, Origin, Setting, When};

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

/// Somebody who reads a list while it is found, and may have seen enough.
pub(super) struct Watch {
    stop: Cancel,
    /// Takes the list so far; false: nobody listens.
    grew: Box<dyn Fn(List) -> bool>,
    /// How many entries there were when it was called last, and when that was.
    last: Cell<(u64, Instant)>,
}

impl Watch {
    /// Calls `grew` with the list so far from time to time, until `stop` is set.
    pub(super) fn new(stop: Cancel, grew: Box<dyn Fn(List) -> bool>) -> Watch {
        Watch { stop, grew, last: Cell::new((0, Instant::now())) }
    }

    fn is_over(&self) -> bool {
        self.stop.is_set()
    }

    /// The list has grown.
    fn see(&self, lister: &mut Lister<'_>) {
        let (len, (before, at)) = (lister.len(), self.last.get());
        let is_more = (before == 0 && len >= FIRST_SCREEN) || at.elapsed() >= GROWS;
        if is_more && !lister.is_full() {
            self.last.set((len, Instant::now()));
            let heard = lister.so_far().is_none_or(|list| (self.grew)(list));
            if !heard {
                self.stop.cancel();
            }
        }
    }
}

/// The number of entries that fill a screen.
const FIRST_SCREEN: u64 = 100;

/// How often who reads along hears of more.
const GROWS: Duration = Duration::from_millis(100);

/// As [`run`], without printing: for a full screen, which is told of the list while it grows.
///
/// # Errors
/// As for [`run`].
pub(super) fn watched(
    args: &SearchArgs,
    session: &Session,
    watch: &Watch,
) -> Result<(Outcome, Option<List>)> {
    sought(args, session, false, Some(watch))
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
    sought(args, session, reads_stdin, None)
}

fn sought(
    args: &SearchArgs,
    session: &Session,
    reads_stdin: bool,
    watch: Option<&Watch>,
) -> Result<(Outcome, Option<List>)> {
    if args.type_list {
        return Ok((list_types()?, None));
    }
    let started = Instant::now();
    let mut request = request::search(args, &session.settings)?;
    let notes = notes::sink();
    anyhow::ensure!(
        session.settings.max_list.value > 0,
        "--max-list 0: a list holds at least one match"
    );
    let Some(unlaid) = &args.unlaid else {
        let seeker = Seeker::new(request, reads_stdin && stdin_is_readable(), &notes)?;
        return found_by(&seeker, args, session, (started, &notes, None), watch);
    };
    request.folder = unlaid.root.join(&unlaid.below);
    let seeker = Seeker::new(request, reads_stdin && stdin_is_readable(), &notes)?;
    // A configuration is told by files, and a link leads to one.
    let is_plain = args.max_count != Some(0)
        && session.settings.kconfig.value == "none"
        && session.settings.hyperlink.value != When::Always;
    let objects = if is_plain { seeker.objects(unlaid)? } else { None };
    match objects {
        Some(objects) => {
            let objects = Some((&**unlaid, &objects));
            found_by(&seeker, args, session, (started, &notes, objects), watch)
        }
        None => at::in_files(unlaid, &session.cache, || {
            found_by(&seeker, args, session, (started, &notes, None), watch)
        }),
    }
}

/// What a search finds in the files of the current folder, or in a revision's objects.
fn found_by(
    seeker: &Seeker,
    args: &SearchArgs,
    session: &Session,
    (started, notes, objects): (Instant, &NoteSink, Option<(&Unlaid, &Objects<'_>)>),
    watch: Option<&Watch>,
) -> Result<(Outcome, Option<List>)> {
    let (unlaid, objects) = objects.unzip();
    let is_few = objects.map_or_else(|| seeker.scope().is_few_files(), Objects::is_few_files);
    let options = options(args, is_few);
    if args.max_count == Some(0) {
        let problems = seeker.problems()?;
        problems.iter().filter(|_| !args.no_messages).for_each(tell);
        let outcome = if problems.is_empty() { Outcome::Nothing } else { Outcome::Problems };
        return Ok((outcome, None));
    }
    let meta = meta(args, session, unlaid)?;
    let look = Look::new(&session.settings, Facts::of_stdout(), &meta.folder);
    // Nothing is there yet that a link could lead to.
    let look = Look { hyperlinks: look.hyperlinks && objects.is_none(), ..look };
    let mut collector = Collector::new(args, session, &options, &look, meta, watch);
    let kernel = match objects {
        Some(_) => None,
        None => code::searched_kernel(session, seeker.scope().paths())?,
    };
    let around = Around {
        cache: &session.cache,
        kernel: kernel.as_ref(),
        objects,
        notes,
        cancel: &session.cancel,
    };
    let sought = seeker.search(&options, &around, &mut collector)?;
    let Totals { files, bytes } = sought.totals;
    let totals = Shown { elapsed: started.elapsed(), searches: files, bytes_searched: bytes };
    let coverage = Coverage { configured: kernel.is_some(), ..sought.coverage() };
    let (outcome, list) = collector.finish(totals, &coverage)?;
    if !args.quiet {
        sought.notes.iter().for_each(notes::tell);
    }
    let hinted = outcome == Outcome::Nothing
        && !watch.is_some_and(Watch::is_over)
        && !sought.hides
        && !args.quiet
        && !args.fixed_strings
        && !args.files_without_match;
    // With -v, nothing found means that everything matches.
    if hinted && !args.invert_match {
        seeker.plain_text(&options, &around, &sought)?.iter().for_each(notes::tell);
    }
    if hinted && look.terminal {
        tell(nothing(files, sought.advice.filter.is_some()));
    }
    freshen::after(&sought.advice, files, session);
    Ok((outcome, list))
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

fn options(args: &SearchArgs, slices: bool) -> SearchOptions {
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
        slices,
    }
}

fn meta(args: &SearchArgs, session: &Session, unlaid: Option<&Unlaid>) -> Result<Meta> {
    let files_only = files_only(args);
    let columns = if args.count && !args.files_with_matches && !args.files_without_match {
        vec![Column::new(MATCHES, Role::Count)]
    } else if args.show_function && !files_only {
        vec![Column::new("Function", Role::Function)]
    } else {
        Vec::new()
    };
    let meta = Meta { files_only, ..lister::meta(session, columns, None)? };
    let Some(Unlaid { repository, revision, root, below }) = unlaid else { return Ok(meta) };
    let repository = repository.path().into_os_string().into_encoded_bytes();
    let (name, commit) = (revision.name.clone(), revision.commit.clone());
    let folder = root.join(below).into_os_string().into_encoded_bytes();
    Ok(Meta { folder, revision: Some(AtRevision { name, commit, repository }), ..meta })
}

/// Takes the scan's events in path order: numbers, keeps and prints them.
struct Collector<'a> {
    session: &'a Session,
    options: &'a SearchOptions,
    args: &'a SearchArgs,
    lister: Lister<'a>,
    /// The number of the file that hits come from.
    file: Option<u32>,
    found: bool,
    /// What could not be searched, and why.
    problems: Vec<String>,
    /// Rows of the file that hits come from.
    rows: u64,
    /// Whether a file had as many rows as are wanted of one.
    is_cut: bool,
    failure: Option<PrintError>,
    /// Who reads along.
    watch: Option<&'a Watch>,
}

impl Sink<Event> for Collector<'_> {
    fn take(&mut self, event: Event) -> ControlFlow<()> {
        match self.event(event) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

impl<'a> Collector<'a> {
    fn new(
        args: &'a SearchArgs,
        session: &'a Session,
        options: &'a SearchOptions,
        look: &'a Look,
        meta: Meta,
        watch: Option<&'a Watch>,
    ) -> Collector<'a> {
        let format = format(args, session, look);
        let printer = watch.is_none().then(|| {
            Printer::in_format(format, look, &session.settings, &meta)
                .of_search(args.only_matching, args.null)
        });
        Collector {
            session,
            options,
            args,
            lister: Lister::new(session, meta, printer),
            file: None,
            found: false,
            problems: Vec::new(),
            rows: 0,
            is_cut: false,
            failure: None,
            watch,
        }
    }
}

impl Collector<'_> {
    /// Takes one event; false: there is no need to go on.
    fn event(&mut self, event: Event) -> Result<bool, PrintError> {
        if self.watch.is_some_and(Watch::is_over) {
            return Ok(false);
        }
        match event {
            Event::Problem(problem) => {
                self.tell(&problem);
                self.problems.push(problem);
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
                if let Some(watch) = self.watch {
                    watch.see(&mut self.lister);
                    // Nothing is printed of what has no number.
                    return Ok(!self.lister.is_full());
                }
            }
        }
        Ok(true)
    }

    fn take_hits(&mut self, hits: &FileHits) -> Result<(), PrintError> {
        if hits.first {
            self.file = Some(self.lister.file(&hits.file));
            self.rows = 0;
        }
        self.rows += hits.entries();
        self.is_cut |= self.args.max_count.is_some_and(|most| self.rows >= most);
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
        let was_full = self.lister.is_full();
        self.lister.push(path, entry)?;
        if !was_full && self.lister.is_full() {
            let shows = self.lister.printer().is_some_and(|printer| printer.shows_spans());
            self.options.spans.store(shows, Ordering::Relaxed);
        }
        Ok(())
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
        let remarked = self.lister.printer().map(|printer| printer.remark(path, &remark));
        if !remarked.transpose()?.unwrap_or(false) {
            self.tell(format!("{}: {remark}", String::from_utf8_lossy(path)));
        }
        Ok(())
    }

    fn tell(&self, message: impl AsRef<str>) {
        if !self.args.no_messages {
            tell(message);
        }
    }

    /// What was looked at, for programs. What has no number is printed all the same, so that it is
    /// not missing.
    fn summary(&self, coverage: &Coverage) -> Map<String, Value> {
        let complete = self.problems.is_empty() && !self.is_cut;
        let mut said = coverage::json(coverage, complete);
        coverage::add_rules(&mut said, &self.session.settings);
        if !self.problems.is_empty() {
            said.insert("problems".to_owned(), self.problems.clone().into());
        }
        [("coverage".to_owned(), said.into())].into_iter().collect()
    }

    /// Ends the output and says how the search went.
    fn finish(mut self, totals: Shown, coverage: &Coverage) -> Result<(Outcome, Option<List>)> {
        if let Some(failure) = self.failure.take() {
            // A user who has seen enough may go on from what was shown.
            self.lister.publish()?;
            return Err(failure.into());
        }
        let is_full = self.lister.is_full();
        let summary = self.summary(coverage);
        if let Some(printer) = self.lister.printer() {
            printer.summary(summary);
        }
        let list = self.lister.finish(b"", totals)?;
        if is_full {
            tell(format!(
                "matches beyond {} have no number and can't be followed up (--max-list)",
                HumanCount(self.session.settings.max_list.value)
            ));
        }
        let outcome = match (self.found, !self.problems.is_empty()) {
            (true, _) if self.args.quiet => Outcome::Found,
            (_, true) => Outcome::Problems,
            (true, false) => Outcome::Found,
            (false, false) => Outcome::Nothing,
        };
        Ok((outcome, list))
    }
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
