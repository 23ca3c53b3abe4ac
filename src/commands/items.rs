//! `kgrep list WHAT`: all names of a kind, as a list.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::List;

use super::{Outcome, Session, answer};
use crate::cli::ItemsArgs;
use crate::code;

/// Prints and keeps the list.
///
/// # Errors
/// If no recipe lists this, the glob is not valid, or the tree can't be read.
pub(crate) fn run(args: &ItemsArgs, session: &Session) -> Result<Outcome> {
    let request = Request::List(List { what: args.what.clone(), glob: args.glob.clone() });
    answer::run(&code::trusting(session, args.trust_tree)?, session, &request)
}
