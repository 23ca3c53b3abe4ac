//! The words of `queries/words.toml`: what names write short, and what people call a kind.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const WORDS: &str = include_str!("../../queries/words.toml");

/// The words, read once.
static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    toml::from_str(WORDS).expect("queries/words.toml is a part of the program; a test reads it")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// The long form of each short one.
    short: BTreeMap<String, String>,
    /// The kinds that each word means.
    kinds: BTreeMap<String, Vec<String>>,
}

/// Every short form with its long one.
pub(crate) fn short_forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.short.iter().map(|(short, long)| (short.as_str(), long.as_str()))
}

/// Whether `word` is what people call things of the kind `kind`.
pub(crate) fn means_kind(word: &str, kind: &str) -> bool {
    KNOWN.kinds.get(word).is_some_and(|kinds| kinds.iter().any(|known| known == kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read() {
        let known: Known = toml::from_str(WORDS).unwrap();
        assert!(known.short.len() >= 40 && known.kinds.len() >= 20);
        assert!(means_kind("maintains", "maintainer") && !means_kind("maintains", "param"));
        assert!(short_forms().any(|pair| pair == ("irq", "interrupt")));
    }
}
