//! File names in patches: quoted with octal escapes, followed by a tab and a date,
//! prefixed with `a/` and `b/` or with a folder such as `linux-6.1.orig/`.
//!
//! Names are bytes. Making them safe for a terminal is left to their printer.

/// A name as the `---` and `+++` lines give it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawName {
    /// The name, unquoted but with its prefix; `None` of `/dev/null`.
    pub(super) name: Option<Vec<u8>>,
    /// The date behind it is the epoch, GNU diff's way of saying that there is no file.
    pub(super) epoch: bool,
}

/// Reads what follows `--- ` or `+++ `.
pub(super) fn header_name(text: &[u8]) -> RawName {
    let text = trim_end(text);
    if let Some((name, rest)) = unquote(text) {
        return RawName { name: not_null(name), epoch: is_epoch(rest) };
    }
    let (name, stamp) = match text.iter().position(|&b| b == b'\t') {
        Some(tab) => text.split_at(tab),
        None => split_date(text),
    };
    RawName { name: not_null(trim_end(name).to_vec()), epoch: is_epoch(stamp) }
}

/// The two names of a `diff --git` line (what follows `diff --git `), unquoted, with
/// their prefixes. `None` where it can't be told where the first one ends.
pub(super) fn git_names(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let text = trim_end(text);
    if let Some((first, rest)) = unquote(text) {
        let rest = rest.strip_prefix(b" ")?;
        let second = unquote(rest).map_or_else(|| rest.to_vec(), |(name, _)| name);
        return Some((first, second));
    }
    if text.ends_with(b"\"")
        && let Some(at) = find(text, b" \"")
    {
        let (second, _) = unquote(text.get(at + 1..)?)?;
        return Some((text.get(..at)?.to_vec(), second));
    }
    // Blanks in names are not quoted. A name that doesn't change divides the line into
    // halves of equal length; anything else is told by `rename from` and the like.
    let middle = text.len() / 2;
    if text.get(middle) == Some(&b' ') {
        let (first, second) = (text.get(..middle)?, text.get(middle + 1..)?);
        if strip(first, 1) == strip(second, 1) || first == second {
            return Some((first.to_vec(), second.to_vec()));
        }
    }
    let at = find(text, b" b/").or_else(|| text.iter().position(|&b| b == b' '))?;
    Some((text.get(..at)?.to_vec(), text.get(at + 1..)?.to_vec()))
}

/// The name in an extended header such as `rename from NAME`, which has no prefix.
pub(super) fn plain_name(text: &[u8]) -> Vec<u8> {
    let text = trim_line_end(text);
    unquote(text).map_or_else(|| text.to_vec(), |(name, _)| name)
}

/// Takes `count` leading folders off, as `patch -p` does; `None` if there are fewer.
pub fn strip(name: &[u8], count: usize) -> Option<&[u8]> {
    let mut rest = name;
    for _ in 0..count {
        let at = rest.iter().position(|&b| b == b'/')?;
        rest = rest.get(at..)?;
        while let Some(after) = rest.strip_prefix(b"/") {
            rest = after;
        }
    }
    (!rest.is_empty()).then_some(rest)
}

/// How many leading folders a pair of names carries that the tree doesn't have.
///
/// `a/x` and `b/x` have one, as have `linux.orig/x` and `linux/x`. Two equal names
/// without `a/` come from `diff.noprefix` or a patch made in place and have none.
pub(super) fn prefix_of(old: Option<&[u8]>, new: Option<&[u8]>) -> usize {
    let looks_prefixed = |name: &[u8]| {
        let first = name.split(|&b| b == b'/').next().unwrap_or_default();
        // git's prefixes, also with diff.mnemonicPrefix; and a whole tree's name.
        matches!(first, b"a" | b"b" | b"c" | b"i" | b"w" | b"o" | b".")
            || first.starts_with(b"linux")
            || first.ends_with(b".orig")
    };
    match (old, new) {
        (Some(old), Some(new)) if old == new && !looks_prefixed(new) => 0,
        (Some(old), Some(new)) if old == [new, b".orig"].concat() => 0,
        (Some(one), _) | (_, Some(one)) if !one.contains(&b'/') => 0,
        _ => 1,
    }
}

