//! GNU make's functions. Those that run a program or read files of the machine are unknown,
//! save the comparison of two numbers, which older trees leave to `test`.

use std::collections::BTreeSet;

use super::super::brackets::at_top;
use super::Make;
use super::words::{
    Keep, UNKNOWN, each, filled, is_uncertain, kept, marked, stem, unmarked, words,
};
use crate::kbuild::Truth;
use crate::kbuild::files::{normal, split};

/// Arguments that a function's text may have.
const ARGUMENTS: usize = 64;

impl Make<'_> {
    /// What a function gives for its text; `None` if no function has this name.
    pub(super) fn function(&mut self, name: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        if let Some(given) = self.lazy(name, text) {
            return Some(given);
        }
        let count = match name {
            b"subst" | b"patsubst" => 3,
            b"filter" | b"filter-out" | b"findstring" | b"addprefix" | b"addsuffix" | b"join"
            | b"word" => 2,
            b"wordlist" => 3,
            b"intcmp" => 5,
            b"strip" | b"sort" | b"words" | b"firstword" | b"lastword" | b"dir" | b"notdir"
            | b"suffix" | b"basename" | b"wildcard" | b"realpath" | b"abspath" | b"shell"
            | b"error" | b"warning" | b"info" | b"value" | b"origin" | b"flavor" | b"eval"
            | b"file" | b"guile" => 1,
            _ => return None,
        };
        let mut arguments: Vec<Vec<u8>> = Vec::new();
        for argument in arguments_of(text, count) {
            arguments.push(self.expand(argument));
        }
        arguments.resize(count, Vec::new());
        Some(self.eager(name, &arguments))
    }

    /// Functions that expand their arguments themselves.
    fn lazy(&mut self, name: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        match name {
            b"if" => {
                let arguments = arguments_of(text, 3);
                let (then, or_else) = (arguments.get(1), arguments.get(2));
                let condition = arguments.first().map(|a| self.expand(a.trim_ascii()));
                let then = |make: &mut Self| then.map(|t| make.expand(t)).unwrap_or_default();
                let or_else = |make: &mut Self| or_else.map(|t| make.expand(t)).unwrap_or_default();
                Some(match holds(&condition.unwrap_or_default()) {
                    Truth::True => then(self),
                    Truth::False => or_else(self),
                    Truth::Unknown => {
                        let both = [then(self), or_else(self)].join(&b' ');
                        if words(&both).next().is_none() { both } else { marked(&both) }
                    }
                })
            }
            b"or" | b"and" => Some(self.and_or(name == b"and", text)),
            b"foreach" => {
                let arguments = arguments_of(text, 3);
                let [variable, list, body] = arguments[..] else { return Some(Vec::new()) };
                let variable = self.expand(variable.trim_ascii());
                let list = self.expand(list);
                Some(self.foreach(&variable, &list, body))
            }
            b"call" => {
                let mut arguments = Vec::new();
                for argument in arguments_of(text, ARGUMENTS) {
                    arguments.push(self.expand(argument));
                }
                let name = arguments.first()?.trim_ascii().to_vec();
                Some(self.call(&name, arguments))
            }
            _ => None,
        }
    }

    fn and_or(&mut self, is_and: bool, text: &[u8]) -> Vec<u8> {
        let (mut last, mut perhaps) = (Vec::new(), Vec::new());
        let mut unsure = false;
        for argument in arguments_of(text, ARGUMENTS) {
            last = self.expand(argument.trim_ascii());
            match holds(&last) {
                Truth::Unknown if is_and => unsure = true,
                Truth::Unknown => {
                    unsure = true;
                    perhaps.extend(marked(&last));
                    perhaps.push(b' ');
                    last.clear();
                }
                Truth::True if !is_and => break,
                Truth::False if is_and => return Vec::new(),
                _ => {}
            }
        }
        if !unsure {
            return last;
        }
        perhaps.extend(if last.is_empty() { vec![UNKNOWN] } else { marked(&last) });
        perhaps
    }

    fn foreach(&mut self, variable: &[u8], list: &[u8], body: &[u8]) -> Vec<u8> {
        let before = self.variables.remove(variable);
        let mut out = Vec::new();
        for word in words(list) {
            let (plain, is_marked) = unmarked(word);
            self.set(variable, if plain.is_empty() { word } else { &plain });
            let text = self.expand(body);
            if !out.is_empty() {
                out.push(b' ');
            }
            out.extend(if is_marked { marked(&text) } else { text });
            if !self.spend(out.len() / 16) {
                break;
            }
        }
        self.variables.remove(variable);
        if let Some(before) = before {
            self.variables.insert(variable.to_vec(), before);
        }
        out
    }

    fn call(&mut self, name: &[u8], arguments: Vec<Vec<u8>>) -> Vec<u8> {
        if is_uncertain(name) {
            return vec![UNKNOWN];
        }
        let Some(variable) = self.variable(name) else {
            let text = arguments.get(1..).unwrap_or_default().join(&b',');
            return self.function(name, &text).unwrap_or_default();
        };
        let parts: Vec<Vec<u8>> = variable.parts.iter().map(|part| part.text.clone()).collect();
        let body = parts.join(&b' ');
        // A function that calls itself goes on with other arguments; the depth bounds it.
        self.arguments.push(arguments);
        let depth = self.arguments.len();
        let text = if depth > 40 { vec![UNKNOWN] } else { self.expand_within(&[], &body) };
        self.arguments.pop();
        text
    }

    fn eager(&mut self, name: &[u8], arguments: &[Vec<u8>]) -> Vec<u8> {
        let argument = |n: usize| arguments.get(n).map_or(&b""[..], Vec::as_slice);
        let (first, second, third) = (argument(0), argument(1), argument(2));
        match name {
            b"subst" => replaced(third, first, second),
            b"patsubst" => {
                let from = first.trim_ascii();
                let change = |word: &[u8]| match stem(from, word) {
                    Some(stem) => filled(second.trim_ascii(), stem),
                    None => word.to_vec(),
                };
                each(third, change, false)
            }
            b"filter" | b"filter-out" => filter(name == b"filter", first, second),
            b"findstring" if first.is_empty() => Vec::new(),
            b"findstring" => {
                if memchr::memmem::find(second, first).is_some() {
                    first.to_vec()
                } else if is_uncertain(first) || is_uncertain(second) {
                    vec![UNKNOWN]
                } else {
                    Vec::new()
                }
            }
            b"addprefix" => each(second, |word| [first.trim_ascii(), word].concat(), false),
            b"addsuffix" => each(second, |word| [word, first.trim_ascii()].concat(), false),
            b"strip" => each(first, <[u8]>::to_vec, false),
            b"sort" => {
                words(first).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(&b' ')
            }
            b"words" if is_uncertain(first) => vec![UNKNOWN],
            b"words" => words(first).count().to_string().into_bytes(),
            b"firstword" => words(first).next().unwrap_or_default().to_vec(),
            b"lastword" => words(first).last().unwrap_or_default().to_vec(),
            b"word" => nth(second, first, first),
            b"wordlist" => nth(third, first, second),
            b"join" => join(first, second),
            b"dir" => each(first, |word| directory(word).to_vec(), false),
            b"notdir" => each(first, |word| split(word).1.to_vec(), false),
            b"suffix" => kept(&each(first, |w| w[stem_end(w)..].to_vec(), false), |_| Keep::Yes),
            b"basename" => each(first, |word| word[..stem_end(word)].to_vec(), false),
            b"realpath" | b"abspath" => each(first, dotted, false),
            b"wildcard" => self.wildcard(first),
            b"intcmp" => compared(arguments),
            b"shell" => test_of_numbers(first),
            b"value" => {
                let parts =
                    self.variable(first.trim_ascii()).map(|v| &v.parts[..]).unwrap_or_default();
                parts.iter().map(|part| &part.text[..]).collect::<Vec<_>>().join(&b' ')
            }
            b"origin" if self.variable(first.trim_ascii()).is_some() => b"file".to_vec(),
            b"origin" | b"flavor" => b"undefined".to_vec(),
            b"eval" => {
                self.run_text(first);
                Vec::new()
            }
            b"file" | b"guile" => vec![UNKNOWN],
            _ => Vec::new(),
        }
    }

    /// The files that match, in order of their names.
    fn wildcard(&mut self, patterns: &[u8]) -> Vec<u8> {
        let mut found = Vec::new();
        for pattern in words(patterns) {
            if is_uncertain(pattern) {
                found.push(vec![UNKNOWN]);
                continue;
            }
            let (folder, last) = split(pattern);
            let is_pattern = last.iter().any(|b| matches!(b, b'*' | b'?' | b'['));
            let folders = self.matching_folders(folder);
            for folder in folders {
                let mut names = self.shared.files.names(&normal(&folder));
                names.sort_unstable();
                for name in names {
                    let name = name.strip_suffix(b"/").unwrap_or(&name);
                    if if is_pattern { is_like(last, name) } else { name == last } {
                        let before = if pattern.len() == last.len() { &b""[..] } else { b"/" };
                        found.push([&folder[..], before, name].concat());
                    }
                }
            }
        }
        let found = found.join(&b' ');
        self.spend(found.len());
        found
    }

    /// The folders that a pattern's folder means; one level of it may be a pattern.
    fn matching_folders(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        let (outer, last) = split(folder);
        if !last.iter().any(|b| matches!(b, b'*' | b'?')) {
            return vec![folder.to_vec()];
        }
        let mut names = self.shared.files.names(&normal(outer));
        names.sort_unstable();
        let folders = names.iter().filter_map(|name| name.strip_suffix(b"/"));
        folders
            .filter(|name| is_like(last, name))
            .map(|name| [outer, b"/", name].concat())
            .collect()
    }
}

