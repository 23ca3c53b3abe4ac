//! `kgrep mcp`: the tools for agents.

use anyhow::Result;

use super::{Outcome, Session};
use crate::cli::McpArgs;

/// Serves a tree until standard input ends.
///
/// # Errors
/// When the tree is not there.
pub(crate) fn run(args: &McpArgs, session: &Session) -> Result<Outcome> {
    let here = crate::folders::current()?;
    let folder = args.tree.as_ref().map_or(here.clone(), |folder| here.join(folder));
    crate::mcp::serve(session, &folder)?;
    Ok(Outcome::Found)
}
