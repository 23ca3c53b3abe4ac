//! What is in force: defaults, the configuration file, the environment and flags,
//! each stronger than the one before, and where each value came from.
//!
//! Commands read [`Settings`]; `in_force` puts the four sources together.

mod file;

use std::fmt;
use std::path::PathBuf;

pub(crate) use file::{ConfigFile, load};

/// The names of the themes that there are, sorted, so that a name is checked without loading them.
pub(crate) const THEMES: [&str; 7] = [
    "InspiredGitHub",
    "Solarized (dark)",
    "Solarized (light)",
    "base16-eighties.dark",
    "base16-mocha.dark",
    "base16-ocean.dark",
    "base16-ocean.light",
];

/// When something that belongs on terminals is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    /// On a terminal that can do it
    Auto,
    /// Also in a pipe
    Always,
    /// Not at all
    Never,
}

/// How matches are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Numbered columns: Index File Line Content
    Table,
    /// path:line:text
    Grep,
    /// path:line:column:text
    Vimgrep,
    /// ripgrep's JSON Lines, with the index
    Json,
    /// A unified diff, of the hunks of `kgrep diff`
    Patch,
    /// Tables for other engines, of `kgrep export`
    Parquet,
}

/// How the rows of a table are arranged on a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layout {
    /// As a table while paths leave the source enough room, else under headings
    Auto,
    /// Columns: Index File Line Content; in a pipe always
    #[default]
    Table,
    /// Each file once, as a heading above its rows
    Grouped,
    /// As suits the answer: sections, trees, chains, names first
    Sections,
}

/// What the shell prints before a line that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Prompt {
    /// `kgrep[27]> `, with how many rows the list has
    Rows,
    /// vgrep's, with kgrep's name
    Vgrep,
}

/// Whether source code is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Highlight {
    /// On a terminal with colours
    Auto,
    /// Not at all
    Never,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// kgrep's own default.
    Default,
    /// The configuration file.
    File,
    /// The environment variable of this name.
    Environment(&'static str),
    /// The flag of this name.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File => f.write_str("configuration file"),
            Origin::Environment(name) => write!(f, "environment ({name})"),
            Origin::Flag(name) => write!(f, "flag (--{name})"),
        }
    }
}

/// One value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    /// The value in force.
    pub(crate) value: T,
    /// Who said so.
    pub(crate) origin: Origin,
}

/// Everything that can be set once for all commands.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// `color`: when output is coloured.
    pub(crate) color: Setting<When>,
    /// `hyperlink`: when paths are OSC 8 links.
    pub(crate) hyperlink: Setting<When>,
    /// `highlight`: whether source in context views is highlighted.
    pub(crate) highlight: Setting<Highlight>,
    /// `theme`: the highlighting's theme, by syntect's names.
    pub(crate) theme: Setting<String>,
    /// `format`: how matches are printed.
    pub(crate) format: Setting<Format>,
    /// `layout`: how rows are arranged on a terminal.
    pub(crate) layout: Setting<Layout>,
    /// `prompt`: what the shell prints on a terminal before each line.
    pub(crate) prompt: Setting<Prompt>,
    /// `pager`: the pager's command line; empty for none.
    pub(crate) pager: Setting<String>,
    /// `editor`: the editor's command line; empty: vim, else vi.
    pub(crate) editor: Setting<String>,
    /// `header`: whether tables have a header line.
    pub(crate) header: Setting<bool>,
    /// `context`: lines of context that `-s c` shows when no number is given.
    pub(crate) context: Setting<usize>,
    /// `max-list`: how many matches a list holds.
    pub(crate) max_list: Setting<u64>,
    /// `hidden`: search hidden files and folders.
    pub(crate) hidden: Setting<bool>,
    /// `ignore`: respect `.gitignore`, `.ignore` and `.rgignore`.
    pub(crate) ignore: Setting<bool>,
    /// `follow`: follow symbolic links.
    pub(crate) follow: Setting<bool>,
    /// `index.auto_update`: update an index that has fallen behind, after a search.
    pub(crate) auto_update: Setting<bool>,
    /// `arch`: the architecture that questions about code are about.
    pub(crate) arch: Setting<String>,
    /// `kconfig`: the kernel configuration that questions are about; `none` for none.
    pub(crate) kconfig: Setting<String>,
    /// `trusted-trees`: trees whose own recipes are used.
    pub(crate) trusted_trees: Setting<Vec<PathBuf>>,
}
