//! `kgrep -s COMMAND`, `kgrep --interactive` and `kgrep` alone: which list is meant,
//! and what is done with it.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::browse;
use super::lists::command_line;
use super::screen::{Asked, Screen};
use super::show::{self, Changed, Ended, Searched, Stage};
use super::{Outcome, Session, at, search, session};
use crate::cli::{self, Cli, CommonArgs, ListArgs, Root, SearchArgs, Stop};
use crate::folders;
use crate::list::{FollowUp, LeftOut, ListError, Shelved, Terminal, View, parse, parse_args};
use crate::message::tell;
use crate::render::{Content, Facts, Look, print_page};
use crate::request::stdin_is_readable;
use crate::settings::Prompt;

/// True when the command line asks for a follow-up: with `-s`, with `--interactive`,
/// or by saying nothing about a search, neither with arguments nor with a pipe that
/// could be searched.
pub(crate) fn is_meant(root: &Root) -> bool {
    root.list.show.is_some()
        || root.list.interactive
        || (!names_a_pattern(&root.search) && root.search_flag.is_none() && !stdin_is_readable())
}

/// Whether a search is asked for.
pub(super) fn names_a_pattern(args: &SearchArgs) -> bool {
    args.pattern.is_some() || !args.regexp.is_empty() || !args.pattern_files.is_empty()
}

/// Runs the follow-up, then the shell if it was asked for.
///
/// `--interactive` with a pattern searches first. A follow-up that fails does not keep
/// the shell from coming.
///
/// # Errors
/// When there is no list; without the shell, also when the line is no follow-up, or it
/// can't be done.
pub(crate) fn run(root: &Root, session: &Session) -> Result<Outcome> {
    let facts = Facts::of_stdout();
    let problems = Cell::new(false);
    let mut search = |asked: Asked<'_>| {
        let (outcome, found) = answered(asked, root, session)?;
        problems.set(problems.get() || outcome == Outcome::Problems);
        Ok(found)
    };
    let mut screen = Screen::new(&session.settings, facts, &mut search, root.list.patch);
    let mut steps = root.list.show.as_ref().map(|show| parse_args(show, &root.show_words));
    let interactive = root.list.interactive;
    if let Some(line) = steps.take_if(|_| !interactive) {
        // What is wrong with the line is told before what is wrong with the list, and
        // help needs none.
        let line = line?;
        if line.iter().all(|step| step.command == FollowUp::Help) {
            screen.help()?;
            return Ok(Outcome::Found);
        }
        steps = Some(Ok(line));
    }
    let searches = names_a_pattern(&root.search);
    if steps.is_none()
        && !searches
        && let Some(flag) = &root.search_flag
    {
        bail!("no pattern given for {flag}; see kgrep -h");
    }
    let mut view = if steps.is_none() && searches {
        match search::find(&root.search, session, false)? {
            (_, Some(list)) => View::new(list),
            (outcome, None) => return Ok(outcome),
        }
    } else {
        View::new(list_or_newest(root.list.list, session)?.list)
    };
    let reads_files = steps.iter().flatten().flatten().any(|step| step.command.reads_files());
    if interactive || reads_files {
        at::laid_out_again(view.list().meta(), &session.cache)?;
    }
    if interactive {
        let bold = Look::new(&session.settings, facts, b"").color;
        let counts = session.settings.prompt.value == Prompt::Rows;
        show::interactive(&mut view, &mut screen, steps, (bold, counts))?;
        return Ok(Outcome::Found);
    }
    let steps = steps.unwrap_or_else(|| parse("print"))?;
    let ended = show::run(&mut view, &mut screen, &steps, Changed::Printed)?;
    Ok(match ended {
        _ if screen.failed() || problems.get() => Outcome::Problems,
        Ended::Nothing => Outcome::Nothing,
        Ended::Done | Ended::Quit => Outcome::Found,
    })
}

/// What the screen asks for: a search, a command, or the whole screen.
fn answered(asked: Asked<'_>, root: &Root, session: &Session) -> Result<(Outcome, Searched)> {
    match asked {
        Asked::Search(folder, args) => in_folder(folder, || searched(args, root))?,
        Asked::Command(folder, words) => commanded(folder, words, root, session),
        Asked::Browse(view) => {
            let view = browse::on_view(*view, root, session)?;
            Ok((Outcome::Found, Searched::Found(Box::new(view))))
        }
    }
}

/// The list named by `number`, else the newest one of this terminal, else the newest.
/// A negative number counts back from that one.
pub(super) fn list_or_newest(number: Option<i64>, session: &Session) -> Result<Shelved> {
    let back = match number {
        Some(number @ 0..) => return numbered(number.unsigned_abs(), session),
        other => other.unwrap_or(0).unsigned_abs(),
    };
    let terminal = Terminal::current();
    let shelf = &session.shelf;
    let mut left_out = LeftOut::default();
    if back == 0 {
        let latest = shelf.latest(terminal, &mut left_out);
        if let Some(line) = left_out.line() {
            tell(line);
        }
        let latest = latest?;
        if shelf.is_read_only() {
            tell(match &latest {
                Some(Shelved { number, list }) => format!(
                    "{} can't be written, so that newer lists are not kept: this is list {number}, \
                     of `kgrep {}`",
                    shelf.folder().display(),
                    command_line(list.meta())
                ),
                None => format!(
                    "{} can't be written, so that no list is kept",
                    shelf.folder().display()
                ),
            });
        }
        return latest.context("there is no list yet: search for something first");
    }
    let back = usize::try_from(back).unwrap_or(usize::MAX);
    let is_own = |shelved: &Shelved| shelved.list.meta().terminal == terminal;
    let has_own = shelf.all(&mut left_out)?.any(|shelved| is_own(&shelved));
    let mut lists = shelf.all(&mut left_out)?.filter(|shelved| !has_own || is_own(shelved));
    lists.nth(back).with_context(|| {
        format!("there are no {back} lists before the newest one (`kgrep lists` shows them)")
    })
}

