//! The arguments of `kgrep find`, and of the hidden command behind tab completion.

use std::ffi::OsString;
use std::path::PathBuf;

use super::kinds::KindParser;
use clap::{Args, ValueEnum};

use super::common::at_least_one;

/// The arguments with `-mustnot` made a word that the parser takes for one: behind `find` few
/// flags have a single dash. A blank before it does, which nobody typed for its own sake.
pub(super) fn with_must_nots(args: &[OsString]) -> Vec<OsString> {
    let mut words = false;
    let mut is_value = false;
    // A single letter is a flag that find hasn't, and the parser says so.
    let is_must_not = |text: &str| {
        let is_number = |rest: &str| rest.trim_start_matches('=').parse::<u32>().is_ok();
        text.strip_prefix('-').is_some_and(|rest| {
            let flag = rest.strip_prefix('n').is_some_and(is_number);
            rest.chars().count() > 1 && !rest.starts_with('-') && !flag
        })
    };
    args.iter()
        .map(|arg| match arg.to_str() {
            Some(text) if words && !is_value && is_must_not(text) => format!(" {text}").into(),
            text => {
                words |= text == Some("find");
                words &= text != Some("--");
                is_value = text.is_some_and(takes_value);
                arg.clone()
            }
        })
        .collect()
}

/// Whether the argument behind this one is its value.
fn takes_value(flag: &str) -> bool {
    matches!(flag, "-n" | "--number" | "--kind" | "--in")
}

/// What `arg` of a single letter would have been, had it two, for who meant a word.
pub(super) fn letter_hint(args: &[OsString]) -> Option<String> {
    let mut before = "";
    for arg in args.iter().filter_map(|arg| arg.to_str()) {
        let letter = arg.strip_prefix('-').filter(|rest| rest.chars().count() == 1);
        if let Some(letter) =
            letter.filter(|letter| !takes_value(before) && !"hn".contains(*letter))
        {
            return Some(format!(
                "find has no flag -{letter}: words match in either case and half (to leave \
                 out the word {letter}: ' -{letter}')"
            ));
        }
        before = arg;
    }
    None
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
  kgrep find '\"root folder\" +program'        a phrase, and a word that must be there")]
pub(crate) struct FindArgs {
    /// The words
    #[arg(required = true)]
    pub(crate) words: Vec<String>,

    /// Only things of these kinds: symbol, doc, config, param, maintainer, file, or one of
    /// `def --kind`'s: function, macro, struct…
    #[arg(long, value_parser = KindParser::<FindKind>::new(), value_name = "KIND", value_delimiter = ',')]
    #[arg(hide_possible_values = true)]
    pub(crate) kind: Vec<FindKind>,

    /// Only in this file or below this folder; may be given many times
    #[arg(long = "in", value_name = "PATH")]
    pub(crate) within: Vec<PathBuf>,

    /// Show at most this many
    #[arg(short = 'n', long, value_name = "NUM", default_value_t = 20, value_parser = at_least_one())]
    #[arg(allow_negative_numbers = true)]
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
    /// Functions, also those of macros, assembler and Rust
    Function,
    /// System calls
    Syscall,
    /// Macros and constants
    Macro,
    /// Constants and enumerators
    Constant,
    /// Structures
    Struct,
    /// Unions
    Union,
    /// Enumerations
    Enum,
    /// Constants of enumerations
    Enumerator,
    /// Names of types
    Typedef,
    /// Variables
    Variable,
    /// Tracepoints
    Tracepoint,
    /// Assembler symbols
    Asm,
    /// Devicetree compatibles
    Compatible,
    /// Functions in Rust
    RustFunction,
}

impl FindKind {
    /// The catalog's words for it: those of `def --kind`, and as many.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            FindKind::Symbol => &["symbol"],
            FindKind::Doc => &["doc"],
            FindKind::Config => &["config"],
            FindKind::Param => &["param"],
            FindKind::Maintainer => &["maintainer"],
            FindKind::File => &["file"],
            FindKind::Function => &["function", "syscall", "asm", "rust-function", "tracepoint"],
            FindKind::Syscall => &["syscall"],
            FindKind::Macro => &["macro", "constant"],
            FindKind::Constant => &["constant", "enumerator"],
            FindKind::Struct => &["struct"],
            FindKind::Union => &["union"],
            FindKind::Enum => &["enum"],
            FindKind::Enumerator => &["enumerator"],
            FindKind::Typedef => &["typedef"],
            FindKind::Variable => &["variable"],
            FindKind::Tracepoint => &["tracepoint"],
            FindKind::Asm => &["asm"],
            FindKind::Compatible => &["compatible"],
            FindKind::RustFunction => &["rust-function"],
        }
    }
}

/// What the shells' completions ask for.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompleteArgs {
    /// The beginning of a name
    #[arg(allow_hyphen_values = true)]
    pub(crate) start: String,

    /// What it is for: a command, or a flag that takes a value
    #[arg(allow_hyphen_values = true)]
    pub(crate) wanted_by: Option<String>,
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
        let args = ["kgrep", "find", "x", "-i", "-n", "-12", "-é"].map(OsString::from);
        assert_eq!(with_must_nots(&args), args, "flags that find hasn't, and a value");
        assert!(letter_hint(&args).is_some_and(|hint| hint.contains("no flag -i")));
        assert_eq!(letter_hint(&["find", "-n", "-1", "-h"].map(OsString::from)), None);
    }
}
