//! The function around a line, by git's simple rule: the last line at or before it
//! that begins like a definition.
//!
//! It knows no C: declarations, types and table initialisers count as well, as with
//! `git grep -p`. The rules are git's (`xdiff/xemit.c`, `def_ff`, and `userdiff.c`,
//! the "cpp" driver, which the kernel's `.gitattributes` gives `*.c` and `*.h`), and
//! so is the extent of a function (`grep.c`, `show_pre_context` and
//! `grep_source_1`). The outline replaces this later.

use std::ops::RangeInclusive;

/// Which lines begin a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A letter, `_` or `$` at the line's start: git's for any file.
    Plain,
    /// A letter or `_` at the line's start, but no label such as `out:`.
    C,
}

impl Rule {
    /// The rule for a file, by its name.
    pub(crate) fn for_path(path: &[u8]) -> Rule {
        if path.ends_with(b".c") || path.ends_with(b".h") { Rule::C } else { Rule::Plain }
    }

    /// True when `line` (without terminator) begins a function.
    fn begins(self, line: &[u8]) -> bool {
        let Some(first) = line.first() else { return false };
        match self {
            Rule::Plain => first.is_ascii_alphabetic() || matches!(first, b'_' | b'$'),
            Rule::C => (first.is_ascii_alphabetic() || *first == b'_') && !is_label(line),
        }
    }
}

/// True for `name:` alone on its line, or with a comment behind it.
fn is_label(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let Some(rest) = line[name.count()..].strip_prefix(b":") else { return false };
    let rest = rest.trim_ascii_start();
    rest.is_empty() || rest.starts_with(b"//") || rest.starts_with(b"/*")
}

/// The number and text of the line that begins the function around `line` (from 1) of a file's
/// whole text, by git's rule.
pub fn enclosing<'t>(path: &[u8], text: &'t [u8], line: u64) -> Option<(u64, &'t [u8])> {
    Functions::new(text, Rule::for_path(path)).enclosing(line)
}

/// Answers, for lines asked in ascending order, which function each lies in: one
/// pass over the text for all of them.
pub(crate) struct Functions<'t> {
    rule: Rule,
    lines: Lines<'t>,
    /// The last function line passed, with its number.
    current: Option<(u64, &'t [u8])>,
}

impl<'t> Functions<'t> {
    /// The functions of a file's whole text.
    pub(crate) fn new(text: &'t [u8], rule: Rule) -> Functions<'t> {
        Functions { rule, lines: Lines::new(text), current: None }
    }

    /// The number and text (without terminator) of the line that begins the function
    /// around `line` (from 1), which may be `line` itself. None before the first one.
    ///
    /// A line before the one asked last is answered as that one was.
    pub(crate) fn enclosing(&mut self, line: u64) -> Option<(u64, &'t [u8])> {
        while self.lines.number < line {
            let Some(text) = self.lines.next() else { break };
            if self.rule.begins(text) {
                self.current = Some((self.lines.number, text));
            }
        }
        self.current
    }
}

/// Which lines `git grep -W` shows around a line, for every line of a text: one pass
/// over the text for all of them.
pub(crate) struct Extents {
    /// One a function line, in order, after one for what comes before the first.
    sections: Vec<Section>,
}

/// The lines from one function line up to the next.
#[derive(Debug, Clone, Copy)]
struct Section {
    /// The function line's number; 0 before the first one.
    begins: u64,
    /// The first line shown with it: that of a comment block directly before it.
    start: u64,
    /// The last line that is not blank.
    end: u64,
}

impl Extents {
    /// The extents of a file's whole text.
    pub(crate) fn new(text: &[u8], rule: Rule) -> Extents {
        let mut section = Section { begins: 0, start: 1, end: 1 };
        let mut sections = Vec::new();
        // The first line of the block that would be shown with a function line that
        // comes now: what follows the last blank or function line.
        let mut block = 1;
        let mut lines = Lines::new(text);
        while let Some(text) = lines.next() {
            let number = lines.number;
            let begins = rule.begins(text);
            let blank = text.trim_ascii().is_empty();
            if begins {
                sections.push(section);
                section = Section { begins: number, start: block, end: number };
            }
            if begins || blank {
                block = number + 1;
            }
            if !blank {
                section.end = number;
            }
        }
        sections.push(section);
        Extents { sections }
    }

    /// The lines, from 1, shown for a match in `line`: from the function's first line,
    /// with a comment block directly before it, to the last line before the next
    /// function that is not blank. A line after the text's end gets itself.
    pub(crate) fn of(&self, line: u64) -> RangeInclusive<u64> {
        let after = self.sections.partition_point(|section| section.begins <= line);
        let section = self.sections[after.saturating_sub(1)];
        section.start..=section.end.max(line)
    }
}

/// Lines without their terminators, counted.
struct Lines<'t> {
    rest: &'t [u8],
    /// The number of the line returned last; 0 before the first.
    number: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t [u8]) -> Lines<'t> {
        Lines { rest: text, number: 0 }
    }

    fn next(&mut self) -> Option<&'t [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\
#include <a.h>

static int first;

/*
 * Opens it.
 */
int open_it(int a)
{
	if (a)
		goto out;
out:
	return a;
}


/* Closes it. */
static void
close_it(void)
{
}
";

    fn enclosing(rule: Rule, line: u64) -> Option<(u64, &'static [u8])> {
        Functions::new(TEXT, rule).enclosing(line)
    }

    #[test]
    fn the_function_is_the_last_line_that_begins_one() {
        assert_eq!(enclosing(Rule::C, 1), None);
        assert_eq!(enclosing(Rule::C, 4), Some((3, &b"static int first;"[..])));
        assert_eq!(enclosing(Rule::C, 8), Some((8, &b"int open_it(int a)"[..])));
        assert_eq!(enclosing(Rule::C, 13), Some((8, &b"int open_it(int a)"[..])));
        assert_eq!(enclosing(Rule::C, 99), Some((19, &b"close_it(void)"[..])));
    }

    #[test]
    fn labels_begin_nothing_in_c() {
        assert_eq!(enclosing(Rule::Plain, 13), Some((12, &b"out:"[..])));
        assert!(!Rule::C.begins(b"out: /* why */") && Rule::C.begins(b"out: return;"));
        assert_eq!(Rule::for_path(b"init/main.c"), Rule::C);
        assert_eq!(Rule::for_path(b"arch/x86/entry.S"), Rule::Plain);
    }

    #[test]
    fn many_lines_of_a_file_in_one_pass() {
        let mut functions = Functions::new(TEXT, Rule::C);
        let found: Vec<_> =
            [2, 3, 9, 13, 13, 20].map(|line| functions.enclosing(line).map(|(at, _)| at)).into();
        assert_eq!(found, [None, Some(3), Some(8), Some(8), Some(8), Some(19)]);
    }

    #[test]
    fn an_extent_has_the_comment_before_and_ends_before_blank_lines() {
        // As with `git grep -W`, the comment of the next function comes along.
        let extent = |line| Extents::new(TEXT, Rule::C).of(line);
        assert_eq!(extent(10), 5..=17);
        assert_eq!(extent(8), 5..=17);
        assert_eq!(extent(20), 19..=21);
        assert_eq!(extent(1), 1..=1);
        assert_eq!(Extents::new(b"", Rule::C).of(5), 1..=5);
    }
}
