//! What the type of something is, as far as text tells: of a local, of a variable, of what a member
//! is a member of. Never guessed: where it can't be told, there is none.

use kgrep_index::graph::{DefInfo, Graph};
use kgrep_index::lex::{Lexer, Token, TokenKind};
use kgrep_index::outline::{Kind, is_reserved};

use super::links::file_meant;
use super::open::Open;
use super::word::{Role, Word};
use crate::Result;
use crate::code::declared::{Declared, TypeName, declared, of_pointer, type_name};
use crate::code::{Ranking, sees};

/// The most members of members that are followed.
const DEEPEST: usize = 8;

/// The type of what a macro makes stands among its first words.
const WORDS: usize = 12;

/// A member's declaration, in its own file.
pub(super) struct Member<'c> {
    pub(super) file: Open<'c>,
    pub(super) declared: Declared,
    /// The structure's name.
    pub(super) structure: String,
}

impl<'c> Open<'c> {
    /// The tokens of the definition around a line, if it is one that declares names of its own.
    fn body(&self, line: u32) -> Option<&[Token]> {
        let around = self.around(line, |d| d.kind.is_callable())?;
        Some(self.between(around.first, around.last))
    }

    /// The tokens on these lines.
    pub(super) fn between(&self, first: u32, last: u32) -> &[Token] {
        let tokens = self.tokens();
        let start = tokens.partition_point(|token| token.line < first);
        let end = tokens.partition_point(|token| token.line <= last);
        &tokens[start..end.max(start)]
    }

    /// What is declared in the function around a line and in force at an offset.
    pub(super) fn locals(&self, line: u32, at: usize) -> Vec<Declared> {
        let body = self.body(line);
        body.map_or_else(Vec::new, |body| declared(body, self.bytes(), Some(at)))
    }

    /// The local that a word names.
    pub(super) fn local(&self, word: &Word) -> Option<Declared> {
        let own =
            self.body(word.part.line).and_then(|body| of_pointer(body, self.bytes(), word.start));
        if own.is_some() {
            return own;
        }
        let locals = self.locals(word.part.line, word.start);
        locals.into_iter().rev().find(|local| local.name == word.name)
    }

    /// The member that a word behind `->` or `.` names, or one in a structure or in braces.
    pub(super) fn member(&self, graph: &Graph<'_>, word: &Word) -> Result<Option<Member<'c>>> {
        let of = match &word.role {
            Role::Member(operator) => self.type_before(graph, *operator, DEEPEST)?,
            Role::Designator => self.type_in_table(graph, word)?,
            Role::Plain => return self.own_member(word),
            _ => None,
        };
        let Some(of) = of else { return Ok(None) };
        self.member_of(graph, &of, &word.name)
    }

    /// The member of the structure around a word that the word declares.
    fn own_member(&self, word: &Word) -> Result<Option<Member<'c>>> {
        let is_structure = |kind| matches!(kind, Kind::Struct | Kind::Union);
        let Some(around) = self.around(word.part.line, |d| is_structure(d.kind)) else {
            return Ok(None);
        };
        let structure = String::from_utf8_lossy(self.outline().name(around.name)).into_owned();
        let members = declared(self.between(around.first, around.last), self.bytes(), None);
        let own = members.into_iter().find(|m| m.token.start as usize == word.start);
        let file = || Open::new(self.code, &self.path);
        own.map(|declared| Ok(Member { file: file()?, declared, structure })).transpose()
    }

    /// The type that the braces around a word set.
    fn type_in_table(&self, graph: &Graph<'_>, word: &Word) -> Result<Option<TypeName>> {
        let Some((tokens, mut of)) = self.table(word) else { return Ok(None) };
        for member in nested(tokens, self.bytes(), word.start).into_iter().flatten() {
            let Some(member) = self.member_of(graph, &of, &member)? else { return Ok(None) };
            let Some(inner) = member.declared.of else { return Ok(None) };
            of = inner;
        }
        Ok(Some(of))
    }

