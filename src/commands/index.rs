//! `kgrep index`: builds, updates, shows and removes indexes.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use kgrep_engine::revision::{Kept, Label};
use kgrep_index::build::{self, Observer, Report};
use kgrep_index::store::{Cache, Entry, EntryState, IndexSize};
use kgrep_index::{Fresh, Index, Scope, State, Stats, Tree};
use rustix::fs::FileType;
use serde_json::json;

use super::{Outcome, Session, revisions};
use crate::cli::IndexArgs;
use crate::message::{counted, tell};
use crate::render::{Content, print_page, visible};
use crate::settings::Format;
use crate::{code, folders, room};

/// How much lower than a search's the priority of an update in the background is.
const BACKGROUND_NICE: i32 = 15;

/// Does what the arguments ask for.
///
/// # Errors
/// When the tree isn't there, or the index can't be written.
pub(crate) fn run(args: &IndexArgs, session: &Session) -> Result<Outcome> {
    if args.background {
        detach();
    }
    let cache = Cache::new(&session.cache);
    let as_json = args.json || session.settings.format.value == Format::Json;
    if args.list {
        return list(&cache, session, as_json);
    }
    if args.prune {
        return prune(&cache, session);
    }
    let named = args.tree.as_deref();
    let path = named.unwrap_or(Path::new("."));
    if path.is_relative() {
        // A current folder that is gone is said to be.
        folders::current()?;
    }
    let tree = match args.status || args.check {
        true => Tree::locate_indexed(path, &cache)?,
        false => Tree::locate(path)?,
    };
    if args.status {
        let outcome = status(&cache, &tree, &tree.root().display().to_string(), as_json)?;
        print_page(&revisions::lines(&tree, session, as_json)?, content(as_json))?;
        Ok(outcome)
    } else if args.remove {
        remove(&cache, &tree)
    } else if args.check {
        check(&cache, &tree)
    } else if args.background {
        background(&cache, &tree)
    } else if named.is_none() && !tree.looks_like_source() && !cache.has(&tree) {
        bail!(
            "{} is not a source tree (no .git, and none of a kernel's files); `kgrep index .` \
             indexes it all the same",
            tree.root().display()
        );
    } else {
        build(&cache, &tree, &tree.root().display().to_string(), args)
    }
}

/// Builds or updates the index of a tree that is called `root`.
///
/// # Errors
/// If the index can't be written.
pub(super) fn build(cache: &Cache, tree: &Tree, root: &str, args: &IndexArgs) -> Result<Outcome> {
    let observer = Progress {
        bar: OnceLock::new(),
        done: AtomicU64::new(0),
        draws: io::stderr().is_terminal() && !args.verbose,
        verbose: args.verbose,
        is_tree: tree.looks_like_source(),
    };
    let (idioms, extent) = (code::idioms(), args.extent());
    let outcome = match args.rebuild {
        true => build::rebuild_with(cache, tree, &idioms, extent, &observer),
        false => build::update_with(cache, tree, &idioms, extent, &observer),
    };
    if let Some(bar) = observer.bar.get() {
        bar.finish_and_clear();
    }
    // What was done is the answer, and goes where answers go; a script without a terminal
    // hears nothing, unless it keeps a log.
    let speaks = args.verbose || io::stderr().is_terminal() || is_log();
    let say = |line: String| print_page(&format!("{line}\n"), Content::Text);
    match outcome.with_context(|| format!("the index of {root} can't be built"))? {
        build::Outcome::Published(report) => {
            if let Some(why) = &report.discarded {
                tell(format!("{why}; built again"));
            }
            if speaks {
                say(format!("{root}: {}", summary_of(&report)))?;
            }
        }
        build::Outcome::Current if speaks => say(format!("{root}: the index is up to date"))?,
        build::Outcome::Another => {
            tell(format!("{root}: another kgrep was at work; its index is used"));
        }
        build::Outcome::Current => {}
    }
    Ok(Outcome::Found)
}

/// Whether standard output is a file that somebody wants to read later.
fn is_log() -> bool {
    let stat = rustix::fs::fstat(rustix::stdio::stdout());
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
}

/// More files than this are worth a warning where nothing says that this is a source tree.
const VERY_MANY_FILES: u64 = 200_000;

fn summary_of(report: &Report) -> String {
    format!(
        "{} {} of {}, {}, in {:.1?}",
        if report.whole { "indexed" } else { "updated" },
        HumanCount(report.files_read),
        counted(report.files, "file"),
        HumanBytes(report.bytes_read),
        report.time,
    )
}

