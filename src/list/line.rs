//! A line of follow-ups such as `c5 27-30` or `k 3-9; c2`, parsed.
//!
//! The grammar is vgrep's, `command[context lines] [selectors]`, with three additions:
//! `;` chains commands, `refine` takes a regular expression and `grep` takes arguments.
//!
//! A `;` ends a command unless it is inside quotes or follows a backslash. Quotes open
//! at the beginning of a word (for `grep`, anywhere, as in a shell) and count only when
//! they are closed in the same line, so that `r don't` needs no care. `refine` takes the rest of its segment as it stands
//! (`r kmalloc\(size`, blanks included); when the whole of it is in quotes, they are
//! taken off and what is inside stays as it is. `grep` splits its arguments as a shell
//! does.

use std::ffi::OsString;

use super::followup::{ASKS, COMMANDS, FollowUp, FollowUpError, NAMES, Step};
use super::selector::Selectors;

/// Parses a line into its commands. A blank line asks for help.
///
/// # Errors
/// The first segment that is not a follow-up; then nothing of the line should be run.
pub(crate) fn parse(line: &str) -> Result<Vec<Step>, FollowUpError> {
    let steps: Vec<Step> = segments(line)
        .into_iter()
        .map(str::trim)
        .filter(|segment| !segment.is_empty())
        .map(step)
        .collect::<Result<_, _>>()?;
    if steps.is_empty() {
        return Ok(vec![Step { command: FollowUp::Help, selectors: Selectors::Unsaid }]);
    }
    Ok(steps)
}

/// Parses `-s FIRST REST…` of a command line, where the shell has already split and
/// unquoted: words for `grep` and `refine` are taken as they are.
///
/// # Errors
/// As [`parse`]; and for a word that is not UTF-8, which only `grep` can take.
pub(crate) fn parse_args(first: &str, rest: &[OsString]) -> Result<Vec<Step>, FollowUpError> {
    if rest.is_empty() {
        return parse(first);
    }
    let (before, last) = split_last(first);
    let words = || rest.iter().map(|word| word.to_str().ok_or(FollowUpError::NotText));
    let joined = || words().collect::<Result<Vec<_>, _>>().map(|words| words.join(" "));
    let command = match command_of(last) {
        Some("grep") => {
            let own = last.split_once([' ', '\t']).map_or("", |(_, own)| own.trim());
            let own = shlex::split(own).ok_or_else(|| FollowUpError::OpenQuote(own.to_owned()))?;
            FollowUp::Grep(
                own.into_iter().map(OsString::from).chain(rest.iter().cloned()).collect(),
            )
        }
        Some("refine") => {
            let own = last.split_once([' ', '\t']).map(|(_, own)| own.trim().to_owned() + " ");
            FollowUp::Refine(own.unwrap_or_default() + &joined()?)
        }
        _ => return parse(&format!("{first} {}", joined()?)),
    };
    let mut steps = if before.trim().is_empty() { Vec::new() } else { parse(before)? };
    steps.push(Step { command, selectors: Selectors::Unsaid });
    Ok(steps)
}

/// True when the last command of `line` is `grep`: the words behind such a line are a
/// search's.
pub(crate) fn ends_with_grep(line: &str) -> bool {
    command_of(split_last(line).1) == Some("grep")
}

/// The commands before the last one, and the last one.
fn split_last(line: &str) -> (&str, &str) {
    let last = segments(line).pop().unwrap_or_default();
    let before = line[..line.len() - last.len()].trim_end_matches(';');
    (before, last.trim())
}

/// The command that a segment begins with.
fn command_of(segment: &str) -> Option<&'static str> {
    segment.split_ascii_whitespace().next().and_then(full_name)
}

/// Splits a line at each `;` that is not protected.
fn segments(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut segments = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b';' => {
                segments.push(&line[start..at]);
                start = at + 1;
                at += 1;
            }
            b'\\' => at += 2,
            quote @ (b'\'' | b'"')
                if at == start
                    || bytes[at - 1].is_ascii_whitespace()
                    || is_grep(&line[start..at]) =>
            {
                at = closing(bytes, at, quote).map_or(at, |closed| closed) + 1;
            }
            _ => at += 1,
        }
    }
    segments.push(&line[start..]);
    segments
}