    /// The value that holds a word, from its first brace, and the type that is set to it.
    fn table(&self, word: &Word) -> Option<(&[Token], TypeName)> {
        let line = word.part.line;
        if let Some(variable) = self.around(line, |d| d.kind == Kind::Variable) {
            let tokens = self.between(variable.first, variable.last);
            let set = tokens.iter().position(|token| token.is(b'='))?;
            let name = tokens[..set].iter().rposition(|t| {
                t.kind == TokenKind::Ident
                    && t.text(self.bytes()) == self.outline().name(variable.name)
            })?;
            return Some((&tokens[set..], type_name(&tokens[..name], self.bytes())?));
        }
        // `struct lamp lamp = { .on = 1 }` in a function.
        let locals = self.locals(line, word.start);
        let holds = |d: &&Declared| (d.start as usize) < word.start && word.start < d.end as usize;
        let local = locals.iter().rev().find(holds)?;
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.start < local.token.end);
        Some((&tokens[first..], local.of.clone()?))
    }

    /// The type of what stands before the operator (`->` or `.`) that ends at the offset `end`.
    pub(super) fn type_at(&self, graph: &Graph<'_>, end: usize) -> Result<Option<TypeName>> {
        let width = if self.bytes()[..end].ends_with(b"->") { 2 } else { 1 };
        self.type_before(graph, end - width, DEEPEST)
    }

    /// The type of the expression that ends before the offset `end`.
    pub(super) fn type_before(
        &self,
        graph: &Graph<'_>,
        end: usize,
        deepest: usize,
    ) -> Result<Option<TypeName>> {
        let tokens = self.tokens();
        let mut at = tokens.partition_point(|token| (token.start as usize) < end);
        let bytes = self.bytes();
        if deepest == 0 {
            return Ok(None);
        }
        let mut brackets = None;
        // Back over `[…]` and `(…)`.
        loop {
            let Some(last) = at.checked_sub(1).and_then(|at| tokens.get(at)) else {
                return Ok(None);
            };
            let open = match last.byte {
                b']' if last.kind == TokenKind::Byte => b'[',
                b')' if last.kind == TokenKind::Byte => b'(',
                _ => break,
            };
            let Some(opened) = opening(tokens, at - 1, open) else { return Ok(None) };
            if open == b'(' {
                brackets = Some((opened, at - 1));
            }
            at = opened;
        }
        let name = at.checked_sub(1).and_then(|at| tokens.get(at));
        let name = name.filter(|t| t.kind == TokenKind::Ident && !is_reserved(t.text(bytes)));
        let Some(name) = name else {
            return match brackets {
                Some(brackets) => self.type_of_brackets(graph, brackets, deepest - 1),
                None => Ok(None),
            };
        };
        let text = String::from_utf8_lossy(name.text(bytes)).into_owned();
        let before = at.checked_sub(2).and_then(|at| tokens.get(at));
        let operator = before.filter(|token| token.kind == TokenKind::Arrow || token.is(b'.'));
        if let Some(operator) = operator {
            let of = self.type_before(graph, operator.start as usize, deepest - 1)?;
            let Some(of) = of else { return Ok(None) };
            let member = self.member_of(graph, &of, &text)?;
            return Ok(member.and_then(|member| member.declared.of));
        }
        if let Some(brackets) = brackets {
            return self.type_of_brackets(graph, brackets, deepest - 1);
        }
        let locals = self.locals(name.line, name.start as usize);
        match locals.into_iter().rev().find(|local| local.name == text) {
            Some(local) => Ok(local.of),
            None => self.type_of_name(graph, &text, &[Kind::Variable, Kind::Declaration]),
        }
    }

    /// The type of the variable, or of what the function of this name gives back.
    pub(super) fn type_of_name(
        &self,
        graph: &Graph<'_>,
        name: &str,
        kinds: &[Kind],
    ) -> Result<Option<TypeName>> {
        let Some(best) = self.best(graph, name, |d| kinds.contains(&d.kind)) else {
            return Ok(None);
        };
        let file = Open::new(self.code, graph.path(best.file))?;
        let tokens = file.between(best.first, best.last);
        let own = tokens.iter().position(|t| t.text(file.bytes()) == name.as_bytes());
        match own {
            Some(at) => Ok(type_name(&tokens[..at], file.bytes())),
            None => file.type_by_macro(graph, tokens),
        }
    }

    /// The type of what a macro at the top level makes: the structure that its body begins with.
    fn type_by_macro(&self, graph: &Graph<'_>, tokens: &[Token]) -> Result<Option<TypeName>> {
        let opens = tokens.iter().position(|token| token.is(b'('));
        let name = opens.and_then(|at| tokens.get(at.checked_sub(1)?));
        let Some(name) = name.map(|token| String::from_utf8_lossy(token.text(self.bytes()))) else {
            return Ok(None);
        };
        let Some(made) = self.best(graph, &name, |d| d.kind == Kind::Macro) else {
            return Ok(None);
        };
        let file = Open::new(self.code, graph.path(made.file))?;
        let bytes = file.bytes();
        let found = file.between(made.first, made.last).iter().find_map(|directive| {
            let inside = Lexer::of_directive(bytes, *directive);
            let words: Vec<Token> =
                inside.filter(|token| token.kind == TokenKind::Ident).take(WORDS).collect();
            let tag = words.iter().position(|token| token.text(bytes) == b"struct")?;
            let name = String::from_utf8_lossy(words.get(tag + 1)?.text(bytes)).into_owned();
            Some(TypeName { tagged: true, name })
        });
        Ok(found)
    }

    /// The label that a word names or jumps to, in the function around it.
    pub(super) fn label(&self, word: &Word) -> Option<Token> {
        let body = self.body(word.part.line)?;
        let bytes = self.bytes();
        let own = |token: &Token| {
            token.kind == TokenKind::Ident && token.text(bytes) == word.name.as_bytes()
        };
        let here = body.iter().position(|token| token.start as usize == word.start)?;
        let jumps = here.checked_sub(1).is_some_and(|before| body[before].text(bytes) == b"goto");
        let is_label = |at: usize| {
            let begins = at.checked_sub(1).is_none_or(|before| {
                let before = body[before];
                [b';', b'{', b'}', b':'].iter().any(|byte| before.is(*byte))
            });
            begins && own(&body[at]) && body.get(at + 1).is_some_and(|next| next.is(b':'))
        };
        if jumps {
            return (0..body.len()).find(|at| is_label(*at)).map(|at| body[at]);
        }
        is_label(here).then(|| body[here])
    }

    /// How near a definition is to a reader of this file: its own, what it can mean, the rest.
    pub(super) fn distance(&self, graph: &Graph<'_>, definition: &DefInfo) -> u8 {
        let Some(own) = graph.file(&self.path) else { return 2 };
        match definition.file == own {
            true => 0,
            false if sees(graph, self.code.arch, own, definition) => 1,
            false => 2,
        }
    }

    /// How definitions are ordered for a reader of this file: the nearest first, then as everywhere.
    pub(super) fn order(&self, graph: &Graph<'_>, definition: &DefInfo) -> (u8, Ranking) {
        (self.distance(graph, definition), Ranking::of(graph, definition, self.code.arch))
    }

    /// The best definition of a name for a reader of this file: the nearest.
    pub(super) fn best(
        &self,
        graph: &Graph<'_>,
        name: &str,
        wanted: impl Fn(&DefInfo) -> bool,
    ) -> Option<DefInfo> {
        let mut found = graph.definitions_of(graph.find_name(name.as_bytes())?);
        found.retain(|d| wanted(d));
        found.into_iter().min_by_key(|d| self.order(graph, d))
    }

    /// The structure that a type's name means.
    pub(super) fn structure(&self, graph: &Graph<'_>, of: &TypeName) -> Option<DefInfo> {
        let whole = |d: &DefInfo| matches!(d.kind, Kind::Struct | Kind::Union);
        let typedef = |d: &DefInfo| d.kind == Kind::Typedef && !of.tagged;
        self.best(graph, &of.name, whole).or_else(|| self.best(graph, &of.name, typedef))
    }

    /// All members of a type.
    pub(super) fn members(
        &self,
        graph: &Graph<'_>,
        of: &TypeName,
    ) -> Result<Option<(Open<'c>, Vec<Declared>)>> {
        let Some(mut structure) = self.structure(graph, of) else { return Ok(None) };
        let mut file = Open::new(self.code, graph.path(structure.file))?;
        if structure.kind == Kind::Typedef {
            // `typedef struct lamp lamp_t;` names another one.
            let tokens = file.between(structure.first, structure.last);
            if !tokens.iter().any(|token| token.is(b'{')) {
                let own = tokens.iter().rposition(|t| t.kind == TokenKind::Ident);
                let named = own.and_then(|own| type_name(&tokens[..own], file.bytes()));
                let of = named.filter(|named| named.tagged || named.name != of.name);
                let Some(of) = of else { return Ok(None) };
                let whole = |d: &DefInfo| matches!(d.kind, Kind::Struct | Kind::Union);
                let Some(meant) = self.best(graph, &of.name, whole) else { return Ok(None) };
                structure = meant;
                file = Open::new(self.code, graph.path(structure.file))?;
            }
        }
        let found = declared(file.between(structure.first, structure.last), file.bytes(), None);
        Ok(Some((file, found)))
    }

    /// The members of this name in structures of this file and of those beside it that it
    /// includes, where the text doesn't tell which structure is meant.
    pub(super) fn members_near(&self, name: &str) -> Vec<(Open<'c>, Declared)> {
        let includes = self.outline().includes.iter().filter(|include| include.local);
        let paths = includes.filter_map(|include| {
            let path = String::from_utf8_lossy(self.outline().name(include.path)).into_owned();
            file_meant(self, &path, true)
        });
        let mut found = Vec::new();
        for path in std::iter::once(self.path.clone()).chain(paths) {
            let Ok(file) = Open::new(self.code, &path) else { continue };
            let holds = |kind| matches!(kind, Kind::Struct | Kind::Union | Kind::Typedef);
            let extents: Vec<(u32, u32)> = file
                .outline()
                .definitions
                .iter()
                .filter(|d| holds(d.kind))
                .map(|d| (d.first, d.last))
                .collect();
            for (first, last) in extents {
                let members = declared(file.between(first, last), file.bytes(), None);
                if let Some(member) = members.into_iter().find(|member| member.name == name)
                    && let Ok(file) = Open::new(self.code, &path)
                {
                    found.push((file, member));
                }
            }
        }
        found
    }

    fn member_of(
        &self,
        graph: &Graph<'_>,
        of: &TypeName,
        name: &str,
    ) -> Result<Option<Member<'c>>> {
        let Some((file, members)) = self.members(graph, of)? else { return Ok(None) };
        let found = members.into_iter().find(|member| member.name == name);
        if found.is_none() {
            return self.made_member(graph, of, name);
        }
        Ok(found.map(|mut declared| {
            if declared.nested {
                // Its own members are told among those of the structure around it.
                declared.of = Some(of.clone());
            }
            Member { file, declared, structure: of.name.clone() }
        }))
    }
}

