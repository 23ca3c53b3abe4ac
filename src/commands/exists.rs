//! `kgrep exists NAME…`: whether there is such a name in the tree, and what it is; with `--in`,
//! which of several trees define it.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::Result;
use kgrep_engine::request::Exists;
use kgrep_engine::{Answer, Request, Standing, Title, Verdict};

use super::{Outcome, Session, answer, between, named};
use crate::cli::ExistsArgs;
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
    let told: Vec<&Verdict> = answer.sections.iter().filter_map(verdict).collect();
    let format = session.settings.format.value;
    let none = without_rows(&answer, &told);
    let lead = match format {
        Format::Table => lines(&none, session, &here),
        _ => String::new(),
    };
    if !matches!(format, Format::Table | Format::Json) {
        none.into_iter().for_each(tell);
    }
    for path in &answer.coverage.unread {
        tell(format!("{}: can't be read", String::from_utf8_lossy(path)));
    }
    let names = told.iter().map(|verdict| verdicts::json(verdict)).collect();
    let shown = answer::Shown { lead: lead.as_bytes(), names: Some(names), number: None };
    answer::show_with(&code, session, Some(&request), &answer, shown)?;
    let is_nothing = |verdict: &&Verdict| verdict.standing == Standing::Nothing;
    Ok(match () {
        () if told.iter().any(|verdict| verdict.standing == Standing::Unproven) => {
            Outcome::Problems
        }
        () if told.iter().all(is_nothing) => Outcome::Nothing,
        () => Outcome::Found,
    })
}

fn verdict(title: &Title) -> Option<&Verdict> {
    match title {
        Title::Verdict(verdict) => Some(verdict),
        _ => None,
    }
}

/// What is said of names that no row is about: those with rows have it as their title.
fn without_rows(answer: &Answer, told: &[&Verdict]) -> Vec<String> {
    let mut has_rows = vec![false; told.len()];
    for section in answer.rows.iter().filter_map(|row| row.section) {
        if let Some(has) = has_rows.get_mut(section as usize) {
            *has = true;
        }
    }
    let none = told.iter().zip(has_rows).filter(|(_, has_rows)| !has_rows);
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
