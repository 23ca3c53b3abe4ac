//! `kgrep help` and `kgrep version`, and what a mistyped command was meant to be.

use std::path::Path;

use anyhow::{Result, bail};

use super::Outcome;
use crate::cli::{self, HelpArgs, SearchArgs};
use crate::code::nearest;
use crate::render::{Content, print_page};

/// Prints the help of a command, or of kgrep itself.
///
/// # Errors
/// When there is no such command, or standard output can't be written.
pub(crate) fn run(args: &HelpArgs) -> Result<Outcome> {
    let Some(page) = cli::help_page(args.command.as_deref()) else {
        let name = args.command.as_deref().unwrap_or_default();
        match near_command(name) {
            Some(near) => bail!("no such command: {name}; did you mean `kgrep help {near}`?"),
            None => bail!("no such command: {name}; `kgrep help` lists them"),
        }
    };
    print(&page)
}

/// Prints the version.
///
/// # Errors
/// When standard output can't be written.
pub(crate) fn version() -> Result<Outcome> {
    print(&cli::version())
}

fn print(page: &str) -> Result<Outcome> {
    print_page(page, Content::Styled)?;
    Ok(Outcome::Found)
}

/// The command that is spelled nearly as `word`.
fn near_command(word: &str) -> Option<String> {
    let names = cli::command_names();
    if let Some(begun) = names.iter().find(|name| name.starts_with(word) && word.len() > 1) {
        return Some(begun.clone());
    }
    nearest(names.iter().map(String::as_bytes), word).into_iter().next()
}

/// The command line that was meant by a search for a command's mistyped name in paths that
/// are not there: `kgrep calers vfs_read`.
pub(super) fn mistyped_command(args: &SearchArgs) -> Option<String> {
    let pattern = args.pattern.as_ref()?.to_str()?;
    let is_name =
        |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.=".contains(&b));
    let names: Vec<&str> = args.paths.iter().map(|path| path.to_str()).collect::<Option<_>>()?;
    let are_names = names.iter().all(|name| is_name(name) && !Path::new(name).exists());
    if !args.regexp.is_empty() || names.is_empty() || !are_names {
        return None;
    }
    Some(format!("kgrep {} {}", near_command(pattern)?, names.join(" ")))
}
