//! Where functions call a name that the index knows them to call: only these functions are read,
//! not the file around them.
//!
//! All that is certain without the rest of the file is a plain call of a name, in a function
//! whose lines are known. One place of the name that may be anything else, and nothing is said: the
//! file is read whole.

use crate::lex::{Lexer, Token, TokenKind, places_of_word};

/// A function that calls the name, and uses it in no other way that the index knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCaller {
    /// Its name.
    pub name: Vec<u8>,
    /// Its first line, from 1.
    pub first: u32,
    /// Its last line.
    pub last: u32,
}

/// The most bytes before a place in which the beginning of its comment is looked for.
const COMMENT: usize = 4096;

/// The most tokens over which the end of a call's arguments is looked for.
const ARGUMENTS: usize = 1024;

/// The lines of the C file `bytes` where `name` is a word of the code, in order, each with the index
/// of the caller that calls it there; none where that can't be told without reading all of the
/// file. The callers are in the order of their lines.
pub fn calls(bytes: &[u8], name: &[u8], callers: &[KnownCaller]) -> Option<Vec<(u32, usize)>> {
    if callers.windows(2).any(|pair| pair[1].first <= pair[0].last) {
        return None;
    }
    let mut found = Vec::new();
    let mut tokens = Vec::new();
    let (mut line, mut counted, mut next) = (1_u32, 0, 0);
    let mut read_to = 0;
    for at in places_of_word(bytes, name) {
        line += memchr::memchr_iter(b'\n', &bytes[counted..at]).count() as u32;
        counted = at;
        if line <= read_to {
            continue;
        }
        while callers.get(next).is_some_and(|caller| caller.last < line) {
            next += 1;
        }
        match callers.get(next).filter(|caller| caller.first <= line) {
            Some(caller) => {
                let start = line_start(bytes, at, line - caller.first);
                read_caller(bytes, start, caller, &mut tokens);
                let lines = calls_in(bytes, &tokens, name, caller)?;
                found.extend(lines.into_iter().map(|line| (line, next)));
                read_to = caller.last;
            }
            None if is_in_comment(bytes, at) => {}
            None => return None,
        }
    }
    Some(found)
}

/// Where the line begins that is `above` lines above the one that `at` is in.
fn line_start(bytes: &[u8], at: usize, above: u32) -> usize {
    let mut end = at;
    for _ in 0..above {
        end = memchr::memrchr(b'\n', &bytes[..end]).unwrap_or(0);
    }
    memchr::memrchr(b'\n', &bytes[..end]).map_or(0, |at| at + 1)
}

/// Puts the tokens of a caller, whose first line begins at `start`, into `tokens`.
fn read_caller(bytes: &[u8], start: usize, caller: &KnownCaller, tokens: &mut Vec<Token>) {
    tokens.clear();
    let mut lexer = Lexer::new(bytes);
    lexer.resume_at(start, caller.first);
    while let Some(token) = lexer.next_meaning(|_| {}).filter(|token| token.line <= caller.last) {
        tokens.push(token);
    }
}

/// The lines of a caller's tokens where it calls `name`; none where one of them may be no call.
fn calls_in(bytes: &[u8], tokens: &[Token], name: &[u8], caller: &KnownCaller) -> Option<Vec<u32>> {
    let open = tokens.iter().position(|token| token.is(b'{'))?;
    let heads = |pair: &[Token]| {
        pair[0].kind == TokenKind::Ident
            && pair[0].text(bytes) == &caller.name[..]
            && pair[1].is(b'(')
    };
    // A macro that makes the function's name may do more.
    if !tokens[..open].windows(2).any(heads) {
        return None;
    }
    let mut lines: Vec<u32> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            // Arms, and macros of its own.
            TokenKind::Directive => return None,
            TokenKind::Ident => {}
            _ => continue,
        }
        let text = token.text(bytes);
        if matches!(text, b"typeof" | b"__typeof__" | b"__typeof") {
            return None;
        }
        if text == name {
            if at < open || !is_call(bytes, tokens, at) {
                return None;
            }
            if lines.last() != Some(&token.line) {
                lines.push(token.line);
            }
        }
    }
    Some(lines)
}

/// Whether the name at `at` is surely called there.
fn is_call(bytes: &[u8], tokens: &[Token], at: usize) -> bool {
    if !tokens.get(at + 1).is_some_and(|token| token.is(b'(')) {
        return false;
    }
    let Some(before) = at.checked_sub(1).map(|before| tokens[before]) else { return false };
    let follows = match before.kind {
        TokenKind::Ident => matches!(before.text(bytes), b"return" | b"else" | b"do"),
        TokenKind::Byte => b";{})(=!&|?:+-<>".contains(&before.byte),
        _ => false,
    };
    follows && !declares(tokens, at + 1)
}

/// Whether what stands before a name is a macro that tells its type, with arguments from `open`:
/// `typeof_member(…) name;`. So, too, where the end of the arguments isn't seen.
fn declares(tokens: &[Token], open: usize) -> bool {
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate().skip(open).take(ARGUMENTS) {
        depth += u32::from(token.is(b'('));
        if token.is(b')') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                let is_name = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Ident);
                let after = tokens.get(at + 2);
                // `MACRO(…)(…)` may make a name.
                let goes_on = tokens.get(at + 1).is_some_and(|next| next.is(b'('));
                return goes_on
                    || is_name && after.is_some_and(|after| after.is(b';') || after.is(b'='));
            }
        }
    }
    true
}

