//! What the text of a function says of a pointer before it is called through: where the field, or the pointer to
//! the table that it is in, was set to something named just before, that is what is called. The slot
//! of such a call has the names behind a `:`, with the file's number where other files may have one of
//! that name, too: `read@buf.ops:leaf_ops#1f`. Of a local that is only ever set to named tables it
//! has all of these, and of a variable of this file that is no pointer the variable.
//!
//! Where anything in between might set it again, nothing is said: another value, a label, the object
//! handed to a function, a loop whose rest sets it.

use std::cell::Cell;

use crate::lex::{Token, TokenKind};

use super::super::{NO_NAME, NameId};
use super::Reader;
use super::pointers::is_step;
use super::walk::{PlaceKind, Walk};
use super::words::{Word, word};

/// The most names that may be meant.
const MOST_NAMES: usize = 8;
/// The most tokens of a value that is one of several.
const LONGEST_VALUE: usize = 64;
/// The most looks at tokens for all calls in a body, as a multiple of its tokens.
const MOST_LOOKS: usize = 64;
/// The most tokens of a path of members.
const LONGEST_CHAIN: usize = 12;

/// What a place does to the pointer that is looked at.
enum Does {
    Nothing,
    /// It is set to one of these; the statement begins with this token.
    Sets(Vec<Token>, usize),
    /// It may be anything from there on.
    Changes,
}

