//! Where one token ends: the inner loops of the lexer, on tables and `memchr`.

use super::TokenKind;

/// What a byte can begin.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Other,
    Space,
    Ident,
    Digit,
}

const CLASS: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        table[i] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Class::Space,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80..=0xff => Class::Ident,
            b'0'..=b'9' => Class::Digit,
            _ => Class::Other,
        };
        i += 1;
    }
    table
};

/// Whether `byte` can be part of an identifier.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    matches!(CLASS[byte as usize], Class::Ident | Class::Digit)
}

/// The kind and the end of the token that begins at `start` with the byte `first`.
#[inline]
pub(super) fn token(bytes: &[u8], start: usize, first: u8, fresh: bool) -> (TokenKind, usize) {
    match CLASS[first as usize] {
        Class::Ident => (TokenKind::Ident, word_end(bytes, start + 1)),
        Class::Space => (TokenKind::Space, space_end(bytes, start + 1)),
        Class::Digit => (TokenKind::Number, number_end(bytes, start + 1)),
        Class::Other => other(bytes, start, first, fresh),
    }
}

fn other(bytes: &[u8], start: usize, first: u8, fresh: bool) -> (TokenKind, usize) {
    let next = bytes.get(start + 1).copied().unwrap_or(0);
    match first {
        b'"' => (TokenKind::Str, quoted_end(bytes, start + 1, b'"')),
        b'\'' => (TokenKind::Char, quoted_end(bytes, start + 1, b'\'')),
        b'/' if next == b'*' => (TokenKind::Comment, block_comment_end(bytes, start + 2)),
        b'/' if next == b'/' => (TokenKind::Comment, line_end(bytes, start + 2)),
        b'#' if fresh => (TokenKind::Directive, directive_end(bytes, start + 1)),
        b'#' if next == b'#' => (TokenKind::Paste, start + 2),
        b'-' if next == b'>' => (TokenKind::Arrow, start + 2),
        b'.' if next.is_ascii_digit() => (TokenKind::Number, number_end(bytes, start + 2)),
        b'\\' if continues(bytes, start) => (TokenKind::Space, space_end(bytes, start + 1)),
        _ => (TokenKind::Byte, start + 1),
    }
}

fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && is_word(bytes[at]) {
        at += 1;
    }
    at
}

fn space_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && CLASS[bytes[at] as usize] == Class::Space {
        at += 1;
    }
    at
}

pub(super) fn number_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let sign = matches!(bytes[at], b'+' | b'-') && matches!(bytes[at - 1] | 0x20, b'e' | b'p');
        // 0xe+1 is an addition: a sign belongs to the number only in a decimal float.
        let float = sign && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) && {
            let digits = bytes[..at - 1].iter().rev().take(40);
            digits
                .take_while(|b| is_word(**b) || **b == b'.')
                .all(|b| b.is_ascii_digit() || *b == b'.')
        };
        if !(is_word(bytes[at]) || bytes[at] == b'.' || float) {
            break;
        }
        at += 1;
    }
    at
}

/// Whether the backslash at `at` stands before a line end.
fn continues(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at + 1) {
        Some(b'\n') => true,
        Some(b'\r') => bytes.get(at + 2) == Some(&b'\n'),
        _ => false,
    }
}

pub(super) fn quoted_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(found) = memchr::memchr3(quote, b'\\', b'\n', &bytes[at..]) {
        at += found;
        match bytes[at] {
            b'\\' if continues(bytes, at) && bytes[at + 1] == b'\r' => at += 3,
            b'\\' => at += 2,
            b'\n' => return at,
            _ => return at + 1,
        }
        if at >= bytes.len() {
            break;
        }
    }
    bytes.len()
}

pub(super) fn block_comment_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr(b'/', bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        // The star must not be the one that opened the comment: `at` began after it.
        if bytes[at - 2] == b'*' && found > 0 {
            return at;
        }
    }
    bytes.len()
}

/// The line end that a backslash does not continue, or the end of the text.
pub(super) fn line_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()) {
        at += found;
        let before = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
        if before.last() != Some(&b'\\') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// The end of a directive: its line's, but a block comment may carry it on.
fn directive_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let end = line_end(bytes, at);
        let mut from = at;
        let comment = loop {
            match memchr::memchr2(b'/', b'"', &bytes[from..end]) {
                None => break None,
                Some(found) if bytes[from + found] == b'"' => {
                    from = quoted_end(&bytes[..end], from + found + 1, b'"');
                }
                Some(found) => match bytes.get(from + found + 1) {
                    Some(b'*') => break Some(block_comment_end(bytes, from + found + 2)),
                    Some(b'/') => break None,
                    _ => from += found + 1,
                },
            }
        };
        match comment {
            None => return end,
            Some(closed) => at = closed,
        }
    }
}

/// How many line ends there are in `bytes`.
#[inline]
pub(super) fn count_lines(bytes: &[u8]) -> u32 {
    if bytes.len() < 16 {
        return bytes.iter().map(|b| u32::from(*b == b'\n')).sum();
    }
    memchr::memchr_iter(b'\n', bytes).count() as u32
}
