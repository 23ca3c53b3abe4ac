//! Takes a Makefile apart into statements, by GNU make's rules for lines: continuations,
//! comments, recipes, conditionals, `define`. What the statements do is `run`'s.

use super::words::{UNKNOWN, is_space};
use crate::kbuild::lines::Lines;

/// A line of a Makefile, from 1.
pub(crate) type LineNumber = u32;

/// One statement and the line it begins on.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) line: LineNumber,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// `name op value`, or a `define`.
    Assign { name: Vec<u8>, op: Op, value: Vec<u8>, export: bool },
    /// `ifeq … else ifdef … else … endif`.
    If(Vec<Arm>),
    /// `include`, with or without `-`.
    Include(Vec<u8>),
    /// `export names`.
    Export(Vec<u8>),
    /// `targets: prerequisites`, or `targets: pattern: prerequisites`.
    Rule { targets: Vec<u8>, pattern: Option<Vec<u8>>, prerequisites: Vec<u8> },
    /// One line of the recipe of the rule before.
    Recipe(Vec<u8>),
    /// Text that is expanded for what it does.
    Expand(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Recursive,
    Simple,
    Append,
    Default,
    Shell,
}

/// An arm of a conditional.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    pub(super) line: LineNumber,
    pub(super) test: Test,
    pub(super) body: Vec<Statement>,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Equal { left: Vec<u8>, right: Vec<u8>, negated: bool },
    Defined { name: Vec<u8>, negated: bool },
    Otherwise,
}

/// Conditionals nested deeper than this are read as if they were not there.
const DEEPEST: usize = 64;

/// The statements of a file.
pub(super) fn parse(bytes: &[u8]) -> Vec<Statement> {
    let mut parser = Parser { lines: Lines::new(bytes), open: vec![Vec::new()], ifs: Vec::new() };
    parser.in_rule(false);
    parser.open.swap_remove(0)
}

/// `line` with the lines that continue it; each join is one space.
fn joined(lines: &mut Lines<'_>, line: &[u8]) -> Vec<u8> {
    let mut text = line.to_vec();
    while ends_open(&text) {
        text.pop();
        text.truncate(text.trim_ascii_end().len());
        let Some(next) = lines.next() else { break };
        text.push(b' ');
        text.extend_from_slice(next.trim_ascii_start());
    }
    text.iter_mut().filter(|b| **b == UNKNOWN).for_each(|b| *b = b' ');
    text
}

/// Whether a line ends in an odd number of backslashes.
fn ends_open(line: &[u8]) -> bool {
    line.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

struct Parser<'a> {
    lines: Lines<'a>,
    /// Statements of the file, then of each open arm.
    open: Vec<Vec<Statement>>,
    ifs: Vec<(LineNumber, Vec<Arm>)>,
}

impl Parser<'_> {
    fn in_rule(&mut self, mut in_rule: bool) {
        while let Some(line) = self.lines.next() {
            let number = self.lines.number;
            let text = joined(&mut self.lines, line);
            if in_rule && text.first() == Some(&b'\t') {
                self.push(number, What::Recipe(text[1..].to_vec()));
                continue;
            }
            let text = without_comment(&text);
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            if self.conditional(number, text) {
                continue;
            }
            let what = self.statement(text);
            in_rule = matches!(what, What::Rule { .. });
            self.push(number, what);
        }
        while !self.ifs.is_empty() {
            self.end();
        }
    }

    fn push(&mut self, line: LineNumber, what: What) {
        if let Some(last) = self.open.last_mut() {
            last.push(Statement { line, what });
        }
    }

    /// Reads `text` if it belongs to a conditional.
    fn conditional(&mut self, line: LineNumber, text: &[u8]) -> bool {
        let (word, rest) = first_word(text);
        match word {
            b"endif" => self.end(),
            b"else" => {
                let test = test_of(rest).unwrap_or(Test::Otherwise);
                self.close_arm();
                if let Some((_, arms)) = self.ifs.last_mut() {
                    arms.push(Arm { line, test, body: Vec::new() });
                    self.open.push(Vec::new());
                }
            }
            _ => {
                let Some(test) = test_of(text) else { return false };
                if self.ifs.len() < DEEPEST {
                    self.ifs.push((line, vec![Arm { line, test, body: Vec::new() }]));
                    self.open.push(Vec::new());
                }
            }
        }
        true
    }

    fn close_arm(&mut self) {
        if let Some((_, arms)) = self.ifs.last_mut()
            && let (Some(arm), Some(body)) = (arms.last_mut(), self.open.pop())
        {
            arm.body = body;
        }
    }

    fn end(&mut self) {
        self.close_arm();
        if let Some((line, arms)) = self.ifs.pop() {
            self.push(line, What::If(arms));
        }
    }

    fn statement(&mut self, text: &[u8]) -> What {
        let (word, rest) = first_word(text);
        match word {
            b"include" | b"-include" | b"sinclude" if !starts_assignment(rest) => {
                return What::Include(rest.to_vec());
            }
            b"define" => return self.define(rest, false),
            b"override" | b"private" if !starts_assignment(rest) => return self.statement(rest),
            b"unexport" | b"vpath" if !starts_assignment(rest) => return What::Expand(Vec::new()),
            b"export" if !starts_assignment(rest) => {
                if let (b"define", rest) = first_word(rest) {
                    return self.define(rest, true);
                }
                return match assignment(rest) {
                    Some((name, op, value)) => What::Assign { name, op, value, export: true },
                    None => What::Export(rest.to_vec()),
                };
            }
            _ => {}
        }
        if let Some((name, op, value)) = assignment(text) {
            return What::Assign { name, op, value, export: false };
        }
        rule(text).unwrap_or_else(|| What::Expand(text.to_vec()))
    }

    /// `define name` up to its `endef`.
    fn define(&mut self, head: &[u8], export: bool) -> What {
        let (name, op) = match assignment(head) {
            Some((name, op, _)) => (name, op),
            None => (head.trim_ascii().to_vec(), Op::Recursive),
        };
        let mut value = Vec::new();
        let mut depth = 1;
        while let Some(line) = self.lines.next() {
            let text = joined(&mut self.lines, line);
            match first_word(text.trim_ascii()).0 {
                b"define" => depth += 1,
                b"endef" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if !value.is_empty() {
                value.push(b'\n');
            }
            value.extend_from_slice(&text);
        }
        What::Assign { name, op, value, export }
    }
}

