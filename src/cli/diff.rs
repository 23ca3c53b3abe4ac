//! The arguments of `kgrep diff` and `kgrep exists`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::kinds::KindParser;
use clap::{Args, ValueEnum};

use super::SearchArgs;
use super::code::NamesArgs;
use super::files::{FileTypes, Globs};

/// What differs, and how it is shown.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "kgrep diff [OPTIONS] UPSTREAM DISTRO [PATTERN]
       kgrep diff [OPTIONS] PATCHES [PATTERN] [--on TREE]
       kgrep diff [OPTIONS] git:REV..REV [PATTERN]")]
#[command(after_help = "\
PATCHES is a patch file, an mbox, a folder of patches, a quilt series, or an RPM spec.

Examples:
  kgrep diff arch/x86 arch/arm64                     two folders, hunk by hunk
  kgrep diff arch/x86 arch/arm64 -i crash --by file  where they differ in something

With the sources of two kernels:
  kgrep diff linux-6.1 debian-6.1 crashkernel=auto   who understands it, and since which patch
  kgrep diff debian/patches --on linux-6.1 -w kfree  hunks of a series, in the tree's files
  kgrep diff linux-6.1 debian-6.1 --by subsystem     counts
  kgrep diff git:v6.1 git:v6.12 --kind functions add_memory    where a function went
  kgrep diff fix.patch --applied --on linux-6.1      would it apply?
  kgrep diff A B -i lockdown --format patch          the hunks as a patch for patch -p1
  kgrep -s 'p 3' --patch                             hunk 3 of the list, whole")]
pub(crate) struct DiffArgs {
    /// Two trees (folders, or git:REV), or patches; then what to search their changes for
    #[arg(value_name = "SIDE", required = true, num_args = 1..=3)]
    pub(crate) words: Vec<OsString>,

    /// The tree that the patches belong to: lines and functions are looked up there
    #[arg(long, value_name = "TREE", help_heading = "What differs")]
    pub(crate) on: Option<PathBuf>,

    /// How many leading folders the patches' names carry, as for patch -p (default: found
    /// by TREE's files)
    #[arg(long, value_name = "NUM", help_heading = "What differs")]
    pub(crate) strip: Option<usize>,

    /// The patches that made DISTRO, to name the one behind each hunk (default: the
    /// debian/patches in it or beside it)
    #[arg(long, value_name = "PATCHES", help_heading = "What differs")]
    pub(crate) patches: Option<PathBuf>,

    /// What PATTERN must match in
    #[arg(long = "in", value_enum, value_name = "WHERE", help_heading = "Pattern")]
    pub(crate) within: Option<Within>,

    /// The pattern and its flags.
    #[command(flatten)]
    pub(crate) pattern: PatternArgs,

    /// Count hunks instead of listing them
    #[arg(long, value_enum, value_name = "WHAT", group = "shape", help_heading = "Answer")]
    pub(crate) by: Option<By>,

    /// What changed in kernel terms; PATTERN is then the name of one such thing
    #[arg(long, value_parser = KindParser::<KindArg>::new(), value_name = "WHAT")]
    #[arg(group = "shape", help_heading = "Answer")]
    pub(crate) kind: Option<KindArg>,

    /// Whether each hunk applies to TREE, is in it already, or conflicts
    #[arg(long, conflicts_with_all = ["kind", "stat", "whole"], help_heading = "Answer")]
    pub(crate) applied: bool,

    /// How many context lines may differ, as for patch, with --applied
    #[arg(long, value_name = "NUM", requires = "applied", help_heading = "Answer")]
    pub(crate) fuzz: Option<u32>,

    /// Files with a bar of plus and minus signs each, as git has them
    #[arg(long, group = "shape", help_heading = "Answer")]
    pub(crate) stat: bool,

    /// The hunks themselves, highlighted on a terminal
    #[arg(long = "patch", group = "shape", help_heading = "Answer")]
    pub(crate) whole: bool,
}

/// The flags of a search that can be asked of a hunk's lines.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pattern")]
pub(crate) struct PatternArgs {
    /// Search for this pattern; may be given many times
    #[arg(short = 'e', long = "regexp", value_name = "PATTERN", allow_hyphen_values = true)]
    regexp: Vec<OsString>,

    /// Search for the patterns in this file, one per line
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Plain text, not a regular expression
    #[arg(short = 'F', long)]
    fixed_strings: bool,

