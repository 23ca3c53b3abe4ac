//! From the words of the command line to matchers.
//!
//! The matchers are built as ripgrep builds them, so that the same pattern finds the
//! same lines. One thing is kinder: a pattern with a bracket that is never closed is
//! taken as plain text, because in C code that is what was meant.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use grep_matcher::{LineTerminator, Matcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};

use super::basic::to_extended;
use super::line::LineMatcher;
use super::request::SearchRequest;
use crate::{Error, Note, Result, plain};

/// What a line must match, and what its file must and must not have.
#[derive(Debug, Clone)]
pub struct Query {
    /// What is searched for.
    pub lines: LineMatcher,
    /// Each of these must match somewhere in the file.
    pub file_has: Vec<RegexMatcher>,
    /// None of these may match anywhere in the file.
    pub file_lacks: Vec<RegexMatcher>,
}

/// The patterns of a search, read but not yet compiled.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// Each is a regular expression, or plain text with `fixed`.
    pub texts: Vec<String>,
    /// The same as they were written.
    pub originals: Vec<String>,
    /// What to tell of patterns and conditions that are taken as plain text.
    pub notes: Vec<Note>,
    /// True when standard input was read for patterns.
    pub stdin_used: bool,
}

impl Patterns {
    /// Collects the patterns of `-e`, `-f` and the first word, and says which words
    /// are left as paths.
    ///
    /// # Errors
    /// When there is no pattern, a pattern is not UTF-8, or a file can't be read.
    pub fn collect(args: &SearchRequest) -> Result<(Patterns, Vec<OsString>)> {
        let mut texts = Vec::new();
        let mut stdin_used = false;
        for pattern in &args.regexp {
            texts.push(utf8(pattern)?.to_owned());
        }
        for path in &args.pattern_files {
            stdin_used |= path == Path::new("-");
            read_patterns(path, &mut texts)?;
        }
        let mut paths = args.paths.clone();
        if args.regexp.is_empty() && args.pattern_files.is_empty() {
            let Some(pattern) = &args.pattern else { return Err(Error::NoPattern) };
            texts.push(utf8(pattern)?.to_owned());
        } else if let Some(path) = &args.pattern {
            paths.insert(0, path.clone());
        }
        let mut seen = HashSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        let originals = texts.clone();
        let mut notes = Vec::new();
        if args.basic_regexp {
            for text in &mut texts {
                *text = to_extended(text)?;
            }
        } else if !args.fixed_strings {
            for text in &mut texts {
                if let Some(why) = plain::taken_as_plain(text) {
                    notes.push(Note::TakenAsPlain { pattern: text.clone(), why });
                    *text = regex_syntax::escape(text);
                }
            }
            let conditions = [&args.and, &args.not, &args.file_has, &args.file_lacks];
            for condition in conditions.into_iter().flatten() {
                let text = utf8(condition)?;
                notes.extend(
                    plain::taken_as_plain(text)
                        .map(|why| Note::TakenAsPlain { pattern: text.to_owned(), why }),
                );
            }
        }
        Ok((Patterns { texts, originals, notes, stdin_used }, paths))
    }

    /// The same patterns as plain text, where that could find more.
    pub fn as_plain_text(&self) -> Option<Patterns> {
        let regular = self.texts.iter().zip(&self.originals).filter(|(text, was)| text == was);
        let mut operators = regular.filter(|(text, _)| regex_syntax::escape(text) != **text);
        operators.next()?;
        Some(Patterns { texts: self.originals.clone(), ..self.clone() })
    }

    /// Builds the matchers.
    ///
    /// # Errors
    /// If a pattern is not a valid regular expression, with where and why.
    pub fn compile(&self, args: &SearchRequest) -> Result<Query> {
        // A condition is about a part of the line, or the file, also with -x; -w is
        // for all patterns, as in git grep.
        let conditional = SearchRequest { line_regexp: false, ..args.clone() };
        let alone = |pattern: &OsString| -> Result<RegexMatcher> {
            let text = utf8(pattern)?;
            if args.basic_regexp {
                matcher(&[to_extended(text)?], &conditional)
            } else if !args.fixed_strings && plain::taken_as_plain(text).is_some() {
                matcher(&[regex_syntax::escape(text)], &conditional)
            } else {
                matcher(&[text.to_owned()], &conditional)
            }
        };
        let all = |patterns: &[OsString]| patterns.iter().map(alone).collect::<Result<Vec<_>>>();
        Ok(Query {
            lines: LineMatcher::new(matcher(&self.texts, args)?, all(&args.and)?, all(&args.not)?),
            file_has: all(&args.file_has)?,
            file_lacks: all(&args.file_lacks)?,
        })
    }
}

