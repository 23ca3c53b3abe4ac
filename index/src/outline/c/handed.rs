//! Which tables a file hands to functions, or puts into members, that idioms name (`tables`): who calls through
//! what was handed there calls what these tables have.
//!
//! Such a use has the table's name and no function's. `*` stands for a table that the text doesn't name, `*()`
//! for one that a function was given by its callers.

use crate::lex::{Token, TokenKind};

use super::super::{NO_NAME, NameId, UseKind};
use super::Reader;
use super::walk::Walk;
use super::words::{Word, word};

/// The most tokens of arguments that are looked at.
const LONGEST: usize = 256;

impl Reader<'_> {
    /// The call of the function at `at`: the tables that it is given, if it takes any.
    pub(super) fn hand_tables(&mut self, walk: &Walk, at: usize, function: NameId) {
        let idioms = self.idioms;
        for number in idioms.takes_tables(self.sink.out.names.get(function)) {
            self.hand_argument(walk, at, (function, *number));
        }
    }

    fn hand_argument(&mut self, walk: &Walk, at: usize, (function, number): (NameId, u32)) {
        let Some(argument) = argument(&walk.tokens[at + 1..], number) else { return };
        let name = match argument {
            [address, name] if address.is(b'&') => Some(name),
            [name] => Some(name),
            _ => None,
        };
        let is_name =
            |t: &&Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let text = name.filter(is_name).map(|name| name.text(self.bytes));
        if text == Some(b"NULL") {
            return;
        }
        let named = text.map(|text| self.sink.intern(text));
        let slot = self.parameter_slot(function, number);
        self.hand(walk, named, slot, walk.tokens[at].line);
    }

    /// A value that goes to the slot `slot`, where that is a member that holds tables.
    pub(super) fn hand_to_member(&mut self, walk: &Walk, name: NameId, slot: NameId, line: u32) {
        if slot != NO_NAME && self.idioms.is_for_tables(self.sink.out.names.get(slot)) {
            self.hand(walk, Some(name), slot, line);
        }
    }

    fn hand(&mut self, walk: &Walk, table: Option<NameId>, to: NameId, line: u32) {
        // Only the graph asks for it.
        if self.about.is_some() {
            return;
        }
        let table = match table {
            Some(local) if self.sink.is_local(local) => self.sink.intern(b"*()"),
            Some(table) => table,
            None => self.sink.intern(b"*"),
        };
        self.sink.add_use(walk.within(), table, UseKind::Pass, line, to);
    }
}

/// The argument with this number, counted from 1, of those that the first of `tokens` opens.
fn argument(tokens: &[Token], number: u32) -> Option<&[Token]> {
    let (mut depth, mut count, mut start) = (0_usize, 1, 1);
    for (at, token) in tokens.iter().enumerate().take(LONGEST) {
        let ends = depth == 1 && (token.is(b')') || token.is(b','));
        if token.is(b'(') || token.is(b'[') || token.is(b'{') {
            depth += 1;
        } else if ends {
            if count == number {
                return tokens.get(start..at);
            }
            (count, start) = (count + 1, at + 1);
        }
        if token.is(b')') || token.is(b']') || token.is(b'}') {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            break;
        }
    }
    None
}
