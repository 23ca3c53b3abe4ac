//! Finds out from the tokens before a `{` or `;` what is being declared, and its name.

use crate::idiom::Idioms;
use crate::lex::{Lexer, Token, TokenKind};

use super::words::{Word, word};

/// A bracket group at the top level of an item: indexes of `(` and `)`; `close` is 0 while open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) open: usize,
    pub(super) close: usize,
}

/// What a top-level `{` opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The body of a function whose name and parameters are these tokens.
    Function { name: usize, params: Group, typed: bool },
    /// The members of a struct, union or enum.
    Aggregate,
    /// The value of a variable.
    Initializer,
    /// `extern "C" {`: what is inside is at the top level too.
    Transparent,
    /// None of these.
    Unknown,
}

/// What the `{` after `head` opens.
pub(super) fn shape(
    head: &[Token],
    groups: &[Group],
    equals: Option<usize>,
    bytes: &[u8],
    idioms: &Idioms,
) -> Shape {
    if equals.is_some() {
        return Shape::Initializer;
    }
    if let [.., word, language] = head
        && word.text(bytes) == b"extern"
        && language.kind == TokenKind::Str
    {
        return Shape::Transparent;
    }
    if is_aggregate(head, bytes, idioms) {
        return Shape::Aggregate;
    }
    match function(head, groups, bytes, idioms) {
        Some((name, params, typed)) => Shape::Function { name, params, typed },
        None => Shape::Unknown,
    }
}

/// Whether the head ends in `struct x`, `enum`, or these with attributes between.
fn is_aggregate(head: &[Token], bytes: &[u8], idioms: &Idioms) -> bool {
    // From the end, over `__attribute__((…))` and words, to the tag word.
    let mut depth = 0usize;
    let mut words = 0;
    for (index, token) in head.iter().enumerate().rev().take(64) {
        if token.is(b')') {
            depth += 1;
        } else if token.is(b'(') {
            depth = depth.saturating_sub(1);
            let before = index.checked_sub(1).map_or(&b""[..], |i| head[i].text(bytes));
            if depth == 0 && !idioms.is_attribute(before) {
                return false;
            }
        } else if depth == 0 {
            match token.kind {
                TokenKind::Ident if word(token.text(bytes)) == Word::Tag => return true,
                TokenKind::Ident => words += 1,
                TokenKind::Byte if token.byte == b':' => words = 0,
                _ => return false,
            }
            if words > 3 {
                return false;
            }
        }
    }
    false
}

/// The name, the parameters, and whether a type stands before the name of the function
/// that `head` declares.
pub(super) fn function(
    head: &[Token],
    groups: &[Group],
    bytes: &[u8],
    idioms: &Idioms,
) -> Option<(usize, Group, bool)> {
    let mut fallback = None;
    for group in groups.iter().filter(|g| g.close > g.open && g.open > 0 && g.close < head.len()) {
        let name = group.open - 1;
        let pointer = head.get(group.open + 1).is_some_and(|t| t.is(b'*'));
        if pointer && head.get(group.close + 1).is_some_and(|t| t.is(b'(')) {
            // `void (*f(int))(void)`, or a pointer, which is no function.
            return returns_pointer(head, *group, bytes).map(|(name, params)| (name, params, true));
        }
        if let Some(params) = bracketed(head, groups, *group, bytes) {
            return Some((group.open + 1, params, true));
        }
        let text = head[name].text(bytes);
        if head[name].kind != TokenKind::Ident
            || word(text) != Word::Name
            || idioms.is_attribute(text)
        {
            continue;
        }
        if continues_as_type(head, group.close + 1, bytes) {
            continue;
        }
        // `void module_add_driver(…) {` is no use of the macro `module_*_driver`.
        let is_macro = idioms.define(text).is_some() && !text[0].is_ascii_lowercase();
        let typed = name > 0 && is_type_end(head[name - 1], bytes) && !is_macro;
        if typed {
            return Some((name, *group, true));
        }
        fallback.get_or_insert((name, *group, false));
    }
    fallback
}

/// The parameters of `int (name)(params)`, where `group` is the name's.
fn bracketed(head: &[Token], groups: &[Group], group: Group, bytes: &[u8]) -> Option<Group> {
    let before = head[group.open - 1];
    let typed = before.is(b'*') || word(before.text(bytes)) == Word::Type;
    let name = head[group.open + 1];
    let alone = group.close == group.open + 2 && name.kind == TokenKind::Ident;
    let params = groups.iter().find(|g| g.open == group.close + 1 && g.close > g.open)?;
    (typed && alone && word(name.text(bytes)) == Word::Name).then_some(*params)
}

/// The name and parameters in `(*name(params))`.
fn returns_pointer(head: &[Token], group: Group, bytes: &[u8]) -> Option<(usize, Group)> {
    let inside = group.open + 1..group.close;
    let name = inside
        .clone()
        .find(|i| head[*i].kind == TokenKind::Ident && word(head[*i].text(bytes)) == Word::Name)?;
    if !head.get(name + 1)?.is(b'(') {
        return None;
    }
    Some((name, Group { open: name + 1, close: closing(head, name + 1, group.close)? }))
}

/// Index of the bracket that closes the one at `open`, before `end`.
pub(super) fn closing(tokens: &[Token], open: usize, end: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().take(end).skip(open) {
        if token.kind == TokenKind::Byte {
            match token.byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// Whether a name may follow this token as the name declared.
fn is_type_end(token: Token, bytes: &[u8]) -> bool {
    match token.kind {
        TokenKind::Ident => word(token.text(bytes)) != Word::Qualifier,
        TokenKind::Byte => token.byte == b'*' || token.byte == b')',
        _ => false,
    }
}

/// Whether a declaration goes on with a type and a name in `text`, which stands behind the brackets of a
/// word: then the word is an attribute, as in `static __alloc_size(1) void *f(…)`.
pub fn declares_behind(text: &[u8]) -> bool {
    let tokens: Vec<Token> = Lexer::new(text).meaning().take(LOOKED_AT).collect();
    continues_as_type(&tokens, 0, text)
}

/// The most tokens that are looked at to tell whether a declaration goes on.
const LOOKED_AT: usize = 12;

/// Whether a declaration goes on after `at` with a type and a name: what came was an attribute.
fn continues_as_type(head: &[Token], at: usize, bytes: &[u8]) -> bool {
    let mut words = 0;
    for token in head.iter().skip(at).take(LOOKED_AT) {
        match token.kind {
            TokenKind::Ident => {
                let text = token.text(bytes);
                if matches!(word(text), Word::Type | Word::Tag) || text == b"static" {
                    return true;
                }
                words += usize::from(!text.starts_with(b"__"));
            }
            TokenKind::Byte if token.byte == b'*' => return words > 0,
            TokenKind::Byte if token.byte == b'(' => return words > 1,
            _ => return false,
        }
    }
    false
}
