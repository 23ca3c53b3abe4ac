//! Reads Rust files: which functions they define, where each ends, and which calls are sure:
//! those of C through `bindings::`, those of functions of the same file, and those of other files'
//! functions, by a path of modules or by a name that `use` brings in.
//!
//! Other calls go through types and traits, which text alone does not resolve.

use std::collections::HashSet;

use crate::lex::{Lexer, Token, TokenKind};

use super::names::{Interner, NameId};
use super::{Definition, FileOutline, Flags, Kind, NO_NAME, Use, UseKind};

/// Functions nested deeper than this are not told from the one around them.
const DEEPEST: usize = 64;

/// Reads a Rust file into `out`.
pub(super) fn read(bytes: &[u8], out: &mut FileOutline) {
    let mut reader = Reader {
        bytes,
        out,
        interner: Interner::default(),
        open: Vec::new(),
        depth: 0,
        declared: None,
        before: None,
        exported: false,
        calls: Vec::new(),
        bound: false,
        brings_in: false,
        brought_in: HashSet::new(),
    };
    let mut lexer = Lexer::new(bytes);
    while let Some(mut token) = lexer.next_meaning(|_| {}) {
        if token.kind == TokenKind::Char && !is_char(token.text(bytes)) {
            // A lifetime: only the quote is passed over.
            let (at, line) = (token.start as usize + 1, token.line);
            lexer.resume_at(at, line);
            token.end = token.start + 1;
        }
        if token.kind == TokenKind::Directive {
            // An attribute: only the `#` is passed over.
            lexer.resume_at(token.start as usize + 1, token.line);
            continue;
        }
        reader.take(token);
    }
    let Reader { out, calls, brought_in, .. } = reader;
    let own: HashSet<NameId> = out.definitions.iter().map(|d| d.name).collect();
    let is_sure = |call: &Call| match call.path {
        Path::Module => true,
        Path::None => own.contains(&call.used.name) || brought_in.contains(&call.used.name),
        Path::Other => own.contains(&call.used.name),
    };
    out.uses.extend(calls.into_iter().filter(is_sure).map(|call| call.used));
}

/// A call of what may be a function of the file, or of another one.
struct Call {
    used: Use,
    path: Path,
}

/// What stands before the name that is called.
enum Path {
    None,
    /// A path of modules: `kernel::error::to_result`.
    Module,
    /// A value, a type, or a module that isn't the kernel's.
    Other,
}

/// The library's crates and what stands for a type: what is called there, the tree has not.
const NOT_MODULES: [&[u8]; 5] = [b"core", b"alloc", b"std", b"Self", b"self"];

/// A file that is read, token by token.
struct Reader<'f> {
    bytes: &'f [u8],
    out: &'f mut FileOutline,
    interner: Interner,
    /// The functions around the token, each with the depth of its braces.
    open: Vec<(usize, usize)>,
    depth: usize,
    /// The function whose head is being read.
    declared: Option<usize>,
    before: Option<Token>,
    /// Whether the next function is one that C may call.
    exported: bool,
    calls: Vec<Call>,
    /// Whether the name before is one of C's.
    bound: bool,
    /// Whether a `use` is being read.
    brings_in: bool,
    /// The names that `use` brings in.
    brought_in: HashSet<NameId>,
}

impl Reader<'_> {
    fn take(&mut self, token: Token) {
        let bytes = self.bytes;
        let is_fn = self.before.is_some_and(|t| t.text(bytes) == b"fn");
        if is_fn && token.kind == TokenKind::Ident {
            self.declare(token);
        } else if token.is(b'(') {
            self.call();
        } else if token.is(b'{') {
            self.depth += 1;
            if let Some(index) = self.declared.take().filter(|_| self.open.len() < DEEPEST) {
                self.open.push((index, self.depth));
            }
        } else if token.is(b'}') {
            let depth = self.depth;
            if let Some((index, _)) = self.open.pop_if(|(_, at)| *at == depth) {
                self.out.definitions[index].last = token.line;
            }
            self.depth = depth.saturating_sub(1);
        } else if token.is(b';') {
            self.declared = None;
        }
        self.bring_in(token);
        if token.kind == TokenKind::Ident {
            self.exported |= matches!(token.text(bytes), b"no_mangle" | b"export");
            self.bound = bytes[..token.start as usize].ends_with(b"bindings::");
        }
        self.before = Some(token);
    }

    /// The function of this name begins.
    fn declare(&mut self, name: Token) {
        let id = self.interner.intern(&mut self.out.names, name.text(self.bytes));
        self.declared = Some(self.out.definitions.len());
        let exported = std::mem::take(&mut self.exported);
        self.out.definitions.push(Definition {
            name: id,
            kind: Kind::RustFunction,
            flags: if exported { Flags::EXTERN } else { Flags::default() },
            first: name.line,
            last: name.line,
            doc: 0,
            guard: NO_NAME,
            params: NO_NAME,
        });
    }

    /// A bracket opens: behind a name, in a function, that is a call.
    fn call(&mut self) {
        let name = self.before.filter(|t| t.kind == TokenKind::Ident);
        let (Some(name), Some((within, _))) = (name, self.open.last()) else { return };
        let call = Use {
            name: self.interner.intern(&mut self.out.names, name.text(self.bytes)),
            kind: UseKind::Call,
            runs: false,
            line: name.line,
            within: *within as u32,
            via: NO_NAME,
        };
        match self.bound {
            true => self.out.uses.push(call),
            false => self.calls.push(Call { used: call, path: path_before(self.bytes, name) }),
        }
    }

    /// Notes the names of `use crate::error::{from_result, to_result};`.
    fn bring_in(&mut self, token: Token) {
        let before = self.before.filter(|t| t.kind == TokenKind::Ident);
        let ends = token.is(b';') || token.is(b',') || token.is(b'}');
        if let Some(name) = before.filter(|_| self.brings_in && ends) {
            let name = self.interner.intern(&mut self.out.names, name.text(self.bytes));
            self.brought_in.insert(name);
        }
        self.brings_in |= token.kind == TokenKind::Ident && token.text(self.bytes) == b"use";
        self.brings_in &= !token.is(b';');
    }
}

/// What stands before a name that is called.
fn path_before(bytes: &[u8], name: Token) -> Path {
    let mut rest = &bytes[..name.start as usize];
    if rest.trim_ascii_end().ends_with(b".") {
        return Path::Other;
    }
    let mut path = Path::None;
    while let Some(before) = rest.strip_suffix(b"::") {
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte == b'$';
        let word = &before[before.len() - before.iter().rev().take_while(is_word).count()..];
        let is_module = word.first().is_some_and(|byte| !byte.is_ascii_uppercase());
        if !is_module || NOT_MODULES.contains(&word) {
            return Path::Other;
        }
        (path, rest) = (Path::Module, &before[..before.len() - word.len()]);
    }
    path
}

/// Whether a quoted text is one character, not a lifetime's quote up to the next one.
fn is_char(text: &[u8]) -> bool {
    text.len() > 2 && text.ends_with(b"'") && (text.len() <= 6 || text.starts_with(b"'\\"))
}
