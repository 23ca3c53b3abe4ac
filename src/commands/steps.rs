//! `kgrep callers` and `kgrep callees`: who uses a function, or what it uses, as a tree.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::{Calls, Steps, step_kinds};

use super::{Outcome, Session, named, picture};
use crate::cli::{CallerArgs, StepArgs};
use crate::code;

/// Prints and keeps who calls functions.
///
/// # Errors
/// If there is no such kind, the tree can't be read or the output can't be written.
pub(crate) fn callers(args: &CallerArgs, session: &Session) -> Result<Outcome> {
    let with_arguments = args.args || !args.arg.is_empty();
    run(&args.steps, session, |steps| match with_arguments {
        true => Request::Calls(Calls::of(steps, args.arg.clone())),
        false => Request::Callers(steps),
    })
}

/// Prints and keeps what functions call.
///
/// # Errors
/// As for [`callers`].
pub(crate) fn callees(args: &StepArgs, session: &Session) -> Result<Outcome> {
    run(args, session, Request::Callees)
}

fn run(args: &StepArgs, session: &Session, request: impl Fn(Steps) -> Request) -> Result<Outcome> {
    let kinds = step_kinds(&args.kinds)?;
    let code = code::around(session)?;
    let seen_from = named::seen_from(&args.seen, &code)?;
    let request = named::question(named::all(&args.names)?, |name| {
        let (kinds, macros, seen_from) = (kinds.clone(), args.picture.macros, seen_from.clone());
        request(Steps { name, depth: args.depth, kinds, all: args.all, macros, seen_from })
    });
    picture::run(&code, session, &request, &args.picture, args.number)
}
