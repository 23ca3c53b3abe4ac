//! `kgrep __generate`: the man page and the shells' completions, from the parser.
//!
//! What it prints is checked in under `completions/`; a test compares.

use std::io;

use anyhow::Result;
use clap_complete::Shell;
use clap_mangen::Man;

use super::Outcome;
use super::complete::scripts;
use crate::cli::{self, Generate};
use crate::render::{Content, print_page};

/// Prints one of them.
///
/// # Errors
/// When standard output can't be written.
pub(crate) fn run(what: Generate) -> Result<Outcome> {
    let mut page = Vec::new();
    match what {
        Generate::Man => man(&mut page)?,
        Generate::Bash => page = scripts::of(Shell::Bash).into_bytes(),
        Generate::Zsh => page = scripts::of(Shell::Zsh).into_bytes(),
        Generate::Fish => page = scripts::of(Shell::Fish).into_bytes(),
    }
    print_page(&String::from_utf8_lossy(&page), Content::Text)?;
    Ok(Outcome::Found)
}

/// One page for kgrep and its commands: each command's arguments stand in a section of
/// their own, where clap_mangen would refer to a page of its own.
fn man(page: &mut Vec<u8>) -> io::Result<()> {
    let root = cli::command();
    let main = Man::new(root.clone());
    main.render_title(page)?;
    main.render_name_section(page)?;
    main.render_synopsis_section(page)?;
    main.render_description_section(page)?;
    main.render_options_section(page)?;
    for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
        let own = Man::new(command.clone());
        let mut section = Vec::new();
        own.render_description_section(&mut section)?;
        own.render_options_section(&mut section)?;
        if command.get_after_help().is_some() {
            own.render_extra_section(&mut section)?;
        }
        let title = format!("COMMAND {}", command.get_name().to_uppercase());
        page.extend_from_slice(as_one_section(&section, &title).as_bytes());
    }
    let mut examples = b".SH DESCRIPTION\n".to_vec();
    main.render_extra_section(&mut examples)?;
    page.extend_from_slice(as_one_section(&examples, "EXAMPLES AND EXIT STATUS").as_bytes());
    main.render_version_section(page)
}

/// roff sections under one title: the first one's heading is replaced, the others go.
fn as_one_section(roff: &[u8], title: &str) -> String {
    let mut section = String::new();
    for line in String::from_utf8_lossy(roff).lines() {
        match line.strip_prefix(".SH ") {
            Some("DESCRIPTION") => section += &format!(".SH \"{title}\"\n"),
            // Examples keep their lines.
            Some("EXTRA") => section += ".PP\n.nf\n",
            Some(_) => {}
            // Each rendering defines the apostrophe again.
            None if line.starts_with(".ie ") || line.starts_with(".el ") => {}
            None => section += &format!("{line}\n"),
        }
    }
    if section.contains(".nf\n") {
        section += ".fi\n";
    }
    section
}
