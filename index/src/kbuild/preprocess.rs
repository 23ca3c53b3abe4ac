//! The `#include`s of a file, each with whether its `#if`s hold under a configuration. Only
//! lines that begin with `#` are read; no macro is expanded.

use std::collections::HashMap;

use super::Truth;
use super::condition::{Context, Macro, evaluate};
use crate::lex::Directives;

/// An `#include`, or a module of a Rust file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inclusion {
    pub(super) path: Vec<u8>,
    /// `"path"`, not `<path>`.
    pub(super) quoted: bool,
    pub(super) holds: Truth,
    pub(super) line: u32,
}

struct Arm {
    outer: Truth,
    /// Whether no arm before held.
    left: Truth,
    now: Truth,
}

/// Conditions nested deeper than this are unknown.
const DEEPEST: usize = 200;

/// The includes of `bytes` that may be reached.
pub(super) fn inclusions(bytes: &[u8], context: &Context) -> Vec<Inclusion> {
    // Most of what a driver for graphics reads are tables of registers.
    if memchr::memmem::find(bytes, b"include").is_none() {
        return Vec::new();
    }
    let mut reader = Reader::new(context);
    let mut directives = Directives::new(bytes);
    while let Some((keyword, rest)) = directives.next() {
        reader.directive(keyword, rest);
        if keyword == b"include" {
            reader.include(rest, &mut directives);
        }
    }
    reader.found
}

/// Whether the lines of `bytes` are compiled: from each line given on, up to the next one.
pub(super) fn arms(bytes: &[u8], context: &Context) -> Vec<(u32, Truth)> {
    let mut reader = Reader::new(context);
    let mut directives = Directives::new(bytes);
    let mut changes = vec![(1, Truth::True)];
    while let Some((keyword, rest)) = directives.next() {
        reader.directive(keyword, rest);
        let now = reader.now();
        if changes.last().is_none_or(|(_, last)| *last != now) {
            changes.push((directives.next_line(), now));
        }
    }
    changes
}

/// What follows `#define` or `#undef`, the arm's value, and whether it is a definition.
type Definition<'a> = (&'a [u8], Truth, bool);

struct Reader<'a> {
    context: &'a Context<'a>,
    arms: Vec<Arm>,
    /// Definitions that no condition has asked for yet: most files' are never asked for.
    pending: Vec<Definition<'a>>,
    macros: HashMap<&'a [u8], Macro>,
    /// The name of an outermost `#ifndef` in the directive before.
    guard: Option<&'a [u8]>,
    found: Vec<Inclusion>,
}

impl<'a> Reader<'a> {
    fn new(context: &'a Context<'a>) -> Reader<'a> {
        Reader {
            context,
            arms: Vec::new(),
            pending: Vec::new(),
            macros: HashMap::new(),
            guard: None,
            found: Vec::new(),
        }
    }

    /// Takes in a directive: what it defines, and which arm it opens or ends.
    fn directive(&mut self, keyword: &[u8], rest: &'a [u8]) {
        let guarded = self.guard.take();
        match keyword {
            b"define" => {
                // What guards a header from being read twice doesn't hold the second time.
                if guarded.is_some_and(|guard| guard == split_name(rest).0)
                    && let Some(arm) = self.arms.last_mut()
                {
                    (arm.now, arm.left) = (arm.outer, Truth::False);
                }
                self.define(rest, true);
            }
            b"undef" => self.define(rest, false),
            b"ifdef" | b"ifndef" => {
                let name = split_name(rest).0;
                let defined = self.defined(name);
                let is_first = keyword == b"ifndef" && self.arms.is_empty();
                self.guard = is_first.then_some(name);
                self.open(if keyword == b"ifndef" { !defined } else { defined });
            }
            b"if" => {
                let value = self.value(rest);
                self.open(value);
            }
            b"elif" => self.turn(Some(rest)),
            b"else" => self.turn(None),
            b"endif" => {
                self.arms.pop();
            }
            _ => {}
        }
    }

    fn now(&self) -> Truth {
        self.arms.last().map_or(Truth::True, |arm| arm.now)
    }

    fn open(&mut self, value: Truth) {
        let outer = self.now();
        let value = if self.arms.len() > DEEPEST { Truth::Unknown } else { value };
        self.arms.push(Arm { outer, left: !value, now: outer.and(value) });
    }

    /// `#elif text`, or `#else`.
    fn turn(&mut self, text: Option<&[u8]>) {
        let Some(arm) = self.arms.last() else { return };
        let (outer, left) = (arm.outer, arm.left);
        let decides = left != Truth::False;
        let value = text.filter(|_| decides).map_or(Truth::True, |text| self.value(text));
        if let Some(arm) = self.arms.last_mut() {
            arm.now = outer.and(left).and(value);
            arm.left = left.and(!value);
        }
    }

    fn define(&mut self, rest: &'a [u8], is_definition: bool) {
        let now = self.now();
        if now != Truth::False {
            self.pending.push((rest, now, is_definition));
        }
    }

    fn value(&mut self, text: &[u8]) -> Truth {
        for (rest, now, is_definition) in self.pending.drain(..) {
            let (name, value) = split_name(rest);
            let known = match (now, is_definition) {
                (Truth::True, true) => Macro::Defined(value.to_vec()),
                (Truth::True, false) => Macro::Undefined,
                _ => Macro::Unknown,
            };
            self.macros.insert(name, known);
        }
        let own = |name: &[u8]| match self.macros.get(name) {
            Some(known) => known.clone(),
            None => (self.context.defined)(name),
        };
        evaluate(text, &Context { defined: &own, ..*self.context })
    }

    fn defined(&mut self, name: &[u8]) -> Truth {
        self.value(&[b"defined(", name, b")"].concat())
    }

    fn include(&mut self, rest: &[u8], directives: &mut Directives) {
        let holds = self.now();
        if holds == Truth::False {
            return;
        }
        let Some((open, rest)) = rest.split_first() else { return };
        let close = match open {
            b'"' => b'"',
            b'<' => b'>',
            _ => return,
        };
        let Some(end) = memchr::memchr(close, rest) else { return };
        let (path, line) = (rest[..end].to_vec(), directives.line());
        self.found.push(Inclusion { path, quoted: *open == b'"', holds, line });
    }
}

