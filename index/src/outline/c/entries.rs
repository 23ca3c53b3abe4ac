//! Entries of tables that a macro of the file writes: `PROC(open)` for
//! `[P_open] = { .encode = encode_open, .decode = decode_open }`.

use crate::idiom::Entry;
use crate::lex::Token;

use super::super::{FileOutline, NO_NAME, UseKind};
use super::Reader;
use super::expand::{DEEPEST, params_and_body, split, text_of};
use super::head::closing;
use super::template::Template;
use super::walk::Walk;

impl Reader<'_> {
    /// Remembers the macro `name` if its body names members: `tokens` are what follows the name.
    pub(super) fn note_entry(&mut self, name: &[u8], tokens: &[Token]) {
        let Some((params, body)) = params_and_body(tokens) else { return };
        // `.member =` where a value may begin.
        let designates = |w: &[Token]| w[0].is(b'.') && w[2].is(b'=');
        let begins = |at: usize| {
            at.checked_sub(1).is_none_or(|before| body[before].is(b'{') || body[before].is(b','))
        };
        if body.windows(3).enumerate().any(|(at, w)| designates(w) && begins(at)) {
            let template = Template::new(text_of(params, self.bytes), text_of(body, self.bytes));
            self.makers.add_entry(name, template);
        }
    }

    /// Reads the entry that the macro at `at`, one of the file or of an idiom, writes into the values
    /// around it.
    pub(super) fn read_entry(&mut self, walk: &Walk, at: usize) {
        let tokens = walk.tokens;
        let word = tokens[at].text(self.bytes);
        let Some(template) = self.makers.entry(word) else {
            if let Some(entry) = self.idioms.entry(word) {
                self.fill_members(walk, at, entry);
            }
            return;
        };
        let tag = self.sink.out.names.get(walk.tag()).to_vec();
        if tag.is_empty() || tag.contains(&b'.') || self.makers.depth() >= DEEPEST {
            return;
        }
        let Some(close) = closing(tokens, at + 1, tokens.len()) else { return };
        let arguments = split(text_of(tokens.get(at + 2..close).unwrap_or_default(), self.bytes));
        let written = template.write_out(&arguments);
        let text = [b"struct ", &tag[..], b" x = {", &written[..], b"};"].concat();
        if !self.makers.may_write(text.len()) {
            return;
        }
        let mut made = FileOutline::default();
        let mut reader = Reader::new(&text, self.idioms, &mut made);
        reader.unit = self.unit;
        reader.makers = std::mem::take(&mut self.makers).inside();
        reader.read();
        self.makers = std::mem::take(&mut reader.makers).outside();
        let entries = made.uses.iter().filter(|used| used.kind == UseKind::Init);
        for used in entries.filter(|used| made.name(used.via).contains(&b'@')) {
            let (name, via) = (self.sink.intern(made.name(used.name)), made.name(used.via));
            let via = self.sink.intern(via);
            self.sink.add_use(walk.within(), name, UseKind::Init, tokens[at].line, via);
        }
    }

    /// Puts into the members of the values around what an idiom says of the macro at `at`.
    fn fill_members(&mut self, walk: &Walk, at: usize, entry: &Entry) {
        let (tokens, tag) = (walk.tokens, walk.tag());
        let Some(close) = closing(tokens, at + 1, tokens.len()).filter(|_| tag != NO_NAME) else {
            return;
        };
        let arguments = split(text_of(tokens.get(at + 2..close).unwrap_or_default(), self.bytes));
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        for (function, member) in &entry.members {
            let Some(function) = function.fill(&arguments) else { continue };
            // `NULL` is no function.
            if function.iter().any(u8::is_ascii_lowercase) {
                let (function, slot) =
                    (self.sink.intern(&function), self.slot(member.as_bytes(), tag));
                self.sink.add_use(walk.within(), function, UseKind::Init, tokens[at].line, slot);
            }
        }
    }
}
