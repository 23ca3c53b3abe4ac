//! What kgrep tells the user besides results: one line each, on standard error.
//!
//! Names and patterns in them come from strangers, so control characters are made
//! visible here too.

use std::fmt::Display;
use std::io::Write;

use indicatif::HumanCount;

/// Prints `kgrep: text`. Whatever standard error says to that is ignored: there is
/// nowhere else to complain.
pub(crate) fn tell(text: impl AsRef<str>) {
    let mut line = b"kgrep: ".to_vec();
    let text = without_numbers(text.as_ref().trim_end()).replace('\n', "; ");
    line.extend_from_slice(&crate::render::visible(text.as_bytes()));
    if crate::taken::is_set() {
        let said = line.strip_prefix(b"kgrep: ").unwrap_or(&line);
        return crate::taken::tell(String::from_utf8_lossy(said).into_owned());
    }
    line.push(b'\n');
    let _ = crate::waiting::aside(|| std::io::stderr().write_all(&line));
}

/// An error with all its causes, in one line. A cause that the line ends with already
/// (libraries repeat theirs) is not said twice.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let cause = plain(cause);
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

/// An error's text, in the system's words but without its number.
pub(crate) fn plain(error: &(impl Display + ?Sized)) -> String {
    without_numbers(&error.to_string())
}

/// `1 file`, `2 files`, `12,345 files`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {one}{s}", HumanCount(count))
}

/// `text` without each ` (os error N)`: the words before it say the same.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split(" (os error ");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part[digits..].strip_prefix(')') {
            Some(rest) if digits > 0 => plain += rest,
            _ => plain = format!("{plain} (os error {part}"),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn system_errors_lose_their_numbers() {
        let error = std::io::Error::from_raw_os_error(2);
        assert_eq!(plain(&error), "No such file or directory");
        assert_eq!(plain("a (os error 13): b (os error x)"), "a: b (os error x)");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(12_345, "file"), "12,345 files");
    }

    #[test]
    fn a_cause_is_said_once() {
        let missing = || std::io::Error::from_raw_os_error(2);
        let repeated = anyhow::Error::new(missing()).context(format!("foo: {}", missing()));
        assert_eq!(chain(&repeated), "foo: No such file or directory");
        let apart: anyhow::Result<()> = Err(missing()).context("foo");
        assert_eq!(chain(&apart.unwrap_err()), "foo: No such file or directory");
    }
}