/// Updates for a search that found much changed. Nobody hears of a failure: the next
/// `kgrep index` will say it.
fn background(cache: &Cache, tree: &Tree) -> Result<Outcome> {
    build::update_with(cache, tree, &code::idioms(), None, &InPassing)?;
    Ok(Outcome::Found)
}

/// Leaves the terminal and steps back: neither a closed terminal nor a busy machine should
/// feel an update in the background.
fn detach() {
    let _ = rustix::process::setsid();
    let _ = rustix::process::nice(BACKGROUND_NICE);
}

/// Says nothing, and waits for nobody.
struct InPassing;

impl Observer for InPassing {
    fn waiting(&self) -> bool {
        false
    }

    fn freed(&self) {
        room::trim();
    }
}

/// Says what the index of a tree that is called `root` is.
///
/// # Errors
/// If the index can't be read.
pub(super) fn status(cache: &Cache, tree: &Tree, root: &str, as_json: bool) -> Result<Outcome> {
    let Some(index) = Index::open(cache, tree)? else {
        tell(format!("{root} has no index; `kgrep index` builds it"));
        return Ok(Outcome::Nothing);
    };
    let (stats, fresh) = (index.stats(), index.refresh(&Scope::whole())?);
    let home = cache.home(tree);
    let is_usable = stats.code && index.is_made_with(&code::idioms());
    let mut page = String::new();
    if as_json {
        let states: serde_json::Map<_, _> = stats
            .states
            .iter()
            .map(|(state, count)| (reason(*state).to_owned(), json!(count)))
            .collect();
        let value = json!({
            "tree": tree.root().to_string_lossy(),
            "index": home.to_string_lossy(),
            "built": iso(stats.built),
            "format": stats.format,
            "code": stats.code,
            "code_usable": is_usable,
            "files": states,
            "unread_folders": stats.opaque_folders,
            "text_bytes": stats.text_bytes,
            "index_bytes": stats.index_bytes,
            "shared_bytes": cache.size(tree).shared,
            "graph_bytes": stats.graph_bytes,
            "catalog_bytes": stats.catalog_bytes,
            "segments": stats.segments,
            "changed": fresh.changed,
            "racy": fresh.racy,
            "added": fresh.added,
            "removed": fresh.removed,
            "new_folders": fresh.folders_added,
            "current": fresh.is_current(),
        });
        page.push_str(&format!("{value}\n"));
    } else {
        describe(&mut page, &stats, is_usable, cache.size(tree), &fresh);
        for path in index.not_outlined().iter().filter(|_| stats.code) {
            let path = path_text(Path::new(OsStr::from_bytes(path)));
            page.push_str(&format!("{:11} {path}: larger than 64 MiB, its code is not read\n", ""));
        }
        page.insert_str(
            0,
            &format!("tree        {}\nindex       {}\n", path_text(tree.root()), path_text(&home)),
        );
    }
    print_page(&page, content(as_json))?;
    Ok(Outcome::Found)
}

/// The status, for people: one line per fact.
fn describe(page: &mut String, stats: &Stats, is_usable: bool, size: IndexSize, fresh: &Fresh) {
    let percent = match stats.text_bytes {
        0 => String::new(),
        text => format!(", {:.1} % of the text", 100.0 * stats.index_bytes as f64 / text as f64),
    };
    let mut line = |key: &str, value: String| page.push_str(&format!("{key:11} {value}\n"));
    line("built", when(Some(stats.built)));
    line("format", stats.format.to_string());
    line(
        "code",
        match stats.code {
            true => HumanBytes(stats.graph_bytes).to_string(),
            false => "not indexed (`kgrep index --code`)".to_owned(),
        },
    );
    if stats.code && !is_usable {
        line(
            "",
            "of other idioms: questions about code don't use it, `kgrep index` renews it"
                .to_owned(),
        );
    }
    line(
        "catalog",
        match stats.catalog_bytes {
            0 => "none (`kgrep index --code`)".to_owned(),
            bytes => HumanBytes(bytes).to_string(),
        },
    );
    line(
        "size",
        format!(
            "{} in {}{percent}",
            HumanBytes(stats.index_bytes),
            counted(stats.segments as u64, "segment")
        ),
    );
    if size.shared > 0 {
        line("", format!("{} of these shared with other indexes", HumanBytes(size.shared)));
    }
    line(
        "files",
        format!(
            "{} indexed, {}",
            HumanCount(stats.states.get(&State::Text).copied().unwrap_or(0)),
            HumanBytes(stats.text_bytes)
        ),
    );
    for (state, count) in stats.states.iter().filter(|(state, _)| **state != State::Text) {
        line("", format!("{} read by every search: {}", HumanCount(*count), reason(*state)));
    }
    if stats.opaque_folders > 0 {
        let count = counted(stats.opaque_folders, "folder");
        line("", format!("{count} not looked into (ignored, unreadable, or .git)"));
    }
    line("since then", since(fresh));
}

