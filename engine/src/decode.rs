//! Text as it is searched: without a byte order mark, and UTF-16 as UTF-8, as
//! ripgrep's searcher decodes it.

use std::borrow::Cow;

/// Takes a byte order mark off, and turns UTF-16 into UTF-8.
pub(crate) fn decoded(mut bytes: Vec<u8>) -> Vec<u8> {
    let unit: fn([u8; 2]) -> u16 = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => {
            bytes.drain(..3);
            return bytes;
        }
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return bytes,
    };
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().copied().map(unit))
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.into_bytes()
}

/// The text of a file as it is searched and shown.
pub(crate) fn as_shown(bytes: &[u8]) -> Cow<'_, [u8]> {
    match has_byte_order_mark(bytes) {
        true => Cow::Owned(decoded(bytes.to_vec())),
        false => Cow::Borrowed(bytes),
    }
}

/// True when `text` begins with the mark of UTF-8 or UTF-16.
pub(crate) fn has_byte_order_mark(text: &[u8]) -> bool {
    [&b"\xFF\xFE"[..], b"\xFE\xFF", b"\xEF\xBB\xBF"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_reads_as_it_was_searched() {
        let text = "int \u{fc}ber;\nint x;\n";
        for (mark, unit) in [
            ([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ([0xFE, 0xFF], u16::to_be_bytes),
        ] {
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(unit));
            assert!(has_byte_order_mark(&bytes));
            assert_eq!(decoded(bytes), text.as_bytes());
        }
        assert_eq!(decoded(b"\xEF\xBB\xBFint x;".to_vec()), b"int x;");
    }
}
