//! Macros of the file itself that make definitions: `#define MY_ATTR(x) … x##_attr = …`.
//!
//! Where such a macro is used at the top level, its body is written out and read like any
//! other text, so that what it defines and registers is known by its real name. Macros of
//! other files need an idiom: one file is all that is read here.

use std::collections::HashMap;

use crate::lex::{Lexer, Token, TokenKind};

use super::super::{Definition, FileOutline, Kind, NO_NAME, NOWHERE, NameId, Use};
use super::{Item, Reader};

/// Bytes written out for one file at most, so that time stays linear.
const WRITTEN_OUT: usize = 1 << 20;

/// Macros inside macros followed at most.
const DEEPEST: usize = 4;

/// A macro that may make definitions.
#[derive(Clone)]
pub(super) struct Maker {
    params: Vec<Vec<u8>>,
    body: Vec<u8>,
}

/// The makers of a file.
#[derive(Clone, Default)]
pub(super) struct Makers {
    known: HashMap<Vec<u8>, Maker>,
    written: usize,
    depth: usize,
}

impl Maker {
    /// The body with `given` in the place of the parameters.
    fn write_out(&self, given: &[Vec<u8>]) -> Vec<u8> {
        let value = |name: &[u8]| {
            if name == b"__VA_ARGS__" {
                return Some(given.get(self.params.len()..).unwrap_or_default().join(&b','));
            }
            let at = self.params.iter().position(|p| p == name)?;
            Some(given.get(at).cloned().unwrap_or_default())
        };
        let mut out: Vec<u8> = Vec::new();
        let mut pasting = false;
        let mut quoting = false;
        let mut lexer = Lexer::within(&self.body, 0, self.body.len(), 1);
        let mut end = 0;
        while let Some(token) = lexer.next_meaning(|_| {}) {
            if token.kind == TokenKind::Paste {
                pasting = true;
                continue;
            }
            if token.start > end && !pasting {
                out.push(b' ');
            }
            (end, pasting) = (token.end, false);
            let text = token.text(&self.body);
            quoting = match (token.is(b'#'), token.kind == TokenKind::Ident) {
                (true, _) => true,
                (false, true) => {
                    let text = value(text).unwrap_or_else(|| text.to_vec());
                    if quoting {
                        out.extend([&b"\""[..], &text, b"\""].concat())
                    } else {
                        out.extend(text)
                    }
                    false
                }
                _ => {
                    out.extend_from_slice(text);
                    false
                }
            };
        }
        out
    }
}

impl Reader<'_> {
    /// Remembers a macro that pastes names or uses a macro known by idiom; `tokens` are what
    /// follows its name.
    pub(super) fn note_maker(&mut self, name: &[u8], tokens: &[Token]) {
        let Some(close) = tokens.iter().position(|t| t.is(b')')) else { return };
        let (Some(first), Some(last)) = (tokens.get(close + 1), tokens.last()) else { return };
        let word = first.text(self.bytes);
        let by_idiom =
            || self.idioms.define(word).is_some() || self.idioms.register(word).is_some();
        let declares = tokens[close + 1..].iter().any(|t| t.kind == TokenKind::Paste)
            && first.kind == TokenKind::Ident;
        if !declares && !by_idiom() {
            return;
        }
        let params = tokens[..close].iter().filter(|t| t.kind == TokenKind::Ident);
        let params = params.map(|t| t.text(self.bytes).to_vec()).collect();
        let body = self.bytes[first.start as usize..last.end as usize].to_vec();
        self.makers.known.insert(name.to_vec(), Maker { params, body });
    }

    /// Reads what the file's own macro `word` makes of `arguments`; false if it is none.
    pub(super) fn read_expanded(
        &mut self,
        item: &Item,
        word: &[u8],
        arguments: &[Vec<u8>],
    ) -> bool {
        let Some(maker) = self.makers.known.get(word) else { return false };
        if self.makers.depth >= DEEPEST {
            return false;
        }
        let mut text = maker.write_out(arguments);
        self.makers.written += text.len();
        if self.makers.written > WRITTEN_OUT {
            return false;
        }
        text.push(b';');
        let mut made = FileOutline::default();
        let mut reader = Reader::new(&text, self.idioms, &mut made);
        reader.makers = std::mem::take(&mut self.makers);
        reader.makers.depth += 1;
        reader.read();
        let mut makers = std::mem::take(&mut reader.makers);
        makers.depth -= 1;
        self.makers = makers;
        self.merge(item, &made);
        true
    }

    /// Adds what a macro made, as if it stood where the macro is used.
    fn merge(&mut self, item: &Item, made: &FileOutline) {
        let ids: Vec<NameId> =
            (0..made.names.len() as u32).map(|id| self.sink.intern(made.name(id))).collect();
        let id = |name: NameId| if name == NO_NAME { NO_NAME } else { ids[name as usize] };
        let mut numbers = Vec::with_capacity(made.definitions.len());
        for definition in &made.definitions {
            numbers.push(if definition.kind == Kind::File {
                self.sink.file_scope()
            } else {
                self.sink.define(Definition {
                    name: id(definition.name),
                    first: item.tokens[0].line,
                    last: item.tokens[item.tokens.len() - 1].line,
                    doc: item.doc,
                    guard: item.guard,
                    params: id(definition.params),
                    ..*definition
                })
            });
        }
        let line = item.tokens[0].line;
        let uses = made.uses.iter().map(|used| Use {
            name: id(used.name),
            via: id(used.via),
            line,
            within: numbers.get(used.within as usize).copied().unwrap_or(NOWHERE),
            ..*used
        });
        self.sink.out.uses.extend(uses);
    }
}