/// The list called `number`.
///
/// # Errors
/// If there is no such list, or it can't be read.
pub(crate) fn numbered(number: u64, session: &Session) -> Result<Shelved> {
    session.shelf.get(number).map_err(|error| match error {
        ListError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            anyhow::anyhow!("no list {number}; `kgrep lists` shows which there are")
        }
        error => anyhow::anyhow!("list {number}: {error}"),
    })
}

/// `g ARGS…`: a search as on the command line, printed the way this command prints.
fn searched(args: &[OsString], outer: &Root) -> Result<(Outcome, Searched)> {
    let parsed = match cli::parse_grep(args) {
        Ok(parsed) => parsed,
        Err(Stop::Page(text)) => {
            print_page(&text, Content::Styled)?;
            return Ok((Outcome::Found, Searched::Told));
        }
        Err(wrong) => bail!("grep: {wrong}"),
    };
    let lists_types = parsed.search.type_list;
    anyhow::ensure!(lists_types || names_a_pattern(&parsed.search), "grep requires a pattern");
    let root = Root {
        search: parsed.search,
        common: inherited(parsed.common, &outer.common),
        list: ListArgs { max_list: outer.list.max_list, ..ListArgs::default() },
        ..Root::default()
    };
    let cli = Cli { command: None, root };
    let (outcome, list) = at::within(&cli, false, folders::cache, |cli| {
        search::find(&cli.root.search, &session(&cli.root, args)?, false)
    })?;
    Ok(match (outcome, list) {
        (outcome, Some(list)) => (outcome, Searched::Found(Box::new(View::new(list)))),
        (outcome, None) if lists_types => (outcome, Searched::Told),
        (outcome, None) => (outcome, Searched::Nothing),
    })
}

/// `def kfree`: a command as on the command line, asked in the list's folder, and the list that
/// it made.
pub(super) fn commanded(
    folder: &[u8],
    words: &[OsString],
    outer: &Root,
    session: &Session,
) -> Result<(Outcome, Searched)> {
    let mut args = vec![OsString::from("kgrep")];
    args.extend_from_slice(words);
    let mut cli = match cli::parse(&args) {
        Ok(cli) => cli,
        Err(Stop::Page(text)) => {
            print_page(&text, Content::Styled)?;
            return Ok((Outcome::Found, Searched::Told));
        }
        Err(wrong) => bail!("{wrong}"),
    };
    cli.root.common = inherited(cli.root.common, &outer.common);
    let newest = || session.shelf.latest(Terminal::current(), &mut LeftOut::default());
    let before = newest().ok().flatten().map(|shelved| shelved.number);
    let outcome = in_folder(folder, || super::run_until(&cli, &args, &session.cancel))??;
    let found = newest()?.filter(|shelved| Some(shelved.number) != before);
    Ok(match found {
        Some(shelved) => (outcome, Searched::Found(Box::new(View::new(shelved.list)))),
        None if outcome == Outcome::Found => (outcome, Searched::Told),
        None => (outcome, Searched::Nothing),
    })
}

/// Asks in a folder; in the current one where none is said.
///
/// # Errors
/// When it can't be gone to, or not back.
pub(super) fn in_folder<T>(folder: &[u8], ask: impl FnOnce() -> T) -> Result<T> {
    let here = folders::current()?;
    let folder = if folder.is_empty() { &here } else { Path::new(OsStr::from_bytes(folder)) };
    std::env::set_current_dir(folder)
        .with_context(|| format!("can't ask in {}", folder.display()))?;
    let answer = ask();
    std::env::set_current_dir(&here)
        .with_context(|| format!("can't go back to {}", here.display()))?;
    Ok(answer)
}

/// The display flags in force: `inner`'s, and where it has none, `outer`'s.
pub(super) fn inherited(inner: CommonArgs, outer: &CommonArgs) -> CommonArgs {
    CommonArgs {
        layout: inner.layout.or(outer.layout),
        format: inner.format().or(outer.format()),
        json: false,
        vimgrep: false,
        color: inner.color.or(outer.color),
        hyperlink: inner.hyperlink.or(outer.hyperlink),
        highlight: inner.highlight.or(outer.highlight),
        theme: inner.theme.or_else(|| outer.theme.clone()),
        arch: inner.arch.or_else(|| outer.arch.clone()),
        kconfig: inner.kconfig.or_else(|| outer.kconfig.clone()),
        at: inner.at,
        git: inner.git,
        no_header: inner.no_header || outer.no_header,
        no_less: inner.no_less || outer.no_less,
        no_config: inner.no_config || outer.no_config,
    }
}
