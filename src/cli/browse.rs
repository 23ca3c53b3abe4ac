//! The arguments of `kgrep browse`.

use std::ffi::OsString;

use clap::Args;

/// What is shown on the whole screen.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep browse                       the newest list, with the source beside it
  kgrep browse kfree mm              a search: the first rows are there at once
  kgrep browse callers kfree         any question that kgrep answers
  kgrep -s browse                    the same as the first; in the shell: b

`?` shows all keys: those of vim and less, and the arrows. `q` leaves, and what is left of the list
is kept: `kgrep -s 3` then means the same row. Into a pipe the list is printed.")]
pub(crate) struct BrowseArgs {
    /// A question, as on kgrep's command line; without it, the newest list
    #[arg(value_name = "QUESTION", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<OsString>,
}
