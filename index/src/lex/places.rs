//! Where a word stands in the code of a file, found without cutting the file into tokens: only what
//! hides code is looked at, which is comments and texts.

use std::ops::Range;

use super::{places_of_word, scan};

/// A place of a word in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePlace {
    /// Its line, from 1.
    pub line: u32,
    /// Where it begins, in bytes from the file's start.
    pub at: usize,
    /// Whether it is in a directive.
    pub in_directive: bool,
}

/// Where `word` is a word of the code of a C file: not of a comment, a text or an include, as the
/// lexer tells it. None where only the lexer can tell.
pub fn places_in_code(bytes: &[u8], word: &[u8]) -> Option<Vec<CodePlace>> {
    let mut scan =
        Scan { bytes, at: 0, comment: 0..0, line: 1, counted: 0, own: 0..0, kind: Line::Code };
    let mut found = Vec::new();
    for at in places_of_word(bytes, word) {
        if !scan.is_code(at)? || is_part(bytes, at, word.len()) {
            continue;
        }
        let kind = scan.kind_of_line(at)?;
        if kind != Line::Include {
            let (line, in_directive) = (scan.line_of(at), kind == Line::Directive);
            found.push(CodePlace { line, at, in_directive });
        }
    }
    Some(found)
}

/// What a logical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Code,
    Include,
    Directive,
}

/// Goes through a file from place to place.
struct Scan<'a> {
    bytes: &'a [u8],
    /// What is before it was looked at, and no comment or text goes on there.
    at: usize,
    /// The last comment that has more than one line.
    comment: Range<usize>,
    line: u32,
    /// Lines were counted up to here.
    counted: usize,
    /// The logical line that was looked at last, and what it is.
    own: Range<usize>,
    kind: Line,
}

impl Scan<'_> {
    /// Whether `at` is in no comment and no text.
    fn is_code(&mut self, at: usize) -> Option<bool> {
        while self.at <= at {
            let Some(start) = memchr::memchr3(b'"', b'\'', b'/', self.bytes.get(self.at..at)?)
            else {
                self.at = at;
                return Some(true);
            };
            let start = self.at + start;
            let (first, next) = (self.bytes[start], self.bytes.get(start + 1));
            self.at = match (first, next) {
                (b'/', Some(b'*')) => scan::block_comment_end(self.bytes, start + 2),
                (b'/', Some(b'/')) => scan::line_end(self.bytes, start + 2),
                (b'/', _) => start + 1,
                _ => scan::quoted_end(self.bytes, start + 1, first),
            };
            let hidden = &self.bytes[start..self.at];
            if first == b'/' && memchr::memchr(b'\n', hidden).is_some() {
                self.comment = start..self.at;
            }
            // Where a directive ends, the lexer tells without such quotes.
            if first == b'\'' && memchr::memchr2(b'"', b'/', hidden).is_some() {
                (self.first_of_line(start)?.1 != b'#').then_some(())?;
            }
        }
        Some(false)
    }

    /// What the logical line is that the place `at`, which is code, is in.
    fn kind_of_line(&mut self, at: usize) -> Option<Line> {
        if !self.own.contains(&at) {
            let (first, byte) = self.first_of_line(at)?;
            self.own = first..scan::line_end(self.bytes, at);
            let text = &self.bytes[self.own.clone()];
            let mut ends = memchr::memchr_iter(b'\n', text).map(|end| without_end(&text[..end]));
            if ends.any(|before| before.ends_with(TWO)) {
                return None;
            }
            self.kind = match text {
                [_, rest @ ..] if byte == b'#' => match rest.trim_ascii_start() {
                    rest if rest.starts_with(b"include") => Line::Include,
                    _ => Line::Directive,
                },
                _ => Line::Code,
            };
        }
        Some(self.kind)
    }

    /// The first byte of code on the logical line of `at`, and where it is; none where a comment, or
    /// what isn't quite the line's beginning, hides whether it begins a directive.
    fn first_of_line(&self, at: usize) -> Option<(usize, u8)> {
        let start = logical_start(self.bytes, at)?;
        if self.comment.contains(&start) && self.comment.start < start {
            return None;
        }
        let mut first = after_blanks(self.bytes, start);
        while self.bytes[first..].starts_with(b"/*") {
            first = after_blanks(self.bytes, scan::block_comment_end(self.bytes, first + 2));
        }
        let byte = *self.bytes.get(first)?;
        let is_odd = || {
            let before = self.bytes[..start].trim_ascii_end();
            first != after_blanks(self.bytes, start) || before.ends_with(b"\\")
        };
        // A line that goes on in the next one before there is anything on it may be a directive's.
        (byte != b'\\' && (byte != b'#' || !is_odd())).then_some((first, byte))
    }

    fn line_of(&mut self, at: usize) -> u32 {
        self.line += scan::count_lines(&self.bytes[self.counted..at]);
        self.counted = at;
        self.line
    }
}

