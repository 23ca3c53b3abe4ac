//! The lexer's own cases, and its promise: the tokens put back together are the text.

use super::{Lexer, TokenKind};
use proptest::prelude::*;

fn tokens_of(text: &str) -> Vec<(TokenKind, &str, u32)> {
    let tokens = Lexer::new(text.as_bytes()).filter(|t| t.kind != TokenKind::Space);
    tokens.map(|t| (t.kind, &text[t.start as usize..t.end as usize], t.line)).collect()
}

#[test]
fn a_directive_runs_over_continued_lines_and_comments() {
    use TokenKind::*;
    let text = "#define A(x) \\\n  x /* one\ntwo */ + 1\nint b; # not\n";
    assert_eq!(
        tokens_of(text)[..4],
        [
            (Directive, "#define A(x) \\\n  x /* one\ntwo */ + 1", 1),
            (Ident, "int", 4),
            (Ident, "b", 4),
            (Byte, ";", 4),
        ]
    );
}

#[test]
fn quotes_end_with_their_line_when_never_closed() {
    use TokenKind::*;
    assert_eq!(
        tokens_of("'a\n\"b\\\"c\" '\\'' L\"x\""),
        [
            (Char, "'a", 1),
            (Str, "\"b\\\"c\"", 2),
            (Char, "'\\''", 2),
            (Ident, "L", 2),
            (Str, "\"x\"", 2)
        ]
    );
}

#[test]
fn numbers_keep_their_suffixes_and_leave_a_hexadecimal_sum_alone() {
    use TokenKind::*;
    assert_eq!(tokens_of("0x1fUL 1e+5 0xe+1")[..2], [(Number, "0x1fUL", 1), (Number, "1e+5", 1)]);
    assert_eq!(tokens_of("0xe+1"), [(Number, "0xe", 1), (Byte, "+", 1), (Number, "1", 1)]);
}

#[test]
fn a_comment_that_opens_with_a_slash_star_slash_is_not_closed_by_it() {
    use TokenKind::*;
    assert_eq!(tokens_of("/*/ x */ y"), [(Comment, "/*/ x */", 1), (Ident, "y", 1)]);
}

fn put_back(bytes: &[u8]) -> Vec<u8> {
    let mut line = 1;
    let mut out = Vec::new();
    for token in Lexer::new(bytes) {
        assert_eq!(token.line, line);
        assert_eq!(token.start as usize, out.len());
        assert!(token.end > token.start);
        line += memchr::memchr_iter(b'\n', token.text(bytes)).count() as u32;
        out.extend_from_slice(token.text(bytes));
    }
    out
}

proptest! {
    #[test]
    fn tokens_of_any_bytes_put_back_together_are_the_bytes(bytes: Vec<u8>) {
        prop_assert_eq!(put_back(&bytes), bytes);
    }

    #[test]
    fn tokens_of_c_like_text_put_back_together_are_the_text(
        parts in prop::collection::vec(prop::sample::select(vec![
            "/*", "*/", "//", "\\", "\n", "\r\n", "\"", "'", "#", "##", "define X", "a1", "0x", "->", " ", "{", "1e+",
        ]), 0..60)
    ) {
        let text = parts.concat().into_bytes();
        prop_assert_eq!(put_back(&text), text);
    }
}
