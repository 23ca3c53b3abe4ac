//! `kgrep touched PATCH|git:REV..REV`: the functions, types and macros that a change touches.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::Touched;

use super::{Outcome, Session, answer};
use crate::cli::TouchedArgs;
use crate::diff::{Sides, git};
use crate::{code, folders};

/// Prints and keeps what is touched.
///
/// # Errors
/// When the change can't be read, or the output can't be written.
pub(crate) fn run(args: &TouchedArgs, session: &Session) -> Result<Outcome> {
    let code = code::around(session)?;
    let on = code.tree().root().to_owned();
    let path = folders::current()?.join(&args.change);
    let range = args.change.to_str().and_then(git::revisions);
    let sides = match range.filter(|_| !path.exists()) {
        Some(range) => Sides::Git { range: range.to_owned(), on },
        None => Sides::Patches { path, on: Some(on), strip: args.strip },
    };
    answer::run(&code, session, &Request::Touched(Touched { sides }))
}
