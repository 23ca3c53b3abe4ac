//! What must be known of Kbuild beyond its Makefiles: `queries/kbuild.toml`.

use std::collections::HashMap;

use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../queries/kbuild.toml");

/// A number that changes with the facts.
pub(crate) fn fingerprint() -> u32 {
    crc32fast::hash(BUILT_IN.as_bytes())
}

/// The facts of `queries/kbuild.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    #[serde(default)]
    architecture: Vec<Architecture>,
    embedded: Embedded,
    module: Module,
    pub(super) include: Include,
    pub(super) variables: HashMap<String, String>,
    pub(super) condition: Macros,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Architecture {
    folder: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    entries: Vec<String>,
    symbol: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Embedded {
    folders: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Module {
    sources: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Include {
    pub(super) folders: Vec<String>,
    pub(super) always: Vec<String>,
    pub(super) asm: Vec<String>,
}

/// Macros that conditions are made of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Macros {
    pub(super) enabled: Vec<String>,
    pub(super) builtin: Vec<String>,
    pub(super) module: Vec<String>,
    pub(super) reachable: Vec<String>,
    pub(super) defined: Vec<String>,
    pub(super) always: Vec<String>,
    pub(super) never: Vec<String>,
    pub(super) assembly: Vec<String>,
    pub(super) bits: Vec<String>,
    pub(super) compiler: HashMap<String, String>,
}

impl Knowledge {
    /// What comes with the program.
    ///
    /// # Panics
    /// Never: a test reads the same text.
    pub fn built_in() -> Knowledge {
        toml::from_str(BUILT_IN).expect("queries/kbuild.toml is part of the program")
    }

    /// The folder under `arch/` for what a title calls the architecture, or for the first
    /// architecture whose own symbol is on.
    pub(super) fn architecture(
        &self,
        title: Option<&[u8]>,
        is_on: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let titled = title.and_then(|title| self.folder(std::str::from_utf8(title).ok()?));
        let by_symbol = || self.architecture.iter().find(|a| is_on(&a.symbol));
        titled.or_else(by_symbol).map(|a| a.folder.clone())
    }

    /// The architecture's folder for any of its names.
    pub fn folder_of(&self, name: &str) -> Option<&str> {
        self.folder(name).map(|a| a.folder.as_str())
    }

    fn folder(&self, name: &str) -> Option<&Architecture> {
        let is = |a: &&Architecture| a.folder == name || a.names.iter().any(|n| n == name);
        self.architecture.iter().find(is)
    }

    /// Whether `name` is what another architecture than that of `folder` calls a system call's
    /// entry.
    pub fn is_entry_of_other(&self, name: &[u8], folder: &str) -> bool {
        let others = self.architecture.iter().filter(|a| a.folder != folder);
        others.flat_map(|a| &a.entries).any(|prefix| {
            let rest = name.strip_prefix(prefix.as_bytes());
            rest.is_some_and(|r| r.starts_with(b"sys_") || r.starts_with(b"compat_sys_"))
        })
    }

    /// Whether a program made in this folder is carried by the kernel's image.
    pub(super) fn is_embedded(&self, folder: &[u8]) -> bool {
        let mut parts = folder.split(|b| *b == b'/');
        parts.any(|part| {
            self.embedded.folders.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(before) => part.starts_with(before.as_bytes()),
                None => part == pattern.as_bytes(),
            })
        })
    }

    /// Sources that are linked into each module.
    pub(super) fn module_sources(&self) -> impl Iterator<Item = &[u8]> {
        self.module.sources.iter().map(String::as_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Knowledge;

    #[test]
    fn the_programs_own_file_is_read() {
        let knowledge = Knowledge::built_in();
        assert_eq!(knowledge.folder_of("x86_64"), Some("x86"));
        assert_eq!(knowledge.folder_of("vax"), None);
        assert!(knowledge.is_entry_of_other(b"__arm64_sys_open", "x86"));
        assert!(!knowledge.is_entry_of_other(b"__x64_sys_open", "x86"));
        assert!(knowledge.is_embedded(b"arch/x86/entry/vdso"));
        assert!(!knowledge.is_embedded(b"arch/x86/realmode/rm"));
    }
}
