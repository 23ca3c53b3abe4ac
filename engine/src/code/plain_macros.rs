//! Macros that say nothing of what a function does that uses them, as `queries/plain.toml` has them.

use std::sync::LazyLock;

use serde::Deserialize;

const PLAIN: &str = include_str!("../../queries/plain.toml");

static KNOWN: LazyLock<Plain> = LazyLock::new(|| {
    toml::from_str(PLAIN).expect("queries/plain.toml is a part of the program; a test reads it")
});

/// `queries/plain.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    checks: Vec<String>,
    casts: Vec<String>,
    constants: Vec<String>,
}

/// Whether a macro of this name says nothing of what the function does that uses it.
pub fn says_nothing(name: &[u8]) -> bool {
    let Plain { checks, casts, constants } = &*KNOWN;
    let is_like = |known: &String| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start.as_bytes()),
        None => known.as_bytes() == name,
    };
    [checks, casts, constants].into_iter().flatten().any(is_like)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_read() {
        let known: Plain = toml::from_str(PLAIN).unwrap();
        assert!(known.casts.len() > 4);
        assert!(says_nothing(b"unlikely") && says_nothing(b"WARN_ON_ONCE"));
        assert!(!says_nothing(b"list_for_each_entry") && !says_nothing(b"likely_story"));
    }
}
