//! Brackets in each other, as make's and Kconfig's calls and the preprocessor's conditions have them.

/// Where the bracket that `text` begins with is closed.
pub(super) fn closing(text: &[u8]) -> Option<usize> {
    let open = *text.first()?;
    let close = if open == b'(' { b')' } else { b'}' };
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The positions of `text` outside of all brackets.
pub(super) fn at_top(text: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut depth = 0usize;
    text.iter().copied().enumerate().filter(move |(_, byte)| {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
}
