//! Functions that are called without their name: which field, variable or parameter a pointer
//! comes from, as far as the file tells. Such a place is a slot: `open@file_operations` a field,
//! `handlers@*` a variable or an array, `register_lamp(2)@*` a parameter. What is put into a slot and
//! who calls through it may be in different files; the graph joins them.
//!
//! A name that only its file can see has the file's number in the slot: `handlers#1f@*`.

use crate::lex::{Token, TokenKind};

use super::super::{NO_NAME, NameId, UseKind};
use super::Reader;
use super::given::is_chain;
use super::sink::Origin;
use super::walk::Walk;
use super::words::{Word, word};

/// The most fields of fields that are followed.
const LONGEST_PATH: usize = 6;
/// The most arguments that a macro which names none of them hands on.
const MOST_ARGUMENTS: u32 = 6;
/// The most tokens of brackets before a `->` that are looked back over.
const LONGEST_GROUP: usize = 32;

impl Reader<'_> {
    /// The slot of a variable of the file.
    pub(super) fn variable_slot(&mut self, name: NameId) -> NameId {
        self.slot_of(name, "@*")
    }

    /// The slot of a function's parameter, counted from 1.
    pub(super) fn parameter_slot(&mut self, function: NameId, number: u32) -> NameId {
        self.slot_of(function, &format!("({number})@*"))
    }

    fn slot_of(&mut self, name: NameId, rest: &str) -> NameId {
        let mut text = self.sink.out.names.get(name).to_vec();
        if self.sink.is_own(name) {
            text.extend_from_slice(format!("#{:x}", self.unit).as_bytes());
        }
        text.extend_from_slice(rest.as_bytes());
        self.sink.intern(&text)
    }

    /// A name of what a macro made, which doesn't know which names the file has for itself: of a variable or a
    /// parameter of one of these the slot.
    pub(super) fn made_name(&mut self, name: &[u8]) -> NameId {
        if let Some(slot) = name.strip_suffix(b"@*")
            && !slot.contains(&b'#')
        {
            let end = memchr::memchr(b'(', slot).unwrap_or(slot.len());
            let base = self.sink.intern(&slot[..end]);
            let rest = String::from_utf8_lossy(&name[end..]).into_owned();
            return self.slot_of(base, &rest);
        }
        self.sink.intern(name)
    }

    /// Notes that `name` can't be seen in other files.
    pub(super) fn set_own(&mut self, name: NameId) {
        if self.unit != 0 {
            self.sink.set_own(name);
        }
    }

    /// Notes that the parameter `name` of `function` is called or handed on.
    pub(super) fn set_callable_parameter(&mut self, name: NameId, function: NameId, number: u32) {
        let slot = self.parameter_slot(function, number);
        self.sink.set_callable(name);
        self.sink.set_source(name, slot);
    }

    /// A local name that is called: the call goes where its value comes from.
    pub(super) fn call_local(&mut self, walk: &Walk, name: NameId, line: u32) {
        let source = self.source_of_called(walk.tokens, name);
        if source != NO_NAME {
            self.sink.add_use(walk.within(), source, UseKind::Indirect, line, NO_NAME);
        }
    }

    /// The slot that the value of a local comes from that is called: it points to a function.
    fn source_of_called(&mut self, tokens: &[Token], name: NameId) -> NameId {
        match self.sink.origin(name) {
            Origin::Slot(slot) => slot,
            Origin::Parameter { function, number } => {
                self.set_callable_parameter(name, function, number);
                self.sink.source(name)
            }
            Origin::Token(at) => {
                let at = at as usize;
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                let is_field = before.is_some_and(|t| is_step(*t));
                if is_field && at < tokens.len() { self.slot_at(tokens, at) } else { NO_NAME }
            }
        }
    }

    /// Notes that the field at `at` is what a local is set to that is not known to point to functions:
    /// if it is called, it does.
    pub(super) fn note_origin(&mut self, walk: &Walk, at: usize) {
        let (name, depth) = walk.unknown;
        let reads = || self.idioms.reads(self.sink.out.names.get(walk.top().callee));
        if name != NO_NAME
            && (walk.frames.len() == depth || walk.top().callee != NO_NAME && reads())
        {
            self.sink.set_origin(name, Origin::Token(u32::try_from(at).unwrap_or(u32::MAX)));
        }
    }

    /// A local name where a value stands: what it holds is handed on.
    pub(super) fn hand_on(&mut self, walk: &Walk, name: NameId, line: u32) {
        let source = self.sink.source(name);
        if source == NO_NAME {
            return;
        }
        let (via, _) = self.receiver_of_value(walk, true);
        if via != NO_NAME {
            self.sink.add_use(walk.within(), source, UseKind::Pass, line, via);
        } else if let Some(target) = walk.target() {
            self.sink.set_source(target, source);
        }
    }

    /// A macro that hands all that it is given to what it calls: what one gets the other does.
    /// `#define pool_init(...) hooks(pool_init_noprof(__VA_ARGS__))`
    pub(super) fn hand_on_all(&mut self, walk: &Walk, line: u32) {
        let (within, top) = (walk.within(), *walk.top());
        let definition = self.sink.out.definitions.get(within as usize);
        let Some((name, params)) = definition.map(|d| (d.name, d.params)) else { return };
        let is_all = self.sink.out.names.get(params) == b"..." && top.argument == 1;
        if is_all && top.callee != NO_NAME {
            for number in 1..=MOST_ARGUMENTS {
                let (from, to) =
                    (self.parameter_slot(name, number), self.parameter_slot(top.callee, number));
                self.sink.add_use(within, from, UseKind::Pass, line, to);
            }
        }
    }

    /// The `(` at `at` after `]` or `)` calls what is before it: `handlers[n](x)`, `(*f)(x)`.
    pub(super) fn call_of_value(&mut self, walk: &Walk, at: usize) {
        let tokens = walk.tokens;
        let Some(last) = at.checked_sub(1) else { return };
        let end = if tokens[last].is(b']') {
            at
        } else if tokens[last].is(b')') {
            let Some(open) = opening(tokens, last) else { return };
            // `(*f)(x)`, `(lamp->on)(x)`
            let is_value = tokens.get(open + 1).is_some_and(|t| t.is(b'*'))
                || self.is_field(tokens, open, last);
            if self.follows_name(tokens, open) || !is_value {
                return;
            }
            last
        } else {
            return;
        };
        let Some(base) = base(tokens, end) else { return };
        let mut slot = self.slot_at(tokens, base);
        if base > 0 && is_step(tokens[base - 1]) {
            slot = self.slot_with_pointees(walk, base, slot);
        }
        if slot != NO_NAME {
            let line = tokens[base].line;
            self.sink.add_use(walk.within(), slot, UseKind::Indirect, line, NO_NAME);
        }
    }

    /// The field at `at`, called, whose slot is `slot`: where it is one of a table of this file that is never
    /// written, that calls what the table has there. Whether it is.
    pub(super) fn call_of_entry(&mut self, walk: &Walk, at: usize, slot: NameId) -> bool {
        let is_plain = |t: &Token| !is_step(*t) && !t.is(b']') && !t.is(b')');
        let [before @ .., named, dot] = &walk.tokens[..at] else { return false };
        if !dot.is(b'.') || named.kind != TokenKind::Ident || !before.last().is_none_or(is_plain) {
            return false;
        }
        let table = self.sink.intern(named.text(self.bytes));
        let Some(uses) = self.tables.get(&table).filter(|_| !self.sink.is_local(table)) else {
            return false;
        };
        let entries = self.sink.out.uses.get(uses.clone()).unwrap_or_default();
        let entries = entries.iter().filter(|used| used.kind == UseKind::Init && used.via == slot);
        let functions: Vec<NameId> = entries.map(|used| used.name).collect();
        for function in &functions {
            self.sink.add_use(walk.within(), *function, UseKind::Call, walk.tokens[at].line, table);
        }
        !functions.is_empty()
    }

    /// The slot that the word at `at` stands for: a field's with what is before it, or a
    /// variable's.
    pub(super) fn slot_at(&mut self, tokens: &[Token], at: usize) -> NameId {
        let text = tokens[at].text(self.bytes);
        if at > 0 && is_step(tokens[at - 1]) {
            let tag = self.receiver(tokens, at - 1);
            return self.slot(text, tag);
        }
        if word(text) != Word::Name {
            return NO_NAME;
        }
        let name = self.sink.intern(text);
        match self.sink.is_local(name) {
            true => self.source_of_called(tokens, name),
            false => self.variable_slot(name),
        }
    }

    /// The struct that stands before the `->` or `.` at `at`, as a path: `inode.i_op` when
    /// it is a field of a variable.
    pub(super) fn receiver(&mut self, tokens: &[Token], mut at: usize) -> NameId {
        let mut fields: Vec<&[u8]> = Vec::new();
        let tag = loop {
            let Some(base) = base(tokens, at) else { break self.tag_of_group(tokens, at) };
            let text = tokens[base].text(self.bytes);
            let Some(step) = base.checked_sub(1).filter(|step| is_step(tokens[*step])) else {
                break self.tag_of_variable(text);
            };
            if fields.len() >= LONGEST_PATH {
                return NO_NAME;
            }
            // `sk_prot` is a macro for a path of members.
            match self.idioms.member_path(text) {
                Some(path) => fields.extend(path.rsplit(|byte| *byte == b'.')),
                None => fields.push(text),
            }
            at = step;
        };
        self.path(tag, &fields)
    }

    /// The path from the struct `tag` through `fields`, of which the last comes first; none where
    /// the struct isn't known.
    fn path(&mut self, tag: NameId, fields: &[&[u8]]) -> NameId {
        if tag == NO_NAME || fields.is_empty() {
            return tag;
        }
        let mut path = self.sink.out.names.get(tag).to_vec();
        for field in fields.iter().rev() {
            path.push(b'.');
            path.extend_from_slice(field);
        }
        self.sink.intern(&path)
    }

    /// The struct of the brackets before the `->` or `.` at `at`: `((struct lamp *)x)->`,
    /// `container_of(x, struct lamp, list)->`, `(*lamp).`.
    fn tag_of_group(&mut self, tokens: &[Token], at: usize) -> NameId {
        let Some(close) = at.checked_sub(1).filter(|close| tokens[*close].is(b')')) else {
            return NO_NAME;
        };
        let Some(open) = opening(tokens, close) else { return NO_NAME };
        let inside = &tokens[open + 1..close];
        let is_struct =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Tag;
        if self.follows_name(tokens, open) {
            let named = inside.windows(3).find(|w| w[0].is(b',') && is_struct(&w[1]));
            if let Some(named) = named {
                return self.sink.intern(named[2].text(self.bytes));
            }
            // `READ_ONCE(sock->ops)->bind`; what follows a comma is a lock's state.
            let reads = self.idioms.reads(tokens[open - 1].text(self.bytes));
            let end = inside.iter().position(|t| t.is(b',')).map_or(close, |at| open + 1 + at);
            return if reads { self.receiver(tokens, end) } else { self.given_by(tokens, open) };
        }
        let is_qualifier =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Qualifier;
        let cast = inside.iter().skip(1).position(|t| !is_qualifier(t)).unwrap_or(0) + 1;
        match inside {
            [open, ..] if open.is(b'(') && inside.get(cast).is_some_and(is_struct) => {
                let tag = inside.get(cast + 1).filter(|t| t.kind == TokenKind::Ident);
                tag.map_or(NO_NAME, |tag| self.sink.intern(tag.text(self.bytes)))
            }
            // `((lamp_t *)x)->`
            [open, named, star, ..]
                if open.is(b'(') && named.kind == TokenKind::Ident && star.is(b'*') =>
            {
                self.type_named(named.text(self.bytes))
            }
            [sign, ..] if sign.is(b'*') || sign.is(b'&') => self.receiver(tokens, close),
            // `(lamp)->`, `(lamps + 1)->`
            _ => {
                let end =
                    inside.iter().position(|t| t.is(b'+') || t.is(b'-')).unwrap_or(inside.len());
                let is_one = end > 0 && is_chain(&inside[..end]);
                if is_one { self.receiver(tokens, open + 1 + end) } else { NO_NAME }
            }
        }
    }

    /// Whether the brackets from `open` to `close` hold a field, and are not those of `if (…)`.
    fn is_field(&self, tokens: &[Token], open: usize, close: usize) -> bool {
        let before = open.checked_sub(1).map(|before| tokens[before].text(self.bytes));
        let is_condition =
            matches!(before, Some(b"if" | b"while" | b"for" | b"switch" | b"sizeof" | b"typeof"));
        let is_step = |back: usize| close.checked_sub(back).is_some_and(|at| is_step(tokens[at]));
        !is_condition
            && close > open + 2
            && is_step(2)
            && tokens[close - 1].kind == TokenKind::Ident
    }

    /// Whether the bracket at `open` holds the arguments of what is named before it.
    fn follows_name(&self, tokens: &[Token], open: usize) -> bool {
        let before = open.checked_sub(1).map(|before| tokens[before]);
        let is_name =
            |t: Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        before.is_some_and(is_name)
    }

    /// The struct that the designator before the `.` at `at` leads to, from the struct `tag` that
    /// the braces fill: `.ops.` leads to `tag.ops`, `[1].` to `tag`. None if it is no designator.
    pub(super) fn designated(
        &mut self,
        tokens: &[Token],
        at: usize,
        tag: NameId,
    ) -> Option<NameId> {
        let mut fields: Vec<&[u8]> = Vec::new();
        let (mut at, mut steps) = (at, 0);
        while let Some(before) = at.checked_sub(1) {
            steps += 1;
            if steps > 2 * LONGEST_PATH {
                return None;
            }
            let token = tokens[before];
            if token.is(b'{') || token.is(b',') {
                break;
            }
            if token.is(b']') {
                at = opening(tokens, before)?;
            } else {
                let step = before.checked_sub(1).filter(|step| tokens[*step].is(b'.'))?;
                if token.kind != TokenKind::Ident || fields.len() == LONGEST_PATH {
                    return None;
                }
                fields.push(token.text(self.bytes));
                at = step;
            }
        }
        Some(self.path(tag, &fields))
    }

    /// Whether what is read is an argument that its receiver calls: `INDIRECT_CALL_1(ops->send, …)`.
    pub(super) fn is_run(&self, walk: &Walk, after: Option<&Token>) -> bool {
        let (top, ends) = (walk.top(), after.is_some_and(|t| t.is(b',') || t.is(b')')));
        ends && top.callee != NO_NAME && {
            let run = self.idioms.run(self.sink.out.names.get(top.callee));
            run.is_some_and(|run| run.args.contains(&(top.argument as usize)))
        }
    }

    /// Whether a type or a name, from its words, is that of a pointer to a function.
    pub(super) fn is_callback(&self, text: &[u8]) -> bool {
        self.idioms.is_callback(text)
    }
}

