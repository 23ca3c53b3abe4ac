//! Branches inside of functions that a configuration turns off: `if (IS_ENABLED(CONFIG_X))`, what
//! stands behind `&&`, `||` and `?`, and what follows an `if` that always leaves. A compiler drops
//! them, so what is called there isn't called.

mod tokens;

use std::collections::BTreeMap;

use self::tokens::{Token, is_name, tokens};
use super::condition::{Context, evaluate};
use super::{Knowledge, Truth};

/// What of a file no compiler keeps, by lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    /// The first and the last of lines that are dropped as a whole, in order.
    lines: Vec<(u32, u32)>,
    /// The names in what is dropped of other lines, and nowhere else on these.
    names: Vec<(u32, Box<[u8]>)>,
}

impl Dropped {
    /// Whether what uses `name` on a line is dropped.
    pub(super) fn has(&self, line: u32, name: &[u8]) -> bool {
        let at = self.lines.partition_point(|(_, last)| *last < line);
        if self.lines.get(at).is_some_and(|(first, _)| *first <= line) {
            return true;
        }
        self.names.binary_search_by(|(of, dropped)| (*of, &**dropped).cmp(&(line, name))).is_ok()
    }
}

/// Statements in each other, at most.
const DEEPEST: usize = 64;

/// What the configuration of `context` drops of a file whose lines `arms` has.
pub(super) fn dropped(bytes: &[u8], arms: &[(u32, Truth)], context: &Context) -> Dropped {
    let places = asking(bytes, context.knowledge);
    if places.is_empty() {
        return Dropped::default();
    }
    let mut found = Dropped::default();
    let mut places = &places[..];
    let (mut line, mut counted) = (1, 0);
    while let Some(first) = places.first() {
        let function = around(bytes, *first);
        let inside = places.partition_point(|place| *place < function.end);
        line += memchr::memchr_iter(b'\n', &bytes[counted..function.start]).count() as u32;
        counted = function.start;
        let own: Vec<usize> = places[..inside].iter().map(|at| at - function.start).collect();
        places = &places[inside..];
        let part = dropped_in(&bytes[function], line, arms, &own, context);
        found.lines.extend(part.lines);
        found.names.extend(part.names);
    }
    found
}

/// The function around a place, by the brackets in the first column that end it and the one before:
/// most of a file asks nothing, and its tokens are not looked at. Where it is less than the function,
/// less is dropped.
fn around(bytes: &[u8], place: usize) -> std::ops::Range<usize> {
    let before = memchr::memmem::rfind(&bytes[..place], b"\n}");
    let start = before.map_or(0, |end| end + 2);
    let behind = memchr::memmem::find(&bytes[place..], b"\n}");
    start..behind.map_or(bytes.len(), |end| place + end + 2)
}

/// What is dropped of a part of a file, which begins on `line` and asks about the configuration at
/// `places`.
fn dropped_in(
    bytes: &[u8],
    line: u32,
    arms: &[(u32, Truth)],
    places: &[usize],
    context: &Context,
) -> Dropped {
    let tokens = tokens(bytes, line, arms);
    let mut places = places.iter().peekable();
    let mut asked = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        while places.next_if(|place| **place < token.start as usize).is_some() {}
        if places.next_if(|place| **place == token.start as usize).is_some() {
            asked.push(at);
        }
    }
    if asked.is_empty() {
        return Dropped::default();
    }
    let mut reader = Reader { bytes, tokens: &tokens, asked: &asked, context, found: Vec::new() };
    reader.statements();
    let mut found = reader.found;
    found.sort_unstable();
    by_lines(bytes, &tokens, &found)
}

/// The lines on which `name` stands, of `bytes`, which begin at `line`.
pub(super) fn lines_with(bytes: &[u8], line: u32, name: &[u8]) -> Vec<u32> {
    if memchr::memmem::find(bytes, name).is_none() {
        return Vec::new();
    }
    let found = tokens(bytes, line, &[]).into_iter().filter(|token| token.text(bytes) == name);
    found.map(|token| token.line).collect()
}

