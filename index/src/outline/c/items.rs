//! Reads a whole top-level item: what it defines, and with which words around it.

use crate::kbuild::never_holds;
use crate::lex::{Token, TokenKind};

use super::super::{Definition, Flags, InvocationKind, Kind, NO_NAME, NOWHERE, NameId, UseKind};
use super::expand::text_of;
use super::head::{self, Group, Shape};
use super::sink::Origin;
use super::variables::is_assemblers;
use super::walk::Place;
use super::words::{self, Word, word};
use super::{Head, Item, Reader};

impl Reader<'_> {
    /// Reads the item that `item` holds.
    pub(super) fn read_item(&mut self, item: &Item) {
        let first = item.tokens[0].text(self.bytes);
        if first == b"typedef" {
            return self.read_typedef(item);
        }
        match item.body {
            // Nothing else in the file depends on it.
            Some((open, Shape::Function { name, typed: true, .. }))
                if !self.concerns(&item.tokens) =>
            {
                self.note_own(&item.tokens[..open], name);
            }
            Some((open, Shape::Function { name, params, typed })) => {
                self.read_function(item, open, name, params, typed)
            }
            Some((open, Shape::Aggregate)) => self.read_aggregate(item, open),
            Some((_, Shape::Initializer)) => self.read_variables(item, 0),
            Some((open, _)) => self.read_stray_block(item, open),
            None => self.read_declaration(item),
        }
    }

    /// The words around a definition, as flags.
    pub(super) fn flags(&self, head: &[Token]) -> Flags {
        let mut flags = Flags::default();
        for token in head.iter().filter(|t| t.kind == TokenKind::Ident) {
            flags.set(match token.text(self.bytes) {
                b"static" => Flags::STATIC,
                b"inline" | b"__always_inline" | b"__inline" | b"__inline__"
                | b"nokprobe_inline" => Flags::INLINE,
                b"extern" => Flags::EXTERN,
                b"__init" | b"__initdata" | b"__initconst" | b"__net_init" | b"__meminit" => {
                    Flags::INIT
                }
                b"__exit" | b"__exitdata" | b"__net_exit" => Flags::EXIT,
                b"__weak" => Flags::WEAK,
                _ => continue,
            });
        }
        flags
    }

    /// The words around a function's parameters, as flags. Among these `static` says how long an array is:
    /// `int f(u8 key[static 2])`.
    fn flags_around(&self, head: &[Token], params: Group) -> Flags {
        let mut flags = self.flags(&head[..params.open]);
        flags.set(self.flags(&head[params.close..]));
        flags
    }

    /// A definition that begins where the item does.
    pub(super) fn definition(
        &self,
        item: &Item,
        name: NameId,
        kind: Kind,
        flags: Flags,
    ) -> Definition {
        Definition {
            name,
            kind,
            flags,
            first: item.tokens[0].line,
            last: item.tokens[item.tokens.len() - 1].line,
            doc: item.doc,
            guard: item.guard,
            params: NO_NAME,
        }
    }

    /// The conditions in force, as a name.
    pub(super) fn guard(&mut self) -> NameId {
        let version = self.conditions.version();
        if self.guard.0 != version {
            let text = self.conditions.text();
            let name = if text.is_empty() { NO_NAME } else { self.sink.intern(&text) };
            self.guard = (version, name);
        }
        self.guard.1
    }

    /// Whether the file is the kernel's, and the conditions in force hold in no kernel.
    pub(super) fn is_in_no_kernel(&mut self) -> bool {
        if !self.is_kernel {
            return false;
        }
        let version = self.conditions.version();
        if self.never.0 != version {
            self.never = (version, never_holds(&self.conditions.text()));
        }
        self.never.1
    }

    /// The text between two tokens, blanks and comments made single blanks.
    pub(super) fn plain_text(&mut self, tokens: &[Token]) -> NameId {
        let mut text: Vec<u8> = Vec::new();
        let mut end = tokens.first().map_or(0, |t| t.start);
        for token in tokens {
            if token.start != end {
                text.push(b' ');
            }
            text.extend_from_slice(token.text(self.bytes));
            end = token.end;
        }
        self.sink.intern(&text)
    }

    fn read_function(&mut self, item: &Item, open: usize, name: usize, params: Group, typed: bool) {
        let head = (name, open);
        let word = item.tokens[name].text(self.bytes);
        let flags = self.flags_around(&item.tokens[..open], params);
        let second = item.groups.iter().find(|g| typed && g.open == params.close + 1);
        if let Some(second) = second {
            // `int NAME(walk)(int a) {`: a macro makes the name.
            return self.read_template(item, open, name, [params, *second], flags);
        }
        let (within, skip) = if typed {
            self.note_own(&item.tokens[..open], name);
            let name = self.sink.intern(word);
            let mut definition = self.definition(item, name, Kind::Function, flags);
            definition.params = self.plain_text(item.inside(params));
            let number = self.sink.define(definition);
            self.note_given(&item.tokens[..head.0], name, number);
            self.note_each(item, name, number);
            (Some(number), 0)
        } else {
            let skip = self.idioms.define(word).map_or(0, |idiom| idiom.params.saturating_sub(1));
            (self.define_headed(item, name, params, flags), skip)
        };
        let within = match within {
            Some(within) => within,
            None => self.sink.file_scope(),
        };
        self.read_body(item, head, within, params, skip);
    }

    /// Notes that the function whose name is at `name` can't be seen in other files, if its head
    /// says so.
    fn note_own(&mut self, head: &[Token], name: usize) {
        let is_static = self.flags(&head[..name.min(head.len())]).has(Flags::STATIC);
        if let Some(token) = head.get(name).filter(|_| is_static) {
            let name = self.sink.intern(token.text(self.bytes));
            self.set_own(name);
        }
    }

    fn read_body(
        &mut self,
        item: &Item,
        (name, open): (usize, usize),
        within: u32,
        params: Group,
        skip: usize,
    ) {
        self.sink.enter();
        self.parameters.clear();
        let params = item.inside(params);
        let function = self.sink.out.definitions.get(within as usize);
        let function = function.filter(|d| d.kind == Kind::Function && skip == 0);
        self.read_params(params, skip, function.map_or(NO_NAME, |d| d.name));
        self.walk_code(&item.tokens[open..], Place::body(within));
        for (slot, line) in std::mem::take(&mut self.includes_calls) {
            self.sink.add_use(within, slot, UseKind::Indirect, line, NO_NAME);
        }
        if self.about.is_some() {
            return;
        }
        let around = &item.tokens[..open];
        let before = around.get(..name).unwrap_or_default();
        let head = Head::of_function(params, (before, around), self.bytes);
        let name = self.sink.out.definitions.get(within as usize).map(|d| d.name);
        let name = name.map_or(&b""[..], |name| self.sink.out.names.get(name));
        self.gather.body(name, &head, &item.tokens[open..], self.bytes);
    }

    /// `MACRO(…) {`: the macro makes the head of the function whose body follows.
    fn define_headed(
        &mut self,
        item: &Item,
        name: usize,
        params: Group,
        mut flags: Flags,
    ) -> Option<u32> {
        let word = item.tokens[name].text(self.bytes);
        let inside = item.inside(params);
        let receiver = self.sink.intern(word);
        let arguments = self.arguments(item, params);
        let own = self.read_expanded(item, word, &arguments, InvocationKind::Head);
        if let Some(own) = own.filter(|own| *own != NOWHERE) {
            return Some(own);
        }
        let head = InvocationKind::Head;
        if let Some(idiom) = self.idioms.define(word) {
            if idiom.is_static {
                flags.set(Flags::STATIC);
            }
            let within = self.define_by_idiom(item, idiom, &arguments, flags);
            if idiom.kind == Kind::Function {
                self.read_others(item, receiver, inside, head, NOWHERE, true);
                let within = within.unwrap_or_else(|| self.sink.file_scope());
                let line = item.tokens[name].line;
                self.sink.add_use(within, receiver, UseKind::Call, line, NO_NAME);
            }
            return within;
        }
        let first = inside.first().filter(|t| t.kind == TokenKind::Ident);
        let reserved = first.map(|t| words::word(t.text(self.bytes)));
        // `SAFE(struct lamp) {` is no function's head.
        let is_function = reserved != Some(Word::Tag);
        let heads = if is_function { self.sink.out.definitions.len() as u32 } else { NOWHERE };
        if let Some(made) = self.read_others(item, receiver, inside, head, heads, false) {
            return Some(made);
        }
        if !is_function {
            return None;
        }
        // A macro unknown so far: the function goes by its argument.
        let shouted = words::is_shouted(word);
        let named = first.filter(|_| shouted && reserved == Some(Word::Name));
        let name = self.sink.intern(named.map_or(word, |t| t.text(self.bytes)));
        let mut definition = self.definition(item, name, Kind::Function, flags);
        definition.params = self.plain_text(inside);
        let number = self.sink.define(definition);
        self.sink.add_use(number, receiver, UseKind::Call, definition.first, NO_NAME);
        Some(number)
    }

    /// `int MACRO(walk)(…) {`: a function for each name that the file's own macro makes. Until
    /// it is known what another file's makes, the function goes by the text as it stands, which
    /// nobody can call.
    fn read_template(
        &mut self,
        item: &Item,
        open: usize,
        name: usize,
        [arguments, params]: [Group; 2],
        flags: Flags,
    ) {
        let word = item.tokens[name].text(self.bytes);
        let inside = item.inside(arguments);
        let text = self.plain_text(inside);
        let own = self.own_names(word, self.sink.out.names.get(text));
        let written = self.plain_text(&item.tokens[name..=arguments.close]);
        let mut definition = self.definition(item, written, Kind::Function, flags);
        definition.params = self.plain_text(item.inside(params));
        let receiver = self.sink.intern(word);
        if own.is_empty() {
            let number = self.sink.define(definition);
            self.sink.add_use(number, receiver, UseKind::Call, definition.first, NO_NAME);
            self.note_parts(number, text_of(inside, self.bytes), definition.first);
            self.read_others(item, receiver, inside, InvocationKind::Name, number, false);
            return self.read_body(item, (name, open), number, params, 0);
        }
        let at = name;
        for (arm, name) in own.iter().enumerate() {
            definition.name = self.sink.intern(name);
            let number = self.sink.define(definition);
            self.sink.add_use(number, receiver, UseKind::Call, definition.first, NO_NAME);
            self.arm = arm;
            self.read_body(item, (at, open), number, params, 0);
        }
        self.arm = 0;
    }

    /// Makes the parameters local; those of idioms come after `skip` arguments, name apart from
    /// type. Of pointers to functions it is noted that they are parameters of `function`.
    fn read_params(&mut self, tokens: &[Token], skip: usize, function: NameId) {
        let mut callable = false;
        let (mut depth, mut index, mut tag) = (0usize, 0usize, NO_NAME);
        let mut last: Option<Token> = None;
        let mut settled = false;
        for (at, token) in tokens.iter().enumerate() {
            match (token.kind, token.byte) {
                (TokenKind::Byte, b'(' | b'[') => {
                    // `void (*f)(int)`: the name is in the first brackets.
                    let pointer = tokens.get(at + 1).is_some_and(|t| t.is(b'*'));
                    if token.byte == b'(' && depth == 0 && pointer && !settled {
                        callable = true;
                        last = tokens[at..].iter().find(|t| t.kind == TokenKind::Ident).copied();
                    }
                    settled = depth == 0;
                    depth += 1;
                }
                (TokenKind::Byte, b')' | b']') => depth = depth.saturating_sub(1),
                (TokenKind::Byte, b',') if depth == 0 => {
                    index += 1;
                    // `BPF_CALL_2(name, struct lamp *, lamp)`: the next part is of this type.
                    let is_type = skip > 0 && at > 0 && tokens[at - 1].is(b'*');
                    if !is_type {
                        self.set_param(last, tag, (function, index as u32), index > skip);
                        self.set_callback(last.filter(|_| callable), function, index);
                        tag = NO_NAME;
                    }
                    (last, settled, callable) = (None, false, false);
                }
                (TokenKind::Ident, _) if depth == 0 && !settled => {
                    let text = token.text(self.bytes);
                    match word(text) {
                        Word::Tag => {
                            if let Some(next) = tokens.get(at + 1) {
                                tag = self.sink.intern(next.text(self.bytes));
                            }
                        }
                        Word::Name if !text.starts_with(b"__") || last.is_none() => {
                            let named = last.replace(*token);
                            callable |= named.is_some_and(|t| self.is_callback(t.text(self.bytes)));
                            if let Some(of) = named.filter(|_| tag == NO_NAME) {
                                // `lamp_t lamp`
                                tag = self.type_named(of.text(self.bytes));
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        self.set_param(last, tag, (function, index as u32 + 1), index + 1 > skip);
        self.set_callback(last.filter(|_| callable), function, index + 1);
    }

    /// Notes the parameter of `function` with this number as a pointer to functions.
    fn set_callback(&mut self, name: Option<Token>, function: NameId, number: usize) {
        if let Some(token) = name.filter(|_| function != NO_NAME) {
            let name = self.sink.intern(token.text(self.bytes));
            self.set_callable_parameter(name, function, number as u32);
        }
    }

    fn set_param(
        &mut self,
        name: Option<Token>,
        tag: NameId,
        (function, number): (NameId, u32),
        wanted: bool,
    ) {
        if let Some(token) = name.filter(|_| wanted) {
            let name = self.sink.intern(token.text(self.bytes));
            self.sink.set_local(name, tag);
            self.parameters.push(tag);
            if function != NO_NAME {
                self.sink.set_origin(name, Origin::Parameter { function, number });
            }
        }
    }

    fn read_stray_block(&mut self, item: &Item, open: usize) {
        let within = self.sink.file_scope();
        self.sink.enter();
        self.walk_code(&item.tokens[open..], Place::body(within));
    }

    /// An item without braces: a prototype, a variable, or a macro at the top level.
    fn read_declaration(&mut self, item: &Item) {
        let end = item.equals.unwrap_or(item.tokens.len());
        let head = &item.tokens[..end];
        let function = head::function(head, &item.groups, self.bytes, self.idioms);
        let function = function.filter(|_| item.equals.is_none());
        match function {
            Some((name, params, false))
                if self.is_invocation_head(&head[..name])
                    || self.idioms.define(head[name].text(self.bytes)).is_some() =>
            {
                self.read_invocation(item, name, params);
            }
            Some((name, params, true)) => {
                let flags = self.flags_around(head, params);
                let second =
                    item.groups.iter().find(|g| g.open == params.close + 1 && g.close > g.open);
                let named = if second.is_some() { params.close } else { name };
                let at = name;
                let name = self.plain_text(&item.tokens[name..=named]);
                if flags.has(Flags::STATIC) {
                    self.set_own(name);
                }
                let params = second.copied().unwrap_or(params);
                let mut definition = self.definition(item, name, Kind::Declaration, flags);
                let inside = item.inside(params);
                definition.params = self.plain_text(inside);
                let number = self.sink.define(definition);
                self.note_given(&head[..at], name, number);
                if self.about.is_none() && inside.last().is_some_and(|token| token.is(b'.')) {
                    self.gather.declared(head, at, self.bytes);
                }
            }
            _ if item.tokens.windows(2).any(is_assemblers) => {}
            _ => self.read_variables(item, 0),
        }
    }

    /// Whether only words like `static` stand before a macro's name.
    fn is_invocation_head(&self, head: &[Token]) -> bool {
        head.iter()
            .all(|t| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Qualifier)
    }

    fn read_typedef(&mut self, item: &Item) {
        if let Some((open, Shape::Aggregate)) = item.body {
            self.read_members(item, open);
        }
        let start = item.close.map_or(1, |close| close + 1);
        let mut of_all = None;
        for token in self.typedef_names(item, start) {
            let name = self.sink.intern(token.text(self.bytes));
            // Of a structure without a tag the members have the first name.
            let tag = *of_all.get_or_insert_with(|| self.typedef_tag(item, name));
            if tag != NO_NAME {
                let callable = self.is_callback(token.text(self.bytes));
                self.typedefs.insert(name, (tag, callable));
            }
            let definition = self.definition(item, name, Kind::Typedef, Flags::default());
            let number = self.sink.define(definition);
            self.tell(number, tag);
        }
    }

    /// The struct that a typedef's names stand for, if it is one; one without a tag goes by `untagged`.
    fn typedef_tag(&mut self, item: &Item, untagged: NameId) -> NameId {
        let is_qualifier =
            |t: &&Token| t.kind == TokenKind::Ident && word(t.text(self.bytes)) == Word::Qualifier;
        let qualifiers = item.tokens[1..].iter().take_while(is_qualifier).count();
        let Some([tag, named, ..]) = item.tokens.get(1 + qualifiers..) else { return NO_NAME };
        let is_function = item.tokens.windows(2).any(|pair| pair[0].is(b'(') && pair[1].is(b'*'));
        if !matches!(tag.text(self.bytes), b"struct" | b"union")
            || is_function && item.body.is_none()
        {
            return NO_NAME;
        }
        match named.kind {
            TokenKind::Ident => self.sink.intern(named.text(self.bytes)),
            // `typedef struct {…} name;`
            _ => untagged,
        }
    }

    /// The names that a typedef makes, from `start` on: `lamp_t, *lamp_p`. Of one of functions, or whose brackets say
    /// more, the one that [`Self::typedef_name`] tells.
    pub(super) fn typedef_names<'i>(&self, item: &'i Item, start: usize) -> Vec<&'i Token> {
        let tail = item.tokens.get(start..).unwrap_or_default();
        let is_one = |t: &Token| t.is(b',');
        if item.groups.iter().any(|group| group.open >= start) || !tail.iter().any(is_one) {
            return self.typedef_name(item, start).into_iter().collect();
        }
        let is_name = |t: &&Token| {
            t.kind == TokenKind::Ident
                && word(t.text(self.bytes)) == Word::Name
                && !self.idioms.is_attribute(t.text(self.bytes))
        };
        let before_size = |part: &'i [Token]| part.split(|t| t.is(b'[')).next();
        let parts = tail.split(is_one).filter_map(before_size);
        parts.filter_map(|part| part.iter().rev().find(is_name)).collect()
    }

    /// The name that a typedef makes, from `start` on: in `(*name)(…)` and `(name)(…)`, before
    /// the parameters, or the last word that is in no attribute's brackets.
    pub(super) fn typedef_name<'i>(&self, item: &'i Item, start: usize) -> Option<&'i Token> {
        let text = |t: &Token| t.text(self.bytes);
        let is_attribute = |t: &Token| self.idioms.is_attribute(text(t));
        let is_name = |t: &&Token| t.kind == TokenKind::Ident && word(text(t)) == Word::Name;
        let declares = |g: &&Group| {
            let before = item.tokens.get(g.open.wrapping_sub(1));
            g.open >= start
                && g.close > g.open
                && !before.is_some_and(|t| is_attribute(t) || word(text(t)) == Word::Control)
        };
        if let Some(group) = item.groups.iter().find(declares) {
            let inside = item.tokens.get(group.open..group.close)?;
            let begins = |t: &Token| t.is(b'(');
            let is_declarator = inside.get(1).is_some_and(|t| t.is(b'*'))
                || item.tokens.get(group.close + 1).is_some_and(begins);
            return match is_declarator {
                true => inside.iter().find(|t| is_name(t) && !is_attribute(t)),
                false => item.tokens.get(start..group.open)?.iter().rev().find(is_name),
            };
        }
        let tail = item.tokens.get(start..).unwrap_or_default();
        let end = tail.iter().position(|t| t.is(b'[')).unwrap_or(tail.len());
        let in_brackets =
            |at: usize| item.groups.iter().any(|g| (g.open..=g.close).contains(&(start + at)));
        let words = || (0..end).rev().filter(|at| !in_brackets(*at)).filter_map(|at| tail.get(at));
        let is_plain = |t: &&Token| !is_attribute(t) && !text(t).starts_with(b"__packed");
        let name = words().filter(is_name).find(is_plain);
        // C's own word, where the tree makes it.
        let last = || words().find(|t| t.kind == TokenKind::Ident);
        name.or_else(|| last().filter(|t| text(t) == b"bool"))
    }
}
