//! Commands that messages name, as they are to be typed.

use std::ffi::OsStr;

use crate::cli::is_command;

/// The command that searches for a text.
pub(crate) fn search_for(text: &str) -> String {
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
