//! What Makefiles define for the preprocessor: `-D` among a folder's flags, or among one object's.

use serde::{Deserialize, Serialize};

use super::files::split;

/// One `-DNAME=VALUE`, and for which sources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Define {
    /// A folder, or a source without its suffix.
    #[serde(with = "serde_bytes")]
    pub(super) place: Vec<u8>,
    pub(super) scope: Scope,
    #[serde(with = "serde_bytes")]
    pub(super) name: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub(super) value: Vec<u8>,
}

/// For which sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Scope {
    /// Those of the folder.
    Folder,
    /// Those of the folder and of all below.
    Below,
    /// The one.
    Source,
}

/// All that a configuration's Makefiles define.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defines(Vec<Define>);

impl Defines {
    pub(super) fn add(&mut self, defines: Vec<Define>) {
        self.0.extend(defines);
    }

    /// Puts them in order; before that, none is found.
    pub(super) fn finish(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// What is defined where the source at `path` is compiled, each with its value. A header is
    /// compiled in other places.
    pub fn of(&self, path: &[u8]) -> Vec<(&[u8], &[u8])> {
        let mut found = Vec::new();
        let (folder, file) = split(path);
        if self.0.is_empty() || file.ends_with(b".h") {
            return found;
        }
        let stem = path.iter().rposition(|b| *b == b'.').map_or(path, |dot| &path[..dot]);
        self.at(stem, &[Scope::Source], &mut found);
        self.at(folder, &[Scope::Folder, Scope::Below], &mut found);
        let mut above = folder;
        while !above.is_empty() {
            above = split(above).0;
            self.at(above, &[Scope::Below], &mut found);
        }
        found
    }

    fn at<'d>(&'d self, place: &[u8], scopes: &[Scope], found: &mut Vec<(&'d [u8], &'d [u8])>) {
        let first = self.0.partition_point(|define| &define.place[..] < place);
        let here = self.0[first..].iter().take_while(|define| define.place == place);
        let here = here.filter(|define| scopes.contains(&define.scope));
        found.extend(here.map(|define| (&define.name[..], &define.value[..])));
    }
}

/// What a word of flags defines; without a value it is 1.
pub(super) fn definition(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = word.strip_prefix(b"-D")?;
    let end = memchr::memchr(b'=', text).unwrap_or(text.len());
    let (name, value) = (&text[..end], text.get(end + 1..).unwrap_or(b"1"));
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    (!name.is_empty() && name.iter().all(is_name)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_what_its_own_and_its_folders_flags_define() {
        let mut defines = Defines::default();
        let all = [
            ("drivers/a", Scope::Folder, "FOLDER", "1"),
            ("drivers", Scope::Below, "BELOW", "2"),
            ("drivers", Scope::Folder, "OTHER", "1"),
            ("drivers/a/b", Scope::Source, "OWN", "3"),
            ("drivers/a/bc", Scope::Source, "NOT", "1"),
        ];
        let define = |(place, scope, name, value): &(&str, Scope, &str, &str)| Define {
            place: place.as_bytes().to_vec(),
            scope: *scope,
            name: name.as_bytes().to_vec(),
            value: value.as_bytes().to_vec(),
        };
        defines.add(all.iter().map(define).collect());
        defines.finish();
        let of = |path: &str| -> Vec<String> {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let found = defines.of(path.as_bytes()).into_iter();
            found.map(|(name, value)| format!("{}={}", text(name), text(value))).collect()
        };
        assert_eq!(of("drivers/a/b.c"), ["OWN=3", "FOLDER=1", "BELOW=2"]);
        assert_eq!(of("drivers/a/b.h"), [""; 0]);
        assert_eq!(of("fs/b.c"), [""; 0]);
        assert_eq!(definition(b"-DX"), Some((&b"X"[..], &b"1"[..])));
        assert_eq!(definition(b"-DX=2"), Some((&b"X"[..], &b"2"[..])));
        assert_eq!(definition(b"-DX(a)=2"), None);
    }
}