/// Whether a text, as a condition, is there.
fn holds(text: &[u8]) -> Truth {
    let mut truth = Truth::False;
    for word in words(text) {
        truth = truth.or(if word.first() == Some(&UNKNOWN) { Truth::Unknown } else { Truth::True });
    }
    truth
}

/// A text at its commas outside of brackets; the last argument keeps its own.
fn arguments_of(text: &[u8], count: usize) -> Vec<&[u8]> {
    let mut arguments = Vec::new();
    let mut start = 0;
    for (at, _) in at_top(text).filter(|(_, byte)| *byte == b',') {
        if arguments.len() + 1 == count {
            break;
        }
        arguments.push(&text[start..at]);
        start = at + 1;
    }
    arguments.push(&text[start..]);
    arguments
}

fn filter(keeps: bool, patterns: &[u8], text: &[u8]) -> Vec<u8> {
    let patterns: Vec<(Vec<u8>, bool)> = words(patterns).map(unmarked).collect();
    let matches = |word: &[u8]| {
        let mut found = Truth::False;
        for (pattern, perhaps) in &patterns {
            let fits = (pattern.is_empty() && *perhaps) || stem(pattern, word).is_some();
            let perhaps = if *perhaps { Truth::Unknown } else { Truth::True };
            found = found.or(if fits { perhaps } else { Truth::False });
        }
        found
    };
    kept(text, |word| {
        if word == [UNKNOWN] {
            return Keep::Yes;
        }
        let found = matches(&unmarked(word).0);
        match if keeps { found } else { !found } {
            Truth::True => Keep::Yes,
            Truth::Unknown => Keep::Maybe,
            Truth::False => Keep::No,
        }
    })
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    if from.is_empty() {
        return [text, to].concat();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut start = 0;
    for at in memchr::memmem::find_iter(text, from) {
        out.extend_from_slice(&text[start..at]);
        out.extend_from_slice(to);
        start = at + from.len();
    }
    out.extend_from_slice(&text[start..]);
    out
}

/// The words from the one numbered `first` to the one numbered `last`.
fn nth(text: &[u8], first: &[u8], last: &[u8]) -> Vec<u8> {
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > 0 => {
            let count = (last - first + 1).max(0) as usize;
            words(text).skip(first as usize - 1).take(count).collect::<Vec<_>>().join(&b' ')
        }
        _ => vec![UNKNOWN],
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

fn join(first: &[u8], second: &[u8]) -> Vec<u8> {
    let (mut left, mut right) = (words(first), words(second));
    let mut joined = Vec::new();
    loop {
        match (left.next(), right.next()) {
            (None, None) => return joined.join(&b' '),
            (a, b) => joined.push([a.unwrap_or_default(), b.unwrap_or_default()].concat()),
        }
    }
}

/// A word's folder with its `/`.
fn directory(word: &[u8]) -> &[u8] {
    match word.iter().rposition(|b| *b == b'/') {
        Some(slash) => &word[..=slash],
        None => b"./",
    }
}

/// Where a file name's suffix begins.
fn stem_end(word: &[u8]) -> usize {
    let name = word.len() - split(word).1.len();
    word[name..].iter().rposition(|b| *b == b'.').map_or(word.len(), |dot| name + dot)
}

/// A path in normal form; the top of the tree is `.`.
fn dotted(word: &[u8]) -> Vec<u8> {
    let path = normal(word);
    if path.is_empty() { b".".to_vec() } else { path }
}

/// `$(intcmp left,right,less,equal,greater)`.
fn compared(arguments: &[Vec<u8>]) -> Vec<u8> {
    let argument = |n: usize| arguments.get(n).cloned().unwrap_or_default();
    let (less, equal, greater) = (argument(2), argument(3), argument(4));
    match (number(&argument(0)), number(&argument(1))) {
        (Some(left), Some(right)) => match left.cmp(&right) {
            std::cmp::Ordering::Less => less,
            std::cmp::Ordering::Equal => equal,
            std::cmp::Ordering::Greater => greater,
        },
        _ => marked(&[less, equal, greater].join(&b' ')),
    }
}

/// What a shell says to `test 1 -ge 2 && echo y`; unknown for any other command.
fn test_of_numbers(command: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = words(command).collect();
    let echoed = match parts[..] {
        [b"test" | b"[", left, op, right, b"&&", b"echo", text] => {
            number(left).zip(number(right)).and_then(|(left, right)| match op {
                b"-ge" => Some((left >= right, text)),
                b"-gt" => Some((left > right, text)),
                b"-le" => Some((left <= right, text)),
                b"-lt" => Some((left < right, text)),
                b"-eq" => Some((left == right, text)),
                _ => None,
            })
        }
        _ => None,
    };
    match echoed {
        Some((true, text)) => text.to_vec(),
        Some((false, _)) => Vec::new(),
        None => vec![UNKNOWN],
    }
}

/// Whether a name fits a pattern of `*` and `?`.
fn is_like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}
