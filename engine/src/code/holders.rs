//! Which structure a path of names leads to (`inode.i_op`, `=lamp.bulb`, `()lamp_of`, `~lamp_t`): by the
//! graph, and where that has no answer by the text of the definitions on the way. Nothing is guessed:
//! definitions that disagree give no answer.

use std::collections::HashMap;
use std::sync::Arc;

use kgrep_index::graph::{DefInfo, Graph, Place, Program};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::Kind;

use super::Code;
use super::declared::{Declared, TypeName, declared, type_name};
use crate::relocate::SourceFile;

/// The most steps from a type's name to the one that it stands for.
const DEEPEST: usize = 4;

/// Definitions of one name that are compared.
const MOST: usize = 64;

/// Finds structures, each path once.
pub(crate) struct Holders<'c, 'g, 'i> {
    code: &'c Code,
    graph: &'g Graph<'i>,
    /// Of beginnings of paths, and of `field@struct`.
    known: HashMap<Vec<u8>, Option<Vec<u8>>>,
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

    fn text(&self, definition: &DefInfo) -> Option<Text> {
        Text::of(self.code, self.graph.path(definition.file), definition)
    }

    /// What all of these definitions say.
    fn agreed(
        &mut self,
        definitions: &[DefInfo],
        mut said: impl FnMut(&mut Self, &Text, &[Token]) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let mut agreed: Option<Vec<u8>> = None;
        for definition in definitions {
            let text = self.text(definition)?;
            let found = said(self, &text, &text.tokens)?;
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
        self.agreed(&definitions, |holders, text, tokens| {
            if let Some(open) = tokens.iter().position(|token| token.is(b'{')) {
                let named = open.checked_sub(1).map(|at| tokens[at].text(text.bytes()));
                let is_tag = |name: &&[u8]| !matches!(*name, b"struct" | b"union" | b"enum");
                return Some(named.filter(is_tag).unwrap_or_default().to_vec());
            }
            let own = tokens.iter().rposition(|token| token.text(text.bytes()) == name)?;
            let of = type_name(&tokens[..own], text.bytes())?;
            if of.name.as_bytes() == name && !of.tagged {
                return None;
            }
            holders.tag_of(&of, deepest)
        })
    }

    fn tag_of(&mut self, of: &TypeName, deepest: usize) -> Option<Vec<u8>> {
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
        self.agreed(&definitions, |holders, text, tokens| {
            let own = tokens.iter().position(|token| token.text(text.bytes()) == name)?;
            let words = before_names(&tokens[..own]);
            if words.iter().any(|token| token.is(b'{')) {
                return None;
            }
            let of = type_name(&plain(words, text.bytes()), text.bytes())?;
            holders.tag_of(&of, DEEPEST)
        })
    }

    /// The structure that a function or a macro gives a pointer to.
    fn given(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let macros = self.definitions(name, |kind| kind == Kind::Macro);
        if !macros.is_empty() {
            return self.agreed(&macros, |_, text, tokens| {
                let inside = Lexer::of_directive(text.bytes(), *tokens.first()?);
                cast(&inside.meaning().collect::<Vec<_>>(), text.bytes())
            });
        }
        let mut definitions = self.definitions(name, Kind::is_callable);
        if definitions.is_empty() {
            definitions = self.definitions(name, |kind| kind == Kind::Declaration);
        }
        self.agreed(&definitions, |holders, text, tokens| {
            let own = tokens.iter().position(|token| token.text(text.bytes()) == name)?;
            let of = type_name(&plain(&tokens[..own], text.bytes()), text.bytes())?;
            holders.tag_of(&of, DEEPEST)
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
            let Some(text) = self.text(home) else { return Some(None) };
            let members = declared(&text.tokens, text.bytes(), None);
            let own = |member: &&Declared| member.name.as_bytes() == field;
            let Some(member) = members.iter().find(own) else { continue };
            let held = match &member.of {
                // Its members are told beside it, as of the structure around it.
                _ if member.nested => Some(tag.to_vec()),
                Some(of) => self.tag_of(of, DEEPEST),
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
