//! What people call a kind of thing. There is one table of names (`queries/kinds.toml`), and who
//! asks for a kind takes every word that means one of those there are.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

const TABLE: &str = include_str!("../queries/kinds.toml");

#[derive(Deserialize)]
struct Table {
    /// The words that are taken for each name.
    names: BTreeMap<String, Vec<String>>,
}

fn table() -> &'static Table {
    static KNOWN: OnceLock<Table> = OnceLock::new();
    KNOWN.get_or_init(|| toml::from_str(TABLE).expect("a test reads the table"))
}

/// The name of the kind that a word means; the word itself where the table hasn't it.
pub fn name(word: &str) -> &str {
    let mut names = table().names.iter();
    let found = names.find(|(_, words)| words.iter().any(|other| other == word));
    found.map_or(word, |(name, _)| name)
}

/// Which of the words that there are `word` means.
pub fn synonym<'w>(
    word: &str,
    there: impl IntoIterator<Item = &'w str> + Clone,
) -> Option<&'w str> {
    let exact = there.clone().into_iter().find(|other| *other == word);
    exact.or_else(|| there.into_iter().find(|other| name(other) == name(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_one_kind() {
        let mut seen = std::collections::BTreeSet::new();
        for (name, words) in &table().names {
            for word in words.iter().chain([name]) {
                assert!(seen.insert(word.clone()), "{word} is there twice");
            }
        }
    }

    #[test]
    fn whatever_a_kind_is_called_it_is_found_among_those_there_are() {
        for word in ["param", "boot-param", "params", "parameter"] {
            assert_eq!(synonym(word, ["file", "boot-param"]), Some("boot-param"), "{word}");
            assert_eq!(synonym(word, ["params", "configs"]), Some("params"), "{word}");
        }
        assert_eq!(synonym("exports", ["export", "exports"]), Some("exports"));
        assert_eq!(synonym("lamp", ["param"]), None);
    }
}
