//! Edits of an open file, as a client sends them.

use serde_json::Value;

use super::position::{Encoding, read};

/// What a file holds after `changes`; none where one of them is no change.
pub(super) fn changed(text: &[u8], changes: &[Value], encoding: Encoding) -> Option<Vec<u8>> {
    let mut text = text.to_vec();
    for change in changes {
        let new = change.get("text")?.as_str()?.as_bytes();
        match change.get("range") {
            None | Some(Value::Null) => text = new.to_vec(),
            Some(range) => {
                let start = offset(&text, range.get("start")?, encoding)?;
                let end = offset(&text, range.get("end")?, encoding)?.max(start);
                text.splice(start..end, new.iter().copied());
            }
        }
    }
    Some(text)
}

/// Where a position is in a text; the end for one behind it.
fn offset(text: &[u8], position: &Value, encoding: Encoding) -> Option<usize> {
    let (line, column) = read(position)?;
    let mut start = 0;
    for _ in 0..line {
        match memchr::memchr(b'\n', &text[start..]) {
            Some(end) => start += end + 1,
            None => return Some(text.len()),
        }
    }
    let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |end| start + end);
    let line = &text[start..end];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Some(start + encoding.byte(line, column))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edit(text: &str, range: Value, new: &str, encoding: Encoding) -> String {
        let change = json!({ "range": range, "text": new });
        String::from_utf8(changed(text.as_bytes(), &[change], encoding).unwrap()).unwrap()
    }

    fn range(from: (u32, u32), to: (u32, u32)) -> Value {
        json!({
            "start": { "line": from.0, "character": from.1 },
            "end": { "line": to.0, "character": to.1 },
        })
    }

    #[test]
    fn edits_are_done_where_they_are_meant() {
        let text = "int \u{1F600};\r\nint b;\r\n";
        assert_eq!(
            edit(text, range((0, 6), (0, 7)), ",", Encoding::Utf16),
            "int \u{1F600},\r\nint b;\r\n"
        );
        assert_eq!(
            edit(text, range((0, 5), (1, 0)), " ", Encoding::Utf32),
            "int \u{1F600} int b;\r\n"
        );
        assert_eq!(edit(text, range((9, 0), (9, 9)), "x", Encoding::Utf8), format!("{text}x"));
        // A column behind the end is before the line's end.
        assert_eq!(edit("a\r\nb", range((0, 99), (0, 99)), "!", Encoding::Utf16), "a!\r\nb");
    }

    #[test]
    fn a_whole_text_replaces_all() {
        let changes =
            [json!({ "text": "x" }), json!({ "range": range((0, 1), (0, 1)), "text": "y" })];
        assert_eq!(changed(b"abc", &changes, Encoding::Utf16).unwrap(), b"xy");
        assert!(changed(b"abc", &[json!({})], Encoding::Utf16).is_none());
        assert!(changed(b"", &[json!({ "range": {}, "text": "" })], Encoding::Utf16).is_none());
    }
}
