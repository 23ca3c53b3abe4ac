//! A file that somebody reads, with what is found out of it once.

use std::cell::OnceCell;

use kgrep_index::lex::{Lexer, Token};
use kgrep_index::outline::{Definition, FileOutline, Kind, Language, outline};

use super::Part;
use crate::code::{Code, name_line, word_in};
use crate::place::Span;
use crate::relocate::SourceFile;
use crate::{Error, Result};

/// What kind of text a file is, as far as reading a word in it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// C, assembler through the preprocessor, or Rust.
    Code,
    /// A devicetree's source.
    Devicetree,
    Kconfig,
    Makefile,
    Maintainers,
    /// Documentation, and whatever else there is.
    Prose,
}

/// A file as the editor or the disk has it.
pub(super) struct Open<'c> {
    pub(super) code: &'c Code,
    pub(super) path: Vec<u8>,
    pub(super) source: SourceFile,
    outline: OnceCell<FileOutline>,
    tokens: OnceCell<Vec<Token>>,
}

impl Text {
    pub(super) fn of(path: &[u8]) -> Text {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        match Language::of(path) {
            Some(Language::Kconfig) => return Text::Kconfig,
            Some(_) => return Text::Code,
            None => {}
        }
        let ends = |end: &[u8]| name.ends_with(end);
        if name.starts_with(b"Makefile") || name.starts_with(b"Kbuild") || ends(b".mk") {
            Text::Makefile
        } else if ends(b".dts") || ends(b".dtsi") || ends(b".dtso") {
            Text::Devicetree
        } else if name == b"MAINTAINERS" {
            Text::Maintainers
        } else {
            Text::Prose
        }
    }
}

impl<'c> Open<'c> {
    /// The file at `path`, below the tree's root.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) fn new(code: &'c Code, path: &[u8]) -> Result<Open<'c>> {
        let source = code.lines(path).map_err(Error::read(&code.path(path)))?;
        let (outline, tokens) = (OnceCell::new(), OnceCell::new());
        Ok(Open { code, path: path.to_vec(), source, outline, tokens })
    }

    pub(super) fn text(&self) -> Text {
        Text::of(&self.path)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    pub(super) fn outline(&self) -> &FileOutline {
        let made = || outline(&self.path, self.bytes(), self.code.idioms());
        self.outline.get_or_init(made)
    }

    /// The tokens that mean something: comments and spaces are left out.
    pub(super) fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| Lexer::new(self.bytes()).meaning().collect())
    }

    /// A line's bytes without its end.
    pub(super) fn line(&self, line: u32) -> &[u8] {
        let line = self.source.line(u64::from(line)).unwrap_or_default();
        line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// Where a line begins.
    pub(super) fn start_of(&self, line: u32) -> usize {
        self.source.before(u64::from(line)).len()
    }

    /// Where a column of a line is.
    pub(super) fn offset(&self, line: u32, column: u32) -> usize {
        self.start_of(line) + (column as usize).min(self.line(line).len())
    }

    /// The part of a line that `start..end` is; a part of its first line where it has more.
    pub(super) fn part(&self, line: u32, start: usize, end: usize) -> Part {
        let begins = self.start_of(line);
        let column = |at: usize| u32::try_from(at.saturating_sub(begins)).unwrap_or(u32::MAX);
        Part::new(&self.path, line, Span { start: column(start), end: column(end) })
    }

    /// Where `name` stands in the lines `first..=last`; the first line's text where it doesn't.
    pub(super) fn named(&self, name: &[u8], first: u32, last: u32) -> Part {
        let line = name_line(&self.source, name, first, last.min(first.saturating_add(FAR)));
        let text = self.line(line);
        let span = word_in(text, name).unwrap_or_else(|| {
            let blanks = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
            Span { start: blanks as u32, end: text.len() as u32 }
        });
        Part::new(&self.path, line, span)
    }

    /// The smallest definition around a line that `wanted` wants.
    pub(super) fn around(
        &self,
        line: u32,
        wanted: impl Fn(&Definition) -> bool,
    ) -> Option<&Definition> {
        let definitions = self.outline().definitions.iter();
        let holding = definitions
            .filter(|d| d.kind != Kind::File && d.first <= line && line <= d.last && wanted(d));
        holding.min_by_key(|d| d.last - d.first)
    }
}

/// The most lines that a name stands below the first one of its definition.
const FAR: u32 = 40;
