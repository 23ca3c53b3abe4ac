//! `kgrep diff`: what one kernel does differently from another, as a numbered list of
//! hunks, as counts, in kernel terms, or as a patch.
//!
//! `sides` reads the arguments, [`kgrep_engine::compare`] goes through the difference and says
//! where each hunk is, `lister` numbers and prints them. `answer` goes above the list
//! where a pattern was given; the other files are the other shapes of an answer.

mod again;
mod answer;
mod applied;
mod by;
mod export;
mod kind;
mod sides;
mod summary;
mod verdicts;
mod whole;

use std::borrow::Cow;

use anyhow::{Result, bail};
use kgrep_engine::compare::{Behind, BuiltSides, Names, Pass, Pick, Placer, behind, problem_text};
use kgrep_engine::request::Differ;
use kgrep_engine::{Note, Request};
use serde_json::{Value, json};

use self::answer::Answer;
use self::sides::Sides;
use self::summary::{Gatherer, Summary};
use self::whole::Drawer;
use super::lister::{self, Lister};
use super::{Outcome, Session};
use crate::cli::{self, DiffArgs};
use crate::code;
use crate::diff::filter::Within;
use crate::diff::model::{DiffSet, FileChange, Problem};
use crate::list::{List, Meta};
use crate::message::tell;
use crate::notes;
use crate::render::{Facts, Look, Totals};
use crate::search::SearchRequest;
use crate::settings::{Format, Origin};

pub(crate) use again::{lists_hunks, print as print_hunks};

