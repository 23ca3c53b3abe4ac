//! A table's cells: what they say fits their column, whatever a path or a function's
//! head is made of.

use std::borrow::Cow;

use super::look::Look;
use super::sanitize::{display_text, display_width};

/// Columns that a cell between `Line` and `Content` takes at most.
const MAX_EXTRA: usize = 60;

/// How much of a terminal's width the File column takes at most, in percent.
const MAX_FILE: usize = 60;

/// An extra column's cell: in one line, tabs as blanks, its end left out where it is
/// too long.
pub(super) fn extra<'t>(text: &'t str, look: &Look) -> Cow<'t, [u8]> {
    let mut cell = display_text(text.as_bytes(), look);
    if cell.contains(&b'\t') {
        cell = cell.iter().map(|byte| if *byte == b'\t' { b' ' } else { *byte }).collect();
    }
    if display_width(&cell) <= MAX_EXTRA {
        return cell;
    }
    Cow::Owned(cut(&String::from_utf8_lossy(&cell), MAX_EXTRA).into_bytes())
}

/// `text` in at most `room` columns, its end left out where it is too long.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if display_width(text.as_bytes()) <= room {
        return text.to_owned();
    }
    let mut short = fitting(text.chars(), room.saturating_sub(1));
    short.push('…');
    short
}

/// A path as the File column shows it: whole in a pipe; on a terminal, the middle of a
/// very long one is left out, more of its end is kept than of its beginning, and a tab
/// is made visible.
pub(super) fn path<'t>(path: &'t [u8], look: &Look) -> Cow<'t, [u8]> {
    path_in(path, look, look.width * MAX_FILE / 100)
}

/// As [`path`], in at most `most` columns.
pub(super) fn path_in<'t>(path: &'t [u8], look: &Look, most: usize) -> Cow<'t, [u8]> {
    let mut name = display_text(path, look);
    if !look.terminal {
        return name;
    }
    if name.contains(&b'\t') {
        name = Cow::Owned(bstr::ByteSlice::replace(&*name, b"\t", b"\\t"));
    }
    // An editor's terminal looks for the whole path.
    if look.ide_paths || display_width(&name) <= most {
        return name;
    }
    let text = String::from_utf8_lossy(&name);
    let first = fitting(text.chars(), most / 3);
    let last = fitting(text.chars().rev(), most.saturating_sub(most / 3 + 1));
    Cow::Owned(format!("{first}…{}", last.chars().rev().collect::<String>()).into_bytes())
}

/// As many of `chars` as fit into `room` columns.
fn fitting(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += display_width(c.encode_utf8(&mut [0; 4]).as_bytes());
            used <= room
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cell: &[u8]) -> &str {
        std::str::from_utf8(cell).unwrap()
    }

    #[test]
    fn a_functions_head_takes_sixty_columns_at_most() {
        let look = Look::of_pipe();
        assert_eq!(text(&extra("int\tf(void)", &look)), "int f(void)");
        let long = extra(&"int long_name, ".repeat(9), &look).into_owned();
        assert_eq!(display_width(&long), 60);
        assert!(text(&long).ends_with('…'));
    }

    #[test]
    fn the_middle_of_a_long_path_is_left_out_on_a_terminal() {
        let long = format!("drivers/{}/main.c", "deep/".repeat(30));
        let look = Look { width: 100, ..Look::of_terminal() };
        let short = path(long.as_bytes(), &look).into_owned();
        assert_eq!(display_width(&short), 60);
        assert!(text(&short).starts_with("drivers/deep/"), "{}", text(&short));
        assert!(text(&short).ends_with("deep//main.c") && text(&short).contains('…'));
        assert_eq!(&*path(long.as_bytes(), &Look::of_pipe()), long.as_bytes());
        let ide = Look { ide_paths: true, ..look };
        assert_eq!(&*path(long.as_bytes(), &ide), long.as_bytes());
    }

    #[test]
    fn a_tab_in_a_path_moves_no_column_of_a_terminal() {
        assert_eq!(text(&path(b"a\tb.c", &Look::of_terminal())), "a\\tb.c");
    }
}
