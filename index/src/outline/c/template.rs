//! A macro's body with the arguments put in: what the preprocessor does, for macros that
//! make definitions. Arguments are put in as written; `#` and `##` work as in C.

use crate::lex::{Lexer, Token, TokenKind};

use super::words::{Word, is_shouted, word};

/// What is longer than this when written out is cut: no macro of a real tree comes near.
const LONGEST: usize = 1 << 18;

/// A macro that may make definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    params: Vec<u8>,
    body: Vec<u8>,
    /// Whether it takes no arguments: `#define MTYPE hash_ip4`.
    is_word: bool,
}

/// The names of a macro's parameters.
#[derive(Default)]
struct Params<'t> {
    names: Vec<&'t [u8]>,
    /// Whether the last one stands for all further arguments.
    has_rest: bool,
}

impl Template {
    /// The macro with these parameters and this body, both as written.
    pub(crate) fn new(params: &[u8], body: &[u8]) -> Self {
        Template { params: params.to_vec(), body: body.to_vec(), is_word: false }
    }

    /// The macro without arguments that stands for `body`.
    pub(crate) fn word(body: &[u8]) -> Self {
        Template { params: Vec::new(), body: body.to_vec(), is_word: true }
    }

    /// Whether it takes no arguments.
    pub(crate) fn is_word(&self) -> bool {
        self.is_word
    }

    /// Whether it pastes: then its arguments are put in as they are written.
    pub(super) fn pastes(&self) -> bool {
        memchr::memmem::find(&self.body, b"##").is_some()
    }

    /// Whether the words in its body that others define are noted as parts of a name (`names_parts`).
    pub(super) fn names_parts(&self) -> bool {
        let mut lexer = Lexer::within(&self.body, 0, self.body.len(), 1);
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_meaning(|_| {})).collect();
        names_parts(&tokens, &self.body).is_some()
    }

    /// The body, as written.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    fn params(&self) -> Params<'_> {
        let mut found = Params::default();
        let mut lexer = Lexer::within(&self.params, 0, self.params.len(), 1);
        let mut before = None;
        while let Some(token) = lexer.next_meaning(|_| {}) {
            match token.kind {
                TokenKind::Ident => found.names.push(token.text(&self.params)),
                _ if token.is(b'.') && !found.has_rest => {
                    found.has_rest = true;
                    if before.is_none_or(|t: Token| t.is(b',')) {
                        found.names.push(b"__VA_ARGS__");
                    }
                }
                _ => {}
            }
            before = Some(token);
        }
        found
    }

    /// The body with `given` in the place of the parameters, on the lines it was written on.
    pub(crate) fn write_out(&self, given: &[Vec<u8>]) -> Vec<u8> {
        let params = self.params();
        let mut out: Vec<u8> = Vec::new();
        let (mut pasting, mut quoting) = (false, false);
        let mut lexer = Lexer::within(&self.body, 0, self.body.len(), 1);
        let (mut end, mut line) = (0, 1);
        while let Some(token) = lexer.next_meaning(|_| {}).filter(|_| out.len() < LONGEST) {
            if token.kind == TokenKind::Paste {
                pasting = true;
                continue;
            }
            if token.line > line && !pasting {
                // Not in column 0, where a brace would say that a function ends.
                out.extend_from_slice(b"\n ");
            } else if token.start > end && !pasting {
                out.push(b' ');
            }
            (end, line, pasting) = (token.end, token.line, false);
            let text = token.text(&self.body);
            let name = token.kind == TokenKind::Ident;
            match params.value(text, given).filter(|_| name) {
                Some(text) if quoting => out.extend([&b"\""[..], &text, b"\""].concat()),
                Some(text) => out.extend(text),
                None => out.extend_from_slice(text),
            }
            quoting = token.is(b'#');
        }
        out
    }

    /// Whether it may define functions, and is not only a variable.
    pub(crate) fn may_define_functions(&self) -> bool {
        let mut lexer = Lexer::within(&self.body, 0, self.body.len(), 1);
        let (mut depth, mut before) = (0usize, None::<Token>);
        let (mut calls, mut valued) = (false, false);
        while let Some(token) = lexer.next_meaning(|_| {}) {
            let after_call = before.is_some_and(|t| t.is(b')'));
            match token.byte {
                b'{' if depth == 0 && after_call => return true,
                b'=' if depth == 0 && token.kind == TokenKind::Byte => valued = true,
                b';' if depth == 0 => valued = false,
                b'(' if depth == 0 && !valued => calls = true,
                _ => {}
            }
            depth = depth_after(depth, token);
            before = Some(token);
        }
        calls
    }
}

