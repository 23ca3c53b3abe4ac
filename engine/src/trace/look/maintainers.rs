//! The entry of MAINTAINERS for a file: the one whose pattern says most about its path.

use globset::GlobBuilder;

use super::definitions::lines;
use crate::trace::case::Case;
use crate::trace::tracer::{Row, Tracer};

/// The entries for the first files of the answer, without their lists of files.
pub(super) fn entries(tracer: &mut Tracer<'_, '_>, case: &Case<'_>) -> Vec<Row> {
    let path = case.subjects.first().map(|subject| tracer.path(subject));
    let path = path.or_else(|| case.found.first().map(|row| row.path.clone()));
    let Some(path) = path else { return Vec::new() };
    let path = String::from_utf8_lossy(&path).into_owned();
    let file = tracer.file(b"MAINTAINERS");
    let mut best: Option<(usize, u32, u32)> = None;
    let mut title = 0;
    for number in 1..=file.line_count() {
        let text = String::from_utf8_lossy(file.line(number).unwrap_or_default()).into_owned();
        let text = text.trim_end();
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        if text.is_empty() {
            title = 0;
        } else if title == 0 {
            title = line;
        }
        let Some(pattern) = text.strip_prefix("F:").map(str::trim) else { continue };
        if title > 0 && covers(pattern, &path) {
            let says = pattern.trim_end_matches(['*', '/']).len();
            if best.is_none_or(|(most, ..)| says > most) {
                best = Some((says, title, line));
            }
        }
    }
    let Some((_, title, by)) = best else { return Vec::new() };
    let end = (title..).find(|line| tracer.text(b"MAINTAINERS", *line).is_empty()).unwrap_or(by);
    lines(b"MAINTAINERS", title, end.saturating_sub(1))
        .filter(|row| row.line == by || !tracer.text(b"MAINTAINERS", row.line).starts_with("F:"))
        .collect()
}

/// Whether a pattern of MAINTAINERS means a path: `fs/ext4/` all below, `fs/*` only the
/// files right in it.
fn covers(pattern: &str, path: &str) -> bool {
    if pattern.ends_with('/') {
        return path.starts_with(pattern);
    }
    // Most patterns of the thousands are told apart without making a matcher.
    let plain = pattern.split(['*', '?', '[']).next().unwrap_or(pattern);
    if plain.len() == pattern.len() {
        return pattern == path || path.strip_prefix(pattern).is_some_and(|r| r.starts_with('/'));
    }
    if !path.starts_with(plain) {
        return false;
    }
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn patterns_and_paths() {
        assert!(covers("fs/ext4/", "fs/ext4/inode.c"));
        assert!(covers("fs/*", "fs/open.c") && !covers("fs/*", "fs/ext4/inode.c"));
        assert!(covers("kernel/fork.c", "kernel/fork.c"));
        assert!(!covers("fs/ext", "fs/ext4/inode.c"));
    }
}
