//! `kgrep diff`: what one kernel does differently from another, as a numbered list of
//! hunks, as counts, in kernel terms, or as a patch.
//!
//! `sides` reads the arguments, `pass` goes through the difference and `pick` leaves the
//! hunks that are asked for, `place` says
//! where each of them is, `lister` numbers and prints them. `answer` goes above the list
//! where a pattern was given; the other files are the other shapes of an answer. The
//! engine is [`crate::diff`].

mod again;
mod answer;
mod applied;
mod behind;
mod built;
mod by;
mod export;
mod kind;
pub(crate) mod lister;
mod pass;
mod pick;
pub(crate) mod place;
mod sides;
mod summary;
mod verdicts;
mod whole;

use std::borrow::Cow;

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Differ;

use self::answer::Answer;
use self::behind::Behind;
use self::built::BuiltSides;
use self::lister::Lister;
use self::pass::Pass;
use self::pick::{Names, Pick};
use self::place::Placer;
use self::sides::Sides;
use self::summary::{Gatherer, Summary};
use self::whole::Drawer;
use super::{Outcome, Session};
use crate::cli::{self, DiffArgs};
use crate::diff::filter::Within;
use crate::diff::model::FileChange;
use crate::message::tell;
use crate::render::{Facts, Look};
use crate::search::SearchRequest;
use crate::settings::Format;

pub(crate) use again::{lists_hunks, print as print_hunks};
pub(crate) use behind::series_of;
pub(crate) use sides::below;

/// Finds the difference and shows it as asked for.
///
/// # Errors
/// When a side can't be read, the arguments can't be used, or nothing can be written.
pub(crate) fn run(args: &DiffArgs, session: &Session) -> Result<Outcome> {
    let base = crate::folders::current()?;
    let (sides, word) = sides::sides(args, &base)?;
    let differ = differ(args, sides, word);
    let sides = &differ.sides;
    let names = Names::new(&differ, BuiltSides::new(sides, &base, session)?)?;
    // A wrong pattern is told before minutes are spent on two trees.
    let pick = if args.kind.is_some() { None } else { Pick::new(&differ)? };
    let mut set = sides::load(sides, &base)?;
    for problem in set.notes.iter().chain(&set.problems) {
        tell(told(problem, &base));
    }
    let mut problems = !set.problems.is_empty();
    let behind = behind(&differ, &base)?;
    let asked =
        Asked { args, session, base: &base, differ: &differ, sides, behind: behind.as_ref() };
    let outcome = if args.applied {
        applied::run(&asked, &set, pick.as_ref(), &names)?
    } else {
        names.narrow(&mut set);
        let pass = Pass::new(&set, sides, &base, pick.as_ref());
        let outcome = show(&asked, &pass, word)?;
        for problem in pass.problems() {
            problems = true;
            tell(told(&problem, &base));
        }
        outcome
    };
    Ok(if problems { Outcome::Problems } else { outcome })
}

/// What is asked, as it is kept with the list.
fn differ(args: &DiffArgs, sides: Sides, word: Option<&std::ffi::OsString>) -> Differ {
    let search = crate::request::pattern(&args.pattern.to_search(word));
    Differ {
        sides,
        search: SearchRequest { invert_match: args.pattern.invert_match, ..search },
        within: args.within.map_or(Within::Changes, Within::from),
        patches: args.patches.clone(),
        applied: args.applied,
        of_names: args.kind.is_some(),
    }
}

impl From<cli::Within> for Within {
    fn from(within: cli::Within) -> Within {
        match within {
            cli::Within::Added => Within::Added,
            cli::Within::Removed => Within::Removed,
            cli::Within::Context => Within::Context,
            cli::Within::Message => Within::Message,
            cli::Within::Any => Within::Any,
        }
    }
}

/// What every shape of the answer needs.
struct Asked<'a> {
    args: &'a DiffArgs,
    session: &'a Session,
    base: &'a std::path::Path,
    differ: &'a Differ,
    sides: &'a Sides,
    behind: Option<&'a Behind>,
}

impl Asked<'_> {
    fn look(&self) -> Look {
        let folder = std::os::unix::ffi::OsStrExt::as_bytes(self.base.as_os_str());
        Look::new(&self.session.settings, Facts::of_stdout(), folder)
    }

    /// What the list keeps, so that it can be asked again.
    fn request(&self) -> Option<Request> {
        Some(Request::Differ(Box::new(self.differ.clone())))
    }
}

