//! Paths as `file:` addresses, and back.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The path of a `file:` address; none of another one.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // The machine's name, which is empty or this one's.
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default().as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        let escaped = rest.get(at + 1..at + 3).filter(|_| byte == b'%');
        let value = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    (!bytes.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(&bytes)))
}

/// The `file:` address of an absolute path.
pub(super) fn of(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_there_and_back() {
        for text in ["/a/b.c", "/with space/ü.c", "/100%/x#y?z", "/\u{1F600}"] {
            assert_eq!(path(&of(Path::new(text))).unwrap(), Path::new(text), "{text}");
        }
        let odd = Path::new(OsStr::from_bytes(b"/a\xff\n"));
        assert_eq!(of(odd), "file:///a%FF%0A");
        assert_eq!(path("file:///a%FF%0A").unwrap(), odd);
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("file://other/a"), None);
        assert_eq!(path("file:///a%00"), None);
        assert_eq!(path("file://localhost/a%2").unwrap(), Path::new("/a%2"));
    }
}
