//! The arguments of a call, as the text has them: split at the commas of its own brackets, over as
//! many lines as it takes.

use super::word_in;

/// A call is not longer.
const LONGEST: usize = 16 << 10;

/// The arguments of each call of `name` that begins on the first line of `text`, in their order;
/// each with its blanks as one and without comments. A name without brackets is no call. With
/// `of_field` it is a field's, which another function of the name is not.
pub fn arguments(text: &[u8], name: &[u8], of_field: bool) -> Vec<Vec<String>> {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let mut calls = Vec::new();
    let mut at = 0;
    while let Some(span) = word_in(&text[at..end], name) {
        let before = text[..at + span.start as usize].trim_ascii_end();
        let is_field = before.ends_with(b".") || before.ends_with(b"->");
        at += span.end as usize;
        if is_field != of_field {
            continue;
        }
        let rest = &text[at..text.len().min(at + LONGEST)];
        let open = rest.len() - rest.trim_ascii_start().len();
        if rest.get(open) == Some(&b'(') {
            calls.extend(split_arguments(&rest[open + 1..]));
        }
    }
    calls
}

/// What stands between the commas before the bracket that ends the call; none where nothing ends it.
pub fn split_arguments(text: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut one: Vec<u8> = Vec::new();
    let (mut depth, mut at) = (0usize, 0);
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        if let Some(length) = comment(rest) {
            one.push(b' ');
            at += length;
            continue;
        }
        match byte {
            b'"' | b'\'' => {
                let length = quoted(rest);
                one.extend_from_slice(&rest[..length]);
                at += length;
                continue;
            }
            b')' if depth == 0 => {
                let last = plain(&one);
                if !last.is_empty() || !found.is_empty() {
                    found.push(last);
                }
                return Some(found);
            }
            b',' if depth == 0 => {
                found.push(plain(&one));
                one.clear();
                at += 1;
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        one.push(byte);
        at += 1;
    }
    None
}

/// How long the comment is that `text` begins with.
fn comment(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"//") {
        return Some(memchr::memchr(b'\n', text).unwrap_or(text.len()));
    }
    let end = |text: &[u8]| memchr::memmem::find(text, b"*/").map(|at| at + 2);
    text.starts_with(b"/*").then(|| end(&text[2..]).map_or(text.len(), |at| at + 2))
}

/// How long the text in quotes is that `text` begins with.
fn quoted(text: &[u8]) -> usize {
    let quote = text.first().copied();
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            byte if Some(byte) == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// A text with its blanks as one, also those at a line's end that goes on.
fn plain(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let words = text.split_whitespace().filter(|word| *word != "\\");
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::arguments;

    fn of(text: &str) -> Vec<Vec<String>> {
        arguments(text.as_bytes(), b"f", false)
    }

    #[test]
    fn a_calls_arguments_are_split() {
        assert_eq!(of("\tx = f(a, g(b, c), \"d,)\");"), [["a", "g(b, c)", "\"d,)\""]]);
        assert_eq!(of("f(a,\n  b /* , */ | c);\n"), [["a", "b | c"]]);
        assert_eq!(of("f(f(1), 2)"), [vec!["f(1)", "2"], vec!["1"]]);
        assert_eq!(of("f()"), [Vec::<String>::new()]);
        assert_eq!(of("f((struct s){ 1, 2 }, ',')"), [["(struct s){ 1, 2 }", "','"]]);
        assert!(of("p->f(1)").is_empty() && arguments(b"p->f(1)", b"f", true).len() == 1);
        assert!(of("p = f;").is_empty() && of("ff(1)").is_empty() && of("f(").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            arguments(&[b"f(", &bytes[..]].concat(), b"f", false);
        }
    }
}
