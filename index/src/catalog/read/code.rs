//! The documents of a source file: its definitions with the comments above them, and the file
//! itself with the comment it begins with.

use std::{collections::HashMap, ops::Range};

use super::super::document::{Document, Kind};
use super::add;
use crate::outline::{self, FileOutline, Flags, Language};

/// A file that defines more constants than this is a list of registers: nobody looks for one of
/// them by what it is about, unless it has a kernel-doc comment, and by name the graph has them.
const MANY_CONSTANTS: usize = 64;
/// A comment with more lines is cut.
const MANY_LINES: u32 = 400;
/// The most definitions that one comment may be of: in the arms of an `#if`, in one line. It says nothing
/// of any more of them.
const MANY_SHARE: u32 = 8;
/// A file's first comment begins in one of its first lines.
const TOP_LINES: usize = 6;

/// Reads a file of code.
pub(super) fn read(
    path: &[u8],
    language: Language,
    bytes: &[u8],
    outline: &FileOutline,
) -> Vec<Document> {
    let lines = Lines::new(bytes);
    let docs = kernel_docs(bytes, &lines);
    let constants = many(outline, outline::Kind::Constant);
    let enumerators = many(outline, outline::Kind::Enumerator);
    let mut found = Vec::new();
    let mut shares: HashMap<u32, u32> = HashMap::new();
    let mut is_shared = |first: u32| {
        let share = shares.entry(first).or_default();
        *share += 1;
        *share > MANY_SHARE
    };
    for definition in &outline.definitions {
        let name = outline.name(definition.name);
        if definition.flags.has(Flags::ALIAS) || definition.first == 0 {
            continue;
        }
        let doc = docs.named(name, definition.first);
        let plain = doc.is_none();
        match definition.kind {
            outline::Kind::File | outline::Kind::Member | outline::Kind::Declaration => continue,
            outline::Kind::Constant if plain && (constants || is_include_guard(name)) => continue,
            outline::Kind::Enumerator if plain && enumerators => continue,
            outline::Kind::Variable if is_registered(name) => continue,
            _ => {}
        }
        let mut document = Document::new(Kind::Symbol(definition.kind), name, definition.first);
        let above = (definition.doc != 0).then_some(definition.doc);
        let begins = match language {
            Language::Rust => Some(rust_comment(&lines, definition.first)),
            _ => doc.or(above),
        };
        let begins = begins.filter(|first| *first < definition.first);
        if let Some(first) = begins.filter(|first| !is_shared(*first)) {
            document.above = definition.first - first;
            match language {
                Language::Rust => rust_prose(&lines, &mut document.text, first..definition.first),
                _ => comment(&lines, &mut document, first),
            }
        }
        found.push(document);
    }
    found.extend(docs.sections.iter().map(|first| section(&lines, *first)));
    // A comment that belongs to the first definition is not the file's.
    let taken = |header: &Document| {
        let (first, last) = (header.line, header.line + header.below);
        found
            .iter()
            .any(|other| other.above > 0 && (first..=last).contains(&(other.line - other.above)))
    };
    let header = header(path, &lines).filter(|header| !header.text.is_empty() && !taken(header));
    found.extend(header);
    found.sort_by_key(|document| document.line);
    found
}

/// Where the kernel-doc comments of a file begin: those of names, and sections of their own.
#[derive(Default)]
struct KernelDocs<'a> {
    named: HashMap<&'a [u8], u32>,
    sections: Vec<u32>,
}

impl KernelDocs<'_> {
    /// The comment about `name`, which is defined on `line`.
    fn named(&self, name: &[u8], line: u32) -> Option<u32> {
        self.named.get(name).copied().filter(|first| *first < line)
    }
}

/// Finds the kernel-doc comments. A comment is about the name in its first words, as
/// `scripts/kernel-doc` of the kernel has it: `/** * struct sk_buff - socket buffer`.
fn kernel_docs<'a>(bytes: &'a [u8], lines: &Lines<'a>) -> KernelDocs<'a> {
    let mut docs = KernelDocs::default();
    for at in memchr::memmem::find_iter(bytes, b"/**\n") {
        let first = lines.number(at);
        let title = bare(lines.get(first + 1));
        if title.starts_with(b"DOC:") {
            docs.sections.push(first);
            continue;
        }
        let mut words = title
            .split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
            .filter(|word| !word.is_empty());
        let name = words.next().and_then(|word| match word {
            b"struct" | b"union" | b"enum" | b"typedef" | b"define" | b"function" | b"macro" => {
                words.next()
            }
            word => Some(word),
        });
        if let Some(name) = name {
            docs.named.entry(name).or_insert(first);
        }
    }
    docs
}

/// A `DOC:` comment: a section of documentation in the code.
fn section(lines: &Lines, first: u32) -> Document {
    let title = bare(lines.get(first + 1));
    let title = title.strip_prefix(b"DOC:").unwrap_or(title).trim_ascii();
    let mut document = Document::new(Kind::Section, title, first + 1);
    document.head = document.name.clone();
    for number in first + 2..first + MANY_LINES {
        let line = lines.get(number);
        // A comment without an end goes no further than to the next one.
        if line.trim_ascii_start().starts_with(b"/**") {
            break;
        }
        add(&mut document.text, bare(line));
        document.below = number - document.line;
        if ends_comment(line) || number as usize > lines.count() {
            break;
        }
    }
    document
}

