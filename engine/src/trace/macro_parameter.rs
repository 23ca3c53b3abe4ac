//! Whether a name is a parameter of the macro around it: there it means whatever the macro is given.

use kgrep_index::lex::{Lexer, TokenKind, places_of_word};

/// A macro with more lines is not looked through for its head.
const MOST_LINES: usize = 512;
/// So many bytes behind a line the parameters of its macro may still stand.
const LONGEST_LIST: usize = 1024;

/// Whether `name`, on the line that is `bytes[start..end]`, is a parameter of the macro that the line belongs to,
/// wherever it stands on it: in a string it is text.
pub(super) fn is_macro_parameter(bytes: &[u8], start: usize, end: usize, name: &[u8]) -> bool {
    let mut head = start;
    for _ in 0..MOST_LINES {
        let Some(before) = head.checked_sub(1).map(|end| bytes[..end].trim_ascii_end()) else {
            break;
        };
        // A blank behind the backslash is forgiven, as compilers do; a line in between is not.
        let goes_on = before.ends_with(b"\\") && !bytes[before.len()..head - 1].contains(&b'\n');
        if !goes_on {
            break;
        }
        head = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    }
    // A list of parameters may go on below the line.
    parameters(&bytes[head..bytes.len().min(end + LONGEST_LIST)])
        .is_some_and(|list| list.split(|byte| *byte == b',').any(|one| called(one) == name))
        && !is_in_string(&bytes[start..end], name)
}

/// Whether a string of a line has the word.
fn is_in_string(line: &[u8], name: &[u8]) -> bool {
    if memchr::memchr(b'"', line).is_none() {
        return false;
    }
    let strings =
        Lexer::within(line, 0, line.len(), 1).filter(|token| token.kind == TokenKind::Str);
    let mut texts = strings.map(|token| token.text(line));
    texts.any(|text| places_of_word(text, name).next().is_some())
}

/// What stands in the parentheses of `#define NAME(…)`, if the text begins so.
fn parameters(text: &[u8]) -> Option<&[u8]> {
    let rest = text.trim_ascii_start().strip_prefix(b"#")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"define")?;
    let name = rest.trim_ascii_start();
    let length = word_at_start(name).len();
    let list =
        name[length..].strip_prefix(b"(").filter(|_| length > 0 && name.len() < rest.len())?;
    Some(&list[..memchr::memchr(b')', list)?])
}

/// A parameter's name: `args...` is called `args`. A list may go over lines.
fn called(parameter: &[u8]) -> &[u8] {
    let is_around = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\\';
    let start = parameter.iter().position(|byte| !is_around(byte)).unwrap_or(parameter.len());
    word_at_start(&parameter[start..])
}

fn word_at_start(text: &[u8]) -> &[u8] {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    &text[..text.iter().take_while(is_part).count()]
}

#[cfg(test)]
mod tests {
    use super::is_macro_parameter;

    #[test]
    fn the_head_of_the_macro_around_a_line_has_its_parameters() {
        let text = b"EXPORT(lamp);\n#define ON(lamp, args...) \\\n\tf(lamp) \\ \n\tEXPORT(lamp)\n\
            EXPORT(lamp);\n# define OFF(room, \\\n\t    lamp) EXPORT(lamp)\n#define ALL (lamp)\n\
            #define NONE lamp\n#define SETUP(loud) \\\n\t__setup(\"loud\", loud)\n";
        let found = |name: &str| -> Vec<usize> {
            let mut start = 0;
            let mut found = Vec::new();
            for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
                if is_macro_parameter(text, start, start + line.len(), name.as_bytes()) {
                    found.push(number);
                }
                start += line.len();
            }
            found
        };
        assert_eq!(found("lamp"), [2, 3, 4, 6, 7]);
        assert_eq!(found("args"), [2, 3, 4]);
        assert_eq!(found("room"), [6, 7]);
        assert_eq!(found("f"), [] as [usize; 0]);
        // Line 11 registers `loud`, whatever the function is called.
        assert_eq!(found("loud"), [10]);
    }
}
