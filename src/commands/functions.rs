//! `kgrep functions --with PATTERN…`: the functions that have all of several texts, with the lines.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Functions;

use super::{Outcome, Session, answer, find};
use crate::cli::FunctionsArgs;
use crate::code;

/// Prints and keeps the lines.
///
/// # Errors
/// When a pattern can't be used, a path is not in the tree, or the output can't be written.
pub(crate) fn run(args: &FunctionsArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let within = find::within(&args.paths, &code)?.into_iter().map(Into::into).collect();
    let FunctionsArgs { with, without, .. } = args.clone();
    answer::run(&code, session, &Request::Functions(Functions { with, without, within }))
}
