//! Reads variables of a file: their names, their struct, and what their values name.

use crate::lex::{Token, TokenKind};

use super::super::formats::Head;
use super::super::{Flags, Kind, NO_NAME, NameId};
use super::head::closing;
use super::words::{Word, word};
use super::{Item, Reader};

impl Reader<'_> {
    /// The variables declared by the item's tokens from `start` on.
    pub(super) fn read_variables(&mut self, item: &Item, start: usize) {
        let tokens = &item.tokens[..];
        let flags = self.flags(&tokens[..item.equals.unwrap_or(tokens.len()).min(64)]);
        if let Some(equals) = item.equals
            && let Some((name, tag)) =
                self.headed_by_idiom(tokens.get(..equals).unwrap_or_default())
        {
            let values = tokens.get(equals + 1..);
            return self.define_variable(item, name, flags, tag, values);
        }
        let is_tag =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Tag;
        // A struct among the parameters of `int (*f)(struct x *)` is not the variable's.
        let pointer =
            tokens.windows(2).take(16).position(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        let mut typed = tokens.iter().take(pointer.unwrap_or(16));
        let tag = match typed.position(is_tag).and_then(|at| tokens.get(at + 1)) {
            Some(token) if token.kind == TokenKind::Ident => {
                self.sink.intern(token.text(self.bytes))
            }
            _ if start > 0 => self.unnamed_tag(item, Kind::Struct),
            _ => NO_NAME,
        };
        let is_const = tokens.iter().take(16).any(|t| t.text(self.bytes) == b"const");
        let mut at = start;
        while at < tokens.len() {
            let end = declarator_end(tokens, at);
            let equals = (at..end).find(|i| tokens[*i].is(b'='));
            let head = &tokens[at..equals.unwrap_or(end)];
            // `struct x;` declares no variable.
            let alone =
                at == 0 && head.len() < 3 && head.first().is_some_and(is_tag) || is_statement(head);
            // `struct x { … } __packed;` neither: what has a name of its own needs no variable.
            let is_plain = |name: &Token| {
                let text = name.text(self.bytes);
                let marks = start > 0 && tag != NO_NAME && equals.is_none() && is_marker(text);
                !marks && !text.starts_with(b"$")
            };
            if let Some(name) = self.declared(head, at == 0).filter(|name| !alone && is_plain(name))
            {
                self.note_pointer(head, name, flags, tag);
                if let Some(equals) = equals {
                    self.note_text(head, name, &tokens[equals + 1..end], !flags.has(Flags::STATIC));
                }
                let mut flags = flags;
                if is_const && tag != NO_NAME && !head.iter().any(|t| t.is(b'*') || t.is(b'[')) {
                    flags.set(Flags::TABLE);
                }
                let name = self.sink.intern(name.text(self.bytes));
                self.define_variable(
                    item,
                    name,
                    flags,
                    tag,
                    equals.map(|equals| &tokens[equals + 1..end]),
                );
            }
            at = end + 1;
        }
    }

    /// Notes a variable that is a text, as a macro may be: `const char lamp_banner[] = "…"`; `shared`, if other files
    /// can name it.
    fn note_text(&mut self, head: &[Token], name: Token, values: &[Token], shared: bool) {
        let is_char = head.iter().take(8).any(|t| t.text(self.bytes) == b"char");
        if is_char && head.iter().any(|t| t.is(b'[')) {
            let (head, bytes) = (Head::default(), self.bytes);
            self.gather.text_macro((name.text(bytes), shared), &head, values, bytes, name.line);
        }
    }

    /// Notes whether the variable `token` can be seen in other files, and whether it points to
    /// functions.
    fn note_pointer(&mut self, head: &[Token], token: Token, flags: Flags, tag: u32) {
        let name = self.sink.intern(token.text(self.bytes));
        if flags.has(Flags::STATIC) {
            self.set_own(name);
        }
        let is_type =
            |t: &Token| t.kind == TokenKind::Ident && self.is_callback(t.text(self.bytes));
        let mut before = head.iter().take_while(|t| t.start < token.start);
        let pointer = head.windows(2).any(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        if pointer || tag == NO_NAME && before.clone().any(is_type) {
            self.sink.set_pointer(name);
        }
        if tag == NO_NAME {
            let is_type = |t: &&Token| {
                let text = t.text(self.bytes);
                t.kind == TokenKind::Ident
                    && word(text) == Word::Name
                    && !text.starts_with(b"__")
                    && text.iter().any(u8::is_ascii_lowercase)
                    && !self.idioms.is_attribute(text)
            };
            let named: Option<Token> = before.find(is_type).copied();
            self.typed_by_name = named.map_or(NO_NAME, |t| self.type_named(t.text(self.bytes)));
        }
    }

    fn define_variable(
        &mut self,
        item: &Item,
        name: NameId,
        flags: Flags,
        tag: NameId,
        values: Option<&[Token]>,
    ) {
        let tag = if tag == NO_NAME { self.typed_by_name } else { tag };
        let declared = flags.has(Flags::EXTERN) && values.is_none();
        let kind = if declared { Kind::Declaration } else { Kind::Variable };
        let mut definition = self.definition(item, name, kind, flags);
        definition.params = tag;
        let within = self.sink.define(definition);
        self.sink.set_global(name, tag);
        self.tell(within, tag);
        self.note_each(item, name, within);
        if let Some(values) = values {
            self.read_compatibles(values);
            let elements = match tag == NO_NAME && self.sink.is_pointer(name) {
                true => self.variable_slot(name),
                false => NO_NAME,
            };
            let start = self.sink.out.uses.len();
            self.walk_values(values, within, tag, elements);
            if flags.has(Flags::TABLE) {
                self.tables.insert(name, start..self.sink.out.uses.len());
            }
        }
    }

    /// The variable that a macro is the head of, and its structure, where an idiom says so.
    fn headed_by_idiom(&mut self, head: &[Token]) -> Option<(NameId, NameId)> {
        let at = head.iter().position(|t| t.is(b'('))?.checked_sub(1)?;
        let idiom = self.idioms.define(head[at].text(self.bytes))?;
        let tag = idiom.holds.as_ref()?.as_bytes().to_vec();
        let close = closing(head, at + 1, head.len())?;
        let inside = head.get(at + 2..close).unwrap_or_default();
        let arguments = super::expand::split(super::expand::text_of(inside, self.bytes));
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        let name = idiom.names.first()?.fill(&arguments)?;
        Some((self.sink.intern(&name), self.sink.intern(&tag)))
    }

    /// The name that a declarator declares: the last word before `[`, `(`, `:` or the end,
    /// or the word in `(*name)`. The first one has the type before it.
    fn declared(&self, head: &[Token], is_first: bool) -> Option<Token> {
        let mut name = None;
        // Whether C's own words or brackets tell the type, or another declarator, and how many other words
        // there were.
        let (mut typed, mut words) = (!is_first, 0);
        let mut at = 0;
        while at < head.len() {
            let token = head[at];
            match (token.kind, token.byte) {
                (TokenKind::Ident, _) => {
                    let text = token.text(self.bytes);
                    let has_brackets = head.get(at + 1).is_some_and(|t| t.is(b'('));
                    match word(text) {
                        Word::Tag => (typed, at) = (true, at + 1),
                        Word::Type => typed = true,
                        // `gfp_t __lamp_gfp __read_mostly`
                        Word::Name if !typed && words == 1 && !has_brackets && is_marker(text) => {
                            name = Some(token);
                            words += 1;
                        }
                        Word::Name if !text.starts_with(b"__") || name.is_none() => {
                            let is_attribute =
                                self.idioms.is_attribute(text) || name.is_some() && is_marker(text);
                            if has_brackets {
                                let close = closing(head, at + 1, head.len()).unwrap_or(head.len());
                                let inside = head.get(at + 2..close).unwrap_or_default();
                                // `DEFINE_PER_CPU(type, name) = …`
                                if self.idioms.define(text).is_some() {
                                    return last_word(inside);
                                }
                                // `struct lamp LAMP_NAME(desk, left) = …`: it pastes the name together.
                                if name.is_none() && !typed && words == 0 {
                                    name = self.named_by(text, inside);
                                }
                                (typed, at) = (true, close);
                            } else if !is_attribute {
                                name = Some(token);
                                words += 1;
                            }
                        }
                        _ => {}
                    }
                }
                (TokenKind::Byte, b'(') => {
                    if head.get(at + 1).is_some_and(|t| t.is(b'*')) {
                        return pointed_to(head, at);
                    }
                    // `typeof(lamp_ops) lamp_own __initconst`
                    typed = true;
                    at = closing(head, at, head.len()).unwrap_or(head.len());
                }
                (TokenKind::Byte, b'[') => return name,
                _ => {}
            }
            at += 1;
        }
        name
    }

    /// The variable that a macro is given the name of, `DEFINE_THING(name) = …`, known by no idiom.
    fn named_by(&self, called: &[u8], inside: &[Token]) -> Option<Token> {
        let is_name = |last: &Token| word(last.text(self.bytes)) == Word::Name;
        last_word(inside).filter(|last| !self.idioms.is_attribute(called) && is_name(last))
    }

    /// The `compatible`s of a devicetree match table.
    fn read_compatibles(&mut self, tokens: &[Token]) {
        for at in 2..tokens.len() {
            let [field, equals, value] = [tokens[at - 2], tokens[at - 1], tokens[at]];
            if value.kind != TokenKind::Str
                || !equals.is(b'=')
                || field.text(self.bytes) != b"compatible"
            {
                continue;
            }
            let text = value.text(self.bytes);
            let text =
                text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")).unwrap_or_default();
            if !text.is_empty() {
                let name = self.sink.intern(text);
                let guard = self.guard();
                self.sink.define(super::super::Definition {
                    name,
                    kind: Kind::Compatible,
                    flags: Flags::default(),
                    first: value.line,
                    last: value.line,
                    doc: 0,
                    guard,
                    params: NO_NAME,
                });
            }
        }
    }
}

/// Whether what is before a `=` or a `;` does something, as `len--;` behind braces that don't match.
fn is_statement(head: &[Token]) -> bool {
    let does = |token: &Token| {
        token.kind == TokenKind::Arrow || b"-+.|!&^/%<>".iter().any(|byte| token.is(*byte))
    };
    // `lamp *= 2`; else a star says that it is a pointer.
    head.last().is_some_and(|token| token.is(b'*'))
        || head.iter().take_while(|token| !token.is(b'[') && !token.is(b'(')).any(does)
}

/// Whether these are an argument of an assembler's macro, `\ar`: the text is none of C.
pub(super) fn is_assemblers(pair: &[Token]) -> bool {
    pair[0].is(b'\\') && pair[1].kind == TokenKind::Ident && pair[0].end == pair[1].start
}

/// The name in `(*name)` or `(*name[2])`, whose bracket is at `at`.
fn pointed_to(head: &[Token], at: usize) -> Option<Token> {
    let close = closing(head, at, head.len()).unwrap_or(head.len());
    let ends = |t: &Token| t.is(b'[') || t.is(b')');
    let end = head[at..close].iter().position(ends).map_or(close, |n| at + n);
    last_word(&head[at..end])
}

/// The last word of these tokens.
fn last_word(tokens: &[Token]) -> Option<Token> {
    tokens.iter().rev().find(|token| token.kind == TokenKind::Ident).copied()
}

/// A word after a variable's name that says where it lives, not what it is called.
fn is_marker(text: &[u8]) -> bool {
    text.starts_with(b"__")
}

/// Index of the `,` or `;` that ends the declarator at `at`, or the end.
fn declarator_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        if token.kind == TokenKind::Byte {
            match token.byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b',' | b';' if depth == 0 => return index,
                _ => {}
            }
        }
    }
    tokens.len()
}
