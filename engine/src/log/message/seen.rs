//! The words of a log. A format can have printed one of its lines only if that line has all the
//! words of the format's own text, so most formats of a tree need never be made for a log.

use kgrep_index::outline::formats::{Part, Template};

use super::pattern::{is_word, words};
use super::words::hash;
use crate::log::line::{cleaned, parts};

/// Bits for hashes, as a power of two. Two words on one bit cost time, not an answer.
const BITS: u32 = 20;

/// Which words a log has.
pub struct LogWords {
    bits: Vec<u64>,
}

impl Default for LogWords {
    fn default() -> LogWords {
        LogWords { bits: vec![0; 1 << (BITS - 6)] }
    }
}

impl LogWords {
    /// Takes a line of the log, as it is.
    pub fn line(&mut self, line: &[u8]) {
        for part in parts(&cleaned(line)) {
            self.text(part.text);
        }
    }

    /// Takes a line without what the logger put before it.
    pub fn text(&mut self, text: &[u8]) {
        for word in text.split(|byte| !is_word(*byte)).filter(|word| word.len() > 1) {
            let (at, bit) = place(word);
            self.bits[at] |= bit;
        }
    }

    fn has(&self, word: &[u8]) -> bool {
        let (at, bit) = place(word);
        self.bits[at] & bit != 0
    }

    /// Whether a call with this text could have printed a line of the log. What macros put
    /// around it isn't known yet, so a word at an end of a literal may be part of a longer one.
    pub(super) fn may_have(&self, text: Template<'_>) -> bool {
        // A macro may put something before the first line even if it is empty.
        let (mut fits, mut empty) = (true, false);
        for part in text.parts() {
            let Part::Literal(literal) = part else {
                empty = false;
                continue;
            };
            let mut ends = literal.split(|byte| *byte == b'\n').peekable();
            let mut opens = false;
            while let Some(line) = ends.next() {
                let closes = ends.peek().is_some();
                empty &= line.is_empty();
                fits = fits && self.has_all(line, opens, closes);
                if closes {
                    if fits && !empty {
                        return true;
                    }
                    (fits, empty, opens) = (true, true, true);
                }
            }
        }
        fits && !empty
    }

    /// Whether the log has the whole words of `line`, which may begin or end in a word's midst.
    fn has_all(&self, line: &[u8], opens: bool, closes: bool) -> bool {
        let within = line.as_ptr_range();
        words(line).all(|word| {
            let at = word.as_ptr_range();
            let cut = !opens && at.start == within.start || !closes && at.end == within.end;
            cut || self.has(word)
        })
    }
}

fn place(word: &[u8]) -> (usize, u64) {
    let bit = hash(word) >> (32 - BITS);
    ((bit >> 6) as usize, 1 << (bit & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_whose_words_the_log_has_are_of_interest() {
        let mut seen = LogWords::default();
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
