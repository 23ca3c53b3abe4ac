//! The words of a log. A format can have printed one of its lines only if that line has all the
//! words of the format's own text, so most formats of a tree need never be made for a log.

use std::sync::atomic::{AtomicU64, Ordering};

use kgrep_index::outline::formats::Template;
use rayon::prelude::*;

use super::pattern::{is_word, past_conversion};
use super::texts::{END, FORMAT, MODULE};
use super::words::{hash, start_of, starts_in};
use crate::log::line::{cleaned, parts};

/// Bits for hashes, as a power of two. Two words on one bit cost time, not an answer.
const BITS: u32 = 20;

/// Which words a log has.
pub struct LogWords {
    bits: Vec<AtomicU64>,
    /// What its lines begin with.
    starts: Vec<AtomicU64>,
}

impl Default for LogWords {
    fn default() -> LogWords {
        let none = || (0..1 << (BITS - 6)).map(|_| AtomicU64::new(0)).collect();
        LogWords { bits: none(), starts: none() }
    }
}

impl LogWords {
    /// Takes lines of the log, as they are.
    pub fn lines(&self, lines: &[Vec<u8>]) {
        lines.par_iter().for_each(|line| self.line(line));
    }

    /// Takes a line of the log, as it is.
    pub fn line(&self, line: &[u8]) {
        for part in parts(&cleaned(line)) {
            self.text(part.text);
        }
    }

    /// Takes a line without what the logger put before it.
    pub fn text(&self, text: &[u8]) {
        for word in text.split(|byte| !is_word(*byte)).filter(|word| word.len() > 1) {
            let (at, bit) = place(word);
            // Most are there already, and reading is cheaper where many threads do it.
            if self.bits[at].load(Ordering::Relaxed) & bit == 0 {
                self.bits[at].fetch_or(bit, Ordering::Relaxed);
            }
        }
        // A line that was cut has not all words, but its beginning.
        for (_, start) in starts_in(text) {
            let (at, bit) = place_of(start);
            if self.starts[at].load(Ordering::Relaxed) & bit == 0 {
                self.starts[at].fetch_or(bit, Ordering::Relaxed);
            }
        }
    }

    /// Whether a line of the log begins as this text does.
    fn begins(&self, text: &[u8]) -> bool {
        start_of(text).is_some_and(|start| {
            let (at, bit) = place_of(start);
            self.starts[at].load(Ordering::Relaxed) & bit != 0
        })
    }

    fn has(&self, word: &[u8]) -> bool {
        let (at, bit) = place(word);
        self.bits[at].load(Ordering::Relaxed) & bit != 0
    }

    /// Whether a call with this text could have printed a line of the log. What macros put
    /// around it isn't known yet, so a word at an end of a literal may be part of a longer one.
    /// One pass, which most texts fail at their first words: all of a tree's are asked for.
    pub(super) fn may_have(&self, text: Template<'_>) -> bool {
        let text = text.0;
        if self.begins(text) {
            return true;
        }
        // A macro may put something before the first line even if it is empty.
        let mut empty = false;
        // Whether a word that begins here begins here in the printed line, too.
        let mut bounded = false;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if is_word(byte) {
                let start = at;
                while text.get(at).is_some_and(|byte| is_word(*byte)) {
                    at += 1;
                }
                let ends = text.get(at).is_some_and(|byte| *byte >= 8 && *byte != b'%');
                empty = false;
                if bounded && ends && at - start > 1 && !self.has(&text[start..at]) {
                    // Another of its lines may be there.
                    let Some(next) = memchr::memchr(b'\n', &text[at..]) else { return false };
                    (at, empty, bounded) = (at + next + 1, true, true);
                }
                continue;
            }
            match byte {
                b'\n' if !empty => return true,
                b'\n' => (at, bounded) = (at + 1, true),
                b'%' if text.get(at + 1) == Some(&b'%') => {
                    (at, empty, bounded) = (at + 2, false, true);
                }
                b'%' => (at, empty, bounded) = (past_conversion(text, at), false, false),
                0..8 => (at, empty, bounded) = (past_mark(text, at), false, false),
                _ => (at, empty, bounded) = (at + 1, false, true),
            }
        }
        !empty
    }
}

/// The end of the mark at `at`, with what belongs to it.
pub(super) fn past_mark(text: &[u8], at: usize) -> usize {
    /// Marks with a name, and those with a parameter's number.
    const OPEN: u8 = 6;
    const QUOTED: u8 = 4;
    match text[at] {
        MODULE | OPEN => memchr::memchr(END, &text[at..]).map_or(text.len(), |end| at + end + 1),
        QUOTED => at + 2,
        mark if mark == FORMAT[0] => at + 2,
        _ => at + 1,
    }
}

fn place(word: &[u8]) -> (usize, u64) {
    place_of(hash(word))
}

fn place_of(hash: u32) -> (usize, u64) {
    let bit = hash >> (32 - BITS);
    ((bit >> 6) as usize, 1 << (bit & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_whose_words_the_log_has_are_of_interest() {
        let seen = LogWords::default();
        seen.line(b"[    1.000000] lamp0: no light in room 7\n");
        let may_have = |text: &[u8]| seen.may_have(Template(text));
        assert!(may_have(b"no light in room %d\n"));
        assert!(may_have(b"%s: no light"));
        assert!(!may_have(b"%s: no dark light\n"));
        // One of its lines is enough, an empty one is none.
        assert!(may_have(b"it is dark here\nno light in room %d\n"));
        assert!(!may_have(b"it is dark here\n\n"));
        // The word may go on in what a macro puts there.
        assert!(may_have(b"mp0: no light in ro"));
        assert!(may_have(b"%s"));
        assert!(may_have(b"\n"));
    }
}
