//! The arguments of `kgrep messages`.

use std::path::PathBuf;

use clap::Args;

/// Which messages.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep messages initramfs                  messages with this word, and their calls
  kgrep messages --level emerg --in init
  kgrep trace 'initramfs: broken padding'   from a printed line to its call

The format is shown with what macros put before it (`pr_fmt`, `dev_err`, a file system's own).")]
pub(crate) struct MessagesArgs {
    /// A regular expression that the format matches; in lower case, any case does
    pub(crate) pattern: Option<String>,

    /// Only those of this level: emerg, alert, crit, err, warn, notice, info, debug, cont
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) level: Option<u8>,

    /// Only those of files in this folder, or of this file
    #[arg(long = "in", value_name = "PATH")]
    pub(crate) under: Option<PathBuf>,
}

/// The levels' names, with the digit that is printed for each.
const LEVELS: [(&str, u8); 11] = [
    ("emerg", b'0'),
    ("alert", b'1'),
    ("crit", b'2'),
    ("err", b'3'),
    ("error", b'3'),
    ("warn", b'4'),
    ("warning", b'4'),
    ("notice", b'5'),
    ("info", b'6'),
    ("debug", b'7'),
    ("cont", b'c'),
];

/// The level that a word, or its digit, names.
fn level(word: &str) -> Result<u8, String> {
    let known = |(name, digit): &&(&str, u8)| *name == word || word.as_bytes() == [*digit];
    LEVELS.iter().find(known).map(|(_, digit)| *digit).ok_or_else(|| {
        "it is one of emerg, alert, crit, err, warn, notice, info, debug, cont".into()
    })
}

/// The name of a level.
pub(crate) fn level_name(digit: Option<u8>) -> &'static str {
    LEVELS.iter().find(|(_, known)| Some(*known) == digit).map_or("", |(name, _)| name)
}
