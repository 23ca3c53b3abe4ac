//! `kgrep __generate`: the man page and the shells' completions, from the parser.
//!
//! What it prints is checked in under `completions/`; a test compares.

use std::io::{self, Write};

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Outcome;
use crate::cli::{self, Generate};
use crate::list::NAMES;
use crate::search::all_types;

/// Prints one of them.
///
/// # Errors
/// When standard output can't be written.
pub(crate) fn run(what: Generate) -> Result<Outcome> {
    let mut page = Vec::new();
    match what {
        Generate::Man => man(&mut page)?,
        Generate::Bash => complete(Shell::Bash, &mut page),
        Generate::Zsh => complete(Shell::Zsh, &mut page),
        Generate::Fish => complete(Shell::Fish, &mut page),
    }
    io::stdout().write_all(&page)?;
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

/// Completions know the words that the parser itself need not: any type may be defined
/// one day, and behind `-s` selectors may follow.
fn complete(shell: Shell, page: &mut Vec<u8>) {
    // clap wants words that last as long as the program, which ends after this.
    let kinds = all_types().definitions();
    let names = kinds.iter().map(|kind| &*kind.name().to_owned().leak());
    let types = PossibleValuesParser::new(names.collect::<Vec<&'static str>>());
    let mut command = cli::command()
        .mut_subcommands(|command| match SYMBOL_COMMANDS.contains(&command.get_name()) {
            true => command.mut_args(|arg| match is_symbol(&arg) {
                true => arg.value_hint(STAND_IN),
                false => arg,
            }),
            false => command,
        })
        .mut_arg("types", |arg| arg.value_parser(types.clone()))
        .mut_arg("types_not", |arg| arg.value_parser(types.clone()))
        .mut_arg("show", |arg| arg.value_parser(PossibleValuesParser::new(NAMES)));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "kgrep", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match shell {
        Shell::Bash => format!("{script}{}", include_str!("complete/symbols.bash")),
        Shell::Zsh => script
            .replace("_users", "_kgrep_symbols")
            .replace("\nif [ \"$funcstack[1]\"", &format!("\n{ZSH}\nif [ \"$funcstack[1]\"")),
        _ => {
            script.replace(
                "__fish_complete_users",
                "kgrep __complete -- (commandline -ct) 2>/dev/null",
            ) + include_str!("complete/symbols.fish")
        }
    };
    page.extend_from_slice(script.as_bytes());
}

/// What the zsh completion calls where a symbol is wanted.
const ZSH: &str = include_str!("complete/symbols.zsh");

/// The commands whose words are names of the code.
const SYMBOL_COMMANDS: [&str; 6] = ["def", "refs", "callers", "callees", "chain", "trace"];

/// clap knows no such hint: this one, which nothing else here has, stands for it in its
/// scripts, and is replaced there.
const STAND_IN: ValueHint = ValueHint::Username;

/// Whether an argument of these commands is a name of the code.
fn is_symbol(arg: &Arg) -> bool {
    arg.is_positional() || matches!(arg.get_long(), Some("through" | "avoid"))
}
