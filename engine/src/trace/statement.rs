//! A statement or an entry of a table that goes over several lines, put together on one.

use crate::excerpt::ByLine;
use crate::relocate::SourceFile;

/// The most lines of a statement: no pattern is written for a longer one.
pub(super) const LINES: u64 = 24;

/// How far what begins on a line reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// To the line's end.
    Line,
    /// To the line that closes its last bracket.
    Statement,
    /// To the end of the braces that the line is in, or opens.
    Braces,
}

impl Reach {
    /// What begins on `line`, its lines put together; none of a line alone.
    pub(super) fn text(self, source: &SourceFile, line: u64) -> Option<String> {
        self.read(source, line).map(|(text, _)| text)
    }

    /// How many lines it takes.
    pub(super) fn lines(self, source: &SourceFile, line: u64) -> u64 {
        self.read(source, line).map_or(1, |(_, lines)| lines)
    }

    fn read(self, source: &SourceFile, line: u64) -> Option<(String, u64)> {
        match self {
            Reach::Line => None,
            Reach::Statement => Some(read(source, line)),
            Reach::Braces => Some(braces(source, line)),
        }
    }
}

fn braces(source: &SourceFile, line: u64) -> (String, u64) {
    let mut text = String::new();
    let (mut lines, mut depth, mut opened) = (0, 0i32, false);
    for number in line..line + LINES {
        let Some(bytes) = source.line(number) else { break };
        lines += 1;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(String::from_utf8_lossy(bytes).trim());
        for byte in bytes {
            depth += i32::from(*byte == b'{') - i32::from(*byte == b'}');
            opened |= *byte == b'{';
        }
        // `{ .name = "a",` ends with its own brace, `.name = "a",` with that of the entry it is in.
        if depth < 0 || depth == 0 && opened {
            break;
        }
    }
    (text, lines.max(1))
}

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
        assert_eq!(Reach::Statement.lines(&source, 1), 2);
        assert_eq!(head(&source, 3), 2);
        assert_eq!(head(&source, 6), 1);
    }

    #[test]
    fn lines_are_put_together_to_the_end_of_the_braces() {
        let source = SourceFile::from_bytes(
            b"static struct lamp l[] = {\n\t{\n\t\t.name = \"a\",\n\t\t.set = set,\n\t},\n\
              \t{ .name = \"b\",\n\t  .set = f },\n\t{ .name = \"c\" },\n};\n"
                .to_vec(),
        );
        let text = |line| Reach::Braces.text(&source, line).unwrap();
        assert_eq!(text(3), ".name = \"a\", .set = set, },");
        assert_eq!(text(6), "{ .name = \"b\", .set = f },");
        assert_eq!(text(8), "{ .name = \"c\" },");
        assert_eq!(Reach::Braces.lines(&source, 1), 9);
        assert_eq!(Reach::Line.text(&source, 1), None);
    }
}