/// True when a segment that begins like this holds arguments that are split as a
/// shell does it, where a quote may open inside a word too.
fn is_grep(segment: &str) -> bool {
    command_of(segment) == Some("grep")
}

/// Where the quote that opens at `open` is closed. In double quotes, a backslash
/// protects, as in a shell.
fn closing(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Parses one command; `segment` is trimmed and not empty.
fn step(segment: &str) -> Result<Step, FollowUpError> {
    let format_error = || FollowUpError::Format(segment.to_owned());
    if is_selector(segment) {
        return Ok(Step { command: FollowUp::Show, selectors: chosen("show", segment)? });
    }
    let (word, rest) = cut(segment, |c| c.is_ascii_lowercase() || c == '?');
    if word.is_empty() {
        return Err(format_error());
    }
    if let Some(step) = kgreps_own(segment, word, rest)? {
        return Ok(step);
    }
    // `dall` is `d all`.
    let glued = word.strip_suffix("all").and_then(full_name);
    let Some(name) = full_name(word).or(glued) else {
        let shaped = is_selector(rest);
        return Err(if shaped {
            FollowUpError::Unsupported(word.to_owned())
        } else {
            format_error()
        });
    };
    if matches!(name, "refine" | "grep") {
        if !begins_anew(rest) {
            return Err(format_error());
        }
        let command = if name == "refine" { refine(rest.trim())? } else { grep(rest.trim())? };
        return Ok(Step { command, selectors: Selectors::Unsaid });
    }
    let counts = counts(name, rest);
    let (count, rest) = cut(rest, |c| counts && c.is_ascii_digit());
    let parsed = selected(name, rest)?.ok_or_else(format_error)?;
    let selectors = if glued.is_some() { Selectors::All } else { parsed };
    Ok(Step { command: command(name, count, &selectors)?, selectors })
}

/// True when nothing but selectors can look like this.
fn is_selector(text: &str) -> bool {
    text.replace("all", "").chars().all(|c| c.is_ascii_digit() || " \t,-".contains(c))
}

/// True when what comes behind a word is not a part of it.
fn begins_anew(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// A question about rows, or another of kgrep's commands, when the segment begins with its `word`.
fn kgreps_own(segment: &str, word: &str, rest: &str) -> Result<Option<Step>, FollowUpError> {
    let asked = ASKS.into_iter().find(|name| *name == word);
    if let Some(command) = asked
        && is_selector(rest)
    {
        let selectors = chosen(command, rest)?;
        return Ok(Some(Step { command: FollowUp::Ask(command), selectors }));
    }
    let is_command = asked.is_some() || COMMANDS.contains(&word);
    (is_command && begins_anew(rest)).then(|| whole_command(segment)).transpose()
}

/// Whether a number right behind the command counts something: behind `context` lines, and alone
/// behind `tree` levels. Behind others it selects, as in vgrep.
fn counts(name: &str, rest: &str) -> bool {
    match name {
        "context" => true,
        "tree" => !cut(rest, |c| c.is_ascii_digit()).1.starts_with([',', '-']),
        _ => false,
    }
}

/// What the command is about: rows, or a section, whose title begins with a capital letter or is in
/// quotes; `None` when `rest` is neither.
fn selected(name: &str, rest: &str) -> Result<Option<Selectors>, FollowUpError> {
    if is_selector(rest) {
        return Ok(Some(Selectors::parse(rest)?));
    }
    let titled = matches!(name, "print" | "context" | "delete" | "keep" | "show")
        && rest.starts_with([' ', '\t'])
        && rest.trim_start().starts_with(|c: char| c.is_uppercase() || "'\"".contains(c));
    Ok(titled.then(|| Selectors::titled(rest)))
}

/// The command of this full name, with its count.
fn command(name: &str, count: &str, selectors: &Selectors) -> Result<FollowUp, FollowUpError> {
    let required = |name, command| match selectors {
        Selectors::Unsaid => Err(FollowUpError::NoSelectors(name)),
        _ => Ok(command),
    };
    let number = || match count {
        "" => Ok(None),
        count => count.parse().map(Some).map_err(|_| FollowUpError::TooLarge(count.to_owned())),
    };
    Ok(match name {
        "print" => FollowUp::Print,
        "show" => required("show", FollowUp::Show)?,
        "context" => FollowUp::Context(number()?),
        "tree" => FollowUp::Tree(number()?),
        "files" => FollowUp::Files,
        "undo" => FollowUp::Undo,
        "browse" => FollowUp::Browse,
        "delete" => required("delete", FollowUp::Delete)?,
        "keep" => required("keep", FollowUp::Keep)?,
        "quit" => FollowUp::Quit,
        "?" => FollowUp::Help,
        _ => return Err(FollowUpError::Unsupported(name.to_owned())),
    })
}

/// A line that is one of kgrep's commands with its arguments, split as a shell does.
fn whole_command(segment: &str) -> Result<Step, FollowUpError> {
    let words =
        shlex::split(segment).ok_or_else(|| FollowUpError::OpenQuote(segment.to_owned()))?;
    let words = words.into_iter().map(OsString::from).collect();
    Ok(Step { command: FollowUp::Command(words), selectors: Selectors::Unsaid })
}

/// Selectors that must name something.
fn chosen(command: &'static str, text: &str) -> Result<Selectors, FollowUpError> {
    match Selectors::parse(text)? {
        Selectors::Unsaid => Err(FollowUpError::NoSelectors(command)),
        selectors => Ok(selectors),
    }
}

/// The command that `word` names, in full or by its first letter, or in the words of
/// other shells.
fn full_name(word: &str) -> Option<&'static str> {
    let word = match word {
        "help" => "?",
        "exit" => "quit",
        // vgrep has no such commands, and its help is kept as it is.
        "u" | "undo" => return Some("undo"),
        "b" | "browse" => return Some("browse"),
        word => word,
    };
    NAMES.into_iter().find(|name| *name == word || name[..1] == *word)
}

/// Splits where `belongs` first fails.
fn cut(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn refine(argument: &str) -> Result<FollowUp, FollowUpError> {
    let bytes = argument.as_bytes();
    let whole = bytes.first().is_some_and(|first| {
        matches!(first, b'\'' | b'"') && closing(bytes, 0, *first) == Some(bytes.len() - 1)
    });
    let regex = if whole { &argument[1..argument.len() - 1] } else { argument };
    if regex.is_empty() {
        return Err(FollowUpError::NoRegex);
    }
    Ok(FollowUp::Refine(regex.to_owned()))
}

fn grep(arguments: &str) -> Result<FollowUp, FollowUpError> {
    let words =
        shlex::split(arguments).ok_or_else(|| FollowUpError::OpenQuote(arguments.to_owned()))?;
    if words.is_empty() {
        return Err(FollowUpError::NoPattern);
    }
    Ok(FollowUp::Grep(words.into_iter().map(OsString::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(line: &str) -> Step {
        let mut steps = parse(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert_eq!(steps.len(), 1, "{line:?}");
        steps.remove(0)
    }

    fn selectors(text: &str) -> Selectors {
        Selectors::parse(text).unwrap()
    }

    #[test]
    fn commands_have_names_and_letters() {
        for (line, command, chosen) in [
            ("p", FollowUp::Print, ""),
            ("print 3", FollowUp::Print, "3"),
            ("p 1 2 3", FollowUp::Print, "1-3"),
            ("p 3-", FollowUp::Print, "3-"),
            ("-3", FollowUp::Show, "0-3"),
            ("27", FollowUp::Show, "27"),
            ("1, 2 -4", FollowUp::Show, "1-2,2-4"),
            ("all", FollowUp::Show, "all"),
            ("s 27-30", FollowUp::Show, "27-30"),
            ("c", FollowUp::Context(None), ""),
            ("c 3", FollowUp::Context(None), "3"),
            ("c5", FollowUp::Context(Some(5)), ""),
            ("c3 27-28,30", FollowUp::Context(Some(3)), "27,28,30"),
            ("context12 1", FollowUp::Context(Some(12)), "1"),
            ("t", FollowUp::Tree(None), ""),
            ("t2", FollowUp::Tree(Some(2)), ""),
            ("t1 2-4", FollowUp::Tree(Some(1)), "2-4"),
            ("tree 1-2", FollowUp::Tree(None), "1-2"),
            ("f", FollowUp::Files, ""),
            ("d 0", FollowUp::Delete, "0"),
            ("d0", FollowUp::Delete, "0"),
            ("k3-9,12", FollowUp::Keep, "3-9,12"),
            ("print1 3", FollowUp::Print, "1,3"),
            ("s27", FollowUp::Show, "27"),
            ("t2-", FollowUp::Tree(None), "2-"),
            ("d all", FollowUp::Delete, "all"),
            ("dall", FollowUp::Delete, "all"),
            ("k 3-9", FollowUp::Keep, "3-9"),
            ("q", FollowUp::Quit, ""),
            ("quit", FollowUp::Quit, ""),
            ("exit", FollowUp::Quit, ""),
            ("help", FollowUp::Help, ""),
            ("?", FollowUp::Help, ""),
            ("", FollowUp::Help, ""),
            ("  ", FollowUp::Help, ""),
            (" ; ", FollowUp::Help, ""),
            ("p;", FollowUp::Print, ""),
        ] {
            assert_eq!(one(line), Step { command, selectors: selectors(chosen) }, "{line:?}");
        }
    }

    #[test]
    fn rows_are_asked_about_and_commands_are_commands() {
        let ask =
            |command, rows| Step { command: FollowUp::Ask(command), selectors: selectors(rows) };
        assert_eq!(one("def 50"), ask("def", "50"));
        assert_eq!(one("callers 3,5-6"), ask("callers", "3,5-6"));
        assert_eq!(one("def50"), ask("def", "50"));
        assert_eq!(parse("trace"), Err(FollowUpError::NoSelectors("trace")));
        for line in ["def kfree --arch arm64", "chain 'start_kernel' kfree", "list syscalls"] {
            let words = shlex::split(line).unwrap().into_iter().map(OsString::from).collect();
            assert_eq!(one(line).command, FollowUp::Command(words), "{line}");
        }
        assert_eq!(one("u").command, FollowUp::Undo);
        assert_eq!(one("k Errors").selectors, Selectors::titled("Errors"));
        assert_eq!(one("d3-4").selectors, selectors("3-4"));
    }

    #[test]
    fn refine_takes_the_rest_as_it_stands() {
        for (line, regex) in [
            ("r kmalloc\\(size", "kmalloc\\(size"),
            ("refine  two words ", "two words"),
            ("r 'a;b'", "a;b"),
            ("r \" lead\"", " lead"),
            ("r don't", "don't"),
            ("r a\\;b", "a\\;b"),
            ("r 'a' or 'b'", "'a' or 'b'"),
            ("r x = ';'", "x = ';'"),
        ] {
            assert_eq!(one(line).command, FollowUp::Refine(regex.to_owned()), "{line:?}");
        }
    }

    #[test]
    fn grep_splits_as_a_shell_does() {
        let expected = words(&["-w", "a b", "x;y", "drivers"]);
        assert_eq!(one("g -w 'a b' \"x;y\" drivers").command, FollowUp::Grep(expected));
    }

    #[test]
    fn chains_keep_their_order() {
        let steps = parse("k 3-9; r don't; c2;r can't ;p").unwrap();
        let commands: Vec<FollowUp> = steps.into_iter().map(|step| step.command).collect();
        assert_eq!(
            commands,
            [
                FollowUp::Keep,
                FollowUp::Refine("don't".to_owned()),
                FollowUp::Context(Some(2)),
                FollowUp::Refine("can't".to_owned()),
                FollowUp::Print,
            ]
        );
    }

    #[test]
    fn what_is_no_follow_up_is_said_in_vgreps_words() {
        for (line, expected) in [
            ("foo", "unsupported command \"foo\"; `?` lists the commands"),
            ("x 3", "unsupported command \"x\"; `?` lists the commands"),
            (
                "foo bar",
                "\"foo bar\" doesn't match format \"command[context lines] [selectors]\"; `?` lists the commands",
            ),
            (
                "p!",
                "\"p!\" doesn't match format \"command[context lines] [selectors]\"; `?` lists the commands",
            ),
            (
                "3x",
                "\"3x\" doesn't match format \"command[context lines] [selectors]\"; `?` lists the commands",
            ),
            (
                "P",
                "\"P\" doesn't match format \"command[context lines] [selectors]\"; `?` lists the commands",
            ),
            ("p 1-2-3", "invalid range format \"1-2-3\""),
            ("delete", "delete requires specified selectors"),
            ("c99999999999999999999", "context: 99999999999999999999 lines are too large a number"),
            ("k", "keep requires specified selectors"),
            ("s", "show requires specified selectors"),
            (",", "show requires specified selectors"),
            ("p; nonsense", "unsupported command \"nonsense\"; `?` lists the commands"),
            ("r", "refine requires a regular expression"),
            ("r ''", "refine requires a regular expression"),
            ("g", "grep requires a pattern"),
            ("g 'open", "a quote is not closed in \"'open\""),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), expected, "{line:?}");
        }
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn arguments_of_a_command_line_arrive_unchanged() {
        let steps = |first: &str, rest: &[&str]| parse_args(first, &words(rest)).unwrap();
        assert_eq!(steps("c3", &["27-28,30"]), parse("c3 27-28,30").unwrap());
        assert_eq!(steps("p", &["0", "-", "4,", "5"]), parse("p 0-5").unwrap());
        assert_eq!(steps("r", &["a;", "b"]), [refine_by("a; b")]);
        assert_eq!(steps("r don't", &["say"]), [refine_by("don't say")]);
        let found = steps("k 3; g -w", &["it's", "a;b", "-i"]);
        assert_eq!(found[0], one("k 3"));
        assert_eq!(found[1].command, FollowUp::Grep(words(&["-w", "it's", "a;b", "-i"])));
    }

    fn refine_by(regex: &str) -> Step {
        Step { command: FollowUp::Refine(regex.to_owned()), selectors: Selectors::Unsaid }
    }

    #[test]
    fn a_word_that_is_not_utf8_is_for_grep_alone() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = vec![OsString::from_vec(b"\xff".to_vec())];
        assert_eq!(parse_args("g", &odd).unwrap()[0].command, FollowUp::Grep(odd.clone()));
        assert_eq!(parse_args("p", &odd), Err(FollowUpError::NotText));
    }

    #[test]
    fn the_last_command_decides_whose_the_words_are() {
        assert!(ends_with_grep("g") && ends_with_grep("k 3; grep -w"));
        assert!(!ends_with_grep("g foo; p") && !ends_with_grep("p") && !ends_with_grep(""));
    }

    proptest! {
        #[test]
        fn any_line_is_answered(line in "\\PC*") {
            let _ = parse(&line);
        }

        #[test]
        fn follow_up_like_lines_are_answered(line in "[a-z0-9 ,;'\"\\\\?\u{e9}-]{0,40}") {
            let _ = parse(&line);
        }

        #[test]
        fn arguments_survive(rest in prop::collection::vec("\\PC{1,12}", 1..5)) {
            let rest: Vec<OsString> = rest.into_iter().map(OsString::from).collect();
            let steps = parse_args("p; g", &rest).unwrap();
            prop_assert_eq!(steps.len(), 2);
            prop_assert_eq!(&steps[1].command, &FollowUp::Grep(rest));
        }
    }
}
