//! The pages of help: short, whole, of a command, and as the documentation has them.

use std::ffi::{OsStr, OsString};

use clap::CommandFactory;

use super::{Root, Stop, command, command_names, groups, is_command, parse, with_short_page};

/// Columns of the list of commands in the short help.
const SHORT_HELP_WIDTH: usize = 76;

/// What `-h` prints: one screen.
pub(crate) fn short_help() -> String {
    let mut lines = vec![String::new()];
    for name in &command_names() {
        if lines.last().is_some_and(|line| line.len() + name.len() > SHORT_HELP_WIDTH) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str("  ");
            line.push_str(name);
        }
    }
    include_str!("short_help.txt").replace("{commands}", &lines.join("\n"))
}

/// The help of the command `name`, or of kgrep itself; none where there is no such command.
pub(crate) fn help_page(name: Option<&str>) -> Option<String> {
    let words = ["kgrep"].into_iter().chain(name).chain(["--help"]);
    let args: Vec<OsString> = words.map(OsString::from).collect();
    if name.is_some_and(|name| !is_command(OsStr::new(name))) {
        return None;
    }
    match parse(&args) {
        Err(Stop::Page(page)) => Some(page),
        _ => None,
    }
}

/// Columns of the help as it stands in the documentation.
const REFERENCE_WIDTH: usize = 116;

/// The help of the command `name`, or of kgrep itself, as it is on no terminal in particular.
pub(crate) fn reference(name: Option<&str>) -> Option<String> {
    let Some(name) = name else {
        let root = Root::command().help_template(groups::template());
        return Some(root.term_width(REFERENCE_WIDTH).render_long_help().to_string());
    };
    let mut parser = with_short_page(command(), OsStr::new(name));
    parser.build();
    let own = parser.find_subcommand(name)?.clone();
    Some(own.term_width(REFERENCE_WIDTH).render_help().to_string())
}

/// What `kgrep --version` prints.
pub(crate) fn version() -> String {
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n").to_owned()
}
