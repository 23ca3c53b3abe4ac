//! The arguments of `kgrep mcp`.

use std::path::PathBuf;

use clap::Args;

/// Which tree is served.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep mcp < /dev/null              serve the tree around this folder until the input ends
  kgrep mcp --tree . < /dev/null     serve the tree around another folder

It speaks the Model Context Protocol on standard input and output and is started by an agent's
client; docs/mcp.md says how to add it to one. It reads below the tree only, writes nothing but its
index, and runs nothing.")]
pub(crate) struct McpArgs {
    /// A folder of the tree; without it, the client's first root, or the current folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tree: Option<PathBuf>,
}
