//! Walks the tokens of a body, an initializer or a macro and notes what it uses.
//!
//! One pass, with a stack of open brackets: who receives the argument being read, which
//! struct the braces fill. Names that are local to the function are left out.

use crate::lex::{Token, TokenKind};

use super::super::{NO_NAME, NameId, UseKind};
use super::words::{Word, word};
use super::{About, Reader};

/// Where the tokens stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    within: u32,
    kind: PlaceKind,
    /// The struct that an initializer fills, or the macro whose arguments are read.
    owner: NameId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PlaceKind {
    Body,
    Values,
    Macro,
    Arguments,
}

impl Place {
    /// The body of the function `within`.
    pub(super) fn body(within: u32) -> Self {
        Place { within, kind: PlaceKind::Body, owner: NO_NAME }
    }

    /// The value of the variable `within`, a struct `tag`.
    pub(super) fn values(within: u32, tag: NameId) -> Self {
        Place { within, kind: PlaceKind::Values, owner: tag }
    }

    /// The body of the macro `within`.
    pub(super) fn macro_body(within: u32) -> Self {
        Place { within, kind: PlaceKind::Macro, owner: NO_NAME }
    }

    /// The arguments of `macro_name` used at the top level.
    pub(super) fn arguments(within: u32, macro_name: NameId) -> Self {
        Place { within, kind: PlaceKind::Arguments, owner: macro_name }
    }
}

/// An open bracket.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// `(` after a name: who is called.
    callee: NameId,
    /// Which argument is being read, from 1.
    argument: u32,
    /// `{`: the struct being filled, as a path.
    tag: NameId,
    /// The slot that the value being read goes to.
    slot: NameId,
    /// Whether it is a `{` that holds values, not statements.
    values: bool,
}

const FRAME: Frame =
    Frame { callee: NO_NAME, argument: 1, tag: NO_NAME, slot: NO_NAME, values: false };

/// Brackets nested deeper than this are not told apart.
const DEEPEST: usize = 512;

/// A declaration whose names are being read.
#[derive(Clone, Copy)]
pub(super) struct Declaring {
    /// How many brackets are open around it.
    pub(super) depth: usize,
    pub(super) tag: NameId,
    pub(super) is_static: bool,
}

/// Memory used again from one body to the next.
#[derive(Default)]
pub(super) struct Scratch {
    frames: Vec<Frame>,
    pub(super) macro_body: Vec<Token>,
}

