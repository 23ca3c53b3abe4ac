//! Preprocessor lines: macros and what their bodies use, includes, conditions.

use std::collections::HashSet;

use crate::lex::{Lexer, PlainConstant, Token, TokenKind};

use super::super::mentions::words;
use super::super::{Definition, Flags, Include, Instance, Kind, NO_NAME, NameId};
use super::conditions::CUT;
use super::expand::params_and_body;
use super::walk::Place;
use super::{Depth, Head, Reader};

impl Reader<'_> {
    /// Reads one directive, `#` to the end of its line.
    pub(super) fn directive(&mut self, token: Token) {
        let text = token.text(self.bytes);
        let Some(start) = text[1..].iter().position(|b| !matches!(b, b' ' | b'\t')) else {
            return;
        };
        let word = &text[1 + start..];
        let end = word.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(word.len());
        let (word, rest) = word.split_at(end);
        let at = token.end as usize - rest.len();
        match word {
            b"define" => self.define(token, at),
            b"include" => self.include(rest, token.line),
            b"if" | b"ifdef" | b"ifndef" | b"elif" | b"elifdef" | b"elifndef" | b"else"
            | b"endif" => {
                self.condition(word, rest);
            }
            _ => {}
        }
    }

    fn include(&mut self, rest: &[u8], line: u32) {
        let rest = rest.trim_ascii_start();
        let close = match rest.first() {
            Some(b'"') => b'"',
            Some(b'<') => b'>',
            _ => return,
        };
        if let Some(end) = memchr::memchr(close, &rest[1..]) {
            if self.item.body.is_some()
                && let Some(slot) = self.idioms.called_by_including(&rest[1..1 + end])
            {
                let slot = self.sink.intern(slot);
                self.includes_calls.push((slot, line));
            }
            let path = self.sink.intern(&rest[1..1 + end]);
            self.sink.out.includes.push(Include { path, line, local: close == b'"' });
        }
    }

    fn condition(&mut self, word: &[u8], rest: &[u8]) {
        if self.item.is_invocation() && !(word == b"endif" && self.heads_a_body()) {
            self.finish();
        }
        let depth = self.item.depth;
        match word {
            b"endif" => self.item.depth = self.after_arms(depth, false, None),
            b"else" | b"elif" | b"elifdef" | b"elifndef" => {
                let text = condition_text(word, rest);
                self.item.depth = self.after_arms(depth, true, Some(text));
            }
            _ => {
                let text = condition_text(word, rest);
                if text == b"0" {
                    return self.skip_dead();
                }
                self.conditions.open(text, depth);
            }
        }
    }

    /// Whether the item is `SYSCALL_DEFINE5(…)` or the like, whose body may follow the arms
    /// that choose its head: the last of these gets it.
    fn heads_a_body(&self) -> bool {
        let idiom = self.idioms.define(self.item.tokens[0].text(self.bytes));
        idiom.is_some_and(|idiom| idiom.kind.is_callable())
    }

    fn after_arms(&mut self, depth: Depth, turn: bool, text: Option<Vec<u8>>) -> Depth {
        if !turn {
            return self.conditions.close(depth);
        }
        let text = text.filter(|t| !t.is_empty());
        let begun = !self.item.tokens.is_empty() && self.item.conditions >= self.conditions.len();
        self.conditions.turn(text.as_deref(), depth, begun)
    }

    /// Goes on after the arm of `#if 0`; an `#else` makes the rest live.
    fn skip_dead(&mut self) {
        let (start, first) = self.lexer.position();
        let (mut at, mut line) = (start, first);
        let mut nested = 0usize;
        while let Some(found) = memchr::memchr(b'\n', &self.bytes[at..]) {
            at += found + 1;
            line += 1;
            let rest = self.bytes[at..].trim_ascii_start_blanks();
            let Some(rest) = rest.strip_prefix(b"#") else { continue };
            let word = rest.trim_ascii_start_blanks();
            if word.starts_with(b"if") {
                nested += 1;
            } else if word.starts_with(b"endif") {
                if nested == 0 {
                    self.conditions.open(Vec::new(), self.item.depth);
                    break;
                }
                nested -= 1;
            } else if nested == 0 && word.starts_with(b"el") {
                // The live arm counts as the first one.
                self.conditions.open(Vec::new(), self.item.depth);
                let end =
                    memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n);
                at = end;
                break;
            }
            if at >= self.bytes.len() {
                break;
            }
        }
        let at = if memchr::memchr(b'\n', &self.bytes[at..]).is_none() && nested > 0 {
            self.bytes.len()
        } else {
            at
        };
        if let Some(about) = &mut self.about {
            let mut lexer = Lexer::new(&self.bytes[..at]);
            lexer.resume_at(start, first);
            words(lexer, &self.bytes[..at], about.name, &mut about.lines);
        }
        self.lexer.resume_at(at, line);
    }

    /// Of a macro in an `#else` something else may be meant, which the other arm declares; where the
    /// file itself defines that, it hides what others have. One that is in no kernel hides nothing.
    pub(super) fn settle_yielding(&mut self) {
        let definitions = &mut self.sink.out.definitions;
        for number in std::mem::take(&mut self.in_no_kernel) {
            if let Some(known) = definitions.get_mut(number) {
                known.flags.set(Flags::WEAK);
            }
        }
        if self.yielding.is_empty() {
            return;
        }
        let hides =
            |d: &Definition| d.kind.is_callable() || matches!(d.kind, Kind::Macro | Kind::Constant);
        let firm = definitions.iter().filter(|d| hides(d) && !d.flags.has(Flags::WEAK));
        let firm: HashSet<NameId> = firm.map(|d| d.name).collect();
        for number in std::mem::take(&mut self.yielding) {
            if let Some(known) = definitions.get_mut(number).filter(|d| firm.contains(&d.name)) {
                known.flags.clear(Flags::WEAK);
            }
        }
    }

    /// The flags of a macro that is defined next.
    fn macro_flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        let number = self.sink.out.definitions.len();
        if self.is_in_no_kernel() {
            self.in_no_kernel.push(number);
        } else if self.conditions.is_other_arm() {
            flags.set(Flags::WEAK);
            self.yielding.push(number);
        }
        flags
    }

    /// A macro that stands for numbers: what [`Reader::define`] makes of it, in short.
    pub(super) fn define_plain(&mut self, PlainConstant { name, line }: PlainConstant) {
        if self.begins_header(name, line) {
            return;
        }
        if let Some(about) = &mut self.about {
            if name != about.name {
                return;
            }
            about.lines.push(line);
        }
        let doc = if self.item.tokens.is_empty() { self.doc_above(line) } else { 0 };
        let guard = self.guard();
        let name = self.sink.new_name(name);
        let flags = self.macro_flags();
        self.sink.define(Definition {
            name,
            kind: Kind::Constant,
            flags,
            first: line,
            last: line,
            doc,
            guard,
            params: NO_NAME,
        });
    }

    /// Whether defining `name` at `line` is the header's guard against being included twice;
    /// and notes when it makes the includes after it into tables.
    fn begins_header(&mut self, name: &[u8], line: u32) -> bool {
        let is_first = self.sink.out.definitions.is_empty() && !self.has_defined;
        self.has_defined = true;
        if is_first && self.conditions.last_is_absence_of(name) {
            self.conditions.mark_include_guard();
            return true;
        }
        if self.idioms.instantiates().iter().any(|i| i.when.as_bytes() == name) {
            let name = self.sink.intern(name);
            self.sink.out.instances.push(Instance { name, line });
        }
        false
    }

    /// `#define name(params) body`, read from `at`, right after the word `define`.
    fn define(&mut self, token: Token, at: usize) {
        let end = token.end as usize;
        let mut lexer = Lexer::within(self.bytes, at, end, token.line);
        let Some(name_token) = lexer.next_meaning(|_| {}).filter(|t| t.kind == TokenKind::Ident)
        else {
            return;
        };
        let bytes = self.bytes;
        let name = name_token.text(bytes);
        let function_like = bytes[..end].get(name_token.end as usize) == Some(&b'(');
        if !function_like && self.begins_header(name, token.line) {
            return;
        }
        self.has_defined = true;
        let name = self.sink.intern(name);
        let doc = if self.item.tokens.is_empty() { self.doc_above(token.line) } else { 0 };
        let lines = memchr::memchr_iter(b'\n', token.text(bytes)).count() as u32;
        let guard = self.guard();
        let flags = self.macro_flags();
        let within = self.sink.define(Definition {
            name,
            kind: if function_like { Kind::Macro } else { Kind::Constant },
            flags,
            first: token.line,
            last: token.line + lines,
            doc,
            guard,
            params: NO_NAME,
        });
        let mut body = std::mem::take(&mut self.walk.macro_body);
        body.clear();
        while let Some(token) = lexer.next_meaning(|_| {}) {
            body.push(token);
        }
        if function_like {
            self.note_maker(name, &body);
            self.note_entry(name_token.text(bytes), &body);
            self.note_pasting(name_token.text(bytes), &body);
        } else {
            self.note_word(name, &body);
        }
        if self.concerns(&body)
            && (function_like || body.iter().any(|t| t.kind == TokenKind::Ident))
        {
            self.macro_body(within, &body, function_like);
        }
        self.printing_macro(name_token.text(bytes), &body, function_like, token.line);
        self.walk.macro_body = body;
    }

    /// Notes what the macro `name` prints, or the text that it stands for.
    fn printing_macro(&mut self, name: &[u8], tokens: &[Token], function_like: bool, line: u32) {
        let parts = if function_like { params_and_body(tokens) } else { None };
        let (params, body) = parts.unwrap_or((&[], tokens));
        if self.about.is_some() {
            return;
        }
        let head = Head::of_macro(params, self.bytes);
        self.gather.text_macro((name, false), &head, body, self.bytes, line);
        self.gather.body(name, &head, body, self.bytes);
    }

    fn macro_body(&mut self, within: u32, tokens: &[Token], function_like: bool) {
        self.sink.enter();
        let mut start = 0;
        if function_like {
            let close = tokens.iter().position(|t| t.is(b')')).unwrap_or(tokens.len());
            let function = self.sink.out.definitions[within as usize].name;
            let params = tokens[..close].iter().filter(|t| t.kind == TokenKind::Ident);
            for (number, token) in (1..).zip(params) {
                let text = token.text(self.bytes);
                let param = self.sink.intern(text);
                self.sink.set_local(param, NO_NAME);
                if self.is_callback(text) {
                    self.set_callable_parameter(param, function, number);
                }
            }
            let params = tokens.get(1..close).unwrap_or_default();
            self.sink.out.definitions[within as usize].params = NO_NAME;
            let text = self.plain_text(params);
            self.sink.out.definitions[within as usize].params = text;
            start = (close + 1).min(tokens.len());
        }
        self.walk_code(&tokens[start..], Place::macro_body(within));
        self.note_parts_of_macro(within, &tokens[start..]);
        self.note_given_by_macro(&tokens[start..], within);
    }
}

/// More of a condition is not kept: nobody reads it.
const LONGEST_CONDITION: usize = 400;

/// The condition of an `#if` line, blanks made single and continuations taken out.
pub(super) fn condition_text(word: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut lexer = Lexer::within(rest, 0, rest.len(), 1);
    let mut end = None;
    while let Some(token) = lexer.next_meaning(|_| {}) {
        if end.is_some_and(|end| token.start > end) {
            text.push(b' ');
        }
        if text.len() + token.text(rest).len() > LONGEST_CONDITION {
            text.extend_from_slice(CUT);
            break;
        }
        text.extend_from_slice(token.text(rest));
        end = Some(token.end);
    }
    match word {
        b"ifdef" | b"elifdef" => [b"defined(", &text[..], b")"].concat(),
        b"ifndef" | b"elifndef" => [b"!defined(", &text[..], b")"].concat(),
        b"else" => Vec::new(),
        _ => text,
    }
}

trait Blanks {
    fn trim_ascii_start_blanks(&self) -> &[u8];
}

impl Blanks for [u8] {
    /// Without blanks and tabs at the start, line ends kept.
    fn trim_ascii_start_blanks(&self) -> &[u8] {
        let start = self.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(self.len());
        &self[start..]
    }
}
