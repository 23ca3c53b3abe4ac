//! Macros that make definitions: `#define MY_ATTR(x) … x##_show(…) { … }`.
//!
//! Where such a macro is used at the top level, its body is written out and read like any
//! other text, so that what it defines, calls and registers is known by its real name. A
//! macro of the file itself is written out here. For the others the outline keeps what was
//! used, and the macros that others may use: one file is all that is read here, so that an
//! outline depends on nothing else. `graph` brings them together, by [`made_by`].

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use crate::idiom::Idioms;
use crate::lex::{Lexer, Token, TokenKind};

use super::super::{
    Definition, FileOutline, Invocation, InvocationKind, Kind, Maker, NO_NAME, NOWHERE, NameId, Use,
};
use super::head::closing;
use super::template::{self, Template};
use super::{Item, Reader};
use crate::name_hash::NameHasher;

/// Bytes written out for one file at most, so that time stays linear.
const WRITTEN_OUT: usize = 1 << 22;

/// What writing out a macro counts besides its bytes.
const EACH: usize = 64;

/// Macros inside macros followed at most.
pub(super) const DEEPEST: usize = 12;

/// The macros of a name, as far as other files have them; of `=NAME` those without arguments.
pub(crate) type Others<'a> = &'a dyn Fn(&[u8]) -> Vec<Arc<Template>>;

/// The macros of each name, with the condition around each.
type ByName = HashMap<Vec<u8>, Vec<(NameId, Arc<Template>)>, BuildHasherDefault<NameHasher>>;

/// The makers of a file.
#[derive(Default)]
pub(super) struct Makers {
    /// By name, with the condition around each.
    own: ByName,
    /// Those that write entries of tables.
    entries: HashMap<Vec<u8>, Arc<Template>>,
    /// Those that paste names together.
    pasting: HashMap<Vec<u8>, Arc<Template>>,
    /// Those without arguments.
    words: HashMap<Vec<u8>, Arc<Template>>,
    written: usize,
    /// Bytes written out for names that are pasted together.
    pasted: usize,
    /// Bytes searched for names with a number behind them.
    searched: usize,
    depth: usize,
}

impl Makers {
    /// Whether what is read was written out from a macro.
    pub(super) fn is_expansion(&self) -> bool {
        self.depth > 0
    }

    /// Whether the file has such a macro.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.own.contains_key(name)
    }

    /// How deep in what macros wrote the text is that is read.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether so many bytes more may be written out.
    pub(super) fn may_write(&mut self, bytes: usize) -> bool {
        self.written += bytes + EACH;
        self.written <= WRITTEN_OUT
    }

    /// The same, for what a macro wrote.
    pub(super) fn inside(mut self) -> Makers {
        self.depth += 1;
        self
    }

    /// The same, for the text that [`Makers::inside`] was made for.
    pub(super) fn outside(mut self) -> Makers {
        self.depth -= 1;
        self
    }

    /// Remembers a macro that writes entries of tables.
    pub(super) fn add_entry(&mut self, name: &[u8], template: Template) {
        self.entries.insert(name.to_vec(), Arc::new(template));
    }

    /// The macro of this name that writes entries of tables.
    pub(super) fn entry(&self, name: &[u8]) -> Option<Arc<Template>> {
        self.entries.get(name).cloned()
    }

    /// Remembers a macro that pastes names together.
    pub(super) fn add_pasting(&mut self, name: &[u8], template: Template) {
        self.pasting.insert(name.to_vec(), Arc::new(template));
    }

    /// The macro of this name that pastes names together.
    pub(super) fn pasting(&self, name: &[u8]) -> Option<Arc<Template>> {
        self.pasting.get(name).cloned()
    }

    /// Whether so many bytes more may be written out for such names, of `most`.
    pub(super) fn may_paste(&mut self, bytes: usize, most: usize) -> bool {
        self.pasted += bytes + EACH;
        self.pasted <= most
    }

    /// Whether so many bytes more may be searched, of `most`.
    pub(super) fn may_search(&mut self, bytes: usize, most: usize) -> bool {
        self.searched += bytes + EACH;
        self.searched <= most
    }

    /// Remembers a macro without arguments.
    pub(super) fn add_word(&mut self, name: &[u8], template: Template) {
        self.words.insert(name.to_vec(), Arc::new(template));
    }

    /// The macro of this name without arguments.
    pub(super) fn word(&self, name: &[u8]) -> Option<Arc<Template>> {
        self.words.get(name).cloned()
    }

    fn own(&self, name: &[u8]) -> Vec<Arc<Template>> {
        if let Some(name) = name.strip_prefix(b"=") {
            return self.word(name).into_iter().collect();
        }
        let known = self.own.get(name).map_or(&[][..], Vec::as_slice);
        known.iter().map(|(_, template)| Arc::clone(template)).collect()
    }
}

