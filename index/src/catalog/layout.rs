//! The places of `queries/layout.toml`: where in a tree what lies.

use std::sync::LazyLock;

use serde::Deserialize;

use super::weights::Place;

const LAYOUT: &str = include_str!("../../queries/layout.toml");

/// The layout, read once.
static KNOWN: LazyLock<Layout> = LazyLock::new(|| {
    toml::from_str(LAYOUT).expect("queries/layout.toml is a part of the program; a test reads it")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    place: Vec<Rule>,
}

/// Which paths are a place's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: Place,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    files_of: Vec<String>,
}

impl Rule {
    fn fits(&self, path: &[u8]) -> bool {
        let is_right_in = |folder: &String| {
            path.strip_prefix(folder.as_bytes()).is_some_and(|name| !name.contains(&b'/'))
        };
        self.starts.iter().any(|start| path.starts_with(start.as_bytes()))
            || self.has.iter().any(|part| memchr::memmem::find(path, part.as_bytes()).is_some())
            || self.files_of.iter().any(is_right_in)
    }
}

/// How far the code of a file reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of the kernel rests on it.
    Core,
    /// A part of the kernel does.
    Subsystem,
    /// Nothing else does: a driver, a test, a tool, a text.
    Beside,
}

/// How far the code of a file reaches, by its path from the tree's top.
pub fn reach(path: &[u8]) -> Reach {
    match place(path) {
        Some(Place::Core) => Reach::Core,
        None | Some(Place::Subsystem | Place::Arch) => Reach::Subsystem,
        Some(_) => Reach::Beside,
    }
}

/// The place of a file, by its path from the tree's top.
pub(super) fn place(path: &[u8]) -> Option<Place> {
    KNOWN.place.iter().find(|rule| rule.fits(path)).map(|rule| rule.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_that_fits_counts() {
        for (path, expected) in [
            ("fs/namei.c", Some(Place::Core)),
            ("fs/ext4/namei.c", None),
            ("drivers/staging/x/x.c", Some(Place::Staging)),
            ("drivers/of/base.c", Some(Place::Subsystem)),
            ("drivers/net/x.c", Some(Place::Driver)),
            ("lib/tests/x.c", Some(Place::Test)),
            ("Documentation/translations/it/x.rst", Some(Place::Translation)),
            ("net/socket.c", Some(Place::Core)),
            ("net/ipv4/tcp.c", None),
        ] {
            assert_eq!(place(path.as_bytes()), expected, "{path}");
        }
    }
}
