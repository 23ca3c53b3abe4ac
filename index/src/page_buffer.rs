//! Memory that files are read into, by searches and by builds: it begins at a page.
//!
//! Where a large allocation begins, just behind the allocator's header, some processors
//! (AMD's with fast short `rep movsb`) copy from the page cache at half the speed, which
//! is a third of a whole search.

use std::io::{self, Read};

/// The size of a page, to whose beginning memory is aligned.
const PAGE: usize = 4096;

/// A number of bytes that begin at a page.
#[derive(Debug)]
pub struct PageBuffer {
    bytes: Vec<u8>,
    /// Where the page begins.
    start: usize,
    len: usize,
}

impl PageBuffer {
    /// `len` bytes, all zero.
    pub fn new(len: usize) -> PageBuffer {
        let bytes = vec![0; len + PAGE];
        // A platform that can't tell gets what it has.
        let start = bytes.as_ptr().align_offset(PAGE).min(PAGE);
        PageBuffer { bytes, start, len }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All bytes from `from` on, to be written.
    pub fn rest(&mut self, from: usize) -> &mut [u8] {
        &mut self.bytes[self.start..self.start + self.len][from..]
    }

    /// The first `filled` bytes.
    pub fn filled(&self, filled: usize) -> &[u8] {
        &self.bytes[self.start..self.start + self.len][..filled]
    }

    /// Reads until the end of `reader`, or until all bytes from `from` on are written; how
    /// many bytes are there then.
    ///
    /// # Errors
    /// When `reader` can't be read.
    pub fn fill(&mut self, from: usize, reader: &mut impl Read) -> io::Result<usize> {
        let mut filled = from;
        while filled < self.len {
            match reader.read(self.rest(filled)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Makes it `len` bytes long and keeps the first `filled`.
    pub fn resize(&mut self, len: usize, filled: usize) {
        let mut other = PageBuffer::new(len);
        other.rest(0)[..filled].copy_from_slice(self.filled(filled));
        *self = other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_at_a_page_and_keeps_what_it_holds() {
        let mut buffer = PageBuffer::new(200_000);
        buffer.rest(0)[..5].copy_from_slice(b"kgrep");
        buffer.resize(400_000, 5);
        assert_eq!((buffer.filled(5), buffer.len()), (&b"kgrep"[..], 400_000));
        assert_eq!(buffer.filled(0).as_ptr() as usize % PAGE, 0);
        assert_eq!(buffer.rest(5).len(), 399_995);
    }
}
