//! Reads C: cuts the token stream into top-level items and hands each to its reader.
//!
//! Braces and brackets are counted, `#if` arms that open the same one twice are evened
//! out, and a closing brace in column 0 ends whatever is open: the kernel's style is the
//! safe point from which a misread file goes on. What an item is, `items` decides.

mod access;
mod aggregate;
mod asm;
mod code;
mod conditions;
mod declare;
mod directive;
mod each;
mod entries;
pub(crate) mod expand;
mod flow;
mod given;
mod guards;
mod handed;
pub(super) mod head;
mod holding;
mod items;
mod locals;
mod macros;
mod old;
mod passed;
mod pasted;
mod pointers;
mod sink;
mod sites;
pub(crate) mod template;
pub(super) mod twins;
mod variables;
mod walk;
pub(super) mod words;

use std::collections::HashMap;
use std::ops::Range;

use crate::idiom::Idioms;
use crate::lex::{Lexer, Token, TokenKind};
use crate::name_hash::hash;
use crate::program::Program;
pub(super) use asm::read_assembler;
use conditions::Conditions;
pub(super) use guards::guards;
use head::{Group, Shape};
use sink::Sink;

use super::formats::{Gather, Head};
use super::mentions::words_of_directive;
use super::{Access, FileOutline, NO_NAME, NameId};

/// An item with more tokens is given up: none in a real tree comes near.
const ITEM_TOKENS: usize = 1 << 21;

/// Reads a C file or header into `out`.
pub(super) fn read(path: &[u8], bytes: &[u8], idioms: &Idioms, out: &mut FileOutline) {
    let mut reader = Reader::new(bytes, idioms, out);
    reader.unit = unit(path);
    reader.is_kernel = Program::of(path) == Program::Kernel;
    reader.read();
}

/// The number of a file whose names others may not see; 0 for a header.
fn unit(path: &[u8]) -> u32 {
    if path.ends_with(b".c") { hash(path).max(1) } else { 0 }
}

/// As [`read`], but of what is said only as much as has to do with `name`. Returns the lines
/// where it is a word of the code, and how values of that name are got at; with `only_global`, of
/// members and of what functions have of their own that may be left out.
pub(super) fn read_about(
    path: &[u8],
    bytes: &[u8],
    idioms: &Idioms,
    (name, only_global): (&[u8], bool),
    out: &mut FileOutline,
) -> (Vec<u32>, Vec<Access>) {
    let mut reader = Reader::new(bytes, idioms, out);
    reader.unit = unit(path);
    reader.is_kernel = Program::of(path) == Program::Kernel;
    reader.about = Some(About { name, only_global, lines: Vec::new(), accesses: Vec::new() });
    reader.read();
    reader.about.map(|about| (about.lines, about.accesses)).unwrap_or_default()
}

/// The one name that is asked about, the lines where it is a word of the code, and how values of that
/// name are got at.
struct About<'a> {
    name: &'a [u8],
    /// Whether of members and locals nothing is asked but the lines.
    only_global: bool,
    lines: Vec<u32>,
    accesses: Vec<Access>,
}

impl About<'_> {
    /// Notes the lines of a token that is the name, or of a directive that has it.
    fn see(&mut self, token: Token, bytes: &[u8]) {
        match token.kind {
            TokenKind::Ident if token.text(bytes) == self.name => self.lines.push(token.line),
            TokenKind::Directive if has(token.text(bytes), self.name) => {
                words_of_directive(token, bytes, self.name, &mut self.lines);
            }
            _ => {}
        }
    }
}

/// Whether `name` is somewhere in `text`.
fn has(text: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find(text, name).is_some()
}

/// How deep in braces and brackets the item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Depth {
    brace: u32,
    paren: u32,
}

/// The top-level item that is being collected.
#[derive(Default)]
struct Item {
    tokens: Vec<Token>,
    /// The bracket groups before the first brace.
    groups: Vec<Group>,
    depth: Depth,
    /// Index of the first `=` outside brackets and braces.
    equals: Option<usize>,
    /// Index of the first `{` outside brackets, and what it opens.
    body: Option<(usize, Shape)>,
    /// Index of the `}` that closes it.
    close: Option<usize>,
    /// Whether code inside begins in column 0, so that column 0 says nothing.
    unindented: bool,
    /// How many `#if`s were open when it began.
    conditions: usize,
    /// Whether the parameters of a head of the old style are being declared.
    old_head: bool,
    /// First line of the comment above it, or 0.
    doc: u32,
    /// The conditions around its beginning.
    guard: NameId,
}

