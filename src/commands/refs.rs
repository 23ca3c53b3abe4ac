//! `kgrep refs NAME`: every use of a name, with what kind of use it is and the function it
//! is in.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::{References, reference_kinds};

use super::{Outcome, Session, picture};
use crate::cli::RefsArgs;
use crate::code;

/// Prints and keeps every use of a name.
///
/// # Errors
/// When a kind is none, or the output can't be written.
pub(crate) fn run(args: &RefsArgs, session: &Session) -> Result<Outcome> {
    let kinds = reference_kinds(&args.kinds)?;
    let request = Request::References(References { name: args.name.clone(), kinds });
    picture::run(&code::around(session)?, session, &request, &args.picture)
}
