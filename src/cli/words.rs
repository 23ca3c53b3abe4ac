//! What must be known of a command line before it is parsed: which word comes first,
//! and which words belong to a follow-up's search.
//!
//! kgrep's first word is a pattern unless it is a command's name, and what stands
//! behind `-s g` is a command line of its own. Both need a look at the arguments that
//! tells flags' values from words, by the flags of the parser itself.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use clap::{ArgAction, Command};

use super::wrong::{Stop, quoted};

/// One argument, as far as it is understood before parsing.
enum Seen<'a> {
    /// A word: no flag, and no flag's value.
    Word(&'a OsStr),
    /// `--`, after which everything is a word.
    End,
    /// A dash and what no flag's name begins with: a pattern, such as `->s_op`.
    Dashed(&'a [u8]),
    /// Flags whose names, long or one letter each, are these.
    Flags { long: Option<&'a [u8]>, letters: &'a [u8] },
}

/// The first argument that is no flag and no flag's value; none when the pattern is
/// given by a flag, behind `--`, or when the line is a follow-up's.
pub(super) fn first_word<'a>(args: &'a [OsString], root: &Command) -> Option<&'a OsStr> {
    let mut at = 1;
    while at < args.len() {
        let (seen, next) = look_at(args, at, root);
        match seen {
            Seen::Word(word) => return Some(word),
            Seen::End | Seen::Dashed(_) => return None,
            Seen::Flags { long: Some(b"regexp" | b"file" | b"show"), .. } => return None,
            Seen::Flags { letters, .. } if letters.iter().any(|l| b"efs".contains(l)) => {
                return None;
            }
            Seen::Flags { .. } => at = next,
        }
    }
    None
}

/// The arguments from `from` on, with a pattern such as `->f_op`, that begins with a dash as no
/// flag does, given as a flag's value, where a pattern can stand. What belongs to a follow-up
/// or to another command is left as it is; of the commands, `diff` takes a pattern, too.
///
/// # Errors
/// An argument such as `-EINVAL`, which would be read as flags.
pub(super) fn with_dashed_pattern(
    args: &[OsString],
    from: usize,
    root: &Command,
    is_command: impl Fn(&OsStr) -> bool,
) -> Result<Vec<OsString>, Stop> {
    let mut made = args.to_vec();
    let mut at = from;
    let mut has_pattern = false;
    let mut first = true;
    while at < args.len() {
        let (seen, next) = look_at(args, at, root);
        match seen {
            Seen::End | Seen::Flags { long: Some(b"show"), .. } => break,
            Seen::Flags { letters, .. } if letters.contains(&b's') => break,
            Seen::Word(word) if first && is_command(word) => {
                if word != "diff" {
                    break;
                }
                first = false;
            }
            // The pattern of `diff` stands behind its sides.
            Seen::Word(_) => {
                has_pattern |= first;
                first = false;
            }
            Seen::Dashed(pattern) if !has_pattern => {
                made[at] = OsString::from_vec([b"--regexp=", pattern].concat());
                has_pattern = true;
            }
            Seen::Dashed(_) => {}
            Seen::Flags { long: Some(b"regexp" | b"file"), .. } => has_pattern = true,
            Seen::Flags { long: None, letters } => {
                if is_error_number(args[at].as_bytes(), root) {
                    let arg = quoted(&args[at]);
                    return Err(Stop::Wrong(format!(
                        "{arg} would be read as flags; to search for it: kgrep -e {arg}"
                    )));
                }
                has_pattern |= letters.iter().any(|letter| b"ef".contains(letter));
            }
            Seen::Flags { .. } => {}
        }
        at = next;
    }
    Ok(made)
}

/// Whether an argument is a negative error number, `-EINVAL`, and not flags behind an `-E` of
/// grep's: those are each given once, and a value behind them is a number.
fn is_error_number(arg: &[u8], root: &Command) -> bool {
    let Some(name) = arg.strip_prefix(b"-E").filter(|name| name.len() > 1) else { return false };
    let is_known = |letter: u8| root.get_arguments().any(|arg| has_letter(arg, letter));
    let is_valued = |letter: u8| takes_value(root, |arg| has_letter(arg, letter));
    let flags = name.iter().take_while(|letter| is_known(**letter) && !is_valued(**letter));
    let (flags, rest) = name.split_at(flags.count());
    let is_once = |at: usize| !flags[..at].contains(&flags[at]);
    let are_flags = (0..flags.len()).all(is_once)
        && match rest {
            [] => true,
            [letter, value @ ..] => is_valued(*letter) && value.iter().all(u8::is_ascii_digit),
        };
    name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_') && !are_flags
}