/// Entries of lists that macros make: `__setup_quiet_kernel`. What they register has a name of
/// its own.
fn is_registered(name: &[u8]) -> bool {
    [&b"__setup_"[..], b"__initcall_", b"__ksymtab_", b"__tracepoint_", b"__param_", b"__exitcall_"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Whether so many of this kind are there that each is no news.
fn many(outline: &FileOutline, kind: outline::Kind) -> bool {
    let same = outline.definitions.iter().filter(|definition| definition.kind == kind);
    same.take(MANY_CONSTANTS + 1).count() > MANY_CONSTANTS
}

/// `_LINUX_SLAB_H` and the like: defined in every header, and no news.
fn is_include_guard(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"_").unwrap_or(name);
    let name = name.strip_suffix(b"_").unwrap_or(name);
    name.ends_with(b"_H") && !name.iter().any(u8::is_ascii_lowercase)
}

/// A file's lines by number; found on first use, as many files need none.
struct Lines<'a> {
    bytes: &'a [u8],
    starts: std::cell::OnceCell<Vec<u32>>,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Lines { bytes, starts: std::cell::OnceCell::new() }
    }

    fn starts(&self) -> &[u32] {
        self.starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.bytes).map(|at| at as u32 + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }

    fn count(&self) -> usize {
        self.starts().len()
    }

    /// The number of the line with the byte at `at`.
    fn number(&self, at: usize) -> u32 {
        self.starts().partition_point(|start| *start as usize <= at) as u32
    }

    /// The line with this number, from 1; an empty one past the end.
    fn get(&self, number: u32) -> &'a [u8] {
        let starts = self.starts();
        let at = (number as usize).saturating_sub(1);
        let start = starts.get(at).map_or(self.bytes.len(), |start| *start as usize);
        let end = starts.get(at + 1).map_or(self.bytes.len(), |end| *end as usize - 1);
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// The words of a line of a comment, without its marks.
fn bare(line: &[u8]) -> &[u8] {
    let mut line = line.trim_ascii();
    line = line.strip_suffix(b"*/").unwrap_or(line).trim_ascii_end();
    for mark in [&b"/**"[..], b"/*", b"///", b"//!", b"//"] {
        if let Some(rest) = line.strip_prefix(mark) {
            return rest.trim_ascii();
        }
    }
    line.strip_prefix(b"*").unwrap_or(line).trim_ascii()
}

/// Reads the comment from the line `first` to the definition. Of a kernel-doc comment the
/// summary stands out: `name - what it does`.
fn comment(lines: &Lines, document: &mut Document, first: u32) {
    let is_kernel_doc = lines.get(first).trim_ascii_start().starts_with(b"/**");
    for number in first..document.line.min(first + MANY_LINES) {
        let line = lines.get(number);
        let text = bare(line);
        if is_kernel_doc && number == first + 1 {
            let summary = memchr::memmem::find(text, b" - ");
            match summary {
                Some(at) => add(&mut document.head, &text[at + 3..]),
                None => add(&mut document.text, text),
            }
        } else {
            add(&mut document.text, text);
        }
        // Of lines that each are a comment, all up to the definition are meant.
        if ends_comment(line) {
            break;
        }
    }
}

fn ends_comment(line: &[u8]) -> bool {
    memchr::memmem::find(line, b"*/").is_some()
}

/// Where the `///` lines and attributes above a Rust definition begin: at its own line when there
/// are none.
fn rust_comment(lines: &Lines, line: u32) -> u32 {
    let mut first = line;
    while first > 1 && line - first < MANY_LINES {
        let above = lines.get(first - 1).trim_ascii();
        if !above.starts_with(b"///") && !above.starts_with(b"#[") {
            break;
        }
        first -= 1;
    }
    first
}

/// Reads the `///` lines among these.
fn rust_prose(lines: &Lines, text: &mut String, numbers: Range<u32>) {
    for line in numbers.map(|number| lines.get(number).trim_ascii()) {
        if line.starts_with(b"///") {
            add(text, bare(line));
        }
    }
}

/// Where a comment turns to its licence.
const LICENCE: [&[u8]; 9] = [
    b"free software",
    b"ermission is hereby",
    b"edistribution and use",
    b"icensed under",
    b"General Public Licen",
    b"his software is",
    b"This source code is",
    b"This file is part of",
    b"WARRANTY",
];

/// The file with its first comment, without what each file has.
fn header(path: &[u8], lines: &Lines) -> Option<Document> {
    let top = |number: &u32| {
        let line = lines.get(*number).trim_ascii_start();
        line.starts_with(b"/*") && memchr::memmem::find(line, b"SPDX").is_none()
            || line.starts_with(b"//") && memchr::memmem::find(line, b"SPDX").is_none()
    };
    let first = (1..=TOP_LINES as u32).find(top)?;
    let mut document = Document::new(Kind::File, path, first);
    let slashes = !lines.get(first).trim_ascii_start().starts_with(b"/*");
    for number in first..first + MANY_LINES {
        let line = lines.get(number);
        if slashes && !line.trim_ascii_start().starts_with(b"//") {
            break;
        }
        let text = bare(line);
        if LICENCE.iter().any(|mark| memchr::memmem::find(text, mark).is_some()) {
            break;
        }
        if document.head.is_empty() && !text.is_empty() {
            document.line = number;
        }
        document.below = number.saturating_sub(document.line);
        let is_person = memchr::memchr(b'@', text).is_some()
            || text.starts_with(b"Copyright")
            || text.starts_with(b"(C)")
            || text.starts_with(b"(c)")
            || text.starts_with(b"Author");
        if !is_person {
            let target =
                if document.head.is_empty() { &mut document.head } else { &mut document.text };
            add(target, text);
        }
        if !slashes && ends_comment(line) {
            break;
        }
    }
    if document.text.is_empty() {
        std::mem::swap(&mut document.head, &mut document.text);
    }
    Some(document)
}