/// What changed since the index was made.
fn since(fresh: &Fresh) -> String {
    let Fresh { changed, added, removed, folders_added, .. } = fresh;
    if fresh.is_current() {
        return "nothing changed".to_owned();
    }
    format!(
        "{} changed, {added} added, {removed} removed, {}{}",
        counted(*changed, "file"),
        counted(*folders_added, "new folder"),
        if fresh.changes() == 0 { "; ignore rules may have changed" } else { "" }
    )
}

/// Why files in this state are, or are not, indexed.
fn reason(state: State) -> &'static str {
    match state {
        State::Text => "indexed",
        State::Racy => "written during the build",
        State::Ignored => "left out by ignore rules",
        State::Unreadable => "unreadable",
        State::Utf16 => "UTF-16",
        State::Dense => "dense binary",
    }
}

fn remove(cache: &Cache, tree: &Tree) -> Result<Outcome> {
    let home = cache.home(tree);
    let bytes = cache.list()?.into_iter().find(|entry| entry.dir == home);
    let bytes = bytes.map_or(0, |entry| entry.size.bytes);
    if cache.remove(tree)? {
        tell(format!("removed the index of {}, {}", tree.root().display(), HumanBytes(bytes)));
        return Ok(Outcome::Found);
    }
    tell(format!("{} has no index", tree.root().display()));
    Ok(Outcome::Nothing)
}

/// Verifies the index of a tree.
///
/// # Errors
/// If it is damaged.
pub(super) fn check(cache: &Cache, tree: &Tree) -> Result<Outcome> {
    let Some(index) = Index::open(cache, tree)? else {
        tell(format!("{} has no index; `kgrep index` builds it", tree.root().display()));
        return Ok(Outcome::Nothing);
    };
    let checked = build::check::check(&index).context("`kgrep index --rebuild` builds it again")?;
    let line = format!(
        "{}: intact; {} of checksums, {} read again\n",
        path_text(tree.root()),
        HumanBytes(checked.bytes),
        counted(checked.files, "file")
    );
    print_page(&line, Content::Text)?;
    Ok(Outcome::Found)
}

fn list(cache: &Cache, session: &Session, as_json: bool) -> Result<Outcome> {
    let entries = cache.list()?;
    let kept = Kept::new(&session.cache);
    let mut page = String::new();
    if as_json {
        for entry in &entries {
            let value = json!({
                "tree": entry.root.as_ref().map(|root| root.to_string_lossy()),
                "revision": label(&kept, entry).map(|label| label.name),
                "index": entry.dir.to_string_lossy(),
                "bytes": entry.size.bytes,
                "shared_bytes": entry.size.shared,
                "last_used": entry.last_used.map(iso),
                "gone": entry.state == EntryState::Gone,
                "unfinished": entry.state == EntryState::Unfinished,
                "problem": problem(entry.state),
            });
            page.push_str(&format!("{value}\n"));
        }
    } else {
        for entry in &entries {
            page.push_str(&row(&kept, entry));
        }
    }
    print_page(&page, content(as_json))?;
    Ok(if entries.is_empty() { Outcome::Nothing } else { Outcome::Found })
}

/// The revision that an index is of.
fn label(kept: &Kept, entry: &Entry) -> Option<Label> {
    kept.holding(entry.root.as_ref()?)?.label
}

fn row(kept: &Kept, entry: &Entry) -> String {
    let note = match problem(entry.state) {
        Some(why) if entry.state.is_orphaned() => format!("  ({why}; --prune removes it)"),
        Some(why) => format!("  ({why})"),
        None => String::new(),
    };
    let tree = entry.root.as_ref().unwrap_or(&entry.dir);
    // Formatted first: indicatif's types don't pad themselves.
    let size = HumanBytes(entry.size.bytes).to_string();
    let tree = match label(kept, entry) {
        Some(label) => path_text(Path::new(&revisions::called(&label))),
        None => path_text(tree),
    };
    format!("{size:>12}  {}  {tree}{note}\n", when(entry.last_used))
}