impl Params<'_> {
    /// What `name` stands for, if it is a parameter.
    fn value(&self, name: &[u8], given: &[Vec<u8>]) -> Option<Vec<u8>> {
        let at = self.names.iter().position(|p| *p == name)?;
        if self.has_rest && at + 1 == self.names.len() {
            return Some(given.get(at..).unwrap_or_default().join(&b','));
        }
        Some(given.get(at).cloned().unwrap_or_default())
    }
}

/// How many brackets are open after `token`.
fn depth_after(depth: usize, token: Token) -> usize {
    match token.byte {
        b'(' | b'[' | b'{' if token.kind == TokenKind::Byte => depth + 1,
        b')' | b']' | b'}' if token.kind == TokenKind::Byte => depth.saturating_sub(1),
        _ => depth,
    }
}

/// What is between the brackets of a macro's body that makes a name by another macro: `NAME(MODULE, _method_##id)`.
/// Words there that other files define are parts of the name. None of any other body.
pub(super) fn names_parts<'t>(body: &'t [Token], bytes: &[u8]) -> Option<&'t [Token]> {
    let [called, open, inside @ .., close] = body else { return None };
    let pastes = inside.iter().any(|token| token.kind == TokenKind::Paste);
    let is_call = open.is(b'(') && close.is(b')') && is_shouted(called.text(bytes));
    (pastes && is_call && !inside.iter().any(|token| token.is(b'('))).then_some(inside)
}

/// Whether a macro's body can stand at the top level of a file: it begins with a word, and
/// has no operator of an expression outside brackets.
pub(super) fn may_be_items(body: &[Token], bytes: &[u8]) -> bool {
    let Some(first) = body.first() else { return false };
    if first.kind != TokenKind::Ident || word(first.text(bytes)) == Word::Control {
        return false;
    }
    let mut depth = 0;
    let (mut valued, mut pasted) = (false, false);
    for token in body {
        if depth == 0 {
            valued &= !token.is(b';');
            match (token.kind, token.byte) {
                (TokenKind::Byte, b'=') => valued = true,
                (TokenKind::Byte, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b';' | b'*' | b',')
                | (TokenKind::Ident | TokenKind::Paste | TokenKind::Str, _) => {}
                // `paging##64_##name`
                (TokenKind::Number, _) if pasted => {}
                _ if valued => {}
                _ => return false,
            }
        }
        pasted = token.kind == TokenKind::Paste;
        depth = depth_after(depth, *token);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Template;

    fn written(params: &str, body: &str, given: &[&str]) -> String {
        let given: Vec<Vec<u8>> = given.iter().map(|g| g.as_bytes().to_vec()).collect();
        let out = Template::new(params.as_bytes(), body.as_bytes()).write_out(&given);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn names_are_pasted_quoted_and_put_in() {
        assert_eq!(
            written("a, b", "int a##_##b(void) { f(#b); }", &["x", "y"]),
            "int x_y(void) { f(#\"y\"); }"
        );
        assert_eq!(written("name", "void name(void)", &["f"]), "void f(void)");
    }

    #[test]
    fn the_rest_of_the_arguments_goes_by_its_name_or_by_none() {
        assert_eq!(
            written("f, x, y...", "f(x) MORE(f, y)", &["g", "1", "2", "3"]),
            "g(1) MORE(g, 2,3)"
        );
        assert_eq!(written("f, ...", "f(__VA_ARGS__)", &["g", "1", "2"]), "g(1,2)");
    }

    #[test]
    fn a_variable_alone_is_no_function() {
        let may = |body: &str| Template::new(b"n", body.as_bytes()).may_define_functions();
        assert!(may("int n##_f(void) { return 0; } struct a n = A(n)"));
        assert!(may("OTHER(n)"));
        assert!(!may("struct a n = A(n)"));
    }
}
