//! The arguments of the commands that recipes answer: `trace`, `queries` and `list`.

use std::path::PathBuf;

use clap::Args;

use super::code::{NamesArgs, SeenArgs};
use super::common::at_least_one;

/// What is traced, and how much of it is told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep trace pivot_root              a system call: definition, tables, calls, errors
  kgrep trace rdinit=                 a boot parameter: handler, variables, documentation
  kgrep trace CONFIG_KEXEC            a Kconfig symbol, and who depends on it
  kgrep trace file_operations.open    all functions that tables put there
  kgrep trace fs/namespace.c          what builds it, what it exports, who maintains it
  kgrep trace --as include fs/namespace.c linux/fs.h    the way from file to header")]
pub(crate) struct TraceArgs {
    /// The names; `kgrep queries` shows of what kinds.
    #[command(flatten)]
    pub(crate) names: NamesArgs,

    /// Which of several definitions is meant.
    #[command(flatten)]
    pub(crate) seen: SeenArgs,

    /// Take it for a name of this kind, and tell all of it
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind: Option<String>,

    /// Follow calls this many steps
    #[arg(short = 'd', long, value_name = "NUM", default_value_t = 1, value_parser = at_least_one())]
    pub(crate) depth: usize,

    /// Print the definition and the static functions it calls in full
    #[arg(long)]
    pub(crate) body: bool,

    /// Print long sections to their end
    #[arg(long)]
    pub(crate) all: bool,

    /// Use the recipes in the tree's own .kgrep/queries, too
    #[arg(long)]
    pub(crate) trust_tree: bool,
}

/// Which recipes are shown or checked.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep queries                       what kinds of names trace knows
  kgrep queries syscall               what it tells of a system call, and how")]
pub(crate) struct QueriesArgs {
    /// Explain the recipe for names of this kind
    pub(crate) kind: Option<String>,

    /// Run every recipe's examples on a tree: this one, or the one around the current folder
    #[arg(long, value_name = "TREE", num_args = 0..=1, default_missing_value = ".")]
    pub(crate) check: Option<PathBuf>,

    /// Use the recipes in the tree's own .kgrep/queries, too
    #[arg(long)]
    pub(crate) trust_tree: bool,
}

/// What is listed.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep list syscalls                 number, ABI, name, entry point, where it is defined
  kgrep list syscalls --arch all
  kgrep list boot-params 'crash*'")]
pub(crate) struct ItemsArgs {
    /// syscalls, boot-params, configs, initcalls, exports, tracepoints, modules, ops, or
    /// what a recipe of yours lists
    pub(crate) what: String,

    /// Only names that this glob matches
    pub(crate) glob: Option<String>,

    /// Use the recipes in the tree's own .kgrep/queries, too
    #[arg(long)]
    pub(crate) trust_tree: bool,
}
