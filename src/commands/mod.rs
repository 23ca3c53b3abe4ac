//! What kgrep does: one file a command, top to bottom.

mod answer;
mod at;
mod between;
mod body;
mod browse;
mod built;
mod chain;
mod complete;
mod config;
mod configs;
mod def;
mod demo;
mod diff;
mod draw;
mod exists;
mod export;
mod find;
mod fleet;
mod follow;
mod functions;
mod generate;
mod help;
mod history;
mod index;
mod items;
mod keeping;
mod lister;
mod lists;
mod log;
mod lsp;
mod mcp;
mod messages;
mod named;
mod picture;
mod printer;
mod queries;
mod refs;
mod revisions;
mod screen;
mod search;
mod show;
mod sides;
mod steps;
mod touched;
mod trace;
mod trees;

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, IsTerminal};

use anyhow::{Result, bail};
use kgrep_engine::Cancel;

use crate::cli::{Cli, Commands, Root};
use crate::folders;
use crate::freshen;
use crate::in_force::{self, Flags};
use crate::list::Shelf;
use crate::message::{chain, tell};
pub(crate) use crate::session::{Outcome, Session};
use crate::settings::{self, Format};
use crate::waiting;

/// Runs what the command line asks for.
///
/// # Errors
/// Whatever kept the command from being done, in one line.
pub(crate) fn run(cli: &Cli, args: &[OsString]) -> Result<Outcome> {
    asked(cli, args, &Cancel::default(), !follow::is_meant(&cli.root))
}

/// As [`run`], until nobody waits for it any more.
///
/// # Errors
/// As [`run`], and if the answer is no longer wanted.
fn run_until(cli: &Cli, args: &[OsString], cancel: &Cancel) -> Result<Outcome> {
    asked(cli, args, cancel, false)
}

/// As [`run_until`]; of a revision's `first` search nobody needs the files.
fn asked(cli: &Cli, args: &[OsString], cancel: &Cancel, first: bool) -> Result<Outcome> {
    let outcome = at::within(cli, first, folders::cache, |cli| {
        sides::beside(cli, folders::cache, |cli| {
            if let Some(doing) = doing(cli) {
                waiting::begin(doing);
            }
            answer(cli, || {
                let session = checked_session(cli, args)?;
                Ok(Session { cancel: cancel.clone(), ..session })
            })
        })
    });
    // Where nothing was printed.
    waiting::end();
    outcome
}

/// The session, for a command that can print in the format in force.
fn checked_session(cli: &Cli, args: &[OsString]) -> Result<Session> {
    // Without the program's own name.
    let session = session(&cli.root, args.get(1..).unwrap_or_default())?;
    let prints_hunks = match &cli.command {
        Some(command) => matches!(command, Commands::Diff(_)),
        None => follow::is_meant(&cli.root),
    };
    if session.settings.format.value == Format::Patch && !prints_hunks {
        bail!("--format patch is for `kgrep diff` and for follow-ups on its lists");
    }
    let exports = matches!(&cli.command, Some(Commands::Export(_)));
    if session.settings.format.value == Format::Parquet && !exports {
        bail!("--format parquet is for `kgrep export … --out DIR`");
    }
    Ok(session)
}

/// What is being done, in a word, where that may take long and reads no keys.
fn doing(cli: &Cli) -> Option<&'static str> {
    let reads = |path: &OsString| path == "-" && io::stdin().is_terminal();
    Some(match &cli.command {
        Some(Commands::Find(_)) => "finding",
        Some(Commands::Callers(_) | Commands::Callees(_) | Commands::Chain(_)) => "following calls",
        Some(
            Commands::Functions(_) | Commands::Def(_) | Commands::Refs(_) | Commands::Trace(_),
        ) => "looking it up",
        Some(Commands::List(_) | Commands::Messages(_)) => "listing",
        Some(Commands::Built(_)) => "reading Makefiles",
        Some(Commands::Diff(_) | Commands::Touched(_)) => "comparing",
        Some(Commands::Exists(_) | Commands::History(_)) => "looking it up",
        Some(Commands::Log(_)) if !io::stdin().is_terminal() => "reading the log",
        Some(_) => return None,
        None if follow::is_meant(&cli.root) || cli.root.search.paths.iter().any(reads) => {
            return None;
        }
        None => "searching",
    })
}