/// Undoes git's C-style quoting; what follows the closing quote comes second.
fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::with_capacity(rest.len());
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (&escape, after) = rest.split_first()?;
                rest = after;
                match escape {
                    b'a' => name.push(7),
                    b'b' => name.push(8),
                    b't' => name.push(b'\t'),
                    b'n' => name.push(b'\n'),
                    b'v' => name.push(11),
                    b'f' => name.push(12),
                    b'r' => name.push(b'\r'),
                    b'0'..=b'3' => {
                        let (digits, after) = rest.split_at_checked(2)?;
                        rest = after;
                        let octal = |d: u8| matches!(d, b'0'..=b'7').then(|| d - b'0');
                        let [high, low] = [octal(*digits.first()?)?, octal(*digits.last()?)?];
                        name.push((escape - b'0') << 6 | high << 3 | low);
                    }
                    other => name.push(other),
                }
            }
            other => name.push(other),
        }
    }
}

/// `linux/file.c 2020-09-30 10:00:00` without a tab: a mail program was at it.
fn split_date(text: &[u8]) -> (&[u8], &[u8]) {
    for (at, _) in text.iter().enumerate().filter(|&(_, &b)| b == b' ') {
        let rest = text.get(at..).unwrap_or_default();
        let digits = |from: usize, n: usize| {
            rest.get(from..from + n).is_some_and(|d| d.iter().all(u8::is_ascii_digit))
        };
        if digits(1, 4) && rest.get(5) == Some(&b'-') && digits(6, 2) && digits(9, 2) {
            return text.split_at(at);
        }
    }
    (text, b"")
}

fn is_epoch(stamp: &[u8]) -> bool {
    // West of Greenwich the epoch is still 1969.
    let stamp = stamp.trim_ascii();
    stamp.starts_with(b"1970-01-01") || stamp.starts_with(b"1969-12-31")
}

fn not_null(name: Vec<u8>) -> Option<Vec<u8>> {
    (!name.is_empty() && name != b"/dev/null").then_some(name)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

/// Without the line ending.
pub(super) fn trim_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Without the line ending and blanks before it.
pub(super) fn trim_end(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(text: &str) -> Option<String> {
        header_name(text.as_bytes()).name.map(|n| String::from_utf8_lossy(&n).into_owned())
    }

    #[test]
    fn names_end_at_a_tab_or_a_date() {
        assert_eq!(name_of("a/fs/x.c\t2020-09-30 10:00:00 +0200\n").unwrap(), "a/fs/x.c");
        assert_eq!(name_of("a/fs/x.c 2020-09-30 10:00:00 +0200\n").unwrap(), "a/fs/x.c");
        assert_eq!(name_of("a/with blank.c\t\n").unwrap(), "a/with blank.c");
        assert_eq!(name_of("/dev/null\n"), None);
        assert!(header_name(b"l/new.c\t1970-01-01 00:00:00.0 +0000").epoch);
    }

    #[test]
    fn octal_escapes_become_bytes() {
        let raw = header_name(b"\"a/caf\\303\\251 \\\"x\\\".c\"\n");
        assert_eq!(raw.name.unwrap(), "a/caf\u{e9} \"x\".c".as_bytes());
    }

    #[test]
    fn a_git_line_with_blanks_is_divided_in_the_middle() {
        let (old, new) = git_names(b"a/two words b/two words\n").unwrap();
        assert_eq!((&old[..], &new[..]), (&b"a/two words"[..], &b"b/two words"[..]));
        let (old, new) = git_names(b"\"a/\\303\\251\" \"b/\\303\\251\"\n").unwrap();
        assert_eq!((&old[..], &new[..]), ("a/\u{e9}".as_bytes(), "b/\u{e9}".as_bytes()));
    }

    #[test]
    fn prefixes_are_told_from_folders_of_the_tree() {
        assert_eq!(prefix_of(Some(b"a/fs/x.c"), Some(b"b/fs/x.c")), 1);
        assert_eq!(prefix_of(Some(b"linux.orig/fs/x.c"), Some(b"linux/fs/x.c")), 1);
        assert_eq!(prefix_of(Some(b"fs/x.c"), Some(b"fs/x.c")), 0);
        assert_eq!(prefix_of(None, Some(b"b/fs/x.c")), 1);
        assert_eq!(strip(b"a/fs/x.c", 1).unwrap(), b"fs/x.c");
    }
}
