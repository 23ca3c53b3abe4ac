//! Numbers in byte sections: written plainly, and read with every bound checked, so that a
//! damaged index gives wrong numbers to nobody and panics nowhere.

use std::ops::Range;

use super::guard::Guarded;

/// Appends `value` in seven bits a byte, the last byte first without its top bit set.
pub(super) fn put(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads numbers one after the other.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Cursor { bytes, at }
    }

    /// The next number; `None` at the end or where no number is.
    #[inline]
    pub(super) fn number(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
}

/// An array of little-endian 32-bit numbers inside a section.
#[derive(Clone, Copy, Default)]
pub(super) struct Words<'a>(Guarded<'a>);

impl<'a> Words<'a> {
    pub(super) fn new(bytes: Guarded<'a>) -> Self {
        Words(bytes)
    }

    pub(super) fn len(self) -> usize {
        self.0.len() / 4
    }

    #[inline]
    pub(super) fn get(self, index: usize) -> Option<u32> {
        let start = index.checked_mul(4)?;
        let four = self.0.get(start..start.checked_add(4)?)?;
        four.try_into().ok().map(u32::from_le_bytes)
    }

    /// The range from the number at `index` to the next, as of offsets.
    pub(super) fn range(self, index: usize) -> Option<Range<usize>> {
        Some(self.get(index)? as usize..self.get(index.checked_add(1)?)? as usize)
    }

    /// How many numbers come first that `before` holds for, in an array that rises.
    pub(super) fn partition(self, before: impl Fn(u32) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(&before) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The position of `value` in an array that rises.
    pub(super) fn find(self, value: u32) -> Option<usize> {
        let at = self.partition(|known| known < value);
        (self.get(at) == Some(value)).then_some(at)
    }
}

/// Appends an array of 32-bit numbers.
pub(super) fn put_words(out: &mut Vec<u8>, words: &[u32]) {
    out.reserve(words.len() * 4);
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

/// Cuts a section that begins with the lengths of its parts into these.
pub(super) fn parts<const N: usize>(section: Guarded<'_>) -> Option<[Guarded<'_>; N]> {
    let lengths = section.get(0..N * 4)?;
    let mut start = N * 4;
    let mut parts = [Guarded::default(); N];
    for (part, length) in parts.iter_mut().zip(lengths.as_chunks::<4>().0) {
        let end = start.checked_add(u32::from_le_bytes(*length) as usize)?;
        *part = section.part(start..end)?;
        start = end;
    }
    (start == section.len()).then_some(parts)
}

/// Joins parts to a section that [`parts`] cuts again.
pub(super) fn join(parts: &[&[u8]]) -> Vec<u8> {
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let mut out = section_of(&lengths);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// A section that [`parts`] cuts into parts of these lengths, which are to be appended.
pub(super) fn section_of(lengths: &[usize]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lengths.iter().map(|length| length + 4).sum());
    lengths.iter().for_each(|length| out.extend_from_slice(&(*length as u32).to_le_bytes()));
    out
}
