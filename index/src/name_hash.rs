//! A quick hash for names, where nobody chooses them to do harm.

/// A name's hash: fast on short names; nothing but speed depends on its quality.
#[inline]
pub(crate) fn hash(name: &[u8]) -> u32 {
    let mut state: u64 = name.len() as u64;
    let mut mix =
        |word: u64| state = (state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let (chunks, rest) = name.as_chunks::<8>();
    chunks.iter().for_each(|chunk| mix(u64::from_le_bytes(*chunk)));
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(u64::from_le_bytes(last));
    }
    (state ^ (state >> 32)) as u32
}

/// [`hash`] for the standard library's maps, where nobody chooses the names to do harm.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NameHasher(u64);

impl std::hash::Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= spread(hash(bytes));
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The table wants its top bits good too.
#[inline]
pub(crate) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
