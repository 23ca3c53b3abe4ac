//! Declarations inside bodies: whose names are local to the function, and which struct they
//! point to or hold.

use crate::lex::TokenKind;

use super::super::{NO_NAME, NameId};
use super::Reader;
use super::head::closing;
use super::walk::{Declaring, Walk};
use super::words::{Word, is_shouted, word};

impl Reader<'_> {
    /// Whether the word at `at` is a further name of a declaration: `int a, *b`.
    pub(super) fn declares(&mut self, walk: &mut Walk, at: usize) -> bool {
        let Some(declaring) = walk.declaring else { return false };
        let mut before = at.saturating_sub(1);
        while before > 0 && walk.tokens[before].is(b'*') {
            before -= 1;
        }
        // `int a, (*f)(int)`
        let pointer = before > 0 && before + 1 < at && walk.tokens[before].is(b'(');
        before -= usize::from(pointer);
        if declaring.depth + usize::from(pointer) != walk.frames.len() || at == 0 {
            return false;
        }
        if !walk.tokens[before].is(b',') {
            return false;
        }
        let name = self.sink.intern(walk.tokens[at].text(self.bytes));
        self.sink.set_local(name, declaring.tag);
        if pointer || declaring.callable {
            self.declare_callable(walk, name);
        } else {
            walk.declare_unknown(name, at);
        }
        true
    }

    /// Notes that the local `name` points to functions.
    fn declare_callable(&mut self, walk: &mut Walk, name: NameId) {
        self.sink.set_callable(name);
        walk.declare_pointer(name);
    }

    /// A declaration that begins with a word of C's own at `at`; returns where to go on.
    pub(super) fn declaration(&mut self, walk: &mut Walk, at: usize) -> usize {
        let mut next = at;
        let (mut tag, mut is_static, mut typed, mut callable) = (NO_NAME, false, false, false);
        while let Some(token) = walk.tokens.get(next) {
            if token.kind != TokenKind::Ident {
                break;
            }
            let text = token.text(self.bytes);
            if is_typeof(text) && walk.tokens.get(next + 1).is_some_and(|t| t.is(b'(')) {
                // `typeof(ops->open) f`
                let Some(close) = closing(walk.tokens, next + 1, walk.tokens.len()) else { break };
                (typed, callable, next) = (true, true, close + 1);
                continue;
            }
            match word(text) {
                Word::Control => break,
                Word::Type => typed = true,
                Word::Qualifier => {
                    is_static |= text == b"static";
                    callable |= text == AUTO_WORD;
                }
                Word::Tag => {
                    typed = true;
                    next += 1;
                    if let Some(token) =
                        walk.tokens.get(next).filter(|t| t.kind == TokenKind::Ident)
                    {
                        tag = self.sink.intern(token.text(self.bytes));
                    }
                }
                Word::Name if typed => break,
                Word::Name => {
                    // A type's name, unless nothing that can be declared follows.
                    let follows = walk.tokens.get(next + 1);
                    if !follows.is_some_and(|t| t.kind == TokenKind::Ident || t.is(b'*')) {
                        break;
                    }
                    typed = true;
                    (tag, callable) = self.type_by_name(text);
                }
            }
            next += 1;
        }
        let declaring = Declaring { depth: walk.frames.len(), tag, is_static, callable };
        self.first_declarator(walk, next.max(at + 1), declaring)
    }

    /// A declaration that begins with a name: `u32 x`, `irqreturn_t *f`; none if it is no such.
    pub(super) fn declaration_by_name(&mut self, walk: &mut Walk, at: usize) -> Option<usize> {
        let mut next = at + 1;
        let mut stars = 0;
        while walk.tokens.get(next).is_some_and(|t| t.is(b'*')) {
            next += 1;
            stars += 1;
        }
        if stars == 0 && walk.tokens.get(next).is_some_and(|t| t.is(b'(')) {
            return self.declaration_by_macro(walk, at);
        }
        let name = walk.tokens.get(next).filter(|t| t.kind == TokenKind::Ident)?;
        if word(name.text(self.bytes)) != Word::Name {
            return (stars == 0).then_some(at + 1);
        }
        let follows = walk.tokens.get(next + 1)?;
        let declared = follows.kind == TokenKind::Ident
            || follows.kind == TokenKind::Byte
                && matches!(follows.byte, b'=' | b';' | b',' | b'[' | b':' | b'(');
        if !declared || follows.is(b'(') && stars == 0 {
            return None;
        }
        let named = walk.tokens[at].text(self.bytes);
        let (tag, callable) = self.type_by_name(named);
        // A star makes a pointer of a function's type, and of a pointer's none.
        let callable =
            callable && (stars == 0 || stars == 1 && self.idioms.is_function_type(named));
        let depth = walk.frames.len();
        let declaring = Declaring { depth, tag, is_static: false, callable };
        Some(self.first_declarator(walk, next, declaring))
    }

    /// A declaration whose type a macro tells: `typeof_member(struct proc_ops, proc_read) read;`.
    fn declaration_by_macro(&mut self, walk: &mut Walk, at: usize) -> Option<usize> {
        let close = closing(walk.tokens, at + 1, walk.tokens.len())?;
        let next = close + 1;
        let name = walk.tokens.get(next).filter(|t| t.kind == TokenKind::Ident)?;
        let follows = walk.tokens.get(next + 1)?;
        if word(name.text(self.bytes)) != Word::Name || !(follows.is(b';') || follows.is(b'=')) {
            return None;
        }
        // Below `scoped_guard(mutex, &lamp->lock)` stands the statement that it is for.
        let own = self.sink.intern(name.text(self.bytes));
        if name.line > walk.tokens[close].line || self.sink.is_local(own) {
            return None;
        }
        let depth = walk.frames.len();
        let declaring = Declaring { depth, tag: NO_NAME, is_static: false, callable: true };
        Some(self.first_declarator(walk, next, declaring))
    }

    /// The struct that a type's name stands for, and whether it is one of pointers to functions.
    pub(super) fn type_by_name(&mut self, text: &[u8]) -> (NameId, bool) {
        let name = self.sink.intern(text);
        if let Some(named) = self.typedefs.get(&name) {
            return *named;
        }
        let callable = text == AUTO || self.is_callback(text);
        // Other files may know what it stands for.
        let is_open = !callable && !self.idioms.is_plain_type(text);
        let tag = if is_open { self.sink.intern(&[b"~", text].concat()) } else { NO_NAME };
        self.typedefs.insert(name, (tag, callable));
        (tag, callable)
    }

    /// The struct that a type's name stands for: `~lamp_t` where others may say that, none where it is
    /// known to be no struct.
    pub(super) fn type_named(&mut self, text: &[u8]) -> NameId {
        self.type_by_name(text).0
    }

    /// Goes over an attribute with brackets that stands before the name, `void __free(kfree) *p`; `None` where none does.
    fn attribute(&mut self, walk: &mut Walk, at: usize) -> Option<usize> {
        let text = walk.tokens[at].text(self.bytes);
        if !text.starts_with(b"__") || !walk.tokens.get(at + 1)?.is(b'(') {
            return None;
        }
        let close = closing(walk.tokens, at + 1, walk.tokens.len())?;
        let follows = walk.tokens.get(close + 1)?;
        if follows.kind != TokenKind::Ident && !follows.is(b'*') {
            return None;
        }
        self.note_hidden(walk, at, text);
        Some(close + 1)
    }

    /// The first declared name at `at`, after stars and markers.
    fn first_declarator(&mut self, walk: &mut Walk, mut at: usize, declaring: Declaring) -> usize {
        let (start, tag) = (at, declaring.tag);
        while let Some(token) = walk.tokens.get(at) {
            if let Some(next) = self.attribute(walk, at) {
                at = next;
                continue;
            }
            let marker = token.kind == TokenKind::Ident
                && walk
                    .tokens
                    .get(at + 1)
                    .is_some_and(|t| t.kind == TokenKind::Ident || t.is(b'*'))
                && (token.text(self.bytes).starts_with(b"__")
                    || word(token.text(self.bytes)) == Word::Qualifier);
            if !(token.is(b'*')
                || token.is(b'(') && walk.tokens.get(at + 1).is_some_and(|t| t.is(b'*'))
                || marker)
            {
                break;
            }
            if token.is(b'(') {
                // `int (*f)(int)`: the name is the first word inside.
                let inside = walk.tokens[at..].iter().take(8);
                if let Some(name) = inside.into_iter().find(|t| t.kind == TokenKind::Ident) {
                    let name = self.sink.intern(name.text(self.bytes));
                    self.sink.set_local(name, tag);
                    self.declare_callable(walk, name);
                }
                return start;
            }
            at += 1;
        }
        let Some(token) = walk.tokens.get(at).filter(|t| t.kind == TokenKind::Ident) else {
            return start;
        };
        let text = token.text(self.bytes);
        let name = self.sink.intern(text);
        if walk.tokens.get(at + 1).is_some_and(|t| t.is(b'(')) {
            // `struct lamp AUTO_FREE(lamp);`
            if is_shouted(text) {
                self.call(walk, at, text);
            }
        } else {
            self.sink.set_local(name, tag);
            if declaring.callable {
                self.declare_callable(walk, name);
            } else {
                walk.declare_unknown(name, at);
            }
        }
        walk.declaring = Some(declaring);
        at + 1
    }
}

/// The type of what a variable is set to, which may be a pointer to functions.
const AUTO: &[u8] = b"__auto_type";

/// The same in C23, which kernels from 6.19 on are written in.
const AUTO_WORD: &[u8] = b"auto";

/// Whether the word asks for the type of what follows in brackets.
pub(super) fn is_typeof(text: &[u8]) -> bool {
    matches!(text, b"typeof" | b"__typeof__" | b"__typeof")
}
