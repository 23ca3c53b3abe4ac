//! How a use of one name gets at what it names: whether it reads it, writes it, takes its address;
//! and for a field, which structure it is one of, as far as the text tells.

use crate::lex::{Token, TokenKind};

use super::super::access::{Access, AccessKind, Owner, only_names, points_to, written_by};
use super::super::{NO_NAME, NameId};
use super::Reader;
use super::pointers::{is_step, opening};
use super::walk::Walk;
use super::words::{Word, word};

/// The most steps of a chain of fields, and of brackets around it, that are followed.
const LONGEST: usize = 64;

/// What is to the right of a name, over its parts.
struct Right {
    /// Index of the first token behind them.
    end: usize,
    /// Whether an element is chosen among them: of an array, or of what is pointed to.
    chosen: bool,
    /// Whether a pointer is followed: what is named is only read for it.
    followed: bool,
}

/// What a macro does with a field that it is told by name.
enum Done {
    /// It asks where it is in its structure.
    Nothing,
    /// It reads it.
    Read,
    /// Only its body says that.
    Unknown,
}

impl Reader<'_> {
    /// Notes how the word at `at`, if it is the name that is asked about, gets at it.
    pub(super) fn note_access(&mut self, walk: &Walk<'_>, at: usize) {
        let (tokens, bytes) = (walk.tokens, self.bytes);
        let Some(about) = &self.about else { return };
        if tokens[at].text(bytes) != about.name {
            return;
        }
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let steps = before.is_some_and(is_step);
        let designated = match steps && tokens[at - 1].is(b'.') && walk.top().values {
            true => self.designated(tokens, at - 1, walk.top().tag),
            false => None,
        };
        let mut is_open = false;
        let (owner, kind) = match designated {
            Some(tag) => (self.owner(tag), Some((AccessKind::Initialised, true))),
            None if steps => {
                let tag = self.receiver(tokens, at - 1);
                let owner = match tag {
                    NO_NAME => self.owner_by_name(tokens, at),
                    tag => self.owner(tag),
                };
                (owner, kind(tokens, bytes, at))
            }
            None => {
                // `struct lamp` names a type, and `lamp:` a place to go to.
                let follows_tag = before.is_some_and(|token| {
                    token.kind == TokenKind::Ident && word(token.text(bytes)) == Word::Tag
                });
                if follows_tag {
                    return;
                }
                let name = self.sink.intern(tokens[at].text(bytes));
                let told = self.named_for(walk, at);
                is_open = matches!(told, Some((_, Done::Unknown)));
                match told {
                    Some((owner, Done::Read)) => (owner, Some((AccessKind::Read, true))),
                    Some((owner, Done::Nothing | Done::Unknown)) => (owner, None),
                    None if self.sink.is_local(name) => (Owner::Local, kind(tokens, bytes, at)),
                    None => (Owner::Global, kind(tokens, bytes, at)),
                }
            }
        };
        let (kind, sure) = kind.map_or((None, !is_open), |(kind, sure)| (Some(kind), sure));
        let Token { line, start, .. } = tokens[at];
        if let Some(about) = &mut self.about {
            about.accesses.push(Access { line, start, kind, sure, owner });
        }
    }

    /// Whose the field at `at` is, where a name of other files begins the chain: `current->mm`,
    /// `lamp_of(x)->bulb.watts`.
    fn owner_by_name(&mut self, tokens: &[Token], at: usize) -> Owner {
        let first = start(tokens, at);
        let text = tokens[first].text(self.bytes);
        if tokens[first].kind != TokenKind::Ident || word(text) != Word::Name {
            return Owner::Unknown;
        }
        let name = self.sink.intern(text);
        if self.sink.is_local(name) {
            return Owner::Unknown;
        }
        let mut next = first + 1;
        let mut path = match points_to(text) {
            Some(structure) => structure.as_bytes().to_vec(),
            None if tokens.get(next).is_some_and(|token| token.is(b'(')) => {
                let Some(close) = closing(tokens, next) else { return Owner::Unknown };
                next = close + 1;
                [b"()", text].concat()
            }
            None => [b"=", text].concat(),
        };
        while next < at {
            let token = tokens[next];
            if token.kind == TokenKind::Ident {
                path.extend([b".", token.text(self.bytes)].concat());
            } else if token.is(b'[') {
                let Some(close) = closing(tokens, next) else { return Owner::Unknown };
                next = close;
            } else if !is_step(token) {
                return Owner::Unknown;
            }
            next += 1;
        }
        Owner::Struct(path)
    }

    /// Whose field the word at `at` is, where a macro is told it by name: `container_of(p, struct
    /// lamp, list)`, `list_for_each_entry(lamp, &head, list)`. With what the macro does with it.
    fn named_for(&mut self, walk: &Walk<'_>, at: usize) -> Option<(Owner, Done)> {
        let tokens = walk.tokens;
        let comma = at.checked_sub(1).filter(|before| tokens[*before].is(b','))?;
        let bytes = self.bytes;
        let is_name =
            |token: &Token| token.kind == TokenKind::Ident && word(token.text(bytes)) == Word::Name;
        let structure = |tokens: Option<&[Token]>| match tokens {
            Some([tag, name])
                if tag.kind == TokenKind::Ident && word(tag.text(bytes)) == Word::Tag =>
            {
                Some(Owner::Struct(name.text(bytes).to_vec()))
            }
            _ => None,
        };
        let beside = structure(comma.checked_sub(2).and_then(|two| tokens.get(two..comma)));
        // Of a macro at the top level only the arguments are read.
        let open = unclosed(tokens, comma);
        let called = match open {
            Some(open) => open.checked_sub(1).map(|name| tokens[name]).filter(is_name),
            None => None,
        };
        let called =
            called.map_or_else(|| walk.top().callee, |called| self.sink.intern(called.text(bytes)));
        let called = self.sink.out.names.get(called).to_vec();
        if let Some(owner) = beside {
            // What else a macro does with a field that it is told by name, its body says.
            let is_known = called.is_empty() || only_names(&called);
            return Some((owner, if is_known { Done::Nothing } else { Done::Unknown }));
        }
        // `INTERVAL_TREE_DEFINE(struct lamp, node.rb, int, node.last, …)`
        let inside = open.map_or(0, |open| open + 1);
        let first = tokens.get(inside..inside + 3).filter(|first| first[2].is(b','));
        if let Some(owner) = structure(first.map(|first| &first[..2]))
            && tokens.get(at + 1).is_some_and(|next| next.is(b'.'))
        {
            return Some((owner, Done::Unknown));
        }
        let walks = memchr::memmem::find(&called, b"for_each_entry").is_some();
        let cursor = tokens.get(inside).filter(|token| walks && is_name(token))?;
        let cursor = self.sink.intern(cursor.text(bytes));
        let owner = self.owner(self.sink.tag_of(cursor));
        (owner != Owner::Unknown).then_some((owner, Done::Read))
    }

    fn owner(&self, tag: NameId) -> Owner {
        match tag {
            NO_NAME => Owner::Unknown,
            tag => Owner::Struct(self.sink.out.names.get(tag).to_vec()),
        }
    }
}

