//! The regular expressions of recipes: over bytes, and with ASCII's words and blanks, which
//! is all that code has. Making one costs a tenth of what Unicode's would.

use std::sync::OnceLock;

use bstr::ByteSlice as _;
use regex::bytes::{Captures, Regex, RegexBuilder};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// The regular expression that `text` is.
///
/// # Errors
/// If the text is not a valid regular expression.
pub(crate) fn regex(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).unicode(false).build()
}

/// A regular expression that is made when it is first needed: of the many that a question has,
/// most are never tried, for no file holds their texts.
#[derive(Debug)]
pub(crate) struct Lazy {
    text: String,
    made: OnceLock<Option<Regex>>,
}

impl Lazy {
    /// The one that `text` is.
    ///
    /// # Errors
    /// If the text is not a valid regular expression.
    pub(crate) fn new(text: &str) -> Result<Lazy, regex::Error> {
        if check(text).is_err() {
            regex(text)?;
        }
        Ok(Lazy { text: text.to_owned(), made: OnceLock::new() })
    }

    /// The expression; none where it would be too large, which matches nothing.
    pub(crate) fn get(&self) -> Option<&Regex> {
        self.made.get_or_init(|| regex(&self.text).ok()).as_ref()
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
/// If the text is not a valid regular expression.
pub(crate) fn check(text: &str) -> Result<(), String> {
    read(text).map(|_| ())
}

fn read(text: &str) -> Result<Hir, String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(text).map_err(|error| error.to_string())
}

/// A text that is shorter stands almost everywhere.
const SHORTEST: usize = 4;

/// The most parts of a pattern that may begin with the texts: each is read with all that follows.
const MOST_PARTS: usize = 64;

/// Texts of which each match of `pattern` has one, all without blanks and without the texts `sought`, which
/// are looked for anyway. None where the pattern tells no such texts.
pub(crate) fn needed_texts(pattern: &str, sought: &[String]) -> Option<Vec<Vec<u8>>> {
    needed(&read(pattern).ok()?, sought)
}

/// As [`needed_texts`]: of several choices the one whose shortest text is longest.
fn needed(hir: &Hir, sought: &[String]) -> Option<Vec<Vec<u8>>> {
    let inner = match hir.kind() {
        HirKind::Capture(capture) => needed(&capture.sub, sought),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub, sought),
        HirKind::Alternation(arms) => {
            let texts: Option<Vec<_>> = arms.iter().map(|arm| needed(arm, sought)).collect();
            texts.map(|texts| texts.concat())
        }
        HirKind::Concat(parts) => {
            let from = |at: usize| begins_with(&Hir::concat(parts[at..].to_vec()), sought);
            let choices = (1..parts.len().min(MOST_PARTS)).filter_map(from);
            longest(choices.chain(parts.iter().filter_map(|part| needed(part, sought))))
        }
        _ => None,
    };
    longest(inner.into_iter().chain(begins_with(hir, sought)))
}

fn longest(choices: impl Iterator<Item = Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    choices.max_by_key(|texts| texts.iter().map(Vec::len).min())
}

/// The texts of which each match of `hir` begins with one, if these are few and long enough.
fn begins_with(hir: &Hir, sought: &[String]) -> Option<Vec<Vec<u8>>> {
    let found = Extractor::new().extract(hir);
    let mut texts: Vec<Vec<u8>> =
        found.literals()?.iter().map(|text| piece(text.as_bytes(), sought).to_vec()).collect();
    texts.sort_unstable();
    // What begins with another one has that.
    texts.dedup_by(|text, before| text.starts_with(before));
    let is_usable = !texts.is_empty() && texts.iter().all(|text| text.len() >= SHORTEST);
    is_usable.then_some(texts)
}

/// The longest part of `text` without a blank, which may be a line's end, and without the texts `sought`.
fn piece<'t>(text: &'t [u8], sought: &[String]) -> &'t [u8] {
    let mut pieces: Vec<&[u8]> = text.split(u8::is_ascii_whitespace).collect();
    for one in sought.iter().filter(|one| !one.is_empty()) {
        pieces = pieces.into_iter().flat_map(|piece| piece.split_str(one)).collect();
    }
    pieces.into_iter().max_by_key(|piece| piece.len()).unwrap_or_default()
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
    fn a_match_has_one_of_the_needed_texts() {
        let needed = |pattern: &str| {
            let found = needed_texts(pattern, &["lamp".into()])?;
            Some(found.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect())
        };
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        for (pattern, expected) in [
            (r"^\s*(?:\w+\s)?module_param\w*\(\s*lamp", texts(&["module_param"])),
            (
                r"^\s*(?<how>(?:\w*_)?initcall(?:_sync)?|module_init)\(\s*lamp\s*\)",
                texts(&["initcall", "module_init"]),
            ),
            (r#"\b(?:__setup|early_param)\(\s*"lamp=?""#, texts(&["__setup(", "early_param("])),
            (r"x+(?:param)+(?:of)*", texts(&["param"])),
            (r"lamp\(turn on, early", texts(&["early"])),
            (r"\w+(?:param)?of", None),
            (r"(?:param|\w+)of", None),
            (r"\(lamp_on", None),
        ] {
            let found: Option<Vec<String>> = needed(pattern);
            assert_eq!(found, expected, "{pattern}");
        }
        let either_case = needed_texts(r"\w*(?i:wait)\w*\(", &[]).unwrap();
        assert!(either_case.contains(&b"WaiT".to_vec()), "{either_case:?}");
    }

    #[test]
    fn any_bytes_can_be_matched() {
        let pattern = regex(r"(?<word>\w+)\s*.*;").unwrap();
        let captures = pattern.captures(b"\xff name \xe4\xf6;").unwrap();
        assert_eq!(group(&captures, "word").as_deref(), Some("name"));
        assert_eq!(group(&captures, "other"), None);
        assert!(check("(x").is_err() && check(r"\w+ä").is_ok());
    }
}
