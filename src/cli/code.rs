//! The arguments of the commands that ask what the code says: `def`, `refs`,
//! `callers`, `callees`, `chain` and `export`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use kgrep_engine::request::WantedArgument;

use super::common::at_least_one;

/// Which names are asked about.
#[derive(Debug, Clone, Args)]
pub(crate) struct NamesArgs {
    /// The name; of several, each has a part of the answer
    #[arg(value_name = "NAME", required_unless_present = "names_from")]
    pub(crate) names: Vec<String>,

    /// Ask about the names in this file too, one per line (-: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) names_from: Option<PathBuf>,
}

/// From where a name is seen.
#[derive(Debug, Clone, Args)]
pub(crate) struct SeenArgs {
    /// Of several definitions of a name only those that this file can mean: its own static
    /// functions, or what it can call; may be given many times
    #[arg(long, value_name = "FILE")]
    pub(crate) seen_from: Vec<PathBuf>,
}

/// What is looked for, by name.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep def kmem_cache_alloc          where it is defined, best first
  kgrep def 'ext4_*_inode'            every name like that
  kgrep def --kind struct file        only the struct
  kgrep def task_struct.pid           the field of a structure
  kgrep def --body start_kernel       the whole function, with line numbers
  kgrep def kfree kmalloc             both, each with a title")]
pub(crate) struct DefArgs {
    /// The names, or globs such as 'ext4_*_inode'
    #[command(flatten)]
    pub(crate) names: NamesArgs,

    /// Which of several definitions is meant.
    #[command(flatten)]
    pub(crate) seen: SeenArgs,

    /// Only definitions of these kinds: function, macro, struct, union, enum, constant,
    /// typedef, variable, syscall, declaration, …
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,

    /// Print the whole definitions, instead of one line each
    #[arg(long)]
    pub(crate) body: bool,

    /// With --body: also what a macro writes that makes the definition
    #[arg(long, requires = "body")]
    pub(crate) expand: bool,
}

/// Whose uses are looked for.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep refs kfree                    every use, and the function it is in
  kgrep refs --kinds init ext4_file_open    only where a table names it
  kgrep refs file.private_data --access write    who writes this field
  kgrep refs --as dispatch file_operations.open    who calls through this field")]
pub(crate) struct RefsArgs {
    /// The names
    #[command(flatten)]
    pub(crate) names: NamesArgs,

    /// Which of several definitions is meant.
    #[command(flatten)]
    pub(crate) seen: SeenArgs,

    /// Only these kinds of use: call, macro, ref, init, indirect, use
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,

    /// Only accesses of these kinds, of a variable or a field (STRUCT.FIELD): read, write (both
    /// with what does both), read-write, address, declared, initialised
    #[arg(long, value_name = "KIND", value_delimiter = ',', conflicts_with = "kinds")]
    pub(crate) access: Vec<String>,

    /// Only what has to do with pointers, of a function or of a field that holds functions
    /// (STRUCT.FIELD): dispatch (who calls through it), table (which tables have it),
    /// registration (who registers or stores it)
    #[arg(
        long = "as", value_name = "ROLE", value_delimiter = ',', conflicts_with_all = ["kinds", "access"]
    )]
    pub(crate) roles: Vec<String>,

    /// Show at most this many
    #[arg(
        short = 'n', long, value_name = "NUM", value_parser = at_least_one(),
        conflicts_with_all = ["dot", "svg"]
    )]
    pub(crate) number: Option<usize>,

    /// How it is drawn.
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
}

/// Whose callers or callees are looked for.
#[derive(Debug, Clone, Args)]
pub(crate) struct StepArgs {
    /// The functions or macros
    #[command(flatten)]
    pub(crate) names: NamesArgs,

    /// Which of several definitions is meant.
    #[command(flatten)]
    pub(crate) seen: SeenArgs,

    /// Go on this many steps
    #[arg(short = 'd', long, value_name = "NUM", default_value_t = 1, value_parser = at_least_one())]
    pub(crate) depth: usize,

    /// Only these kinds of steps: call, macro, ref, init, indirect (default: call, macro
    /// and ref)
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,

    /// Show the calls through pointers that are only possible, too
    #[arg(long)]
    pub(crate) all: bool,

    /// Show at most this many
    #[arg(
        short = 'n', long, value_name = "NUM", value_parser = at_least_one(),
        conflicts_with_all = ["dot", "svg"]
    )]
    pub(crate) number: Option<usize>,

    /// How it is drawn.
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
}

/// Whose callers are looked for, and with what they call.
#[derive(Debug, Clone, Args)]
pub(crate) struct CallerArgs {
    /// The steps.
    #[command(flatten)]
    pub(crate) steps: StepArgs,

    /// Show the arguments of each call
    #[arg(long)]
    pub(crate) args: bool,

    /// Only calls whose Nth argument matches this; may be given many times
    #[arg(long, value_name = "N=PATTERN")]
    pub(crate) arg: Vec<WantedArgument>,
}

/// Which functions are looked for.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep functions --with 'kmalloc(' --with 'memcpy('    who does both, with the lines
  kgrep functions --with 'kmalloc(' --without GFP_KERNEL mm    in this folder, without that")]
pub(crate) struct FunctionsArgs {
    /// A pattern that a line of the function matches; may be given many times
    #[arg(long, value_name = "PATTERN", required = true)]
    pub(crate) with: Vec<String>,

