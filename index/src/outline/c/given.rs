//! What functions and macros give, variables hold and names of types stand for: which struct. The file
//! uses it where they stand before `->`; of what other files see, it tells them.
//!
//! Where another file has to say it, a path of members begins with a mark: `=lamp` is the variable
//! `lamp`, `()lamp_of` what `lamp_of()` gives, `~lamp_t` what the type's name stands for.

use crate::lex::{Token, TokenKind};

use super::super::access::points_to;
use super::super::{NO_NAME, NameId};
use super::Reader;
use super::head::closing;
use super::pointers::is_step;
use super::words::{Word, word};

/// The most brackets that are taken off around a macro's body.
const MOST_BRACKETS: usize = 4;

impl Reader<'_> {
    /// Tells other files which struct the definition `number` is of, if they see it.
    pub(super) fn tell(&mut self, number: u32, tag: NameId) {
        let is_header = self.unit == 0 && self.about.is_none();
        if tag != NO_NAME && is_header {
            self.sink.out.holds.push((number, tag));
        }
    }

    /// Notes what the function `name` gives, whose name `head` stands before.
    pub(super) fn note_given(&mut self, head: &[Token], name: NameId, number: u32) {
        let tag = self.tag_of_head(head);
        if tag != NO_NAME {
            self.given.insert(name, tag);
            self.tell(number, tag);
        }
    }

    /// The struct of the words before a function's name: `static struct lamp *`, `lamp_t *`.
    fn tag_of_head(&mut self, head: &[Token]) -> NameId {
        let text = |t: &Token| t.text(self.bytes);
        let is_tag = |t: &Token| t.kind == TokenKind::Ident && word(text(t)) == Word::Tag;
        if let Some(at) = head.iter().position(is_tag) {
            let named = head.get(at + 1).filter(|t| t.kind == TokenKind::Ident);
            let named = named.filter(|_| text(&head[at]) != b"enum");
            return named.map_or(NO_NAME, |t| self.sink.intern(t.text(self.bytes)));
        }
        let Some(star) = head.iter().position(|t| t.is(b'*')) else { return NO_NAME };
        // `lamp_t __iomem *`
        let is_mark = |t: &&Token| t.kind == TokenKind::Ident && text(t).starts_with(b"__");
        let Some(named) = head[..star].iter().rev().find(|t| !is_mark(t)) else { return NO_NAME };
        match named.kind == TokenKind::Ident && word(text(named)) == Word::Name {
            true => self.type_named(named.text(self.bytes)),
            false => NO_NAME,
        }
    }

    /// Notes what the macro that is the definition `number` gives, from its body.
    pub(super) fn note_given_by_macro(&mut self, body: &[Token], number: u32) {
        let tag = self.tag_of_body(body);
        let text = self.sink.out.names.get(tag);
        // What another name gives or holds is told where it leads on from there.
        let is_renamed = text.starts_with(b"()") || text.starts_with(b"=");
        if tag == NO_NAME || is_renamed && !text.contains(&b'.') {
            return;
        }
        let name = self.sink.out.definitions.get(number as usize).map_or(NO_NAME, |d| d.name);
        self.given.insert(name, tag);
        self.tell(number, tag);
    }

    /// The struct of a macro's body that is one value: `container_of(x, struct lamp, list)`,
    /// `((struct lamp *)&(x)->cb)`, `(lamp_of(x)->ops)`.
    fn tag_of_body(&mut self, body: &[Token]) -> NameId {
        let mut body = body;
        for _ in 0..MOST_BRACKETS {
            let [open, inside @ .., close] = body else { break };
            let encloses = || closing(body, 0, body.len()) == Some(body.len() - 1);
            if !open.is(b'(') || !close.is(b')') || !encloses() {
                break;
            }
            body = inside;
        }
        if let Some(tag) = self.tag_of_cast(body) {
            return tag;
        }
        if is_chain(body) { self.receiver(body, body.len()) } else { NO_NAME }
    }

    /// The struct that a value is cast to, where that is all of `body`.
    fn tag_of_cast(&mut self, body: &[Token]) -> Option<NameId> {
        let (open, rest) = body.split_first()?;
        let is_qualifier =
            |t: &&Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Qualifier;
        let rest = &rest[rest.iter().take_while(is_qualifier).count()..];
        let [tag, named, star, close, value, ..] = rest else { return None };
        let is_pointer = open.is(b'(') && star.is(b'*') && close.is(b')') && !is_step(*value);
        let is_tag = matches!(tag.text(self.bytes), b"struct" | b"union");
        let is_struct = is_pointer && is_tag && named.kind == TokenKind::Ident;
        is_struct.then(|| self.sink.intern(named.text(self.bytes)))
    }

    /// The struct of what is called with the bracket at `open`: `lamp_of(x)->`.
    pub(super) fn given_by(&mut self, tokens: &[Token], open: usize) -> NameId {
        let Some(at) = open.checked_sub(1) else { return NO_NAME };
        let is_member = at.checked_sub(1).is_some_and(|before| is_step(tokens[before]));
        let text = tokens[at].text(self.bytes);
        let name = self.sink.intern(text);
        if is_member || self.sink.is_local(name) {
            return NO_NAME;
        }
        match self.given.get(&name) {
            Some(tag) => *tag,
            None if self.sink.is_own(name) => NO_NAME,
            None => self.sink.intern(&[b"()", text].concat()),
        }
    }

    /// The struct that a variable holds or points to.
    pub(super) fn tag_of_variable(&mut self, text: &[u8]) -> NameId {
        let name = self.sink.intern(text);
        let tag = self.sink.tag_of(name);
        let is_known = tag != NO_NAME || self.sink.is_local(name) || self.sink.is_own(name);
        if is_known || word(text) != Word::Name {
            return tag;
        }
        match points_to(text) {
            Some(structure) => self.sink.intern(structure.as_bytes()),
            None => self.sink.intern(&[b"=", text].concat()),
        }
    }
}

/// Whether the tokens are one value, from a name on: `lamp_of(x)->ops[n].first`.
pub(super) fn is_chain(tokens: &[Token]) -> bool {
    let (mut depth, mut named) = (0usize, false);
    for token in tokens {
        if token.is(b'(') || token.is(b'[') {
            depth += 1;
        } else if token.is(b')') || token.is(b']') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            let is_name = token.kind == TokenKind::Ident;
            if !(is_step(*token) || is_name && !named) {
                return false;
            }
            named = is_name;
        }
    }
    tokens.last().is_some_and(|t| t.kind == TokenKind::Ident || t.is(b')') || t.is(b']'))
}
