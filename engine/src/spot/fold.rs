//! Which lines of a file can be folded away: what stands in braces, comments, runs of includes, arms
//! of `#if`, entries of Kconfig.

use kgrep_index::lex::{Lexer, TokenKind};
use kgrep_index::outline::Kind;

use super::open::{Open, Text};
use crate::Result;
use crate::code::Code;

/// What is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    /// A comment.
    Comment,
    /// Includes.
    Includes,
    /// Anything else.
    Region,
}

/// Lines that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// The first, from 1, which stays visible.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// What they are.
    pub kind: FoldKind,
}

impl Code {
    /// What can be folded in the file at `path`, by first lines.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn folds_in(&self, path: &[u8]) -> Result<Vec<Fold>> {
        let file = Open::new(self, path)?;
        let mut folds = match file.text() {
            Text::Code | Text::Devicetree => in_code(file.bytes()),
            _ => Vec::new(),
        };
        let entries = file.outline().definitions.iter().filter(|d| d.kind == Kind::Kconfig);
        let region = |first, last| Fold { first, last, kind: FoldKind::Region };
        folds.extend(entries.map(|d| region(d.first, d.last)));
        folds.retain(|fold| fold.last > fold.first);
        folds.sort_by_key(|fold| (fold.first, std::cmp::Reverse(fold.last)));
        folds.dedup_by_key(|fold| fold.first);
        Ok(folds)
    }
}

fn in_code(bytes: &[u8]) -> Vec<Fold> {
    let mut folds = Vec::new();
    let (mut braces, mut arms): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut includes: Option<(u32, u32)> = None;
    let mut add = |first: u32, last: u32, kind| folds.push(Fold { first, last, kind });
    for token in Lexer::new(bytes) {
        let text = token.text(bytes);
        let lines = memchr::memchr_iter(b'\n', text).count() as u32;
        match token.kind {
            TokenKind::Space => continue,
            TokenKind::Comment => {
                add(token.line, token.line + lines, FoldKind::Comment);
                continue;
            }
            TokenKind::Directive => {
                let word = text[1..].trim_ascii_start();
                if word.starts_with(b"include") {
                    let first = includes.map_or(token.line, |(first, _)| first);
                    includes = Some((first, token.line));
                    continue;
                }
                if word.starts_with(b"if") {
                    arms.push(token.line);
                } else if word.starts_with(b"el") || word.starts_with(b"endif") {
                    if let Some(first) = arms.pop() {
                        add(first, token.line.saturating_sub(1), FoldKind::Region);
                    }
                    if word.starts_with(b"el") {
                        arms.push(token.line);
                    }
                } else {
                    add(token.line, token.line + lines, FoldKind::Region);
                }
            }
            _ if token.is(b'{') => braces.push(token.line),
            _ if token.is(b'}') => {
                if let Some(first) = braces.pop() {
                    // The line that closes stays visible.
                    add(first, token.line.saturating_sub(1), FoldKind::Region);
                }
            }
            _ => {}
        }
        if let Some((first, last)) = includes.take() {
            add(first, last, FoldKind::Includes);
        }
    }
    if let Some((first, last)) = includes {
        add(first, last, FoldKind::Includes);
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spans_lines_can_be_folded() {
        let text =
            b"/*\n * x\n */\n#include <a.h>\n#include <b.h>\n\nint f(void)\n{\n\treturn 1;\n}\n\
            #if A\nint a;\n#else\nint b;\n#endif\n}\n";
        let mut folds = in_code(text);
        folds.retain(|fold| fold.last > fold.first);
        folds.sort_by_key(|fold| fold.first);
        let lines: Vec<(u32, u32)> = folds.iter().map(|fold| (fold.first, fold.last)).collect();
        assert_eq!(lines, [(1, 3), (4, 5), (8, 9), (11, 12), (13, 14)]);
        assert_eq!(folds[1].kind, FoldKind::Includes);
    }
}
