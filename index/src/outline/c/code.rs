//! Walks the tokens of a body, an initializer or a macro and notes what it uses.
//!
//! One pass, with a stack of open brackets: who receives the argument being read, which
//! struct the braces fill. Names that are local to the function are left out.

use crate::lex::{Token, TokenKind};

use super::super::{NO_NAME, NameId, UseKind};
use super::Reader;
use super::declare::is_typeof;
use super::pointers::{is_copied, opening};
use super::walk::{FRAME, Frame, Place, PlaceKind, Walk};
use super::words::{Word, word};

/// Memory used again from one body to the next.
#[derive(Default)]
pub(super) struct Scratch {
    frames: Vec<Frame>,
    pub(super) macro_body: Vec<Token>,
}

impl Reader<'_> {
    /// Notes the uses in `tokens`.
    pub(super) fn walk_code(&mut self, tokens: &[Token], place: Place) {
        if !self.concerns(tokens) {
            return;
        }
        let mut frames = std::mem::take(&mut self.walk.frames);
        frames.clear();
        let base = match place.kind {
            PlaceKind::Values => Frame { tag: place.owner, ..FRAME },
            PlaceKind::Arguments => {
                let fills = self.slot_filled(place.owner, tokens.first());
                Frame { callee: place.owner, fills, ..FRAME }
            }
            _ => FRAME,
        };
        frames.push(base);
        let mut walk = Walk::new(tokens, place, frames);
        let (around, first) = (std::mem::take(&mut self.sites), self.sink.out.uses.len());
        let mut at = 0;
        while at < tokens.len() {
            if at < walk.skipped {
                at = walk.skipped;
                continue;
            }
            let token = tokens[at];
            at = match token.kind {
                TokenKind::Ident => {
                    self.note_access(&walk, at);
                    self.word(&mut walk, at)
                }
                TokenKind::Byte => self.punctuation(&mut walk, at),
                _ => at + 1,
            };
        }
        self.walk.frames = walk.frames;
        let sites = std::mem::replace(&mut self.sites, around);
        self.tell_of_sites(tokens, &sites, first);
    }

    /// Whether the name that the file is read for stands between the first of these tokens and what
    /// is read now, also where `#if 0` leaves it out; so where it is read for all.
    pub(super) fn concerns(&self, tokens: &[Token]) -> bool {
        let Some(about) = &self.about else { return true };
        let last = about.lines.last();
        tokens.first().zip(last).is_some_and(|(first, last)| *last >= first.line)
    }

    fn punctuation(&mut self, walk: &mut Walk, at: usize) -> usize {
        self.note_stores(walk, at);
        let fresh = match walk.tokens[at].byte {
            b'(' | b'[' => {
                let callee = std::mem::replace(&mut walk.pending, NO_NAME);
                let fills = std::mem::replace(&mut walk.fills, FRAME.fills);
                if callee == NO_NAME && walk.place.kind == PlaceKind::Body {
                    self.call_of_value(walk, at);
                }
                walk.open(Frame { callee, fills, ..FRAME });
                // `for (int i = …`
                at > 0 && walk.tokens[at - 1].text(self.bytes) == b"for"
            }
            b')' | b']' => {
                walk.close();
                false
            }
            b'{' => {
                let frame = self.brace(walk, at);
                walk.open(frame);
                !frame.values
            }
            b'}' => {
                walk.close();
                walk.declaring = walk.declaring.filter(|d| d.depth <= walk.frames.len());
                !walk.top().values
            }
            b';' => {
                walk.declaring = walk.declaring.filter(|d| d.depth < walk.frames.len());
                walk.top_mut().slot = NO_NAME;
                walk.target = (NO_NAME, 0);
                walk.unknown = (NO_NAME, 0);
                true
            }
            b',' => {
                if walk.frames.len() <= walk.target.1 {
                    walk.target = (NO_NAME, 0);
                }
                if walk.frames.len() <= walk.unknown.1 {
                    walk.unknown = (NO_NAME, 0);
                }
                let top = walk.top_mut();
                top.argument += 1;
                top.slot = NO_NAME;
                false
            }
            b'=' => {
                let (name, depth) = walk.declared;
                if name != NO_NAME && depth == walk.frames.len() {
                    walk.target = std::mem::replace(&mut walk.declared, (NO_NAME, 0));
                }
                false
            }
            b':' => walk.place.kind == PlaceKind::Body && !walk.top().values,
            _ => false,
        };
        walk.fresh = fresh;
        at + 1
    }

    /// The frame for a `{`: values after `=`, a cast, `(`, `,` or in values; else statements.
    fn brace(&mut self, walk: &mut Walk, at: usize) -> Frame {
        let before = at.checked_sub(1).map(|i| walk.tokens[i]);
        let top = *walk.top();
        let cast = std::mem::replace(&mut walk.cast, NO_NAME);
        let after_equals = before.is_some_and(|t| t.is(b'='));
        let initial = before.is_none() && walk.place.kind == PlaceKind::Values;
        let after_cast = cast != NO_NAME && at > 0 && self.is_cast(walk.tokens, at - 1);
        if top.values || initial {
            let inherited = if initial { walk.place.owner } else { top.tag };
            let tag = if after_cast {
                cast
            } else if top.slot == NO_NAME {
                inherited
            } else {
                self.path_of(top.slot)
            };
            return Frame { tag, values: true, ..FRAME };
        }
        if after_cast {
            return Frame { tag: cast, values: true, ..FRAME };
        }
        if after_equals {
            let tag = walk.declaring.map_or(top.tag, |d| d.tag);
            return Frame { tag, values: true, ..FRAME };
        }
        FRAME
    }

    /// Whether the bracket at `close` ends a cast to a struct: `(struct lamp) {`, `(const struct lamp []) {`.
    fn is_cast(&self, tokens: &[Token], close: usize) -> bool {
        let open = tokens[close].is(b')').then(|| opening(tokens, close)).flatten();
        let Some(open) = open else { return false };
        let is =
            |t: &Token, wanted| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == wanted;
        let mut inside = tokens[open + 1..close].iter();
        inside.find(|t| !is(t, Word::Qualifier)).is_some_and(|t| is(t, Word::Tag))
    }

    /// The struct path that a slot leads to: `ops@device` is read as `device.ops`.
    fn path_of(&mut self, slot: NameId) -> NameId {
        let text = self.sink.out.names.get(slot);
        let Some(at) = memchr::memchr(b'@', text) else { return NO_NAME };
        let (field, tag) = (&text[..at], &text[at + 1..]);
        if tag.is_empty() || tag == b"*" {
            return NO_NAME;
        }
        let path = [tag, b".", field].concat();
        self.sink.intern(&path)
    }

    fn word(&mut self, walk: &mut Walk, at: usize) -> usize {
        let token = walk.tokens[at];
        let text = token.text(self.bytes);
        let fresh = std::mem::replace(&mut walk.fresh, false);
        match word(text) {
            Word::Control if fresh && is_typeof(text) => return self.declaration(walk, at),
            Word::Control => {
                walk.fresh = matches!(text, b"else" | b"do");
                let skips = matches!(text, b"goto");
                return at + 1 + usize::from(skips);
            }
            Word::Type | Word::Qualifier => {
                if fresh {
                    return self.declaration(walk, at);
                }
                return at + 1;
            }
            Word::Tag => {
                if fresh {
                    return self.declaration(walk, at);
                }
                if let Some(tag) = walk.tokens.get(at + 1).filter(|t| t.kind == TokenKind::Ident) {
                    walk.cast = self.sink.intern(tag.text(self.bytes));
                }
                return at + 2;
            }
            Word::Name => {}
        }
        if fresh && walk.place.kind == PlaceKind::Body {
            if walk.tokens.get(at + 1).is_some_and(|t| t.is(b':')) {
                // A label.
                return at + 1;
            }
            if let Some(next) = self.declaration_by_name(walk, at) {
                return next;
            }
        }
        if self.declares(walk, at) {
            return at + 1;
        }
        self.name(walk, at, text);
        at + 1
    }

    /// A name where a value stands.
    fn name(&mut self, walk: &mut Walk, at: usize, text: &[u8]) {
        let token = walk.tokens[at];
        let before = at.checked_sub(1).map(|i| walk.tokens[i]);
        let after = walk.tokens.get(at + 1).copied();
        let called = after.is_some_and(|t| t.is(b'('));
        if let Some(before) = before {
            if before.kind == TokenKind::Arrow || before.is(b'.') {
                return self.member(walk, at, called);
            }
            if before.kind == TokenKind::Paste {
                return;
            }
        }
        let Some(after) = after else {
            return self.value(walk, token, text);
        };
        match after.kind {
            TokenKind::Paste => {}
            _ if called => match self.called_by_macro(walk.tokens, at) {
                Some((name, close)) => {
                    for name in [name, self.sink.intern(text)] {
                        let within = walk.place.within;
                        self.sink.add_use(within, name, UseKind::Call, token.line, NO_NAME);
                    }
                    (walk.pending, walk.skipped) = (name, close + 1);
                }
                None => {
                    let values = walk.top().values || walk.place.kind == PlaceKind::Values;
                    if values {
                        self.read_entry(walk, at);
                    }
                    self.read_pasted(walk, at, values);
                    self.call(walk, at, text);
                }
            },
            TokenKind::Arrow => self.deref(walk, token, text),
            TokenKind::Byte if matches!(after.byte, b'.' | b'[') => {
                if let Some(target) = walk.target().filter(|_| after.is(b'[')) {
                    let slot = self.slot_at(walk.tokens, at);
                    self.sink.set_source(target, slot);
                }
                self.deref(walk, token, text);
            }
            TokenKind::Byte
                if after.byte == b'=' && !walk.tokens.get(at + 2).is_some_and(|t| t.is(b'=')) =>
            {
                self.assigned(walk, text);
            }
            TokenKind::Ident
                if word(after.text(self.bytes)) == Word::Name
                    && walk.place.kind == PlaceKind::Body =>
            {
                // Two words in a row: the first is a type or a macro that stands alone.
                self.deref(walk, token, text);
            }
            _ => self.value(walk, token, text),
        }
    }

    /// `ops = f`: a global function pointer is a slot of its own.
    fn assigned(&mut self, walk: &mut Walk, text: &[u8]) {
        let name = self.sink.intern(text);
        if !self.sink.is_local(name) {
            walk.top_mut().slot = self.variable_slot(name);
            return;
        }
        walk.top_mut().slot = NO_NAME;
        let known = self.sink.is_callable(name);
        *(if known { &mut walk.target } else { &mut walk.unknown }) = (name, walk.frames.len());
    }

    pub(super) fn call(&mut self, walk: &mut Walk, at: usize, text: &[u8]) {
        let token = walk.tokens[at];
        let name = self.sink.intern(text);
        if self.sink.is_local(name) {
            return self.call_local(walk, name, token.line);
        }
        walk.pending = name;
        self.sink.add_use(walk.place.within, name, UseKind::Call, token.line, NO_NAME);
        self.hand_tables(walk, at, name);
        if self.sink.is_pointer(name) {
            let slot = self.variable_slot(name);
            self.sink.add_use(walk.place.within, slot, UseKind::Indirect, token.line, NO_NAME);
        }
        if walk.place.kind != PlaceKind::Macro {
            let first = walk.tokens[at + 1..].iter().find(|t| !t.is(b'('));
            walk.fills = self.slot_filled(name, first);
            if let (slot, 0) = walk.fills
                && slot != NO_NAME
            {
                self.sink.add_use(walk.place.within, slot, UseKind::Indirect, token.line, NO_NAME);
            }
        }
        self.note_hidden(walk, at, text);
    }

    /// Notes what the macro `text` at `at` calls that neither its user's text names nor its own. What it is handed
    /// in another macro's body may be that one's parameter.
    pub(super) fn note_hidden(&mut self, walk: &Walk, at: usize, text: &[u8]) {
        let Some(hidden) = self.idioms.hidden(text) else { return };
        let rest = &walk.tokens[at + 1..];
        let named = rest.iter().position(|t| t.kind == TokenKind::Ident);
        let argument = named.map(|at| rest[at].text(self.bytes)).unwrap_or_default();
        if walk.place.kind == PlaceKind::Macro {
            let pastes = |t: &Token| t.kind == TokenKind::Paste;
            let is_pasted = named.is_some_and(|at| rest.get(at + 1).is_some_and(pastes));
            let is_rest = argument == b"__VA_ARGS__";
            let argument = self.sink.intern(argument);
            if is_pasted || is_rest || self.sink.is_local(argument) {
                return;
            }
        }
        let name = self.sink.intern(text);
        for called in hidden.calls.iter().filter_map(|t| t.fill(&[argument])) {
            let called = self.sink.intern(&called);
            let values = matches!(walk.place.kind, PlaceKind::Values);
            let kind = if values { UseKind::Init } else { UseKind::Call };
            self.sink.add_use(walk.place.within, called, kind, walk.tokens[at].line, name);
        }
    }

    fn deref(&mut self, walk: &Walk, token: Token, text: &[u8]) {
        let name = self.sink.intern(text);
        if !self.sink.is_local(name) {
            self.sink.add_use(walk.place.within, name, UseKind::Deref, token.line, NO_NAME);
        }
    }

    fn value(&mut self, walk: &Walk, token: Token, text: &[u8]) {
        if text == b"__VA_ARGS__" && walk.place.kind == PlaceKind::Macro {
            return self.hand_on_all(walk, token.line);
        }
        let name = self.sink.intern(text);
        if self.sink.is_local(name) {
            self.hand_to_member(walk, name, walk.top().slot, token.line);
            return self.hand_on(walk, name, token.line);
        }
        let is_function = text.iter().any(u8::is_ascii_lowercase);
        let (via, runs) = self.receiver_of_value(walk, is_function);
        self.hand_to_member(walk, name, via, token.line);
        if let Some(slot) = walk.filled() {
            self.sink.add_use(walk.place.within, name, UseKind::Pass, token.line, slot);
        }
        let is_static = walk.declaring.is_some_and(|d| d.is_static && d.depth <= walk.frames.len());
        let kind = match walk.place.kind {
            PlaceKind::Values | PlaceKind::Arguments => UseKind::Init,
            PlaceKind::Body if is_static => UseKind::Init,
            _ => UseKind::Ref,
        };
        self.sink.add_use(walk.place.within, name, kind, token.line, via);
        if runs {
            self.sink.last_use_runs();
        }
    }

    /// Who receives the value that is read: a slot, or the function or macro that it is handed
    /// to, as the slot of its parameter where `by_parameter`; and whether that runs it.
    pub(super) fn receiver_of_value(&mut self, walk: &Walk, by_parameter: bool) -> (NameId, bool) {
        let receiver = walk
            .frames
            .iter()
            .rev()
            .find(|f| f.callee != NO_NAME || f.slot != NO_NAME || f.values)
            .copied();
        let Some(frame) = receiver else { return (walk.place.elements, false) };
        if frame.callee == NO_NAME {
            let slot = if frame.slot == NO_NAME { self.slot_by_place(frame) } else { frame.slot };
            let elements = slot == NO_NAME && frame.tag == NO_NAME;
            return (if elements { walk.place.elements } else { slot }, false);
        }
        let callee = self.sink.out.names.get(frame.callee);
        let run = self.idioms.run(callee);
        let runs = run.is_some_and(|run| run.args.contains(&(frame.argument as usize)));
        let is_body = matches!(walk.place.kind, PlaceKind::Body | PlaceKind::Macro);
        match is_body && by_parameter {
            true => (self.parameter_slot(frame.callee, frame.argument), runs),
            false => (frame.callee, runs),
        }
    }

    /// The slot that calling `name` with this first argument fills or calls through, and with
    /// which argument; 0: it calls.
    fn slot_filled(&mut self, name: NameId, first: Option<&Token>) -> (NameId, u32) {
        let idiom = self.idioms.slot(self.sink.out.names.get(name));
        let argument = first.filter(|t| t.kind == TokenKind::Ident).map(|t| t.text(self.bytes));
        let Some(idiom) = idiom else { return FRAME.fills };
        let slot = idiom.slot.fill(&[argument.unwrap_or_default()]);
        slot.map_or(FRAME.fills, |slot| (self.sink.intern(&slot), idiom.value))
    }

    /// The slot that a value without a `.field =` goes to: by its place among the values, where
    /// the file has the struct.
    fn slot_by_place(&mut self, frame: Frame) -> NameId {
        let members = self.members.get(&frame.tag).filter(|_| frame.tag != NO_NAME);
        let member = members.and_then(|m| m.get(frame.argument as usize - 1)).copied();
        member.map_or(NO_NAME, |member| {
            let field = self.sink.out.names.get(member).to_vec();
            self.slot(&field, frame.tag)
        })
    }

    /// `x->field`: a call through it, or a place that is assigned to.
    fn member(&mut self, walk: &mut Walk, at: usize, called: bool) {
        let field = walk.tokens[at].text(self.bytes);
        let assigned = walk.tokens.get(at + 1).is_some_and(|t| t.is(b'='))
            && !walk.tokens.get(at + 2).is_some_and(|t| t.is(b'='));
        let after = walk.tokens.get(at + 1);
        if walk.tokens[at - 1].is(b'.') && walk.top().values {
            let tag = walk.top().tag;
            if let Some(tag) = self.designated(walk.tokens, at - 1, tag) {
                walk.top_mut().slot = self.slot(field, tag);
                return;
            }
        }
        let called = called || self.is_run(walk, after);
        let handed_on =
            walk.top().slot != NO_NAME && (self.is_callback(field) || is_copied(walk.tokens, at));
        let goes_on = after.is_some_and(|t| t.kind == TokenKind::Arrow || t.is(b'.'));
        let is_read = walk.target.0 != NO_NAME;
        if !(called || assigned || (is_read || handed_on) && !goes_on) {
            if !goes_on {
                self.note_origin(walk, at);
            }
            return;
        }
        let tag = self.receiver(walk.tokens, at - 1);
        let slot = self.slot(field, tag);
        if called {
            let line = walk.tokens[at].line;
            if !self.call_of_entry(walk, at, slot) {
                let slot = self.slot_with_pointees(walk, at, slot);
                self.sink.add_use(walk.place.within, slot, UseKind::Indirect, line, NO_NAME);
                if walk.place.kind == PlaceKind::Body {
                    self.note_site(at);
                }
            }
        } else if assigned {
            walk.top_mut().slot = slot;
        } else if is_read {
            self.sink.set_source(walk.target.0, slot);
        } else {
            // `worker->current_func = work->func`
            let (line, via) = (walk.tokens[at].line, walk.top().slot);
            self.sink.add_use(walk.place.within, slot, UseKind::Pass, line, via);
        }
    }
}
