//! A pattern with conditions on its line: `--and` and `--not`.
//!
//! It is a [`Matcher`], not a filter on results, so that context lines, `-m`, `-c`
//! and `-v` mean what they say about the lines that are left.

use std::ops::Range;

use grep_matcher::{LineMatchKind, LineTerminator, Match, Matcher, NoCaptures, NoError};
use grep_regex::RegexMatcher;

/// Matches what `pattern` matches, in lines that match all of `and` and none of `not`.
#[derive(Debug, Clone)]
pub struct LineMatcher {
    pattern: RegexMatcher,
    and: Vec<RegexMatcher>,
    not: Vec<RegexMatcher>,
}

impl LineMatcher {
    /// A matcher for `pattern` under conditions.
    pub fn new(
        pattern: RegexMatcher,
        and: Vec<RegexMatcher>,
        not: Vec<RegexMatcher>,
    ) -> LineMatcher {
        LineMatcher { pattern, and, not }
    }

    /// The pattern alone, where there are no conditions.
    pub fn unconditional(&self) -> Option<&RegexMatcher> {
        (self.and.is_empty() && self.not.is_empty()).then_some(&self.pattern)
    }

    fn is_wanted(&self, line: &[u8]) -> Result<bool, NoError> {
        for condition in &self.and {
            if !condition.is_match(line)? {
                return Ok(false);
            }
        }
        for condition in &self.not {
            if condition.is_match(line)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Matcher for LineMatcher {
    type Captures = NoCaptures;
    type Error = NoError;

    fn find_at(&self, haystack: &[u8], mut at: usize) -> Result<Option<Match>, NoError> {
        while let Some(found) = self.pattern.find_at(haystack, at)? {
            let lines = lines_of(haystack, found);
            if self.is_wanted(&haystack[lines.clone()])? {
                return Ok(Some(found));
            }
            at = lines.end + 1;
            if at > haystack.len() {
                break;
            }
        }
        Ok(None)
    }

    fn new_captures(&self) -> Result<NoCaptures, NoError> {
        Ok(NoCaptures::new())
    }

    fn line_terminator(&self) -> Option<LineTerminator> {
        self.pattern.line_terminator()
    }

    fn find_candidate_line(&self, haystack: &[u8]) -> Result<Option<LineMatchKind>, NoError> {
        Ok(self.find_at(haystack, 0)?.map(|found| LineMatchKind::Confirmed(found.start())))
    }
}

/// The lines that a match touches, without the last one's terminator.
fn lines_of(haystack: &[u8], found: Match) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &haystack[..found.start()]).map_or(0, |at| at + 1);
    // A match that ends with a line's terminator doesn't touch the next line.
    let last = found.end().saturating_sub(1).max(found.start());
    let end = memchr::memchr(b'\n', &haystack[last..]).map_or(haystack.len(), |at| last + at);
    start..end
}