/// What the walk knows at a token.
pub(super) struct Walk<'t> {
    pub(super) tokens: &'t [Token],
    place: Place,
    pub(super) frames: Vec<Frame>,
    /// Brackets beyond [`DEEPEST`].
    deeper: usize,
    pub(super) declaring: Option<Declaring>,
    /// The callee whose `(` comes next.
    pending: NameId,
    /// The struct of a cast or declaration before a `{`.
    cast: NameId,
    /// Whether a statement begins here.
    fresh: bool,
    /// Tokens before this one are not read: they make a name.
    skipped: usize,
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
            PlaceKind::Arguments => Frame { callee: place.owner, ..FRAME },
            _ => FRAME,
        };
        frames.push(base);
        let mut walk = Walk {
            tokens,
            place,
            frames,
            deeper: 0,
            declaring: None,
            pending: NO_NAME,
            cast: NO_NAME,
            fresh: false,
            skipped: 0,
        };
        let mut at = 0;
        while at < tokens.len() {
            if at < walk.skipped {
                at = walk.skipped;
                continue;
            }
            let token = tokens[at];
            at = match token.kind {
                TokenKind::Ident => self.word(&mut walk, at),
                TokenKind::Byte => self.punctuation(&mut walk, at),
                _ => at + 1,
            };
        }
        self.walk.frames = walk.frames;
    }

    /// Whether the name that the file is read for is among `tokens`; so where it is read for all.
    pub(super) fn concerns(&self, tokens: &[Token]) -> bool {
        let is = |about: &About| {
            let is_name =
                |t: &Token| t.kind == TokenKind::Ident && t.text(self.bytes) == about.name;
            tokens.iter().any(is_name)
        };
        self.about.as_ref().is_none_or(is)
    }

    fn punctuation(&mut self, walk: &mut Walk, at: usize) -> usize {
        let fresh = match walk.tokens[at].byte {
            b'(' | b'[' => {
                let callee = std::mem::replace(&mut walk.pending, NO_NAME);
                walk.open(Frame { callee, ..FRAME });
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
                true
            }
            b',' => {
                let top = walk.top_mut();
                top.argument += 1;
                top.slot = NO_NAME;
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
        let after_cast = before.is_some_and(|t| t.is(b')')) && cast != NO_NAME;
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

    /// The struct path that a slot leads to: `ops@device` is read as `device.ops`.
    fn path_of(&mut self, slot: NameId) -> NameId {
        let text = self.sink.out.names.get(slot);
        let Some(at) = memchr::memchr(b'@', text) else { return NO_NAME };
        let (field, tag) = (&text[..at], &text[at + 1..]);
        if tag.is_empty() || memchr::memchr(b'.', tag).is_some() {
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
                None => self.call(walk, token, text),
            },
            TokenKind::Arrow => self.deref(walk, token, text),
            TokenKind::Byte if matches!(after.byte, b'.' | b'[') => self.deref(walk, token, text),
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
        walk.top_mut().slot = if self.sink.is_local(name) { NO_NAME } else { name };
    }

    fn call(&mut self, walk: &mut Walk, token: Token, text: &[u8]) {
        let name = self.sink.intern(text);
        if self.sink.is_local(name) {
            return;
        }
        walk.pending = name;
        self.sink.add_use(walk.place.within, name, UseKind::Call, token.line, NO_NAME);
        let hidden =
            if walk.place.kind == PlaceKind::Macro { None } else { self.idioms.hidden(text) };
        if let Some(hidden) = hidden {
            let argument =
                walk.tokens.iter().find(|t| t.start > token.end && t.kind == TokenKind::Ident);
            let argument = argument.map(|t| t.text(self.bytes)).unwrap_or_default();
            for called in hidden.calls.iter().filter_map(|t| t.fill(&[argument])) {
                let called = self.sink.intern(&called);
                let values = matches!(walk.place.kind, PlaceKind::Values);
                let kind = if values { UseKind::Init } else { UseKind::Call };
                self.sink.add_use(walk.place.within, called, kind, token.line, name);
            }
        }
    }

    fn deref(&mut self, walk: &Walk, token: Token, text: &[u8]) {
        let name = self.sink.intern(text);
        if !self.sink.is_local(name) {
            self.sink.add_use(walk.place.within, name, UseKind::Deref, token.line, NO_NAME);
        }
    }

    fn value(&mut self, walk: &Walk, token: Token, text: &[u8]) {
        let name = self.sink.intern(text);
        if self.sink.is_local(name) {
            return;
        }
        let receiver =
            walk.frames.iter().rev().find(|f| f.callee != NO_NAME || f.slot != NO_NAME || f.values);
        let (via, argument) = match receiver {
            Some(frame) if frame.callee != NO_NAME => (frame.callee, frame.argument as usize),
            Some(frame) if frame.slot == NO_NAME => (self.slot_by_place(*frame), 0),
            Some(frame) => (frame.slot, 0),
            None => (NO_NAME, 0),
        };
        let is_static = walk.declaring.is_some_and(|d| d.is_static && d.depth <= walk.frames.len());
        let kind = match walk.place.kind {
            PlaceKind::Values | PlaceKind::Arguments => UseKind::Init,
            PlaceKind::Body if is_static => UseKind::Init,
            _ => UseKind::Ref,
        };
        self.sink.add_use(walk.place.within, name, kind, token.line, via);
        if argument > 0 {
            let receiver = self.sink.out.names.get(via);
            if self.idioms.run(receiver).is_some_and(|run| run.args.contains(&argument)) {
                self.sink.last_use_runs();
            }
        }
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
        let designates = walk.tokens[at - 1].is(b'.') && walk.top().values && {
            let before = at.checked_sub(2).map(|i| walk.tokens[i]);
            before.is_none_or(|t| t.is(b'{') || t.is(b','))
        };
        if designates {
            let tag = walk.top().tag;
            walk.top_mut().slot = self.slot(field, tag);
        } else if called || assigned {
            let tag = self.receiver(walk.tokens, at - 1);
            let slot = self.slot(field, tag);
            if called {
                self.sink.add_use(
                    walk.place.within,
                    slot,
                    UseKind::Indirect,
                    walk.tokens[at].line,
                    NO_NAME,
                );
            } else {
                walk.top_mut().slot = slot;
            }
        }
    }

    /// The struct that stands before the `->` or `.` at `at`, as a path: `inode.i_op` when
    /// it is a field of a variable.
    fn receiver(&mut self, tokens: &[Token], at: usize) -> NameId {
        let Some(base) = base(tokens, at) else { return NO_NAME };
        let text = tokens[base].text(self.bytes);
        let step = base
            .checked_sub(1)
            .filter(|i| tokens[*i].kind == TokenKind::Arrow || tokens[*i].is(b'.'));
        let Some(step) = step else {
            let name = self.sink.intern(text);
            return self.sink.tag_of(name);
        };
        let Some(owner) = self::base(tokens, step) else { return NO_NAME };
        if owner > 0 && (tokens[owner - 1].kind == TokenKind::Arrow || tokens[owner - 1].is(b'.')) {
            return NO_NAME;
        }
        let owner = self.sink.intern(tokens[owner].text(self.bytes));
        let tag = self.sink.tag_of(owner);
        if tag == NO_NAME {
            return NO_NAME;
        }
        let tag = self.sink.out.names.get(tag);
        if memchr::memchr(b'.', tag).is_some() {
            return NO_NAME;
        }
        let path = [tag, b".", text].concat();
        self.sink.intern(&path)
    }
}

/// Index of the word whose value the `->` or `.` at `at` follows, over `[…]`.
fn base(tokens: &[Token], at: usize) -> Option<usize> {
    let mut index = at.checked_sub(1)?;
    if tokens[index].is(b']') {
        let mut depth = 0usize;
        for back in 0..16 {
            let token = tokens.get(index.checked_sub(back)?)?;
            depth += usize::from(token.is(b']'));
            depth -= usize::from(token.is(b'['));
            if depth == 0 {
                index = index.checked_sub(back + 1)?;
                break;
            }
        }
    }
    (tokens[index].kind == TokenKind::Ident).then_some(index)
}

impl Walk<'_> {
    fn top(&self) -> &Frame {
        self.frames.last().unwrap_or(&FRAME)
    }

    fn top_mut(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(FRAME);
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn open(&mut self, frame: Frame) {
        if self.frames.len() < DEEPEST {
            self.frames.push(frame);
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if self.frames.len() > 1 {
            self.frames.pop();
        }
    }
}
