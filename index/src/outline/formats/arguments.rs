//! What the arguments of a format are known to print where they are texts themselves: `__func__`,
//! `"a text"`, `on ? "on" : "off"`. The format stays as it is written; with what is known of it
//! fewer lines fit it, and those that do are told apart from others.

use super::gather::arms;
use super::template::{NAME, put_literal, put_name};
use super::{Cursor, put, put_text};
use crate::lex::{Token, TokenKind};

/// A longer text is not kept.
const LONGEST: usize = 100;
/// Texts that a format is made into: two of its arguments have two each.
const MOST: usize = 4;

/// Of a format's arguments, which begin behind the token `comma` of `tokens` and end at `ends`, what
/// its `%s` print, as bytes: the conversion's number, and its texts. None where nothing is known.
pub(super) fn known(
    format: &[u8],
    tokens: &[Token],
    (comma, ends): (usize, &[usize]),
    bytes: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    let starts = std::iter::once(comma).chain(ends.iter().copied()).map(|end| end + 1);
    let arguments: Vec<_> = starts.zip(ends.iter().copied()).map(|(from, to)| from..to).collect();
    for conversion in conversions(format) {
        let Some(range) = arguments.get(conversion.argument).cloned() else { break };
        if &format[conversion.range] != b"%s" {
            continue;
        }
        let texts = texts_of(tokens, range, bytes);
        if !texts.is_empty() && conversion.number < 128 {
            put(&mut out, conversion.number as u32);
            put(&mut out, texts.len() as u32);
            texts.iter().for_each(|text| put_text(&mut out, text));
        }
    }
    out
}

/// The texts that `format` is with what is `known` of its arguments; none where that is nothing.
pub(super) fn with_known(format: &[u8], known: &[u8]) -> Vec<Vec<u8>> {
    let all: Vec<Conversion> = conversions(format).collect();
    let mut made: Vec<Vec<u8>> = vec![Vec::new()];
    let mut copied = 0;
    let mut known = Cursor(known);
    while let (Some(number), Some(count)) = (known.number(), known.number()) {
        let texts: Option<Vec<&[u8]>> = (0..count.min(2)).map(|_| known.text()).collect();
        let (Some(texts), Some(conversion)) = (texts, all.get(number as usize)) else { break };
        if made.len() * texts.len() > MOST || conversion.range.start < copied {
            continue;
        }
        let before = &format[copied..conversion.range.start];
        let with = |made: &Vec<u8>| -> Vec<Vec<u8>> {
            texts.iter().map(|text| [made.as_slice(), before, text].concat()).collect()
        };
        made = made.iter().flat_map(with).collect();
        copied = conversion.range.end;
    }
    if copied == 0 {
        return Vec::new();
    }
    made.iter_mut().for_each(|text| text.extend(&format[copied..]));
    made
}

/// A conversion of a format.
struct Conversion {
    /// Its number, from 0.
    number: usize,
    /// Which argument behind the format it prints, from 0.
    argument: usize,
    /// Where it is in the text.
    range: std::ops::Range<usize>,
}

/// The conversions up to the first name or parameter, which may stand for more of them.
fn conversions(format: &[u8]) -> impl Iterator<Item = Conversion> {
    let (mut at, mut argument, mut number) = (0, 0, 0);
    std::iter::from_fn(move || {
        loop {
            let byte = *format.get(at)?;
            if byte == NAME && format[at + 1..].starts_with(b"KERN_") {
                at += memchr::memchr(super::template::END, &format[at..])? + 1;
            } else if byte < 8 {
                return None;
            } else if byte != b'%' {
                at += 1;
            } else if format.get(at + 1) == Some(&b'%') {
                at += 2;
            } else {
                break;
            }
        }
        let inside = &format[at + 1..];
        let is_flag = |byte: &u8| b"-+ #0123456789.*lhLzZtqj".contains(byte);
        let len = inside.iter().take_while(|byte| is_flag(byte)).count();
        inside.get(len).filter(|byte| byte.is_ascii_alphabetic())?;
        // `%*d` takes the width from an argument of its own.
        argument += inside[..len].iter().filter(|byte| **byte == b'*').count();
        let range = at..at + len + 2;
        let found = Conversion { number, argument, range: range.clone() };
        (at, argument, number) = (range.end, argument + 1, number + 1);
        Some(found)
    })
}

/// The texts that an argument may be: one, or both of a condition; none where it is something else.
fn texts_of(tokens: &[Token], mut range: std::ops::Range<usize>, bytes: &[u8]) -> Vec<Vec<u8>> {
    while range.len() > 2 && tokens[range.start].is(b'(') && tokens[range.end - 1].is(b')') {
        range = range.start + 1..range.end - 1;
    }
    let text = |range: std::ops::Range<usize>| {
        let tokens = tokens.get(range)?;
        let mut out = Vec::new();
        if let [one] = tokens
            && matches!(one.text(bytes), b"__func__" | b"__FUNCTION__")
        {
            put_name(&mut out, NAME, b"__func__");
            return Some(out);
        }
        let all = !tokens.is_empty() && tokens.iter().all(|token| token.kind == TokenKind::Str);
        tokens.iter().filter(|_| all).for_each(|token| {
            let mut text = Vec::new();
            put_literal(&mut text, token.text(bytes));
            // What it prints is no format.
            text.iter().for_each(|byte| {
                out.extend(if *byte == b'%' { &b"%%"[..] } else { std::slice::from_ref(byte) })
            });
        });
        (all && out.len() <= LONGEST).then_some(out)
    };
    let all: Option<Vec<Vec<u8>>> = arms(tokens, range).into_iter().map(text).collect();
    all.unwrap_or_default()
}
