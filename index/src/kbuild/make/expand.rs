//! Expands a text: `$(name)`, `$(name:a=b)`, `$(function …)`, `$$`.

use super::super::brackets::{at_top, closing};
use super::Make;
use super::words::{UNKNOWN, each, filled, is_space, stem};

/// Texts nested deeper than this are unknown.
const DEEPEST: usize = 60;
/// No expansion grows beyond this.
const LARGEST: usize = 1 << 20;
/// What each expansion costs besides its bytes.
const STEP: u64 = 64;

impl Make<'_> {
    /// The text with everything expanded; [`UNKNOWN`] where that can't be told or is too much.
    pub(super) fn expand(&mut self, text: &[u8]) -> Vec<u8> {
        let Some(first) = memchr::memchr(b'$', text) else { return text.to_vec() };
        let mut out = text[..first].to_vec();
        let mut rest = &text[first..];
        while let Some(at) = memchr::memchr(b'$', rest) {
            out.extend_from_slice(&rest[..at]);
            rest = &rest[at + 1..];
            let Some(byte) = rest.first() else { break };
            match byte {
                b'$' => {
                    out.push(b'$');
                    rest = &rest[1..];
                }
                b'(' | b'{' => {
                    let end = closing(rest);
                    let inner = &rest[1..end.unwrap_or(rest.len())];
                    out.extend(self.reference(inner));
                    rest = end.map_or(&[], |end| &rest[end + 1..]);
                }
                _ => {
                    out.extend(self.variable_text(&rest[..1]));
                    rest = &rest[1..];
                }
            }
            if out.len() > LARGEST {
                return vec![UNKNOWN];
            }
        }
        out.extend_from_slice(rest);
        self.spend(out.len());
        out
    }

    /// Takes from what this Makefile may still produce; false once that is used up.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        self.budget = self.budget.saturating_sub(bytes as u64 + STEP);
        self.budget > 0
    }

    /// Expands the text of the variable `name`, which may not need itself; a function that is
    /// called has no name here, since it may.
    pub(super) fn expand_within(&mut self, name: &[u8], text: &[u8]) -> Vec<u8> {
        let calls_itself = !name.is_empty() && self.expanding.iter().any(|open| open == name);
        if calls_itself || self.expanding.len() >= DEEPEST || self.budget == 0 {
            return vec![UNKNOWN];
        }
        self.expanding.push(name.to_vec());
        let text = self.expand(text);
        self.expanding.pop();
        text
    }

    /// What stands between the brackets of `$(…)`.
    fn reference(&mut self, inner: &[u8]) -> Vec<u8> {
        if self.budget == 0 || self.expanding.len() >= DEEPEST {
            return vec![UNKNOWN];
        }
        // Brackets in brackets need depth too; an empty name is no variable's.
        self.expanding.push(Vec::new());
        let text = self.reference_text(inner);
        self.expanding.pop();
        text
    }

    fn reference_text(&mut self, inner: &[u8]) -> Vec<u8> {
        if let Some(end) = inner.iter().position(|b| is_space(*b) || *b == b',')
            && let Some(text) = self.function(&inner[..end], inner[end..].trim_ascii_start())
        {
            return text;
        }
        let Some((name, from, to)) = substitution(inner) else {
            let name = self.expand(inner);
            return self.variable_text(&name);
        };
        let name = self.expand(name);
        let (from, to) = (self.expand(from), self.expand(to));
        let text = self.variable_text(&name);
        let has_percent = memchr::memchr(b'%', &from).is_some();
        let (from, to) = if has_percent {
            (from, to)
        } else {
            ([b"%", &from[..]].concat(), [b"%", &to[..]].concat())
        };
        each(&text, |word| stem(&from, word).map_or(word.to_vec(), |s| filled(&to, s)), false)
    }

    /// The whole text of a variable, of an argument, or of a symbol of the configuration.
    pub(super) fn variable_text(&mut self, name: &[u8]) -> Vec<u8> {
        if name == b"@" || (!name.is_empty() && name.iter().all(u8::is_ascii_digit)) {
            let number = std::str::from_utf8(name).ok().and_then(|n| n.parse().ok());
            let arguments = self.arguments.last();
            let text = arguments.and_then(|a| a.get(number.unwrap_or(0usize)));
            return text.cloned().unwrap_or_default();
        }
        if name.contains(&UNKNOWN) {
            return vec![UNKNOWN];
        }
        let Some(variable) = self.variable(name) else {
            return name
                .strip_prefix(b"CONFIG_")
                .map(|symbol| self.shared.config.text(symbol).to_vec())
                .unwrap_or_default();
        };
        if let [part] = &variable.parts[..]
            && !part.maybe
            && !variable.recursive
        {
            let text = part.text.clone();
            self.spend(text.len());
            return text;
        }
        let (recursive, parts) = (variable.recursive, variable.parts.clone());
        let mut text = Vec::new();
        for part in &parts {
            if !text.is_empty() {
                text.push(b' ');
            }
            text.extend(self.part_text(part, recursive, name));
            if text.len() > LARGEST {
                return vec![UNKNOWN];
            }
        }
        self.spend(text.len());
        text
    }
}

/// `name:from=to`.
fn substitution(inner: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let colon = at_top(inner).find(|(_, byte)| *byte == b':')?.0;
    let rest = &inner[colon + 1..];
    let equals = at_top(rest).find(|(_, byte)| *byte == b'=')?.0;
    Some((&inner[..colon], &rest[..equals], &rest[equals + 1..]))
}
