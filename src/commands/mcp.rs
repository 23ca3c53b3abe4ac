//! `kgrep mcp`: the tools for agents.

use std::io::IsTerminal;

use anyhow::{Result, bail};

use super::{Outcome, Session};
use crate::cli::McpArgs;

/// Serves a tree until standard input ends.
///
/// # Errors
/// When the tree is not there, or a person is asking.
pub(crate) fn run(args: &McpArgs, session: &Session) -> Result<Outcome> {
    if std::io::stdin().is_terminal() {
        bail!(
            "mcp is for an agent's client, and this is a terminal; docs/mcp.md says how to add it"
        );
    }
    let here = crate::folders::current()?;
    let tree = args.tree.as_ref().map(|folder| here.join(folder));
    crate::mcp::serve(session, &here, tree.as_deref())?;
    Ok(Outcome::Found)
}
