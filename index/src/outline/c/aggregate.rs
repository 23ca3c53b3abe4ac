//! Reads structs, unions and enums: their names, constants, and the members that hold
//! functions or other structs, which calls through fields are joined by.

use crate::lex::{Token, TokenKind};

use super::super::{Flags, Kind, NO_NAME, NameId};
use super::head::closing;
use super::walk::Place;
use super::words::{Word, word};
use super::{Item, Reader};

/// The most tokens between the `}` of a struct and the name of the member.
const LONGEST_NAME: usize = 16;

/// The structs and unions inside another one.
struct Inside {
    /// Where their braces open and close, sorted.
    braces: Vec<(usize, usize)>,
    /// The members that are one: the name, the slot, and the struct that it is.
    named: Vec<(Token, NameId, NameId)>,
    /// The members of all, each with the number of the one that it is in, from 1; 0: of none with a name.
    fields: Vec<(NameId, usize)>,
}

impl Inside {
    fn of(tokens: &[Token]) -> Self {
        let (mut braces, mut open) = (Vec::new(), Vec::new());
        for (at, token) in tokens.iter().enumerate() {
            if token.is(b'{') {
                open.push(at);
            } else if token.is(b'}') {
                braces.extend(open.pop().map(|open| (open, at)));
            }
        }
        braces.sort_unstable();
        Inside { braces, named: Vec::new(), fields: Vec::new() }
    }