/// Where a text asks about the configuration outside of the preprocessor's lines, in order: most
/// files don't.
fn asking(bytes: &[u8], knowledge: &Knowledge) -> Vec<usize> {
    let condition = &knowledge.condition;
    let all = [&condition.enabled, &condition.builtin, &condition.module, &condition.reachable];
    // Those that begin alike are found in one look at the text.
    let mut groups: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    for name in all.into_iter().flatten().map(String::as_bytes) {
        groups.entry(name.get(..3).unwrap_or(name)).or_default().push(name);
    }
    let is_part = |at: usize| bytes.get(at).is_some_and(|byte| is_name(*byte));
    let mut found = Vec::new();
    for (start, names) in groups {
        found.extend(memchr::memmem::find_iter(bytes, start).filter(|at| {
            let begins = |name: &&[u8]| bytes[*at..].starts_with(name) && !is_part(at + name.len());
            if *at > 0 && is_part(*at - 1) || !names.iter().any(begins) {
                return false;
            }
            let line = memchr::memrchr(b'\n', &bytes[..*at]).map_or(0, |end| end + 1);
            !bytes[line..*at].trim_ascii_start().starts_with(b"#")
        }));
    }
    found.sort_unstable();
    found
}

/// A part of the file, by the numbers of its first token and the one behind it.
type Part = (usize, usize);

struct Reader<'a, 'b> {
    bytes: &'a [u8],
    tokens: &'a [Token],
    /// The tokens that ask about the configuration.
    asked: &'a [usize],
    context: &'a Context<'b>,
    /// What is dropped.
    found: Vec<Part>,
}

