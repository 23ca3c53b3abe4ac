//! Packed files of modules, as `make modules_install` writes them: with gzip, xz or zstd.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Xz,
    Zstd,
}

/// How the names of packed files end.
const ENDS: [(&str, Packing); 3] =
    [("gz", Packing::Gzip), ("xz", Packing::Xz), ("zst", Packing::Zstd)];

impl Packing {
    /// As the end of a file's name says.
    pub(super) fn of(path: &Path) -> Option<Packing> {
        let end = path.extension()?;
        ENDS.iter().find(|(name, _)| end == *name).map(|(_, packing)| *packing)
    }

    /// All that was packed into `packed`, up to `most` bytes.
    pub(super) fn unpacked(self, packed: impl Read, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut packed = BufReader::new(packed);
        match self {
            Packing::Gzip => {
                flate2::bufread::MultiGzDecoder::new(packed).take(most).read_to_end(&mut bytes)?;
            }
            Packing::Xz => {
                lzma_rust2::XzReader::new(packed, true).take(most).read_to_end(&mut bytes)?;
            }
            Packing::Zstd => {
                // A frame after the other, as `zstd` reads them.
                while !packed.fill_buf()?.is_empty() {
                    let frame = ruzstd::decoding::StreamingDecoder::new(&mut packed);
                    let left = most.saturating_sub(bytes.len() as u64);
                    frame.map_err(io::Error::other)?.take(left).read_to_end(&mut bytes)?;
                }
            }
        }
        Ok(bytes)
    }
}
