//! Which structures a path of names may lead to (`inode.i_op`, `=lamp.bulb`, `()lamp_of`, `~lamp_t`): by the
//! text of the definitions on the way, and where that has no answer by the graph. Nothing is guessed:
//! where definitions disagree, each may be meant; where one tells nothing, there is no answer.

use std::collections::HashMap;
use std::sync::Arc;

use kgrep_index::graph::{DefInfo, Graph, Place, Program};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::{Flags, Kind};

use super::Code;
use super::declared::{Declared, TypeName, declared, type_name};
use crate::relocate::SourceFile;

/// The most steps from a type's name to the one that it stands for.
const DEEPEST: usize = 4;

/// Definitions of one name that are compared.
const MOST: usize = 64;

/// The most structures that a path may lead to.
const MOST_HELD: usize = 16;

/// Finds structures, each path once.
pub(crate) struct Holders<'c, 'g, 'i> {
    code: &'c Code,
    graph: &'g Graph<'i>,
    /// Of beginnings of paths, and of `field@struct`.
    known: HashMap<Vec<u8>, Held>,
}

/// The structures of which one is held or pointed to, sorted; none where that isn't told. An empty name is one of a
/// structure without a name.
pub(crate) type Held = Option<Vec<Vec<u8>>>;

/// That it is this one.
fn only(structure: &[u8]) -> Held {
    Some(vec![structure.to_vec()])
}

/// One of all of these.
fn any_of(mut all: Vec<Vec<u8>>) -> Held {
    all.sort_unstable();
    all.dedup();
    (!all.is_empty() && all.len() <= MOST_HELD).then_some(all)
}

/// A definition's file, and its own tokens that mean something.
struct Text {
    file: Arc<SourceFile>,
    tokens: Vec<Token>,
}

impl Text {
    fn of(code: &Code, path: &[u8], definition: &DefInfo) -> Option<Text> {
        let file = code.at_hand(path).ok()?;
        let mut lexer = Lexer::new(file.bytes());
        lexer.resume_at(file.before(definition.first.into()).len(), definition.first);
        let tokens = lexer.meaning().take_while(|token| token.line <= definition.last);
        let tokens = tokens.collect();
        Some(Text { file, tokens })
    }

    fn bytes(&self) -> &[u8] {
        self.file.bytes()
    }
}

