//! Which words of `kgrep history` are names, and which are sides. Names come first: what follows is one
//! as long as it could be a name in C, and nothing here is called so, no file, no folder and no revision.

use std::ffi::{OsStr, OsString};

use anyhow::{Context, Result};

use super::Finder;

/// Divides the words into names and sides. The first is a name whatever it could be besides, unless
/// names come from elsewhere, too.
///
/// # Errors
/// If a name is not text.
pub(super) fn divided<'a>(
    words: &'a [OsString],
    names_elsewhere: bool,
    finder: &mut Finder<'_>,
) -> Result<(Vec<String>, &'a [OsString])> {
    let mut names: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_first = at == 0 && !names_elsewhere;
        // `struct file` is one, be it of two words.
        let is_tagged = names.last().is_some_and(|name| is_tag(name));
        if !(is_first || is_tagged || (could_be_name(word) && !finder.knows(word))) {
            return Ok((names, &words[at..]));
        }
        let text = word.to_str().with_context(|| format!("{}: a name is UTF-8", word.display()))?;
        names.push(text.to_owned());
    }
    Ok((names, &[]))
}

fn is_tag(word: &str) -> bool {
    matches!(word, "struct" | "union" | "enum")
}

/// Whether something in C can be called so. `v6` can, but is meant as a version.
fn could_be_name(word: &OsStr) -> bool {
    let Some(word) = word.to_str() else { return false };
    let name = match word.split_once(' ') {
        Some((tag, name)) if is_tag(tag) => name,
        _ => word,
    };
    let is_version =
        |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let is_word = |name: &str| name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    is_word(name)
        && !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.strip_prefix('v').is_some_and(is_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_a_range_and_a_path_are_no_names() {
        for name in ["kfree", "_raw", "CONFIG_SMP", "v4l2_open", "struct file", "struct", "v"] {
            assert!(could_be_name(OsStr::new(name)), "{name}");
        }
        for side in ["v6", "v6.1", "6", "6.1", "a..b", "git:a", "a/b", ".", "HEAD~3", "", "a b"] {
            assert!(!could_be_name(OsStr::new(side)), "{side}");
        }
    }
}
