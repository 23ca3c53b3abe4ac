//! The command line: one declaration that feeds parser, help, man page and
//! completions.
//!
//! kgrep's first word is a pattern unless it is a command's name, so there are two
//! parsers: one with commands and one without. [`parse`] looks for the first word
//! and picks. A third, [`parse_grep`], is for what stands behind `-s g`. Parsing only
//! validates; nothing here reads or writes.

mod browse;
mod code;
mod common;
mod diff;
mod files;
mod find;
mod groups;
mod history;
mod index;
mod kinds;
mod lists;
mod log;
mod lsp;
mod mcp;
mod messages;
mod pages;
mod search;
mod texts;
mod trace;
mod words;
mod wrong;

use std::cell::LazyCell;
use std::ffi::{OsStr, OsString};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand,
};

pub(crate) use browse::BrowseArgs;
pub(crate) use code::{
    BuiltArgs, CallerArgs, ChainArgs, ConfigsArgs, DefArgs, Export, ExportArgs, FunctionsArgs,
    NamesArgs, PictureArgs, RefsArgs, SeenArgs, StepArgs,
};
pub(crate) use common::{CommonArgs, ListArgs};
pub(crate) use diff::{By, DiffArgs, ExistsArgs, KindArg, TouchedArgs, Within};
pub(crate) use find::{CompleteArgs, FindArgs, FindKind};
pub(crate) use groups::COMMAND_GROUPS;
pub(crate) use history::HistoryArgs;
pub(crate) use index::IndexArgs;
pub(crate) use kinds::kind;
pub(crate) use lists::ListsArgs;
pub(crate) use log::{LogArgs, Only};
pub(crate) use lsp::LspArgs;
pub(crate) use mcp::McpArgs;
pub(crate) use messages::MessagesArgs;
pub(crate) use pages::{help_page, reference, short_help, version};
pub(crate) use search::SearchArgs;
pub(crate) use trace::{ItemsArgs, QueriesArgs, TraceArgs};
pub(crate) use wrong::Stop;

use crate::list::ends_with_grep;

const ABOUT: &str = "Search the Linux kernel's source, and go on from what was found";

const USAGE: &str = "kgrep [OPTIONS] PATTERN [PATH…]
       kgrep [OPTIONS] -s COMMAND [SELECTORS]
       kgrep COMMAND …";

const EXAMPLES: &str = "\
Examples:
  kgrep 'kmem_cache_alloc('          search; a bracket left open is plain text
  kgrep -w kfree drivers/usb -tc     a word, below a folder, in C files
  kgrep --at HEAD~3 kfree            in a git revision, without checking it out
  kgrep -s 27                        open match 27 in the editor
  kgrep -s c3 27-28,30               three lines of context around these
  kgrep -s tree                      count the matches by folder
  kgrep --interactive                a shell for follow-ups
  kgrep demo                         a tour on a small tree

A first word that is a command's name is that command; `kgrep -e lists` or
`kgrep -- lists` searches for the word.

Exit status: 0 something found, 1 nothing found, 2 an error.";

const CONFIG_EXAMPLES: &str = "\
Examples:
  kgrep config                       every setting, and where it comes from
  kgrep --color never config         the same, with a flag in force";

const DEMO_EXAMPLES: &str = "\
Examples:
  kgrep demo                         the tour
  kgrep --color always demo | less -R    with colours, page by page";

const CALLERS_EXAMPLES: &str = "\
Examples:
  kgrep callers kfree                who calls it
  kgrep callers -d 3 kmem_cache_free     who calls those, three steps up
  kgrep callers kmalloc --arg 2=GFP_KERNEL    with this as the second argument";

const CALLEES_EXAMPLES: &str = "\
Examples:
  kgrep callees start_kernel         what it calls, and where that is defined
  kgrep callees -d 2 --kinds call kernel_init    calls only, two steps down";

const HELP_EXAMPLES: &str = "\
Examples:
  kgrep help                         all of it: as kgrep --help
  kgrep help trace                   of one command: as kgrep trace --help";

const VERSION_EXAMPLES: &str = "\
Examples:
  kgrep version                      as kgrep --version
  kgrep -e version                   search for the word";

/// What a command's help says of the options that all commands have.
const DISPLAY: &str = "\
Every command takes --format, --json, --vimgrep, --color, --highlight, --hyperlink, --theme, --arch, --no-header,
--no-less and --no-config, too, and every question --at REV: see `kgrep --help`.";

