//! The word at a spot, and how it stands there.

use kgrep_index::lex::{Lexer, Token, TokenKind};

use super::Part;
use super::open::{Open, Text};

/// A word of a file.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) name: String,
    /// Where it begins in the file.
    pub(super) start: usize,
    pub(super) part: Part,
    pub(super) role: Role,
}

/// How a word stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// As a name may.
    Plain,
    /// Behind `->` or `.`, which begins here.
    Member(usize),
    /// As `.name =` in braces.
    Designator,
    /// Behind `struct`, `union` or `enum`.
    Tag,
    /// A file that is included or named: its path, and whether it is looked for beside first.
    File(String, bool),
    /// A Kconfig symbol, without `CONFIG_`.
    Symbol,
    /// A devicetree's `compatible`.
    Compatible,
    /// In a comment or a text: it may be a name.
    Said,
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// The bytes of `text` around `at` that are a word by `is_part`.
fn around(text: &[u8], at: usize, is_part: fn(&u8) -> bool) -> (usize, usize) {
    let start = text[..at].iter().rposition(|b| !is_part(b)).map_or(0, |before| before + 1);
    let end = text[at..].iter().position(|b| !is_part(b)).map_or(text.len(), |after| at + after);
    (start, end)
}

impl Open<'_> {
    /// The word at a column of a line; one that ends there, too.
    pub(super) fn word(&self, line: u32, column: u32) -> Option<Word> {
        let text = self.line(line);
        let at = (column as usize).min(text.len());
        if let Some((path, local, start, end)) = self.file_named(text, at) {
            let begins = self.start_of(line);
            let part = self.part(line, begins + start, begins + end);
            let role = Role::File(path.clone(), local);
            return Some(Word { name: path, start: begins + start, part, role });
        }
        let (start, end) = around(text, at, is_word);
        if (self.text() == Text::Devicetree || self.text() == Text::Code)
            && let Some(found) = self.compatible(line, at)
        {
            return Some(found);
        }
        if start == end || text[start].is_ascii_digit() {
            return None;
        }
        let begins = self.start_of(line);
        let (start, end) = (begins + start, begins + end);
        let name = String::from_utf8_lossy(&self.bytes()[start..end]).into_owned();
        let (name, role) = self.role(name, start);
        Some(Word { name, start, part: self.part(line, start, end), role })
    }

    fn role(&self, name: String, start: usize) -> (String, Role) {
        if let Some(symbol) = name.strip_prefix("CONFIG_").filter(|symbol| !symbol.is_empty()) {
            return (symbol.to_owned(), Role::Symbol);
        }
        match self.text() {
            Text::Kconfig if name.bytes().all(|b| b == b'_' || !b.is_ascii_lowercase()) => {
                (name, Role::Symbol)
            }
            Text::Code => {
                let role = self.role_in_code(start);
                (name, role)
            }
            Text::Devicetree => (name, Role::Plain),
            _ => (name, Role::Said),
        }
    }

    fn role_in_code(&self, start: usize) -> Role {
        let bytes = self.bytes();
        let mut before = None;
        for token in Lexer::new(bytes) {
            if token.start as usize > start {
                break;
            }
            let holds = start < token.end as usize;
            match token.kind {
                TokenKind::Comment | TokenKind::Str if holds => return Role::Said,
                // What a macro is made of is read for itself.
                TokenKind::Directive if holds => {
                    return role_among(Lexer::of_directive(bytes, token), bytes, start);
                }
                TokenKind::Space | TokenKind::Comment => {}
                _ if holds => return role_after(before, token, bytes),
                _ => before = Some((before.map(|(_, last)| last), token)),
            }
        }
        Role::Plain
    }

    /// The path that is named around a column of a line: where, and whether beside first.
    fn file_named(&self, text: &[u8], at: usize) -> Option<(String, bool, usize, usize)> {
        let (start, end, local) = path_in(self.text(), text)?;
        let path = String::from_utf8_lossy(&text[start..end]).into_owned();
        (start <= at && at <= end).then_some((path, local, start, end))
    }

    /// The `compatible` in quotes around a column.
    fn compatible(&self, line: u32, at: usize) -> Option<Word> {
        let text = self.line(line);
        let quote = |b: &u8| *b == b'"';
        let start = text[..at].iter().rposition(quote)? + 1;
        let end = at + text[at..].iter().position(quote)?;
        let inside = text[..start - 1].iter().filter(|b| quote(b)).count().is_multiple_of(2);
        let said = memchr::memmem::find(&text[..start], b"compatible").is_some();
        if !inside || !said || start >= end {
            return None;
        }
        let name = String::from_utf8_lossy(&text[start..end]).into_owned();
        let begins = self.start_of(line);
        let part = self.part(line, begins + start, begins + end);
        Some(Word { name, start: begins + start, part, role: Role::Compatible })
    }
}

