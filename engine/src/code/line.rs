//! Where a name stands in the lines of its definition.

use crate::place::Span;
use crate::relocate::SourceFile;

/// The first place in `text` where `name` stands as a whole word.
pub fn word_in(text: &[u8], name: &[u8]) -> Option<Span> {
    if name.is_empty() {
        return None;
    }
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let start = memchr::memmem::find_iter(text, name).find(|start| {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        !is_word(before) && !is_word(text.get(start + name.len()))
    })?;
    let span = |at: usize| u32::try_from(at).ok();
    Some(Span { start: span(start)?, end: span(start + name.len())? })
}

/// The line of a definition's lines `first..=last` that its name stands on: the return
/// type or attributes may have lines of their own before it.
pub fn name_line(source: &SourceFile, name: &[u8], first: u32, last: u32) -> u32 {
    let has_name = |line: &u32| {
        source.line(u64::from(*line)).is_some_and(|text| word_in(text, name).is_some())
    };
    (first..=last).find(has_name).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::word_in;

    #[test]
    fn a_name_stands_out_only_as_a_word() {
        let found = |text: &str, name: &str| {
            word_in(text.as_bytes(), name.as_bytes()).map(|span| (span.start, span.end))
        };
        assert_eq!(found("\tkfree_rcu(p); kfree(p);", "kfree"), Some((15, 20)));
        assert_eq!(found("__kfree(p)", "kfree"), None);
        assert_eq!(found("x", ""), None);
    }
}