/// The whole command line.
#[derive(Debug, Clone, Parser)]
#[command(name = "kgrep", version, about = ABOUT, after_help = EXAMPLES)]
#[command(override_usage = USAGE, disable_help_subcommand = true, disable_help_flag = true)]
pub(crate) struct Cli {
    /// A command, where the first word is one.
    #[command(subcommand)]
    pub(crate) command: Option<Commands>,

    /// What a search takes.
    #[command(flatten)]
    pub(crate) root: Root,
}

/// What kgrep takes when the first word is no command.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "kgrep", version, about = ABOUT, after_help = EXAMPLES)]
#[command(override_usage = USAGE, disable_help_flag = true)]
pub(crate) struct Root {
    /// What is searched for, and where.
    #[command(flatten)]
    pub(crate) search: SearchArgs,

    /// Follow-ups.
    #[command(flatten)]
    pub(crate) list: ListArgs,

    /// How output looks.
    #[command(flatten)]
    pub(crate) common: CommonArgs,

    /// Print a short help
    #[arg(short = 'h', action = ArgAction::SetTrue)]
    pub(crate) short_help: bool,

    /// Print the whole help
    #[arg(long, action = ArgAction::HelpLong)]
    pub(crate) help: Option<bool>,

    /// The first flag on the command line that only a search understands.
    #[arg(skip)]
    pub(crate) search_flag: Option<String>,

    /// The words behind `-s COMMAND`, as they were given.
    #[arg(skip)]
    pub(crate) show_words: Vec<OsString>,
}

/// What `g ARGS…` takes, in a shell or behind `-s`.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "g", no_binary_name = true, disable_version_flag = true)]
#[command(override_usage = "g [OPTIONS] PATTERN [PATH…]")]
pub(crate) struct GrepArgs {
    /// What is searched for, and where.
    #[command(flatten)]
    pub(crate) search: SearchArgs,

    /// How output looks.
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// The commands.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Commands {
    /// Build or update the index of a tree, which makes searches many times faster
    Index(IndexArgs),
    /// Find symbols, documentation, options and parameters by a few words, best first
    Find(FindArgs),
    /// Find where a name is defined
    Def(DefArgs),
    /// List every use of a name
    Refs(RefsArgs),
    /// Show who calls a function, as a tree
    #[command(after_help = CALLERS_EXAMPLES)]
    Callers(CallerArgs),
    /// Show what a function calls, as a tree
    #[command(after_help = CALLEES_EXAMPLES)]
    Callees(StepArgs),
    /// Find the functions that have all of several texts in their bodies
    Functions(FunctionsArgs),
    /// Find the shortest call chains from one function to another
    Chain(ChainArgs),
    /// Tell all about one name: system call, boot parameter, struct, file, …
    Trace(TraceArgs),
    /// Tell whether a configuration builds a file, and which lines decide
    Built(BuiltArgs),
    /// Tell in which symbols, modules and files two configurations differ
    Configs(ConfigsArgs),
    /// Tell where a kernel log's lines come from: messages, stack traces, reports
    Log(LogArgs),
    /// List the messages that the kernel can print, with the calls that print them
    Messages(MessagesArgs),
    /// Show which recipes `trace` has, explain one, or check them
    Queries(QueriesArgs),
    /// List all system calls, boot parameters, initcalls, exports, …
    List(ItemsArgs),
    /// Print the call graph or all symbols as a table, or write tables of kernels
    Export(ExportArgs),
    /// List what a distribution's kernel, or a set of patches, does differently
    Diff(Box<DiffArgs>),
    /// Tell which functions, types and macros a change touches
    Touched(TouchedArgs),
    /// Prove that a name is there or not: in this tree, or in which of several
    Exists(ExistsArgs),
    /// Tell what a name is in revisions, folders and with patches, and what changed
    History(HistoryArgs),
    /// Answer an editor's questions, by the Language Server Protocol
    Lsp(LspArgs),
    /// Answer an agent's questions, by the Model Context Protocol
    Mcp(McpArgs),
    /// Show a list on the whole screen, with the source beside it
    Browse(BrowseArgs),
    /// Show which lists are kept, show one again, or remove them
    Lists(ListsArgs),
    /// Print the settings in force and where each comes from
    #[command(after_help = CONFIG_EXAMPLES)]
    Config,
    /// Take a tour on a small kernel-like tree: search, find, trace, diff, log
    #[command(after_help = DEMO_EXAMPLES)]
    Demo,
    /// Print the help of kgrep, or of a command
    #[command(after_help = HELP_EXAMPLES)]
    Help(HelpArgs),
    /// Print the version
    #[command(after_help = VERSION_EXAMPLES)]
    Version,
    /// Print the names that begin so: what a shell completes
    #[command(name = "__complete", hide = true)]
    Complete(CompleteArgs),
    /// Print a man page or a shell's completions
    #[command(name = "__generate", hide = true)]
    Generate(GenerateArgs),
}

