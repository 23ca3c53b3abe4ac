//! A statement that goes over several lines, put together on one.

use crate::excerpt::ByLine;
use crate::relocate::SourceFile;

/// The most lines of a statement: no pattern is written for a longer one.
pub(super) const LINES: u64 = 24;

/// The text from `line` to the line that closes its last bracket, blanks in between put
/// together; the line alone where it opens none.
pub(crate) fn statement(source: &SourceFile, line: u64) -> String {
    read(source, line).0
}

/// How many lines such a statement takes.
pub(crate) fn statement_lines(source: &SourceFile, line: u64) -> u64 {
    read(source, line).1
}

fn read(source: &SourceFile, line: u64) -> (String, u64) {
    let mut lines = 0;
    let mut text = String::new();
    let (mut depth, mut opened) = (0i32, false);
    for number in line..line + LINES {
        let Some(bytes) = source.line(number) else { break };
        lines += 1;
        let part = String::from_utf8_lossy(bytes);
        let part = part.trim().trim_end_matches('\\').trim_end();
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
        for byte in part.bytes() {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            opened |= byte == b'(';
        }
        if depth <= 0 && (opened || number > line) {
            break;
        }
        if !opened && number > line {
            break;
        }
    }
    (text, lines.max(1))
}

/// How many lines the head of a definition at `line` takes: to its `{`, `;` or last
/// bracket.
pub(crate) fn head(source: &impl ByLine, line: u64) -> u64 {
    let (mut depth, mut opened) = (0i32, false);
    for number in line..line + LINES {
        let Some(bytes) = source.line(number) else { return number.max(line + 1) - line };
        for byte in bytes {
            depth += i32::from(*byte == b'(') - i32::from(*byte == b')');
            opened |= *byte == b'(';
        }
        let ends = bytes.iter().any(|byte| matches!(byte, b'{' | b';' | b'='));
        if depth <= 0 && (opened || ends) {
            return number + 1 - line;
        }
        if !opened {
            return 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_to_the_last_bracket() {
        let source = SourceFile::from_bytes(
            b"__setup(\"a=\",\n\tset_a);\nint f(int a,\n  int b)\n{\nx\n".to_vec(),
        );
        assert_eq!(statement(&source, 1), "__setup(\"a=\", set_a);");
        assert_eq!(statement_lines(&source, 1), 2);
        assert_eq!(statement(&source, 6), "x");
        assert_eq!(head(&source, 3), 2);
        assert_eq!(head(&source, 6), 1);
    }
}
