//! What is wrong with a command line, in one line, and what to write instead.
//!
//! clap explains over several lines and repeats arguments as they were given; kgrep's
//! messages are one line each, and their printer makes control characters
//! visible.

use std::ffi::{OsStr, OsString};

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Why a command line is not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Stop {
    /// It asks for a page of text: help or version.
    #[error("{0}")]
    Page(String),
    /// It can't be understood.
    #[error("{0}")]
    Wrong(String),
}

impl Stop {
    /// What `error` says of `args`.
    pub(super) fn of(error: clap::Error, args: &[OsString]) -> Stop {
        if error.kind() != ErrorKind::InvalidUtf8 {
            return error.into();
        }
        // Patterns and paths may be any bytes; so it is a flag or its value.
        let is_flag = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"-");
        let named = args
            .windows(2)
            .find(|pair| pair[1].to_str().is_none() && (is_flag(&pair[1]) || is_flag(&pair[0])));
        let shown = |arg: &OsString| arg.to_string_lossy().into_owned();
        Stop::Wrong(match named {
            Some([_, arg]) if is_flag(arg) => format!("{} is not UTF-8", shown(arg)),
            Some([flag, arg]) => format!("{}: {} is not UTF-8", shown(flag), shown(arg)),
            _ => "an argument is not UTF-8".to_owned(),
        })
    }
}

impl Stop {
    /// As [`Stop::of`], of a search's arguments: what is no flag may have been meant as the
    /// pattern.
    pub(super) fn of_search(mut error: clap::Error, args: &[OsString]) -> Stop {
        let is_guessed = error.get(ContextKind::SuggestedArg).is_some();
        if let Some(arg) = unknown_flag(&error, args).filter(|_| !is_guessed) {
            let hint = format!("to search for it: kgrep -e {}", quoted(arg));
            let hint = ContextValue::StyledStrs(vec![StyledStr::from(hint)]);
            error.insert(ContextKind::Suggested, hint);
        }
        Stop::of(error, args)
    }
}

/// The argument that has the flag which `error` says is unknown.
fn unknown_flag<'a>(error: &clap::Error, args: &'a [OsString]) -> Option<&'a OsStr> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let has_it = |arg: &&OsString| {
        let arg = arg.to_string_lossy();
        match flag.strip_prefix('-').filter(|letter| letter.chars().count() == 1) {
            Some(letter) => arg.starts_with('-') && !arg.starts_with("--") && arg.contains(letter),
            None => arg.starts_with(flag.as_str()),
        }
    };
    args.iter().take_while(|arg| *arg != "--").find(has_it).map(OsString::as_os_str)
}

/// An argument as a shell takes it, in quotes.
pub(super) fn quoted(arg: &OsStr) -> String {
    format!("'{}'", arg.to_string_lossy().replace('\'', "'\\''"))
}

/// What to write in place of `-s LINE`, where the line begins with a dash.
pub(super) fn no_follow_up(line: &str) -> String {
    match line[1..].parse::<u64>() {
        Ok(number) => format!(
            "-s takes match numbers from 0 up, not {line}: `-s 0-{number}` opens matches 0 to \
             {number}, `--list {line}` means an older list"
        ),
        Err(_) => format!(
            "-s takes a command or match numbers, not {line}: `kgrep -s '?'` lists the commands"
        ),
    }
}

/// What `command` wants and was not given, with the first of its examples.
pub(super) fn needs(error: &clap::Error, command: &Command) -> Option<String> {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    // One that is only needed where another is missing stands in other brackets.
    let bare =
        |text: &str| text.trim_end_matches('.').trim_matches(['<', '>', '[', ']']).to_owned();
    let is_missing = |arg: &&clap::Arg| {
        let name = bare(&arg.to_string());
        missing.iter().any(|missing| bare(missing) == name)
    };
    let mut wanted = Vec::new();
    for arg in command.get_positionals().filter(is_missing) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let mut letters = help.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let help: String = first.into_iter().chain(letters).collect();
        let name = arg.get_value_names().and_then(|names| names.first()).cloned();
        wanted.push(format!("{} ({help})", name.unwrap_or_default()));
    }
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let example = examples.lines().find_map(|line| line.strip_prefix("  kgrep "))?;
    let example = example.split("  ").next().unwrap_or(example);
    let wanted = Some(wanted.join(" and ")).filter(|wanted| !wanted.is_empty())?;
    let name = command.get_name();
    Some(format!(
        "{name} needs {wanted}, for example: kgrep {example}; to search for the word: kgrep -e {name}"
    ))
}

/// Whether an error is about a flag.
pub(super) fn names_a_flag(error: &clap::Error) -> bool {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => arg.starts_with('-'),
        _ => false,
    }
}

/// Whether something stands right behind the command `word`: then that is meant, and not the word.
pub(super) fn is_asked(args: &[OsString], word: &OsStr) -> bool {
    let behind = args.iter().skip_while(|arg| *arg != word).nth(1);
    behind.is_some_and(|arg| !arg.as_encoded_bytes().starts_with(b"-"))
}

/// Adds to a command's error where its flags are told.
pub(super) fn with_help(mut error: clap::Error, word: &OsStr) -> clap::Error {
    let hint = format!("kgrep help {} lists its flags", word.to_string_lossy());
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(hint)]));
    error
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Stop {
        let text = error.render().to_string();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Page(text),
            _ => Stop::Wrong(habit(&error).unwrap_or_else(|| one_line(&text))),
        }
    }
}

/// What other tools call a flag, and how it is written here.
const HABITS: [(&str, &str); 9] = [
    ("--column", "is a part of --format vimgrep here"),
    ("-P", "is not there: patterns are those of Rust's regex library, without look-around"),
    ("--pcre2", "is not there: patterns are those of Rust's regex library, without look-around"),
    ("-z", "is not there: compressed files are not searched"),
    ("--search-zip", "is not there: compressed files are not searched"),
    ("-u", "is --no-ignore here; -uu is --no-ignore --hidden, -uuu --binary too"),
    ("--unrestricted", "is --no-ignore here; twice: --no-ignore --hidden"),
    ("--files", "is not there: `kgrep -l ''` lists the files that have a line"),
    ("--replace", "is not there: kgrep never changes a line"),
];

/// A message for a flag that people bring from another tool.
fn habit(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let (flag, text) = HABITS.iter().find(|(known, _)| known == flag)?;
    Some(format!("{flag} {text}"))
}

/// clap's explanation without its usage, in one line: reason, then hints.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        // What Rust's number parser says helps nobody.
        let part = part.replace("invalid digit found in string", "it must be a number");
        if part.starts_with("Usage:") || part.starts_with("For more information") {
            break;
        }
        let part = part.strip_prefix("error: ").unwrap_or(&part);
        let part = part.strip_prefix("tip: ").unwrap_or(part);
        line += match (line.is_empty(), line.ends_with(':') || part.starts_with('[')) {
            (true, _) => "",
            (false, true) => " ",
            (false, false) => "; ",
        };
        line += part;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_becomes_one_line() {
        let text = "error: invalid value 'x' for '--format <FORMAT>'\n  [possible values: table]\n\n  \
                    tip: a similar value exists: 'y'\n\nUsage: kgrep\n\nFor more information, try";
        assert_eq!(
            one_line(text),
            "invalid value 'x' for '--format <FORMAT>' [possible values: table]; a similar value \
             exists: 'y'"
        );
    }
}