/// Whose help is printed.
#[derive(Debug, Clone, Args)]
pub(crate) struct HelpArgs {
    /// The command; without it, the help of kgrep itself
    pub(crate) command: Option<String>,
}

/// What can be generated from the parser.
#[derive(Debug, Clone, Args)]
pub(crate) struct GenerateArgs {
    /// What to print
    #[arg(value_enum)]
    pub(crate) what: Generate,

    /// Whose man page; without it, that of kgrep itself
    pub(crate) command: Option<String>,
}

/// The files in `completions/`.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Generate {
    /// A man page, kgrep.1 or kgrep-COMMAND.1
    Man,
    /// Completions for bash
    Bash,
    /// Completions for zsh
    Zsh,
    /// Completions for fish
    Fish,
    /// The names of the commands, each with a man page
    Commands,
    /// The help of kgrep and of every command, as a page of the documentation
    Reference,
}

/// The parser with all commands, for help, man page and completions. Each command has
/// a help of its own: the root's, in two lengths, is the root's alone.
pub(crate) fn command() -> Command {
    Cli::command().mut_subcommands(|command| {
        let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
        command.disable_help_flag(true).arg(help.help("Print help"))
    })
}

/// Parses a command line, program name first.
///
/// # Errors
/// What is wrong with it, or the page that `--help` or `--version` asks for.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, Stop> {
    // What scripts ask first needs no parser.
    if let [_, only] = args
        && (only == "--version" || only == "-V")
    {
        return Err(Stop::Page(version()));
    }
    let root = Root::command();
    let args = &words::with_dashed_pattern(args, 1, &root, is_command)?;
    if let Some(show) = words::split_at_show(args, &root) {
        return parse_show(root, show);
    }
    match words::first_word(args, &root).filter(|word| is_command(word)) {
        None => parse_root(root, args).map(|root| Cli { command: None, root }),
        Some(word) => parse_command(&root, args, word),
    }
}

/// Parses the arguments of `g`.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_grep(args: &[OsString]) -> Result<GrepArgs, Stop> {
    let args = &words::with_dashed_pattern(args, 0, &GrepArgs::command(), |_| false)?;
    GrepArgs::try_parse_from(args).map_err(|error| Stop::of_search(error, args))
}

/// The names of the commands that are there to be typed.
pub(crate) fn command_names() -> Vec<String> {
    let parser = command();
    let shown = parser.get_subcommands().filter(|command| !command.is_hide_set());
    shown.map(|command| command.get_name().to_owned()).collect()
}

/// Parses a command line with `-s`. Behind `g` everything is a search's, untouched;
/// behind other commands flags are kgrep's and words are selectors.
fn parse_show(parser: Command, show: words::Show) -> Result<Cli, Stop> {
    let line = show.line.to_string_lossy().into_owned();
    if line.starts_with('-') {
        return Err(Stop::Wrong(wrong::no_follow_up(&line)));
    }
    let mut root = if ends_with_grep(&line) {
        let mut root = parse_root(parser, &show.before)?;
        root.show_words = show.rest;
        root
    } else {
        let mut args = show.before;
        args.extend(show.rest);
        let mut root = parse_root(parser, &args)?;
        if let Some(second) = &root.list.show {
            return Err(Stop::Wrong(format!(
                "-s is given twice; a `;` chains commands: -s '{line}; {second}'"
            )));
        }
        root.show_words.extend(root.search.pattern.take());
        root.show_words.append(&mut root.search.paths);
        root
    };
    if let Some(flag) = &root.search_flag {
        return Err(Stop::Wrong(format!(
            "{flag} is a search's, and `-s {line}` follows up on one: search first, then \
             follow up{}",
            instead(flag)
        )));
    }
    root.list.show = Some(line);
    Ok(Cli { command: None, root })
}