/// Where in a line the path of a file stands, and whether it is looked for beside the file first.
pub(super) fn path_in(text: Text, line: &[u8]) -> Option<(usize, usize, bool)> {
    let blanks = line.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let rest = &line[blanks..];
    let quoted = |from: usize| {
        let open = from + line[from..].iter().position(|b| matches!(b, b'"' | b'<'))?;
        let close = if line[open] == b'<' { b'>' } else { b'"' };
        let end = open + 1 + line[open + 1..].iter().position(|b| *b == close)?;
        Some((open + 1, end, close == b'"'))
    };
    match text {
        Text::Code | Text::Devicetree => {
            let directive = rest.strip_prefix(b"#").map(<[u8]>::trim_ascii_start);
            let is_include = directive.is_some_and(|rest| rest.starts_with(b"include"))
                || rest.starts_with(b"/include/");
            if is_include { quoted(blanks) } else { None }
        }
        Text::Kconfig => {
            let words = [&b"source"[..], b"rsource", b"osource", b"orsource"];
            let word = rest.split(|b| b.is_ascii_whitespace()).next()?;
            if !words.contains(&word) {
                return None;
            }
            let (start, end, _) = quoted(blanks)?;
            Some((start, end, word.contains(&b'r') && word != b"source" && word != b"osource"))
        }
        Text::Maintainers => {
            let value = rest.strip_prefix(b"F:")?;
            let start = line.len() - value.trim_ascii_start().len();
            let end = start + value.trim_ascii().len();
            (start < end).then_some((start, end, false))
        }
        Text::Makefile | Text::Prose => None,
    }
}

fn role_among(mut inside: Lexer<'_>, bytes: &[u8], start: usize) -> Role {
    let mut before: Option<(Option<Token>, Token)> = None;
    let mut said = false;
    while let Some(token) = inside.next_meaning(|comment| {
        said |= (comment.start as usize..comment.end as usize).contains(&start);
    }) {
        if token.end as usize > start {
            let holds = token.start as usize <= start;
            if !holds || token.kind == TokenKind::Str {
                return Role::Said;
            }
            return role_after(before, token, bytes);
        }
        before = Some((before.map(|(_, last)| last), token));
    }
    if said { Role::Said } else { Role::Plain }
}

/// How a word stands behind the two tokens before it.
fn role_after(before: Option<(Option<Token>, Token)>, word: Token, bytes: &[u8]) -> Role {
    let Some((further, last)) = before.filter(|_| word.kind == TokenKind::Ident) else {
        return if word.kind == TokenKind::Ident { Role::Plain } else { Role::Said };
    };
    match last.kind {
        TokenKind::Arrow => Role::Member(last.start as usize),
        TokenKind::Byte if last.byte == b'.' => {
            let opens = further.is_none_or(|token| token.is(b'{') || token.is(b','));
            if opens { Role::Designator } else { Role::Member(last.start as usize) }
        }
        TokenKind::Ident => match last.text(bytes) {
            b"struct" | b"union" | b"enum" => Role::Tag,
            _ => Role::Plain,
        },
        _ => Role::Plain,
    }
}