/// What the macro `template` makes of `arguments`, the text between its brackets.
///
/// `others` knows the macros that its body uses; `written` counts the bytes written out for one
/// file, which end at some point.
pub(crate) fn made_by(
    template: &Template,
    arguments: &[u8],
    kind: InvocationKind,
    idioms: &Idioms,
    others: Others,
    written: &mut usize,
) -> FileOutline {
    let text = written_by(template, &split(arguments), kind, idioms);
    let mut made = FileOutline::default();
    *written += text.len() + EACH;
    if *written > WRITTEN_OUT {
        return made;
    }
    let mut reader = Reader::new(&text, idioms, &mut made);
    reader.others = Some(others);
    reader.makers = Makers { written: *written, depth: 1, ..Makers::default() };
    reader.read();
    *written = reader.makers.written;
    made
}

/// What the macro that the text `define` defines makes of `arguments`; none where it takes none.
pub fn written_out(define: &[u8], arguments: &[u8]) -> Option<Vec<u8>> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let begin = memchr::memmem::find(define, b"define")? + b"define".len();
    let rest = define[begin..].trim_ascii_start();
    let rest = rest.get(rest.iter().take_while(|byte| is_word(byte)).count()..)?;
    let inside = rest.strip_prefix(b"(")?;
    let close = memchr::memchr(b')', inside)?;
    Some(Template::new(&inside[..close], &inside[close + 1..]).write_out(&split(arguments)))
}

/// What the macro writes, made whole.
fn written_by(
    template: &Template,
    arguments: &[Vec<u8>],
    kind: InvocationKind,
    idioms: &Idioms,
) -> Vec<u8> {
    let mut text = counted(template.write_out(arguments), idioms);
    text.extend_from_slice(match kind {
        InvocationKind::Item => b";",
        InvocationKind::Head => b"{}",
        InvocationKind::Name | InvocationKind::Each => b"",
    });
    text
}

/// The text, where `CONCATENATE(NAME_, COUNT_ARGS(a, b))` stands for `NAME_2`.
fn counted(text: Vec<u8>, idioms: &Idioms) -> Vec<u8> {
    let mut lexer = Lexer::within(&text, 0, text.len(), 1);
    let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_meaning(|_| {})).collect();
    let joins =
        |at: &usize| tokens[*at].kind == TokenKind::Ident && idioms.pastes(tokens[*at].text(&text));
    let (mut out, mut copied) = (Vec::new(), 0);
    for at in (0..tokens.len()).filter(joins).take(DEEPEST) {
        let start = tokens[at].start as usize;
        let Some((inside, close)) = bracketed(&tokens, at + 1).filter(|_| start >= copied) else {
            continue;
        };
        let arguments = split(text_of(inside, &text));
        let [name, _] = &arguments[..] else { continue };
        let comma = inside.iter().position(|token| token.is(b',')).unwrap_or(0);
        let [counter, ..] = inside[comma + 1..] else { continue };
        let Some((given, _)) = bracketed(inside, comma + 2) else { continue };
        if !idioms.counts(counter.text(&text)) {
            continue;
        }
        let number = if given.is_empty() { 0 } else { split(text_of(given, &text)).len() };
        out.extend_from_slice(&text[copied..start]);
        out.extend_from_slice(&[name, number.to_string().as_bytes()].concat());
        copied = tokens[close].end as usize;
    }
    if copied == 0 {
        return text;
    }
    out.extend_from_slice(&text[copied..]);
    out
}

/// What is in the brackets that open at `open`, and where they close.
pub(super) fn bracketed(tokens: &[Token], open: usize) -> Option<(&[Token], usize)> {
    tokens.get(open).filter(|token| token.is(b'('))?;
    let close = closing(tokens, open, tokens.len())?;
    Some((&tokens[open + 1..close], close))
}

/// The text from the first of these tokens to the last.
pub(super) fn text_of<'b>(tokens: &[Token], bytes: &'b [u8]) -> &'b [u8] {
    match tokens {
        [] => &bytes[..0],
        [first, ..] => &bytes[first.start as usize..tokens[tokens.len() - 1].end as usize],
    }
}

/// A macro's parameters and its body, of the tokens that follow its name.
pub(super) fn params_and_body(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let close = tokens.iter().position(|token| token.is(b')'))?;
    Some((&tokens[1.min(close)..close], &tokens[close + 1..]))
}

