//! Columns as an editor counts them: in units of UTF-8, UTF-16 or UTF-32, as was agreed.

use bstr::ByteSlice;
use serde::Serialize;
use serde_json::Value;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of two bytes: what every client knows.
    #[default]
    Utf16,
    /// Letters.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers: bytes need no counting.
    pub(super) fn of(offered: Option<&Value>) -> Encoding {
        let has = |name: &str| {
            let offered = offered.and_then(Value::as_array);
            offered.is_some_and(|offered| offered.iter().any(|value| value == name))
        };
        if has("utf-8") {
            Encoding::Utf8
        } else if !has("utf-16") && has("utf-32") {
            Encoding::Utf32
        } else {
            Encoding::Utf16
        }
    }

    /// The name that the protocol has for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
        }
    }

    fn width(self, letter: char, bytes: usize) -> usize {
        match self {
            Encoding::Utf8 => bytes,
            Encoding::Utf16 => letter.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }

    /// How many units are before the byte `column` of a line. What is no UTF-8 counts as the one
    /// letter that stands for it in an editor.
    pub(super) fn column(self, line: &[u8], column: usize) -> usize {
        let column = column.min(line.len());
        if self == Encoding::Utf8 {
            return column;
        }
        let letters = line.char_indices().take_while(|(start, ..)| *start < column);
        letters.map(|(start, end, letter)| self.width(letter, end - start)).sum()
    }

    /// The byte of a line that so many units are before; its end where it has fewer.
    pub(super) fn byte(self, line: &[u8], units: usize) -> usize {
        if self == Encoding::Utf8 {
            let mut at = units.min(line.len());
            // Not into the middle of a letter.
            while at < line.len() && at > 0 && (line[at] & 0xC0) == 0x80 {
                at -= 1;
            }
            return at;
        }
        let mut left = units;
        for (start, end, letter) in line.char_indices() {
            let width = self.width(letter, end - start);
            if left < width {
                return start;
            }
            left -= width;
        }
        line.len()
    }
}

/// A position as the protocol has it.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Position {
    /// From 0.
    line: u32,
    /// In the units that were agreed on, from 0.
    character: usize,
}

/// The position of a column of a line from 0.
pub(super) fn position(line: u32, column: usize) -> Position {
    Position { line, character: column }
}

/// The line and column of a position; none where it is no position.
pub(super) fn read(position: &Value) -> Option<(u32, usize)> {
    let number = |name| position.get(name).and_then(Value::as_u64);
    let line = u32::try_from(number("line")?).ok()?;
    Some((line, usize::try_from(number("character")?).ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_counted_as_was_agreed() {
        let line = "a\u{fc}\u{1F600}b".as_bytes();
        for (encoding, columns) in [
            (Encoding::Utf8, [0, 1, 3, 7, 8]),
            (Encoding::Utf16, [0, 1, 2, 4, 5]),
            (Encoding::Utf32, [0, 1, 2, 3, 4]),
        ] {
            for (byte, column) in [0, 1, 3, 7, 8].into_iter().zip(columns) {
                assert_eq!(encoding.column(line, byte), column, "{encoding:?}");
                assert_eq!(encoding.byte(line, column), byte, "{encoding:?}");
            }
            assert_eq!(encoding.byte(line, 99), line.len());
        }
        // The middle of a letter is its beginning.
        assert_eq!(Encoding::Utf16.byte(line, 3), 3);
        assert_eq!(Encoding::Utf8.byte(line, 4), 3);
    }

    #[test]
    fn what_is_no_utf_8_counts_as_one_letter() {
        assert_eq!(Encoding::Utf16.column(b"a\xfcb", 2), 2);
        assert_eq!(Encoding::Utf16.byte(b"a\xfcb", 2), 2);
    }

    #[test]
    fn bytes_are_agreed_on_where_they_can_be() {
        let offered = |names: &[&str]| Encoding::of(Some(&json!(names))).name();
        assert_eq!(offered(&["utf-16", "utf-8"]), "utf-8");
        assert_eq!(offered(&["utf-32"]), "utf-32");
        assert_eq!(offered(&["utf-32", "utf-16"]), "utf-16");
        assert_eq!(Encoding::of(None).name(), "utf-16");
    }
}
