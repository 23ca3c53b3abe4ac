//! The lines on which structures declare a field, by their text: an index has fields that functions
//! are called through only.

use kgrep_index::outline::{Flags, Kind, Language};

use super::exists::row_of_text;
use crate::answer::{DefinitionKind, Row};
use crate::code::word_in;
use crate::relocate::SourceFile;
use crate::trace::{InFile, Tracer};

/// How far before a name its parameter list may begin.
const MOST_BEFORE: usize = 4096;

/// Of `found`, which has the word, the lines on which structures have a field of this name.
pub(super) fn declared(tracer: &mut Tracer<'_, '_>, name: &str, found: &[InFile]) -> Vec<Row> {
    let mut rows = Vec::new();
    for file in found.iter().filter(|file| Language::of(&file.path) == Some(Language::C)) {
        for line in file.lines.iter().filter(|line| declares(&line.text, name)) {
            let Some(member_of) = tracer.structure(&file.path, line.number) else { continue };
            if is_parameter(&tracer.file(&file.path), line.number, name) {
                continue;
            }
            let (kind, flags) = (Kind::Member, Flags::default());
            let kind = DefinitionKind { kind, flags, member_of: Some(member_of) };
            rows.push(row_of_text(name, &file.path, line.number, kind));
        }
    }
    rows
}

/// Whether a line may declare a field of this name: something stands before it, and a declarator's
/// end after it.
fn declares(line: &[u8], name: &str) -> bool {
    let Some(span) = word_in(line, name.as_bytes()) else { return false };
    let (before, after) = (&line[..span.start as usize], &line[span.end as usize..]);
    let before = before.trim_ascii_start();
    let is_comment = [&b"//"[..], b"/*", b"*", b"#"].iter().any(|mark| before.starts_with(mark));
    let ends = |byte: &u8| matches!(byte, b';' | b',' | b'[' | b':' | b')');
    !before.is_empty() && !is_comment && after.trim_ascii_start().first().is_some_and(ends)
}

/// Whether the name on this line (from 1) is a parameter of a field that points to a function: the list
/// that it is in begins behind a parenthesis, `(*read)(loff_t i_size)`. What macros declare, as
/// `DECLARE_BITMAP(bits, 8)` does, is a field.
fn is_parameter(file: &SourceFile, line: u32, name: &str) -> bool {
    let (line, before) = (file.line(u64::from(line)), file.before(u64::from(line)));
    let Some(span) = line.and_then(|line| word_in(line, name.as_bytes())) else { return false };
    let end = before.len() + span.start as usize;
    let before = &file.bytes()[end.saturating_sub(MOST_BEFORE)..end];
    let mut closed = 0;
    for (at, byte) in before.iter().enumerate().rev() {
        match byte {
            b')' => closed += 1,
            b'(' if closed > 0 => closed -= 1,
            b'(' => return before[..at].trim_ascii_end().last() == Some(&b')'),
            b';' | b'{' | b'}' => return false,
            _ => {}
        }
    }
    false
}
