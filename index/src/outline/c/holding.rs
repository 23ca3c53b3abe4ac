//! What is known of a structure's other fields where one of them is called: `if (!ops->stop) return;` comes
//! before it, or `ops->stop &&`, or an `else`.
//!
//! Looked for backwards from the call, out of the brackets and blocks that it is in, over the statements
//! before it. A label ends it, as one may come from anywhere, and what is set in between says nothing.

use std::cell::Cell;
use std::ops::Range;

use crate::lex::{Token, TokenKind};

use super::pointers::is_step;

/// The most tokens and groups that are looked back over.
const MOST_STEPS: usize = 2048;
/// The most looks at tokens for all calls in a body, as a multiple of its tokens.
const MOST_LOOKS: usize = 256;
/// The deepest nesting of conditions.
const DEEPEST: usize = 8;
/// A bracket without the other one.
const NOWHERE: u32 = u32::MAX;

/// A field that is known to be set or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The token that is its name.
    pub(super) field: usize,
    /// Whether it is set.
    pub(super) is_set: bool,
}

/// The tokens of a body, with the brackets that belong together.
pub(super) struct Body<'t> {
    tokens: &'t [Token],
    bytes: &'t [u8],
    partners: Vec<u32>,
    /// How many tokens were looked at.
    looks: Cell<usize>,
}

/// What is looked for from a call.
struct Search {
    /// What stands before the field's `->`.
    receiver: Range<usize>,
    found: Vec<Held>,
    /// A `case` was passed: what is before it in the same block doesn't lead here.
    is_beside: bool,
}

impl<'t> Body<'t> {
    pub(super) fn new(tokens: &'t [Token], bytes: &'t [u8]) -> Self {
        let mut partners = vec![NOWHERE; tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == TokenKind::Byte) {
            match token.byte {
                b'(' | b'[' | b'{' => open.push(at),
                b')' | b']' | b'}' => {
                    if let Some(start) = open.pop() {
                        (partners[start], partners[at]) = (at as u32, start as u32);
                    }
                }
                _ => {}
            }
        }
        Body { tokens, bytes, partners, looks: Cell::new(0) }
    }

    /// What is known of other fields of what `receiver` names where one is called behind it.
    pub(super) fn holding(&self, receiver: Range<usize>) -> Vec<Held> {
        let mut at = receiver.start;
        let mut search = Search { receiver, found: Vec::new(), is_beside: false };
        for _ in 0..MOST_STEPS {
            if self.is_spent() {
                break;
            }
            match at.checked_sub(1).and_then(|last| self.back(last, &mut search)) {
                Some(next) => at = next,
                None => break,
            }
        }
        search.found
    }

    /// Whether so much of the body was looked at that no more is.
    fn is_spent(&self) -> bool {
        self.looks.get() > MOST_LOOKS * self.tokens.len()
    }

    /// Counts tokens that are looked at.
    fn look(&self, tokens: usize) {
        self.looks.set(self.looks.get() + tokens);
    }

    /// Whether one of the words in `names`, and of `field`, is set behind the token `from`, or may be.
    pub(super) fn sets(&self, names: &Range<usize>, field: Option<usize>, from: usize) -> bool {
        self.look(self.tokens.len().saturating_sub(from));
        if self.is_spent() {
            return true;
        }
        let words = names.clone().chain(field).filter(|at| self.is_word(*at));
        let words: Vec<&[u8]> = words.map(|at| self.text(at)).collect();
        (from..self.tokens.len())
            .any(|at| self.is_word(at) && words.contains(&self.text(at)) && self.is_set_at(at))
    }

    /// Whether the word at `at` is set there: `ops = x`, `ops++`, `&ops`, `list_for_each_entry(ops, …)`.
    fn is_set_at(&self, at: usize) -> bool {
        let is = |at: Option<usize>, byte| at.is_some_and(|at| self.is(at, byte));
        let (before, after) = (at.checked_sub(1), Some(at + 1));
        let is_changed = is(after, b'=') && !is(Some(at + 2), b'=');
        let is_counted = [b'+', b'-'].into_iter().any(|sign| {
            is(after, sign) && is(Some(at + 2), sign)
                || is(before, sign) && is(at.checked_sub(2), sign)
        });
        let goes_on = self.tokens.get(at + 1).is_some_and(|t| is_step(*t));
        let is_pair = || at.checked_sub(1).is_some_and(|before| self.is_pair(before, b'&'));
        let is_address = is(before, b'&') && !goes_on && !is_pair();
        let is_each = is(before, b'(') && is(after, b',') && {
            let called = at.checked_sub(2).filter(|at| self.is_word(*at));
            called.is_some_and(|called| {
                memchr::memmem::find(self.text(called), b"for_each").is_some()
            })
        };
        is_changed || is_counted || is_address || is_each
    }

