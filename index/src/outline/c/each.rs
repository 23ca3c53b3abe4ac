//! Headers that are included several times, each time for other names: `#define mtype_add TOKEN(MTYPE, _add)`
//! in the header, and `#define MTYPE hash_ip4` in the file that includes it. Which names these are only the
//! whole tree tells; here is noted what makes them.

use crate::lex::{Token, TokenKind};

use super::super::{InvocationKind, Maker, NO_NAME, NameId, UseKind};
use super::expand::{single_name, split, text_of};
use super::template::{Template, names_parts};
use super::words::{Word, is_shouted, word};
use super::{Item, Reader};

impl Reader<'_> {
    /// Remembers a macro without arguments that may be a part of names: `#define MTYPE hash_ip4`, or in a
    /// header a name that is made of such a part.
    pub(super) fn note_word(&mut self, name: NameId, body: &[Token]) {
        let is_name =
            |t: &Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Name;
        let shouts = is_shouted(self.sink.out.names.get(name));
        let is_wanted = match body {
            [one] => shouts && is_name(one) && !is_shouted(one.text(self.bytes)),
            [called, open, .., close] => {
                let is_made = is_name(called) && open.is(b'(') && close.is(b')');
                let parts = body[2..].iter().any(|t| is_name(t) && is_shouted(t.text(self.bytes)));
                self.unit == 0 && !shouts && is_shouted(called.text(self.bytes)) && is_made && parts
            }
            _ => false,
        };
        if !is_wanted || self.about.is_some() {
            return;
        }
        let text = text_of(body, self.bytes);
        let maker = Maker { name, params: NO_NAME, body: self.sink.new_name(text) };
        self.sink.out.makers.push(maker);
        let name = self.sink.out.names.get(name).to_vec();
        self.makers.add_word(&name, Template::word(text));
    }

    /// Notes the definition `heads` whose name is one that the header makes for each file that includes
    /// it.
    pub(super) fn note_each(&mut self, item: &Item, name: NameId, heads: u32) {
        if self.unit != 0 || self.about.is_some() {
            return;
        }
        let Some(template) = self.makers.word(self.sink.out.names.get(name)) else { return };
        let text = template.body();
        let Some(open) = memchr::memchr(b'(', text) else { return };
        let Some(inside) = text.get(open + 1..text.len() - 1) else { return };
        let first = item.tokens[0].line;
        let receiver = self.sink.intern(text[..open].trim_ascii());
        self.sink.add_use(heads, receiver, UseKind::Call, first, NO_NAME);
        self.note_parts(heads, inside, first);
        self.note_invocation(item, (receiver, inside), InvocationKind::Each, heads, false);
    }

    /// Notes the words in the text `inside` that a name is made of and other files may define: who changes one of
    /// these changes the name.
    pub(super) fn note_parts(&mut self, within: u32, inside: &[u8], line: u32) {
        for part in split(inside) {
            if single_name(&part).is_none() || !is_shouted(&part) {
                continue;
            }
            let part = self.sink.intern(&part);
            if !self.sink.is_local(part) {
                self.sink.add_use(within, part, UseKind::Call, line, NO_NAME);
            }
        }
    }

    /// The same of a macro that makes a name by another one.
    pub(super) fn note_parts_of_macro(&mut self, within: u32, body: &[Token]) {
        if let Some(inside) = names_parts(body, self.bytes) {
            self.note_parts(within, text_of(inside, self.bytes), body[0].line);
        }
    }
}