/// How the value that ends at the word `at` is got at, and whether that is sure; none where it is not
/// evaluated.
fn kind(tokens: &[Token], bytes: &[u8], at: usize) -> Option<(AccessKind, bool)> {
    let mut start = start(tokens, at);
    let right = right(tokens, at);
    if right.followed {
        return evaluated(tokens, bytes, start).then_some((AccessKind::Read, true));
    }
    let mut end = right.end;
    // `(x->f)++`
    for _ in 0..LONGEST {
        let is_around = start.checked_sub(1).is_some_and(|open| tokens[open].is(b'('))
            && tokens.get(end).is_some_and(|close| close.is(b')'))
            && !start.checked_sub(2).is_some_and(|name| is_value_end(tokens[name], bytes));
        if !is_around {
            break;
        }
        (start, end) = (start - 1, end + 1);
    }
    if !evaluated(tokens, bytes, start) {
        return None;
    }
    let sure = !right.chosen;
    if let Some(kind) = before(tokens, bytes, start) {
        return Some((kind, sure));
    }
    let kind = behind(tokens, end).unwrap_or(AccessKind::Read);
    // An element that is read is read, be it an array's or behind a pointer.
    Some((kind, sure || kind == AccessKind::Read))
}

/// Index of the token that the chain of fields begins with whose last field is at `at`.
fn start(tokens: &[Token], at: usize) -> usize {
    let mut start = at;
    for _ in 0..LONGEST {
        let Some(step) = start.checked_sub(1).filter(|step| is_step(tokens[*step])) else { break };
        let Some(mut last) = step.checked_sub(1) else { break };
        while tokens[last].is(b']') || tokens[last].is(b')') {
            let Some(open) = opening(tokens, last) else { return start };
            let is_part = |before: &usize| {
                let before = tokens[*before];
                before.kind == TokenKind::Ident || before.is(b']') || before.is(b')')
            };
            match open.checked_sub(1).filter(is_part) {
                Some(before) => last = before,
                None => {
                    last = open;
                    break;
                }
            }
        }
        start = last;
    }
    start
}

