//! Where what a word means is used: in the whole tree, or in its own file.

use std::collections::{BTreeSet, HashMap};

use kgrep_index::graph::{DefId, DefInfo};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::{AccessKind, Kind};

use super::define::{definitions_of_word, target};
use super::open::{Open, Text};
use super::word::{Role, Word};
use super::{Part, Spot};
use crate::Result;
use crate::answer::{Cell, How, Row, Sureness};
use crate::code::{Code, word_in};
use crate::request::{Accesses, References, Request};

/// What a use does with what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It is set.
    Write,
    /// It is read, called or passed on.
    Read,
    /// It is only named.
    Text,
}

/// A place that has a name in its own file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where.
    pub part: Part,
    /// What is done there.
    pub access: Access,
}

impl Code {
    /// The uses of what the word at `spot` means, in path and line order; with `declared` also
    /// where it is defined and declared. Of a local those in its function.
    ///
    /// # Errors
    /// When the file or the tree can't be read.
    pub fn uses_at(&self, spot: &Spot, declared: bool) -> Result<Vec<Part>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(Vec::new()) };
        if word.role == Role::Plain
            && let Some(local) = file.local(&word)
        {
            let own = local.token.start as usize;
            let all = file.local_mentions(&word, own).into_iter();
            let at = |part: &Part| file.offset(part.line, part.start);
            let parts = all.map(|mention| mention.part);
            return Ok(parts.filter(|part| declared || at(part) != own).collect());
        }
        if let Some(parts) = self.uses_of_field(&file, &word, declared)? {
            return Ok(parts);
        }
        let request = References { name: word.name.clone(), ..References::default() };
        let answer = self.answer(&Request::References(request))?;
        let places = answer.rows.into_iter().map(|row| (row.path, row.line)).collect();
        let mut parts = self.in_lines(self.of_meaning(&file, &word, places)?, &word, false);
        if declared {
            parts.extend(self.ask(|graph| {
                let found = definitions_of_word(graph, &file, &word);
                let mut parts = Vec::new();
                for definition in &found {
                    if let Ok(file) = Open::new(self, graph.path(definition.file)) {
                        parts.push(target(graph, &file, definition).name);
                    }
                }
                Ok::<_, crate::Error>(parts)
            })?);
        }
        parts.sort_unstable();
        parts.dedup();
        Ok(parts)
    }

    /// The uses of the field of a structure, if a word means one and the text tells of which. Those that may as well be
    /// other structures' are left out, where there are surer ones.
    fn uses_of_field(
        &self,
        file: &Open<'_>,
        word: &Word,
        declared: bool,
    ) -> Result<Option<Vec<Part>>> {
        let Some(member) = self.ask(|graph| file.member(graph, word))? else { return Ok(None) };
        let name = format!("{}.{}", member.structure, word.name);
        let accesses = Accesses { name, kinds: Vec::new() };
        let mut rows = self.answer(&Request::Accesses(accesses))?.rows;
        let is_declared = |row: &Row| {
            let declared = How::Access(AccessKind::Declared);
            row.cells.iter().any(|cell| matches!(cell, Cell::How(how) if *how == declared))
        };
        if rows.iter().any(|row| row.sure == Sureness::Certain && !is_declared(row)) {
            rows.retain(|row| row.sure == Sureness::Certain);
        }
        rows.retain(|row| declared || !is_declared(row));
        let places: BTreeSet<_> = rows.into_iter().map(|row| (row.path, row.line)).collect();
        Ok(Some(self.in_lines(places.into_iter().collect(), word, true)))
    }

    /// Those of the places with a word's name that may mean what it means: a `static` of this name
    /// in another file is another thing.
    fn of_meaning(
        &self,
        file: &Open<'_>,
        word: &Word,
        places: BTreeSet<(Vec<u8>, u32)>,
    ) -> Result<Vec<(Vec<u8>, u32)>> {
        self.ask(|graph| {
            let own = definitions_of_word(graph, file, word);
            let callable = own.iter().filter(|d| is_resolved(d)).map(|d| d.id);
            let callable: Vec<DefId> = callable.collect();
            let name = graph.find_name(word.name.as_bytes());
            let mut known: HashMap<&[u8], bool> = HashMap::new();
            let may = |path: &[u8]| {
                let (Some(name), Some(number)) = (name, graph.file(path)) else { return true };
                let meaning = graph.resolve(name, number, self.arch.whole());
                meaning.is_empty()
                    || meaning
                        .functions
                        .iter()
                        .chain(&meaning.macros)
                        .any(|d| callable.contains(&d.id))
            };
            let wanted = places.iter().filter(|(path, _)| {
                callable.is_empty() || *known.entry(path.as_slice()).or_insert_with(|| may(path))
            });
            Ok::<_, crate::Error>(wanted.cloned().collect::<Vec<_>>())
        })
    }

    /// Where these lines have the word; as that of a field, if it is one.
    fn in_lines(&self, lines: Vec<(Vec<u8>, u32)>, word: &Word, is_field: bool) -> Vec<Part> {
        let mut parts = Vec::with_capacity(lines.len());
        let mut open: Option<Open<'_>> = None;
        for (path, line) in lines {
            if open.as_ref().is_none_or(|open| open.path != path) {
                open = Open::new(self, &path).ok();
            }
            let Some(file) = open.as_ref().filter(|file| file.path == path) else { continue };
            let text = file.line(line);
            let mut spans = words_in(text, word.name.as_bytes());
            // Beside a field there may be a local of its name.
            if is_field && spans.iter().any(|(start, _)| is_behind_step(&text[..*start])) {
                spans.retain(|(start, _)| is_behind_step(&text[..*start]));
            }
            let begins = file.start_of(line);
            let all = spans.into_iter();
            parts.extend(all.map(|(start, end)| file.part(line, begins + start, begins + end)));
        }
        parts
    }

    /// Where the file of `spot` has the word there.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn mentions_at(&self, spot: &Spot) -> Result<Vec<Mention>> {
        let file = Open::new(self, &spot.path)?;
        let Some(word) = file.word(spot.line, spot.column) else { return Ok(Vec::new()) };
        if let Some(local) = file.local(&word).filter(|_| word.role == Role::Plain) {
            return Ok(file.local_mentions(&word, local.token.start as usize));
        }
        Ok(file.mentions(&word, 1, u32::MAX))
    }
}