fn after_blanks(bytes: &[u8], at: usize) -> usize {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c);
    at + bytes[at..].iter().take_while(is_blank).count()
}

/// Before a line's end: the second may be a text's, so that only the lexer can tell whether the line goes on.
const TWO: &[u8] = b"\\\\";

/// A line without the first byte of its end, if that has two.
fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where the line begins that `at` is in, with those before it that go on in it; none where that is not
/// certain.
fn logical_start(bytes: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    loop {
        start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |end| end + 1);
        let before = without_end(bytes[..start].strip_suffix(b"\n").unwrap_or_default());
        if !before.ends_with(b"\\") {
            return Some(start);
        }
        if before.ends_with(TWO) {
            return None;
        }
        start -= 1;
    }
}

/// Whether the word is a part of what the lexer takes for one: of a longer name, or of a number.
fn is_part(bytes: &[u8], at: usize, len: usize) -> bool {
    let is_word =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| scan::is_word(*b));
    if is_word(at.checked_sub(1)) || is_word(at.checked_add(len)) {
        return true;
    }
    let before = bytes[..at].iter().rev();
    let length = before.take_while(|byte| scan::is_word(**byte) || **byte == b'.').count();
    goes_on_in_number(&bytes[at - length..at])
}

/// Whether what follows these words and points is a part of a number: `1.f`.
fn goes_on_in_number(mut before: &[u8]) -> bool {
    loop {
        before = match before {
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => return true,
            [b'.', rest @ ..] => rest,
            [] => return false,
            _ => {
                let word = before.iter().take_while(|byte| scan::is_word(**byte)).count();
                &before[word.max(1)..]
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CodePlace, places_in_code};
    use crate::lex::{Lexer, TokenKind};

    /// The places as the lexer tells them.
    fn lexed(text: &[u8], word: &[u8]) -> Vec<CodePlace> {
        let mut found = Vec::new();
        for token in Lexer::new(text).meaning() {
            let own = token.text(text);
            if token.kind == TokenKind::Ident && own == word {
                let (line, at) = (token.line, token.start as usize);
                found.push(CodePlace { line, at, in_directive: false });
            }
            let is_include = || own[1..].trim_ascii_start().starts_with(b"include");
            if token.kind == TokenKind::Directive && !is_include() {
                for token in Lexer::of_directive(text, token).meaning() {
                    if token.kind == TokenKind::Ident && token.text(text) == word {
                        let (line, at) = (token.line, token.start as usize);
                        found.push(CodePlace { line, at, in_directive: true });
                    }
                }
            }
        }
        found
    }

    fn lines(text: &str) -> Option<Vec<(u32, bool)>> {
        let found = places_in_code(text.as_bytes(), b"dev")?;
        Some(found.iter().map(|place| (place.line, place.in_directive)).collect())
    }

    #[test]
    fn what_hides_a_word_is_passed_over() {
        let text = "/* dev\n * dev */\n#include <linux/dev.h>\n#define on(dev) \\\n\t(dev)->on // dev\n\
            int f(struct device *dev)\n{\n\tputs(\"dev\"); /* dev */ dev->a = 'd'; dev2 = x.dev;\n}\n";
        assert_eq!(
            lines(text),
            Some(vec![(4, true), (5, true), (6, false), (8, false), (8, false)])
        );
        assert_eq!(lines("x = '\"'; dev"), Some(vec![(1, false)]));
        assert_eq!(lines("1.dev; $dev; dev$; \u{e9}dev; a[1].dev"), Some(vec![(1, false)]));
    }

    #[test]
    fn what_only_the_lexer_can_tell_is_left_to_it() {
        for text in [
            "#define A '\"' dev",
            "/* a\n*/ # dev",
            "/* */ #include dev",
            "a \\\n\n#include dev",
            "\\\n#dev",
            "\"\\\\\n#define dev",
            "dev \"\\\\\n#dev",
        ] {
            assert_eq!(lines(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn places_are_those_that_the_lexer_tells(
            parts in prop::collection::vec(prop::sample::select(vec![
                "dev", "dev", "dev", "/*", "*/", "//", "\\", "\n", "\n", "\r\n", "\"", "'", "#",
                "#define dev ", "#include ", "\n#", "1", ".", "->", " ", "x", "$", "(", "\t",
            ]), 0..40)
        ) {
            let text = parts.concat();
            if let Some(found) = places_in_code(text.as_bytes(), b"dev") {
                prop_assert_eq!(found, lexed(text.as_bytes(), b"dev"), "{:?}", text);
            }
        }
    }
}
