//! The arguments of `kgrep index`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use kgrep_index::build::Extent;

/// What is to be done with an index, and which one.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep index                 build or update the index of the tree around here
  kgrep index ~/src/linux     of that tree
  kgrep index .               of this folder, though nothing says that it is a source tree
  kgrep index --status        what there is, and what changed since
  kgrep index --at v6.1 --at v6.6 ~/src/linux    of these git revisions there

The index knows the text (for searches), the code (def, refs, callers, callees, chain, trace)
and the catalog (find). You need not update it: changed files are read directly.")]
pub(crate) struct IndexArgs {
    /// The tree: the nearest folder upwards with a .git or a kernel's top-level files
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) tree: Option<PathBuf>,

    /// Index the revisions whose tags match this; may be given many times, as --at REV
    #[arg(long, value_name = "GLOB", conflicts_with = "tree")]
    pub(crate) tags: Vec<String>,

    /// Say where the index is, when it was built, what is in it and what changed since
    #[arg(long, group = "what")]
    pub(crate) status: bool,

    /// Build it from nothing
    #[arg(long, group = "what")]
    pub(crate) rebuild: bool,

    /// Let an index made with --no-code or --no-catalog know everything
    #[arg(long, group = "extent")]
    pub(crate) code: bool,

    /// Index the text alone, for searches: a fifth of the time, a quarter of the size. An
    /// index stays so until --code
    #[arg(long, group = "extent")]
    pub(crate) no_code: bool,

    /// Leave out the catalog that `kgrep find` searches. An index stays so until --code
    #[arg(long, group = "extent")]
    pub(crate) no_catalog: bool,

    /// Remove it; of a revision (--at), with its files
    #[arg(long, group = "what")]
    pub(crate) remove: bool,

    /// Verify every checksum, and read a sample of the files again
    #[arg(long, group = "what")]
    pub(crate) check: bool,

    /// List all trees that have an index
    #[arg(long, group = "what")]
    pub(crate) list: bool,

    /// Remove the indexes of trees that are gone, and what `--at` laid out of revisions that nobody
    /// asked about for 30 days
    #[arg(long, group = "what")]
    pub(crate) prune: bool,

    /// Print --status and --list as JSON, as --format json
    #[arg(long)]
    pub(crate) json: bool,

    /// Say what is being done, line by line
    #[arg(short = 'v', long)]
    pub(crate) verbose: bool,

    /// Update quietly with low priority, away from the terminal: what a search starts
    #[arg(long, hide = true, group = "what")]
    pub(crate) background: bool,
}

impl IndexArgs {
    /// What the index is to know, where the user says.
    pub(crate) fn extent(&self) -> Option<Extent> {
        match (self.no_code, self.no_catalog, self.code) {
            (true, ..) => Some(Extent::Text),
            (_, true, _) => Some(Extent::Code),
            (.., true) => Some(Extent::Catalog),
            _ => None,
        }
    }
}
