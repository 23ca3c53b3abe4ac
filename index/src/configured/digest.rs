//! A number for some bytes, to see later whether they are still the same. Millions of short lines
//! are put into it, so it is quick; nobody gains by making two texts of one number.

/// A number that grows by parts; where one ends counts as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digest {
    value: u64,
}

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xe703_7ed1_a0b4_28db;

impl Default for Digest {
    fn default() -> Digest {
        Digest { value: FIRST }
    }
}

impl Digest {
    pub(super) fn add(&mut self, part: &[u8]) {
        let mut chunks = part.chunks_exact(16);
        for chunk in &mut chunks {
            let (low, high) = chunk.split_at(8);
            self.mix(word(low), word(high));
        }
        let rest = chunks.remainder();
        let (low, high) = rest.split_at(rest.len().min(8));
        self.mix(word(low), word(high));
        self.mix(part.len() as u64, SECOND);
    }

    fn mix(&mut self, low: u64, high: u64) {
        let product = u128::from(low ^ self.value) * u128::from(high ^ SECOND);
        let folded = (product as u64) ^ ((product >> 64) as u64);
        // Where one of both was nothing, the other still counts.
        self.value =
            folded ^ low.rotate_left(23) ^ high.rotate_left(41) ^ self.value.rotate_left(5);
    }

    /// The number; never 0.
    pub(super) fn finish(mut self) -> u64 {
        self.mix(FIRST, FIRST);
        self.value.max(1)
    }
}

fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::Digest;
    use std::collections::HashSet;

    fn of(parts: &[&[u8]]) -> u64 {
        let mut digest = Digest::default();
        parts.iter().for_each(|part| digest.add(part));
        digest.finish()
    }

    #[test]
    fn texts_that_differ_have_other_numbers() {
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b""]), of(&[b"", b""]));
        assert_eq!(of(&[b"define", b"A 1"]), of(&[b"define", b"A 1"]));
        let mut seen = HashSet::new();
        for length in 0..70 {
            let zeros = vec![0; length];
            assert!(seen.insert(of(&[&zeros])), "{length} zeros");
            for at in 0..length {
                for bit in 0..8 {
                    let mut text = zeros.clone();
                    text[at] = 1 << bit;
                    assert!(seen.insert(of(&[&text])), "{length} bytes, bit {bit} of {at}");
                }
            }
        }
    }
}
