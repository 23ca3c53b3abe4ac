//! Makes bytes from files, paths and patterns safe to show on a terminal.
//!
//! Shown as escapes, never sent: control characters (C0 except tab, DEL, C1), bytes
//! that are not UTF-8, and the code points that a reader can't see or that reorder
//! what is seen (bidirectional controls, zero-width and tag characters, line and
//! paragraph separators; see <https://trojansource.codes>). A byte becomes `\x1b`,
//! a code point `\u{202e}`. Backslashes of the text itself stay as they are: this is
//! for reading, not for decoding. Into a pipe, bytes go as they are.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use super::look::Look;

/// `text` with everything made visible that a terminal would obey or hide. Tabs stay.
pub(crate) fn visible(text: &[u8]) -> Cow<'_, [u8]> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    push_visible(&mut out, text);
    Cow::Owned(out)
}

/// Appends `text`: as it is into a pipe, made visible on a terminal.
pub(crate) fn push(out: &mut Vec<u8>, text: &[u8], look: &Look) {
    if look.visible() && !is_plain(text) {
        push_visible(out, text);
    } else {
        out.extend_from_slice(text);
    }
}

/// `text` as `look` shows it.
pub(crate) fn display_text<'t>(text: &'t [u8], look: &Look) -> Cow<'t, [u8]> {
    if look.visible() { visible(text) } else { Cow::Borrowed(text) }
}

/// Columns that `text` takes on a terminal. What is not UTF-8 counts one per byte.
pub(crate) fn display_width(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.utf8_chunks()
        .map(|chunk| UnicodeWidthStr::width(chunk.valid()) + chunk.invalid().len())
        .sum()
}

/// True for printable ASCII and tabs: nothing to do. Without early exit in the
/// inner loop, so that it is vectorised.
fn is_plain(text: &[u8]) -> bool {
    text.chunks(64).all(|chunk| {
        chunk.iter().fold(true, |plain, byte| plain & ((0x20..0x7f).contains(byte) | (*byte == 9)))
    })
}

fn push_visible(out: &mut Vec<u8>, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push(b'\t'),
                '\0'..='\x1f' | '\x7f' => push_byte(out, c as u8),
                c if c.is_control() || hides(c) => {
                    out.extend_from_slice(c.escape_unicode().to_string().as_bytes());
                }
                c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for byte in chunk.invalid() {
            push_byte(out, *byte);
        }
    }
}

/// True for code points that a terminal obeys or that a reader can't see.
pub(crate) fn is_obeyed_or_hidden(c: char) -> bool {
    c.is_control() || hides(c)
}

/// True for code points that can't be seen or that change the order of others.
fn hides(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Shows one byte: `\x1b`.
pub(super) fn push_byte(out: &mut Vec<u8>, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\x");
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice;

    use super::*;

    #[track_caller]
    fn assert_visible(text: &[u8], expected: &str) {
        assert_eq!(visible(text).to_str_lossy(), expected);
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(visible(b"\tint x = 'a\\x1b';"), Cow::Borrowed(_)));
    }

    #[test]
    fn controls_become_escapes() {
        assert_visible(b"a\x1b[31mb\x07\r\n\x7f\0", "a\\x1b[31mb\\x07\\x0d\\x0a\\x7f\\x00");
        assert_visible("c1 \u{9b}31m".as_bytes(), "c1 \\u{9b}31m");
        assert_visible(b"raw c1 \x9b31m", "raw c1 \\x9b31m");
    }

    #[test]
    fn what_reorders_or_hides_text_is_shown() {
        assert_visible(
            "a\u{202e}b\u{2066}c\u{200b}d".as_bytes(),
            "a\\u{202e}b\\u{2066}c\\u{200b}d",
        );
    }

    #[test]
    fn other_text_stays() {
        assert_visible("日本 é ñ".as_bytes(), "日本 é ñ");
        assert_visible(b"caf\xe9", "caf\\xe9");
    }

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(display_width("日本.c".as_bytes()), 6);
        assert_eq!(display_width(b"caf\xe9"), 4);
    }
}
