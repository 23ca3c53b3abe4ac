//! Which structure a path of names leads to (`inode.i_op`, `=lamp.bulb`, `()lamp_of`, `~lamp_t`): by the
//! graph, and where that has no answer by the text of the definitions on the way. Nothing is guessed:
//! definitions that disagree give no answer.

use std::collections::HashMap;
use std::rc::Rc;

use kgrep_index::graph::{DefInfo, Graph, Place, Program};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::Kind;

use super::Code;
use super::declared::{Declared, TypeName, declared, type_name};

/// A type's name that stands for another is followed so far.
const DEEPEST: usize = 4;

/// Definitions of one name that are compared.
const MOST: usize = 64;

/// Files whose text is kept at hand.
const AT_HAND: usize = 128;

/// Finds structures, each path once.
pub(crate) struct Holders<'c, 'g, 'i> {
    code: &'c Code,
    graph: &'g Graph<'i>,
    files: HashMap<Vec<u8>, Rc<File>>,
    /// Of beginnings of paths, and of `field@struct`.
    known: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

/// A file's text, and its tokens that mean something.
struct File {
    bytes: Vec<u8>,
    tokens: Vec<Token>,
}

impl File {
    fn between(&self, definition: &DefInfo) -> &[Token] {
        let start = self.tokens.partition_point(|token| token.line < definition.first);
        let end = self.tokens.partition_point(|token| token.line <= definition.last);
        &self.tokens[start..end.max(start)]
    }
}