/// The arguments in a text, each as written.
pub(super) fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let mut lexer = Lexer::within(text, 0, text.len(), 1);
    let (mut found, mut depth, mut start) = (Vec::new(), 0usize, 0);
    while let Some(token) = lexer.next_meaning(|_| {}) {
        if token.is(b'(') || token.is(b'[') || token.is(b'{') {
            depth += 1;
        } else if token.is(b')') || token.is(b']') || token.is(b'}') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is(b',') {
            found.push(text[start..token.start as usize].trim_ascii().to_vec());
            start = token.end as usize;
        }
    }
    found.push(text[start..].trim_ascii().to_vec());
    found
}

/// The name that a text is, if it is a single one.
pub(crate) fn single_name(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    (!text.is_empty() && text.iter().all(plain) && !text[0].is_ascii_digit()).then_some(text)
}

/// The name that the macro makes of `arguments`, which may take further macros.
pub(crate) fn name_by(template: &Template, arguments: &[u8], others: Others) -> Option<Vec<u8>> {
    let text = with_words(template, split(arguments), others);
    name_in(text, template.names_parts(), others)
}

/// The name that a text is once its macros are written out.
pub(crate) fn name_of(text: Vec<u8>, others: Others) -> Option<Vec<u8>> {
    name_in(text, true, others)
}

/// The same, of a text whose words count as parts of a name, or don't: only of some it is noted who uses them.
fn name_in(mut text: Vec<u8>, mut has_parts: bool, others: Others) -> Option<Vec<u8>> {
    for _ in 0..DEEPEST {
        if let Some(name) = single_name(&text) {
            return Some(name.to_vec());
        }
        let open = memchr::memchr(b'(', &text)?;
        let inside = text.trim_ascii_end().strip_suffix(b")")?.get(open + 1..)?.to_vec();
        let next = others(single_name(&text[..open])?).into_iter().next()?;
        text = match has_parts {
            true => with_words(&next, split(&inside), others),
            false => next.write_out(&split(&inside)),
        };
        has_parts = next.names_parts();
    }
    None
}

/// What the macro makes of `given`, of which macros without arguments are replaced first, unless it pastes
/// them as they are.
fn with_words(template: &Template, mut given: Vec<Vec<u8>>, others: Others) -> Vec<u8> {
    if !template.pastes() {
        for word in &mut given {
            if let Some(meant) = word_of(word, others) {
                *word = meant;
            }
        }
    }
    template.write_out(&given)
}

/// The name that a macro without arguments stands for.
fn word_of(word: &[u8], others: Others) -> Option<Vec<u8>> {
    let name = single_name(word)?;
    let meant = others(&[b"=", name].concat()).into_iter().next()?;
    single_name(meant.body()).map(<[u8]>::to_vec)
}

impl<'a> Reader<'a> {
    /// Remembers a macro that may make definitions; `tokens` are what follows its name.
    pub(super) fn note_maker(&mut self, name: NameId, tokens: &[Token]) {
        let Some((params, body)) = params_and_body(tokens) else { return };
        if !template::may_be_items(body, self.bytes) {
            return;
        }
        let (params, body) = (text_of(params, self.bytes), text_of(body, self.bytes));
        let maker =
            Maker { name, params: self.sink.new_name(params), body: self.sink.new_name(body) };
        self.sink.out.makers.push(maker);
        let guard = self.guard();
        let template = Arc::new(Template::new(params, body));
        let known = self.makers.own.entry(self.sink.out.names.get(name).to_vec()).or_default();
        // The arms of an `#if` count all; what replaces another of the same arm wins.
        known.retain(|(other, _)| *other != guard);
        known.push((guard, template));
    }

    /// Reads what the file's own macro `word` makes of `arguments`: the number of the last
    /// function that it defines, or [`NOWHERE`]; `None` if it is no such macro.
    pub(super) fn read_expanded(
        &mut self,
        item: &Item,
        word: &[u8],
        arguments: &[Vec<u8>],
        kind: InvocationKind,
    ) -> Option<u32> {
        let templates = self.makers.own(word);
        self.read_templates(item, &templates, arguments, kind)
    }

    /// Notes that what the macro `name` makes of `arguments` is known once the file with it is.
    pub(super) fn note_invocation(
        &mut self,
        item: &Item,
        (name, arguments): (NameId, &[u8]),
        kind: InvocationKind,
        heads: u32,
        functions: bool,
    ) {
        let arguments = self.sink.new_name(arguments);
        let (first, last) = (item.tokens[0].line, item.tokens[item.tokens.len() - 1].line);
        let flags = self.flags(&item.tokens[..item.tokens.len().min(8)]);
        self.sink.out.invocations.push(Invocation {
            name,
            arguments,
            first,
            last,
            flags,
            kind,
            heads,
            functions,
        });
    }

