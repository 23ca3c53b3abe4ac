//! The `#include`s of a file, each with whether its `#if`s hold under a configuration. Only
//! lines that begin with `#` are read; no macro is expanded.

use std::collections::HashMap;

use super::condition::{Context, Macro, evaluate};
use super::Truth;

/// An `#include`, or a module of a Rust file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inclusion {
    pub(super) path: Vec<u8>,
    /// `"path"`, not `<path>`.
    pub(super) quoted: bool,
    pub(super) holds: Truth,
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
    let mut reader = Reader { context, arms: Vec::new(), macros: HashMap::new(), found: Vec::new() };
    let mut lines = Lines { rest: bytes };
    let mut guard: Option<Vec<u8>> = None;
    while let Some((keyword, rest)) = lines.next() {
        let guarded = guard.take();
        match keyword {
            b"define" => {
                let (name, value) = split_name(&rest);
                if guarded.as_deref() == Some(name)
                    && let Some(arm) = reader.arms.last_mut()
                {
                    (arm.now, arm.left) = (arm.outer, Truth::False);
                }
                reader.define(name, Some(value));
            }
            b"undef" => reader.define(split_name(&rest).0, None),
            b"ifndef" if reader.arms.is_empty() => {
                let name = split_name(&rest).0.to_vec();
                reader.open(!reader.defined(&name));
                guard = Some(name);
            }
            b"ifdef" => reader.open(reader.defined(split_name(&rest).0)),
            b"ifndef" => reader.open(!reader.defined(split_name(&rest).0)),
            b"if" => reader.open(reader.value(&rest)),
            b"elif" => reader.turn(|reader| reader.value(&rest)),
            b"else" => reader.turn(|_| Truth::True),
            b"endif" => {
                reader.arms.pop();
            }
            b"include" => reader.include(&rest),
            _ => {}
        }
    }
    reader.found
}

struct Reader<'a> {
    context: &'a Context<'a>,
    arms: Vec<Arm>,
    macros: HashMap<Vec<u8>, Macro>,
    found: Vec<Inclusion>,
}

impl Reader<'_> {
    fn now(&self) -> Truth {
        self.arms.last().map_or(Truth::True, |arm| arm.now)
    }

    fn open(&mut self, value: Truth) {
        let outer = self.now();
        let value = if self.arms.len() > DEEPEST { Truth::Unknown } else { value };
        self.arms.push(Arm { outer, left: !value, now: outer.and(value) });
    }

    fn turn(&mut self, value: impl Fn(&Self) -> Truth) {
        let Some(arm) = self.arms.last() else { return };
        let (outer, left) = (arm.outer, arm.left);
        let value = if left == Truth::False { left } else { left.and(value(self)) };
        if let Some(arm) = self.arms.last_mut() {
            arm.now = outer.and(value);
            arm.left = left.and(!value);
        }
    }

    fn define(&mut self, name: &[u8], value: Option<&[u8]>) {
        let known = match (self.now(), value) {
            (Truth::False, _) => return,
            (Truth::Unknown, _) => Macro::Unknown,
            (Truth::True, Some(value)) => Macro::Defined(value.to_vec()),
            (Truth::True, None) => Macro::Undefined,
        };
        self.macros.insert(name.to_vec(), known);
    }

    fn value(&self, text: &[u8]) -> Truth {
        if self.now() == Truth::False && self.arms.is_empty() {
            return Truth::False;
        }
        let own = |name: &[u8]| match self.macros.get(name) {
            Some(known) => known.clone(),
            None => (self.context.defined)(name),
        };
        evaluate(text, &Context { defined: &own, ..*self.context })
    }

    fn defined(&self, name: &[u8]) -> Truth {
        self.value(&[b"defined(", name, b")"].concat())
    }

    fn include(&mut self, rest: &[u8]) {
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
        let path = rest[..end].to_vec();
        self.found.push(Inclusion { path, quoted: *open == b'"', holds });
    }
}

/// A macro's name and what follows it.
fn split_name(text: &[u8]) -> (&[u8], &[u8]) {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let end = text.iter().position(|b| !is_name(b)).unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii())
}

/// The preprocessor's lines of a file.
struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    /// The keyword of the next directive and the text after it, continued lines joined.
    fn next(&mut self) -> Option<(&'a [u8], Vec<u8>)> {
        loop {
            let at = memchr::memchr(b'#', self.rest)?;
            let before = &self.rest[..at];
            let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            let is_directive = before[line_start..].iter().all(|b| matches!(b, b' ' | b'\t'));
            let mut text = self.rest[at + 1..].trim_ascii_start();
            if !is_directive || memchr::memchr(b'\n', &self.rest[at..]).is_none_or(|n| {
                self.rest.len() - text.len() > at + n
            }) {
                self.rest = &self.rest[at + 1..];
                continue;
            }
            let end = text.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len());
            let keyword = &text[..end];
            text = &text[end..];
            let mut rest = Vec::new();
            loop {
                let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
                let line = text[..end].trim_ascii_end();
                text = text.get(end + 1..).unwrap_or_default();
                match line.strip_suffix(b"\\") {
                    Some(line) if !text.is_empty() => rest.extend_from_slice(line),
                    _ => {
                        rest.extend_from_slice(line);
                        break;
                    }
                }
            }
            self.rest = text;
            return Some((keyword, rest.trim_ascii().to_vec()));
        }
    }
}

/// The files that a Rust file's `mod name;` lines may mean, best first, without suffix rules.
pub(super) fn rust_modules(bytes: &[u8]) -> Vec<Vec<u8>> {
    let name = |line: &[u8]| {
        let line = line.trim_ascii();
        let rest = line.strip_prefix(b"pub(crate) ").or_else(|| line.strip_prefix(b"pub "));
        let name = rest.unwrap_or(line).strip_prefix(b"mod ")?.strip_suffix(b";")?.trim_ascii();
        name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_').then(|| name.to_vec())
    };
    bytes.split(|b| *b == b'\n').filter_map(name).collect()
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
    fn a_hash_alone_is_nothing() {
        assert_eq!(names("#\n#include \"a.h\"\nx # include \"b.h\"\n#"), "a.h");
        assert_eq!(names("#else\n#endif\n#elif 1\n#include \"a.h\"\n"), "a.h");
    }
}
