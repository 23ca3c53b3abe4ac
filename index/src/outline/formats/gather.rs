//! Walks the tokens of a body or a macro and notes the calls that have a text among their
//! arguments. One pass, with a stack of open brackets, for any tokens.

use std::collections::{HashMap, HashSet};

use super::arguments::known;
use super::buffer::{buffer, handed_on};
use super::head::{Head, is_format, split};
use super::marked::{gives_nothing, marked_format};
use super::template::{
    CLOSE, NAME, OPEN, PARAM, QUOTED, UNKNOWN, put_literal, put_name, put_param,
};
use super::{Level, NO_FORMAT, put, put_text};
use crate::lex::{Token, TokenKind};

/// Brackets nested deeper are not looked into.
const DEEPEST: usize = 64;
/// A text longer than this is cut: no line of a log is.
const LONGEST: usize = 4096;

/// An open bracket.
struct Open {
    /// The index of the callee's name.
    callee: Option<usize>,
    argument: u32,
    /// Where the argument begins.
    start: usize,
    /// Whether it has a text in it.
    has_text: bool,
    level: u8,
    /// Where the arguments end.
    ends: Vec<usize>,
    /// The texts found: which argument, and where it is in the buffer.
    texts: Vec<(u32, Vec<u8>)>,
    /// Where the argument ends that is a `%s` alone.
    bare: Option<usize>,
}

/// Collects what one file says of printing.
#[derive(Default)]
pub(in super::super) struct Gather {
    names: HashMap<Vec<u8>, u32>,
    callees: Vec<u8>,
    printings: (u32, Vec<u8>),
    calls: (u32, Vec<u8>),
    macros: (u32, Vec<u8>),
    marked: (u32, Vec<u8>),
    /// The macros in which something was found: a use of one may print without a text.
    printing_macros: HashSet<Vec<u8>>,
    line: u32,
}

/// Tokens that are read, and in what.
struct Body<'t, 'a> {
    tokens: &'t [Token],
    bytes: &'a [u8],
    head: &'t Head<'a>,
    /// A variable whose `fmt` is set to the format.
    list: Option<&'a [u8]>,
    /// A variable that the format is written to with its arguments.
    buffer: Option<&'a [u8]>,
}

impl Gather {
    /// What was found, as bytes; none where nothing was.
    pub(in super::super) fn finish(self, includes: &[&[u8]]) -> Vec<u8> {
        if self.calls.0 == 0 && self.macros.0 == 0 && self.marked.0 == 0 {
            return Vec::new();
        }
        let mut out = Vec::new();
        let callees = (self.names.len() as u32, self.callees);
        for (count, bytes) in [&self.printings, &callees, &self.calls, &self.macros, &self.marked] {
            put(&mut out, *count);
            out.extend(bytes);
        }
        put(&mut out, includes.len() as u32);
        includes.iter().for_each(|path| put_text(&mut out, path));
        out
    }

    /// Notes a function that is declared with a variable number of arguments, if it is said to take
    /// a format: `head` is the declaration, in which its name is at `name`.
    pub(in super::super) fn declared(&mut self, head: &[Token], name: usize, bytes: &[u8]) {
        let Some(format) = marked_format(head, bytes) else { return };
        let nothing = gives_nothing(&head[..name], bytes);
        self.marked.0 += 1;
        put_text(&mut self.marked.1, head[name].text(bytes));
        put(&mut self.marked.1, format << 1 | u32::from(nothing));
    }

    /// Notes the calls in `tokens`, the body of the function or macro `name`.
    pub(in super::super) fn body(
        &mut self,
        name: &[u8],
        head: &Head<'_>,
        tokens: &[Token],
        bytes: &[u8],
    ) {
        let hands_on = head.format != NO_FORMAT || head.is_macro && head.variadic;
        let named = head.names.iter().any(|name| is_format(name));
        let quotes = |t: &Token| t.kind == TokenKind::Str || head.is_macro && t.is(b'#');
        let uses = |t: &Token| {
            let word = t.text(bytes);
            t.kind == TokenKind::Ident && (prints_first(word) || self.prints_alone(word))
        };
        if !hands_on && !named && !tokens.iter().any(quotes) && !tokens.iter().any(uses) {
            return;
        }
        let list = list_of(head, tokens, bytes);
        let format = head.format_name().filter(|_| head.gives_nothing);
        let buffer = format.and_then(|format| buffer(format, tokens, bytes));
        let before = self.calls.0;
        self.walk(&Body { tokens, bytes, head, list, buffer });
        if self.calls.0 > before {
            if head.is_macro {
                self.printing_macros.insert(name.to_vec());
            }
            self.printings.0 += 1;
            put_text(&mut self.printings.1, name);
            put(&mut self.printings.1, head.format << 1 | u32::from(head.is_macro));
        }
    }