/// A command line with `-s`: what follows the flag at once, and the rest.
pub(super) struct Show {
    /// The arguments before `-s`, the program's name first.
    pub(super) before: Vec<OsString>,
    /// The flag's value.
    pub(super) line: OsString,
    /// The arguments behind it.
    pub(super) rest: Vec<OsString>,
}

/// Splits at the first `-s LINE`, `-sLINE`, `--show LINE` or `--show=LINE`.
pub(super) fn split_at_show(args: &[OsString], root: &Command) -> Option<Show> {
    let mut at = 1;
    while at < args.len() {
        let (seen, next) = look_at(args, at, root);
        let bytes = args[at].as_bytes();
        let mut before = args[..at].to_vec();
        let inline = match seen {
            Seen::End => return None,
            Seen::Flags { long: Some(b"show"), .. } => {
                bytes.strip_prefix(b"--show=").map(<[u8]>::to_vec)
            }
            Seen::Flags { letters, .. } if letters.contains(&b's') => {
                let letter = letters.iter().position(|letter| *letter == b's').unwrap_or(0);
                if letter > 0 {
                    before.push(OsString::from_vec(bytes[..=letter].to_vec()));
                }
                Some(bytes[letter + 2..].to_vec()).filter(|rest| !rest.is_empty())
            }
            _ => {
                at = next;
                continue;
            }
        };
        let (line, rest) = match inline {
            Some(line) => {
                let line = line.strip_prefix(b"=").unwrap_or(&line).to_vec();
                (OsString::from_vec(line), at + 1)
            }
            None => (args.get(at + 1)?.clone(), at + 2),
        };
        return Some(Show { before, line, rest: args[rest..].to_vec() });
    }
    None
}

/// What the argument at `at` is, and where the next one begins.
fn look_at<'a>(args: &'a [OsString], at: usize, root: &Command) -> (Seen<'a>, usize) {
    let arg = args[at].as_os_str();
    let bytes = arg.as_bytes();
    if bytes == b"--" {
        return (Seen::End, at + 1);
    }
    if let Some(long) = bytes.strip_prefix(b"--") {
        let name = long.split(|byte| *byte == b'=').next().unwrap_or(long);
        let valued = takes_value(root, |arg| has_name(arg, name));
        let next = at + 1 + usize::from(valued && name.len() == long.len());
        return (Seen::Flags { long: Some(name), letters: b"" }, next);
    }
    if let [b'-', first, ..] = bytes
        && !first.is_ascii_alphanumeric()
    {
        return (Seen::Dashed(bytes), at + 1);
    }
    if let Some(cluster) = bytes.strip_prefix(b"-").filter(|rest| !rest.is_empty()) {
        let valued =
            cluster.iter().position(|letter| takes_value(root, |arg| has_letter(arg, *letter)));
        let letters = &cluster[..valued.map_or(cluster.len(), |at| at + 1)];
        let next = at + 1 + usize::from(valued.is_some_and(|at| at + 1 == cluster.len()));
        return (Seen::Flags { long: None, letters }, next);
    }
    (Seen::Word(arg), at + 1)
}

/// Whether a flag is called so, also by one of its other names.
fn has_name(arg: &clap::Arg, name: &[u8]) -> bool {
    let aliases = arg.get_all_aliases().unwrap_or_default();
    arg.get_long().into_iter().chain(aliases).any(|long| long.as_bytes() == name)
}

fn has_letter(arg: &clap::Arg, letter: u8) -> bool {
    let letter = char::from(letter);
    let aliases = arg.get_all_short_aliases().unwrap_or_default();
    arg.get_short() == Some(letter) || aliases.contains(&letter)
}

fn takes_value(root: &Command, is_it: impl Fn(&clap::Arg) -> bool) -> bool {
    root.get_arguments()
        .any(|arg| is_it(arg) && matches!(arg.get_action(), ArgAction::Set | ArgAction::Append))
}
