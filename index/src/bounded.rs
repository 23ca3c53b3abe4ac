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

#[cfg(test)]
mod tests {
    use super::read_at_most;

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
}
