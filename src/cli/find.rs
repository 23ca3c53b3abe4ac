//! The arguments of `kgrep find`, and of the hidden command behind tab completion.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::at_least_one;

/// The arguments with `-mustnot` made a word that the parser takes for one: behind `find` few
/// flags have a single dash. A blank before it does, which nobody typed for its own sake.
pub(super) fn with_must_nots(args: &[OsString]) -> Vec<OsString> {
    let mut words = false;
    let is_must_not = |text: &str| {
        let is_number = |rest: &str| rest.trim_start_matches('=').parse::<u32>().is_ok();
        text.strip_prefix('-').is_some_and(|rest| {
            let flag =
                rest == "h" || rest.strip_prefix('n').is_some_and(|n| n.is_empty() || is_number(n));
            !rest.is_empty() && !rest.starts_with('-') && !flag
        })
    };
    args.iter()
        .map(|arg| match arg.to_str() {
            Some(text) if words && is_must_not(text) => format!(" {text}").into(),
            text => {
                words |= text == Some("find");
                words &= text != Some("--");
                arg.clone()
            }
        })
        .collect()
}

/// What is looked for, and where.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Words may be half a word or mistyped. \"a phrase\" stands so; +word must be there, -word must
not; word* is the beginning of one; name:kmem_* is the beginning of a name.

Examples:
  kgrep find crash kernel memory             what reserves memory for the crash kernel
  kgrep find kmem cach alloc                 half a word is enough
  kgrep find --kind config ext4              only Kconfig entries
  kgrep find slab --in Documentation         only below a folder
  kgrep find '\"root folder\" +program'       a phrase, and a word that must be there")]
pub(crate) struct FindArgs {
    /// The words
    #[arg(required = true)]
    pub(crate) words: Vec<String>,

    /// Only things of these kinds
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<FindKind>,

    /// Only in this file or below this folder; may be given many times
    #[arg(long = "in", value_name = "PATH")]
    pub(crate) within: Vec<PathBuf>,

    /// Show at most this many
    #[arg(short = 'n', long, value_name = "NUM", default_value_t = 20, value_parser = at_least_one())]
    pub(crate) number: usize,
}

/// What kinds of things can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindKind {
    /// Functions, structures, macros, variables, …
    Symbol,
    /// Sections of the documentation
    Doc,
    /// Kconfig entries
    Config,
    /// Boot parameters
    Param,
    /// Entries of MAINTAINERS
    Maintainer,
    /// Source files, by the comment that they begin with
    File,
}

impl FindKind {
    /// The catalog's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FindKind::Symbol => "symbol",
            FindKind::Doc => "doc",
            FindKind::Config => "config",
            FindKind::Param => "param",
            FindKind::Maintainer => "maintainer",
            FindKind::File => "file",
        }
    }
}

/// What the shells' completions ask for.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompleteArgs {
    /// The beginning of a name
    #[arg(allow_hyphen_values = true)]
    pub(crate) start: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_dash_is_a_word() {
        let args =
            ["kgrep", "find", "crash", "-arm", "-n", "5", "-n7", "-h", "--in", "fs", "--", "-x"];
        let made = with_must_nots(&args.map(OsString::from));
        let expected =
            ["kgrep", "find", "crash", " -arm", "-n", "5", "-n7", "-h", "--in", "fs", "--", "-x"];
        assert_eq!(made, expected.map(OsString::from));
    }
}
