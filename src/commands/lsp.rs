//! `kgrep lsp`: the server for editors.

use std::io::IsTerminal;

use anyhow::{Result, bail};

use super::{Outcome, Session};
use crate::lsp::End;

/// Serves until the editor goes.
///
/// # Errors
/// When a person is asking, or the input can't be read.
pub(crate) fn run(session: Session) -> Result<Outcome> {
    if std::io::stdin().is_terminal() {
        bail!("lsp is for an editor, and this is a terminal; docs/editors.md says how to add it");
    }
    Ok(match crate::lsp::serve(session)? {
        End::Clean => Outcome::Found,
        // As the protocol has it.
        End::Abrupt => Outcome::Nothing,
    })
}
