//! Arguments that every command takes: how to print, and what to leave out.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use clap::{Args, ValueHint};

use crate::settings::{Format, Highlight, Layout, THEMES, When};

/// A number of answers or of steps: none of either would be taken for the answer that there is
/// nothing.
pub(super) fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

/// How output looks, wherever it comes from.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Display")]
pub(crate) struct CommonArgs {
    /// How matches are printed
    #[arg(long, value_enum, value_name = "FORMAT", global = true)]
    #[arg(overrides_with_all = ["json", "vimgrep"])]
    pub(crate) format: Option<Format>,

    /// How rows are arranged on a terminal
    #[arg(long, value_enum, value_name = "LAYOUT", global = true)]
    pub(crate) layout: Option<Layout>,

    /// As --format json
    #[arg(long, global = true, overrides_with_all = ["vimgrep", "format"])]
    pub(crate) json: bool,

    /// As --format vimgrep
    #[arg(long, global = true, overrides_with_all = ["json", "format"])]
    pub(crate) vimgrep: bool,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", global = true)]
    pub(crate) color: Option<When>,

    /// When paths are links that a terminal can open
    #[arg(long, value_enum, value_name = "WHEN", global = true)]
    pub(crate) hyperlink: Option<When>,

    /// Whether source code is highlighted
    #[arg(long, value_enum, value_name = "WHEN", global = true)]
    pub(crate) highlight: Option<Highlight>,

    /// The highlighting's theme
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(THEMES))]
    #[arg(global = true)]
    pub(crate) theme: Option<String>,

    /// The architecture that questions about code are about, as its folder in arch/ is
    /// called (default: this machine's); `all` for all of them
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) arch: Option<String>,

    /// The kernel configuration that all is about: what it doesn't build is left out. A
    /// .config, one packed with gzip, or the folder of a built kernel; `none` for none
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) kconfig: Option<String>,

    /// Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3;
    /// REV:FOLDER starts there
    #[arg(long, value_name = "REV", global = true, allow_hyphen_values = false)]
    pub(crate) at: Vec<String>,

    /// The repository of --at (default: the one around the current folder)
    #[arg(long, value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) git: Option<PathBuf>,

    /// No header lines
    #[arg(long, global = true)]
    pub(crate) no_header: bool,

    /// No pager
    #[arg(long, visible_alias = "no-pager", global = true)]
    pub(crate) no_less: bool,

    /// Leave out the configuration file
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
}

impl CommonArgs {
    /// The format that was asked for, by its name or as ripgrep has it.
    pub(crate) fn format(&self) -> Option<Format> {
        let json = self.json.then_some(Format::Json);
        self.format.or(json).or(self.vimgrep.then_some(Format::Vimgrep))
    }
}

/// Which kept list a follow-up is about, and how large lists get.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ListArgs {
    /// Follow up on a list: `-s 27` opens match 27, `-s c5` shows context, `-s tree`
    /// counts by folder; `-s '?'` explains the commands
    #[arg(short = 's', long, value_name = "COMMAND", help_heading = "Follow-ups")]
    pub(crate) show: Option<String>,

    /// With `-s p` on a list of `kgrep diff`: the hunks themselves, as a patch
    #[arg(long, help_heading = "Follow-ups")]
    pub(crate) patch: bool,

    /// Enter the shell, where follow-ups are typed one after the other
    #[arg(long, help_heading = "Follow-ups")]
    pub(crate) interactive: bool,

    /// The list of this number (see `kgrep lists`), not the newest one; -1: the one
    /// before it
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Follow-ups")]
    pub(crate) list: Option<i64>,

    /// Keep at most this many matches for follow-ups
    #[arg(long, value_name = "NUM", help_heading = "Follow-ups")]
    pub(crate) max_list: Option<u64>,
}
