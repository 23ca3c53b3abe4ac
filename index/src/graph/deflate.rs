//! What the graph's files keep small: deflated, fast rather than best, as all of it is read at once;
//! what is there for the next revision only, a little better.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// How well what is for the next revision only is deflated: a tenth less than at the first level, and a
/// better one takes longer than it is worth.
const BETTER: u32 = 4;

/// `bytes`, deflated behind what is in `out`.
pub(super) fn deflated(out: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    deflated_at(Compression::fast(), out, bytes)
}

/// The same in fewer bytes.
pub(super) fn deflated_better(out: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    deflated_at(Compression::new(BETTER), out, bytes)
}

fn deflated_at(level: Compression, out: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(out, level);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes what is written")
}

/// What was deflated to `bytes`, behind what is in `out`, but no more than `most` bytes of it; none where
/// it is not so packed.
pub(super) fn inflated(mut out: Vec<u8>, bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    DeflateDecoder::new(bytes).take(most).read_to_end(&mut out).ok()?;
    Some(out)
}
