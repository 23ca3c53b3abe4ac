//! A place among the lines of a patch file, with a look ahead.

use crate::diff::model::file_lines;

/// The lines of a patch file and the one to be read next.
pub(super) struct Cursor<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { lines: file_lines(text), at: 0 }
    }

    /// The next line with its ending.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        self.ahead(0)
    }

    /// The line `n` after the next one.
    pub(super) fn ahead(&self, n: usize) -> Option<&'a [u8]> {
        self.lines.get(self.at + n).copied()
    }

    /// The line before the next one.
    pub(super) fn behind(&self) -> Option<&'a [u8]> {
        self.lines.get(self.at.checked_sub(1)?).copied()
    }

    /// The next line begins with `start`; what follows it.
    pub(super) fn starts(&self, start: &[u8]) -> Option<&'a [u8]> {
        self.peek()?.strip_prefix(start)
    }

    pub(super) fn skip(&mut self, n: usize) {
        self.at = (self.at + n).min(self.lines.len());
    }

    /// Goes back to a line that [`Self::line`] has told.
    pub(super) fn go_back_to(&mut self, line: u32) {
        self.at = self.at.min((line as usize).saturating_sub(1));
    }

    /// Number of the next line, from 1.
    pub(super) fn line(&self) -> u32 {
        u32::try_from(self.at + 1).unwrap_or(u32::MAX)
    }

    /// The bytes from a line that [`Self::line`] has told up to the next one.
    pub(super) fn between(&self, from: u32) -> Vec<u8> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).saturating_sub(1);
        self.lines.get(from..self.at).map(<[_]>::concat).unwrap_or_default()
    }
}
