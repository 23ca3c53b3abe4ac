//! `kgrep exists NAME…`: whether there is such a name in the tree, and what it is; with `--in`,
//! which of several trees define it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Result, bail};
use kgrep_engine::request::Exists;
use kgrep_engine::{Answer, Request, Standing, Verdict};

use super::{Outcome, Session, answer, between, named};
use crate::cli::ExistsArgs;
use crate::code::Code;
use crate::message::tell;
use crate::render::{Facts, Look, visible, wrapped};
use crate::settings::Format;
use crate::{code, folders, verdicts};

/// Prints what each name comes to, with its places as a list.
///
/// # Errors
/// When the tree or the patches can't be read, or nothing can be written.
pub(crate) fn run(args: &ExistsArgs, session: &Session) -> Result<Outcome> {
    let names = named::all(&args.names)?;
    if !args.trees.is_empty() {
        return between::run(&names, &args.trees, session);
    }
    let here = folders::current()?;
    let patches = args.patches.as_ref().map(|path| here.join(path));
    let request = Request::Exists(Exists { names, patches });
    let code = code::around(session)?;
    let answer = answer::ask(&code, session, &request)?;
    let told: Vec<&Verdict> = answer.verdicts().into_iter().map(|(verdict, _)| verdict).collect();
    refuse_without_source(&code, &told, here.as_os_str())?;
    let format = session.settings.format.value;
    let none = without_rows(&answer);
    let lead = match format {
        Format::Table => lines(&none, session, &here),
        _ => String::new(),
    };
    if !matches!(format, Format::Table | Format::Json) {
        none.into_iter().for_each(tell);
    }
    let names = told.iter().map(|verdict| verdicts::json(verdict)).collect();
    let shown = answer::Shown { lead: lead.as_bytes(), names: Some(names), number: None };
    answer::show_with(&code, session, Some(&request), &answer, shown)?;
    Ok(outcome(told.iter().copied()))
}

/// Refuses to say that a name is nothing where there is no source at all: `at` is the folder that was asked.
///
/// # Errors
/// If there is no source file, and a verdict is that there is no such name.
pub(super) fn refuse_without_source(code: &Code, told: &[&Verdict], at: &OsStr) -> Result<()> {
    let is_nothing = |verdict: &&Verdict| verdict.standing == Standing::Nothing;
    if told.iter().any(is_nothing) && !code.has_source()? {
        bail!("{}: no source file here; ask in a source tree, or name one with --in", at.display());
    }
    Ok(())
}

/// 1 for a proven nothing alone, 2 where a file could not be read that may have a name.
pub(super) fn outcome<'v>(told: impl Iterator<Item = &'v Verdict> + Clone) -> Outcome {
    let is = |standing| move |verdict: &Verdict| verdict.standing == standing;
    match () {
        () if told.clone().any(is(Standing::Unproven)) => Outcome::Problems,
        () if told.clone().all(is(Standing::Nothing)) => Outcome::Nothing,
        () => Outcome::Found,
    }
}

/// What is said of names that no row is about: those with rows have it as their title.
fn without_rows(answer: &Answer) -> Vec<String> {
    let none = answer.verdicts().into_iter().filter(|(_, rows)| rows.is_empty());
    none.map(|(verdict, _)| format!("{}: {}", verdict.name, verdicts::sentence(verdict))).collect()
}

/// The same above a table; on a terminal, what is longer than a line goes on below.
fn lines(said: &[String], session: &Session, here: &Path) -> String {
    const MARGIN: &str = "    ";
    let look = Look::new(&session.settings, Facts::of_stdout(), here.as_os_str().as_bytes());
    let line = |said: &String| {
        let said = String::from_utf8_lossy(&visible(said.as_bytes())).into_owned();
        match look.terminal {
            true => {
                wrapped(&said, look.width.saturating_sub(MARGIN.len())).join(&format!("\n{MARGIN}"))
            }
            false => said,
        }
    };
    said.iter().map(|said| line(said) + "\n").collect()
}