/// Shows what is asked for of the difference.
fn show(asked: &Asked<'_>, pass: &Pass<'_>, word: Option<&std::ffi::OsString>) -> Result<Outcome> {
    let placer = Placer::new(asked.base, asked.sides, pass.pick, asked.behind);
    let format = asked.session.settings.format.value;
    match asked.args {
        args if args.pattern.quiet => any(pass),
        DiffArgs { by: Some(by), .. } => by::run(asked, pass, &placer, *by),
        DiffArgs { kind: Some(kind), .. } => kind::run(asked, pass, &placer, *kind, word),
        DiffArgs { stat: true, .. } => export::stat(asked, pass),
        _ if format == Format::Patch => export::patch(pass),
        _ => list(asked, pass, &placer),
    }
}

/// Whether there is anything that is asked for.
fn any(pass: &Pass<'_>) -> Result<Outcome> {
    let mut any = false;
    pass.each(
        |_, _| (),
        |()| {
            any = true;
            Ok(false)
        },
    )?;
    Ok(found(any))
}

/// The numbered list, with the answer above it.
fn list(asked: &Asked<'_>, pass: &Pass<'_>, placer: &Placer<'_>) -> Result<Outcome> {
    let set = pass.set;
    let look = asked.look();
    let settings = &asked.session.settings;
    let format = settings.format.value;
    let whole = asked.args.whole;
    let mut drawer = whole.then(|| Drawer::new(settings, &look)).transpose()?;
    let mut json = (format == Format::Json && !whole).then(export::Json::default);
    let own_print = drawer.is_some() || json.is_some();
    let meta = lister::meta(asked.session, placer.columns(), asked.request())?;
    let mut lister = Lister::new(asked.session, &look, meta, !own_print);
    let mut answer = Answer::default();
    let wants_lead = !own_print && format == Format::Table && settings.header.value;
    let gatherer = if wants_lead && pass.pick.is_none() { Gatherer::new(asked) } else { None };
    let mut summary = Summary::default();
    pass.each(
        |at, file| {
            let gathered = gatherer.as_ref().map(|gatherer| gatherer.of(placer, at, &file));
            let rows = placer.rows(set, &file);
            // A row has all that a table needs; the hunk behind it need not wait for its turn.
            let file = match file {
                Cow::Owned(file) if !own_print => {
                    Cow::Owned(FileChange { hunks: Vec::new(), ..file })
                }
                file => file,
            };
            (file, rows, gathered)
        },
        |(file, rows, gathered)| {
            gathered.into_iter().for_each(|gathered| summary.add(gathered));
            let mut drawn = Vec::new();
            let entries = file.entries(set.patches.get(file.patch)).map(Some);
            for (row, entry) in rows.iter().zip(entries.chain(std::iter::repeat(None))) {
                let index = lister.push(row)?;
                answer.note(file.name(), row);
                if let (Some(json), Some(entry)) = (&mut json, &entry) {
                    json.row(index, entry, row)?;
                }
                drawn.extend(index.zip(entry));
            }
            if let Some(drawer) = &mut drawer {
                drawer.file(&drawn)?;
            }
            Ok(true)
        },
    )?;
    let lead = match pass.pick.filter(|_| wants_lead) {
        Some(pick) => answer.text(asked, pick, &look, lister.len())?,
        None => summary.text(asked, set, &look),
    };
    let (outcome, _) = lister.finish(&lead)?;
    json.map_or(Ok(()), export::Json::finish)?;
    drawer.map_or(Ok(()), Drawer::finish)?;
    Ok(outcome)
}

/// The distribution's patches, named or found.
fn behind(differ: &Differ, base: &std::path::Path) -> Result<Option<Behind>> {
    match (&differ.patches, &differ.sides) {
        (Some(path), _) => Behind::load(&base.join(path)).map(Some),
        (None, Sides::Folders { new, .. }) => Ok(Behind::found(&base.join(new))),
        _ => Ok(None),
    }
}

fn told(problem: &crate::diff::model::Problem, base: &std::path::Path) -> String {
    let path = problem.path.strip_prefix(base).unwrap_or(&problem.path).display();
    match problem.line {
        0 => format!("{path}: {}", problem.what),
        line => format!("{path}:{line}: {}", problem.what),
    }
}

fn found(found: bool) -> Outcome {
    if found { Outcome::Found } else { Outcome::Nothing }
}