    /// A pattern that no line of the function matches; may be given many times
    #[arg(long, value_name = "PATTERN")]
    pub(crate) without: Vec<String>,

    /// Only functions in these files and folders
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// From where to where, and how.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep chain start_kernel run_init_process
  kgrep chain start_kernel kernel_init --avoid do_initcalls
  kgrep chain vfs_open ext4_file_open --indirect")]
pub(crate) struct ChainArgs {
    /// Where it begins
    pub(crate) from: String,

    /// Where it ends
    pub(crate) to: String,

    /// Show at most this many chains
    #[arg(short = 'n', long, value_name = "NUM", default_value_t = 5, value_parser = at_least_one())]
    pub(crate) number: usize,

    /// It must pass this name; may be given many times, in order
    #[arg(long, value_name = "NAME")]
    pub(crate) through: Vec<String>,

    /// It must not pass this name; may be given many times
    #[arg(long, value_name = "NAME")]
    pub(crate) avoid: Vec<String>,

    /// At most this many hops
    #[arg(long, value_name = "NUM", default_value_t = ChainArgs::DEPTH, value_parser = at_least_one())]
    pub(crate) max_depth: usize,

    /// It may go through tables of functions, such as struct file_operations
    #[arg(long)]
    pub(crate) indirect: bool,

    /// Calls through pointers that are only possible are hops like any other
    #[arg(long, requires = "indirect")]
    pub(crate) all: bool,

    /// How it is drawn.
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
}

impl ChainArgs {
    /// How many hops a chain has at most, unless told.
    pub(crate) const DEPTH: usize = 64;
}

/// Which files are asked about.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep --kconfig ~/src/linux/.config built drivers/net/tun.c
  kgrep --kconfig ~/src/linux/.config built 'net/*.c'  whether, and what is missing, for many files
  kgrep --kconfig ~/src/linux/.config built fs/ext4/   the same for all files of a folder
  kgrep --kconfig ~/src/linux/.config built vfs_open  the files that define it
  KCONFIG_CONFIG=~/src/linux/.config kgrep built fs/ext4/*.c")]
pub(crate) struct BuiltArgs {
    /// Files and folders, as paths from here or from the tree's top; names that the code defines;
    /// globs for paths in quotes
    #[arg(value_name = "FILE|FOLDER|NAME|GLOB", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

/// Which configurations are compared.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep configs /boot/config-6.1.0 ~/src/linux/.config
  kgrep configs ~/src/linux/.config.old ~/src/linux/.config --format grep")]
pub(crate) struct ConfigsArgs {
    /// One configuration: a .config, one packed with gzip, or a built kernel's folder
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,

    /// The other one
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

/// What is exported.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep export edges                  file, caller, callee, kind
  kgrep export symbols | sort | less  name, kind, file, first and last line
  kgrep --kconfig ~/src/linux/.config export files
                                      file, y, m, no or unknown, module
  kgrep export symbols --format parquet --out fleet/symbols --tags 'git:v6.*' ~/src/rhel-9
                                      a table for each of many kernels")]
pub(crate) struct ExportArgs {
    /// What to print, as tab-separated values, or to write as tables
    #[arg(value_enum)]
    pub(crate) what: Export,

    /// With --out: the trees, each a folder or git:REV (default: the one you are in, or those of
    /// --at and --tags); NAME=TREE gives it another name
    #[arg(value_name = "TREE", requires = "out")]
    pub(crate) trees: Vec<OsString>,

    /// With --format parquet: write a file for each tree into this folder, rev=NAME/part-0.parquet;
    /// those that are there are left
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,

    /// With --out: all revisions whose tags match this, in the order of their versions; may be given
    /// many times
    #[arg(long, value_name = "GLOB", requires = "out")]
    pub(crate) tags: Vec<String>,

    /// With --out: more trees, from this file, one per line (-: standard input)
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) trees_from: Option<PathBuf>,

    /// With --out: of N machines with the same list of trees, this is the Kth: do every Nth tree
    #[arg(long, value_name = "K/N", requires = "out", value_parser = share)]
    pub(crate) jobs: Option<Share>,
}

/// Which part of a list one of several machines does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// Which machine it is, from 0.
    pub(crate) which: usize,
    /// How many there are.
    pub(crate) of: usize,
}

/// Reads `K/N`.
fn share(text: &str) -> Result<Share, String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((k, n)) if (1..=n).contains(&k) => Ok(Share { which: k - 1, of: n }),
        _ => Err("give K/N, such as 2/8: the second of eight machines".to_owned()),
    }
}

/// What can be exported.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Export {
    /// Who uses what: file, caller, callee, kind
    Edges,
    /// All definitions: name, kind, file, first line, last line
    Symbols,
    /// Every source, and whether a configuration builds it (--kconfig): file, state, module
    Files,
    /// Every printing call: file, first line, last line, function, level, format
    Formats,
}

/// A drawing in place of the table.
#[derive(Debug, Clone, Args)]
pub(crate) struct PictureArgs {
    /// Print a graph in the language of Graphviz
    #[arg(long, conflicts_with = "svg")]
    pub(crate) dot: bool,

    /// Draw the graph into this file, with Graphviz' dot
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,

    /// Draw macros and constants, too; `callees` also lists those that are constants, casts and checks
    #[arg(long)]
    pub(crate) macros: bool,

    /// What names in the picture link to: URL/PATH#LLINE (default: the file)
    #[arg(long, value_name = "URL", requires = "svg")]
    pub(crate) link_base: Option<String>,
}
