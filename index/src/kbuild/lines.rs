//! The lines of a Makefile or a Kconfig file, one after the other; which of them continue one
//! another is the languages' to say.

/// What is left of a text.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    /// The number of the line that was read last, from 1.
    pub(super) number: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Lines<'a> {
        Lines { rest: text, number: 0 }
    }

    /// The next line, without its end.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let end = memchr::memchr(b'\n', self.rest);
        let line = &self.rest[..end.unwrap_or(self.rest.len())];
        self.rest = end.map_or(&[], |end| &self.rest[end + 1..]);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// Where it stands, to go back to.
    pub(super) fn here(&self) -> Lines<'a> {
        Lines { rest: self.rest, number: self.number }
    }
}