/// A macro's name and what follows it.
fn split_name(text: &[u8]) -> (&[u8], &[u8]) {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let end = text.iter().position(|b| !is_name(b)).unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii())
}

/// Gives `each` all that an evaluation reads of a source of this name, or more; false for what is
/// none and is read as a whole.
pub(crate) fn read_of_source(path: &[u8], bytes: &[u8], each: &mut dyn FnMut(&[u8])) -> bool {
    if path.ends_with(b".rs") {
        rust_modules(bytes).iter().for_each(|(name, _)| each(name));
        return true;
    }
    if ![&b".c"[..], b".h", b".S"].iter().any(|suffix| path.ends_with(suffix)) {
        return false;
    }
    if is_table(bytes) {
        each(bytes);
        return true;
    }
    for (keyword, rest) in Directives::new(bytes) {
        each(keyword);
        each(rest);
    }
    true
}

/// How much of a file's middle tells what it is.
const MIDDLE: usize = 4096;

/// Whether a long file is but a table of macros, by its middle: hardly any line is none of the
/// preprocessor's, and to tell them apart would cost far more than to take all.
fn is_table(bytes: &[u8]) -> bool {
    let middle = bytes.len() / 2;
    let Some(part) = bytes.get(middle..middle + MIDDLE) else { return false };
    let lines = memchr::memchr_iter(b'\n', part).count();
    memchr::memmem::find_iter(part, b"\n#define").count() * 2 > lines
}

/// The names of a Rust file's `mod name;`, with their lines.
pub(super) fn rust_modules(bytes: &[u8]) -> Vec<(Vec<u8>, u32)> {
    let name = |line: &[u8]| {
        let line = line.trim_ascii();
        let rest = line.strip_prefix(b"pub(crate) ").or_else(|| line.strip_prefix(b"pub "));
        let name = rest.unwrap_or(line).strip_prefix(b"mod ")?.strip_suffix(b";")?.trim_ascii();
        name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_').then(|| name.to_vec())
    };
    let lines = bytes.split(|b| *b == b'\n').zip(1..);
    lines.filter_map(|(text, line)| Some((name(text)?, line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kbuild::{Configuration, Knowledge};

    fn reached(text: &str) -> Vec<(String, Truth)> {
        let knowledge = Knowledge::built_in();
        let config = Configuration::read(b"CONFIG_A=y\n", &knowledge).unwrap();
        let context = Context {
            config: &config,
            knowledge: &knowledge,
            module: Truth::Unknown,
            assembly: Truth::False,
            version: None,
            defined: &|_| Macro::Unknown,
        };
        let found = inclusions(text.as_bytes(), &context);
        found.into_iter().map(|i| (String::from_utf8(i.path).unwrap(), i.holds)).collect()
    }

    fn names(text: &str) -> String {
        let mark = |(path, holds)| if holds == Truth::True { path } else { format!("{path}?") };
        reached(text).into_iter().map(mark).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_arms_that_hold_include() {
        let text = "#include <a.h>\n#ifdef CONFIG_A\n# include \"b.c\"\n#else\n#include \"c.c\"\n#endif\n\
            #if defined(CONFIG_B) || \\\n  defined(CONFIG_C)\n#include \"d.c\"\n#elif FOO\n#include \"e.c\"\n#endif\n";
        assert_eq!(names(text), "a.h b.c e.c?");
    }

    #[test]
    fn a_headers_guard_holds_and_so_do_its_own_macros() {
        let text = "#ifndef _H\n#define _H\n#define WITH 1\n#if WITH\n#include \"a.h\"\n#else\n#include \"b.h\"\n#endif\n#endif\n";
        assert_eq!(names(text), "a.h");
        assert_eq!(names("#ifndef OTHER\n#include \"a.h\"\n#endif\n"), "a.h?");
    }

    #[test]
    fn of_a_table_of_macros_all_is_read() {
        let read = |text: &str| {
            let mut parts = 0;
            assert!(read_of_source(b"a.h", text.as_bytes(), &mut |_| parts += 1));
            parts
        };
        assert_eq!(read(&"#define REGISTER 0x1234\n".repeat(1000)), 1);
        assert_eq!(read(&"//REGISTER\n#define REGISTER__FIELD 1\n#define B 2\n".repeat(1000)), 1);
        assert_eq!(read(&"int a;\nint b;\n#define C 3\n".repeat(1000)), 2000);
        assert_eq!(read("#define A 1\n"), 2);
    }

    #[test]
    fn a_hash_alone_is_nothing() {
        assert_eq!(names("#\n#include \"a.h\"\nx # include \"b.h\"\n#"), "a.h");
        assert_eq!(names("#else\n#endif\n#elif 1\n#include \"a.h\"\n"), "a.h");
    }
}