impl<'a> Reader<'a, '_> {
    fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map_or(b"", |token| token.text(self.bytes))
    }

    /// The number behind the bracket that closes the one at `at`.
    fn behind(&self, at: usize) -> Option<usize> {
        let close = self.tokens.get(at)?.close as usize;
        (close > at).then_some(close + 1)
    }

    /// Whether the configuration is asked about in a part.
    fn is_asked(&self, (start, end): Part) -> bool {
        let at = self.asked.partition_point(|asked| *asked < start);
        self.asked.get(at).is_some_and(|asked| *asked < end)
    }

    /// Looks at every expression that asks, from the first.
    fn statements(&mut self) {
        let mut next = 0;
        // The blocks around the place, each by the number behind its end.
        let mut blocks: Vec<usize> = Vec::new();
        let mut at = 0;
        while next < self.asked.len() {
            let asked = self.asked[next];
            while at < asked && !self.is_control(at, asked) {
                blocks.retain(|end| *end > at);
                if self.text(at) == b"{" {
                    blocks.extend(self.behind(at));
                }
                at += 1;
            }
            blocks.retain(|end| *end > at);
            let end = if at < asked {
                self.controlled(at, blocks.last().copied())
            } else {
                self.expression_around(asked)
            };
            at = at.max(asked);
            next = self.asked.partition_point(|asked| *asked < end.max(at + 1));
        }
    }

    /// Whether `if` or `while` stands at `at`, with a condition that `asked` is in.
    fn is_control(&self, at: usize, asked: usize) -> bool {
        matches!(self.text(at), b"if" | b"while")
            && self.text(at + 1) == b"("
            && self.behind(at + 1).is_some_and(|behind| behind > asked)
    }

    /// Looks at an `if` or `while`; the end of its condition. `block` ends the block around it.
    fn controlled(&mut self, at: usize, block: Option<usize>) -> usize {
        let Some(body) = self.behind(at + 1) else { return at + 1 };
        let holds = self.value((at + 2, body - 1), 0);
        let Some(end) = self.statement(body, 0).filter(|_| holds != Truth::Unknown) else {
            return body;
        };
        let is_if = self.text(at) == b"if";
        let or_else = (is_if && self.text(end) == b"else").then(|| self.statement(end + 1, 0));
        let (kept, dropped) = match (holds, or_else) {
            (Truth::False, None) => (None, Some((body, end))),
            (Truth::False, Some(last)) => (last.map(|last| (end + 1, last)), Some((body, end))),
            (_, None) => (Some((body, end)), None),
            (_, Some(last)) => (Some((body, end)), last.map(|last| (end + 1, last))),
        };
        // A label in it may be jumped to.
        self.found.extend(dropped.filter(|part| self.label(*part).is_none()));
        let whole = or_else.flatten().unwrap_or(end);
        let follows = matches!(self.text(at.wrapping_sub(1)), b";" | b"{" | b"}" | b":");
        if is_if
            && follows
            && kept.is_some_and(|part| self.leaves(part))
            && let Some(block) = block.filter(|block| *block > whole)
        {
            let last = self.label((whole, block - 1)).unwrap_or(block - 1);
            self.found.push((whole, last));
        }
        body
    }

    /// The expression that `asked` is in: that of a statement, or between brackets. Its end.
    fn expression_around(&mut self, asked: usize) -> usize {
        let mut start = asked;
        while let Some(before) = start.checked_sub(1) {
            match self.text(before) {
                b";" | b"{" | b"}" | b"return" => break,
                _ => start = before,
            }
        }
        let mut end = asked;
        while end < self.tokens.len() {
            match self.text(end) {
                b";" | b"{" | b"}" => break,
                b"(" | b"[" => end = self.behind(end).unwrap_or(end + 1),
                _ => end += 1,
            }
        }
        self.value((start, end), 0);
        end
    }

    /// The end of the statement at `at`.
    fn statement(&self, at: usize, depth: usize) -> Option<usize> {
        if depth > DEEPEST {
            return None;
        }
        match self.text(at) {
            b"" => None,
            b"{" => self.behind(at),
            b"if" => {
                let end = self.statement(self.behind(at + 1)?, depth + 1)?;
                if self.text(end) == b"else" {
                    self.statement(end + 1, depth + 1)
                } else {
                    Some(end)
                }
            }
            b"for" | b"while" | b"switch" => self.statement(self.behind(at + 1)?, depth + 1),
            b"do" => {
                let behind = self.statement(at + 1, depth + 1)?;
                Some(self.simple(behind))
            }
            _ => Some(self.simple(at)),
        }
    }

    /// The end of a statement without a keyword: its `;`, or a block that a macro stands before.
    fn simple(&self, mut at: usize) -> usize {
        while at < self.tokens.len() {
            match self.text(at) {
                b";" => return at + 1,
                b"}" => return at,
                b"(" | b"[" => at = self.behind(at).unwrap_or(at + 1),
                b"{" => {
                    let of_macro = at > 0 && self.text(at - 1) == b")";
                    at = self.behind(at).unwrap_or(at + 1);
                    if of_macro && self.text(at) != b";" {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        at
    }

    /// Whether a statement, or the last one of a block, leaves the place for good.
    fn leaves(&self, (start, end): Part) -> bool {
        let mut at = start;
        if self.text(at) == b"{" {
            at += 1;
            while let Some(behind) = self.statement(at, 0).filter(|behind| *behind > at) {
                if self.text(behind) == b"}" || behind >= end {
                    break;
                }
                at = behind;
            }
        }
        matches!(self.text(at), b"return" | b"goto" | b"break" | b"continue")
    }

    /// The first label in a part.
    fn label(&self, (start, end): Part) -> Option<usize> {
        (start..end).find(|at| match self.text(*at) {
            b"case" => true,
            b"default" => self.text(*at + 1) == b":",
            name => {
                name.first().is_some_and(|b| is_name(*b))
                    && self.text(*at + 1) == b":"
                    && matches!(self.text(at.wrapping_sub(1)), b";" | b"{" | b"}" | b":")
            }
        })
    }

    /// The value of an expression; what it never comes to is dropped.
    fn value(&mut self, part: Part, depth: usize) -> Truth {
        let (start, end) = part;
        if depth > DEEPEST || start >= end || !self.is_asked(part) {
            return Truth::Unknown;
        }
        if let Some(at) = self.operator(part, SEPARATING) {
            self.value((start, at), depth + 1);
            self.value((at + 1, end), depth + 1);
            return Truth::Unknown;
        }
        if let Some(at) = self.operator(part, &[b"?"]) {
            return self.choice(part, at, depth);
        }
        for (operator, ends) in [(&b"||"[..], Truth::True), (b"&&", Truth::False)] {
            if let Some(at) = self.operator(part, &[operator]) {
                let left = self.value((start, at), depth + 1);
                if left == ends {
                    self.found.push((at + 1, end));
                    return left;
                }
                let right = self.value((at + 1, end), depth + 1);
                return if operator == b"||" { left.or(right) } else { left.and(right) };
            }
        }
        if self.text(start) == b"!" && self.operator(part, COMPARING).is_none() {
            return !self.value((start + 1, end), depth + 1);
        }
        if self.text(start) == b"(" && self.behind(start) == Some(end) {
            return self.value((start + 1, end - 1), depth + 1);
        }
        let first = self.tokens[start].start as usize;
        let last = self.tokens[end - 1].end as usize;
        let value = evaluate(&self.bytes[first..last], self.context);
        if value == Truth::Unknown {
            self.inside(part, depth);
        }
        value
    }

    /// What `a ? b : c` comes to.
    fn choice(&mut self, (start, end): Part, at: usize, depth: usize) -> Truth {
        let Some(colon) = self.colon((at + 1, end)) else { return Truth::Unknown };
        let holds = self.value((start, at), depth + 1);
        match holds {
            Truth::True => self.found.push((colon + 1, end)),
            Truth::False => self.found.push((at + 1, colon)),
            Truth::Unknown => {}
        }
        let then = self.value((at + 1, colon), depth + 1);
        let or_else = self.value((colon + 1, end), depth + 1);
        match holds {
            Truth::True => then,
            Truth::False => or_else,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// Looks between the brackets of an expression that can't be told as a whole.
    fn inside(&mut self, (start, end): Part, depth: usize) {
        let mut at = start;
        while at < end {
            let inner = matches!(self.text(at), b"(" | b"[" | b"{").then(|| self.behind(at));
            match inner.flatten().filter(|behind| *behind <= end) {
                Some(behind) => {
                    self.value((at + 1, behind - 1), depth + 1);
                    at = behind;
                }
                None => at += 1,
            }
        }
    }

    /// Where one of some operators stands first in a part, outside of brackets.
    fn operator(&self, (start, end): Part, operators: &[&[u8]]) -> Option<usize> {
        let mut at = start;
        while at < end {
            let text = self.text(at);
            if operators.contains(&text) {
                return Some(at);
            }
            let inner = matches!(text, b"(" | b"[" | b"{").then(|| self.behind(at)).flatten();
            at = inner.unwrap_or(at + 1);
        }
        None
    }

    /// The `:` of a `?` before `start`, outside of brackets.
    fn colon(&self, (start, end): Part) -> Option<usize> {
        let (mut at, mut depth) = (start, 0);
        while let Some(found) = self.operator((at, end), &[b"?", b":"]) {
            match self.text(found) {
                b"?" => depth += 1,
                _ if depth == 0 => return Some(found),
                _ => depth -= 1,
            }
            at = found + 1;
        }
        None
    }
}

/// Operators that compare or combine two numbers.
const COMPARING: &[&[u8]] =
    &[b"==", b"!=", b"<", b">", b"<=", b">=", b"+", b"-", b"*", b"/", b"&", b"|", b"^", b"%"];
/// Operators weaker than `?`.
const SEPARATING: &[&[u8]] = &[b",", b"=", b"+=", b"-=", b"|=", b"&=", b"*=", b"/=", b"^="];

/// Parts, in order, as lines, and as names on lines that are dropped in part.
fn by_lines(bytes: &[u8], tokens: &[Token], parts: &[Part]) -> Dropped {
    let mut found = Dropped::default();
    let mut next = parts.iter().peekable();
    let (mut at, mut end) = (0, 0);
    while at < tokens.len() {
        let line = tokens[at].line;
        let first = at;
        let mut names: Vec<&[u8]> = Vec::new();
        while tokens.get(at).is_some_and(|token| token.line == line) {
            while let Some((_, last)) = next.next_if(|(start, _)| *start <= at) {
                end = end.max(*last);
            }
            if at < end {
                names.push(tokens[at].text(bytes));
            }
            at += 1;
        }
        if names.len() == at - first {
            match found.lines.last_mut() {
                Some((_, last)) if *last + 1 == line => *last = line,
                _ => found.lines.push((line, line)),
            }
            continue;
        }
        names.retain(|name| name.first().is_some_and(|byte| is_name(*byte)));
        names.sort_unstable();
        let dropped = names.clone();
        names.dedup();
        // What stands on the line more often than it is dropped is kept somewhere.
        let all = || tokens[first..at].iter().map(|token| token.text(bytes));
        names.retain(|name| {
            let times = dropped.iter().filter(|other| *other == name).count();
            all().filter(|text| text == name).count() == times
        });
        found.names.extend(names.into_iter().map(|name| (line, name.into())));
    }
    found
}

#[cfg(test)]
mod tests;