/// What to write in a follow-up in place of a search's flag.
fn instead(flag: &str) -> &'static str {
    match flag.rsplit("--").next().unwrap_or_default() {
        "context" | "after-context" | "before-context" => " (`-s c3` shows three lines around)",
        "files-with-matches" | "count" => " (`-s files` counts by file)",
        "max-depth" => "",
        _ => " (`-s g ARGS` searches again)",
    }
}

/// Parses a search or a follow-up with the root's parser.
fn parse_root(parser: Command, args: &[OsString]) -> Result<Root, Stop> {
    let mut parser = parser.help_template(groups::template());
    let parsed = parser.try_get_matches_from_mut(args);
    let mut matches = parsed.map_err(|error| Stop::of_search(error, args))?;
    let search_flag = search_flag(&parser, &matches);
    let mut root = Root::from_arg_matches_mut(&mut matches)?;
    root.search_flag = search_flag;
    Ok(root)
}

/// The first flag on the command line that is a search's and means something.
fn search_flag(parser: &Command, matches: &ArgMatches) -> Option<String> {
    // Hundreds of arguments are made only where one needs a look.
    let search = LazyCell::new(|| SearchArgs::augment_args(Command::new("search")));
    given(parser, matches, |arg| {
        let is_flag = !arg.is_positional() && !search::means_nothing(arg.get_id().as_str());
        is_flag && search.get_arguments().any(|own| own.get_id() == arg.get_id())
    })
}

/// The long flags of a command, or of a search.
pub(crate) fn long_flags(name: Option<&str>) -> Vec<String> {
    let parser = command();
    let own = name.and_then(|name| parser.find_subcommand(name)).unwrap_or(&parser);
    let global = parser.get_arguments().filter(|arg| name.is_some() && arg.is_global_set());
    let flags = own.get_arguments().chain(global).filter_map(clap::Arg::get_long);
    let mut flags: Vec<String> = flags.map(|flag| format!("--{flag}")).collect();
    flags.sort_unstable();
    flags.dedup();
    flags
}

/// Whether `kgrep WORD` is a command.
pub(crate) fn is_command(word: &OsStr) -> bool {
    // Their names alone: to make the parser of all commands takes as long as to parse with it.
    word.to_str().is_some_and(Commands::has_subcommand)
}

/// The parser with the `--help` of command `word` down to what is the command's own, so that its
/// examples are on the first screen.
fn with_short_page(parser: Command, word: &OsStr) -> Command {
    let pages = parser.mut_subcommands(|command| {
        if command.get_name() != word {
            return command;
        }
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let gap = if examples.is_empty() { "" } else { "\n\n" };
        command.after_help(format!("{examples}{gap}{DISPLAY}"))
    });
    pages.mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg })
}

fn parse_command(root: &Command, args: &[OsString], word: &OsStr) -> Result<Cli, Stop> {
    let mut parser = with_short_page(command(), word);
    let args = &match word.to_str() {
        Some("find") => find::with_must_nots(args),
        Some("trace" | "messages") => texts::with_texts(args),
        _ => args.to_vec(),
    };
    let matches = parser.try_get_matches_from_mut(args).map_err(|error| {
        let unknown_flag = error.kind() == ErrorKind::UnknownArgument;
        let unknown = word == "find" && unknown_flag;
        match find::letter_hint(args).filter(|_| unknown) {
            Some(hint) => Stop::Wrong(hint),
            None if error.kind() == ErrorKind::MissingRequiredArgument => {
                let needs = parser.find_subcommand(word).and_then(|c| wrong::needs(&error, c));
                needs.map_or_else(|| Stop::of(with_hint(error, word), args), Stop::Wrong)
            }
            None if unknown_flag && wrong::names_a_flag(&error) && wrong::is_asked(args, word) => {
                Stop::of(wrong::with_help(error, word), args)
            }
            None => Stop::of(with_hint(error, word), args),
        }
    })?;
    if let Some(name) = given(root, &matches, |arg| !arg.is_global_set()) {
        return Err(Stop::Wrong(format!(
            "{name} is a search's argument, not this command's; {}",
            hint(word)
        )));
    }
    Ok(Cli::from_arg_matches(&matches)?)
}

