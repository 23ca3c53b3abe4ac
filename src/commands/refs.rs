//! `kgrep refs NAME`: every use of a name, with what kind of use it is and the function it
//! is in.

use anyhow::Result;
use kgrep_engine::Request;
use kgrep_engine::request::{
    Accesses, Pointers, References, access_kinds, pointer_roles, reference_kinds,
};

use super::{Outcome, Session, named, picture};
use crate::cli::RefsArgs;
use crate::code;

/// Prints and keeps every use of a name.
///
/// # Errors
/// If there is no such kind, or the output can't be written.
pub(crate) fn run(args: &RefsArgs, session: &Session) -> Result<Outcome> {
    let kinds = reference_kinds(&args.kinds)?;
    let access = access_kinds(&args.access)?;
    let roles = pointer_roles(&args.roles)?;
    let code = code::around(session)?;
    let seen_from = named::seen_from(&args.seen, &code)?;
    let request = named::question(named::all(&args.names)?, |name| {
        if !roles.is_empty() {
            return Request::Pointers(Pointers { name, roles: roles.clone() });
        }
        match access.is_empty() {
            true => {
                let (kinds, seen_from) = (kinds.clone(), seen_from.clone());
                Request::References(References { name, kinds, seen_from })
            }
            false => Request::Accesses(Accesses { name, kinds: access.clone() }),
        }
    });
    picture::run(&code, session, &request, &args.picture, args.number)
}