/// What keeps an index from being used.
fn problem(state: EntryState) -> Option<String> {
    Some(match state {
        EntryState::Used => return None,
        EntryState::Gone => "the tree is gone".to_owned(),
        EntryState::Away => "the tree is away, perhaps on a disk that is not mounted".to_owned(),
        EntryState::Unfinished => "unfinished".to_owned(),
        EntryState::Damaged => "can't be read".to_owned(),
        EntryState::OtherFormat(format) => format!("format {format}, of another kgrep"),
    })
}

fn prune(cache: &Cache, session: &Session) -> Result<Outcome> {
    let gone = revisions::prune(&Kept::new(&session.cache), cache)?;
    let pruned = cache.prune()?;
    for entry in &pruned.removed {
        let tree = entry.root.as_ref().unwrap_or(&entry.dir).display();
        let why = problem(entry.state).unwrap_or_default();
        tell(format!("removed the index of {tree}, {}: {why}", HumanBytes(entry.size.bytes)));
    }
    for entry in cache.list()? {
        if let Some(why) = problem(entry.state) {
            tell(format!("kept {}: {why}; `rm -r` removes it", entry.dir.display()));
        }
    }
    pruned.left.iter().for_each(|error| tell(error.to_string()));
    Ok(match (pruned.left.is_empty(), pruned.removed.is_empty()) {
        (false, _) => Outcome::Problems,
        (true, true) if gone == 0 => Outcome::Nothing,
        (true, _) => Outcome::Found,
    })
}

/// A path for people: on a terminal in one line, whatever is in it.
pub(super) fn path_text(path: &Path) -> String {
    match io::stdout().is_terminal() {
        true => String::from_utf8_lossy(&visible(path.as_os_str().as_bytes())).into_owned(),
        false => path.display().to_string(),
    }
}

fn content(as_json: bool) -> Content {
    if as_json { Content::Json } else { Content::Text }
}

/// A moment in local time, to the minute.
fn when(time: Option<SystemTime>) -> String {
    time.and_then(|time| jiff::Timestamp::try_from(time).ok())
        .map(|stamp| stamp.to_zoned(jiff::tz::TimeZone::system()))
        .map_or_else(|| "never".to_owned(), |local| local.strftime("%Y-%m-%d %H:%M").to_string())
}

/// A moment for programs, in UTC: `2026-11-21T09:05:07Z`.
fn iso(time: SystemTime) -> Option<String> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let stamp = jiff::Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()?;
    Some(stamp.to_string())
}

/// Shows how far a build is.
struct Progress {
    bar: OnceLock<ProgressBar>,
    /// Files read so far.
    done: AtomicU64,
    /// A bar is drawn.
    draws: bool,
    /// Lines are printed.
    verbose: bool,
    /// The folder has the marks of a source tree.
    is_tree: bool,
}

impl Observer for Progress {
    fn waiting(&self) -> bool {
        tell("another kgrep is building this index; waiting for it");
        true
    }

    fn start(&self, files: u64, bytes: u64) {
        if self.verbose {
            tell(format!("{} to read, {}", counted(files, "file"), HumanBytes(bytes)));
        }
        if !self.is_tree && files > VERY_MANY_FILES && io::stderr().is_terminal() {
            tell(format!(
                "{} here, but neither a .git nor a kernel: is this the folder you mean? Ctrl-C \
                 stops, and --prune removes what is left behind",
                counted(files, "file")
            ));
        }
        if self.draws {
            let style = ProgressStyle::with_template(
                "{prefix} [{bar:30}] {bytes}/{total_bytes}, {msg} files, {eta} left",
            );
            let bar = ProgressBar::new(bytes).with_prefix("indexing").with_message("0");
            let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            crate::waiting::is_drawn_by(&bar);
            let _ = self.bar.set(bar);
        }
    }

    fn progress(&self, files: u64, bytes: u64) {
        if let Some(bar) = self.bar.get() {
            let done = self.done.fetch_add(files, Ordering::Relaxed) + files;
            bar.set_message(HumanCount(done).to_string());
            bar.inc(bytes);
        }
    }

    fn writing(&self) {
        if self.verbose {
            tell("all files are read; writing the index");
        }
        if let Some(bar) = self.bar.get() {
            // A full bar that stands still looks like the end, or like a hang.
            let style = ProgressStyle::with_template("{spinner} writing the index, {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(120));
        }
    }

    fn freed(&self) {
        room::trim();
    }
}