impl<'c, 'g, 'i> Holders<'c, 'g, 'i> {
    pub(crate) fn new(code: &'c Code, graph: &'g Graph<'i>) -> Holders<'c, 'g, 'i> {
        Holders { code, graph, files: HashMap::new(), known: HashMap::new() }
    }

    /// The structure that a path leads to; an empty name is one of a structure without a name.
    pub(crate) fn at(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let mut parts = path.split(|byte| *byte == b'.');
        let mut held = self.begin(parts.next().unwrap_or_default())?;
        for part in parts {
            held = self.member(part, &held)?;
        }
        Some(held)
    }

    fn begin(&mut self, part: &[u8]) -> Option<Vec<u8>> {
        if let Some(known) = self.known.get(part) {
            return known.clone();
        }
        let found = match part {
            [b'~', name @ ..] => self.named(name, DEEPEST),
            [b'=', name @ ..] => self.variable(name),
            [b'(', b')', name @ ..] => self.given(name),
            tag => return Some(tag.to_vec()),
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

    fn file(&mut self, definition: &DefInfo) -> Option<Rc<File>> {
        let path = self.graph.path(definition.file);
        if let Some(file) = self.files.get(path) {
            return Some(Rc::clone(file));
        }
        let bytes = self.code.bytes(path).ok()?;
        let tokens = Lexer::new(&bytes).meaning().collect();
        if self.files.len() >= AT_HAND {
            self.files.clear();
        }
        let file = Rc::new(File { bytes, tokens });
        self.files.insert(path.to_vec(), Rc::clone(&file));
        Some(file)
    }

    /// What all of these definitions say.
    fn agreed(
        &mut self,
        definitions: &[DefInfo],
        mut said: impl FnMut(&mut Self, &File, &[Token]) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let mut agreed: Option<Vec<u8>> = None;
        for definition in definitions {
            let file = self.file(definition)?;
            let found = said(self, &file, file.between(definition))?;
            if agreed.as_ref().is_some_and(|agreed| *agreed != found) {
                return None;
            }
            agreed = Some(found);
        }
        agreed
    }

    /// The structure that a type's own name stands for.
    fn named(&mut self, name: &[u8], deepest: usize) -> Option<Vec<u8>> {
        let definitions = self.definitions(name, |kind| kind == Kind::Typedef);
        self.agreed(&definitions, |holders, file, tokens| {
            if let Some(open) = tokens.iter().position(|token| token.is(b'{')) {
                let named = open.checked_sub(1).map(|at| tokens[at].text(&file.bytes));
                let is_tag = |name: &&[u8]| !matches!(*name, b"struct" | b"union" | b"enum");
                return Some(named.filter(is_tag).unwrap_or_default().to_vec());
            }
            let own = tokens.iter().rposition(|token| token.text(&file.bytes) == name)?;
            let of = type_name(&tokens[..own], &file.bytes)?;
            if of.name.as_bytes() == name && !of.tagged {
                return None;
            }
            holders.meant(&of, deepest)
        })
    }

    fn meant(&mut self, of: &TypeName, deepest: usize) -> Option<Vec<u8>> {
        match of.tagged {
            true => Some(of.name.clone().into_bytes()),
            false => self.named(of.name.as_bytes(), deepest.checked_sub(1)?),
        }
    }

    /// The structure that a variable holds or points to.
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let mut definitions = self.definitions(name, |kind| kind == Kind::Variable);
        if definitions.is_empty() {
            definitions = self.definitions(name, |kind| kind == Kind::Declaration);
        }
        self.agreed(&definitions, |holders, file, tokens| {
            let own = tokens.iter().position(|token| token.text(&file.bytes) == name)?;
            let words = before_names(&tokens[..own]);
            if words.iter().any(|token| token.is(b'{')) {
                return None;
            }
            let of = type_name(&plain(words, &file.bytes), &file.bytes)?;
            holders.meant(&of, DEEPEST)
        })
    }

    /// The structure that a function or a macro gives a pointer to.
    fn given(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let macros = self.definitions(name, |kind| kind == Kind::Macro);
        if !macros.is_empty() {
            return self.agreed(&macros, |_, file, tokens| {
                let inside = Lexer::of_directive(&file.bytes, *tokens.first()?);
                cast(&inside.meaning().collect::<Vec<_>>(), &file.bytes)
            });
        }
        let mut definitions = self.definitions(name, Kind::is_callable);
        if definitions.is_empty() {
            definitions = self.definitions(name, |kind| kind == Kind::Declaration);
        }
        self.agreed(&definitions, |holders, file, tokens| {
            let own = tokens.iter().position(|token| token.text(&file.bytes) == name)?;
            let of = type_name(&plain(&tokens[..own], &file.bytes), &file.bytes)?;
            holders.meant(&of, DEEPEST)
        })
    }

    /// The structure that a field of the structure `tag` holds or points to.
    fn member(&mut self, field: &[u8], tag: &[u8]) -> Option<Vec<u8>> {
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
            None => self.graph.struct_at(&[tag, b".", field].concat()),
        };
        self.known.insert(key, found.clone());
        found
    }

    /// The same by the text of the structures of that name that declare the field; none where none does.
    fn member_by_text(&mut self, field: &[u8], tag: &[u8]) -> Option<Option<Vec<u8>>> {
        let mut agreed: Option<Option<Vec<u8>>> = None;
        let homes = self.definitions(tag, |kind| matches!(kind, Kind::Struct | Kind::Union));
        for home in &homes {
            let Some(file) = self.file(home) else { return Some(None) };
            let members = declared(file.between(home), &file.bytes, None);
            let own = |member: &&Declared| member.name.as_bytes() == field;
            let Some(member) = members.iter().find(own) else { continue };
            let held = match &member.of {
                // Its members are told beside it, as of the structure around it.
                _ if member.nested => Some(tag.to_vec()),
                Some(of) => self.meant(of, DEEPEST),
                None => None,
            };
            if held.is_none() || agreed.as_ref().is_some_and(|agreed| *agreed != held) {
                return Some(None);
            }
            agreed = Some(held);
        }
        agreed
    }
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

/// The structure that a macro's body is cast to: `((struct lamp *)(x))`, `container_of(x, struct lamp, list)`.
fn cast(directive: &[Token], bytes: &[u8]) -> Option<Vec<u8>> {
    // `define lamp_of(x) …`
    let close = directive.iter().position(|token| token.is(b')'))?;
    let mut body = directive.get(close + 1..)?;
    while let [open, rest @ ..] = body
        && open.is(b'(')
    {
        body = rest;
    }
    let is_tag = |token: &Token| matches!(token.text(bytes), b"struct" | b"union");
    let name = |token: &Token| token.text(bytes).to_vec();
    match body {
        [word, tag, star, ..] if is_tag(word) && star.is(b'*') => Some(name(tag)),
        [qualifier, word, tag, star, ..]
            if qualifier.text(bytes) == b"const" && is_tag(word) && star.is(b'*') =>
        {
            Some(name(tag))
        }
        [called, open, rest @ ..] if called.text(bytes) == b"container_of" && open.is(b'(') => {
            let named = rest.windows(4).find(|w| w[0].is(b',') && is_tag(&w[1]) && w[3].is(b','));
            named.map(|w| name(&w[2]))
        }
        _ => None,
    }
}
