//! The tokens of a C file, as far as branches need them: no comments, no literals' insides, no
//! preprocessor lines, nothing of an arm that is off.

use crate::kbuild::Truth;

/// A piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
    /// The bracket that closes this one, by its number among the tokens; 0 for all else, and
    /// where none does.
    pub(super) close: u32,
}

impl Token {
    pub(super) fn text(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The tokens of `bytes`, which begin at `line`, in arms that may be compiled, which `arms` has by
/// their first lines.
pub(super) fn tokens(bytes: &[u8], line: u32, arms: &[(u32, Truth)]) -> Vec<Token> {
    let mut reader = Reader { bytes, at: 0, line };
    let mut found: Vec<Token> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut arm = 0;
    while let Some((start, line)) = reader.next() {
        while arms.get(arm + 1).is_some_and(|(first, _)| *first <= line) {
            arm += 1;
        }
        if arms.get(arm).is_some_and(|(first, now)| *first <= line && *now == Truth::False) {
            continue;
        }
        let number = found.len();
        match bytes[start] {
            b'(' | b'[' | b'{' => open.push(number),
            b')' | b']' | b'}' => close(bytes, &mut found, &mut open, number, bytes[start]),
            _ => {}
        }
        let end = reader.at as u32;
        found.push(Token { start: start as u32, end, line, close: 0 });
    }
    found
}

/// Tells the bracket that the one of this number closes. Brackets that arms left open don't count.
fn close(bytes: &[u8], found: &mut [Token], open: &mut Vec<usize>, number: usize, by: u8) {
    let wanted = match by {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    };
    let of = |at: &usize| bytes.get(found[*at].start as usize) == Some(&wanted);
    if let Some(at) = open.iter().rposition(of) {
        found[open[at]].close = number as u32;
        open.truncate(at);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Reader<'_> {
    /// Where the next token starts, and its line; it ends where the reader is then.
    fn next(&mut self) -> Option<(usize, u32)> {
        self.blank();
        let (start, line) = (self.at, self.line);
        let first = *self.bytes.get(start)?;
        self.at += 1;
        match first {
            b'"' | b'\'' => self.literal(first),
            _ if is_name(first) => {
                while self.bytes.get(self.at).is_some_and(|b| is_name(*b)) {
                    self.at += 1;
                }
            }
            // What is one operator of two characters; a third is no matter.
            b'&' | b'|' | b':' if self.bytes.get(self.at) == Some(&first) => self.at += 1,
            b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'&' | b'|'
                if self.bytes.get(self.at) == Some(&b'=') =>
            {
                self.at += 1;
            }
            b'-' if self.bytes.get(self.at) == Some(&b'>') => self.at += 1,
            _ => {}
        }
        Some((start, line))
    }

    /// Leaves out white space, comments, and the preprocessor's lines.
    fn blank(&mut self) {
        let mut is_first = self.at == 0;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    is_first = true;
                    self.at += 1;
                }
                b'#' if is_first => self.directive(),
                b'/' if self.bytes.get(self.at + 1) == Some(&b'*') => {
                    let rest = &self.bytes[self.at + 2..];
                    let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
                    self.pass(self.at + 2 + end);
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'\\' | b' ' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                _ => return,
            }
        }
    }

    /// Goes on to `end`, counting lines.
    fn pass(&mut self, end: usize) {
        let passed = &self.bytes[self.at..end];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u32;
        self.at = end;
    }

    /// Leaves out a preprocessor's line with those that continue it.
    fn directive(&mut self) {
        loop {
            let rest = &self.bytes[self.at..];
            let Some(end) = memchr::memchr(b'\n', rest) else {
                self.at = self.bytes.len();
                return;
            };
            self.at += end;
            if !rest[..end].trim_ascii_end().ends_with(b"\\") {
                return;
            }
            self.at += 1;
            self.line += 1;
        }
    }

    /// Leaves out a literal, at most to the end of its line.
    fn literal(&mut self, quote: u8) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' if self.bytes.get(self.at + 1).is_some_and(|b| *b != b'\n') => self.at += 2,
                b'\n' => return,
                _ => {
                    self.at += 1;
                    if *byte == quote {
                        return;
                    }
                }
            }
        }
    }
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
