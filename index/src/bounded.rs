//! Reads a file into memory up to a size: the one bounded reader. How much is too much is for
//! those who read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What is in the file at `path`.
///
/// # Errors
/// When it can't be read, or is larger than `most` bytes
/// ([`io::ErrorKind::FileTooLarge`]), also where it tells no size or grows meanwhile.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// The same, read into `memory`, which grows where it must: what is in the file is its beginning, and behind that
/// is whatever was there before.
///
/// # Errors
/// As [`read_at_most`].
pub fn read_at_most_into<'m>(
    path: &Path,
    most: u64,
    memory: &'m mut Vec<u8>,
) -> io::Result<&'m [u8]> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut wanted = usize::try_from(size).unwrap_or(0) + 1;
    let mut filled = 0;
    loop {
        if memory.len() < wanted {
            let room = wanted.next_multiple_of(PAGES);
            if filled == 0 {
                // Nothing of it is kept, and the system hands out large memory that is zero already.
                drop(std::mem::take(memory));
                *memory = vec![0; room];
            } else {
                memory.resize(room, 0);
            }
        }
        match file.read(&mut memory[filled..]) {
            Ok(0) => return Ok(&memory[..filled]),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled as u64 > most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // All that it said it has, where more would have been read, too.
        if filled as u64 == size && filled < memory.len() {
            return Ok(&memory[..filled]);
        }
        wanted = wanted.max(filled + 1);
    }
}

/// The number of bytes that memory grows by.
const PAGES: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::{read_at_most, read_at_most_into};

    #[test]
    fn what_is_larger_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_at_most(&path, 5).unwrap(), b"12345");
        let error = read_at_most(&path, 4).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
        // It tells no size.
        assert!(read_at_most("/dev/zero".as_ref(), 1 << 16).is_err());
    }

    #[test]
    fn memory_is_used_again() {
        let place = tempfile::tempdir().unwrap();
        let (long, short) = (place.path().join("long"), place.path().join("short"));
        let text = "0123456789".repeat(20_000);
        std::fs::write(&long, &text).unwrap();
        std::fs::write(&short, "12345").unwrap();
        let mut memory = Vec::new();
        assert_eq!(read_at_most_into(&short, 5, &mut memory).unwrap(), b"12345");
        assert_eq!(read_at_most_into(&long, 1 << 20, &mut memory).unwrap(), text.as_bytes());
        assert_eq!(read_at_most_into(&short, 5, &mut memory).unwrap(), b"12345");
        let error = read_at_most_into(&short, 4, &mut memory).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
        assert!(read_at_most_into("/dev/zero".as_ref(), 1 << 17, &mut memory).is_err());
        std::fs::write(&short, "").unwrap();
        assert_eq!(read_at_most_into(&short, 5, &mut memory).unwrap(), b"");
    }
}