/// Whether the place at `at` is surely in a comment that begins its line.
fn is_in_comment(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[..at];
    let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    if before[line..].trim_ascii_start().starts_with(b"//") {
        return !is_continued(bytes, line);
    }
    let far = at.saturating_sub(COMMENT);
    let Some(open) = memchr::memmem::rfind(&before[far..], b"/*").map(|open| far + open) else {
        return false;
    };
    let line = memchr::memrchr(b'\n', &before[..open]).map_or(0, |end| end + 1);
    before[line..open].trim_ascii().is_empty()
        && !is_continued(bytes, line)
        && memchr::memmem::find(&before[open + 2..], b"*/").is_none()
}

/// Whether the line before the one that begins at `line` goes on in it: a text may, or a directive.
fn is_continued(bytes: &[u8], line: usize) -> bool {
    let before = bytes.get(..line.saturating_sub(1)).unwrap_or_default();
    before.strip_suffix(b"\r").unwrap_or(before).ends_with(b"\\")
}

#[cfg(test)]
mod tests {
    use super::{KnownCaller, calls};
    use crate::idiom::Idioms;
    use crate::outline::{Kind, UseKind, mentions};

    /// The callers that the whole outline of `text` tells: what the index would know.
    fn callers(text: &str, name: &[u8]) -> Vec<KnownCaller> {
        let outline = crate::outline::outline(b"a.c", text.as_bytes(), &Idioms::built_in());
        let known = outline.definitions.iter().enumerate().filter(|(at, d)| {
            let uses = || {
                let own = outline.uses.iter().filter(|used| used.within as usize == *at);
                own.filter(|used| outline.name(used.name) == name)
            };
            d.kind == Kind::Function
                && uses().next().is_some()
                && uses().all(|used| used.kind == UseKind::Call)
        });
        known
            .map(|(_, d)| KnownCaller {
                name: outline.name(d.name).to_vec(),
                first: d.first,
                last: d.last,
            })
            .collect()
    }

    fn lamp_calls(text: &str) -> Option<Vec<(u32, usize)>> {
        calls(text.as_bytes(), b"lamp", &callers(text, b"lamp"))
    }

    #[test]
    fn calls_are_told_by_their_functions_alone() {
        let text = "/*\n * lamp() is lit here.\n */\nint f(int a)\n{\n\tlamp(a); /* lamp */\n\
            \tif (!lamp(\"lamp\") && lamp(1))\n\t\treturn lamp(2);\nout:\n\tlamp(3);\n}\n\n\
            // lamp\nstatic int g(void)\n{\n\tint b = lamp(4);\n\treturn b + lamp(lamp(5));\n}\n";
        let found = lamp_calls(text).expect("only calls");
        assert_eq!(found, [(6, 0), (7, 0), (8, 0), (10, 0), (16, 1), (17, 1)]);
        let whole = mentions(b"a.c", text.as_bytes(), &Idioms::built_in(), b"lamp");
        let mut lines = whole.lines;
        lines.dedup();
        assert_eq!(lines, found.iter().map(|(line, _)| *line).collect::<Vec<_>>());
    }

    #[test]
    fn what_may_be_no_call_is_left_to_a_reading_of_the_file() {
        for other in [
            "\tx = lamp;",
            "\tset(lamp);",
            "\tl->lamp(1);",
            "\tl.lamp(1);",
            "\tint lamp(int);",
            "\tint *lamp(int);",
            "\tint a, lamp(int);",
            "\tlamp(a) b;",
            "\tlamp(a)(b);",
            "\ttypeof(lamp(1)) c;",
            "#ifdef A\n\tlamp(3);\n#endif",
            "\tgoto lamp;\nlamp:",
            "\tlamp(",
        ] {
            let text = format!("int f(void)\n{{\n\tlamp(1);\n{other}\n}}\n");
            let known = KnownCaller { name: b"f".to_vec(), first: 1, last: 5 };
            assert_eq!(calls(text.as_bytes(), b"lamp", &[known]), None, "{other}");
        }
        for outside in [
            "int lamp(int a);\n",
            "#define on(x) lamp(x)\n",
            "char *s = \"/*\"; int (*g)(int) = lamp;\n",
            "int (*g)(int) = /* on */ lamp;\n",
            "struct lamp { int a; };\n",
        ] {
            let text = format!("{outside}int f(void)\n{{\n\tlamp(1);\n}}\n");
            assert_eq!(lamp_calls(&text), None, "{outside}");
        }
        // By another name than its head has.
        let text = "SYSCALL_DEFINE0(f)\n{\n\tlamp(1);\n}\n";
        let known = KnownCaller { name: b"sys_f".to_vec(), first: 1, last: 4 };
        assert_eq!(calls(text.as_bytes(), b"lamp", &[known]), None);
        assert_eq!(calls(b"", b"lamp", &[]), Some(Vec::new()));
    }
}
