//! What colour a terminal's background has: the terminal is asked (`OSC 11`), else
//! `COLORFGBG` says it, else nothing is known.
//!
//! The question is put only where there are colours, once, and before anything is drawn or a
//! pager is started. A second question, which every terminal answers (`DA1`), ends the
//! waiting for those that don't know the first; a terminal that answers neither costs the
//! time-out. Keys that were typed before are left alone: then nothing is asked.

use std::os::fd::BorrowedFd;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::io::{ioctl_fionread, read, write};
use rustix::process::getpgrp;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, isatty, tcgetattr, tcgetpgrp, tcsetattr,
};

use super::contrast::Background;
use crate::interrupts;

/// What is the background? And, to know when no answer comes any more: what are you?
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";

/// A terminal on this machine answers in a millisecond.
const TIME_OUT: Duration = Duration::from_millis(150);

/// One at the end of a long line; an answer that comes later would be taken for typing.
const FAR_TIME_OUT: Duration = Duration::from_millis(1000);

/// How often it is looked whether there is one.
const STEP: Duration = Duration::from_micros(300);

/// No answer is shorter; fewer bytes are keys, which are for the next reader.
const LEAST_ANSWER: u64 = 7;

/// More than this is no answer.
const MOST_ANSWER: usize = 256;

/// The background of the terminal that kgrep runs in; it is found out once.
pub(super) fn of_terminal() -> Background {
    static FOUND: OnceLock<Background> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        ask(&variable("TERM")).unwrap_or_else(|| of_variable(&variable("COLORFGBG")))
    })
}

/// `COLORFGBG` is `foreground;background` (perhaps with something between) in the numbers of
/// the sixteen colours; white and light grey are 15 and 7.
fn of_variable(color: &str) -> Background {
    match color.rsplit_once(';').map(|(_, background)| background) {
        Some("7" | "15") => Background::Light,
        Some("0" | "8") => Background::Dark,
        _ => Background::Unknown,
    }
}

/// Asks the terminal, if standard input and output are the same one, and it can be asked
/// without disturbing anybody.
fn ask(term: &str) -> Option<Background> {
    let (stdin, stdout) = (rustix::stdio::stdin(), rustix::stdio::stdout());
    // These know no colours that could be asked for; the Linux console prints the question.
    let is_asked = !matches!(term, "" | "dumb" | "linux") && !term.starts_with("eterm");
    if !is_asked || !isatty(stdin) || !isatty(stdout) {
        return None;
    }
    let device = |fd: BorrowedFd<'_>| rustix::fs::fstat(fd).ok().map(|stat| stat.st_rdev);
    // A process in the background must not touch the terminal.
    if device(stdin) != device(stdout) || tcgetpgrp(stdin).ok()? != getpgrp() {
        return None;
    }
    let before = tcgetattr(stdin).ok()?;
    let answer = interrupts::with_terminal_changed(|| {
        let answer = exchange(stdin, stdout, &before);
        // Nothing is thrown away: keys that came meanwhile are for the next reader.
        tcsetattr(stdin, OptionalActions::Now, &before).ok();
        answer
    });
    of_answer(&answer?)
}

/// Puts the question, and gives what is answered up to the end of the second answer.
fn exchange(stdin: BorrowedFd<'_>, stdout: BorrowedFd<'_>, before: &Termios) -> Option<Vec<u8>> {
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    quiet.special_codes[SpecialCodeIndex::VMIN] = 0;
    quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(stdin, OptionalActions::Now, &quiet).ok()?;
    if ioctl_fionread(stdin).ok()? > 0 || write(stdout, QUESTION).ok()? != QUESTION.len() {
        return None;
    }
    let is_far = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some());
    let deadline = Instant::now() + if is_far { FAR_TIME_OUT } else { TIME_OUT };
    let mut answer = Vec::new();
    while !is_complete(&answer) && answer.len() < MOST_ANSWER && Instant::now() < deadline {
        // An answer comes at once and whole, a word that is typed doesn't.
        let least = if answer.is_empty() { LEAST_ANSWER } else { 1 };
        if ioctl_fionread(stdin).ok()? < least {
            std::thread::sleep(STEP);
            continue;
        }
        let mut bytes = [0; 64];
        let count = read(stdin, &mut bytes).ok()?;
        answer.extend_from_slice(&bytes[..count]);
    }
    Some(answer)
}

/// Whether the answer to the second question, `ESC [ ? … c`, has come.
fn is_complete(answer: &[u8]) -> bool {
    let start = memchr::memmem::find(answer, b"\x1b[?");
    start.is_some_and(|start| answer[start..].contains(&b'c'))
}

/// The background of `ESC ] 11 ; rgb:RRRR/GGGG/BBBB` (also with other lengths, or `rgba:`).
fn of_answer(answer: &[u8]) -> Option<Background> {
    let start = memchr::memmem::find(answer, b"\x1b]11;rgb")?;
    let text = answer.get(start..)?.splitn(2, |byte| *byte == b':').nth(1)?;
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'/';
    let end = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
    let mut parts = std::str::from_utf8(&text[..end]).ok()?.split('/').map(|part| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?)?.checked_sub(1)?;
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from(u64::from(value) * 255 / u64::from(most.max(1))).ok()
    });
    let mut next = || parts.next().flatten();
    Some(Background::of_color(anstyle::RgbColor(next()?, next()?, next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_has_the_background_last() {
        for (said, background) in [
            ("0;15", Background::Light),
            ("0;default;7", Background::Light),
            ("15;0", Background::Dark),
            ("", Background::Unknown),
            ("7", Background::Unknown),
        ] {
            assert_eq!(of_variable(said), background, "{said}");
        }
    }

    #[test]
    fn answers_of_any_length_are_understood() {
        for (said, background) in [
            (&b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62c"[..], Some(Background::Light)),
            (b"\x1b]11;rgb:fd/f6/e3\x07\x1b[?1;2c", Some(Background::Light)),
            (b"\x1b]11;rgba:0000/2b2b/3636/ffff\x07", Some(Background::Dark)),
            (b"\x1b]11;rgb:8080/8080/8080\x07", Some(Background::Unknown)),
            (b"\x1b[?62c", None),
            (b"\x1b]11;rgb:ffff/ffff\x07", None),
            (b"\x1b]11;rgb:fffffffff/f/f\x07", None),
            (b"\x1b]11;rgb://\x07", None),
            (b"", None),
        ] {
            assert_eq!(of_answer(said), background, "{said:?}");
        }
    }

    #[test]
    fn the_second_answer_is_the_end() {
        assert!(!is_complete(b"\x1b]11;rgb:cccc/cccc/cccc\x1b\\"));
        assert!(!is_complete(b"\x1b]11;rgb:cccc/cccc/cccc\x1b\\\x1b[?62"));
        assert!(is_complete(b"\x1b]11;rgb:cccc/cccc/cccc\x1b\\\x1b[?62;4c"));
    }
}
