//! The arguments of `kgrep messages`.

use std::path::PathBuf;

use clap::Args;
use kgrep_index::outline::formats::{LEVELS, Level};

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

/// The level that a word, or its digit, names.
fn level(word: &str) -> Result<u8, String> {
    Level::named(word).map(|level| level.digit).ok_or_else(|| {
        let names: Vec<&str> = LEVELS.iter().map(|level| level.name).collect();
        format!("it is one of {}", names.join(", "))
    })
}
