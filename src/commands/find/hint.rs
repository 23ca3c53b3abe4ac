//! What to say where nothing is found: why, and what may find it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use kgrep_index::{Flags, Fresh, Index, Listing, Narrow, Plan, Query, Scope};

use crate::cli::{FindArgs, is_command};

/// Says that nothing was found, and the command that finds it in the text, as it is to be typed.
pub(super) fn nothing(
    args: &FindArgs,
    missing: &[String],
    (index, fresh): (&Index, &Fresh),
) -> String {
    let question = args.words.join(" ");
    let mut said = format!("nothing here is about {}", question.trim());
    let words = plain(&question);
    let several = words.split(' ').count() > 1;
    if several && !missing.is_empty() {
        said += &format!(": nothing has {}", missing.join(", "));
    }
    if !args.kind.is_empty() || !args.within.is_empty() {
        return said + "; without --kind and --in there may be more";
    }
    if words.is_empty() || !may_have(index, fresh, &words) {
        return said;
    }
    format!("{said}; `{}` searches the text", search_for(&words))
}

/// The words that are wanted, without what is only said of them.
fn plain(question: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut refused = false;
    for word in question.split_whitespace() {
        let quotes = word.matches('"').count();
        let begins = !refused && word.starts_with('-') && word.len() > 1;
        if !begins && !refused {
            let word = word.trim_start_matches('+').replace('"', "");
            let word = word.strip_prefix("name:").unwrap_or(&word).trim_end_matches('*');
            words.extend((!word.is_empty()).then(|| word.to_owned()));
        }
        // A phrase that must not be goes on up to its other quote.
        refused =
            if begins { word.starts_with("-\"") && quotes == 1 } else { refused && quotes == 0 };
    }
    words.join(" ")
}

/// More files than this are not read to give a hint.
const MANY_FILES: usize = 64;

/// Whether the text of any file has this, or may have.
fn may_have(index: &Index, fresh: &Fresh, text: &str) -> bool {
    let flags = Flags { fixed_strings: true, ..Flags::default() };
    let query = Query::from_patterns(&[text], &flags);
    let Ok(Plan::Narrow(candidates)) = index.plan(&query, &Scope::whole()) else { return true };
    let listing = Listing { ignored: false, links: false };
    let paths = Narrow::new(index, &candidates, fresh, listing).list(b"", false);
    let Some(paths) = paths.filter(|paths| paths.len() <= MANY_FILES) else { return true };
    paths.iter().any(|path| {
        let bytes = std::fs::read(index.root().join(OsStr::from_bytes(path)));
        bytes.is_ok_and(|bytes| memchr::memmem::find(&bytes, text.as_bytes()).is_some())
    })
}

/// The command that searches for a text.
fn search_for(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || "_ ,:=".contains(c);
    let flags = match text {
        _ if !text.chars().all(is_word) => "-F -e ",
        _ if is_command(OsStr::new(text)) => "-e ",
        _ => "",
    };
    format!("kgrep {flags}{}", for_shell(text))
}

/// A word as a shell must be given it.
fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./,:=@%".contains(c);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_are_searched_for() {
        for (question, expected) in [
            ("+xyzzy memory -arm", "xyzzy memory"),
            ("-\"page fault\" \"end of file\"", "end of file"),
            ("name:kmem_* +", "kmem_"),
            ("-\"a b c\" -\"d\" e", "e"),
        ] {
            assert_eq!(plain(question), expected, "{question}");
        }
    }

    #[test]
    fn a_hint_can_be_typed() {
        for (text, expected) in [
            ("kmem_cache", "kgrep kmem_cache"),
            ("two words", "kgrep 'two words'"),
            ("def", "kgrep -e def"),
            ("it's $HOME", "kgrep -F -e 'it'\\''s $HOME'"),
            ("-x.*", "kgrep -F -e '-x.*'"),
        ] {
            assert_eq!(search_for(text), expected);
        }
    }
}