    /// Looks at the token `last`, and says before which one to go on; none where nothing more is known.
    fn back(&self, last: usize, search: &mut Search) -> Option<usize> {
        let token = self.tokens[last];
        if token.kind == TokenKind::Ident {
            return match self.text(last) {
                b"else" => self.back_over_else(last, search),
                _ => Some(last),
            };
        }
        if token.kind != TokenKind::Byte {
            return Some(last);
        }
        match token.byte {
            b')' | b']' => self.back_over_group(last, search),
            b'}' => self.back_over_block(last, search),
            b';' => self.back_over_statement(last, search),
            b'{' => {
                search.is_beside = false;
                Some(last)
            }
            b':' => self.back_over_colon(last, search),
            b'?' => {
                let start = self.operand(last, 0);
                self.hold(start..last, true, search, DEEPEST);
                Some(start)
            }
            b'&' | b'|' if self.is_pair(last, token.byte) => {
                let end = last - 1;
                let start = self.operand(end, if token.byte == b'&' { 2 } else { 1 });
                self.hold(start..end, token.byte == b'&', search, DEEPEST);
                Some(start)
            }
            _ => Some(last),
        }
    }

    /// Brackets before the call: the condition of what it is in, or anything else.
    fn back_over_group(&self, close: usize, search: &mut Search) -> Option<usize> {
        let open = self.partner(close)?;
        match self.word_before(open) {
            b"if" | b"while" if self.is(close, b')') => {
                self.hold(open + 1..close, true, search, DEEPEST);
                Some(open - 1)
            }
            b"for" | b"switch" => Some(open - 1),
            _ => Some(open),
        }
    }

    /// A block before the call: of an `if` whose block leaves, the condition doesn't hold behind it.
    fn back_over_block(&self, close: usize, search: &mut Search) -> Option<usize> {
        let open = self.partner(close)?;
        let Some(before) = open.checked_sub(1) else { return Some(open) };
        if self.is_the_word(before, b"else") {
            return Some(before);
        }
        if !self.is(before, b')') {
            return Some(open);
        }
        let condition = self.partner(before)?;
        let Some(head) = condition.checked_sub(1).filter(|head| self.is_word(*head)) else {
            return Some(condition);
        };
        let is_else = head.checked_sub(1).filter(|at| self.is_the_word(*at, b"else"));
        let is_if = self.text(head) == b"if" && is_else.is_none();
        if is_if && !search.is_beside && self.leaves_at_end(open, close) {
            self.hold(condition + 1..before, false, search, DEEPEST);
        }
        Some(is_else.unwrap_or(head))
    }

    /// A statement before the call: `if (…) return;`.
    fn back_over_statement(&self, end: usize, search: &mut Search) -> Option<usize> {
        let start = self.statement(end);
        let (label, is_case) = self.label(start, end);
        let behind = label.map_or(start, |colon| colon + 1);
        let condition = (behind + 1..end).next().filter(|_| self.is_the_word(behind, b"if"));
        let close = condition.filter(|at| self.is(*at, b'(')).and_then(|at| self.partner(at));
        if let Some(close) = close.filter(|close| !search.is_beside && self.leaves(close + 1)) {
            self.hold(behind + 2..close, false, search, DEEPEST);
        }
        match label {
            Some(_) if !is_case => None,
            Some(_) => {
                search.is_beside = true;
                Some(start)
            }
            None => Some(start),
        }
    }

    /// The `:` of `a ? b : c`, of a `case`, or of a label, which ends it.
    fn back_over_colon(&self, colon: usize, search: &mut Search) -> Option<usize> {
        let mut at = colon;
        for _ in 0..MOST_STEPS {
            at = at.checked_sub(1)?;
            match self.tokens[at].byte {
                b')' | b']' => at = self.partner(at)?,
                b'?' => {
                    let start = self.operand(at, 0);
                    self.hold(start..at, false, search, DEEPEST);
                    return Some(start);
                }
                b';' | b'{' | b'}' | b'(' | b'[' => return None,
                _ if self.is_the_word(at, b"case") || self.is_the_word(at, b"default") => {
                    search.is_beside = true;
                    return Some(at);
                }
                _ => {}
            }
        }
        None
    }

