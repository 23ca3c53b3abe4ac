//! What one file says of one name: its outline as far as that name is concerned, which takes a
//! fraction of the time of a whole one, and the lines where the name is a word of the code.

use std::ops::Range;

use crate::idiom::Idioms;
use crate::lex::{Lexer, Token, TokenKind};

use super::{Access, FileOutline, Language, c, outline};

/// What one file says of one name.
#[derive(Default)]
pub struct Mentioned {
    /// The outline, with the definitions and uses of the name and what these are in; others may be
    /// left out.
    pub outline: FileOutline,
    /// The lines, from 1, where the name is a word of the code: not of a comment, a text or an
    /// include. A line may be there twice.
    pub lines: Vec<u32>,
    /// How values of that name are got at, in C.
    pub accesses: Vec<Access>,
}

/// What the file at `path` says of `name`.
pub fn mentions(path: &[u8], bytes: &[u8], idioms: &Idioms, name: &[u8]) -> Mentioned {
    about(path, bytes, idioms, (name, false))
}

/// The same, where accesses to members, and to what functions have of their own, may be missing: less is
/// read.
pub fn uses(path: &[u8], bytes: &[u8], idioms: &Idioms, name: &[u8]) -> Mentioned {
    about(path, bytes, idioms, (name, true))
}

fn about(path: &[u8], bytes: &[u8], idioms: &Idioms, asked: (&[u8], bool)) -> Mentioned {
    let (name, _) = asked;
    if Language::of(path) == Some(Language::C) {
        let mut outline = FileOutline::default();
        let (lines, accesses) = c::read_about(path, bytes, idioms, asked, &mut outline);
        return Mentioned { outline, lines, accesses };
    }
    let outline = outline(path, bytes, idioms);
    let mut lines = Vec::new();
    if Language::of(path) == Some(Language::Kconfig) {
        let uses = outline.uses.iter().filter(|used| outline.name(used.name) == name);
        lines.extend(uses.map(|used| used.line));
    } else {
        words(Lexer::new(bytes), bytes, name, &mut lines);
    }
    Mentioned { outline, lines, accesses: Vec::new() }
}

/// The lines where `name` is a word of the code in a part of `bytes`, which begins line `first` outside
/// of comments and texts. A line may be there twice.
pub fn lines_with(bytes: &[u8], part: Range<usize>, first: u32, name: &[u8]) -> Vec<u32> {
    let bytes = bytes.get(..part.end).unwrap_or(bytes);
    let mut lines = Vec::new();
    if memchr::memmem::find(bytes.get(part.start..).unwrap_or_default(), name).is_some() {
        let mut lexer = Lexer::new(bytes);
        lexer.resume_at(part.start, first);
        words(lexer, bytes, name, &mut lines);
    }
    lines
}

/// The lines where `name` is a word of the code that `lexer` reads of `bytes`.
pub(super) fn words(mut lexer: Lexer<'_>, bytes: &[u8], name: &[u8], lines: &mut Vec<u32>) {
    while let Some(token) = lexer.next_meaning(|_| {}) {
        match token.kind {
            TokenKind::Ident if token.text(bytes) == name => lines.push(token.line),
            TokenKind::Directive => words_of_directive(token, bytes, name, lines),
            _ => {}
        }
    }
}

/// The lines where `name` is a word of a directive that includes nothing.
pub(super) fn words_of_directive(token: Token, bytes: &[u8], name: &[u8], lines: &mut Vec<u32>) {
    let text = token.text(bytes);
    if !text[1..].trim_ascii_start().starts_with(b"include") {
        let (start, end) = (token.start as usize + 1, token.end as usize);
        words(Lexer::within(bytes, start, end, token.line), bytes, name, lines);
    }
}
