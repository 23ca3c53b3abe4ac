//! The text index: which trigrams are in which files, and which trigrams a match of a
//! pattern must contain. What a trigram is: three bytes in a row, none of them a newline.

pub(crate) mod located;
pub(crate) mod packed;
pub(crate) mod plan;
pub(crate) mod postings;
pub(crate) mod query;
pub(crate) mod regex;
pub(crate) mod segment;
pub(crate) mod segment_write;
pub(crate) mod trigrams;

/// Three bytes of text as a number, the first one in bits 16 to 23.
pub(crate) type Trigram = u32;

/// The trigram of three bytes, unless one is a newline: lines are searched one by one, and
/// where they aren't (`--multiline`), the trigrams inside of the lines are enough.
pub(crate) fn trigram(bytes: &[u8]) -> Option<Trigram> {
    let &[a, b, c] = bytes else { return None };
    let trigram = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
    (!has_newline(trigram)).then_some(trigram)
}

/// Whether a trigram made by shifting has a newline in it.
pub(crate) fn has_newline(trigram: Trigram) -> bool {
    const NEWLINE: u32 = b'\n' as u32;
    trigram & 0xff == NEWLINE || trigram >> 8 & 0xff == NEWLINE || trigram >> 16 == NEWLINE
}