    /// The `else` that the call is in: the condition of its `if` doesn't hold.
    fn back_over_else(&self, at: usize, search: &mut Search) -> Option<usize> {
        let before = at.checked_sub(1)?;
        let head = if self.is(before, b'}') {
            let close = self.partner(before)?.checked_sub(1)?;
            self.is(close, b')').then(|| self.partner(close)).flatten()?.checked_sub(1)?
        } else {
            let start = self.statement(before);
            (start..before).rev().find(|at| self.is_the_word(*at, b"if"))?
        };
        if self.text(head) != b"if" {
            return None;
        }
        let close = self.partner(head + 1)?;
        self.hold(head + 2..close, false, search, DEEPEST);
        Some(head)
    }

    /// Notes what follows from it that a condition holds, or doesn't.
    fn hold(&self, mut range: Range<usize>, truth: bool, search: &mut Search, left: usize) {
        let Some(left) = left.checked_sub(1).filter(|_| !self.is_spent()) else { return };
        self.look(range.len());
        while let Some(inner) = self.unwrapped(&range) {
            range = inner;
        }
        for (byte, each) in [(b'|', false), (b'&', true)] {
            let parts = self.split(&range, byte);
            if parts.len() > 1 {
                if truth == each {
                    parts.into_iter().for_each(|part| self.hold(part, truth, search, left));
                }
                return;
            }
        }
        if self.is(range.start, b'!') {
            let rest = range.start + 1..range.end;
            if !rest.clone().any(|at| self.is(at, b'=')) {
                self.hold(rest, !truth, search, left);
            }
            return;
        }
        let truth = match self.compared_with_null(&range) {
            Some(is_null) => {
                range.end -= 3;
                truth != is_null
            }
            None => truth,
        };
        let length = search.receiver.len();
        let step = range.start + length;
        let is_member = range.len() == length + 2 && is_step(self.tokens[step]);
        let is_same =
            |at: usize| self.text(range.start + at) == self.text(search.receiver.start + at);
        if is_member && self.is_word(step + 1) && (0..length).all(is_same) {
            let field = step + 1;
            let between = field..search.receiver.start;
            if !self.sets(&search.receiver, Some(field), field) && !self.has_label(between) {
                search.found.push(Held { field, is_set: truth });
            }
        }
    }

    /// What is in the brackets that are all of a condition: `(x)`, `likely(x)`.
    fn unwrapped(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let is_hint =
            self.is_the_word(range.start, b"likely") || self.is_the_word(range.start, b"unlikely");
        let open = range.start + usize::from(is_hint);
        let is_all = open + 1 < range.end
            && self.is(open, b'(')
            && self.partner(open) == Some(range.end - 1);
        is_all.then(|| open + 1..range.end - 1)
    }

