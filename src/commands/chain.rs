//! `kgrep chain FROM TO`: the shortest ways from one function to another, hop by hop.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Chain;

use super::{Outcome, Session, picture};
use crate::cli::ChainArgs;
use crate::code;

/// Prints and keeps the chains found, one line per hop.
///
/// # Errors
/// When the tree can't be read or the output not be written.
pub(crate) fn run(args: &ChainArgs, session: &Session) -> Result<Outcome> {
    let request = Request::Chain(Chain {
        from: args.from.clone(),
        to: args.to.clone(),
        number: args.number,
        through: args.through.clone(),
        avoid: args.avoid.clone(),
        max_depth: args.max_depth,
        indirect: args.indirect,
        all: args.all,
    });
    picture::run(&code::around(session)?, session, &request, &args.picture, None)
}
