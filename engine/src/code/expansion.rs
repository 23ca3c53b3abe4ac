//! What a macro writes that makes a definition, as the preprocessor would: `DEVICE_ATTR_RO(x)` and its
//! like, with the macros that it uses at the top level, until the definition's name stands there.

use kgrep_index::graph::{DefInfo, FileId, Graph};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::{Kind, written_out};

use super::line::{maker, word_in};
use super::names::named;
use super::ranking::Ranking;
use super::source::Code;
use crate::Result;

/// The text that a macro writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The macro's name.
    pub by: String,
    /// Its file, below the tree's root.
    pub path: Vec<u8>,
    /// Its line.
    pub line: u32,
    /// What it writes, with the indentation of C.
    pub text: Vec<u8>,
}

/// Macros in macros followed at most.
const DEEPEST: usize = 12;

/// What is longer is not written out any further.
const LONGEST: usize = 1 << 16;

impl Code {
    /// What the macro writes that makes the definition of `name` in these lines of the file at
    /// `path`; none where it is written there itself.
    ///
    /// # Errors
    /// When the tree can't be read.
    pub fn expansion(
        &self,
        path: &[u8],
        (first, last): (u32, u32),
        name: &[u8],
    ) -> Result<Option<Expansion>> {
        let Ok(source) = self.lines(path) else { return Ok(None) };
        let Some(word) = maker(&source, first, last, name) else { return Ok(None) };
        let lines = (first..=last).filter_map(|line| source.line(u64::from(line)));
        let text = lines.flatten().copied().collect::<Vec<u8>>();
        self.ask(|graph| Ok(expanded(self, graph, path, &word, &text, name)))
    }
}

fn expanded(
    code: &Code,
    graph: &Graph<'_>,
    path: &[u8],
    word: &str,
    text: &[u8],
    name: &[u8],
) -> Option<Expansion> {
    let file = graph.file(path)?;
    let open = word_in(text, word.as_bytes())?.end as usize;
    let made = definition(code, graph, file, word)?;
    let mut written = by(code, graph, &made, arguments(text, open)?.0)?;
    for _ in 0..DEEPEST {
        if word_in(&written, name).is_some() || written.len() > LONGEST {
            break;
        }
        let further = once(code, graph, file, &written);
        if further == written {
            break;
        }
        written = further;
    }
    Some(Expansion {
        by: word.to_owned(),
        path: graph.path(made.file).to_vec(),
        line: made.first,
        text: indented(&written),
    })
}

/// The best definition of a macro that `file` can mean.
fn definition(code: &Code, graph: &Graph<'_>, file: FileId, word: &str) -> Option<DefInfo> {
    let meaning = graph.resolve(named(graph, word)?, file, code.arch);
    let macros = meaning.macros.into_iter().filter(|d| d.kind == Kind::Macro);
    macros.min_by_key(|d| Ranking::of(graph, d, code.arch))
}

/// What a macro makes of arguments.
fn by(code: &Code, graph: &Graph<'_>, made: &DefInfo, arguments: &[u8]) -> Option<Vec<u8>> {
    let source = code.lines(graph.path(made.file)).ok()?;
    let lines = (made.first..=made.last).filter_map(|line| source.line(u64::from(line)));
    written_out(&lines.flatten().copied().collect::<Vec<u8>>(), arguments)
}

/// The text between the brackets that open at or behind `at`, and where they end.
fn arguments(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let mut lexer = Lexer::within(text, at, text.len(), 1);
    let (mut depth, mut start) = (0usize, None);
    while let Some(token) = lexer.next_meaning(|_| {}) {
        let start = *start.get_or_insert(token.end as usize);
        depth += usize::from(token.is(b'('));
        // What comes first opens no bracket.
        depth.checked_sub(1)?;
        depth -= usize::from(token.is(b')'));
        if depth == 0 {
            return Some((&text[start..token.start as usize], token.end as usize));
        }
    }
    None
}

/// The text with each macro that is used outside of all brackets written out.
fn once(code: &Code, graph: &Graph<'_>, file: FileId, text: &[u8]) -> Vec<u8> {
    let (mut out, mut copied, mut depth) = (Vec::new(), 0, 0usize);
    let mut lexer = Lexer::within(text, 0, text.len(), 1);
    while let Some(token) = lexer.next_meaning(|_| {}) {
        if (token.start as usize) < copied {
            continue;
        }
        depth = deeper(depth, token);
        if depth > 0 || token.kind != TokenKind::Ident {
            continue;
        }
        let written = || {
            let (inside, end) = arguments(text, token.end as usize)?;
            let word = std::str::from_utf8(token.text(text)).ok()?;
            let made = definition(code, graph, file, word)?;
            Some((by(code, graph, &made, inside)?, end))
        };
        if let Some((written, end)) = written() {
            out.extend_from_slice(&text[copied..token.start as usize]);
            out.extend(written);
            copied = end;
        }
    }
    out.extend_from_slice(&text[copied..]);
    out
}

/// How deep in brackets of any kind what follows a token is.
fn deeper(depth: usize, token: Token) -> usize {
    match token.byte {
        b'{' | b'(' | b'[' if token.kind == TokenKind::Byte => depth + 1,
        b'}' | b')' | b']' if token.kind == TokenKind::Byte => depth.saturating_sub(1),
        _ => depth,
    }
}

/// Lines with tabs for the braces around them; a macro's own are of no use.
fn indented(text: &[u8]) -> Vec<u8> {
    let (mut out, mut depth) = (Vec::new(), 0usize);
    for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let closes = line.iter().take_while(|byte| **byte == b'}').count();
        out.extend(std::iter::repeat_n(b'\t', depth.saturating_sub(closes)));
        out.extend_from_slice(line);
        out.push(b'\n');
        let mut lexer = Lexer::within(line, 0, line.len(), 1);
        while let Some(token) = lexer.next_meaning(|_| {}) {
            depth += usize::from(token.is(b'{'));
            depth = depth.saturating_sub(usize::from(token.is(b'}')));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_tell_the_indentation() {
        let text = b"int f(void)\n {\n return g(); \n }\n\n struct x y = { 1 };";
        assert_eq!(indented(text), b"int f(void)\n{\n\treturn g();\n}\nstruct x y = { 1 };\n");
        assert_eq!(arguments(b"F (a, (b))x", 1), Some((&b"a, (b)"[..], 10)));
        assert_eq!(arguments(b"F x", 1), None);
    }

    #[test]
    fn brackets_in_strings_are_text() {
        assert_eq!(arguments(b"F(\")\", ')')x", 1), Some((&b"\")\", ')'"[..], 11)));
        assert_eq!(indented(b"f(\"{\");\ng();"), b"f(\"{\");\ng();\n");
    }
}
