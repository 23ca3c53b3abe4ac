//! `kgrep def NAME`: where a name is defined, best first.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::{Define, definition_kinds};

use super::{Outcome, Session, answer, body, named};
use crate::cli::DefArgs;
use crate::code;

/// Prints and keeps all definitions of a name.
///
/// # Errors
/// If the glob is not valid, there is no such kind, or the tree can't be read.
pub(crate) fn run(args: &DefArgs, session: &Session) -> Result<Outcome> {
    let kinds = definition_kinds(args.kind.iter().map(String::as_str))?;
    let code = code::around(session)?;
    let seen_from = named::seen_from(&args.seen, &code)?;
    let request = named::question(named::all(&args.names)?, |name| {
        Request::Define(Define { name, kinds: kinds.clone(), seen_from: seen_from.clone() })
    });
    let answer = answer::ask(&code, session, &request)?;
    match args.body {
        true => body::show(&code, session, &request, &answer, args.expand),
        false => answer::show(&code, session, Some(&request), &answer),
    }
}
