//! Places that a line names itself: `WARNING: CPU: 0 PID: 1 at fs/namespace.c:123`,
//! `kernel BUG at fs/namespace.c:123!`.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::frame::{compiled, names_place};

/// A file and a line in it, as they were where the kernel was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'t> {
    /// The path as it is written.
    pub path: &'t [u8],
    /// The line, from 1.
    pub line: u32,
}

/// The place that `text` names, if it names one.
pub fn stamp(text: &[u8]) -> Option<Stamp<'_>> {
    static STAMP: OnceLock<Regex> = OnceLock::new();
    if !names_place(text) {
        return None;
    }
    let stamp = compiled(
        &STAMP,
        r"(?:^|[\s(])((?:/|\.{1,2}/)?[\w.+-]+(?:/[\w.+-]+)*\.(?:c|h|S|rs)):(\d{1,6})\b",
    )?;
    let found = stamp.captures(text)?;
    let line = std::str::from_utf8(found.get(2)?.as_bytes()).ok()?.parse().ok()?;
    Some(Stamp { path: found.get(1)?.as_bytes(), line })
}

impl Stamp<'_> {
    /// The paths below a tree's root that it may be: as it is, and without the folders that
    /// the kernel was built in, the longest first.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = Some(self.path);
        std::iter::from_fn(move || {
            let path = rest?;
            rest = memchr::memchr(b'/', path).map(|slash| &path[slash + 1..]);
            Some(path)
        })
        .filter(|path| !path.is_empty() && !path.starts_with(b"."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_their_place() {
        let named = |text: &'static str| stamp(text.as_bytes()).map(|s| (s.path, s.line));
        let lamp = Some((&b"drivers/lamp.c"[..], 7));
        assert_eq!(named("WARNING: CPU: 1 PID: 1 at drivers/lamp.c:7 lamp_on+0x5/0x20"), lamp);
        assert_eq!(named("kernel BUG at drivers/lamp.c:7!"), lamp);
        assert_eq!(named("drivers/lamp.c:7 suspicious rcu_dereference_check() usage!"), lamp);
        assert_eq!(named("UBSAN: shift-out-of-bounds in drivers/lamp.c:7:12"), lamp);
        assert_eq!(named("lamp 0000:00:01.0: ready"), None);
        let far = stamp(b"at /build/linux/drivers/lamp.c:7").unwrap();
        assert!(far.paths().any(|path| path == b"drivers/lamp.c"));
    }
}
