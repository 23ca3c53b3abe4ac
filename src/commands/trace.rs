//! `kgrep trace NAME`: what a name is and all about it, from recipes, as one list in
//! titled sections.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Trace;

use super::{Outcome, Session, answer};
use crate::cli::TraceArgs;
use crate::code;

/// Prints and keeps the answer.
///
/// # Errors
/// When the kind is none, the tree can't be read or the output not be written.
pub(crate) fn run(args: &TraceArgs, session: &Session) -> Result<Outcome> {
    let request = Request::Trace(Trace {
        name: args.name.join(" "),
        kind: args.kind.clone(),
        depth: args.depth,
        body: args.body,
        all: args.all,
    });
    answer::run(&code::trusting(session, args.trust_tree)?, session, &request)
}
