//! Functions with a head of the old style: `int f(a, b) int a; char *b; {`. What stands between
//! the brackets and the body declares the parameters, and ends nothing.

use crate::lex::TokenKind;

use super::words::{Word, word};
use super::{Depth, Reader};

/// Parameters declared, at most.
const MOST: usize = 32;

impl Reader<'_> {
    /// Whether the `;` that was taken last ends the first declaration of a parameter, as the
    /// function's body follows; if so, what comes before the body is left out.
    pub(super) fn begins_old_head(&mut self) -> bool {
        let item = &self.item;
        let [group] = item.groups[..] else { return false };
        let (name, rest) = (group.open.wrapping_sub(1), item.tokens.get(group.close + 1..));
        if item.body.is_some() || item.equals.is_some() || group.open < 2 {
            return false;
        }
        let is_name = |at: usize| {
            let token = item.tokens.get(at).filter(|token| token.kind == TokenKind::Ident);
            token.is_some_and(|token| word(token.text(self.bytes)) == Word::Name)
        };
        let params = item.inside(group);
        let are_names = params.iter().enumerate().all(|(at, token)| match at % 2 {
            0 => is_name(group.open + 1 + at),
            _ => token.is(b','),
        });
        let declares = rest.is_some_and(|rest| rest.len() > 2 && rest[0].kind == TokenKind::Ident);
        if !is_name(name) || params.len().is_multiple_of(2) || !are_names || !declares {
            return false;
        }
        if !body_follows(&self.bytes[self.lexer.position().0..]) {
            return false;
        }
        self.item.tokens.truncate(group.close + 1);
        self.item.depth = Depth::default();
        self.item.old_head = true;
        true
    }
}

/// Whether only declarations stand before the next `{`.
fn body_follows(text: &[u8]) -> bool {
    let mut rest = text;
    for _ in 0..MOST {
        let Some(end) = rest.iter().position(|b| matches!(b, b'{' | b';' | b'}' | b'=' | b'#'))
        else {
            return false;
        };
        let between = rest[..end].trim_ascii();
        match rest[end] {
            b'{' => return between.is_empty(),
            b';' if between.first().is_some_and(u8::is_ascii_alphabetic) => {}
            _ => return false,
        }
        rest = &rest[end + 1..];
    }
    false
}
