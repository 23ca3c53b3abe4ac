//! Names that a macro of the file pastes together from its arguments: `test_bit(n, p)` is
//! `bitop(_test_bit, n, p)`, which calls `const##op(n, p)`. The text of its user names neither.
//!
//! The macro is written out, with what its body uses of the same kind, and of that the names
//! count that stand nowhere as they are: neither in a body nor in an argument.

use std::collections::{BTreeSet, HashSet};

use crate::lex::{Lexer, Token, TokenKind};

use super::super::{NO_NAME, UseKind};
use super::Reader;
use super::expand::{DEEPEST, params_and_body, single_name, split, text_of};
use super::head::closing;
use super::template::Template;
use super::walk::Walk;

/// Bytes written out for one file's pasted names at most, so that time stays linear.
const WRITTEN_OUT: usize = 1 << 20;

/// The same, with the bytes that are searched for names with a number behind them.
const SEARCHED: usize = 1 << 24;

/// A name that was pasted, and whether it is called.
type Pasted = (Vec<u8>, bool);

impl Reader<'_> {
    /// Remembers the macro `name` if its body pastes a parameter to something, calls one, or uses
    /// a macro that is remembered: `tokens` are what follows the name.
    pub(super) fn note_pasting(&mut self, name: &[u8], tokens: &[Token]) {
        let Some((params, body)) = params_and_body(tokens) else { return };
        let bytes = self.bytes;
        let is_param = |token: &Token| {
            let text = token.text(bytes);
            let is_rest = text == b"__VA_ARGS__";
            token.kind == TokenKind::Ident
                && (is_rest || params.iter().any(|param| param.text(bytes) == text))
        };
        let pastes = |w: &[Token]| match w {
            [one, paste, other] if paste.kind == TokenKind::Paste => {
                is_param(one) || is_param(other)
            }
            _ => false,
        };
        let calls = |w: &[Token]| match w {
            [one, open] if one.kind == TokenKind::Ident && open.is(b'(') => {
                is_param(one) || self.makers.pasting(one.text(bytes)).is_some()
            }
            _ => false,
        };
        if body.windows(3).any(pastes) || body.windows(2).any(calls) {
            let template = Template::new(text_of(params, bytes), text_of(body, bytes));
            self.makers.add_pasting(name, template);
        }
    }

    /// Notes the names that the macro at `at` pastes together, if it is one of the file that
    /// does; among `values` they fill what is being initialised.
    pub(super) fn read_pasted(&mut self, walk: &Walk, at: usize, values: bool) {
        let (tokens, bytes) = (walk.tokens, self.bytes);
        let word = tokens[at].text(bytes);
        let joined = self.idioms.pastes(word);
        let template = self.makers.pasting(word);
        if template.is_none() && !joined {
            return;
        }
        let Some(close) = closing(tokens, at + 1, tokens.len()) else { return };
        let inside = text_of(tokens.get(at + 2..close).unwrap_or_default(), bytes);
        let mut found = Vec::new();
        if joined {
            self.joined(&split(inside), &mut found);
        }
        if let Some(template) = template {
            self.write_pasted(&template, inside, 0, &mut found);
        }
        for (name, called) in found {
            let name = self.sink.intern(&name);
            let kind = match (values, called) {
                (true, _) => UseKind::Init,
                (false, true) => UseKind::Call,
                (false, false) => UseKind::Ref,
            };
            self.sink.add_use(walk.within(), name, kind, tokens[at].line, NO_NAME);
        }
    }

    /// The macros of the file that `CONCATENATE(__name, COUNT_ARGS(…))` may mean: those with a
    /// number behind the name.
    fn joined(&mut self, arguments: &[Vec<u8>], found: &mut Vec<Pasted>) {
        let Some([start, rest]) = arguments.first_chunk::<2>() else { return };
        let counter = rest.split(|byte| *byte == b'(').next().unwrap_or_default();
        let is_counted = self.idioms.counts(counter.trim_ascii()) && single_name(start).is_some();
        if !is_counted || !self.makers.may_search(self.bytes.len(), SEARCHED) {
            return;
        }
        // They may be defined below.
        let mut numbers = BTreeSet::new();
        for at in memchr::memmem::find_iter(self.bytes, start) {
            let rest = &self.bytes[at + start.len()..];
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_whole = !rest.get(digits).is_some_and(is_of_word)
                && !at.checked_sub(1).is_some_and(|before| is_of_word(&self.bytes[before]));
            if digits > 0 && is_whole {
                numbers.insert(&rest[..digits]);
            }
        }
        found.extend(numbers.into_iter().map(|number| ([start, number].concat(), true)));
    }

    /// Adds the names that `template` pastes of the arguments in the text `inside`.
    fn write_pasted(
        &mut self,
        template: &Template,
        inside: &[u8],
        depth: usize,
        found: &mut Vec<Pasted>,
    ) {
        let text = template.write_out(&split(inside));
        if depth >= DEEPEST || !self.makers.may_paste(text.len(), WRITTEN_OUT) {
            return;
        }
        let known: HashSet<&[u8]> = words(template.body()).chain(words(inside)).collect();
        let mut tokens = Vec::new();
        let mut lexer = Lexer::within(&text, 0, text.len(), 1);
        while let Some(token) = lexer.next_meaning(|_| {}) {
            tokens.push(token);
        }
        for (at, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == TokenKind::Ident) {
            let word = token.text(&text);
            let called = tokens.get(at + 1).is_some_and(|next| next.is(b'('));
            let is_member =
                at > 0 && (tokens[at - 1].is(b'.') || tokens[at - 1].kind == TokenKind::Arrow);
            if !known.contains(word) && !is_member && !found.iter().any(|(name, _)| name == word) {
                found.push((word.to_vec(), called));
            }
            if let Some(inner) = self.makers.pasting(word).filter(|_| called)
                && let Some(close) = closing(&tokens, at + 1, tokens.len())
            {
                let inside = text_of(&tokens[at + 2..close], &text).to_vec();
                self.write_pasted(&inner, &inside, depth + 1, found);
            }
        }
    }
}

/// Whether the byte may be a word's.
fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// The words in a text.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !is_of_word(byte)).filter(|word| !word.is_empty())
}
