//! The parameters of a function or a macro, and which of them is a format.

use super::NO_FORMAT;
use super::marked::{gives_nothing, marked_format};
use crate::lex::{Token, TokenKind};

/// The parameters of a function or a macro.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Head<'a> {
    pub(super) names: Vec<&'a [u8]>,
    /// Which is the format, from 1; 0: none.
    pub(super) format: u32,
    /// Whether the last stands for a variable number.
    pub(super) variadic: bool,
    pub(super) is_macro: bool,
    /// Whether the function gives nothing back.
    pub(super) gives_nothing: bool,
}

impl<'a> Head<'a> {
    /// The parameters between a function's brackets, and what stands before its name and around
    /// its head.
    pub(in super::super) fn of_function(
        tokens: &[Token],
        (before, around): (&[Token], &[Token]),
        bytes: &'a [u8],
    ) -> Head<'a> {
        let mut head = Head::default();
        let mut list = false;
        for (number, tokens) in split(tokens).enumerate() {
            let words = || tokens.iter().filter(|t| t.kind == TokenKind::Ident);
            let name = words().next_back().map_or(&b""[..], |t| t.text(bytes));
            let dots = tokens.iter().filter(|t| t.is(b'.')).count() == 3;
            if dots || words().any(|t| t.text(bytes) == b"va_list") {
                list = true;
                head.variadic = dots;
                head.format = number as u32;
            } else if !list && words().any(|t| t.text(bytes) == b"va_format") {
                head.format = number as u32 + 1;
            }
            head.names.push(name);
        }
        if head.format != NO_FORMAT {
            head.gives_nothing = gives_nothing(before, bytes);
            let is_one = |format: &u32| *format as usize <= head.names.len();
            head.format = marked_format(around, bytes).filter(is_one).unwrap_or(head.format);
        }
        head
    }

    /// The parameters of a macro, between its brackets.
    pub(in super::super) fn of_macro(tokens: &[Token], bytes: &'a [u8]) -> Head<'a> {
        let mut head = Head { is_macro: true, ..Head::default() };
        for tokens in split(tokens) {
            let name = tokens.iter().find(|t| t.kind == TokenKind::Ident);
            let dots = tokens.iter().filter(|t| t.is(b'.')).count() == 3;
            head.variadic |= dots;
            head.names.push(name.map_or(&b"__VA_ARGS__"[..], |t| t.text(bytes)));
        }
        head
    }

    /// The name of a function's parameter that is the format.
    pub(super) fn format_name(&self) -> Option<&'a [u8]> {
        let at = self.format.checked_sub(1)?;
        self.names.get(at as usize).copied().filter(|name| !name.is_empty())
    }

    /// The number of the parameter `name`, from 1.
    pub(super) fn param(&self, name: &[u8]) -> Option<u32> {
        let found = self.names.iter().position(|known| *known == name && !name.is_empty())?;
        let number = found as u32 + 1;
        // Of a function's parameters only the format is worth following.
        (self.is_macro || number == self.format).then_some(number)
    }
}

/// Whether a macro's parameter of this name is a format.
pub(super) fn is_format(name: &[u8]) -> bool {
    [&b"fmt"[..], b"format", b"msg"].iter().any(|word| memchr::memmem::find(name, word).is_some())
}

/// The parts between commas outside brackets; none of nothing.
pub(super) fn split(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0usize;
    let parts = tokens.split(move |token| {
        if token.kind == TokenKind::Byte {
            match token.byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        depth == 0 && token.is(b',')
    });
    parts.filter(|part| !part.is_empty())
}