/// Finds the difference and shows it as asked for.
///
/// # Errors
/// When a side can't be read, the arguments can't be used, or nothing can be written.
pub(crate) fn run(args: &DiffArgs, session: &Session) -> Result<Outcome> {
    let base = crate::folders::current()?;
    let (sides, word) = sides::sides(args, &base)?;
    let differ = differ(args, sides, word);
    let sides = &differ.sides;
    let names = Names::new(&differ, built(sides, &base, session)?)?;
    // A wrong pattern is told before minutes are spent on two trees.
    let pick = if args.kind.is_some() { None } else { Pick::new(&differ, &notes::sink())? };
    let (mut set, compared) = sides::counted(sides, &base, &session.cancel)?;
    for problem in set.notes.iter().chain(&set.problems) {
        tell(problem_text(problem, &base));
    }
    let mut problems = !set.problems.is_empty();
    let behind = behind(&differ, &base)?;
    let looked = Looked { compared, differ: set.files.len(), ..Looked::of(&set, &base, session)? };
    let mut asked = Asked {
        args,
        session,
        base: &base,
        differ: &differ,
        sides,
        behind: behind.as_ref(),
        looked,
    };
    let outcome = if args.applied {
        applied::run(&asked, &set, pick.as_ref(), &names)?
    } else {
        if let Some(note) = names.narrow(&mut set) {
            notes::tell(&note);
            if let Note::FilesNotBuilt { hidden, .. } = note {
                asked.looked.left_out += hidden;
            }
        }
        let pass = Pass::new(&set, sides, &base, pick.as_ref(), &session.cancel);
        let outcome = show(&asked, &pass, word)?;
        for problem in pass.problems() {
            problems = true;
            tell(problem_text(&problem, &base));
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
    looked: Looked,
}

/// What an answer covers.
#[derive(Default)]
struct Looked {
    /// How many files of two folders were compared.
    compared: Option<u64>,
    /// How many files differ, or are in the patches.
    differ: usize,
    /// How many patches were read.
    patches: Option<usize>,
    /// Whether a configuration says what counts, and how many files it left out.
    configured: bool,
    left_out: u64,
    /// What could not be read or understood, and why.
    problems: Vec<String>,
}

impl Looked {
    fn of(set: &DiffSet, base: &std::path::Path, session: &Session) -> Result<Looked> {
        Ok(Looked {
            patches: set
                .patches
                .iter()
                .any(|patch| !patch.name.is_empty())
                .then_some(set.patches.len()),
            configured: code::kconfig(session)?.is_some(),
            problems: set.problems.iter().map(|problem| problem_text(problem, base)).collect(),
            ..Looked::default()
        })
    }
}

impl Asked<'_> {
    fn look(&self) -> Look {
        let folder = std::os::unix::ffi::OsStrExt::as_bytes(self.base.as_os_str());
        Look::new(&self.session.settings, Facts::of_stdout(), folder)
    }

    /// A list that `meta` describes. Unless `prints`, it is only kept.
    fn lister<'l>(&'l self, look: &'l Look, meta: Meta, prints: bool) -> Lister<'l> {
        match prints {
            true => Lister::printing(self.session, look, meta),
            false => Lister::new(self.session, meta, None),
        }
    }

    /// What the answer covers, for programs; `further` could not be read on the way, and of its
    /// entries not all may have a number.
    fn coverage(&self, further: &[Problem], is_full: bool) -> Value {
        let Looked { compared, differ, patches, configured, left_out, problems } = &self.looked;
        let further = further.iter().map(|problem| problem_text(problem, self.base));
        let problems: Vec<String> = problems.iter().cloned().chain(further).collect();
        let known = [
            ("compared", json!(compared)),
            ("differ", json!(differ)),
            ("patches", json!(patches)),
            ("configured", Some(true).filter(|_| *configured).into()),
            ("left_out", Some(*left_out).filter(|files| *files > 0).into()),
            ("complete", json!(problems.is_empty() && !is_full)),
            ("problems", Some(problems).filter(|problems| !problems.is_empty()).into()),
        ];
        let known = known.into_iter().filter(|(_, value)| !value.is_null());
        known.map(|(name, value)| (name.to_owned(), value)).collect()
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
    pass.each::<_, anyhow::Error>(
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
    let mut lister = asked.lister(&look, meta, !own_print);
    let mut answer = Answer::default();
    let wants_lead = !own_print && format == Format::Table && settings.header.value;
    let gatherer = if wants_lead && pass.pick.is_none() { Gatherer::new(asked) } else { None };
    let mut summary = Summary::default();
    pass.each::<_, anyhow::Error>(
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
                let index = lister.hunk(row)?;
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
        Some(pick) if lister.len() == 0 => answer::tell_nothing(asked, pick)?,
        Some(pick) => answer.text(asked, pick, &look, lister.len())?,
        None => summary.text(asked, set, &look),
    };
    let is_full = lister.is_full();
    let (outcome, _) = ended(lister, &lead, asked.session)?;
    if let Some(json) = json {
        json.summary(&asked.coverage(&pass.so_far(), is_full))?;
    }
    drawer.map_or(Ok(()), Drawer::finish)?;
    Ok(outcome)
}

/// The trees that are compared, under the configuration in force.
fn built(sides: &Sides, base: &std::path::Path, session: &Session) -> Result<BuiltSides> {
    let setting = &session.settings.kconfig;
    let is_named = setting.value != "none" && matches!(setting.origin, Origin::Flag(_));
    if is_named && sides.trees().is_empty() {
        bail!("--kconfig is about a tree; --on TREE names the one that the patches are for");
    }
    let Some(choice) = code::kconfig(session)? else { return Ok(BuiltSides::default()) };
    let arch = code::named_arch(session);
    let built = BuiltSides::new(sides, base, &choice, arch, &session.cache)?;
    built.note().iter().for_each(notes::tell);
    Ok(built)
}

/// Ends a list below `lead`: whether anything was found, and the list.
pub(super) fn ended(
    lister: Lister<'_>,
    lead: &[u8],
    session: &Session,
) -> Result<(Outcome, Option<List>)> {
    let (is_full, any) = (lister.is_full(), lister.len() > 0);
    let list = lister.finish(lead, Totals::default())?;
    if is_full {
        tell(format!(
            "more than {} entries: those without an index can't be followed up (--max-list)",
            session.settings.max_list.value
        ));
    }
    Ok((found(any), list))
}

fn found(found: bool) -> Outcome {
    if found { Outcome::Found } else { Outcome::Nothing }
}
