//! What macros of the kernel do, by `queries/macros.toml`, as far as changes are told by it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kgrep_index::idiom::Idioms;
use serde::Deserialize;

const TABLE: &str = include_str!("../../queries/macros.toml");

/// The table, read once.
pub(super) static MACROS: LazyLock<Macros> = LazyLock::new(|| {
    toml::from_str(TABLE).expect("queries/macros.toml is a part of the program; a test reads it")
});

/// What macros and attributes mean to whoever reads C: what an outline is made by.
pub(super) static IDIOMS: LazyLock<Idioms> = LazyLock::new(Idioms::built_in);

/// Macros by what they do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Macros {
    pub(super) parameters: Names,
    pub(super) module_parameters: Names,
    pub(super) syscalls: Names,
    pub(super) syscall_headers: Names,
    pub(super) no_syscalls: Names,
    pub(super) no_entries: Names,
    /// Architectures by the ABI that is theirs alone.
    pub(super) syscall_abis: BTreeMap<String, String>,
    pub(super) exports: Names,
    pub(super) tracepoints: Names,
    pub(super) module_facts: Names,
    pub(super) assembler_data: Names,
}

/// Names of macros, and beginnings of names.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Whether a macro of this name is among them.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.0.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start.as_bytes()),
            None => name == known.as_bytes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_a_star_stands_for_the_rest() {
        let macros: Macros = toml::from_str(TABLE).unwrap();
        let is_first = |names: &Names| names.has(names.0[0].trim_end_matches('*').as_bytes());
        assert!(is_first(&macros.parameters) && is_first(&macros.syscalls));
        assert!(macros.module_facts.has(b"MODULE_LICENSE"));
        assert!(!macros.parameters.has(b"early_param_x"));
    }
}