    /// Upper and lower case are the same
    #[arg(short = 'i', long)]
    ignore_case: bool,

    /// As -i, unless the pattern has an upper-case letter
    #[arg(short = 'S', long)]
    smart_case: bool,

    /// Whole words only
    #[arg(short = 'w', long)]
    word_regexp: bool,

    /// Whole lines only
    #[arg(short = 'x', long)]
    line_regexp: bool,

    /// Hunks without any line that matches
    #[arg(short = 'v', long)]
    pub(crate) invert_match: bool,

    /// The line must match this too; may be given many times
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    and: Vec<OsString>,

    /// The line must not match this
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    not: Vec<OsString>,

    /// Which paths.
    #[command(flatten)]
    pub(crate) globs: Globs,

    /// Which types of files.
    #[command(flatten)]
    pub(crate) types: FileTypes,

    /// Print nothing; the exit status tells
    #[arg(short = 'q', long)]
    pub(crate) quiet: bool,
}

impl PatternArgs {
    /// True when the pattern is given by a flag, so that no word is one.
    pub(crate) fn has_pattern(&self) -> bool {
        !self.regexp.is_empty() || !self.files.is_empty()
    }

    /// The same as a search's arguments, with the word that is the pattern.
    pub(crate) fn to_search(&self, word: Option<&OsString>) -> SearchArgs {
        SearchArgs {
            pattern: word.cloned(),
            regexp: self.regexp.clone(),
            pattern_files: self.files.clone(),
            fixed_strings: self.fixed_strings,
            ignore_case: self.ignore_case,
            smart_case: self.smart_case,
            word_regexp: self.word_regexp,
            line_regexp: self.line_regexp,
            and: self.and.clone(),
            not: self.not.clone(),
            globs: self.globs.clone(),
            types: self.types.clone(),
            ..SearchArgs::default()
        }
    }
}

/// Where a pattern is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Within {
    /// In added lines
    Added,
    /// In removed lines
    Removed,
    /// In unchanged lines of a hunk
    Context,
    /// In the patch's message
    Message,
    /// In all of these, and in file names
    Any,
}

/// What hunks are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// By patch
    Patch,
    /// By file
    File,
    /// By function, Kconfig entry, section
    Function,
    /// By folder
    Folder,
    /// By section of MAINTAINERS
    Subsystem,
}

/// What kinds of things are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindArg {
    /// Boot and module parameters
    Params,
    /// Kconfig entries and their defaults
    Configs,
    /// System calls
    Syscalls,
    /// Exported symbols and GPL marks
    Exports,
    /// Structs and their fields
    Structs,
    /// Functions, new, gone, or with another signature
    Functions,
    /// Entries of device ID tables
    Ids,
    /// Sections of documents
    Docs,
    /// All of these
    All,
}

/// Which names, in which trees.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep exists kfree kmem_cache_alloc                is each there, and what is it?
  kgrep exists 'rdinit='                             a parameter of the kernel's command line
  kgrep exists kfree --in . tools                    in which of these trees?

With the sources of two kernels:
  kgrep exists crashkernel --in linux-6.1 debian-6.1     is the parameter known on both sides?
  kgrep exists fork.c struct_size CONFIG_KEXEC --in git:v6.1 git:v6.12 ~/src/linux")]
pub(crate) struct ExistsArgs {
    /// Functions, types, macros, fields, parameters, CONFIG_ symbols or files.
    #[command(flatten)]
    pub(crate) names: NamesArgs,

    /// Ask these trees, folders or git:REV: what is it in each?
    #[arg(long = "in", value_name = "TREE", num_args = 1..)]
    pub(crate) trees: Vec<PathBuf>,

    /// Say which of these patches would bring it: a series, a folder, an mbox, a spec
    #[arg(long, value_name = "PATCHES", conflicts_with = "trees")]
    pub(crate) patches: Option<PathBuf>,
}

/// Which change is looked at.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep touched ~/src/linux/0001-fix.patch    functions, types and macros, and who calls them
  kgrep touched git:v6.11..v6.12    what a release changed")]
pub(crate) struct TouchedArgs {
    /// A patch, an mbox, a folder or series of patches; or revisions of the tree's repository
    #[arg(value_name = "PATCH|git:REV..REV")]
    pub(crate) change: PathBuf,

    /// How many leading folders the patches' names carry, as for patch -p (default: found
    /// by the tree's files)
    #[arg(long, value_name = "NUM")]
    pub(crate) strip: Option<usize>,
}