fn first_word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| is_space(*b) || *b == b'(').unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii())
}

/// Whether what follows a keyword makes it the name of a variable.
fn starts_assignment(rest: &[u8]) -> bool {
    [&b"="[..], b":=", b"::=", b"+=", b"?="].iter().any(|op| rest.starts_with(op))
}

/// The text up to a `#` that no backslash protects.
fn without_comment(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'#' {
            if at > 0 && text[at - 1] == b'\\' {
                plain.pop();
            } else {
                break;
            }
        }
        plain.push(*byte);
    }
    plain
}

/// The positions of `text` that are in no `$(…)` or `${…}`.
fn outside(text: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut depth = 0usize;
    let mut before = 0;
    text.iter().copied().enumerate().filter(move |(_, byte)| {
        let opens = matches!(byte, b'(' | b'{') && (before == b'$' || depth > 0);
        before = *byte;
        if opens {
            depth += 1;
            return false;
        }
        if depth > 0 {
            depth -= usize::from(matches!(byte, b')' | b'}'));
            return false;
        }
        true
    })
}

fn assignment(text: &[u8]) -> Option<(Vec<u8>, Op, Vec<u8>)> {
    let equals = outside(text).find_map(|(at, byte)| match byte {
        b'=' => Some(Some(at)),
        b':' if !(text[at..].starts_with(b":=") || text[at..].starts_with(b"::=")) => {
            (at == 0 || text[at - 1] != b':').then_some(None)
        }
        _ => None,
    })??;
    let head = &text[..equals];
    let (name, op) = match head.last() {
        Some(b':') => (head.strip_suffix(b"::").unwrap_or(&head[..head.len() - 1]), Op::Simple),
        Some(b'+') => (&head[..head.len() - 1], Op::Append),
        Some(b'?') => (&head[..head.len() - 1], Op::Default),
        Some(b'!') => (&head[..head.len() - 1], Op::Shell),
        _ => (head, Op::Recursive),
    };
    let name = name.trim_ascii();
    if name.is_empty() || outside(name).any(|(_, byte)| is_space(byte)) {
        return None;
    }
    Some((name.to_vec(), op, text[equals + 1..].trim_ascii_start().to_vec()))
}

fn rule(text: &[u8]) -> Option<What> {
    let colon = outside(text).find(|(_, byte)| *byte == b':')?.0;
    let targets = text[..colon].trim_ascii_end().to_vec();
    let rest = text[colon + 1..].strip_prefix(b":").unwrap_or(&text[colon + 1..]);
    let end = outside(rest).find(|(_, byte)| matches!(byte, b';' | b'|'));
    let rest = &rest[..end.map_or(rest.len(), |(at, _)| at)];
    if assignment(rest).is_some() {
        return Some(What::Rule { targets: Vec::new(), pattern: None, prerequisites: Vec::new() });
    }
    let second = outside(rest).find(|(_, byte)| *byte == b':').map(|(at, _)| at);
    Some(match second {
        Some(at) => What::Rule {
            targets,
            pattern: Some(rest[..at].trim_ascii().to_vec()),
            prerequisites: rest[at + 1..].to_vec(),
        },
        None => What::Rule { targets, pattern: None, prerequisites: rest.to_vec() },
    })
}

/// The test of `ifeq (a,b)`, `ifneq "a" "b"`, `ifdef a`, `ifndef a`.
fn test_of(text: &[u8]) -> Option<Test> {
    let (word, rest) = first_word(text);
    match word {
        b"ifdef" | b"ifndef" if !starts_assignment(rest) => {
            Some(Test::Defined { name: rest.to_vec(), negated: word == b"ifndef" })
        }
        b"ifeq" | b"ifneq" if !starts_assignment(rest) => {
            let (left, right) = sides(rest)?;
            Some(Test::Equal { left, right, negated: word == b"ifneq" })
        }
        _ => None,
    }
}

fn sides(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if let Some(inner) = text.strip_prefix(b"(") {
        let inner = &inner[..inner.iter().rposition(|b| *b == b')')?];
        let comma = outside(inner).find(|(_, byte)| *byte == b',')?.0;
        let right = inner[comma + 1..].trim_ascii().to_vec();
        return Some((inner[..comma].trim_ascii_end().to_vec(), right));
    }
    let (left, rest) = quoted(text)?;
    let (right, _) = quoted(rest.trim_ascii_start())?;
    Some((left, right))
}

fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let quote = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let end = memchr::memchr(quote, &text[1..])? + 1;
    Some((text[1..end].to_vec(), &text[end + 1..]))
}
