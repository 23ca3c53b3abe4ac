//! The arguments of `kgrep history`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// Which names, and in which revisions.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "kgrep history [OPTIONS] <NAME>... [REV|A..B|FOLDER|PATCHES]...")]
#[command(after_help = "\
Examples:
  kgrep history kfree . tools                  two folders
  kgrep history kfree git:v6.1 git:v6.6 ~/src/linux    two tags, and a folder
  kgrep history kfree kmalloc --tags 'git:v6.*'    two names, each with a part of the answer
  kgrep history kfree git:v6.1 debian/patches    what a distribution's patches make of it
  kgrep history struct_size git:v6.1..v6.6     what changed, and in which commit
  kgrep history kfree --tags 'git:v6.*' --body    also where its text changed

Names are looked up in revisions (git:v6.1), folders, patches (a series, a folder of
them, one, a spec; applied to the side before), and ranges (git:v6.1..v6.6), whose commit
is found (git:v6.1.. ends at HEAD); git: may be left out unless something else has that
name. The first word is a name. The names end at the first word that could not be one in
C, or that a revision, a folder or a file is called.

One row for each stretch in which nothing changed: what the name is there, where, its
head, and what changed since the stretch before. Several names have a part of the answer
each.")]
pub(crate) struct HistoryArgs {
    /// The names, then the revisions, folders and patches to look them up in, in their order
    #[arg(value_name = "NAME", required_unless_present = "names_from")]
    pub(crate) words: Vec<OsString>,

    /// All revisions whose tags match this, in the order of their versions; may be given many times
    #[arg(long, value_name = "GLOB")]
    pub(crate) tags: Vec<String>,

    /// Ask about the names in this file too, one per line (-: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) names_from: Option<PathBuf>,

    /// Also count changes of the definition's text
    #[arg(long)]
    pub(crate) body: bool,
}