    /// Notes the macro or the variable `name`, if it stands for a text; `shared` says that other files can name it.
    pub(in super::super) fn text_macro(
        &mut self,
        (name, shared): (&[u8], bool),
        head: &Head<'_>,
        tokens: &[Token],
        bytes: &[u8],
        line: u32,
    ) {
        let short = tokens.len() <= 24;
        let has_text = tokens.iter().any(|t| t.kind == TokenKind::Str);
        if !short || !(has_text || name.ends_with(b"_fmt")) {
            return;
        }
        let mut text = Vec::new();
        if put_template(
            &Body { tokens, bytes, head, list: None, buffer: None },
            0..tokens.len(),
            &mut text,
        ) {
            self.macros.0 += 1;
            put_text(&mut self.macros.1, name);
            put(&mut self.macros.1, line << 1 | u32::from(shared));
            put_text(&mut self.macros.1, &text);
        }
    }

    fn walk(&mut self, body: &Body) {
        let tokens = body.tokens;
        let mut open: Vec<Open> = Vec::new();
        let mut deeper = 0usize;
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Str => {
                    if let Some(top) = open.last_mut() {
                        top.has_text = true;
                    }
                }
                TokenKind::Ident => {
                    let Some(top) = open.last_mut() else { continue };
                    let word = token.text(body.bytes);
                    if word.starts_with(b"KERN_") {
                        top.level = level(word);
                    } else if body.hands_on(word, at) || body.is_printed(top.callee, at) {
                        // Also in brackets of its own: `(fmt)`.
                        top.has_text = true;
                    }
                }
                TokenKind::Byte => match token.byte {
                    b'(' | b'[' | b'{' if open.len() >= DEEPEST => deeper += 1,
                    b')' | b']' | b'}' if deeper > 0 => deeper -= 1,
                    b'(' => open.push(Open::new(body.callee(at), at + 1)),
                    b'[' | b'{' => open.push(Open::new(None, at + 1)),
                    b',' => {
                        if let Some(top) = open.last_mut() {
                            top.end_argument(body, at);
                            top.argument += 1;
                            top.start = at + 1;
                        }
                    }
                    // A call that was never closed.
                    b';' => {
                        while open.last().is_some_and(|top| top.callee.is_some()) {
                            open.pop();
                        }
                    }
                    b')' | b']' | b'}' => {
                        let Some(mut top) = open.pop() else { continue };
                        top.end_argument(body, at);
                        self.close(body, &top, at);
                        if let Some(around) = open.last_mut() {
                            // `pr_fmt("…")`, `("…")`
                            let plain = top.argument == 1 && token.is(b')');
                            around.has_text |= plain && !top.texts.is_empty();
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Notes a call that is closed by the token at `end`.
    fn close(&mut self, body: &Body, call: &Open, end: usize) {
        let Some(callee) = call.callee else { return };
        let name = body.called(callee);
        let lines = (body.tokens[callee].line, body.tokens[end].line);
        for (argument, text) in call.texts.iter().filter(|(_, text)| may_print(name, text)) {
            let named = call.bare.and_then(|end| body.named_text(text, end));
            let known = call.known_of(body, *argument, text);
            let text = named.as_deref().unwrap_or(text);
            self.note(name, lines, (*argument, call.level), (text, &known));
        }
        if let Some(buffer) = body.buffer {
            self.note_buffer(body, call, (callee, end), buffer);
        }
        if self.prints_alone(name) {
            let first = body.tokens.get(callee + 2..end).unwrap_or_default();
            self.note(name, lines, (0, call.level), (&source(first, body.bytes), &[]));
        }
    }

    /// Notes a call that prints the buffer that the format was written to: the format is handed on.
    fn note_buffer(
        &mut self,
        body: &Body,
        call: &Open,
        (callee, end): (usize, usize),
        buffer: &[u8],
    ) {
        let name = body.called(callee);
        let lines = (body.tokens[callee].line, body.tokens[end].line);
        for (argument, text) in &call.texts {
            let Some(behind) = call.ends.get(*argument as usize - 1) else { continue };
            let behind = body.tokens.get(behind + 1..=end).unwrap_or_default();
            let format = body.head.format;
            if let Some(text) = handed_on(text, behind, body.bytes, buffer, format) {
                self.note(name, lines, (*argument, call.level), (&text, &[]));
            }
        }
    }

    fn note(
        &mut self,
        name: &[u8],
        (line, last): (u32, u32),
        (argument, level): (u32, u8),
        (text, known): (&[u8], &[u8]),
    ) {
        let callee = self.callee(name);
        let out = &mut self.calls.1;
        self.calls.0 += 1;
        put(out, self.printings.0);
        put(out, callee);
        let delta = line.wrapping_sub(self.line) as i32;
        put(out, ((delta << 1) ^ (delta >> 31)) as u32);
        self.line = line;
        put(out, last.saturating_sub(line));
        put(out, argument);
        put(out, u32::from(level));
        put_text(out, text);
        put_text(out, known);
    }

    /// Whether the macro `name` may print without being given a text: one of this file in which
    /// something is printed, or another's that is named as those are that check something.
    fn prints_alone(&self, name: &[u8]) -> bool {
        const CHECKS: [&[u8]; 3] = [b"WARN", b"ASSERT", b"CHECK"];
        // These print no text of their own.
        const SILENT: [&[u8]; 3] = [b"WARN_ON", b"WARN_ON_ONCE", b"WARN_ON_SMP"];
        let shouted = || name.len() > 4 && !name.iter().any(u8::is_ascii_lowercase);
        let has = |word: &[u8]| name.windows(word.len()).any(|part| part == word);
        let checks = || CHECKS.iter().any(|word| has(word));
        !self.printing_macros.is_empty() && self.printing_macros.contains(name)
            || shouted() && checks() && !SILENT.contains(&name)
    }

    fn callee(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let number = self.names.len() as u32;
        self.names.insert(name.to_vec(), number);
        put_text(&mut self.callees, name);
        number
    }
}

impl Open {
    fn new(callee: Option<usize>, start: usize) -> Open {
        let (ends, texts) = (Vec::new(), Vec::new());
        Open { callee, argument: 1, start, has_text: false, level: 0, ends, texts, bare: None }
    }

    /// What is known of the arguments behind the format that is this one's argument `argument`.
    fn known_of(&self, body: &Body, argument: u32, format: &[u8]) -> Vec<u8> {
        match self.ends.get(argument as usize - 1..) {
            Some([comma, ends @ ..]) if !ends.is_empty() => {
                known(format, body.tokens, (*comma, ends), body.bytes)
            }
            _ => Vec::new(),
        }
    }

    fn end_argument(&mut self, body: &Body, end: usize) {
        self.ends.push(end);
        if std::mem::take(&mut self.has_text) {
            for part in arms(body.tokens, self.start..end) {
                let mut text = Vec::new();
                if put_template(body, part, &mut text) && !text.is_empty() {
                    text.truncate(LONGEST);
                    if is_bare(&text) {
                        self.bare = Some(end);
                    }
                    self.texts.push((self.argument, text));
                }
            }
        }
    }
}

impl Body<'_, '_> {
    /// The name that is called by the bracket at `at`.
    fn callee(&self, at: usize) -> Option<usize> {
        let mut name = at.checked_sub(1)?;
        if self.tokens[name].is(b'(') {
            // `DEBUG(("…", x))`: one argument for the macro, several for what it calls.
            name = name.checked_sub(1)?;
        }
        let token = self.tokens[name];
        if token.kind != TokenKind::Ident {
            return None;
        }
        let word = token.text(self.bytes);
        let control = matches!(
            word,
            b"if" | b"while" | b"for" | b"switch" | b"return" | b"sizeof" | b"__attribute__"
        );
        (!control).then_some(name)
    }

    /// The name of what is called at `at`. Of one that a macro pastes together of a text and a parameter
    /// (`pr_err_ ## how(…)`) it is the text.
    fn called(&self, at: usize) -> &[u8] {
        let name = self.tokens[at].text(self.bytes);
        match at.checked_sub(2).and_then(|before| self.tokens.get(before..at)) {
            Some([text, paste])
                if paste.kind == TokenKind::Paste
                    && text.kind == TokenKind::Ident
                    && self.head.param(name).is_some() =>
            {
                text.text(self.bytes)
            }
            _ => name,
        }
    }

    /// Of a `%s` alone that ends at the token `end`, the name of what it prints in its place, as it may
    /// be that of a text: `pr_notice("%s", linux_banner)`.
    fn named_text(&self, format: &[u8], end: usize) -> Option<Vec<u8>> {
        let rest = format.strip_prefix(b"%s").filter(|_| is_bare(format))?;
        let [comma, name, after, ..] = self.tokens.get(end..)? else { return None };
        let is_alone = comma.is(b',') && after.is(b')') && name.kind == TokenKind::Ident;
        let word = name.text(self.bytes);
        if !is_alone || self.head.names.contains(&word) {
            return None;
        }
        let mut text = Vec::new();
        put_name(&mut text, NAME, word);
        text.extend(rest);
        Some(text)
    }

    /// Whether the word at `at` is all that a call is given which prints its first argument: a macro that
    /// is a whole text.
    fn is_printed(&self, callee: Option<usize>, at: usize) -> bool {
        let bracket = callee.filter(|callee| callee + 2 == at);
        bracket.is_some_and(|callee| prints_first(self.tokens[callee].text(self.bytes)))
            && self.tokens.get(at + 1).is_some_and(|t| t.is(b')') || t.is(b','))
            && !self.head.names.contains(&self.tokens[at].text(self.bytes))
    }

    /// Whether the word at `at` hands the format on.
    fn hands_on(&self, word: &[u8], at: usize) -> bool {
        // `, ##args` takes a comma away where there are none, and pastes nothing.
        let pasted = at > 0
            && self.tokens[at - 1].kind == TokenKind::Paste
            && !(at > 1 && self.tokens[at - 2].is(b','));
        if self.head.is_macro {
            let quoted = at > 0 && self.tokens[at - 1].is(b'#');
            let format = self.head.variadic || quoted || is_format(word);
            return format && !pasted && self.head.param(word).is_some();
        }
        self.head.param(word).is_some() || self.list == Some(word)
    }
}

/// Whether a callee prints the text that is its first argument, whatever the tree is.
fn prints_first(callee: &[u8]) -> bool {
    callee.starts_with(b"pr_")
}

/// Whether a format is one `%s` alone: what is printed, its argument says.
fn is_bare(format: &[u8]) -> bool {
    matches!(format, b"%s" | b"%s\n")
}

/// The first argument as the source has it, blanks made single.
fn source(tokens: &[Token], bytes: &[u8]) -> Vec<u8> {
    let Some(first) = split(tokens).next() else { return Vec::new() };
    let mut out: Vec<u8> = Vec::new();
    let mut end = first[0].start;
    for token in first {
        if token.start != end {
            out.push(b' ');
        }
        out.extend(token.text(bytes).iter().filter(|byte| **byte >= 8));
        end = token.end;
    }
    out.truncate(200);
    out
}

/// Whether a text given to `callee` may be a message, as far as one can tell from here.
fn may_print(callee: &[u8], text: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"print", b"pr_", b"err", b"warn", b"info", b"dbg", b"debug", b"msg", b"log", b"panic",
        b"notice", b"alert",
    ];
    let message = text.iter().any(|byte| matches!(*byte, b' ' | b'%' | b'\n' | PARAM | QUOTED));
    message || prints_first(callee) || {
        let lower = callee.to_ascii_lowercase();
        WORDS.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
    }
}

/// The level that `KERN_…` stands for, as the digit that is printed; 0 for none.
fn level(word: &[u8]) -> u8 {
    Level::of_macro(word).map_or(0, |level| level.digit)
}

/// The variable of the body whose member `fmt` is set to the format (a `struct va_format`).
fn list_of<'a>(head: &Head<'_>, tokens: &[Token], bytes: &'a [u8]) -> Option<&'a [u8]> {
    if head.format == NO_FORMAT || head.is_macro {
        return None;
    }
    let set = tokens.windows(5).find(|t| {
        t[1].is(b'.')
            && t[2].text(bytes) == b"fmt"
            && t[3].is(b'=')
            && head.param(t[4].text(bytes)).is_some()
    })?;
    Some(set[0].text(bytes))
}

/// `c ? "a" : "b"` as its two texts; anything else as it is.
pub(super) fn arms(tokens: &[Token], range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let inside = tokens.get(range.clone()).unwrap_or_default();
    let Some(question) = inside.iter().position(|t| t.is(b'?')) else { return vec![range] };
    let colon = inside[question..].iter().position(|t| t.is(b':'));
    let Some(colon) = colon.map(|colon| question + colon) else { return vec![range] };
    let start = range.start;
    vec![start + question + 1..start + colon, start + colon + 1..range.end]
}

/// How many conditions are open at `token`, by the lines between it and the token `before`.
fn conditions_at(mut open: usize, body: &Body, before: &Token, token: &Token) -> usize {
    let between = body.bytes.get(before.end as usize..token.start as usize).unwrap_or_default();
    for line in between.split(|byte| *byte == b'\n') {
        let Some(directive) = line.trim_ascii_start().strip_prefix(b"#") else { continue };
        let directive = directive.trim_ascii_start();
        if directive.starts_with(b"if") {
            open += 1;
        } else if directive.starts_with(b"endif") {
            open = open.saturating_sub(1);
        }
    }
    open
}

/// Appends the text that the tokens are; false when they are none.
fn put_template(body: &Body, range: std::ops::Range<usize>, out: &mut Vec<u8>) -> bool {
    let tokens = body.tokens.get(range).unwrap_or_default();
    let mut closes: Vec<bool> = Vec::new();
    let (mut at, mut conditions) = (0, 0usize);
    while at < tokens.len() {
        let token = tokens[at];
        let text = token.text(body.bytes);
        if at > 0 {
            conditions = conditions_at(conditions, body, &tokens[at - 1], &token);
        }
        let next_is_bracket = tokens.get(at + 1).is_some_and(|t| t.is(b'('));
        match token.kind {
            // Whether it is there, the configuration says.
            TokenKind::Str if conditions > 0 => out.push(UNKNOWN),
            TokenKind::Str => put_literal(out, text),
            TokenKind::Ident if next_is_bracket => {
                put_name(out, OPEN, text);
                closes.push(true);
                at += 1;
            }
            TokenKind::Ident if body.list == Some(text) => {
                put_param(out, PARAM, body.head.format);
            }
            TokenKind::Ident => match body.head.param(text) {
                Some(number) => put_param(out, PARAM, number),
                None => put_name(out, NAME, text),
            },
            TokenKind::Paste => {}
            TokenKind::Byte => match token.byte {
                b'(' => closes.push(false),
                b')' => match closes.pop() {
                    Some(true) => out.push(CLOSE),
                    Some(false) => {}
                    None => return false,
                },
                b'#' => {
                    let name = tokens.get(at + 1).map_or(&b""[..], |t| t.text(body.bytes));
                    let Some(number) = body.head.param(name) else { return false };
                    put_param(out, QUOTED, number);
                    at += 1;
                }
                b'&' if body.list.is_some() => {}
                // More arguments of a macro around the text.
                b',' if closes.contains(&true) => {
                    out.push(UNKNOWN);
                    return true;
                }
                // `#define pr_fmt(fmt) "%s: " fmt, __func__`: the rest are arguments.
                b',' if body.head.is_macro && closes.is_empty() => return !out.is_empty(),
                _ => return false,
            },
            TokenKind::Number | TokenKind::Char if closes.contains(&true) => out.push(UNKNOWN),
            _ => return false,
        }
        at += 1;
    }
    closes.is_empty()
}
