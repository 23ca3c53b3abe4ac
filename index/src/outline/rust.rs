//! Reads Rust files: which functions they define, where each ends, and which calls are sure:
//! those of C through `bindings::`, and those of functions of the same file.
//!
//! Other calls go through paths and traits, which text alone does not resolve.

use std::collections::HashSet;

use crate::lex::{Lexer, Token, TokenKind};

use super::names::{Interner, NameId};
use super::{Definition, FileOutline, Flags, Kind, NO_NAME, Use, UseKind};

/// Functions nested deeper than this are not told from the one around them.
const DEEPEST: usize = 64;

/// Reads a Rust file into `out`.
pub(super) fn read(bytes: &[u8], out: &mut FileOutline) {
    let mut interner = Interner::default();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut depth = 0usize;
    let mut declared: Option<usize> = None;
    let mut before: Option<Token> = None;
    let mut exported = false;
    let mut calls: Vec<Use> = Vec::new();
    let mut bound = false;
    let mut lexer = Lexer::new(bytes);
    while let Some(mut token) = lexer.next_meaning(|_| {}) {
        if token.kind == TokenKind::Char && !is_char(token.text(bytes)) {
            // A lifetime: only the quote is passed over.
            let (at, line) = (token.start as usize + 1, token.line);
            lexer.resume_at(at, line);
            token.end = token.start + 1;
        }
        if token.kind == TokenKind::Directive {
            // An attribute: only the `#` is passed over.
            lexer.resume_at(token.start as usize + 1, token.line);
            continue;
        }
        let is_fn = before.is_some_and(|t| t.text(bytes) == b"fn");
        if is_fn && token.kind == TokenKind::Ident {
            let name = interner.intern(&mut out.names, token.text(bytes));
            declared = Some(out.definitions.len());
            out.definitions.push(Definition {
                name,
                kind: Kind::RustFunction,
                flags: if exported { Flags::EXTERN } else { Flags::default() },
                first: token.line,
                last: token.line,
                doc: 0,
                guard: NO_NAME,
                params: NO_NAME,
            });
            exported = false;
        } else if token.is(b'(') {
            let name = before.filter(|t| t.kind == TokenKind::Ident);
            if let (Some(name), Some((within, _))) = (name, open.last()) {
                let used = interner.intern(&mut out.names, name.text(bytes));
                let call = Use {
                    name: used,
                    kind: UseKind::Call,
                    runs: false,
                    line: name.line,
                    within: *within as u32,
                    via: NO_NAME,
                };
                if bound { out.uses.push(call) } else { calls.push(call) }
            }
        } else if token.is(b'{') {
            depth += 1;
            if let Some(index) = declared.take().filter(|_| open.len() < DEEPEST) {
                open.push((index, depth));
            }
        } else if token.is(b'}') {
            if let Some((index, _)) = open.pop_if(|(_, at)| *at == depth) {
                out.definitions[index].last = token.line;
            }
            depth = depth.saturating_sub(1);
        } else if token.is(b';') {
            declared = None;
        }
        if token.kind == TokenKind::Ident {
            let text = token.text(bytes);
            exported |= matches!(text, b"no_mangle" | b"export");
            bound = bytes[..token.start as usize].ends_with(b"bindings::");
        }
        before = Some(token);
    }
    let own: HashSet<NameId> = out.definitions.iter().map(|d| d.name).collect();
    out.uses.extend(calls.into_iter().filter(|call| own.contains(&call.name)));
}

/// Whether a quoted text is one character, not a lifetime's quote up to the next one.
fn is_char(text: &[u8]) -> bool {
    text.len() > 2 && text.ends_with(b"'") && (text.len() <= 6 || text.starts_with(b"'\\"))
}
