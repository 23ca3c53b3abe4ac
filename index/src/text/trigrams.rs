//! The distinct trigrams of a file: a bit for each of the 2^24 that there are, and a list of
//! those seen, so that the bits can be cleared without touching all two megabytes.

use super::{Trigram, has_newline};

const WORDS: usize = 1 << 18;

/// Collects trigrams, one file after the other.
#[derive(Debug)]
pub(crate) struct Trigrams {
    seen: Box<[u64; WORDS]>,
    found: Vec<Trigram>,
    last: Trigram,
}

/// Two newlines: what comes after them makes no trigram with them.
const START: Trigram = (b'\n' as u32) << 8 | b'\n' as u32;

impl Trigrams {
    /// For a first file.
    pub(crate) fn new() -> Trigrams {
        let seen = vec![0; WORDS].into_boxed_slice().try_into();
        let seen = seen.expect("the slice was made with that length");
        Trigrams { seen, found: Vec::new(), last: START }
    }

    /// Takes the next bytes of the file. Pieces may end anywhere.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        // The first two trigrams begin in the piece before.
        let (head, _) = bytes.split_at(bytes.len().min(2));
        for &byte in head {
            self.last = (self.last << 8 | u32::from(byte)) & 0xff_ffff;
            self.note(self.last);
        }
        // No trigram waits for the one before it: several are looked up at a time.
        for window in bytes.windows(3) {
            self.note(u32::from_be_bytes([0, window[0], window[1], window[2]]));
        }
        if let Some(window) = bytes.last_chunk::<3>() {
            self.last = u32::from_be_bytes([0, window[0], window[1], window[2]]);
        }
    }

    #[inline(always)]
    fn note(&mut self, trigram: Trigram) {
        let word = &mut self.seen[(trigram >> 6) as usize];
        let bit = 1 << (trigram & 63);
        if *word & bit == 0 {
            *word |= bit;
            self.found.push(trigram);
        }
    }

    /// How many were found so far, those with newlines included.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Calls `each` with the file's trigrams, in the order of their first place, and makes
    /// ready for the next file.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Trigram)) {
        for &trigram in &self.found {
            self.seen[(trigram >> 6) as usize] = 0;
            if !has_newline(trigram) {
                each(trigram);
            }
        }
        self.found.clear();
        self.last = START;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<[u8; 3]> {
        let mut trigrams = Trigrams::new();
        // What was there before must not be seen again.
        trigrams.feed(b"static int");
        trigrams.finish(|_| {});
        pieces.iter().for_each(|piece| trigrams.feed(piece));
        let mut found = Vec::new();
        trigrams.finish(|t| found.push([(t >> 16) as u8, (t >> 8) as u8, t as u8]));
        found
    }

    #[test]
    fn each_trigram_once_and_none_across_lines() {
        assert_eq!(all(&[b"abcabc\ndef"]), [*b"abc", *b"bca", *b"cab", *b"def"]);
        assert_eq!(all(&[b"ab\nc"]), [[0; 3]; 0]);
        assert_eq!(all(&[b"\0\0\0"]), [[0; 3]]);
    }

    #[test]
    fn pieces_are_one_text() {
        assert_eq!(all(&[b"sta", b"t", b"", b"ic"]), all(&[b"static"]));
    }
}
