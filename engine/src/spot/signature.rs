//! The head of the function whose brackets a spot is in, and which parameter it is at.

use kgrep_index::graph::DefInfo;
use kgrep_index::lex::{Token, TokenKind};
use kgrep_index::outline::Kind;

use super::Spot;
use super::hover::{comment, head};
use super::open::Open;
use crate::Result;
use crate::code::Code;

/// A function's head, as it is shown while its call is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The head in one line.
    pub head: String,
    /// Where in it each parameter stands: bytes.
    pub parameters: Vec<(u32, u32)>,
    /// Which parameter the spot is at, from 0.
    pub active: u32,
    /// What is told of the function, as Markdown.
    pub comment: String,
}

impl Code {
    /// The function that is called around `spot`.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn signature_at(&self, spot: &Spot) -> Result<Option<Signature>> {
        let file = Open::new(self, &spot.path)?;
        let at = file.offset(spot.line, spot.column);
        let Some((name, active)) = called(file.tokens(), file.bytes(), at) else {
            return Ok(None);
        };
        self.ask(|graph| {
            let has_head = |d: &DefInfo| {
                let kinds = [Kind::Macro, Kind::Declaration, Kind::Syscall];
                d.kind.is_callable() || kinds.contains(&d.kind)
            };
            let Some(best) = file.best(graph, &name, has_head) else { return Ok(None) };
            let other = Open::new(self, graph.path(best.file))?;
            let head = head(&other, best.first, best.last, best.kind);
            let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
            let parameters = parameters(&head, &name);
            let comment = comment(&other, best.first);
            Ok(Some(Signature { head, parameters, active, comment }))
        })
    }
}

/// The name before the open bracket around an offset, and the commas between.
fn called(tokens: &[Token], bytes: &[u8], at: usize) -> Option<(String, u32)> {
    let end = tokens.partition_point(|token| (token.start as usize) < at);
    let (mut nested, mut commas) = (0_u32, 0);
    for (at, token) in tokens[..end].iter().enumerate().rev() {
        if token.kind == TokenKind::Directive {
            return None;
        }
        if token.kind != TokenKind::Byte {
            continue;
        }
        match token.byte {
            b')' | b']' | b'}' => nested += 1,
            b'[' | b'{' if nested > 0 => nested -= 1,
            b'(' if nested > 0 => nested -= 1,
            b'(' => {
                let name = at.checked_sub(1).and_then(|at| tokens.get(at))?;
                if name.kind != TokenKind::Ident {
                    return None;
                }
                return Some((String::from_utf8_lossy(name.text(bytes)).into_owned(), commas));
            }
            b';' | b'{' => return None,
            b',' if nested == 0 => commas += 1,
            _ => {}
        }
    }
    None
}

/// Where the parameters stand in a head.
fn parameters(head: &str, name: &str) -> Vec<(u32, u32)> {
    let from = head.find(name).map_or(0, |at| at + name.len());
    let Some(opens) = head[from..].find('(').map(|at| from + at + 1) else { return Vec::new() };
    let mut found = Vec::new();
    let (mut nested, mut start) = (0_u32, opens);
    for (at, letter) in head[opens..].char_indices().map(|(at, letter)| (opens + at, letter)) {
        match letter {
            '(' | '[' => nested += 1,
            ')' | ',' if nested == 0 => {
                let text = &head[start..at];
                let begins = start + (text.len() - text.trim_start().len());
                let ends = begins + text.trim().len();
                if begins < ends {
                    found.push((begins as u32, ends as u32));
                }
                start = at + 1;
                if letter == ')' {
                    break;
                }
            }
            ')' | ']' => nested -= 1,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use kgrep_index::lex::Lexer;

    use super::*;

    #[test]
    fn the_call_around_a_spot_is_found() {
        let text = b"void f(void)\n{\n\tlamp_on(a, g(b, c), \n}\n";
        let tokens: Vec<Token> =
            Lexer::new(text).filter(|token| token.kind != TokenKind::Space).collect();
        let at = |word: &str| memchr::memmem::find(text, word.as_bytes()).unwrap() + 1;
        let found = |word: &str| called(&tokens, text, at(word));
        assert_eq!(found("a,"), Some(("lamp_on".to_owned(), 0)));
        assert_eq!(found("c)"), Some(("g".to_owned(), 1)));
        assert_eq!(found(", \n"), Some(("lamp_on".to_owned(), 2)));
        assert_eq!(found("\tlamp"), None);
    }

    #[test]
    fn a_head_has_parameters() {
        let head = "int lamp_on(struct lamp *lamp, int (*f)(int, int), ...)";
        let texts: Vec<&str> = parameters(head, "lamp_on")
            .into_iter()
            .map(|(start, end)| &head[start as usize..end as usize])
            .collect();
        assert_eq!(texts, ["struct lamp *lamp", "int (*f)(int, int)", "..."]);
        assert!(parameters("int x", "x").is_empty());
    }
}
