//! Paths as they are written in files of a tree: bytes, with `/`.

use std::cmp::Ordering;

/// `path` without `.`, `..` and doubled slashes; what would lead out of its start is cut off.
pub fn normal(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    kept.join(&b'/')
}

/// What an `#include` names: as [`normal`], but that what leads out of the file's folder stays: `../a/b.h`.
pub fn relative(path: &[u8]) -> Vec<u8> {
    let parts = path.split(|b| *b == b'/').filter(|part| !matches!(*part, b"" | b"."));
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in parts {
        match kept.last() {
            Some(last) if part == b".." && *last != b".." => drop(kept.pop()),
            _ => kept.push(part),
        }
    }
    kept.join(&b'/')
}

/// What follows the `..` that a path from [`relative`] begins with.
pub fn after_ups(path: &[u8]) -> &[u8] {
    let mut rest = path;
    while let Some(next) = rest.strip_prefix(b"../") {
        rest = next;
    }
    rest
}

/// The path that an `#include` in the file at `from` names first: beside that file.
pub fn beside(from: &[u8], include: &[u8]) -> Vec<u8> {
    normal(&[split(from).0, b"/", include].concat())
}

/// What stands before the last folders and the name of a path, if it ends in these.
pub fn before<'p>(path: &'p [u8], end: &[u8]) -> Option<&'p [u8]> {
    let before = path.strip_suffix(end)?;
    (before.is_empty() || before.ends_with(b"/")).then_some(before)
}

/// Whether `path` is `top` or below it; all are below the root, which is empty.
pub fn is_below(path: &[u8], top: &[u8]) -> bool {
    top.is_empty() || path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

/// Path order: as each component compared by itself, so that a slash comes before any other byte.
pub fn in_order(one: &[u8], other: &[u8]) -> Ordering {
    const STEP: usize = 8;
    // Neighbours in a tree begin alike: eight bytes are compared at once.
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP));
    let same = STEP * steps.take_while(|(one, other)| one == other).count();
    let key = |byte: &u8| if *byte == b'/' { 0 } else { *byte };
    one[same..].iter().map(key).cmp(other[same..].iter().map(key))
}

/// A path below `folder`: with a slash between, unless `folder` is the root.
pub(crate) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// A path's folder and last component.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&b| b == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests {
    use super::{after_ups, in_order, normal, relative};

    #[test]
    fn a_slash_comes_before_any_other_byte() {
        let sorted = [
            "a",
            "a/b",
            "a/b/c",
            "a-b",
            "a.c",
            "ab",
            "drivers/net/x",
            "drivers/net/x/y.c",
            "drivers/net/x-y.c",
            "drivers/net/x.c",
            "drivers/netx/a.c",
        ];
        for (at, one) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                let order = in_order(one.as_bytes(), other.as_bytes());
                assert_eq!(order, at.cmp(&other_at), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_path_is_what_it_leads_to() {
        for (path, expected) in
            [("a/./b//c", "a/b/c"), ("../a", "a"), ("a/../../b", "b"), ("/a/", "a"), ("..", "")]
        {
            assert_eq!(normal(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn an_include_may_lead_out_of_its_folder() {
        for (path, expected, behind) in [
            ("a/./b//c", "a/b/c", "a/b/c"),
            ("../a", "../a", "a"),
            ("./../../a/b", "../../a/b", "a/b"),
            ("a/../../b", "../b", "b"),
            ("..", "..", ".."),
        ] {
            let found = relative(path.as_bytes());
            assert_eq!((&found[..], after_ups(&found)), (expected.as_bytes(), behind.as_bytes()));
        }
    }
}