impl Item {
    fn clear(&mut self) {
        self.tokens.clear();
        self.groups.clear();
        self.depth = Depth::default();
        (self.equals, self.body, self.close) = (None, None, None);
        (self.unindented, self.old_head) = (false, false);
    }

    /// What is between a group's brackets: nothing, if it is never closed.
    fn inside(&self, group: Group) -> &[Token] {
        self.tokens.get(group.open + 1..group.close).unwrap_or_default()
    }

    /// Whether it is just `WORD(…)` so far.
    fn is_invocation(&self) -> bool {
        self.depth == Depth::default()
            && self.body.is_none()
            && matches!(self.groups[..], [Group { open: 1, close }] if close + 1 == self.tokens.len())
            && self.tokens[0].kind == TokenKind::Ident
    }
}

/// The most bytes of a function's head that are looked through for its body.
const LONGEST_HEAD: usize = 1 << 10;

/// Reads one file.
struct Reader<'a> {
    bytes: &'a [u8],
    idioms: &'a Idioms,
    lexer: Lexer<'a>,
    sink: Sink<'a>,
    conditions: Conditions,
    item: Item,
    /// First and last line of the last comment outside items.
    last_comment: (u32, u32),
    /// The members of the file's structs, in order.
    members: HashMap<NameId, Vec<NameId>>,
    walk: code::Scratch,
    /// The conditions' version and name when they were last asked for.
    guard: (u32, NameId),
    /// Their version and whether they hold in no kernel, when that was last asked for.
    never: (u32, bool),
    /// Macros of this file that make definitions.
    makers: expand::Makers,
    /// Other files' macros, where they are known.
    others: Option<expand::Others<'a>>,
    /// Which of the names that a macro gives a template's functions is the one being read.
    arm: usize,
    /// What it says of printing.
    gather: Gather,
    /// Whether a macro was defined.
    has_defined: bool,
    /// The macros of `#else` arms, by their numbers.
    yielding: Vec<usize>,
    /// Macros under conditions that hold in no kernel, by their numbers.
    in_no_kernel: Vec<usize>,
    /// Whether the file is part of the kernel, and of no other program.
    is_kernel: bool,
    /// The slots that the function being read calls through by what it includes, with the lines.
    includes_calls: Vec<(NameId, u32)>,
    /// The calls through fields in the body being read.
    sites: Vec<sites::Site>,
    /// The structs of the parameters of the function being read.
    parameters: Vec<NameId>,
    /// The structs that names of types stand for, and whether these are of pointers to functions.
    typedefs: HashMap<NameId, (NameId, bool)>,
    /// The structs that the file's functions and macros give pointers to.
    given: HashMap<NameId, NameId>,
    /// Where among the uses those of the file's tables are that are never written.
    tables: HashMap<NameId, Range<usize>>,
    /// The struct of the variable being read, where a type's name says it.
    typed_by_name: NameId,
    /// The file's number, for names that no other file sees; 0: a header, or none is known.
    unit: u32,
    /// The name that it is read for, where it is not read for all.
    about: Option<About<'a>>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], idioms: &'a Idioms, out: &'a mut FileOutline) -> Self {
        Reader {
            bytes,
            idioms,
            lexer: Lexer::new(bytes),
            sink: Sink::new(out, bytes.len()),
            conditions: Conditions::default(),
            item: Item::default(),
            last_comment: (0, 0),
            members: HashMap::new(),
            walk: code::Scratch::default(),
            guard: (0, NO_NAME),
            never: (0, false),
            makers: expand::Makers::default(),
            others: None,
            arm: 0,
            gather: Gather::default(),
            has_defined: false,
            yielding: Vec::new(),
            in_no_kernel: Vec::new(),
            is_kernel: false,
            includes_calls: Vec::new(),
            sites: Vec::new(),
            parameters: Vec::new(),
            typedefs: HashMap::new(),
            given: HashMap::new(),
            tables: HashMap::new(),
            typed_by_name: NO_NAME,
            unit: 0,
            about: None,
        }
    }

    /// Reads the file to its end.
    fn read(&mut self) {
        loop {
            while let Some(constant) = self.lexer.plain_constant() {
                self.define_plain(constant);
            }
            let Some(token) = self.lexer.next() else { break };
            if let Some(about) = &mut self.about {
                about.see(token, self.bytes);
            }
            match token.kind {
                TokenKind::Space => {}
                TokenKind::Comment => self.comment(token),
                TokenKind::Directive => self.directive(token),
                _ => self.take(token),
            }
        }
        self.finish();
        self.settle_yielding();
        let out = &self.sink.out;
        let local = out.includes.iter().filter(|include| include.local);
        let includes: Vec<&[u8]> = local.map(|include| out.name(include.path)).collect();
        self.sink.out.formats = std::mem::take(&mut self.gather).finish(&includes);
    }

    fn comment(&mut self, token: Token) {
        if self.item.tokens.is_empty() {
            let last = self.lexer.position().1;
            let text = token.text(self.bytes);
            let follows = text.starts_with(b"//") && self.last_comment.1 + 1 == token.line;
            let first = if follows { self.last_comment.0 } else { token.line };
            self.last_comment = (first, last);
        }
    }

    /// First line of the comment that ends right above `line`, or 0.
    fn doc_above(&self, line: u32) -> u32 {
        if self.last_comment.1 + 1 == line { self.last_comment.0 } else { 0 }
    }

    fn in_column_0(&self, token: Token) -> bool {
        token.start == 0 || self.bytes[token.start as usize - 1] == b'\n'
    }

    /// Adds a token to the item, ending the item where the token says so.
    fn take(&mut self, token: Token) {
        if self.conditions.arm_is_dead() {
            return;
        }
        if self.item.old_head && !token.is(b'{') {
            return;
        }
        self.item.old_head = false;
        if !self.item.tokens.is_empty() && self.begins_anew(token) {
            self.finish();
        }
        if self.item.tokens.is_empty() {
            self.item.conditions = self.conditions.len();
            self.item.doc = self.doc_above(token.line);
            self.item.guard = self.guard();
        }
        if self.item.tokens.len() >= ITEM_TOKENS {
            self.item.clear();
        }
        let index = self.item.tokens.len();
        self.item.tokens.push(token);
        if token.kind == TokenKind::Byte {
            match token.byte {
                b'{' => self.open_brace(token, index),
                b'}' => self.close_brace(token, index),
                b'(' | b'[' => self.open_paren(index),
                b')' | b']' => self.close_paren(index),
                b'=' if self.item.depth == Depth::default() && self.item.equals.is_none() => {
                    self.item.equals = Some(index);
                }
                b';' if self.item.depth == Depth::default() && !self.begins_old_head() => {
                    self.finish();
                }
                _ => {}
            }
        }
    }

    /// Whether `token` begins a new item although the last one was not ended.
    fn begins_anew(&mut self, token: Token) -> bool {
        let item = &self.item;
        if item.is_invocation() {
            let last = item.tokens[item.tokens.len() - 1];
            let apart = token.line > last.line || self.is_item_word(token);
            return apart && (token.kind != TokenKind::Byte || token.byte == b'}');
        }
        if token.kind != TokenKind::Ident || !self.in_column_0(token) {
            return false;
        }
        let word = token.text(self.bytes);
        let before = item.tokens[item.tokens.len() - 1];
        if let [bare] = item.tokens[..]
            && token.line > bare.line
        {
            // A macro that makes something, or nothing: `BTF_ID_UNUSED`.
            let is_next = word == b"static" || words::is_shouted(word) && !self.has_body(token);
            return words::is_shouted(bare.text(self.bytes)) && is_next;
        }
        if item.close.is_some() && item.depth == Depth::default() {
            return words::begins_item(word);
        }
        if item.body.is_none() {
            return item.depth.paren > 0 && word == b"static";
        }
        let label = self.bytes.get(token.end as usize) == Some(&b':');
        if before.is(b'{') && !label && matches!(item.body, Some((_, Shape::Function { .. }))) {
            self.item.unindented = true;
            return false;
        }
        let between = before.is(b';') || before.is(b'}') || before.is(b',');
        between && !item.unindented && words::begins_item(word)
    }

    /// Whether brackets follow the name, and a body in the first column: it is a function's.
    fn has_body(&self, name: Token) -> bool {
        let start = name.end as usize;
        let end = self.bytes.len().min(start + LONGEST_HEAD);
        let mut lexer = Lexer::within(self.bytes, start, end, 1);
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_meaning(|_| {})).collect();
        let close = expand::bracketed(&tokens, 0).map(|(_, close)| close);
        close.and_then(|close| tokens.get(close + 1)).is_some_and(|token| token.is(b'{'))
    }

    /// Whether `MACRO(…) token` on one line, as macros write it, is two items: the macro is no
    /// attribute of what follows.
    fn is_item_word(&self, token: Token) -> bool {
        let word = self.item.tokens[0].text(self.bytes);
        let after = self.bytes[token.end as usize..].trim_ascii_start();
        // `MUX_CLOCKS(name) __initdata = {…}` is one.
        token.kind == TokenKind::Ident
            && after.first() != Some(&b'=')
            && (self.makers.is_expansion() || self.makers.has(word))
            && !self.idioms.is_attribute(word)
    }

    fn open_brace(&mut self, token: Token, index: usize) {
        if self.item.depth.brace == 0 && self.item.depth.paren > 0 && self.in_column_0(token) {
            // A function's body begins, whatever brackets its head left open.
            if let Some(group) = self.item.groups.last_mut().filter(|g| g.close == 0) {
                group.close = index - 1;
            }
            self.item.depth.paren = 0;
        }
        let outside = self.item.depth == Depth::default();
        if outside && self.returns_aggregate(index) {
            return self.take_returning(token);
        }
        self.item.depth.brace += 1;
        if outside && self.item.body.is_none() {
            let shape = head::shape(
                &self.item.tokens[..index],
                &self.item.groups,
                self.item.equals,
                self.bytes,
                self.idioms,
            );
            if shape == Shape::Transparent {
                self.item.clear();
                return;
            }
            self.item.body = Some((index, shape));
            match shape {
                Shape::Function { .. } => self.pass_over_body(token),
                Shape::Initializer => self.pass_over_value(),
                _ => {}
            }
        }
    }

    /// Whether the `{` at `index` opens the body of `struct x {…} *f(void) {`.
    fn returns_aggregate(&self, index: usize) -> bool {
        let closed =
            matches!(self.item.body, Some((_, Shape::Aggregate))) && self.item.close.is_some();
        closed && self.item.equals.is_none() && self.item.tokens[index - 1].is(b')')
    }

    /// Reads the type, and begins the function that returns it with its head and `brace`.
    fn take_returning(&mut self, brace: Token) {
        let Some((open, close)) = self.item.body.map(|(open, _)| open).zip(self.item.close) else {
            return;
        };
        let rest = self.item.tokens.split_off(close + 1);
        let head: Vec<Token> = self.item.tokens[..open].to_vec();
        self.finish();
        let rest = rest.into_iter().filter(|t| *t != brace);
        for token in head.into_iter().chain(rest).chain([brace]) {
            self.take(token);
        }
    }

    /// Whether the `}` ends an element of a table, though it may be in column 0: `}, {`, `} };`.
    fn ends_element(&self, token: Token) -> bool {
        self.item.equals.is_some()
            && self.item.depth.brace > 1
            && matches!(self.next_byte(token), Some(b',' | b'}'))
    }

    /// The first byte after `token` that is no blank.
    fn next_byte(&self, token: Token) -> Option<u8> {
        self.bytes[token.end as usize..].trim_ascii_start().first().copied()
    }

    fn close_brace(&mut self, token: Token, index: usize) {
        if self.item.depth.brace == 0 {
            // One too many: an `extern "C"`, or a body that was misread.
            if self.item.depth.paren == 0 || self.in_column_0(token) {
                self.item.clear();
            }
            return;
        }
        let Some((_, shape)) = self.item.body else {
            self.item.depth.brace -= 1;
            let is_argument = matches!(self.next_byte(token), Some(b',' | b')'));
            if self.item.depth.brace == 0 && self.in_column_0(token) && !is_argument {
                // A head whose brackets never closed: its body ends here all the same.
                self.item.clear();
            }
            return;
        };
        // `};` ends a table inside the body, or a body with all its braces.
        let is_table =
            self.item.depth.brace > 1 && self.bytes.get(token.end as usize) == Some(&b';');
        let is_inside = is_table || self.ends_element(token);
        if self.in_column_0(token) && !self.item.unindented && !is_inside {
            self.item.depth = Depth::default();
        } else {
            self.item.depth.brace -= 1;
        }
        if self.item.depth.brace == 0 {
            self.item.depth.paren = 0;
            self.item.close.get_or_insert(index);
            if matches!(shape, Shape::Function { .. } | Shape::Unknown) {
                self.finish();
            }
        }
    }

    fn open_paren(&mut self, index: usize) {
        let is_group = self.item.tokens[index].byte == b'(';
        if self.item.depth == Depth::default() && self.item.body.is_none() && is_group {
            self.item.groups.push(Group { open: index, close: 0 });
        }
        self.item.depth.paren += 1;
    }

    fn close_paren(&mut self, index: usize) {
        self.item.depth.paren = self.item.depth.paren.saturating_sub(1);
        if self.item.depth == Depth::default()
            && self.item.body.is_none()
            && let Some(group) = self.item.groups.last_mut().filter(|g| g.close == 0)
        {
            group.close = index;
        }
    }

    /// Ends the item: reads what was collected, and begins afresh.
    fn finish(&mut self) {
        if !self.item.tokens.is_empty() {
            let item = std::mem::take(&mut self.item);
            self.read_item(&item);
            self.item = item;
            self.item.clear();
            self.includes_calls.clear();
            self.last_comment = (0, 0);
        }
    }
}