    fn close_of(&self, open: usize) -> Option<usize> {
        let at = self.braces.binary_search_by_key(&open, |(open, _)| *open).ok()?;
        self.braces.get(at).map(|(_, close)| *close)
    }
}

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

    /// The tag of a struct without one that a variable is declared with, or a type's name.
    pub(super) fn unnamed_tag(&mut self, item: &Item, kind: Kind) -> NameId {
        if kind != Kind::Enum && item.tokens[0].text(self.bytes) == b"typedef" {
            let start = item.close.map_or(1, |close| close + 1);
            let names = self.typedef_names(item, start);
            let Some(name) = names.first() else { return NO_NAME };
            return self.sink.intern(name.text(self.bytes));
        }
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

    /// Members, those of structs and unions inside too: these are the outer one's, unless they are of a
    /// struct with a tag of its own.
    fn read_fields(&mut self, tokens: &[Token], tag: NameId) {
        let has_functions = tokens.windows(2).any(|pair| {
            let is_type = || pair[0].kind == TokenKind::Ident && pair[1].kind == TokenKind::Ident;
            pair[0].is(b'(') && pair[1].is(b'*')
                || is_type() && self.is_callback(pair[0].text(self.bytes))
        });
        let mut inside = Inside::of(tokens);
        let mut around = vec![(tag, 0)];
        let mut unions = vec![None];
        let (mut start, mut depth) = (0, 0usize);
        for (at, token) in tokens.iter().enumerate() {
            if token.is(b'(') || token.is(b'[') {
                depth += 1;
            } else if token.is(b')') || token.is(b']') {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && (token.is(b';') || token.is(b'{') || token.is(b'}')) {
                let line = &tokens[start..at];
                let (within, named) = around.last().copied().unwrap_or((tag, 0));
                if token.is(b'{') {
                    unions.push(self.twins_of(tokens, line, inside.close_of(at)));
                    around.push(self.enter_inside(tokens, line, at, (within, named), &mut inside));
                } else if token.is(b'}') {
                    around.truncate((around.len() - 1).max(1));
                    if let Some(Some(twins)) = unions.pop() {
                        self.mark_twins(twins, within);
                    }
                } else {
                    if has_functions {
                        self.note_members(line, within);
                    }
                    if let Some(Some(twins)) = unions.last_mut() {
                        self.note_twin(line, twins);
                    }
                    if let Some(field) = self.read_field(line, within) {
                        inside.fields.push((field, named));
                    }
                }
                start = at + 1;
            }
        }
        self.define_inside(inside);
    }

    /// The struct whose members stand behind the `{` at `open`, with the head `head`, and which of the
    /// named ones that is, in the one that `around` says.
    fn enter_inside(
        &mut self,
        tokens: &[Token],
        head: &[Token],
        open: usize,
        around: (NameId, usize),
        inside: &mut Inside,
    ) -> (NameId, usize) {
        let text = |t: &Token| t.text(self.bytes);
        let is_name = |t: &&Token| {
            t.kind == TokenKind::Ident
                && word(text(t)) == Word::Name
                && !text(t).starts_with(b"__")
                && !self.idioms.is_attribute(text(t))
        };
        let Some(close) = inside.close_of(open) else { return around };
        let named = tokens[close + 1..].iter().take(LONGEST_NAME).take_while(|t| !t.is(b';'));
        let Some(name) = named.into_iter().find(is_name).copied() else { return around };
        let is_tag = |t: &Token| t.kind == TokenKind::Ident && word(text(t)) == Word::Tag;
        let tag = head.iter().rposition(is_tag).and_then(|at| head[at + 1..].iter().find(is_name));
        let (slot, holds) = match tag.copied() {
            Some(own) => {
                let own = self.sink.intern(own.text(self.bytes));
                (self.slot(name.text(self.bytes), around.0), own)
            }
            None => (self.slot(name.text(self.bytes), around.0), around.0),
        };
        inside.fields.push((slot, around.1));
        inside.named.push((name, slot, holds));
        (holds, inside.named.len())
    }

    /// Defines the members that are structs without a tag: what they hold are members of the outer one,
    /// unless two of these have one name.
    fn define_inside(&mut self, mut inside: Inside) {
        if inside.named.is_empty() {
            return;
        }
        let mut used = vec![false; inside.named.len() + 1];
        inside.fields.iter().for_each(|(_, named)| used[*named] = true);
        inside.fields.sort_unstable();
        inside.fields.dedup();
        let same = inside.fields.chunk_by(|one, other| one.0 == other.0);
        for (_, named) in same.filter(|same| same.len() > 1).flatten() {
            used[*named] = false;
        }
        for (at, (name, slot, holds)) in inside.named.into_iter().enumerate() {
            if used[at + 1] {
                self.sink.define(Self::line_definition(slot, Kind::Member, name, holds));
            }
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

    /// `int (*open)(…)`, `const struct file_operations *f_op`, `mempool_t *pool`; the slot, if it is one.
    fn read_field(&mut self, tokens: &[Token], tag: NameId) -> Option<NameId> {
        let pointer = tokens.windows(2).position(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        let is_name =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let (field, holds, is_embedded) = if let Some(at) = pointer {
            let close = closing(tokens, at, tokens.len());
            let called =
                close.is_some_and(|close| tokens.get(close + 1).is_some_and(|t| t.is(b'(')));
            (*tokens[at..].iter().find(|t| is_name(t)).filter(|_| called)?, NO_NAME, false)
        } else {
            let is_tag = |t: &Token| t.kind == TokenKind::Ident && t.text(self.bytes) == b"struct";
            let Some(at) = tokens.iter().position(is_tag) else {
                return self.read_field_by_name(tokens, tag);
            };
            let holds = tokens.get(at + 1).filter(|t| is_name(t))?;
            let end = tokens.iter().position(|t| t.is(b'[') || t.is(b',')).unwrap_or(tokens.len());
            let fields = tokens.get(at + 2..end).unwrap_or_default();
            let field = fields.iter().find(|t| {
                is_name(t)
                    && !self.idioms.is_attribute(t.text(self.bytes))
                    && t.text(self.bytes) != b"__rcu"
            })?;
            let is_embedded = fields.iter().all(|t| !t.is(b'*'));
            (*field, self.sink.intern(holds.text(self.bytes)), is_embedded)
        };
        let name = self.define_field(field, tag, holds);
        if is_embedded && let Some(defined) = self.sink.out.definitions.last_mut() {
            defined.flags.set(Flags::EMBEDDED);
        }
        Some(name)
    }

    /// `mempool_t *pool`, `wait_queue_entry_t wait`, `irq_handler_t handler`.
    fn read_field_by_name(&mut self, tokens: &[Token], tag: NameId) -> Option<NameId> {
        let mut words = tokens
            .iter()
            .filter(|t| t.kind != TokenKind::Ident || word(t.text(self.bytes)) != Word::Qualifier);
        let is_name =
            |t: &&Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let named = words.next().filter(is_name).map(|t| t.text(self.bytes))?;
        let field = *words.find(|t| !t.is(b'*')).filter(is_name)?;
        let ends = words.next().is_none_or(|t| t.is(b'[') || t.is(b','));
        if !ends || named.starts_with(b"__") || !named.iter().any(u8::is_ascii_lowercase) {
            return None;
        }
        match self.type_by_name(named) {
            (NO_NAME, false) => None,
            (holds, _) => Some(self.define_field(field, tag, holds)),
        }
    }

    fn define_field(&mut self, field: Token, tag: NameId, holds: NameId) -> NameId {
        let name = self.slot(field.text(self.bytes), tag);
        self.sink.define(Self::line_definition(name, Kind::Member, field, holds));
        name
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
