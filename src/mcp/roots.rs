//! The client's roots: where no tree is named, the first folder among them is served. The client is
//! asked once it says that it is ready, and what it asks meanwhile waits for its answer.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::percent::decoded;

/// What the question for roots is known by.
pub(super) const ID: &str = "kgrep-roots";

/// What is known of the client's roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Roots {
    /// They don't count: a tree is named, or the client has none.
    Unasked,
    /// The client has some, and is to be asked when it is ready.
    Offered,
    /// They are asked for.
    Awaited,
}

impl Roots {
    /// What an `initialize` request says of them.
    pub(super) fn of(params: &Value) -> Roots {
        match params.pointer("/capabilities/roots").is_some_and(Value::is_object) {
            true => Roots::Offered,
            false => Roots::Unasked,
        }
    }
}

/// The first folder among the roots of an answer.
pub(super) fn folder(result: &Value) -> Option<PathBuf> {
    let roots = result.get("roots")?.as_array()?;
    let uris = roots.iter().filter_map(|root| root.get("uri")?.as_str());
    uris.filter_map(path).find(|path| path.is_dir())
}

/// The path of a `file://` URI.
fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // A host may stand before the path.
    let bytes = rest.get(rest.find('/')?..)?.as_bytes();
    Some(PathBuf::from(OsString::from_vec(decoded(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_a_path() {
        let path = |uri| path(uri).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("file:///src/my%20linux").as_deref(), Some("/src/my linux"));
        assert_eq!(path("file://host/src").as_deref(), Some("/src"));
        assert_eq!(path("file:///a%zz%").as_deref(), Some("/a%zz%"));
        assert_eq!(path("https://kernel.org/"), None);
        assert_eq!(path("file://"), None);
    }
}
