//! The type of what stands in brackets before `->` or `.`: of a cast, of what a function or a macro gives, of a
//! pointer that a macro gives back (`READ_ONCE(sock->ops)->bind`).

use kgrep_index::graph::Graph;
use kgrep_index::lex::{Token, TokenKind};
use kgrep_index::outline::{Kind, is_reserved};

use super::open::Open;
use crate::Result;
use crate::code::declared::{TypeName, type_name};
use crate::code::holders::{Holders, gives_holder};

impl Open<'_> {
    /// The type of `(…)`, whose brackets are the tokens `open` and `close`, or of what is called with these.
    pub(super) fn type_of_brackets(
        &self,
        graph: &Graph<'_>,
        (open, close): (usize, usize),
        deepest: usize,
    ) -> Result<Option<TypeName>> {
        let (tokens, bytes) = (self.tokens(), self.bytes());
        let inside = &tokens[open + 1..close];
        let called = open.checked_sub(1).and_then(|at| tokens.get(at));
        let called = called.filter(|t| t.kind == TokenKind::Ident && !is_reserved(t.text(bytes)));
        let Some(called) = called.map(|token| token.text(bytes)) else {
            return match inside.first() {
                Some(first) if first.is(b'(') => Ok(cast(inside, bytes)),
                Some(_) => self.type_before(graph, tokens[close].start as usize, deepest),
                None => Ok(None),
            };
        };
        if self.code.idioms().reads(called) {
            let comma = arguments(inside).next().map_or(close, |first| open + 1 + first);
            return self.type_before(graph, tokens[comma].start as usize, deepest);
        }
        if gives_holder(called) {
            let of = arguments(inside).next().and_then(|comma| inside.get(comma + 1..));
            let end = of.and_then(|of| arguments(of).next()).unwrap_or_default();
            return Ok(of.and_then(|of| type_name(&of[..end], bytes)));
        }
        let name = String::from_utf8_lossy(called);
        let of = self.type_of_name(graph, &name, &[Kind::Function])?;
        Ok(of.or_else(|| self.type_given(graph, called)))
    }

    /// The structure that a function or a macro gives a pointer to, where that is one.
    fn type_given(&self, graph: &Graph<'_>, called: &[u8]) -> Option<TypeName> {
        let held = Holders::new(self.code, graph).at(&[b"()", called].concat())?;
        let [only] = &held[..] else { return None };
        Some(TypeName { tagged: true, name: String::from_utf8_lossy(only).into_owned() })
    }
}

/// The type that `(struct lamp *)p` is cast to.
fn cast(inside: &[Token], bytes: &[u8]) -> Option<TypeName> {
    let close = inside.iter().position(|token| token.is(b')'))?;
    let of = &inside[1..close];
    let is_type = |token: &Token| token.kind == TokenKind::Ident || token.is(b'*');
    let is_cast = close + 1 < inside.len() && of.iter().all(is_type);
    is_cast.then(|| type_name(of, bytes)).flatten()
}

/// Where the commas between arguments stand.
fn arguments(tokens: &[Token]) -> impl Iterator<Item = usize> {
    let mut depth = 0_u32;
    tokens.iter().enumerate().filter_map(move |(at, token)| {
        depth += u32::from(token.is(b'(') || token.is(b'['));
        depth = depth.saturating_sub(u32::from(token.is(b')') || token.is(b']')));
        (depth == 0 && token.is(b',')).then_some(at)
    })
}