/// Whether the graph resolves uses of it file by file.
fn is_resolved(definition: &DefInfo) -> bool {
    definition.kind.is_callable() || matches!(definition.kind, Kind::Macro | Kind::Constant)
}

/// Whether a text ends with `.` or `->`.
fn is_behind_step(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    text.ends_with(b".") || text.ends_with(b"->")
}

/// Where `name` stands in a line as a word.
fn words_in(text: &[u8], name: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(span) = text.get(from..).and_then(|rest| word_in(rest, name)) {
        // What was cut off may be a part of the word.
        let (start, end) = (from + span.start as usize, from + span.end as usize);
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        if start == 0 || !is_word(&text[start - 1]) {
            found.push((start, end));
        }
        from = end;
    }
    found
}

impl Open<'_> {
    /// Where a function has a local that is declared at `own`.
    fn local_mentions(&self, word: &Word, own: usize) -> Vec<Mention> {
        let line = word.part.line;
        let Some(around) = self.around(line, |d| d.kind.is_callable()) else { return Vec::new() };
        let mut all = self.mentions(word, around.first, around.last);
        all.retain_mut(|mention| {
            let at = self.offset(mention.part.line, mention.part.start);
            if at == own {
                mention.access = Access::Write;
            }
            let mut here = word.clone();
            (here.start, here.part) = (at, mention.part.clone());
            self.local(&here).is_some_and(|local| local.token.start as usize == own)
        });
        all
    }

    /// Where the lines `first..=last` have a word in the same role, as far as that has one.
    fn mentions(&self, word: &Word, first: u32, last: u32) -> Vec<Mention> {
        let name = word.name.as_bytes();
        if self.text() != Text::Code {
            let lines = u32::try_from(self.source.line_count()).unwrap_or(u32::MAX);
            let all = (first..=last.min(lines)).flat_map(|line| {
                let begins = self.start_of(line);
                let spans = words_in(self.line(line), word.spelling().as_bytes());
                spans.into_iter().map(move |(start, end)| (line, begins + start, begins + end))
            });
            let mention = |(line, start, end)| Mention {
                part: self.part(line, start, end),
                access: Access::Text,
            };
            return all.map(mention).collect();
        }
        let bytes = self.bytes();
        let is_member = matches!(word.role, Role::Member(_) | Role::Designator);
        let name =
            if word.role == Role::Symbol { word.spelling().into_bytes() } else { name.to_vec() };
        let mut found = Vec::new();
        let mut see = |tokens: &[Token]| {
            for (at, token) in tokens.iter().enumerate() {
                if token.kind != TokenKind::Ident || token.text(bytes) != name {
                    continue;
                }
                let before = at.checked_sub(1).map(|at| tokens[at]);
                let behind = before.is_some_and(|t| t.kind == TokenKind::Arrow || t.is(b'.'));
                if behind != is_member && word.role != Role::Said {
                    continue;
                }
                let part = self.part(token.line, token.start as usize, token.end as usize);
                found.push(Mention { part, access: access(tokens, at, bytes) });
            }
        };
        let tokens = self.between(first, last);
        see(tokens);
        for directive in tokens.iter().filter(|token| token.kind == TokenKind::Directive) {
            see(&Lexer::of_directive(bytes, *directive).meaning().collect::<Vec<_>>());
        }
        found.sort_by(|one, other| one.part.cmp(&other.part));
        found
    }
}

impl Word {
    /// The word as code has it.
    fn spelling(&self) -> String {
        let length = (self.part.end - self.part.start) as usize;
        let prefixed = self.role == Role::Symbol && length > self.name.len();
        if prefixed { format!("CONFIG_{}", self.name) } else { self.name.clone() }
    }
}

/// What is done with the name that the token `at` is.
fn access(tokens: &[Token], at: usize, bytes: &[u8]) -> Access {
    let byte = |at: Option<usize>| {
        let token = at.and_then(|at| tokens.get(at));
        token.filter(|token| token.kind == TokenKind::Byte).map_or(0, |token| token.byte)
    };
    let next = [1, 2, 3].map(|further| byte(Some(at + further)));
    let back = [1, 2].map(|further| byte(at.checked_sub(further)));
    let beside = |one: usize| {
        let (Some(a), Some(b)) = (tokens.get(one), tokens.get(one + 1)) else { return false };
        a.end == b.start
    };
    let twice = |sign: u8| next[0] == sign && next[1] == sign && beside(at + 1);
    let set = match next[0] {
        b'=' => !(next[1] == b'=' && beside(at + 1)),
        b'+' | b'-' if twice(next[0]) => true,
        b'<' | b'>' => twice(next[0]) && next[2] == b'=' && beside(at + 2),
        b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' => next[1] == b'=' && beside(at + 1),
        _ => false,
    };
    let stepped = back[0] == back[1] && matches!(back[0], b'+' | b'-');
    // `int lamp;` has a type before the name.
    let declared = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| {
        token.kind == TokenKind::Ident
            && !matches!(token.text(bytes), b"return" | b"case" | b"else")
    });
    if set || stepped || declared && matches!(next[0], b';' | b'=') {
        Access::Write
    } else {
        Access::Read
    }
}