impl<'c, 'g, 'i> Holders<'c, 'g, 'i> {
    pub(crate) fn new(code: &'c Code, graph: &'g Graph<'i>) -> Holders<'c, 'g, 'i> {
        Holders { code, graph, known: HashMap::new() }
    }

    /// The structures that a path may lead to.
    pub(crate) fn at(&mut self, path: &[u8]) -> Held {
        let mut parts = path.split(|byte| *byte == b'.');
        let mut held = self.begin(parts.next().unwrap_or_default())?;
        for part in parts {
            // Code that is compiled means one that has the field.
            let all = held.iter().filter_map(|tag| self.member(part, tag)).flatten();
            held = any_of(all.collect())?;
        }
        Some(held)
    }

    fn begin(&mut self, part: &[u8]) -> Held {
        if let Some(known) = self.known.get(part) {
            return known.clone();
        }
        let found = match part {
            [b'~', name @ ..] => self.named(name, DEEPEST),
            [b'=', name @ ..] => self.variable(name),
            [b'(', b')', name @ ..] => self.given(name),
            tag => return only(tag),
        };
        self.known.insert(part.to_vec(), found.clone());
        found
    }

    /// The definitions of a name in what counts, those of the kernel where it has any.
    fn definitions(&self, name: &[u8], wanted: impl Fn(Kind) -> bool) -> Vec<DefInfo> {
        let Some(name) = self.graph.find_name(name) else { return Vec::new() };
        let mut found = self.graph.definitions_of(name);
        let place = |d: &DefInfo| -> Place { self.graph.place(d.file) };
        found.retain(|d| wanted(d.kind) && self.code.arch.has(place(d)));
        if found.iter().any(|d| place(d).program == Program::Kernel) {
            found.retain(|d| place(d).program == Program::Kernel);
        }
        if found.len() > MOST { Vec::new() } else { found }
    }

    fn text(&self, definition: &DefInfo) -> Option<Text> {
        Text::of(self.code, self.graph.path(definition.file), definition)
    }

    /// What any of these definitions says; none where one says nothing.
    fn told(
        &mut self,
        definitions: &[DefInfo],
        mut said: impl FnMut(&mut Self, &Text, &[Token]) -> Held,
    ) -> Held {
        let mut all = Vec::new();
        for definition in definitions {
            let text = self.text(definition)?;
            all.extend(said(self, &text, &text.tokens)?);
        }
        any_of(all)
    }

    /// The structure that a type's own name stands for.
    fn named(&mut self, name: &[u8], deepest: usize) -> Held {
        let definitions = self.definitions(name, |kind| kind == Kind::Typedef);
        self.told(&definitions, |holders, text, tokens| {
            if let Some(open) = tokens.iter().position(|token| token.is(b'{')) {
                return only(tag_before(&tokens[..open], text.bytes()));
            }
            let own = tokens.iter().rposition(|token| token.text(text.bytes()) == name)?;
            let of = type_name(&tokens[..own], text.bytes())?;
            if of.name.as_bytes() == name && !of.tagged {
                return None;
            }
            holders.tag_of(&of, deepest)
        })
    }

    fn tag_of(&mut self, of: &TypeName, deepest: usize) -> Held {
        match of.tagged {
            true => only(of.name.as_bytes()),
            false => self.named(of.name.as_bytes(), deepest.checked_sub(1)?),
        }
    }

    /// The structures that a variable of another file may hold or point to.
    fn variable(&mut self, name: &[u8]) -> Held {
        let is_variable = |kind| matches!(kind, Kind::Variable | Kind::Declaration);
        let mut definitions = self.definitions(name, is_variable);
        let is_header = |d: &DefInfo| self.graph.place(d.file).is_header;
        match definitions.iter().any(is_header) {
            true => definitions.retain(is_header),
            // A static variable of another file is not seen.
            false => definitions.retain(|d| !d.flags.has(Flags::STATIC)),
        }
        self.told(&definitions, |holders, text, tokens| {
            let words = before_names(&tokens[..declared_at(tokens, text.bytes(), name)?]);
            if let Some(open) = words.iter().position(|token| token.is(b'{')) {
                return only(tag_before(&words[..open], text.bytes()));
            }
            let of = type_name(&plain(words, text.bytes()), text.bytes())?;
            holders.tag_of(&of, DEEPEST)
        })
    }

    /// The structures that a function or a macro may give a pointer to.
    fn given(&mut self, name: &[u8]) -> Held {
        // What gives itself gives nothing.
        self.known.insert([b"()", name].concat(), None);
        let macros = self.definitions(name, |kind| kind == Kind::Macro);
        if !macros.is_empty() {
            return self.told(&macros, |holders, text, tokens| {
                let inside = Lexer::of_directive(text.bytes(), *tokens.first()?);
                let inside: Vec<Token> = inside.meaning().collect();
                match cast(body(&inside)?, text.bytes()) {
                    Some(tag) => only(&tag),
                    None => holders.at(&path_of(body(&inside)?, text.bytes())?),
                }
            });
        }
        let mut definitions = self.definitions(name, Kind::is_callable);
        if definitions.is_empty() {
            definitions = self.definitions(name, |kind| kind == Kind::Declaration);
        }
        self.told(&definitions, |holders, text, tokens| {
            let own = declared_at(tokens, text.bytes(), name)?;
            let of = type_name(&plain(&tokens[..own], text.bytes()), text.bytes())?;
            holders.tag_of(&of, DEEPEST)
        })
    }

    /// The structures that a field of the structure `tag` may hold or point to.
    fn member(&mut self, field: &[u8], tag: &[u8]) -> Held {
        if tag.is_empty() {
            return None;
        }
        let key = [field, b"@", tag].concat();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = match self.member_by_text(field, tag) {
            Some(found) => found,
            // What macros declare, the graph may know.
            None => self.graph.struct_at(&[tag, b".", field].concat()).and_then(|tag| only(&tag)),
        };
        self.known.insert(key, found.clone());
        found
    }

    /// The same by the text of the structures of that name that declare the field; none where none does.
    fn member_by_text(&mut self, field: &[u8], tag: &[u8]) -> Option<Held> {
        let mut all = Vec::new();
        let mut is_there = false;
        let homes = self.definitions(tag, |kind| matches!(kind, Kind::Struct | Kind::Union));
        for home in &homes {
            let Some(text) = self.text(home) else { return Some(None) };
            let members = declared(&text.tokens, text.bytes(), None);
            let own = |member: &&Declared| member.name.as_bytes() == field;
            let Some(member) = members.iter().find(own) else { continue };
            let held = match &member.of {
                // Its members are told beside it, as of the structure around it.
                _ if member.nested => only(tag),
                Some(of) => self.tag_of(of, DEEPEST),
                None => None,
            };
            let Some(held) = held else { return Some(None) };
            all.extend(held);
            is_there = true;
        }
        is_there.then(|| any_of(all))
    }
}

/// The tag of the structure whose braces open behind these words; empty if it has none.
fn tag_before<'b>(words: &[Token], bytes: &'b [u8]) -> &'b [u8] {
    let last = words.last().map(|token| token.text(bytes)).unwrap_or_default();
    if matches!(last, b"struct" | b"union" | b"enum") { &[] } else { last }
}