    /// Reads what another file's macro makes, where these are known; else notes it. The number
    /// of the last function that was made.
    pub(super) fn read_others(
        &mut self,
        item: &Item,
        name: NameId,
        arguments: &[Token],
        kind: InvocationKind,
        heads: u32,
        functions: bool,
    ) -> Option<u32> {
        let text = text_of(arguments, self.bytes);
        let Some(others) = self.others else {
            self.note_invocation(item, (name, text), kind, heads, functions);
            return None;
        };
        let mut templates = others(self.sink.out.names.get(name));
        if kind == InvocationKind::Name {
            let name = templates.first().and_then(|t| name_by(t, text, others));
            if let Some(name) = name {
                let name = self.sink.intern(&name);
                self.sink.out.definitions[heads as usize].name = name;
            }
            return None;
        }
        templates.retain(|t| !functions || t.may_define_functions());
        self.read_templates(item, &templates, &split(text), kind).filter(|made| *made != NOWHERE)
    }

    /// The names that the file's own macro `word` makes of these arguments, one for each arm in
    /// which it is defined.
    pub(super) fn own_names(&self, word: &[u8], arguments: &[u8]) -> Vec<Vec<u8>> {
        let own = |name: &[u8]| self.makers.own(name);
        let names = self.makers.own(word).into_iter();
        names.filter_map(|template| name_by(&template, arguments, &own)).collect()
    }

    /// The name that `MACRO(…)(` at `at` calls, where the macro is the file's own: by the arm
    /// that the definition around it stands for; and where the macro's arguments end.
    pub(super) fn called_by_macro(
        &mut self,
        tokens: &[Token],
        at: usize,
    ) -> Option<(NameId, usize)> {
        let word = tokens[at].text(self.bytes);
        if !self.makers.has(word) {
            return None;
        }
        let close = closing(tokens, at + 1, tokens.len())?;
        if !tokens.get(close + 1)?.is(b'(') {
            return None;
        }
        let inside = &self.bytes[tokens[at + 1].end as usize..tokens[close].start as usize];
        let names = self.own_names(word, inside);
        let name = names.get(self.arm).or_else(|| names.first())?;
        Some((self.sink.intern(name), close))
    }

    fn read_templates(
        &mut self,
        item: &Item,
        templates: &[Arc<Template>],
        arguments: &[Vec<u8>],
        kind: InvocationKind,
    ) -> Option<u32> {
        if self.makers.depth >= DEEPEST {
            return None;
        }
        let mut function = None;
        for template in templates {
            let text = written_by(template, arguments, kind, self.idioms);
            if !self.makers.may_write(text.len()) {
                return function;
            }
            let mut made = FileOutline::default();
            let mut reader = Reader::new(&text, self.idioms, &mut made);
            reader.others = self.others;
            reader.unit = self.unit;
            reader.makers = std::mem::take(&mut self.makers).inside();
            reader.read();
            self.makers = std::mem::take(&mut reader.makers).outside();
            function = Some(self.merge(item, &made));
        }
        function
    }

    /// Adds what a macro made, as if it stood where the macro is used. The number of the last
    /// function, or [`NOWHERE`].
    fn merge(&mut self, item: &Item, made: &FileOutline) -> u32 {
        let ids: Vec<NameId> =
            (0..made.names.len() as u32).map(|id| self.made_name(made.name(id))).collect();
        let id = |name: NameId| if name == NO_NAME { NO_NAME } else { ids[name as usize] };
        let mut numbers = Vec::with_capacity(made.definitions.len());
        let (first, last) = (item.tokens[0].line, item.tokens[item.tokens.len() - 1].line);
        let mut function = NOWHERE;
        for definition in &made.definitions {
            let number = if definition.kind == Kind::File {
                self.sink.file_scope()
            } else {
                self.sink.define(Definition {
                    name: id(definition.name),
                    first,
                    last,
                    doc: item.doc,
                    guard: item.guard,
                    params: id(definition.params),
                    ..*definition
                })
            };
            match definition.kind {
                Kind::Function => function = number,
                // `rcu_tasks.pregp_func = …` below what declares it.
                Kind::Variable if definition.params != NO_NAME => {
                    self.sink.set_global(id(definition.name), id(definition.params));
                }
                _ => {}
            }
            numbers.push(number);
        }
        let number = |within: u32| numbers.get(within as usize).copied().unwrap_or(NOWHERE);
        let uses = made.uses.iter().map(|used| Use {
            name: id(used.name),
            via: id(used.via),
            line: first,
            within: number(used.within),
            ..*used
        });
        self.sink.out.uses.extend(uses);
        let invocations = made.invocations.iter().map(|invocation| Invocation {
            name: id(invocation.name),
            arguments: id(invocation.arguments),
            first,
            last,
            heads: number(invocation.heads),
            ..*invocation
        });
        self.sink.out.invocations.extend(invocations);
        function
    }
}
