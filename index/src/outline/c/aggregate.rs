//! Reads structs, unions and enums: their names, constants, and the members that hold
//! functions or other structs, which calls through fields are joined by.

use crate::lex::{Token, TokenKind};

use super::super::{Flags, Kind, NO_NAME, NameId};
use super::head::closing;
use super::walk::Place;
use super::words::{Word, word};
use super::{Item, Reader};

impl Reader<'_> {
    /// `struct x {…} y;`: the type, its members, and the variables after it.
    pub(super) fn read_aggregate(&mut self, item: &Item, open: usize) {
        self.read_members(item, open);
        if let Some(close) = item.close {
            let named = item.tokens.get(close + 1..).unwrap_or_default().iter();
            if named.clone().any(|t| t.kind == TokenKind::Ident) {
                self.read_variables(item, close + 1);
            }
        }
    }

    /// The type itself and what is between its braces.
    pub(super) fn read_members(&mut self, item: &Item, open: usize) {
        let head = &item.tokens[..open];
        let Some(at) = head
            .iter()
            .rposition(|t| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Tag)
        else {
            return;
        };
        let kind = match head[at].text(self.bytes) {
            b"enum" => Kind::Enum,
            b"union" => Kind::Union,
            _ => Kind::Struct,
        };
        let named = head[at + 1..].iter().rev().find(|t| {
            t.kind == TokenKind::Ident
                && !self.idioms.is_attribute(t.text(self.bytes))
                && word(t.text(self.bytes)) == Word::Name
        });
        let tag = match named {
            Some(token) => {
                let tag = self.sink.intern(token.text(self.bytes));
                let definition = self.definition(item, tag, kind, Flags::default());
                self.sink.define(definition);
                tag
            }
            // An unnamed struct goes by the variable that has it: `x {}`, which no other can name.
            None => self.unnamed_tag(item, kind),
        };
        let close = item.close.unwrap_or(item.tokens.len());
        let inside = item.tokens.get(open + 1..close).unwrap_or_default();
        if kind == Kind::Enum {
            self.read_enumerators(inside);
        } else if tag != NO_NAME {
            self.read_fields(inside, tag);
        }
    }

    /// The tag of a struct without one that a variable is declared with.
    pub(super) fn unnamed_tag(&mut self, item: &Item, kind: Kind) -> NameId {
        let Some(close) = item.close.filter(|_| kind == Kind::Struct && item.equals.is_some())
        else {
            return NO_NAME;
        };
        let rest = item.tokens.get(close + 1..).unwrap_or_default();
        let Some(name) = rest.iter().find(|t| t.kind == TokenKind::Ident) else { return NO_NAME };
        self.sink.intern(&[name.text(self.bytes), b" {}"].concat())
    }

    fn read_enumerators(&mut self, tokens: &[Token]) {
        let mut depth = 0usize;
        let mut expected = true;
        for token in tokens {
            match (token.kind, token.byte) {
                (TokenKind::Byte, b'(' | b'{' | b'[') => depth += 1,
                (TokenKind::Byte, b')' | b'}' | b']') => depth = depth.saturating_sub(1),
                (TokenKind::Byte, b',') if depth == 0 => expected = true,
                (TokenKind::Ident, _) if expected && depth == 0 => {
                    expected = false;
                    let name = self.sink.intern(token.text(self.bytes));
                    let definition = Self::line_definition(name, Kind::Enumerator, *token, NO_NAME);
                    self.sink.define(definition);
                }
                _ => {}
            }
        }
    }

    fn line_definition(
        name: NameId,
        kind: Kind,
        token: Token,
        params: NameId,
    ) -> super::super::Definition {
        super::super::Definition {
            name,
            kind,
            flags: Flags::default(),
            first: token.line,
            last: token.line,
            doc: 0,
            guard: NO_NAME,
            params,
        }
    }

    /// Members, those of unnamed structs inside too.
    fn read_fields(&mut self, tokens: &[Token], tag: NameId) {
        let mut start = 0;
        let mut at = 0;
        let mut depth = 0usize;
        let has_functions = tokens.windows(2).any(|pair| {
            let is_type = || pair[0].kind == TokenKind::Ident && pair[1].kind == TokenKind::Ident;
            pair[0].is(b'(') && pair[1].is(b'*')
                || is_type() && self.is_callback(pair[0].text(self.bytes))
        });
        while at < tokens.len() {
            let token = tokens[at];
            if token.is(b'(') || token.is(b'[') {
                depth += 1;
            } else if token.is(b')') || token.is(b']') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && (token.is(b';') || token.is(b'{') || token.is(b'}')) {
                if token.is(b';') {
                    if has_functions {
                        self.note_members(&tokens[start..at], tag);
                    }
                    self.read_field(&tokens[start..at], tag);
                }
                start = at + 1;
            }
            at += 1;
        }
    }

    /// Notes the names that a line of members declares, for values without names.
    fn note_members(&mut self, tokens: &[Token], tag: NameId) {
        let is_name =
            |t: &&Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let pointer = tokens.windows(2).position(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        let mut found: Vec<Token> = Vec::new();
        if let Some(at) = pointer {
            found.extend(tokens[at..].iter().find(is_name));
        } else {
            for part in tokens.split(|t| t.is(b',')) {
                let end = part.iter().position(|t| t.is(b'[') || t.is(b':')).unwrap_or(part.len());
                let marked = |t: &&Token| is_name(t) && !t.text(self.bytes).starts_with(b"__");
                found.extend(part[..end].iter().rev().find(marked));
            }
        }
        let found: Vec<NameId> =
            found.iter().map(|t| self.sink.intern(t.text(self.bytes))).collect();
        self.members.entry(tag).or_default().extend(found);
    }

    /// `int (*open)(…)`, `const struct file_operations *f_op`.
    fn read_field(&mut self, tokens: &[Token], tag: NameId) {
        let pointer = tokens.windows(2).position(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        let is_name =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let (field, holds) = if let Some(at) = pointer {
            let close = closing(tokens, at, tokens.len());
            let called =
                close.is_some_and(|close| tokens.get(close + 1).is_some_and(|t| t.is(b'(')));
            let Some(field) = tokens[at..].iter().find(|t| is_name(t)).filter(|_| called) else {
                return;
            };
            (*field, NO_NAME)
        } else {
            let is_tag = |t: &Token| t.kind == TokenKind::Ident && t.text(self.bytes) == b"struct";
            let Some(at) = tokens.iter().position(is_tag) else { return };
            let Some(holds) = tokens.get(at + 1).filter(|t| is_name(t)) else { return };
            let end = tokens.iter().position(|t| t.is(b'[') || t.is(b',')).unwrap_or(tokens.len());
            let fields = tokens.get(at + 2..end).unwrap_or_default();
            let Some(field) = fields.iter().find(|t| {
                is_name(t)
                    && !self.idioms.is_attribute(t.text(self.bytes))
                    && t.text(self.bytes) != b"__rcu"
            }) else {
                return;
            };
            (*field, self.sink.intern(holds.text(self.bytes)))
        };
        let name = self.slot(field.text(self.bytes), tag);
        let definition = Self::line_definition(name, Kind::Member, field, holds);
        self.sink.define(definition);
    }

    /// The name of a slot: `field@struct`.
    pub(super) fn slot(&mut self, field: &[u8], tag: NameId) -> NameId {
        let tag = if tag == NO_NAME { &b""[..] } else { self.sink.out.names.get(tag) };
        let name = [field, b"@", tag].concat();
        self.sink.intern(&name)
    }

    /// Reads the values of an initializer that belongs to the definition `within`.
    /// Functions that fill no struct go to the slot `elements`.
    pub(super) fn walk_values(
        &mut self,
        tokens: &[Token],
        within: u32,
        tag: NameId,
        elements: NameId,
    ) {
        self.sink.enter();
        self.walk_code(tokens, Place::values(within, tag, elements));
    }
}
