//! The calls in a function's text, in their order, each with the statement around it.

use kgrep_index::lex::{Lexer, Token, TokenKind};

use crate::relocate::SourceFile;

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// `f(…)`.
    Name,
    /// `x->f(…)`, `x.f(…)`, `(*f)(…)`: what is called, no text says.
    Field,
}

/// A call, or a macro used with brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Site {
    /// What is called, or the field.
    pub(super) name: Vec<u8>,
    pub(super) written: Written,
    /// The name's line, from 1.
    pub(super) line: u32,
}

/// A function's text, read for what it calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) sites: Vec<Site>,
    /// Lines on which memory is accessed through a pointer, in order.
    pub(super) accesses: Vec<u32>,
    /// The first and the last line of each statement, in order.
    statements: Vec<(u32, u32)>,
    /// For each line of the text from the first one on, how far into it the line begins.
    progress: Vec<f32>,
    first: u32,
}

/// More lines than this are no function.
const LINES: u32 = 20_000;

/// Words that look like calls.
const KEYWORDS: [&[u8]; 12] = [
    b"if",
    b"while",
    b"for",
    b"switch",
    b"return",
    b"sizeof",
    b"typeof",
    b"__typeof__",
    b"do",
    b"__attribute__",
    b"_Static_assert",
    b"else",
];

impl Body {
    /// Reads the lines `first..=last` of `source`.
    pub(super) fn read(source: &SourceFile, first: u32, last: u32) -> Body {
        let last = last.min(first.saturating_add(LINES));
        let start = source.before(u64::from(first)).len();
        let end = source.before(u64::from(last) + 1).len();
        let bytes = source.bytes();
        let lexer = Lexer::within(bytes, start, end.min(bytes.len()), first);
        let mut tokens: Vec<Token> = Vec::new();
        for token in lexer {
            if !matches!(token.kind, TokenKind::Space | TokenKind::Comment | TokenKind::Directive) {
                tokens.push(token);
            }
        }
        let mut body = Body { first, ..Body::default() };
        let open = tokens.iter().position(|token| token.is(b'{')).unwrap_or(0);
        body.statements(&tokens, open);
        body.measure(&tokens, open, last);
        body.calls(bytes, &tokens, open);
        body.accesses(&tokens, open);
        body
    }

    /// Statements end at `;`, `{`, `}` and at a label's or a case's colon, outside of brackets.
    fn statements(&mut self, tokens: &[Token], open: usize) {
        let mut depth = 0usize;
        let mut begun: Option<u32> = None;
        let mut question = 0usize;
        for token in tokens.get(open + 1..).unwrap_or_default() {
            let first = *begun.get_or_insert(token.line);
            match token.byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                b'?' => question += 1,
                _ => {}
            }
            let ends = match token.byte {
                b';' | b'{' | b'}' => depth == 0,
                b':' if question > 0 => {
                    question -= 1;
                    false
                }
                b':' => depth == 0,
                _ => false,
            };
            if token.kind == TokenKind::Byte && ends {
                self.statements.push((first, token.line));
                begun = None;
                question = 0;
            }
        }
    }

    /// Notes `x->y` and `x[y]`.
    fn accesses(&mut self, tokens: &[Token], open: usize) {
        for pair in tokens.get(open..).unwrap_or_default().windows(2) {
            let [before, token] = pair else { continue };
            let value = before.kind == TokenKind::Ident || before.is(b')') || before.is(b']');
            let accesses = token.kind == TokenKind::Arrow || token.is(b'[') && value;
            if accesses && self.accesses.last() != Some(&token.line) {
                self.accesses.push(token.line);
            }
        }
    }

    fn measure(&mut self, tokens: &[Token], open: usize, last: u32) {
        let code = tokens.len().saturating_sub(open).max(1) as f32;
        let mut done = 0usize;
        for line in self.first..=last {
            while tokens.get(done).is_some_and(|token| token.line < line) {
                done += 1;
            }
            self.progress.push(done.saturating_sub(open) as f32 / code);
        }
    }

    fn calls(&mut self, bytes: &[u8], tokens: &[Token], open: usize) {
        for (at, pair) in tokens.windows(2).enumerate().skip(open) {
            let [name, next] = pair else { continue };
            if !next.is(b'(') {
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            let is_field = before.is_some_and(|b| b.kind == TokenKind::Arrow || b.is(b'.'));
            let text = name.text(bytes);
            let site = |name: &[u8], written, line| Site { name: name.to_vec(), written, line };
            if name.kind == TokenKind::Ident && !KEYWORDS.contains(&text) {
                let written = if is_field { Written::Field } else { Written::Name };
                self.sites.push(site(text, written, name.line));
            } else if name.is(b')') || name.is(b']') {
                // `(*call)(x)`, `table[n](x)`.
                let called = tokens[..at].iter().rev().find(|t| t.kind == TokenKind::Ident);
                let is_pointer = name.is(b']')
                    || at >= 2 && tokens[at.saturating_sub(3)..at].iter().any(|t| t.is(b'*'));
                if let Some(called) = called.filter(|_| is_pointer) {
                    self.sites.push(site(called.text(bytes), Written::Field, called.line));
                }
            }
        }
    }

    /// The lines of the statement that `line` is in; the line alone where it is in none.
    pub(super) fn statement(&self, line: u32) -> (u32, u32) {
        let within = |(first, last): &&(u32, u32)| *first <= line && line <= *last;
        self.statements.iter().find(within).copied().unwrap_or((line, line))
    }

    /// How far into the function's text a line is, from 0 to 1.
    pub(super) fn progress(&self, line: u32) -> f32 {
        let at = line.saturating_sub(self.first) as usize;
        self.progress.get(at).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"static int lamp_on(struct lamp *lamp,\n\t\t   int level)\n{\n\tint old =\n\
        \t\tlamp_level(lamp);\n\n\tif (lamp_ready(lamp) &&\n\t    lamp->ops->set(lamp, level)) {\n\
        \t\tlamp_log(lamp);\n\t\treturn (*lamp_hook)(lamp);\n\t}\nout:\n\treturn old ? level : lamp_off(lamp);\n}\n";

    #[test]
    fn calls_come_in_order_with_their_statements() {
        let source = SourceFile::from_bytes(TEXT.to_vec());
        let body = Body::read(&source, 1, 14);
        let sites: Vec<_> = body
            .sites
            .iter()
            .map(|s| (String::from_utf8_lossy(&s.name).into_owned(), s.line, s.written))
            .collect();
        let want = [
            ("lamp_level", 5, Written::Name),
            ("lamp_ready", 7, Written::Name),
            ("set", 8, Written::Field),
            ("lamp_log", 9, Written::Name),
            ("lamp_hook", 10, Written::Field),
            ("lamp_off", 13, Written::Name),
        ];
        assert_eq!(sites, want.map(|(name, line, how)| (name.to_owned(), line, how)));
        assert_eq!(body.statement(5), (4, 5));
        assert_eq!(body.statement(8), (7, 8));
        assert_eq!(body.statement(13), (13, 13));
        assert!(body.progress(5) < body.progress(9) && body.progress(13) < 1.0);
    }
}