/// The first argument of the root's that `counts` and was given on the command line,
/// as `-i/--ignore-case`.
fn given(parser: &Command, matches: &ArgMatches, counts: impl Fn(&Arg) -> bool) -> Option<String> {
    let found = parser.get_arguments().find(|arg| {
        let id = arg.get_id().as_str();
        matches.try_contains_id(id).unwrap_or(false)
            && matches.value_source(id) == Some(ValueSource::CommandLine)
            && counts(arg)
    })?;
    let long = found.get_long().map(|long| format!("--{long}"));
    let short = found.get_short().map(|short| format!("-{short}"));
    match (short, long) {
        (Some(short), Some(long)) => Some(format!("{short}/{long}")),
        (short, long) => short.or(long).or_else(|| Some(found.get_id().to_string())),
    }
}

/// Adds to a command's error how to search for the command's name instead.
fn with_hint(mut error: clap::Error, word: &OsStr) -> clap::Error {
    // A flag with a wrong value shows that the command was meant.
    let has_flag = wrong::names_a_flag(&error);
    let is_page = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !is_page && (!has_flag || error.kind() == ErrorKind::UnknownArgument) {
        let hint = hint(word);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(hint)]));
    }
    error
}

fn hint(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    format!("`{word}` is a command; to search for the word: kgrep -e {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Cli {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        parse(&args).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    #[test]
    fn the_parser_is_consistent() {
        command().debug_assert();
        Root::command().debug_assert();
        GrepArgs::command().debug_assert();
    }

    #[test]
    fn a_first_word_that_is_a_commands_name_is_that_command() {
        let lists = |line: &str| matches!(parsed(line).command, Some(Commands::Lists(_)));
        assert!(lists("kgrep lists"));
        assert!(lists("kgrep --no-config lists"));
        assert!(lists("kgrep --color never lists"));
    }

    #[test]
    fn the_word_can_be_searched_for() {
        for line in ["kgrep -e lists", "kgrep -- lists", "kgrep foo lists", "kgrep -ie lists"] {
            assert!(parsed(line).command.is_none(), "{line}");
        }
        assert!(parsed("kgrep -A 3 foo lists").command.is_none());
        assert!(parsed("kgrep -s lists").command.is_none());
    }

    #[test]
    fn a_searchs_flag_before_a_command_is_an_error_that_says_how_to_search() {
        let args = ["kgrep", "-i", "lists"].map(OsString::from);
        let error = parse(&args).unwrap_err().to_string();
        assert!(error.contains("--ignore-case"), "{error}");
        assert!(error.contains("kgrep -e lists"), "{error}");
    }

    #[test]
    fn the_short_help_fits_a_screen_and_names_the_commands() {
        let help = short_help();
        assert!(help.lines().count() <= 24, "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        for command in command().get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(help.contains(&format!("  {}", command.get_name())), "{help}");
        }
    }

    /// The follow-up of a command line, and the words for it.
    fn follow_up(line: &str) -> (Option<String>, Vec<OsString>) {
        let root = parsed(line).root;
        (root.list.show, root.show_words)
    }

    #[test]
    fn behind_g_everything_is_the_searchs() {
        for line in ["kgrep -s g -i FOO --list 3", "kgrep -sg -i FOO --list 3"] {
            assert_eq!(
                follow_up(line),
                (Some("g".into()), ["-i", "FOO", "--list", "3"].map(Into::into).to_vec())
            );
        }
        let root = parsed("kgrep --list 2 --show=grep -s 1 foo").root;
        assert_eq!((root.list.list, root.show_words.len()), (Some(2), 3));
    }

    #[test]
    fn behind_other_commands_flags_are_kgreps() {
        let root = parsed("kgrep --show d 1,2 --interactive --no-header").root;
        assert!(root.list.interactive && root.common.no_header);
        assert_eq!((root.list.show, root.show_words), (Some("d".into()), vec!["1,2".into()]));
    }

    #[test]
    fn a_searchs_flag_beside_a_follow_up_says_what_to_write() {
        for (line, flag, hint) in [
            ("kgrep -e foo -s p", "-e/--regexp", "-s g"),
            ("kgrep -s p -l", "-l/--files-with-matches", "-s files"),
            ("kgrep -s c1 0 -C 3", "-C/--context", "-s c3"),
            ("kgrep -s p 0 -p", "-p/--show-function", "-s g"),
            ("kgrep -s 1 -s 2", "twice", "-s '1; 2'"),
        ] {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = parse(&args).unwrap_err().to_string();
            assert!(error.contains(flag) && error.contains(hint), "{line}: {error}");
        }
    }
}
