//! The documents of a Kconfig file: each entry with its prompt and its help text.

use super::super::document::{Document, Kind};
use super::{add, lines};

/// Reads a Kconfig file.
pub(super) fn read(bytes: &[u8]) -> Vec<Document> {
    let mut found: Vec<Document> = Vec::new();
    let mut open = false;
    let mut help: Option<usize> = None;
    for (number, line) in lines(bytes) {
        let indent = indent(line);
        let words = line.trim_ascii();
        if let Some(column) = help {
            // Help ends where a line is less indented than its first.
            if words.is_empty() || indent >= column {
                if let Some(document) = found.last_mut().filter(|_| open) {
                    add(&mut document.text, words);
                    document.below = number - document.line;
                }
                if column == 0 {
                    help = (!words.is_empty()).then_some(indent.max(1)).or(Some(0));
                }
                continue;
            }
            help = None;
        }
        let (first, rest) = split(words);
        let in_column_0 = line.first().is_some_and(u8::is_ascii_alphabetic);
        match first {
            b"config" | b"menuconfig" => {
                open = !rest.is_empty();
                if open {
                    let name = [b"CONFIG_", rest].concat();
                    found.push(Document::new(Kind::Config, &name, number));
                }
            }
            b"help" => help = Some(0),
            // Before Linux 5.4, with dashes around it.
            _ if is_dashed_help(first) => help = Some(0),
            b"bool" | b"tristate" | b"string" | b"int" | b"hex" | b"prompt" | b"def_bool"
            | b"def_tristate"
                if open =>
            {
                if let (Some(document), Some(prompt)) = (found.last_mut(), quoted(rest)) {
                    add(&mut document.head, prompt);
                    document.below = number - document.line;
                }
            }
            _ if in_column_0 => open = false,
            _ => {}
        }
    }
    found
}

/// `---help---`, with any number of dashes.
fn is_dashed_help(word: &[u8]) -> bool {
    let bare = word.iter().filter(|b| **b != b'-');
    word.starts_with(b"-") && bare.eq(b"help")
}

/// The columns before a line's text; a tab leads to the next eighth.
fn indent(line: &[u8]) -> usize {
    let mut column = 0;
    for byte in line {
        match byte {
            b' ' => column += 1,
            b'\t' => column = column / 8 * 8 + 8,
            _ => break,
        }
    }
    column
}

fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}

/// What is in the first pair of quotes.
fn quoted(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let rest = &text[start + 1..];
    let end = rest.iter().position(|byte| *byte == text[start])?;
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_prompt_and_help() {
        let text = b"menu \"x\"\nconfig KEXEC\n\tbool \"kexec system call\"\n\tdepends on X\n\thelp\n\t  Starts another kernel.\n\n\t  It is quick.\n\nconfig OTHER\n\tdef_bool y\n";
        let found = read(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].line), ("CONFIG_KEXEC", 2));
        assert_eq!(found[0].head, "kexec system call");
        assert_eq!(found[0].text, "Starts another kernel.\nIt is quick.");
        assert_eq!((found[1].name.as_str(), found[1].text.as_str()), ("CONFIG_OTHER", ""));
    }
}
