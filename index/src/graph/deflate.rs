//! What the graph's files keep small: deflated, fast rather than best, as all of it is read at once.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// `bytes`, deflated behind what is in `out`.
pub(super) fn deflated(out: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(out, Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes what is written")
}

/// What was deflated to `bytes`, behind what is in `out`, but no more than `most` bytes of it; none where
/// it is not so packed.
pub(super) fn inflated(mut out: Vec<u8>, bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    DeflateDecoder::new(bytes).take(most).read_to_end(&mut out).ok()?;
    Some(out)
}
