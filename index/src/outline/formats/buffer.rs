//! Functions that write what they are given to a buffer, and print that:
//! `vsnprintf(text, size, fmt, args)`, and then `printk("lamp: %s", text)`.

use super::template::{PARAM, put_param};
use crate::lex::{Token, TokenKind};

/// The variable that the format, the parameter `format`, is written to with its arguments.
pub(super) fn buffer<'a>(format: &[u8], tokens: &[Token], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let writes = |name: &[u8]| {
        let is_one = name.ends_with(b"printf");
        is_one && [&b"vs"[..], b"vas"].iter().any(|v| memchr::memmem::find(name, v).is_some())
    };
    let is_call = |at: &usize| {
        let name = tokens[*at];
        name.kind == TokenKind::Ident
            && tokens.get(at + 1).is_some_and(|next| next.is(b'('))
            && writes(name.text(bytes))
    };
    (0..tokens.len()).filter(is_call).find_map(|at| {
        let arguments = arguments(&tokens[at + 2..]);
        let is_format = |argument: &[Token]| matches!(argument, [one] if one.text(bytes) == format);
        if !arguments.iter().any(|argument| is_format(argument)) {
            return None;
        }
        let is_made = memchr::memmem::find(tokens[at].text(bytes), b"asprintf").is_some();
        let variable = match is_made {
            true if at >= 2 && tokens[at - 1].is(b'=') => tokens[at - 2],
            true => return None,
            false => *arguments.first()?.first()?,
        };
        (variable.kind == TokenKind::Ident).then(|| variable.text(bytes))
    })
}

/// The text of a call that is given `buffer` behind it, with the format, parameter `number`, where
/// the buffer is printed; `behind` are the tokens of the arguments that follow the text.
pub(super) fn handed_on(
    text: &[u8],
    behind: &[Token],
    bytes: &[u8],
    buffer: &[u8],
    number: u32,
) -> Option<Vec<u8>> {
    let is_it = |argument: &[Token]| matches!(argument, [one] if one.text(bytes) == buffer);
    let nth = arguments(behind).iter().position(|argument| is_it(argument))?;
    let (start, end) = conversion(text, nth)?;
    let mut out = text[..start].to_vec();
    put_param(&mut out, PARAM, number);
    out.extend_from_slice(&text[end..]);
    Some(out)
}

/// Where the conversion of this number, a plain `%s`, begins and ends in a text.
fn conversion(text: &[u8], nth: usize) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut left = nth;
    loop {
        at += memchr::memchr(b'%', text.get(at..)?)?;
        match text.get(at + 1)? {
            b'%' => at += 2,
            // What takes more than one argument isn't counted here.
            b'*' | b'.' => return None,
            b's' if left == 0 => return Some((at, at + 2)),
            _ if left == 0 => return None,
            _ => (at, left) = (at + 1, left - 1),
        }
    }
}

/// The arguments of a call, by the tokens behind its opening bracket.
fn arguments(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut depth, mut start) = (0usize, 0);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Byte)
    {
        match token.byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => {
                found.push(&tokens[start..at]);
                return found;
            }
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                found.push(&tokens[start..at]);
                start = at + 1;
            }
            b';' => return found,
            _ => {}
        }
    }
    found
}
