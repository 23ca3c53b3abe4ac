//! Where a name stands in the lines of its definition.

use kgrep_index::lex::{is_word_at, places_of_word};
use memchr::memmem::Finder;

use crate::excerpt::ByLine;
use crate::place::Span;

/// The first place in `text` where `name` stands as a whole word.
pub fn word_in(text: &[u8], name: &[u8]) -> Option<Span> {
    if name.is_empty() {
        return None;
    }
    span_of(places_of_word(text, name).next()?, name.len())
}

/// A name to be found in many lines.
pub struct Word(Finder<'static>);

impl Word {
    /// This name.
    pub fn new(name: &[u8]) -> Word {
        Word(Finder::new(name).into_owned())
    }

    /// Whether it is this name.
    pub fn is(&self, name: &[u8]) -> bool {
        self.0.needle() == name
    }

    /// As [`word_in`].
    pub fn first_in(&self, text: &[u8]) -> Option<Span> {
        let length = self.0.needle().len();
        let mut places = self.0.find_iter(text);
        span_of(places.find(|at| length > 0 && is_word_at(text, *at, length))?, length)
    }
}

/// So many bytes from `start` on; none beyond 4 GiB.
fn span_of(start: usize, length: usize) -> Option<Span> {
    let at = |at: usize| u32::try_from(at).ok();
    Some(Span { start: at(start)?, end: at(start + length)? })
}

/// The line of a definition's lines `first..=last` that its name stands on: the return
/// type or attributes may have lines of their own before it.
pub fn name_line(source: &impl ByLine, name: &[u8], first: u32, last: u32) -> u32 {
    let has_name = |line: &u32| {
        source.line(u64::from(*line)).is_some_and(|text| word_in(text, name).is_some())
    };
    (first..=last).find(has_name).unwrap_or(first)
}

/// The word whose call makes the definition of `name` in the lines `first..=last`, where the name
/// stands in the call's brackets or nowhere: `DEFINE_MUTEX` of `static DEFINE_MUTEX(lock);`.
pub fn maker(source: &impl ByLine, first: u32, last: u32, name: &[u8]) -> Option<String> {
    // A call that makes something is not longer.
    const LINES: u32 = 8;
    let lines = (first..=last.min(first.saturating_add(LINES)))
        .filter_map(|line| source.line(u64::from(line)));
    let text: Vec<u8> = lines.flatten().copied().collect();
    let open = memchr::memchr(b'(', &text)?;
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let head = text[..open].trim_ascii_end();
    let start = head.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let (before, word) = (&head[..start], &head[start..]);
    if word.is_empty() || word == name || word_in(before, name).is_some() {
        return None;
    }
    let mut depth = 0usize;
    let close = text[open..].iter().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    // Behind an attribute with brackets comes the head of what it is about.
    let rest = &text[open + close + 1..];
    let end = memchr::memchr2(b'{', b';', rest).unwrap_or(rest.len());
    let is_attribute = word_in(&rest[..end], name).is_some();
    (!is_attribute).then(|| String::from_utf8_lossy(word).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{maker, word_in};
    use crate::relocate::SourceFile;

    #[test]
    fn a_name_stands_out_only_as_a_word() {
        let found = |text: &str, name: &str| {
            word_in(text.as_bytes(), name.as_bytes()).map(|span| (span.start, span.end))
        };
        assert_eq!(found("\tkfree_rcu(p); kfree(p);", "kfree"), Some((15, 20)));
        assert_eq!(found("__kfree(p)", "kfree"), None);
        assert_eq!(found("x", ""), None);
    }

    #[test]
    fn a_macro_makes_what_stands_in_its_brackets() {
        let by = |text: &str, name: &str| {
            let source = SourceFile::from_bytes(text.as_bytes().to_vec());
            maker(&source, 1, source.line_count().try_into().unwrap(), name.as_bytes())
        };
        assert_eq!(by("static DEFINE_MUTEX(lock);\n", "lock").as_deref(), Some("DEFINE_MUTEX"));
        assert_eq!(by("LAMP_OPS(dim,\n\tint, x)\n{\n", "lamp_dim").as_deref(), Some("LAMP_OPS"));
        assert_eq!(by("int dim(int x)\n{\n", "dim"), None);
        assert_eq!(by("__attr(1, 2)\nint dim(int x)\n{\n", "dim"), None);
        assert_eq!(by("int lamp;\n", "lamp"), None);
        assert_eq!(by("ENTRY(", "lamp"), None);
    }
}
