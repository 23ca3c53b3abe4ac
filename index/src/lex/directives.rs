//! The preprocessor's lines of a C file, without reading what is between them: no token is made
//! and no comment noticed. A `#` that begins a line within a literal or a comment counts.

/// Goes through the lines that begin with `#`.
pub(crate) struct Directives<'a> {
    bytes: &'a [u8],
    /// Where the last directive that was read begins.
    start: usize,
    /// Where the line behind it begins.
    end: usize,
    /// A line, and where it begins.
    counted: (u32, usize),
}

impl<'a> Directives<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Directives<'a> {
        Directives { bytes, start: 0, end: 0, counted: (1, 0) }
    }

    /// The line of the directive that was read last, from 1.
    pub(crate) fn line(&mut self) -> u32 {
        self.line_at(self.start)
    }

    /// The line behind it, and behind those that continue it.
    pub(crate) fn next_line(&mut self) -> u32 {
        self.line_at(self.end)
    }

    /// Lines are counted from one that is asked for to the next.
    fn line_at(&mut self, at: usize) -> u32 {
        let (line, from) = self.counted;
        let lines = memchr::memchr_iter(b'\n', &self.bytes[from..at]).count();
        self.counted = (line + lines as u32, at);
        self.counted.0
    }
}

impl<'a> Iterator for Directives<'a> {
    /// The keyword of a directive and the text after it, with the lines that continue it.
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        loop {
            let rest = &self.bytes[self.end..];
            let at = memchr::memchr(b'#', rest)?;
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            self.start = self.end + at;
            self.end = self.start + 1;
            let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            if !before[line_start..].iter().all(|b| matches!(b, b' ' | b'\t')) {
                continue;
            }
            let blanks = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let text = &after[blanks..];
            let word = text.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len());
            if word == 0 {
                continue;
            }
            let mut end = word;
            loop {
                end += memchr::memchr(b'\n', &text[end..]).unwrap_or(text.len() - end);
                let line = text[..end].trim_ascii_end();
                if end == text.len() || line.last() != Some(&b'\\') {
                    break;
                }
                end += 1;
            }
            self.end += blanks + (end + 1).min(text.len());
            return Some((&text[..word], text[word..end].trim_ascii()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Directives;

    #[test]
    fn directives_have_their_lines() {
        let text = b"int x; # no\n#if A || \\\n  B\n # define C\nint y;\n#\n#endif";
        let mut directives = Directives::new(text);
        let mut found = Vec::new();
        while let Some((keyword, rest)) = directives.next() {
            let (line, next) = (directives.line(), directives.next_line());
            found.push((keyword, rest, line, next));
        }
        let expected: [(&[u8], &[u8], u32, u32); 3] =
            [(b"if", b"A || \\\n  B", 2, 4), (b"define", b"C", 4, 5), (b"endif", b"", 7, 7)];
        assert_eq!(found, expected);
    }
}
