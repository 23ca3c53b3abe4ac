//! `kgrep trace NAME`: what a name is and all about it, from recipes, as one list in
//! titled sections.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Trace;

use super::{Outcome, Session, answer, named};
use crate::cli::TraceArgs;
use crate::code;

/// Prints and keeps the answer.
///
/// # Errors
/// If there is no such kind, the tree can't be read or the output can't be written.
pub(crate) fn run(args: &TraceArgs, session: &Session) -> Result<Outcome> {
    let code = code::trusting(session, args.trust_tree)?;
    let seen_from = named::seen_from(&args.seen, &code)?;
    let one = |name: String| {
        let TraceArgs { kind, depth, body, all, .. } = args.clone();
        Request::Trace(Trace { name, kind, depth, body, all, seen_from: seen_from.clone() })
    };
    let words = &args.names.names;
    let names = named::all(&args.names)?;
    // A message's text, or a file and what it includes, may be several words of one name.
    if words.len() > 1 && args.names.names_from.is_none() {
        let joined = one(words.join(" "));
        let is_one = args.kind.is_some() || names.len() == 1;
        if is_one || !code.answer(&joined)?.rows.is_empty() {
            return answer::run(&code, session, &joined);
        }
    }
    answer::run(&code, session, &named::question(names, one))
}
