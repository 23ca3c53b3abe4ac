//! `kgrep __generate`: man pages, the shells' completions and the reference, from the parser.
//!
//! What it prints is checked in under `completions/` and `docs/`; a test compares.

use std::io;

use anyhow::{Result, bail};
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::Outcome;
use super::complete::scripts;
use crate::cli::{self, Generate, GenerateArgs};
use crate::render::{Content, print_page};

/// Prints one of them.
///
/// # Errors
/// If there is no such command, or standard output can't be written.
pub(crate) fn run(args: &GenerateArgs) -> Result<Outcome> {
    let page = match (args.what, &args.command) {
        (Generate::Man, None) => man()?,
        (Generate::Man, Some(name)) => {
            let root = cli::command();
            let Some(command) = root.find_subcommand(name).filter(|own| !own.is_hide_set()) else {
                bail!("no such command: {name}; `kgrep help` lists them");
            };
            command_man(command)?
        }
        (Generate::Bash, _) => scripts::of(Shell::Bash),
        (Generate::Zsh, _) => scripts::of(Shell::Zsh),
        (Generate::Fish, _) => scripts::of(Shell::Fish),
        (Generate::Commands, _) => cli::command_names().join("\n") + "\n",
        (Generate::Reference, _) => reference(),
    };
    print_page(&page, Content::Text)?;
    Ok(Outcome::Found)
}

/// kgrep(1): searching and following up; of each command the name of its own page.
fn man() -> io::Result<String> {
    let root = cli::command();
    let man = Man::new(root.clone()).manual("kgrep");
    let mut before = Vec::new();
    man.render_title(&mut before)?;
    man.render_name_section(&mut before)?;
    man.render_synopsis_section(&mut before)?;
    man.render_description_section(&mut before)?;
    let mut after = Vec::new();
    man.render_options_section(&mut after)?;
    man.render_extra_section(&mut after)?;
    let commands = commands(&root);
    Ok(tidied(&before) + &commands + &tidied(&after))
}

/// The page of one command: kgrep-NAME(1).
fn command_man(command: &Command) -> io::Result<String> {
    let name = format!("kgrep-{}", command.get_name());
    let mut own = command.clone().display_name(&name);
    own = own.bin_name(format!("kgrep {}", command.get_name()));
    let usage = own.render_usage().to_string();
    own = own.override_usage(usage.trim_start_matches("Usage: ").to_owned());
    let version = concat!("kgrep ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(own).title(&name).source(version).manual("kgrep");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    page.extend_from_slice(
        b".PP\nThe options that all commands have are in kgrep(1), under DISPLAY.\n",
    );
    man.render_options_section(&mut page)?;
    if command.get_after_help().is_some() {
        man.render_extra_section(&mut page)?;
    }
    Ok(tidied(&page) + ".SH \"SEE ALSO\"\n.BR kgrep (1)\n")
}

/// The section of kgrep(1) that names the commands' pages, by what one wants to do.
fn commands(root: &Command) -> String {
    let mut section = ".SH COMMANDS\n".to_owned();
    for (title, names) in cli::COMMAND_GROUPS {
        section += &format!(".SS \"{title}\"\n");
        for name in names {
            let about = root.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            section += &format!(".TP\n.BR kgrep\\-{name} (1)\n{}\n", escaped(&about));
        }
    }
    section
}

/// The page of the documentation with every help text.
fn reference() -> String {
    let page = |name: Option<&str>| {
        let title = name.map_or("Search, and follow up".to_owned(), str::to_owned);
        let help = cli::reference(name).unwrap_or_default();
        // What the help leaves at the ends of its lines.
        let help: String =
            help.trim().lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        format!("\n## {title}\n\n```text\n{help}```\n")
    };
    let names = cli::COMMAND_GROUPS.iter().flat_map(|(_, names)| names.iter());
    let pages: String = names.map(|name| page(Some(name))).collect();
    format!(
        "# Commands\n\nWritten by `completions/update` from the command line's own declaration; `kgrep help COMMAND`\n\
         prints the same.\n{}{pages}",
        page(None)
    )
}

/// Running text as roff.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\(rs").replace('-', "\\-").replace('\'', "\\*(Aq")
}

/// roff of several renderings: the apostrophe is defined once, examples keep their lines, and
/// what the help says behind them has its own headings.
fn tidied(roff: &[u8]) -> String {
    let mut page = String::new();
    let mut is_extra = false;
    for line in String::from_utf8_lossy(roff).lines() {
        match line.strip_prefix(".SH ") {
            Some("EXTRA") => {
                is_extra = true;
                page += ".SH EXAMPLES\n.nf\n";
            }
            Some(_) if is_extra => {
                is_extra = false;
                page += &format!(".fi\n{line}\n");
            }
            None if line.starts_with(".ie ") || line.starts_with(".el ") => {
                if !page.contains(line) {
                    page += &format!("{line}\n");
                }
            }
            None if is_extra && line == "Examples:" => {}
            None => match line.strip_prefix("Exit status: ") {
                Some(text) if is_extra => {
                    page += &format!(".fi\n.SH \"EXIT STATUS\"\n.nf\n{text}\n");
                }
                _ => page += &format!("{line}\n"),
            },
            Some(_) => page += &format!("{line}\n"),
        }
    }
    if is_extra {
        page += ".fi\n";
    }
    page
}
