//! Words of a Makefile's text, some of them uncertain.
//!
//! What only a shell could tell stands in the text as [`UNKNOWN`]. In front of a word it says
//! that the word may or may not be there; alone, that anything may be there.

/// Marks what is uncertain. No file's text holds it: it is taken out when a file is read.
pub(crate) const UNKNOWN: u8 = 1;

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The words of a text.
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| is_space(*b)).filter(|word| !word.is_empty())
}

/// Whether any of it is uncertain.
pub(crate) fn is_uncertain(text: &[u8]) -> bool {
    memchr::memchr(UNKNOWN, text).is_some()
}

/// A word without its mark, and whether it had one.
pub(crate) fn unmarked(word: &[u8]) -> (Vec<u8>, bool) {
    let plain: Vec<u8> = word.iter().copied().filter(|b| *b != UNKNOWN).collect();
    let had = plain.len() != word.len();
    (plain, had)
}

/// All words of `text`, each uncertain.
pub(crate) fn marked(text: &[u8]) -> Vec<u8> {
    each(text, |word| word.to_vec(), true)
}

/// `change` of each word; an uncertain one stays so, and one that is nothing else is kept.
pub(super) fn each(text: &[u8], change: impl Fn(&[u8]) -> Vec<u8>, mark: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for word in words(text) {
        if !out.is_empty() {
            out.push(b' ');
        }
        if mark || is_uncertain(word) {
            let (plain, _) = unmarked(word);
            out.push(UNKNOWN);
            if !plain.is_empty() {
                out.extend(change(&plain));
            }
        } else {
            out.extend(change(word));
        }
    }
    out
}

/// The words for which `keep` says so.
pub(super) fn kept(text: &[u8], mut keep: impl FnMut(&[u8]) -> Keep) -> Vec<u8> {
    let mut out = Vec::new();
    for word in words(text) {
        let keep = keep(word);
        if keep == Keep::No {
            continue;
        }
        if !out.is_empty() {
            out.push(b' ');
        }
        if keep == Keep::Maybe && word.first() != Some(&UNKNOWN) {
            out.push(UNKNOWN);
        }
        out.extend_from_slice(word);
    }
    out
}

/// What becomes of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Yes,
    Maybe,
    No,
}

/// What the `%` of `pattern` stands for in `word`; an empty text for an equal word without one.
pub(crate) fn stem<'a>(pattern: &[u8], word: &'a [u8]) -> Option<&'a [u8]> {
    match memchr::memchr(b'%', pattern) {
        Some(at) => {
            let (before, after) = (&pattern[..at], &pattern[at + 1..]);
            if word.len() < before.len() + after.len() {
                return None;
            }
            word.strip_prefix(before)?.strip_suffix(after)
        }
        None => (pattern == word).then_some(&word[..0]),
    }
}

/// `replacement` with its `%` replaced by `stem`.
pub(crate) fn filled(replacement: &[u8], stem: &[u8]) -> Vec<u8> {
    match memchr::memchr(b'%', replacement) {
        Some(at) => [&replacement[..at], stem, &replacement[at + 1..]].concat(),
        None => replacement.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_stands_for_anything_once() {
        assert_eq!(stem(b"%.o", b"a/b.o"), Some(&b"a/b"[..]));
        assert_eq!(stem(b"a%a", b"a"), None);
        assert_eq!(stem(b"x", b"x"), Some(&b""[..]));
        assert_eq!(filled(b"o/%.c", b"q"), b"o/q.c");
    }

    #[test]
    fn an_uncertain_word_stays_so() {
        assert_eq!(marked(b"a  b"), b"\x01a \x01b");
        assert_eq!(each(b"\x01a b", |w| [w, b".o"].concat(), false), b"\x01a.o b.o");
        assert_eq!(each(b"\x01", |w| [w, b".o"].concat(), false), b"\x01");
    }
}
