//! Places that a line names itself: `WARNING: CPU: 0 PID: 1 at fs/namespace.c:123`,
//! `kernel BUG at fs/namespace.c:123!`.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::frame::{compiled, names_place};
use super::knowledge::knowledge;

/// A file and a line in it, as they were where the kernel was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp<'t> {
    /// The path as it is written, or as it is known to be meant.
    pub path: Cow<'t, [u8]>,
    /// The line, from 1.
    pub line: u32,
}

/// The place that `text` names, if it names one.
pub fn stamp(text: &[u8]) -> Option<Stamp<'_>> {
    static STAMP: OnceLock<Regex> = OnceLock::new();
    if !names_place(text) {
        return without_folder(text);
    }
    let stamp = compiled(
        &STAMP,
        r"(?:^|[\s(])((?:/|\.{1,2}/)?[\w.+-]+(?:/[\w.+-]+)*\.(?:c|h|S|rs)):(\d{1,6})\b",
    )?;
    let found = stamp.captures(text)?;
    let line = std::str::from_utf8(found.get(2)?.as_bytes()).ok()?.parse().ok()?;
    Some(Stamp { path: Cow::Borrowed(found.get(1)?.as_bytes()), line })
}

/// The place that a text names in a way of its own, without the folder: `(20240827/psargs-330)`.
fn without_folder(text: &[u8]) -> Option<Stamp<'_>> {
    static OWN: OnceLock<Vec<Option<Regex>>> = OnceLock::new();
    let text = text.trim_ascii_end();
    // All of them stand in brackets at the end.
    if !text.ends_with(b")") {
        return None;
    }
    let all = &knowledge().stamped;
    let read = |text: &str| regex::bytes::RegexBuilder::new(text).unicode(false).build().ok();
    let own = OWN.get_or_init(|| all.iter().map(|one| read(&one.text)).collect());
    all.iter().zip(own).find_map(|(one, regex)| {
        let found = regex.as_ref()?.captures(text)?;
        let line = std::str::from_utf8(found.get(2)?.as_bytes()).ok()?.parse().ok()?;
        let name = found.get(1)?.as_bytes();
        let path = [one.folder.as_bytes(), name, one.ends.as_bytes()].concat();
        Some(Stamp { path: Cow::Owned(path), line })
    })
}

impl Stamp<'_> {
    /// Whether the path is there as it is written.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.path, Cow::Borrowed(_))
    }

    /// The paths below a tree's root that it may be: as it is, and without the folders that
    /// the kernel was built in, the longest first.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = Some(&self.path[..]);
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
        let named = |text: &'static str| stamp(text.as_bytes()).map(|s| (s.path.to_vec(), s.line));
        let lamp = Some((b"drivers/lamp.c".to_vec(), 7));
        assert_eq!(named("WARNING: CPU: 1 PID: 1 at drivers/lamp.c:7 lamp_on+0x5/0x20"), lamp);
        assert_eq!(named("kernel BUG at drivers/lamp.c:7!"), lamp);
        assert_eq!(named("drivers/lamp.c:7 suspicious rcu_dereference_check() usage!"), lamp);
        assert_eq!(named("UBSAN: shift-out-of-bounds in drivers/lamp.c:7:12"), lamp);
        assert_eq!(named("lamp 0000:00:01.0: ready"), None);
        let own = named("ACPI Error: No lamp in [HALL] (20250101/lampinit-7)");
        assert_eq!(own, Some((b"drivers/acpi/acpica/lampinit.c".to_vec(), 7)));
        assert_eq!(named("lamp (2025/lampinit-7) is on (7)"), None);
        let far = stamp(b"at /build/linux/drivers/lamp.c:7").unwrap();
        assert!(far.paths().any(|path| path == b"drivers/lamp.c"));
    }
}
