//! The arguments of `kgrep lists`.

use clap::Args;

/// What is to be done with the kept lists.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep lists                        all kept lists, newest first
  kgrep lists 1                      the rows of list 1
  kgrep lists --remove all           forget them")]
pub(crate) struct ListsArgs {
    /// Show the list of this number, instead of which lists there are
    #[arg(value_name = "N")]
    pub(crate) number: Option<u64>,

    /// Remove the list of this number, or all
    #[arg(long, value_name = "N|all", conflicts_with = "number")]
    pub(crate) remove: Option<String>,

    /// Print JSON Lines, as --format json
    #[arg(long, conflicts_with_all = ["number", "remove"])]
    pub(crate) json: bool,
}
