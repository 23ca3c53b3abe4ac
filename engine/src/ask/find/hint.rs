//! What to say where nothing is found: why, and what may find it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use kgrep_index::{Flags, Fresh, Index, Listing, Narrow, Plan, Query, Scope};

use crate::Note;
use crate::request::Find;

/// That nothing was found, and whether the text may have it.
pub(super) fn nothing(find: &Find, missing: &[String], (index, fresh): (&Index, &Fresh)) -> Note {
    let question = find.words.join(" ");
    let words = plain(&question);
    let several = words.split(' ').count() > 1;
    let narrowed = !find.kinds.is_empty() || !find.within.is_empty();
    let in_text = !narrowed && !words.is_empty() && may_have(index, fresh, &words);
    Note::NothingAbout {
        asked: question.trim().to_owned(),
        missing: if several { missing.to_vec() } else { Vec::new() },
        narrowed,
        text: in_text.then_some(words),
    }
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
}
