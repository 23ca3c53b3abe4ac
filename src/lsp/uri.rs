//! Paths as `file:` addresses, and back.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::percent::{decoded, push_encoded};

/// The path of a `file:` address; none of another one.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // The machine's name, which is empty or this one's.
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let bytes = decoded(rest.as_bytes());
    (!bytes.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(&bytes)))
}

/// The `file:` address of an absolute path.
pub(super) fn of(path: &Path) -> String {
    let mut uri = b"file://".to_vec();
    push_encoded(&mut uri, path.as_os_str().as_bytes());
    String::from_utf8_lossy(&uri).into_owned()
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
