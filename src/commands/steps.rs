//! `kgrep callers` and `kgrep callees`: who uses a function, or what it uses, as a tree.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::{Steps, step_kinds};

use super::{Outcome, Session, picture};
use crate::cli::StepArgs;
use crate::code;

/// Prints and keeps who calls a function.
///
/// # Errors
/// When a kind is none, the tree can't be read or the output not be written.
pub(crate) fn callers(args: &StepArgs, session: &Session) -> Result<Outcome> {
    run(args, session, Request::Callers)
}

/// Prints and keeps what a function calls.
///
/// # Errors
/// As for [`callers`].
pub(crate) fn callees(args: &StepArgs, session: &Session) -> Result<Outcome> {
    run(args, session, Request::Callees)
}

fn run(args: &StepArgs, session: &Session, request: fn(Steps) -> Request) -> Result<Outcome> {
    let kinds = step_kinds(&args.kinds)?;
    let request = request(Steps { name: args.name.clone(), depth: args.depth, kinds });
    picture::run(&code::around(session)?, session, &request, &args.picture)
}
