//! `__printf(n, m)`: what a declaration says of the arguments of its function, and whether the
//! function gives anything back, which those that only print do not.

use crate::lex::{Token, TokenKind};

/// Which argument is a format, from 1, by the words around a function's head: `__printf(n, m)`, or
/// the compiler's attribute that it stands for.
pub(super) fn marked_format(tokens: &[Token], bytes: &[u8]) -> Option<u32> {
    let text = |at: usize| tokens.get(at).map_or(&b""[..], |token| token.text(bytes));
    let number = |at: usize| std::str::from_utf8(text(at)).ok()?.parse().ok();
    let word = |token: &&Token| token.kind == TokenKind::Ident;
    let words = tokens.iter().enumerate().filter(|(_, token)| word(token));
    words.map(|(at, _)| at).find_map(|at| match text(at) {
        b"__printf" if text(at + 1) == b"(" => number(at + 2),
        b"format" | b"__format__" if text(at + 1) == b"(" => {
            let is_printf = matches!(
                text(at + 2),
                b"printf" | b"__printf__" | b"gnu_printf" | b"__gnu_printf__"
            );
            if is_printf { number(at + 4) } else { None }
        }
        _ => None,
    })
}

/// Whether a function of which this stands before its name gives nothing back.
pub(super) fn gives_nothing(before: &[Token], bytes: &[u8]) -> bool {
    let mut depth = 0usize;
    let mut is_void = false;
    for token in before {
        match (token.kind, token.byte) {
            (TokenKind::Byte, b'(' | b'[') => depth += 1,
            (TokenKind::Byte, b')' | b']') => depth = depth.saturating_sub(1),
            (TokenKind::Byte, b'*') if depth == 0 => return false,
            (TokenKind::Ident, _) if depth == 0 => is_void |= token.text(bytes) == b"void",
            _ => {}
        }
    }
    is_void
}
