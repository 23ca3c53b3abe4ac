//! Fields of a union without a name that are one pointer to functions under several names, as where one
//! of them is being renamed: `union { int (*xfer)(…); int (*master_xfer)(…); };`. What a table puts into
//! one of them is called through each of the others.

use std::collections::{BTreeMap, HashMap};

use crate::lex::{Token, TokenKind};

use super::super::{Kind, NameId};
use super::Reader;
use super::head::closing;
use super::words::{Word, word};

/// What the type of a field that holds functions begins with where it has twins: their names follow, its own
/// among them, as they are declared.
pub(crate) const TWINS: u8 = b'|';

/// The fields of one union that hold functions, by their types as written.
#[derive(Default)]
pub(super) struct Twins<'a>(BTreeMap<Vec<&'a [u8]>, Vec<Token>>);

impl<'a> Reader<'a> {
    /// Room for the twins of what opens at `open` behind `head` and closes at `close`, where it is a
    /// union without a name.
    pub(super) fn twins_of(
        &self,
        tokens: &[Token],
        head: &[Token],
        close: Option<usize>,
    ) -> Option<Twins<'a>> {
        let is_union = matches!(head, [only] if only.text(self.bytes) == b"union");
        let is_nameless = || tokens.get(close? + 1).filter(|t| t.is(b';'));
        (is_union && is_nameless().is_some()).then(Twins::default)
    }

    /// Notes a field that holds functions: `int (*open)(…)`.
    pub(super) fn note_twin(&self, line: &[Token], twins: &mut Twins<'a>) {
        let Some(at) = self.pointer_name(line) else { return };
        let others = line.iter().enumerate().filter(|(other, _)| *other != at);
        let of = others.map(|(_, token)| token.text(self.bytes)).collect();
        twins.0.entry(of).or_default().push(line[at]);
    }

    /// Marks fields of the struct `tag` as each other's twins.
    pub(super) fn mark_twins(&mut self, twins: Twins<'a>, tag: NameId) {
        let mut marks = HashMap::new();
        for twins in twins.0.into_values().filter(|twins| twins.len() > 1) {
            let names: Vec<&[u8]> = twins.iter().map(|t| t.text(self.bytes)).collect();
            let mark = self.sink.intern(&[&[TWINS][..], &names.join(&b","[..])].concat());
            for twin in twins {
                marks.insert((self.slot(twin.text(self.bytes), tag), twin.line), mark);
            }
        }
        let first = marks.keys().map(|(_, line)| *line).min().unwrap_or(u32::MAX);
        let defined = self.sink.out.definitions.iter_mut().rev();
        for member in defined.take_while(|d| d.kind == Kind::Member && d.first >= first) {
            if let Some(mark) = marks.get(&(member.name, member.first)) {
                member.params = *mark;
            }
        }
    }

    /// Where the name stands in `int (*open)(…)`.
    fn pointer_name(&self, line: &[Token]) -> Option<usize> {
        let at = line.windows(2).position(|pair| pair[0].is(b'(') && pair[1].is(b'*'))?;
        let close = closing(line, at, line.len())?;
        line.get(close + 1).filter(|t| t.is(b'('))?;
        let is_name =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        Some(at + line[at..close].iter().position(is_name)?)
    }
}
