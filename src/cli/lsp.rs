//! The arguments of `kgrep lsp`.

use clap::Args;

/// There are none of its own: the editor says which folders it works in.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep lsp < /dev/null               serve until the input ends
  kgrep lsp --arch all < /dev/null    about all architectures

It speaks the Language Server Protocol on standard input and output and is started by an editor;
docs/editors.md has the lines for each. A source tree without an index gets one while the editor
shows how far it is. It writes nothing else and runs nothing.")]
pub(crate) struct LspArgs {
    /// Standard input and output are used: what some editors say to every server
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}