pub(super) fn is_step(token: Token) -> bool {
    token.kind == TokenKind::Arrow || token.is(b'.')
}

/// Whether the field at `at`, with what is before it, is all that something is set to:
/// `lamp->on = room->switch_on;`.
pub(super) fn is_copied(tokens: &[Token], at: usize) -> bool {
    let ends = |t: &Token| t.is(b';') || t.is(b',') || t.is(b'}');
    if !tokens.get(at + 1).is_none_or(ends) {
        return false;
    }
    let mut start = at;
    for _ in 0..LONGEST_PATH {
        let Some(step) = start.checked_sub(1).filter(|step| is_step(tokens[*step])) else { break };
        let Some(base) = base(tokens, step) else { return false };
        start = base;
    }
    let is_equals = |back: usize| start.checked_sub(back).is_some_and(|at| tokens[at].is(b'='));
    is_equals(1) && !is_equals(2)
}

/// Index of the bracket that the one at `close` closes.
pub(super) fn opening(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for back in 0..LONGEST_GROUP {
        let at = close.checked_sub(back)?;
        let token = tokens[at];
        depth += usize::from(token.is(b')') || token.is(b']'));
        depth -= usize::from(token.is(b'(') || token.is(b'['));
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Index of the word whose value the token at `at` follows, over `[…]`.
fn base(tokens: &[Token], at: usize) -> Option<usize> {
    let mut index = at.checked_sub(1)?;
    for _ in 0..LONGEST_PATH {
        if !tokens[index].is(b']') {
            break;
        }
        index = opening(tokens, index)?.checked_sub(1)?;
    }
    (tokens[index].kind == TokenKind::Ident).then_some(index)
}