/// Where a variable's name stands that is declared: not as a tag, nor inside braces.
fn declared_at(tokens: &[Token], bytes: &[u8], name: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    (0..tokens.len()).find(|&at| {
        depth += u32::from(tokens[at].is(b'{'));
        depth = depth.saturating_sub(u32::from(tokens[at].is(b'}')));
        let before = at.checked_sub(1).map(|before| tokens[before].text(bytes));
        depth == 0
            && tokens[at].text(bytes) == name
            && !matches!(before, Some(b"struct" | b"union"))
    })
}

/// What stands before the first of the names that a declaration has.
fn before_names(words: &[Token]) -> &[Token] {
    let mut depth = 0_u32;
    let comma = words.iter().position(|token| {
        depth += u32::from(token.is(b'('));
        depth = depth.saturating_sub(u32::from(token.is(b')')));
        depth == 0 && token.is(b',')
    });
    let Some(comma) = comma else { return words };
    let first = words[..comma].iter().rposition(|token| token.kind == TokenKind::Ident);
    &words[..first.unwrap_or(comma)]
}

/// Words without the marks of functions and variables, such as `__must_check`.
fn plain(words: &[Token], bytes: &[u8]) -> Vec<Token> {
    let is_tag = |at: usize| {
        let before = at.checked_sub(1).map(|before| words[before].text(bytes));
        matches!(before, Some(b"struct" | b"union"))
    };
    let is_mark = |at: usize, token: &Token| {
        let text = token.text(bytes);
        let named = matches!(text, b"noinline" | b"notrace" | b"asmlinkage" | b"extern");
        token.kind == TokenKind::Ident && (named || text.starts_with(b"__")) && !is_tag(at)
    };
    let kept = words.iter().enumerate().filter(|(at, token)| !is_mark(*at, token));
    kept.map(|(_, token)| *token).collect()
}

/// Whether a macro gives the structure around a field: `container_of`, and what is made of it.
pub(crate) fn gives_holder(name: &[u8]) -> bool {
    name.starts_with(b"container_of")
}

/// What stands behind the parameters of `define lamp_of(x) …`, without brackets before it.
fn body(directive: &[Token]) -> Option<&[Token]> {
    let close = directive.iter().position(|token| token.is(b')'))?;
    let body = directive.get(close + 1..)?;
    let brackets = body.iter().take_while(|token| token.is(b'(')).count();
    Some(&body[brackets..])
}

/// The structure that a macro's body is cast to: `(struct lamp *)(x)`, `container_of(x, struct lamp, list)`, or
/// either of these, by the type of what it is given.
fn cast(body: &[Token], bytes: &[u8]) -> Option<Vec<u8>> {
    let text = |token: &Token| token.text(bytes);
    let is_tag = |token: &Token| matches!(text(token), b"struct" | b"union");
    match body {
        [word, tag, star, ..] if is_tag(word) && star.is(b'*') => Some(text(tag).to_vec()),
        [qualifier, rest @ ..] if text(qualifier) == b"const" => cast(rest, bytes),
        [called, open, rest @ ..] if gives_holder(text(called)) && open.is(b'(') => {
            let comma = rest.iter().position(|token| token.is(b','))?;
            let qualified = rest.get(comma + 1).is_some_and(|token| text(token) == b"const");
            let rest = rest.get(comma + 1 + usize::from(qualified)..)?;
            matches!(rest, [word, _, comma, ..] if is_tag(word) && comma.is(b','))
                .then(|| text(&rest[1]).to_vec())
        }
        [called, rest @ ..] if text(called) == b"_Generic" => {
            let at = |at: &usize| gives_holder(text(&rest[*at]));
            let mut given = (0..rest.len()).filter(at).map(|at| cast(&rest[at..], bytes));
            let first = given.next()??;
            given.all(|other| other.as_ref() == Some(&first)).then_some(first)
        }
        _ => None,
    }
}

/// What a macro's body leads to: `lamp_of(x)->bulb` to `()lamp_of.bulb`.
fn path_of(body: &[Token], bytes: &[u8]) -> Option<Vec<u8>> {
    let (called, rest) = body.split_first().filter(|(first, _)| first.kind == TokenKind::Ident)?;
    let mut depth = 0_u32;
    let close = rest.iter().position(|token| {
        depth += u32::from(token.is(b'('));
        depth = depth.saturating_sub(u32::from(token.is(b')')));
        depth == 0
    })?;
    if !rest.first()?.is(b'(') {
        return None;
    }
    let mut path = [b"()", called.text(bytes)].concat();
    let mut steps = rest[close + 1..].iter().filter(|token| !token.is(b')'));
    while let Some(step) = steps.next() {
        let field = steps.next().filter(|field| field.kind == TokenKind::Ident)?;
        (step.kind == TokenKind::Arrow || step.is(b'.')).then_some(())?;
        path.extend([b".", field.text(bytes)].concat());
    }
    Some(path)
}
