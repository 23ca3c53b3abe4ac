//! When a pattern is taken as plain text, and what is wrong with one that isn't:
//! one rule for searches and for `refine`.

use regex_syntax::ast::{self, ErrorKind};
use serde::{Deserialize, Serialize};

/// Why a pattern that is no regular expression is taken as plain text, the way C code
/// is pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Plain {
    /// `kmalloc(size`, `a[3`, `x{`.
    #[error("has an open bracket")]
    Open,
    /// `x{,2}`, `x{}`.
    #[error("has no number after a `{{`")]
    NoNumber,
    /// `foo)`.
    #[error("closes a bracket that was never opened")]
    NeverOpened,
    /// `*ptr`.
    #[error("has an operator with nothing before it")]
    NothingBefore,
}

/// Whether `pattern` fails as a regular expression the way C code does.
pub fn taken_as_plain(pattern: &str) -> Option<Plain> {
    let error = ast::parse::Parser::new().parse(pattern).err()?;
    match error.kind() {
        ErrorKind::RepetitionCountDecimalEmpty
        | ErrorKind::DecimalEmpty
        | ErrorKind::DecimalInvalid
            if pattern[error.span().start.offset..].contains('}') =>
        {
            Some(Plain::NoNumber)
        }
        ErrorKind::GroupUnclosed
        | ErrorKind::ClassUnclosed
        | ErrorKind::RepetitionCountUnclosed
        | ErrorKind::RepetitionCountDecimalEmpty
        | ErrorKind::DecimalEmpty
        | ErrorKind::DecimalInvalid => Some(Plain::Open),
        ErrorKind::GroupUnopened => Some(Plain::NeverOpened),
        ErrorKind::RepetitionMissing => Some(Plain::NothingBefore),
        _ => None,
    }
}

/// What the user is told of a pattern that is taken as plain text.
pub fn note(pattern: &str, why: Plain) -> String {
    format!("note: `{pattern}` {why}: searched as plain text")
}

/// What is wrong with `pattern` as a regular expression, in one line that quotes it.
pub fn mistake(pattern: &str) -> Option<String> {
    let parsed = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern);
    let reason = match parsed.err()? {
        regex_syntax::Error::Parse(error)
            if matches!(error.kind(), ErrorKind::EscapeUnexpectedEof) =>
        {
            "ends in a backslash".to_owned()
        }
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        error => error.to_string(),
    };
    Some(format!("`{pattern}`: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_c_code_leaves_open_is_plain_text() {
        for pattern in ["kmem_cache_alloc(", "kmalloc(size", "a[3", "x{"] {
            assert_eq!(taken_as_plain(pattern), Some(Plain::Open), "{pattern}");
        }
        for pattern in ["x{,2}", "x{}", "x{ return; }"] {
            assert_eq!(taken_as_plain(pattern), Some(Plain::NoNumber), "{pattern}");
        }
        assert_eq!(taken_as_plain("} x{ return"), Some(Plain::Open));
        assert_eq!(
            note("x{,2}", Plain::NoNumber),
            "note: `x{,2}` has no number after a `{`: searched as plain text"
        );
        for pattern in ["*ptr", "+1"] {
            assert_eq!(taken_as_plain(pattern), Some(Plain::NothingBefore), "{pattern}");
        }
        assert_eq!(taken_as_plain("foo)"), Some(Plain::NeverOpened));
        assert_eq!(
            note("x(", Plain::Open),
            "note: `x(` has an open bracket: searched as plain text"
        );
    }

    #[test]
    fn a_regular_expression_stays_one_and_other_mistakes_stay_mistakes() {
        for pattern in
            ["kmem_cache_alloc\\(", "a[3]", "x{3}", "(a|b)*", "\\p{Foo}", "[z-a]", "(?=a)", "a\\"]
        {
            assert_eq!(taken_as_plain(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_mistake_quotes_the_pattern_as_it_was_written() {
        assert_eq!(mistake("a|b"), None);
        let told = mistake("foo\\").unwrap();
        assert_eq!(told, "`foo\\`: ends in a backslash");
        let told = mistake("[z-a]").unwrap();
        assert!(told.starts_with("`[z-a]`: ") && told.contains("range"), "{told}");
    }
}
