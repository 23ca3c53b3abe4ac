//! Where an answer goes on: how many rows came before, and of which question. A cursor is handed
//! back by a client, so it is believed no further than that.

/// How many rows a cursor leaves behind, where it is one of the question `digest`.
pub(super) fn read(cursor: &str, digest: u32) -> Result<usize, String> {
    let wrong = || format!("the cursor {cursor:?} is none of this question: ask without it");
    let (rows, of) = cursor.split_once('-').ok_or_else(wrong)?;
    let is_plain = |text: &str, radix| text.chars().all(|letter| letter.is_digit(radix));
    if !is_plain(rows, 10) || !is_plain(of, 16) || u32::from_str_radix(of, 16) != Ok(digest) {
        return Err(wrong());
    }
    rows.parse().map_err(|_| wrong())
}

/// The cursor behind so many rows.
pub(super) fn write(rows: usize, digest: u32) -> String {
    format!("{rows}-{digest:x}")
}

/// What tells a question from others.
pub(super) fn digest(tool: &str, arguments: &serde_json::Value) -> u32 {
    crc32fast::hash(format!("{tool} {arguments}").as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_is_of_one_question() {
        assert_eq!(read(&write(50, 0xabc), 0xabc), Ok(50));
        assert!(read(&write(50, 0xabc), 0xabd).is_err());
        for wrong in ["", "-", "50", "+5-abc", "50-+abc", "99999999999999999999999-abc"] {
            assert!(read(wrong, 0xabc).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_cursor_or_refused(text in ".*") {
            let _ = read(&text, 7);
        }
    }
}
