//! The arguments of `kgrep history`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// Which name, and in which revisions.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep history kfree . tools                  two folders
  kgrep history kfree git:v6.1 git:v6.6 ~/src/linux    two tags, and a folder
  kgrep history kfree git:v6.1 debian/patches    what a distribution's patches make of it
  kgrep history struct_size git:v6.1..v6.6     what changed, and in which commit
  kgrep history kfree --tags 'git:v6.*' --body    also where its text changed

One row for each stretch of revisions in which nothing changed: what the name is there, where, its head,
and what changed since the stretch before.")]
pub(crate) struct HistoryArgs {
    /// The name
    pub(crate) name: String,

    /// In their order: revisions (v6.1 or git:v6.1), two ends between which the commit is found
    /// (v6.1..v6.6), folders, or patches (a series, a folder of them, one, a spec), which are applied
    /// to the side before
    #[arg(value_name = "REV|A..B|FOLDER|PATCHES")]
    pub(crate) sides: Vec<OsString>,

    /// All revisions whose tags match this, in the order of their versions; may be given many times
    #[arg(long, value_name = "GLOB")]
    pub(crate) tags: Vec<String>,

    /// More names, from this file, one per line (-: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) names_from: Option<PathBuf>,

    /// A change of the definition's text is one, too
    #[arg(long)]
    pub(crate) body: bool,
}