    /// The parts between `&&`, or `||`, outside of brackets.
    fn split(&self, range: &Range<usize>, byte: u8) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut at) = (Vec::new(), range.start, range.start);
        while at < range.end {
            if self.is(at, b'(') || self.is(at, b'[') {
                at = self.partner(at).map_or(range.end, |close| close + 1);
            } else if at > start && self.is_pair(at, byte) {
                parts.push(start..at - 1);
                (start, at) = (at + 1, at + 1);
            } else {
                at += 1;
            }
        }
        parts.push(start..range.end);
        parts
    }

    /// Whether a condition ends in `== NULL` (true) or `!= NULL` (false).
    fn compared_with_null(&self, range: &Range<usize>) -> Option<bool> {
        let is_compared = range.len() > 4
            && self.is_the_word(range.end - 1, b"NULL")
            && self.is(range.end - 2, b'=');
        match () {
            () if is_compared && self.is(range.end - 3, b'=') => Some(true),
            () if is_compared && self.is(range.end - 3, b'!') => Some(false),
            () => None,
        }
    }

    /// Where the operand begins that ends before `end`: at `&&` and `||` (2), at `||` (1), or at neither.
    fn operand(&self, end: usize, level: u8) -> usize {
        let mut at = end;
        for _ in 0..MOST_STEPS {
            let Some(last) = at.checked_sub(1) else { break };
            let token = self.tokens[last];
            if token.is(b')') || token.is(b']') {
                let Some(open) = self.partner(last) else { break };
                at = open;
                continue;
            }
            let is_pair = |byte: u8| token.is(byte) && self.is_pair(last, byte);
            let ends = token.kind == TokenKind::Byte
                && matches!(token.byte, b'(' | b'[' | b'{' | b'}' | b';' | b',' | b'?' | b':');
            if ends
                || level > 1 && is_pair(b'&')
                || level > 0 && is_pair(b'|')
                || self.is_the_word(last, b"return")
                || self.is_assignment(last)
            {
                break;
            }
            at = last;
        }
        at
    }

    fn is_assignment(&self, at: usize) -> bool {
        let compares = |t: &Token| [b'=', b'!', b'<', b'>'].into_iter().any(|byte| t.is(byte));
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        self.is(at, b'=') && !self.is(at + 1, b'=') && !before.is_some_and(|t| compares(&t))
    }

    /// Where the statement begins whose `;` is at `end`.
    fn statement(&self, end: usize) -> usize {
        let mut at = end;
        while let Some(last) = at.checked_sub(1) {
            let token = self.tokens[last];
            if [b';', b'{', b'}', b'('].into_iter().any(|byte| token.is(byte)) {
                break;
            }
            self.look(1);
            let is_group = token.is(b')') || token.is(b']');
            at = if is_group { self.partner(last).unwrap_or(last) } else { last };
        }
        at
    }

    /// The `:` of the last label at the beginning of a statement, and whether all are of `case`.
    fn label(&self, start: usize, end: usize) -> (Option<usize>, bool) {
        let (mut found, mut is_case, mut at) = (None, true, start);
        loop {
            let case = self.is_the_word(at, b"case") || self.is_the_word(at, b"default");
            let colon = match case {
                true => (at..end).find(|at| self.is(*at, b':')),
                false => Some(at + 1).filter(|next| self.is_word(at) && self.is(*next, b':')),
            };
            let Some(colon) = colon.filter(|colon| *colon < end) else { return (found, is_case) };
            is_case &= case;
            (found, at) = (Some(colon), colon + 1);
        }
    }

    /// Whether one may come from elsewhere to a place in `range`.
    fn has_label(&self, mut range: Range<usize>) -> bool {
        range.any(|at| {
            let begins = at.checked_sub(1).is_some_and(|before| {
                self.is(before, b';') || self.is(before, b'{') || self.is(before, b'}')
            });
            begins && self.is_word(at) && self.is(at + 1, b':') && self.text(at) != b"default"
        })
    }

    /// Whether the statement at `at` goes elsewhere.
    fn leaves(&self, at: usize) -> bool {
        let words: [&[u8]; 4] = [b"return", b"goto", b"break", b"continue"];
        self.is_word(at) && words.contains(&self.text(at))
    }

    /// Whether the last statement of a block goes elsewhere.
    fn leaves_at_end(&self, open: usize, close: usize) -> bool {
        let end = close.checked_sub(1).filter(|end| *end > open && self.is(*end, b';'));
        end.is_some_and(|end| self.leaves(self.statement(end)))
    }

    /// Whether the byte at `at` is the second of two that stand together, as in `&&`.
    fn is_pair(&self, at: usize, byte: u8) -> bool {
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        self.is(at, byte) && before.is_some_and(|t| t.is(byte) && t.end == self.tokens[at].start)
    }

    fn partner(&self, at: usize) -> Option<usize> {
        let partner = self.partners.get(at).copied().filter(|partner| *partner != NOWHERE);
        partner.map(|partner| partner as usize)
    }

    fn word_before(&self, at: usize) -> &'t [u8] {
        let before = at.checked_sub(1).filter(|before| self.is_word(*before));
        before.map_or(b"", |before| self.text(before))
    }

    fn is(&self, at: usize, byte: u8) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(byte))
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Ident)
    }

    fn is_the_word(&self, at: usize, word: &[u8]) -> bool {
        self.is_word(at) && self.text(at) == word
    }

    pub(super) fn text(&self, at: usize) -> &'t [u8] {
        self.tokens.get(at).map_or(b"", |token| token.text(self.bytes))
    }
}
