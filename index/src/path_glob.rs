//! Globs for paths, compared letter by letter. A question looks at a few paths: to compile a hundred
//! globs for them, as `globset` does, costs more than all of it.

/// Whether a path is like a glob in which `*` is any text without a slash; one that ends in `**` is
/// for all files below.
pub(crate) fn matches(glob: &str, path: &[u8]) -> bool {
    match glob.strip_suffix("**") {
        Some(start) => (0..=path.len()).any(|end| like(start.as_bytes(), &path[..end])),
        None => like(glob.as_bytes(), path),
    }
}

/// The same, without `**`.
fn like(glob: &[u8], path: &[u8]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < path.len() {
        if glob.get(at) == Some(&b'*') {
            star = Some((at, from));
            at += 1;
        } else if glob.get(at) == Some(&path[from]) {
            (at, from) = (at + 1, from + 1);
        } else if let Some((star_at, star_from)) = star.filter(|(_, from)| path[*from] != b'/') {
            (at, from) = (star_at + 1, star_from + 1);
            star = Some((star_at, star_from + 1));
        } else {
            return false;
        }
    }
    glob[at.min(glob.len())..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_glob_stays_in_its_folder() {
        for (glob, path, expected) in [
            ("fs/*.c", "fs/open.c", true),
            ("fs/*.c", "fs/ceph/file.c", false),
            ("fs/proc/**", "fs/proc/inode.c", true),
            ("arch/*/mm/**", "arch/x86/mm/pat/set.c", true),
            ("arch/*/mm/**", "arch/x86/kernel/mm/a.c", false),
            ("drivers/*/*core*.c", "drivers/phy/phy-core.c", true),
            ("drivers/*/*core*.c", "drivers/phy/hi/core.c", false),
            ("block/*.c", "block/a.h", false),
        ] {
            assert_eq!(matches(glob, path.as_bytes()), expected, "{glob} {path}");
        }
    }
}