impl<'c> Open<'c> {
    /// The member that a macro makes in a structure, of names that it has: `FOR_EACH_FLAG(DEFINE_FLAG);`.
    fn made_member(
        &self,
        graph: &Graph<'_>,
        of: &TypeName,
        name: &str,
    ) -> Result<Option<Member<'c>>> {
        let Some(structure) = self.structure(graph, of) else { return Ok(None) };
        let home = Open::new(self.code, graph.path(structure.file))?;
        let tokens = home.between(structure.first, structure.last);
        for (at, pair) in tokens.windows(2).enumerate() {
            let begins = at.checked_sub(1).is_some_and(|before| {
                let before = tokens[before];
                before.kind == TokenKind::Directive
                    || [b';', b'{', b'}'].iter().any(|byte| before.is(*byte))
            });
            if !begins || pair[0].kind != TokenKind::Ident || !pair[1].is(b'(') {
                continue;
            }
            let called = String::from_utf8_lossy(pair[0].text(home.bytes())).into_owned();
            let Some(made) = home.best(graph, &called, |d| d.kind == Kind::Macro) else { continue };
            let file = Open::new(self.code, graph.path(made.file))?;
            let bytes = file.bytes();
            let found = file.between(made.first, made.last).iter().find_map(|directive| {
                let mut inside = Lexer::of_directive(bytes, *directive);
                inside.find(|token| token.text(bytes) == name.as_bytes())
            });
            if let Some(token) = found {
                let declared = Declared::alone(token, bytes);
                return Ok(Some(Member { file, declared, structure: of.name.clone() }));
            }
        }
        Ok(None)
    }
}

