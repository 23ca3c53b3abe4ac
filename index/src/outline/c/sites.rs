//! What a function's text tells of the tables that it calls through: which other fields they have or lack
//! (`if (ops->start && ops->stop) ops->stop()`), and whether it is the table of an object that it is given
//! (`file->f_op->write(file)`). The graph makes use of it where it knows the tables.
//!
//! It stands where a call has nobody who receives it: `?` is the mark, then the number of the parameter, then
//! `+field` and `-field`.

use std::ops::Range;

use crate::lex::Token;

use super::super::{NO_NAME, NameId, UseKind};
use super::Reader;
use super::holding::Body;
use super::pointers::{is_step, opening};
use super::sink::Origin;

/// The most members of a path before a call.
const LONGEST: usize = 8;
/// Of more calls in a body nothing is told.
const MOST_SITES: usize = 4096;
/// The most fields that are told of.
const MOST_FIELDS: usize = 8;

/// A call through a field: the number of its use, and the token of the field.
pub(super) type Site = (usize, usize);

/// What is told of a call.
#[derive(Clone, PartialEq, Eq)]
struct Told<'t> {
    /// The parameter that the path before it begins at; 0: none.
    parameter: u32,
    /// Fields of the table, and whether they are set, sorted.
    fields: Vec<(&'t [u8], bool)>,
}

impl<'t> Told<'t> {
    /// What holds for both.
    fn and(self, other: &Told<'t>) -> Told<'t> {
        let same = self.parameter == other.parameter;
        let parameter = if same { self.parameter } else { 0 };
        let fields = self.fields.into_iter().filter(|field| other.fields.contains(field)).collect();
        Told { parameter, fields }
    }

    fn text(&self) -> Option<Vec<u8>> {
        if self.parameter == 0 && self.fields.is_empty() {
            return None;
        }
        let mut text = b"?".to_vec();
        if self.parameter != 0 {
            text.extend_from_slice(self.parameter.to_string().as_bytes());
        }
        for (field, is_set) in &self.fields {
            text.push(if *is_set { b'+' } else { b'-' });
            text.extend_from_slice(field);
        }
        Some(text)
    }
}

impl Reader<'_> {
    /// Notes a call through the field at `at`, the use that was added last.
    pub(super) fn note_site(&mut self, at: usize) {
        if self.about.is_none()
            && let Some(last) = self.sink.out.uses.len().checked_sub(1)
        {
            self.sites.push((last, at));
        }
    }

    /// Tells of each field that is called in `tokens`, a body whose uses begin at `first`, what holds for all
    /// its calls.
    pub(super) fn tell_of_sites(&mut self, tokens: &[Token], sites: &[Site], first: usize) {
        if sites.is_empty() || sites.len() > MOST_SITES {
            return;
        }
        let body = Body::new(tokens, self.bytes);
        let mut told: Vec<(NameId, usize, Told<'_>)> = Vec::new();
        for &(number, at) in sites {
            let slot = self.sink.out.uses[number].name;
            let of_site = self.told_of(&body, tokens, at);
            match told.iter_mut().find(|(known, ..)| *known == slot) {
                Some((_, count, known)) => {
                    *count += 1;
                    *known = known.clone().and(&of_site);
                }
                None => told.push((slot, 1, of_site)),
            }
        }
        for (slot, count, told) in told {
            let is_it =
                |used: &&mut super::super::Use| used.kind == UseKind::Indirect && used.name == slot;
            let Some(text) = told.text() else { continue };
            let told = self.sink.intern(&text);
            let uses = self.sink.out.uses.get_mut(first..).unwrap_or_default();
            let uses: Vec<_> = uses.iter_mut().filter(is_it).collect();
            // Others go through it in another way.
            if uses.len() == count {
                uses.into_iter().for_each(|used| used.via = told);
            }
        }
    }

    /// What is told of the call of the field at `at`.
    fn told_of<'t>(&mut self, body: &Body<'t>, tokens: &[Token], at: usize) -> Told<'t> {
        let nothing = Told { parameter: 0, fields: Vec::new() };
        let Some(receiver) = receiver(tokens, at) else { return nothing };
        let called = body.text(at);
        let mut fields: Vec<(&[u8], bool)> = body
            .holding(receiver.clone())
            .into_iter()
            .map(|held| (body.text(held.field), held.is_set))
            .filter(|(field, _)| *field != called)
            .collect();
        fields.sort_unstable();
        fields.dedup();
        let both: Vec<&[u8]> =
            fields.windows(2).filter(|two| two[0].0 == two[1].0).map(|two| two[0].0).collect();
        fields.retain(|(field, _)| !both.contains(field));
        fields.truncate(MOST_FIELDS);
        Told { parameter: self.own_parameter(body, tokens, receiver), fields }
    }

    /// The parameter that a path of members begins at, where it is the only one of its structure, and nothing
    /// of the path is set in the body.
    fn own_parameter(&mut self, body: &Body<'_>, tokens: &[Token], receiver: Range<usize>) -> u32 {
        if receiver.len() < 3 || body.sets(&receiver, None, 0) {
            return 0;
        }
        let name = self.sink.intern(tokens[receiver.start].text(self.bytes));
        let tag = self.sink.tag_of(name);
        let same = self.parameters.iter().filter(|parameter| **parameter == tag).count();
        match self.sink.origin(name) {
            Origin::Parameter { number, .. } if tag != NO_NAME && same == 1 => number,
            _ => 0,
        }
    }
}

/// The path before the step to the field at `at`; none where it doesn't begin with a name.
fn receiver(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let end = at.checked_sub(1).filter(|step| is_step(tokens[*step]))?;
    let mut start = end;
    for _ in 0..LONGEST {
        let mut last = start.checked_sub(1)?;
        while tokens[last].is(b']') {
            last = opening(tokens, last)?.checked_sub(1)?;
        }
        (tokens[last].kind == crate::lex::TokenKind::Ident).then_some(())?;
        start = last;
        match last.checked_sub(1).filter(|step| is_step(tokens[*step])) {
            Some(step) => start = step,
            None => return Some(start..end),
        }
    }
    None
}