impl Reader<'_> {
    /// Notes what the byte at `at` may set pointers to.
    pub(super) fn note_stores(&self, walk: &mut Walk, at: usize) {
        match walk.tokens[at].byte {
            b'=' => self.note_store(walk, at),
            b'?' => self.note_choice(walk, at),
            _ => {}
        }
    }

    /// Notes that the `=` at `at` may set a pointer to what has a name.
    fn note_store(&self, walk: &mut Walk, at: usize) {
        if walk.place.kind != PlaceKind::Body || walk.top().values || at < 2 {
            return;
        }
        let tokens = walk.tokens;
        let takes_address = tokens.get(at + 1).is_some_and(|t| t.is(b'&'));
        let value = at + 1 + usize::from(takes_address);
        let is_name = tokens.get(value).is_some_and(|t| t.kind == TokenKind::Ident);
        let ends = tokens.get(value + 1).is_some_and(|t| t.is(b';') || t.is(b','));
        if is_name && ends && (takes_address || is_step(tokens[at - 2])) {
            walk.stores.push(at);
        }
    }

    /// Notes that the `?` at `at` chooses what a pointer is set to: `ops = x ? &a_ops : &b_ops`.
    fn note_choice(&self, walk: &mut Walk, at: usize) {
        let tokens = walk.tokens;
        let is_named = tokens.get(at + 1).is_some_and(|t| t.is(b'&'))
            && tokens.get(at + 3).is_some_and(|t| t.is(b':'));
        if walk.place.kind == PlaceKind::Body && !walk.top().values && is_named {
            let before = tokens[..at].iter().rev().take(LONGEST_VALUE);
            let ends = |t: &Token| t.is(b';') || t.is(b'{') || t.is(b'}');
            let equals = before.take_while(|t| !ends(t)).enumerate().filter(|(_, t)| t.is(b'='));
            // An argument's text may begin with one.
            if let Some(equals) = equals.last().map(|(back, _)| at - 1 - back).filter(|at| *at > 0)
            {
                walk.stores.push(equals);
            }
        }
    }

    /// The slot of the call through the field at `at`, with what the text before it tells.
    pub(super) fn slot_with_pointees(&mut self, walk: &Walk, at: usize, slot: NameId) -> NameId {
        if walk.place.kind != PlaceKind::Body || slot == NO_NAME {
            return slot;
        }
        let names = self.told_by_stores(walk, at).or_else(|| self.told_by_variable(walk, at));
        let Some(names) = names.filter(|names| !names.is_empty() && names.len() <= MOST_NAMES)
        else {
            return slot;
        };
        let mut text = self.sink.out.names.get(slot).to_vec();
        for (index, name) in names.iter().enumerate() {
            text.push(if index == 0 { b':' } else { b',' });
            text.extend_from_slice(name.text(self.bytes));
            if self.unit != 0 {
                text.extend_from_slice(format!("#{:x}", self.unit).as_bytes());
            }
        }
        self.sink.intern(&text)
    }

    /// The variable of this file that the field at `at` is of, `lamp.on(…)`, where it is no pointer.
    fn told_by_variable(&mut self, walk: &Walk, at: usize) -> Option<Vec<Token>> {
        let [before @ .., named, dot] = walk.tokens.get(..at)? else { return None };
        let is_alone = before.last().is_none_or(|t| !is_step(*t));
        if !dot.is(b'.') || named.kind != TokenKind::Ident || !is_alone {
            return None;
        }
        let name = self.sink.intern(named.text(self.bytes));
        let is_variable = !self.sink.is_local(name) && self.sink.is_own(name);
        (is_variable && self.sink.tag_of(name) != NO_NAME).then(|| vec![*named])
    }

    /// What the field at `at`, or the pointer that it is of, was set to before.
    fn told_by_stores(&mut self, walk: &Walk, at: usize) -> Option<Vec<Token>> {
        if walk.stores.is_empty() {
            return None;
        }
        let (tokens, looks) = (walk.tokens, &walk.looks);
        looks.set(looks.get() + walk.stores.len());
        if looks.get() > MOST_LOOKS * tokens.len() {
            return None;
        }
        let start = chain_start(tokens, at)?;
        let text = |at: usize| tokens[at].text(self.bytes);
        let is_set = |last: usize| walk.stores.iter().any(|equals| text(*equals - 1) == text(last));
        let mut names = None;
        if start < at && is_set(at) {
            let chain = &tokens[start..=at];
            let flow = Flow { tokens, bytes: self.bytes, chain, call: at, looks };
            names = flow.before(start);
        }
        if names.is_none()
            && at >= start + 2
            && tokens[at - 1].kind == TokenKind::Arrow
            && is_set(at - 2)
        {
            let chain = &tokens[start..at - 1];
            let flow = Flow { tokens, bytes: self.bytes, chain, call: at, looks };
            names = flow.before(start).or_else(|| flow.of_local());
        }
        let names = names?;
        let mut found: Vec<Token> = Vec::new();
        for name in names {
            let text = name.text(self.bytes);
            let id = self.sink.intern(text);
            if self.sink.is_local(id) || word(text) != Word::Name || found.len() > MOST_NAMES {
                return None;
            }
            if found.iter().all(|known| known.text(self.bytes) != text) {
                found.push(name);
            }
        }
        Some(found)
    }
}

/// A pointer that is called through, in a function's body.
struct Flow<'t> {
    tokens: &'t [Token],
    bytes: &'t [u8],
    /// What it is called by: `bp->b_ops`, or `cmd->complete`, which is a pointer to a function itself.
    chain: &'t [Token],
    /// Where the field is that is called.
    call: usize,
    /// How many tokens of the body were looked at, for all calls in it.
    looks: &'t Cell<usize>,
}