fn right(tokens: &[Token], at: usize) -> Right {
    let mut found = Right { end: at + 1, chosen: false, followed: false };
    for _ in 0..LONGEST {
        let Some(token) = tokens.get(found.end) else { break };
        if token.is(b'[') {
            let Some(close) = closing(tokens, found.end) else { break };
            (found.end, found.chosen) = (close + 1, true);
        } else if token.is(b'.') {
            found.end += 2;
        } else {
            found.followed = token.kind == TokenKind::Arrow;
            break;
        }
    }
    found
}

/// Index of the bracket that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open).take(LONGEST) {
        depth += usize::from(token.is(b'(') || token.is(b'['));
        depth -= usize::from((token.is(b')') || token.is(b']')) && depth > 0);
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Index of the bracket that is open before `at`.
fn unclosed(tokens: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for back in (at.saturating_sub(LONGEST)..at).rev() {
        let token = tokens[back];
        if token.is(b')') || token.is(b']') {
            depth += 1;
        } else if token.is(b'(') || token.is(b'[') {
            if depth == 0 {
                return token.is(b'(').then_some(back);
            }
            depth -= 1;
        } else if token.is(b';') || token.is(b'{') || token.is(b'}') {
            return None;
        }
    }
    None
}

/// Whether the value that begins at `start` is evaluated, and not only asked for its size or type.
fn evaluated(tokens: &[Token], bytes: &[u8], start: usize) -> bool {
    let callee = called(tokens, bytes, start)
        .or_else(|| start.checked_sub(1).map(|before| tokens[before].text(bytes)));
    !matches!(
        callee,
        Some(
            b"sizeof" | b"typeof" | b"__typeof__" | b"offsetof" | b"__alignof__" | b"sizeof_field"
        )
    )
}

/// What is called with the value that begins at `start` as its first argument.
fn called<'b>(tokens: &[Token], bytes: &'b [u8], start: usize) -> Option<&'b [u8]> {
    let open = start.checked_sub(1).filter(|open| tokens[*open].is(b'('))?;
    let name = tokens.get(open.checked_sub(1)?)?;
    (name.kind == TokenKind::Ident).then(|| name.text(bytes))
}

/// What stands before a value says.
fn before(tokens: &[Token], bytes: &[u8], start: usize) -> Option<AccessKind> {
    let first = start.checked_sub(1)?;
    let second = first.checked_sub(1);
    let doubled = |byte: u8| {
        second.is_some_and(|second| {
            tokens[first].is(byte)
                && tokens[second].is(byte)
                && tokens[second].end == tokens[first].start
        })
    };
    if doubled(b'+') || doubled(b'-') {
        return Some(AccessKind::ReadWrite);
    }
    let is_address = tokens[first].is(b'&')
        && !doubled(b'&')
        && !second.is_some_and(|second| is_value_end(tokens[second], bytes));
    if is_address {
        return Some(AccessKind::Address);
    }
    called(tokens, bytes, start).and_then(written_by)
}

/// Whether a value may end with a token: what follows is an operator on it.
fn is_value_end(token: Token, bytes: &[u8]) -> bool {
    match token.kind {
        TokenKind::Ident => word(token.text(bytes)) == Word::Name,
        TokenKind::Number | TokenKind::Str | TokenKind::Char => true,
        _ => token.is(b')') || token.is(b']'),
    }
}

/// What stands behind a value says.
fn behind(tokens: &[Token], end: usize) -> Option<AccessKind> {
    let first = tokens.get(end)?;
    let touches = |at: usize| {
        let (one, other) = (tokens.get(at)?, tokens.get(at + 1)?);
        (one.end == other.start).then_some(*other)
    };
    let second = touches(end);
    let is_second = |byte: u8| second.is_some_and(|token| token.is(byte));
    if first.is(b'=') {
        return (!is_second(b'=')).then_some(AccessKind::Write);
    }
    if [b'+', b'-'].iter().any(|byte| first.is(*byte) && is_second(*byte)) {
        return Some(AccessKind::ReadWrite);
    }
    if b"+-*/%&|^".iter().any(|byte| first.is(*byte)) && is_second(b'=') {
        return Some(AccessKind::ReadWrite);
    }
    let shifts = [b'<', b'>'].iter().any(|byte| first.is(*byte) && is_second(*byte));
    let assigns = shifts && touches(end + 1).is_some_and(|token| token.is(b'='));
    assigns.then_some(AccessKind::ReadWrite)
}
