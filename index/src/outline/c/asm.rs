//! Reads assembler that goes through the preprocessor: symbols by idiom or by `.globl`
//! and label, and the calls and jumps between them. Macros and conditions are C's.

use std::collections::HashSet;

use crate::idiom::Idioms;
use crate::lex::{Token, TokenKind};

use super::super::{FileOutline, Flags, Kind, NO_NAME, UseKind};
use super::words::is_shouted;
use super::{Item, Reader};

/// Reads an assembler file into `out`.
pub(in super::super) fn read_assembler(bytes: &[u8], idioms: &Idioms, out: &mut FileOutline) {
    let mut reader = Reader::new(bytes, idioms, out);
    let mut symbols = Symbols::default();
    let mut line: Vec<Token> = Vec::new();
    while let Some(token) = reader.lexer.next() {
        match token.kind {
            TokenKind::Space => {}
            TokenKind::Comment => reader.comment(token),
            TokenKind::Directive => reader.directive(token),
            _ => {
                let same = line.last().is_none_or(|last| last.line == token.line);
                if !same || token.is(b';') || line.len() > 4096 {
                    reader.assembler_line(&line, &mut symbols);
                    line.clear();
                }
                line.push(token);
            }
        }
    }
    reader.assembler_line(&line, &mut symbols);
    let last = reader.lexer.position().1;
    reader.end_symbol(&mut symbols, last);
}

/// The symbols of the file so far.
#[derive(Default)]
struct Symbols {
    global: HashSet<Vec<u8>>,
    /// The one whose code is being read.
    open: Option<u32>,
}

impl Reader<'_> {
    fn assembler_line(&mut self, line: &[Token], symbols: &mut Symbols) {
        let line = line.strip_prefix(&[]).unwrap_or(line);
        let start = line.iter().take_while(|t| t.is(b';')).count();
        let line = &line[start..];
        let [first, rest @ ..] = line else { return };
        let word = first.text(self.bytes);
        if first.is(b'.') && rest.len() > 1 {
            if matches!(rest[0].text(self.bytes), b"globl" | b"global" | b"weak") {
                let names = rest[1..].iter().filter(|t| t.kind == TokenKind::Ident);
                symbols.global.extend(names.map(|t| t.text(self.bytes).to_vec()));
            }
            return;
        }
        if first.kind != TokenKind::Ident {
            return;
        }
        let ends = word.starts_with(b"SYM_") && memchr::memmem::find(word, b"_END").is_some();
        if ends || matches!(word, b"ENDPROC" | b"END" | b"ENDPIPROC") {
            return self.end_symbol(symbols, first.line);
        }
        if rest.first().is_some_and(|t| t.is(b'(')) && self.symbol_by_idiom(line, symbols) {
            return;
        }
        let label = rest.first().is_some_and(|t| t.is(b':'));
        if label && symbols.global.contains(word) {
            let item = Item {
                tokens: vec![*first],
                doc: self.doc_above(first.line),
                guard: self.guard(),
                ..Item::default()
            };
            self.begin_symbol(&item, word, Flags::default(), symbols);
        }
        let code = if label { &rest[1..] } else { line };
        self.jump(code, symbols);
    }

    fn symbol_by_idiom(&mut self, line: &[Token], symbols: &mut Symbols) -> bool {
        let Some(idiom) = self.idioms.define(line[0].text(self.bytes)) else { return false };
        if idiom.kind != Kind::Asm {
            return false;
        }
        let Some(argument) = line.get(2).filter(|t| t.kind == TokenKind::Ident) else {
            return false;
        };
        let Some(name) = idiom.names.first().and_then(|t| t.fill(&[argument.text(self.bytes)]))
        else {
            return false;
        };
        let flags = if idiom.is_static { Flags::STATIC } else { Flags::default() };
        let item = Item {
            tokens: vec![line[0]],
            doc: self.doc_above(line[0].line),
            guard: self.guard(),
            ..Item::default()
        };
        if let Some(before) = symbols.open.filter(|_| idiom.runs_on) {
            let name = self.sink.intern(&name);
            self.sink.add_use(before, name, UseKind::Call, line[0].line, NO_NAME);
        }
        self.begin_symbol(&item, &name, flags, symbols);
        self.data_of_symbol(line, &name, symbols);
        true
    }

    /// `SYM_DATA(initial_code, .quad x86_64_start_kernel)`: the symbol holds the functions.
    fn data_of_symbol(&mut self, line: &[Token], symbol: &[u8], symbols: &Symbols) {
        let Some(within) = symbols.open else { return };
        let words = line.windows(3).filter(|w| {
            let size = w[1].text(self.bytes);
            w[0].is(b'.') && matches!(size, b"quad" | b"long" | b"word" | b"dword")
        });
        let values: Vec<Token> = words.map(|w| w[2]).collect();
        for value in values.into_iter().filter(|value| value.kind == TokenKind::Ident) {
            let symbol = self.sink.intern(symbol);
            let slot = self.variable_slot(symbol);
            let name = self.sink.intern(value.text(self.bytes));
            self.sink.add_use(within, name, UseKind::Init, value.line, slot);
        }
    }

    fn begin_symbol(&mut self, item: &Item, name: &[u8], flags: Flags, symbols: &mut Symbols) {
        let first = item.tokens[0].line;
        self.end_symbol(symbols, first.saturating_sub(1));
        let name = self.sink.intern(name);
        let definition = self.definition(item, name, Kind::Asm, flags);
        symbols.open = Some(self.sink.define(definition));
    }

    fn end_symbol(&mut self, symbols: &mut Symbols, last: u32) {
        if let Some(open) = symbols.open.take() {
            let definition = &mut self.sink.out.definitions[open as usize];
            definition.last = last.max(definition.first);
        }
    }

    /// `call f`, `bl f`, `jmp f`, and macros used in the place of an instruction.
    fn jump(&mut self, code: &[Token], symbols: &Symbols) {
        let (Some(first), Some(within)) = (code.first(), symbols.open) else { return };
        let comment = code.iter().position(|t| t.is(b'#') || t.is(b'@')).unwrap_or(code.len());
        let code = &code[..comment];
        if first.kind != TokenKind::Ident {
            return;
        }
        let word = first.text(self.bytes);
        let jumps = matches!(
            word,
            b"call"
                | b"callq"
                | b"jmp"
                | b"bl"
                | b"b"
                | b"jal"
                | b"j"
                | b"bsr"
                | b"jsr"
                | b"brasl"
                | b"jg"
                | b"tail"
                | b"la"
                | b"PTR_LA"
        );
        if jumps && code.get(1).is_some_and(|t| t.is(b'*')) {
            // `call *initial_code(%rip)`; what a register holds, nobody knows.
            if let Some(target) = code.get(2).filter(|t| t.kind == TokenKind::Ident) {
                let name = self.sink.intern(target.text(self.bytes));
                let slot = self.variable_slot(name);
                self.sink.add_use(within, slot, UseKind::Indirect, first.line, NO_NAME);
            }
        } else if jumps {
            let mut targets = code.iter().skip(1).filter(|t| t.kind == TokenKind::Ident);
            if let Some(target) = targets.next_back() {
                let name = self.sink.intern(target.text(self.bytes));
                self.sink.add_use(within, name, UseKind::Call, first.line, NO_NAME);
            }
        } else if code.get(1).is_some_and(|t| t.is(b'(')) || is_shouted(word) {
            let name = self.sink.intern(word);
            self.sink.add_use(within, name, UseKind::Call, first.line, NO_NAME);
        }
    }
}