/// The members whose braces are open at an offset, the outermost first, without the table's own
/// braces; none for an element of an array.
fn nested(tokens: &[Token], bytes: &[u8], at: usize) -> Vec<Option<String>> {
    let mut open: Vec<Option<String>> = Vec::new();
    let mut member = None;
    for (number, token) in tokens.iter().enumerate() {
        if token.start as usize >= at {
            break;
        }
        if token.is(b'{') {
            open.push(member.take());
        } else if token.is(b'}') {
            open.pop();
        } else if token.is(b',') {
            member = None;
        } else if token.kind == TokenKind::Ident
            && number.checked_sub(1).is_some_and(|before| tokens[before].is(b'.'))
        {
            member = Some(String::from_utf8_lossy(token.text(bytes)).into_owned());
        }
    }
    open.into_iter().skip(1).collect()
}

/// Where the bracket before the one `at` its end opens.
fn opening(tokens: &[Token], at: usize, open: u8) -> Option<usize> {
    let close = if open == b'[' { b']' } else { b')' };
    let mut nested = 0_u32;
    for (at, token) in tokens[..=at].iter().enumerate().rev() {
        if token.is(close) {
            nested += 1;
        } else if token.is(open) {
            nested -= 1;
            if nested == 0 {
                return Some(at);
            }
        }
    }
    None
}
