//! `#define NAME 0x1f`, the line that register headers have by the million: read without
//! cutting it into tokens, as nothing in it but the name means anything to an outline.

use super::{Lexer, scan};

/// A macro whose body, to the end of its one line, has no word in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainConstant<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its line, from 1.
    pub line: u32,
}

impl<'a> Lexer<'a> {
    /// Reads a plain constant and its line end, when a line that is one begins here; else
    /// nothing is read. Lines that are harder to tell are left to [`Lexer::next`].
    #[inline]
    pub fn plain_constant(&mut self) -> Option<PlainConstant<'a>> {
        let bytes = self.bytes;
        let rest = bytes.get(self.at..)?;
        if !self.fresh || !rest.starts_with(b"#define ") {
            return None;
        }
        let start = self.at + b"#define ".len();
        let end = start + memchr::memchr3(b' ', b'\t', b'\n', &bytes[start..])?;
        if !is_name(&bytes[start..end]) {
            return None;
        }
        let line_end = body_end(bytes, end)?;
        let found = PlainConstant { name: &bytes[start..end], line: self.line };
        self.resume_at(line_end + 1, self.line + 1);
        Some(found)
    }
}

/// Whether `text` is a name, of the letters that names have but for one in a million.
/// Written so that the compiler looks at many bytes at a time.
fn is_name(text: &[u8]) -> bool {
    let fits = |byte: u8| {
        (byte | 0x20).wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10 || byte == b'_'
    };
    !text.first().is_none_or(u8::is_ascii_digit)
        && text.iter().fold(true, |all, byte| all & fits(*byte))
}

/// The line end after the body that begins at `at`, if there are only numbers and operators.
fn body_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    if !matches!(bytes.get(at)?, b' ' | b'\t' | b'\n') {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'\n' => return Some(at),
            b'0'..=b'9' => at = scan::number_end(bytes, at + 1),
            b' ' | b'\t' | b'(' | b')' | b'<' | b'>' | b'|' | b'&' | b'+' | b'-' | b'*' | b'~' => {
                at += 1;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexer, PlainConstant};

    fn plain(text: &str) -> Option<(PlainConstant<'_>, usize)> {
        let mut lexer = Lexer::new(text.as_bytes());
        let found = lexer.plain_constant()?;
        Some((found, lexer.position().0))
    }

    #[test]
    fn a_line_of_numbers_is_read_with_its_end() {
        for text in ["#define A\t0x1fUL\n", "#define A (1 << 3)\n", "#define A\n", "#define A -1\n"]
        {
            let name: &[u8] = b"A";
            assert_eq!(
                plain(text),
                Some((PlainConstant { name, line: 1 }, text.len())),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_may_mean_more_is_left_to_the_lexer() {
        for text in [
            "#define A(x) 1\n",
            "#define A 1 /* one\n*/\n",
            "#define A 1 \\\n + 2\n",
            "#define A B\n",
            "#define A 'x'\n",
            "#define 1 2\n",
            "#define A 1",
            " #define A 1\n",
            "#undef A\n",
        ] {
            assert_eq!(plain(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_where_a_line_begins() {
        let mut lexer = Lexer::new(b"x #define A 1\n#define B 2\n");
        assert!(lexer.by_ref().take(2).count() == 2 && lexer.plain_constant().is_none());
        assert_eq!(lexer.position(), (2, 1));
    }
}
