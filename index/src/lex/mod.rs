//! Cuts C, assembler and header text into tokens, byte by byte, without copying.
//!
//! Written because no existing lexer reads half-valid C of any architecture at hundreds
//! of megabytes a second and never fails. The tokens put back together are the text:
//! spaces and comments are tokens too. What the tokens mean is `outline`'s affair.

mod directives;
mod places;
mod plain;
mod scan;

pub(crate) use directives::Directives;
pub use places::{CodePlace, places_in_code};
pub use plain::PlainConstant;

/// What a token is. Only as fine as the outline needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TokenKind {
    /// Blanks, tabs, line ends, and a backslash that continues a line.
    Space,
    /// `/* … */` or `// …`, to the end of the text when it is never closed.
    Comment,
    /// A preprocessor line from `#` to its logical end, without the last line end.
    Directive,
    /// An identifier or a keyword.
    Ident,
    /// A number as the preprocessor sees one: `0x1fUL`, `1e+5`.
    Number,
    /// A string constant, to the end of the line when it is never closed.
    Str,
    /// A character constant, likewise.
    Char,
    /// `->`, the one operator whose two bytes mean something else together and matter here.
    Arrow,
    /// `##`, which pastes two tokens in a macro's body.
    Paste,
    /// One byte of anything else, mostly punctuation.
    Byte,
}

/// A token: `bytes[start..end]`, and the line it begins on, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The first byte, or 0 for kinds where it says nothing new.
    pub byte: u8,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
    /// The line of the first byte, from 1.
    pub line: u32,
}

impl Token {
    /// Whether this is the single punctuation byte `byte`.
    #[inline]
    pub fn is(&self, byte: u8) -> bool {
        self.kind == TokenKind::Byte && self.byte == byte
    }

    /// The token's bytes in the text it was cut from.
    #[inline]
    pub fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start as usize..self.end as usize]
    }
}

/// Where `word` stands in a text as a whole word, wherever that is: in code, strings or comments.
pub fn places_of_word(text: &[u8], word: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text, word).filter(move |at| is_word_at(text, *at, word.len()))
}

/// Whether so many bytes of `text` at a place stand as a whole word.
pub fn is_word_at(text: &[u8], at: usize, length: usize) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !before.is_some_and(is_part) && !text.get(at + length).is_some_and(is_part)
}

/// Cuts a text into tokens. Texts beyond 4 GiB are read up to there.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Whether only spaces and comments came since the line began, so that `#` is a directive.
    fresh: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `bytes`, line 1.
    pub fn new(bytes: &'a [u8]) -> Self {
        let limit = bytes.len().min(u32::MAX as usize);
        Lexer { bytes: &bytes[..limit], at: 0, line: 1, fresh: true }
    }

    /// A lexer of `bytes[at..end]` in which no line begins, as inside a macro's body.
    pub fn within(bytes: &'a [u8], at: usize, end: usize, line: u32) -> Self {
        let end = end.min(bytes.len()).min(u32::MAX as usize);
        Lexer { bytes: &bytes[..end], at: at.min(end), line, fresh: false }
    }

    /// A lexer of what a directive of `bytes` is made of.
    pub fn of_directive(bytes: &'a [u8], directive: Token) -> Self {
        Lexer::within(bytes, directive.start as usize + 1, directive.end as usize, directive.line)
    }

    /// The tokens that are neither space nor comment.
    pub fn meaning(mut self) -> impl Iterator<Item = Token> {
        std::iter::from_fn(move || self.next_meaning(|_| {}))
    }

    /// The next token that is neither space nor comment; `comment` is called for comments.
    #[inline]
    pub fn next_meaning(&mut self, mut comment: impl FnMut(Token)) -> Option<Token> {
        loop {
            let token = self.next()?;
            match token.kind {
                TokenKind::Space => {}
                TokenKind::Comment => comment(token),
                _ => return Some(token),
            }
        }
    }

    /// The offset of the next token and its line.
    pub fn position(&self) -> (usize, u32) {
        (self.at, self.line)
    }

    /// Goes on at offset `at`, which begins line `line`.
    pub fn resume_at(&mut self, at: usize, line: u32) {
        self.at = at.min(self.bytes.len());
        self.line = line;
        self.fresh = true;
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let line = self.line;
        let (kind, end) = scan::token(self.bytes, start, first, self.fresh);
        match kind {
            TokenKind::Space => {
                let lines = scan::count_lines(&self.bytes[start..end]);
                self.line += lines;
                self.fresh |= lines > 0 && first != b'\\';
            }
            TokenKind::Comment | TokenKind::Directive | TokenKind::Str | TokenKind::Char => {
                self.line += scan::count_lines(&self.bytes[start..end]);
                self.fresh &= kind == TokenKind::Comment;
            }
            _ => self.fresh = false,
        }
        self.at = end;
        Some(Token { kind, byte: first, start: start as u32, end: end as u32, line })
    }
}

#[cfg(test)]
mod tests;
