//! `kgrep messages`: the formats of all calls that print into the kernel's log.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Messages;

use super::find::within;
use super::{Outcome, Session, answer};
use crate::cli::MessagesArgs;
use crate::code;
use crate::message::tell;

/// Prints and keeps the list.
///
/// # Errors
/// If the pattern is not valid, or the tree can't be read.
pub(crate) fn run(args: &MessagesArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let under = within(args.under.as_slice(), &code)?;
    let request = Request::Messages(Messages {
        pattern: args.pattern.clone(),
        level: args.level,
        within: under.into_iter().next().map(Into::into),
    });
    let outcome = answer::run(&code, session, &request)?;
    if outcome == Outcome::Nothing {
        tell("no such message; without arguments, all are listed");
    }
    Ok(outcome)
}
