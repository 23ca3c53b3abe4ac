//! A definition of a name in one file's text.

use kgrep_index::idiom::Idioms;
use kgrep_index::outline::{guards, outline};

/// A definition as it is written.
pub(super) struct Definition {
    /// All up to the body, in one line.
    pub(super) head: String,
    /// All of it.
    pub(super) body: Vec<u8>,
    /// The condition of the preprocessor that it stands under.
    pub(super) guard: String,
}

/// The definition of `name` that the line (from 1) is in, or the first.
pub(super) fn of(
    path: &[u8],
    bytes: &[u8],
    idioms: &Idioms,
    name: &str,
    line: u32,
) -> Option<Definition> {
    let found = outline(path, bytes, idioms);
    let own = || found.definitions.iter().filter(|known| found.name(known.name) == name.as_bytes());
    let at = own().find(|known| (known.first..=known.last).contains(&line));
    let best = at.or_else(|| own().next())?;
    let first = usize::try_from(best.first).ok()?.checked_sub(1)?;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let count = usize::try_from(best.last.checked_sub(best.first)?).ok()? + 1;
    let body: Vec<u8> = lines.skip(first).take(count).flatten().copied().collect();
    let guards = guards(path, bytes, &[best.first]);
    let guard = String::from_utf8_lossy(&guards.concat()).into_owned();
    Some(Definition { head: head(&body), body, guard })
}

/// A definition's head in one line.
fn head(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let is_macro = text.trim_start().starts_with('#');
    let end = if is_macro { text.find('\n') } else { text.find(['{', ';', '=']) };
    let head = &text[..end.unwrap_or(text.len())];
    head.trim_end_matches('\\').split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_where_the_body_begins() {
        assert_eq!(head(b"static int a(int x,\n\t\tint y)\n{\n}\n"), "static int a(int x, int y)");
        assert_eq!(head(b"#define A(x) \\\n\t(x)\n"), "#define A(x)");
    }
}