fn answer(cli: &Cli, session: impl Fn() -> Result<Session>) -> Result<Outcome> {
    match &cli.command {
        Some(Commands::Config) => match session() {
            Ok(session) => config::run(&session),
            // What would be in force without the file says where to look for what it breaks.
            Err(error) => {
                tell(chain(&error));
                let mut root = cli.root.clone();
                root.common.no_config = true;
                config::run(&self::session(&root, &[])?).map(|_| Outcome::Problems)
            }
        },
        Some(Commands::Index(args)) if !cli.root.common.at.is_empty() || !args.tags.is_empty() => {
            revisions::run(args, &cli.root.common, &session()?)
        }
        Some(Commands::Index(args)) => index::run(args, &session()?),
        Some(Commands::Find(args)) => find::run(args, &session()?),
        Some(Commands::Def(args)) => def::run(args, &session()?),
        Some(Commands::Refs(args)) => refs::run(args, &session()?),
        Some(Commands::Callers(args)) => steps::callers(args, &session()?),
        Some(Commands::Callees(args)) => steps::callees(args, &session()?),
        Some(Commands::Functions(args)) => functions::run(args, &session()?),
        Some(Commands::Chain(args)) => chain::run(args, &session()?),
        Some(Commands::Export(args)) if args.out.is_some() => {
            fleet::run(args, &cli.root.common, &session()?)
        }
        Some(Commands::Export(args)) => export::run(args, &session()?),
        Some(Commands::Log(args)) => log::run(args, &session()?),
        Some(Commands::Lsp(_)) => lsp::run(session()?),
        Some(Commands::Mcp(args)) => mcp::run(args, &session()?),
        Some(Commands::Messages(args)) => messages::run(args, &session()?),
        Some(Commands::Trace(args)) => trace::run(args, &session()?),
        Some(Commands::Browse(args)) => browse::run(args, &cli.root, &session()?),
        Some(Commands::Built(args)) => built::run(args, &session()?),
        Some(Commands::Configs(args)) => configs::run(args, &session()?),
        Some(Commands::Queries(args)) => queries::run(args, &session()?),
        Some(Commands::List(args)) => items::run(args, &session()?),
        Some(Commands::Diff(args)) => diff::run(args, &session()?),
        Some(Commands::Touched(args)) => touched::run(args, &session()?),
        Some(Commands::Exists(args)) => exists::run(args, &session()?),
        Some(Commands::History(args)) => history::run(args, &cli.root.common, &session()?),
        Some(Commands::Lists(args)) => lists::run(args, &session()?),
        Some(Commands::Demo) => demo::run(&folders::cache()?).map(|()| Outcome::Found),
        Some(Commands::Help(args)) => help::run(args),
        Some(Commands::Version) => help::version(),
        Some(Commands::Complete(args)) => Ok(complete::run(args)),
        Some(Commands::Generate(what)) => generate::run(what),
        None if follow::is_meant(&cli.root) => follow::run(&cli.root, &session()?),
        None => search::run(&cli.root.search, &session()?),
    }
}

/// Nobody reads on: the reader of the pipe, or the pager's user, has seen enough.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        // A transparent error is not its own source, so it is looked into.
        let io = match cause.downcast_ref::<printer::PrintError>() {
            Some(printer::PrintError::Output(error)) => Some(error),
            _ => cause.downcast_ref::<io::Error>(),
        };
        io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

fn session(root: &Root, args: &[OsString]) -> Result<Session> {
    let file = match folders::config_file().filter(|_| !root.common.no_config) {
        Some(path) => settings::load(&path)?,
        None => settings::ConfigFile::default(),
    };
    let flags = Flags { common: &root.common, search: &root.search, list: &root.list };
    let cache = folders::cache()?;
    let odd = Cell::new(None);
    let env = |name| {
        std::env::var_os(name).map(|value| {
            value.into_string().unwrap_or_else(|value| {
                odd.set(Some(name));
                value.to_string_lossy().into_owned()
            })
        })
    };
    let settings = in_force::resolve(&flags, env, file);
    if let Some(name) = odd.get() {
        bail!("the value of {name} in the environment is not UTF-8");
    }
    Ok(Session {
        settings,
        shelf: Shelf::new(&cache),
        cache,
        command_line: args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect(),
        cancel: Cancel::default(),
    })
}
