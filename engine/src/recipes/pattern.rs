//! The regular expressions of recipes: over bytes, and with ASCII's words and blanks, which
//! is all that code has. Making one costs a tenth of what Unicode's would.

use std::sync::OnceLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

/// The regular expression that `text` is.
///
/// # Errors
/// When it is none.
pub(crate) fn regex(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).unicode(false).build()
}

/// A regular expression that is made when it is first needed: of the many that a question has,
/// most are never tried, for no file holds their texts.
#[derive(Debug)]
pub(crate) struct Lazy {
    text: String,
    /// Whether `^` and `$` are those of each line.
    lines: bool,
    made: OnceLock<Option<Regex>>,
}

impl Lazy {
    /// The one that `text` is.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn new(text: &str, lines: bool) -> Result<Lazy, regex::Error> {
        if check(text).is_err() {
            regex(text)?;
        }
        Ok(Lazy { text: text.to_owned(), lines, made: OnceLock::new() })
    }

    /// The expression; none where it would be too large, which matches nothing.
    pub(crate) fn get(&self) -> Option<&Regex> {
        let make = || RegexBuilder::new(&self.text).unicode(false).multi_line(self.lines).build();
        self.made.get_or_init(|| make().ok()).as_ref()
    }

    /// Whether it matches somewhere in `text`.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

/// What is wrong with `text` as a regular expression, by only reading it: a hundred times
/// cheaper than making it.
///
/// # Errors
/// When it is none.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(text).map(|_| ()).map_err(|error| error.to_string())
}

/// What a group found, without blanks around it; none where it took no part.
pub(crate) fn group(captures: &Captures<'_>, name: &str) -> Option<String> {
    let found = captures.name(name)?.as_bytes().trim_ascii();
    Some(String::from_utf8_lossy(found).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_can_be_matched() {
        let pattern = regex(r"(?<word>\w+)\s*.*;").unwrap();
        let captures = pattern.captures(b"\xff name \xe4\xf6;").unwrap();
        assert_eq!(group(&captures, "word").as_deref(), Some("name"));
        assert_eq!(group(&captures, "other"), None);
        assert!(check("(x").is_err() && check(r"\w+ä").is_ok());
    }
}