impl<'t> Flow<'t> {
    fn text(&self, at: usize) -> &'t [u8] {
        self.tokens.get(at).map_or(&[][..], |t| t.text(self.bytes))
    }

    fn is(&self, at: usize, byte: u8) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is(byte))
    }

    /// Counts a token that is looked at; none where there were too many.
    fn look(&self) -> Option<()> {
        self.looks.set(self.looks.get() + 1);
        (self.looks.get() <= MOST_LOOKS * self.tokens.len()).then_some(())
    }

    /// Whether the pointer itself is to a function.
    fn is_function(&self) -> bool {
        self.chain.last().is_some_and(|last| last.start == self.tokens[self.call].start)
    }

    /// What it was set to where it is called, by what stands before `from`; none where that may be
    /// anything.
    fn before(&self, from: usize) -> Option<Vec<Token>> {
        let mut names = Vec::new();
        let mut inner = 0_usize;
        // What comes behind the call may have come before it.
        let mut has_rest = self.is_behind_loop(from);
        if has_rest {
            self.add_rest(&mut names)?;
        }
        for at in (0..from).rev() {
            self.look()?;
            let token = self.tokens[at];
            if token.is(b'}') {
                inner += 1;
            } else if token.is(b'{') && inner > 0 {
                inner -= 1;
            } else if token.is(b'{') {
                if !has_rest && self.is_loop(at) {
                    self.add_rest(&mut names)?;
                    has_rest = true;
                }
            } else if self.is_label(at, inner) {
                return None;
            }
            match self.does(at) {
                Does::Nothing => {}
                Does::Changes => return None,
                Does::Sets(values, start) => {
                    names.extend(values);
                    if inner == 0 && self.is_unconditional(start) {
                        // Arms of `#ifdef` stand behind each other.
                        return match self.set_just_before(start) {
                            Some(more) => Some([names, more].concat()),
                            None => Some(names),
                        };
                    }
                }
            }
        }
        None
    }

    /// What the statement before the one that begins at `start` sets it to.
    fn set_just_before(&self, start: usize) -> Option<Vec<Token>> {
        let end = start.checked_sub(1).filter(|end| self.is(*end, b';'))?;
        let begins = |at: &usize| self.is(*at, b';') || self.is(*at, b'{') || self.is(*at, b'}');
        let first = (end.saturating_sub(LONGEST_VALUE)..end).rev().find(begins)? + 1;
        let mut all = (first..end).map(|at| self.does(at));
        all.find_map(|does| match does {
            Does::Sets(values, _) => Some(values),
            _ => None,
        })
    }

    /// Whether a loop may begin between the last brace before `from` and the call, so that it has none:
    /// `for (p = &a; p->next(); p = p->other)`.
    fn is_behind_loop(&self, from: usize) -> bool {
        let since = (0..from).rev().take_while(|at| !self.is(*at, b'{') && !self.is(*at, b'}'));
        let is_each = |text| memchr::memmem::find(text, b"for_each").is_some();
        since
            .take(LONGEST_VALUE)
            .any(|at| matches!(self.text(at), b"for" | b"while" | b"do") || is_each(self.text(at)))
    }

    /// What the rest of the function sets it to, for a call in a loop: what is around the loop is read, too,
    /// and nothing is lost but what it might have told.
    fn add_rest(&self, names: &mut Vec<Token>) -> Option<()> {
        for at in self.call..self.tokens.len() {
            self.look()?;
            match self.does(at) {
                Does::Nothing => {}
                Does::Changes => return None,
                Does::Sets(values, _) => names.extend(values),
            }
        }
        Some(())
    }

    /// All that a local is set to in the function, where that is nothing but named tables.
    fn of_local(&self) -> Option<Vec<Token>> {
        if self.chain.len() != 1 {
            return None;
        }
        let (mut names, mut is_declared) = (Vec::new(), false);
        for at in 0..self.tokens.len() {
            self.look()?;
            if self.text(at) == self.chain[0].text(self.bytes) {
                is_declared |= self.is_declared(at);
            }
            match self.does(at) {
                Does::Nothing => {}
                Does::Changes => return None,
                Does::Sets(values, _) => names.extend(values),
            }
        }
        is_declared.then_some(names)
    }

    /// Whether the name at `at` is declared there as a pointer: `struct lamp_ops *ops;`.
    fn is_declared(&self, at: usize) -> bool {
        let stars = self.tokens[..at].iter().rev().take_while(|t| t.is(b'*')).count();
        let typed = at.checked_sub(stars + 1).is_some_and(|before| {
            self.tokens[before].kind == TokenKind::Ident && word(self.text(before)) != Word::Control
                || self.is(before, b',')
        });
        let ends = [b';', b',', b'='].iter().any(|byte| self.is(at + 1, *byte));
        stars > 0 && typed && ends
    }

    /// Whether the brace at `at` opens what is done again and again.
    fn is_loop(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if self.text(before) == b"do" {
            return true;
        }
        let Some(open) = self.is(before, b')').then(|| self.opening(before)).flatten() else {
            return false;
        };
        let head = open.checked_sub(1).map_or(&[][..], |at| self.text(at));
        !matches!(head, b"if" | b"switch" | b"scoped_guard")
    }

    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..=close).rev() {
            self.look()?;
            depth += usize::from(self.is(at, b')'));
            depth -= usize::from(self.is(at, b'('));
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// Whether one may come from elsewhere to the word at `at`: a label, or a case of the `switch` that
    /// the call is in.
    fn is_label(&self, at: usize, inner: usize) -> bool {
        if self.tokens[at].kind != TokenKind::Ident {
            return false;
        }
        let text = self.text(at);
        if matches!(text, b"case" | b"default") {
            return inner == 0;
        }
        let begins = at.checked_sub(1).is_some_and(|before| {
            [b';', b'{', b'}', b':'].iter().any(|byte| self.is(before, *byte))
        });
        begins && self.is(at + 1, b':')
    }

    /// Whether the statement that begins at `start` is done whatever is the case where it stands.
    fn is_unconditional(&self, start: usize) -> bool {
        let ends = [b';', b'{', b'}', b':'];
        start.checked_sub(1).is_some_and(|before| ends.iter().any(|byte| self.is(before, *byte)))
    }

    /// What the name at `at` has to do with the pointer.
    fn does(&self, at: usize) -> Does {
        let base = self.chain[0].text(self.bytes);
        let is_it = self.tokens[at].kind == TokenKind::Ident && self.text(at) == base;
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        if !is_it || before.is_some_and(is_step) {
            return Does::Nothing;
        }
        // So much of the chain stands there.
        let same = |n: &usize| {
            let (here, there) = (self.tokens.get(at + n), self.chain[*n]);
            here.is_some_and(|t| {
                t.kind == there.kind && t.text(self.bytes) == there.text(self.bytes)
            })
        };
        let mut length = (1..self.chain.len()).take_while(same).count() + 1;
        length -= usize::from(length % 2 == 0);
        let (after, is_whole) = (at + length, length == self.chain.len());
        if self.tokens.get(after).is_some_and(|t| is_step(*t)) || self.is(after, b'[') {
            return Does::Nothing;
        }
        let stars = self.tokens[..at].iter().rev().take_while(|t| t.is(b'*')).count();
        let is_pointed_to = is_whole && length == 1 && stars > 0 && !self.is_declared(at);
        if self.is(after, b'=') && !self.is(after + 1, b'=') {
            return match is_whole {
                _ if is_pointed_to => Does::Nothing,
                true => self.sets(at - stars, after),
                false => Does::Changes,
            };
        }
        let counts = [b'+', b'-'].iter().any(|byte| {
            self.is(after, *byte) && (self.is(after + 1, *byte) || self.is(after + 1, b'='))
        });
        if counts || self.has_address_taken(at) || self.is_handed_on(at, after, is_whole) {
            return Does::Changes;
        }
        Does::Nothing
    }

    /// The address of what begins at `at` is taken.
    fn has_address_taken(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).filter(|before| self.is(*before, b'&')) else {
            return false;
        };
        let ends_value = |t: &Token| {
            t.kind == TokenKind::Number
                || t.kind == TokenKind::Ident && word(t.text(self.bytes)) != Word::Control
                || t.is(b')')
                || t.is(b']')
                || t.is(b'&')
        };
        before.checked_sub(1).is_none_or(|at| !ends_value(&self.tokens[at]))
    }

    /// Whether what stands from `at` to `after` is an argument of what may set the pointer.
    fn is_handed_on(&self, at: usize, after: usize, is_whole: bool) -> bool {
        let is_first = at.checked_sub(1).is_some_and(|before| self.is(before, b'('));
        let is_later = at.checked_sub(1).is_some_and(|before| self.is(before, b','));
        let ends = self.is(after, b',') || self.is(after, b')');
        if !ends || !(is_first || is_later) {
            return false;
        }
        let callee = self.around(at).and_then(|open| open.checked_sub(1));
        let callee = callee.map_or(&[][..], |at| self.text(at));
        let lower = callee.to_ascii_lowercase();
        let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
        let sets = [&b"each"[..], b"swap", b"assign", b"replace", b"store", b"write_once", b"init"];
        if sets.iter().any(|part| has(part)) {
            return true;
        }
        let is_word = word(callee) != Word::Name
            || matches!(callee, b"likely" | b"unlikely")
            || !callee.iter().any(u8::is_ascii_lowercase);
        // What a pointer points to may be set by who gets it, the pointer alone may not.
        !is_whole && !is_word
    }

    /// The bracket whose inside is read at `at`.
    fn around(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..at).rev().take(LONGEST_VALUE) {
            if self.is(at, b')') {
                depth += 1;
            } else if self.is(at, b'(') {
                match depth.checked_sub(1) {
                    Some(left) => depth = left,
                    None => return Some(at),
                }
            }
        }
        None
    }

    /// What the `=` at `equals` sets the pointer to; the declaration or statement has its name at `at`.
    fn sets(&self, at: usize, equals: usize) -> Does {
        let mut start = at;
        // `const struct lamp_ops *ops = …`
        while start > 0 && self.tokens[start - 1].kind == TokenKind::Ident {
            let before = word(self.text(start - 1));
            if before == Word::Control {
                break;
            }
            start -= 1;
        }
        match self.values(equals + 1) {
            Some(values) => Does::Sets(values, start),
            None => Does::Changes,
        }
    }

    /// The names that the value at `from` may be: `&a`, `f`, `x ? &a : &b`; none where it may be anything.
    fn values(&self, from: usize) -> Option<Vec<Token>> {
        let rest = self.tokens.get(from..)?.iter().take(LONGEST_VALUE);
        let (mut depth, mut end, mut chosen) = (0_usize, None, None);
        for (index, token) in rest.enumerate() {
            match token.byte {
                _ if token.kind != TokenKind::Byte => {}
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth > 0 => depth -= 1,
                b';' | b',' | b')' if depth == 0 => {
                    end = Some(from + index);
                    break;
                }
                b'?' if depth == 0 && chosen.is_none() => chosen = Some(from + index + 1),
                _ => {}
            }
        }
        let end = end?;
        let mut names = Vec::new();
        let from = chosen.unwrap_or(from);
        let mut first = from;
        for at in from..=end {
            let ends = at == end || self.is(at, b':');
            if ends {
                names.extend(self.name_of(self.tokens.get(first..at)?)?);
            }
            if ends || self.is(at, b'?') {
                first = at + 1;
            }
        }
        Some(names)
    }

    /// The name that a value is, which may be none.
    fn name_of(&self, value: &[Token]) -> Option<Option<Token>> {
        match value {
            [named] if named.text(self.bytes) == b"NULL" || named.text(self.bytes) == b"0" => {
                Some(None)
            }
            [address, named] if address.is(b'&') && named.kind == TokenKind::Ident => {
                Some(Some(*named))
            }
            [named] if self.is_function() && named.kind == TokenKind::Ident => Some(Some(*named)),
            _ => None,
        }
    }
}

/// Where the path of members begins whose last one is at `at`; none where it is more than names.
fn chain_start(tokens: &[Token], at: usize) -> Option<usize> {
    let mut start = at;
    while let Some(step) = start.checked_sub(1).filter(|step| is_step(tokens[*step])) {
        start = step.checked_sub(1)?;
        if tokens[start].kind != TokenKind::Ident || at - start > LONGEST_CHAIN {
            return None;
        }
    }
    Some(start)
}
