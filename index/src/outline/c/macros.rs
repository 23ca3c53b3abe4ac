//! Macros used at the top level of a file: what they define and register, by idiom.

use crate::idiom::{Define, Template};
use crate::lex::Token;

use super::super::{Flags, InvocationKind, Kind, NO_NAME, NOWHERE, NameId, UseKind};
use super::head::Group;
use super::walk::Place;
use super::{Item, Reader};

impl Reader<'_> {
    /// The arguments in a bracket group, each as written.
    pub(super) fn arguments(&self, item: &Item, group: Group) -> Vec<Vec<u8>> {
        split(item.inside(group))
            .map(|tokens| match tokens {
                [] => Vec::new(),
                [first, .., last] => self.bytes[first.start as usize..last.end as usize].to_vec(),
                [only] => only.text(self.bytes).to_vec(),
            })
            .collect()
    }

    /// Adds what `idiom` defines; the number of the first definition, if there is one.
    pub(super) fn define_by_idiom(
        &mut self,
        item: &Item,
        idiom: &Define,
        arguments: &[Vec<u8>],
        flags: Flags,
    ) -> Option<u32> {
        self.define_all(item, idiom, arguments, flags).into_iter().flatten().next()
    }

    /// Adds what `idiom` defines; the number of each name's definition.
    fn define_all(
        &mut self,
        item: &Item,
        idiom: &Define,
        arguments: &[Vec<u8>],
        flags: Flags,
    ) -> Vec<Option<u32>> {
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        let mut first: Option<(u32, NameId)> = None;
        let mut numbers = Vec::with_capacity(idiom.names.len());
        for (at, template) in idiom.names.iter().enumerate() {
            let Some(name) = template.fill(&arguments) else {
                numbers.push(None);
                continue;
            };
            let name = self.sink.intern(&name);
            let mut definition = self.definition(item, name, idiom.kind, flags);
            if idiom.params > 0 {
                let rest = arguments.get(idiom.params - 1..).unwrap_or_default();
                definition.params = self.sink.intern(&params_text(rest, idiom.kind));
            }
            let has_body = idiom.bodies.get(at).is_some_and(|body| *body > 0);
            let alias = first.filter(|_| !has_body);
            if alias.is_some() {
                definition.flags.set(Flags::ALIAS);
            }
            let number = self.sink.define(definition);
            if let Some((_, known)) = alias.filter(|_| idiom.kind.is_callable()) {
                self.sink.add_use(number, known, UseKind::Call, definition.first, NO_NAME);
            }
            first.get_or_insert((number, name));
            numbers.push(Some(number));
        }
        if let Some((within, _)) = first {
            self.fill_slots(item, within, &idiom.fills, &arguments, UseKind::Pass);
            self.fill_in(item, within, &idiom.init, &arguments);
            for called in idiom.calls.iter().filter_map(|t| t.fill(&arguments)) {
                let kind = if called.contains(&b'@') { UseKind::Indirect } else { UseKind::Call };
                let called = self.sink.intern(&called);
                self.sink.add_use(within, called, kind, item.tokens[0].line, NO_NAME);
            }
        }
        for name in idiom.functions.iter().filter_map(|t| t.fill(&arguments)) {
            let name = self.sink.intern(&name);
            let mut definition = self.definition(item, name, Kind::Function, flags);
            definition.flags.set(Flags::STATIC);
            self.sink.define(definition);
        }
        numbers
    }

    /// Reads the arguments that are the bodies of what the idiom defines.
    fn read_bodies(&mut self, idiom: &Define, numbers: &[Option<u32>], inside: &[Token]) {
        let arguments: Vec<&[Token]> = split(inside).collect();
        for (number, body) in numbers.iter().zip(&idiom.bodies) {
            let argument = body.checked_sub(1).and_then(|at| arguments.get(at));
            if let (Some(within), Some(tokens)) = (number, argument) {
                self.sink.enter();
                self.walk_code(tokens, Place::body(*within));
            }
        }
    }

    fn fill_in(&mut self, item: &Item, within: u32, functions: &[Template], arguments: &[&[u8]]) {
        for function in functions.iter().filter_map(|t| t.fill(arguments)) {
            let line = item
                .tokens
                .iter()
                .find(|t| t.text(self.bytes) == function)
                .unwrap_or(&item.tokens[0])
                .line;
            let name = self.sink.intern(&function);
            self.sink.add_use(within, name, UseKind::Init, line, NO_NAME);
        }
    }

    fn fill_slots(
        &mut self,
        item: &Item,
        within: u32,
        fills: &[(Template, Template)],
        arguments: &[&[u8]],
        kind: UseKind,
    ) {
        for (name, slot) in fills {
            if let Some((name, slot)) = name.fill(arguments).zip(slot.fill(arguments)) {
                let (name, slot) = (self.sink.intern(&name), self.sink.intern(&slot));
                self.sink.add_use(within, name, kind, item.tokens[0].line, slot);
            }
        }
    }

    /// Whether the macro may be written out: no idiom says all there is to know of it.
    pub(super) fn may_be_expanded(&self, word: &[u8]) -> bool {
        let register = self.idioms.register(word).is_none_or(|idiom| idiom.defines);
        match self.idioms.define(word) {
            Some(idiom) => idiom.kind == Kind::Function,
            None => register,
        }
    }

    /// `MACRO(…);` at the top level, `static` or not.
    pub(super) fn read_invocation(&mut self, item: &Item, name: usize, params: Group) {
        let receiver = self.sink.intern(item.tokens[name].text(self.bytes));
        let word = item.tokens[name].text(self.bytes);
        let arguments = self.arguments(item, params);
        let flags = self.flags(&item.tokens[..name]);
        if self.read_expanded(item, word, &arguments, InvocationKind::Item).is_some() {
            // What the text doesn't tell is said once, and not for each macro inside it.
            let besides = |idiom: &&Define| !idiom.calls.is_empty() && !self.makers.is_expansion();
            if let Some(idiom) = self.idioms.define(word).filter(besides) {
                self.define_all(item, idiom, &arguments, flags);
            }
            return;
        }
        let (mut within, mut has_bodies) = (None, false);
        if let Some(idiom) = self.idioms.define(word) {
            let mut flags = flags;
            if idiom.is_static {
                flags.set(Flags::STATIC);
            }
            let numbers = self.define_all(item, idiom, &arguments, flags);
            within = numbers.iter().flatten().copied().next();
            if !idiom.bodies.is_empty() {
                let inside = item.inside(params);
                self.read_bodies(idiom, &numbers, inside);
                has_bodies = true;
            }
        }
        let exported = word.starts_with(b"EXPORT_");
        if let Some(idiom) = self.idioms.register(word) {
            let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
            if let Some(table) = idiom.table.fill(&arguments) {
                let table = self.sink.intern(&table);
                let mut definition = self.definition(item, table, Kind::Variable, flags);
                definition.flags.set(Flags::STATIC);
                let number = self.sink.define(definition);
                self.fill_in(item, number, &idiom.functions, &arguments);
                self.fill_slots(item, number, &idiom.fills, &arguments, UseKind::Init);
                within = Some(number);
            }
        }
        if exported || word.starts_with(b"MODULE_") {
            return;
        }
        let inside = item.inside(params);
        if self.may_be_expanded(word) {
            let functions = within.is_some();
            self.read_others(item, receiver, inside, InvocationKind::Item, NOWHERE, functions);
        }
        let within = match within {
            Some(within) => within,
            None => self.sink.file_scope(),
        };
        self.sink.enter();
        let line = item.tokens[name].line;
        self.sink.add_use(within, receiver, UseKind::Call, line, NO_NAME);
        if has_bodies {
            return;
        }
        self.walk_code(item.inside(params), Place::arguments(within, receiver));
    }
}

/// The parts between commas outside brackets.
fn split(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0usize;
    tokens.split(move |token| {
        if token.is(b'(') || token.is(b'[') || token.is(b'{') {
            depth += 1;
        } else if token.is(b')') || token.is(b']') || token.is(b'}') {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is(b',')
    })
}

/// A system call macro separates types from names by commas: put them together again.
fn params_text(arguments: &[&[u8]], kind: Kind) -> Vec<u8> {
    let step = if kind == Kind::Syscall { 2 } else { 1 };
    let pairs: Vec<Vec<u8>> = arguments.chunks(step).map(|pair| pair.join(&b' ')).collect();
    if pairs.is_empty() { b"void".to_vec() } else { pairs.join(&b", "[..]) }
}