/// One matcher for any of `patterns`, with ripgrep's settings (its
/// `HiArgs::matcher_rust`).
fn matcher(patterns: &[String], args: &SearchRequest) -> Result<RegexMatcher> {
    let mut builder = RegexMatcherBuilder::new();
    builder
        .multi_line(true)
        .unicode(true)
        .octal(false)
        .fixed_strings(args.fixed_strings)
        .case_insensitive(args.ignore_case)
        .case_smart(args.smart_case)
        .word(args.word_regexp && !args.line_regexp)
        .whole_line(args.line_regexp);
    if args.multiline {
        builder.dot_matches_new_line(args.multiline_dotall);
        if args.crlf {
            builder.crlf(true).line_terminator(None);
        }
    } else {
        builder.line_terminator(Some(b'\n'));
        if args.crlf {
            builder.crlf(true);
        }
    }
    if !args.text {
        builder.ban_byte(Some(0));
    }
    builder.build_many(patterns).map_err(|error| {
        // The user's own pattern, not the one that ripgrep's library made of it.
        let mistake = patterns.iter().filter(|_| !args.fixed_strings);
        if let Some(mistake) = mistake.filter_map(|text| plain::mistake(text)).next() {
            return Error::NotRegex(mistake);
        }
        let mut message = error.to_string().lines().collect::<Vec<_>>().join(" ");
        if message.contains("\"\\n\" is not allowed") {
            message.push_str("; -U lets a match go over several lines");
        }
        Error::Pattern(message)
    })
}

fn utf8(pattern: &OsStr) -> Result<&str> {
    pattern.to_str().ok_or_else(|| Error::PatternNotUtf8(pattern.to_owned()))
}

/// The lines of a file of patterns, as ripgrep reads them.
fn read_patterns(path: &Path, into: &mut Vec<String>) -> Result<()> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let reader: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    for (number, line) in BufReader::new(reader).split(b'\n').enumerate() {
        let mut line = line.map_err(failed)?;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let line = String::from_utf8(line)
            .map_err(|_| Error::PatternLineNotUtf8 { path: path.to_owned(), line: number + 1 })?;
        into.push(line);
    }
    Ok(())
}

/// True when the searcher may run the matcher over many lines at once.
pub(crate) fn is_line_oriented(matcher: &impl Matcher) -> bool {
    matcher.line_terminator() == Some(LineTerminator::byte(b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Patterns {
        let regexp = texts.iter().map(OsString::from).collect();
        Patterns::collect(&SearchRequest { regexp, ..SearchRequest::default() }).unwrap().0
    }

    #[test]
    fn what_is_taken_as_plain_text_is_noted_and_kept_as_it_was_written() {
        let patterns = patterns(&["kfree(", "a.b"]);
        assert_eq!(patterns.texts, ["kfree\\(", "a.b"]);
        assert_eq!(patterns.notes.len(), 1);
        assert_eq!(patterns.as_plain_text().unwrap().texts, ["kfree(", "a.b"]);
    }

    #[test]
    fn plain_text_needs_no_second_search() {
        assert!(patterns(&["kfree(", "kmalloc"]).as_plain_text().is_none());
    }

    #[test]
    fn an_error_is_one_line_with_the_pattern_and_the_reason() {
        let error =
            matcher(&["[z-a]".to_owned()], &SearchRequest::default()).unwrap_err().to_string();
        assert!(error.contains("`[z-a]`") && error.contains("range"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        let error =
            matcher(&["a\\nb".to_owned()], &SearchRequest::default()).unwrap_err().to_string();
        assert!(error.ends_with("-U lets a match go over several lines"), "{error}");
    }
}
