//! What a configuration leaves out of an answer, counted, so that it can be said how much that
//! was.

use std::path::{Path, PathBuf};

use kgrep_index::configured::{Configured, Presence};

use crate::Note;

/// Goes through the parts of an answer: which of them stay.
pub struct LeftOut<'a> {
    configured: &'a Configured,
    hidden: u64,
    total: u64,
    /// Whether some of them are in files that are built.
    arms: bool,
    /// The files of which only a compiler could tell, and how many parts are in them.
    unknown: Vec<Vec<u8>>,
    maybe: u64,
}

impl<'a> LeftOut<'a> {
    /// Nothing was gone through yet.
    pub fn new(configured: &'a Configured) -> LeftOut<'a> {
        LeftOut { configured, hidden: 0, total: 0, arms: false, unknown: Vec::new(), maybe: 0 }
    }

    /// Whether what is in the file at `path`, below the tree's root, stays; it counts as
    /// `number` parts.
    pub fn keeps(&mut self, path: &[u8], number: u64) -> bool {
        self.total += number;
        match self.configured.presence(path) {
            Presence::Out => self.hidden += number,
            Presence::In => return true,
            Presence::Unknown => {
                self.maybe += number;
                if self.unknown.last().is_none_or(|last| last != path) {
                    self.unknown.push(path.to_vec());
                }
                return true;
            }
        }
        false
    }

    /// One that stayed is in an arm that is off, or another architecture's.
    pub fn takes_back(&mut self) {
        self.hidden += 1;
        self.arms = true;
    }

    /// How many were left out.
    pub fn hidden(&self) -> u64 {
        self.hidden
    }

    /// What is to be said of it.
    pub fn notes(mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.hidden > 0 {
            notes.push(Note::NotBuilt { hidden: self.hidden, total: self.total, arms: self.arms });
        }
        if self.maybe > 0 {
            self.unknown.sort_unstable();
            self.unknown.dedup();
            let files = self.unknown.into_iter().map(Into::into).collect();
            notes.push(Note::MaybeBuilt { number: self.maybe, files });
        }
        notes
    }
}

/// Which file of a tree a path of a search is, by where the search starts.
pub struct Below {
    /// Each start as the search calls it, and as it is below the tree's root.
    starts: Vec<(PathBuf, PathBuf)>,
}

impl Below {
    /// Of a search that starts at `starts`, each relative to the folder `here`. What lies outside
    /// of the tree at `root` is none of its files.
    pub fn new<'p>(root: &Path, here: &Path, starts: impl IntoIterator<Item = &'p Path>) -> Below {
        let below = |start: &Path| {
            let real = here.join(start).canonicalize().ok()?;
            let shown: PathBuf = start.strip_prefix("./").unwrap_or(start).to_owned();
            Some((shown, real.strip_prefix(root).ok()?.to_owned()))
        };
        Below { starts: starts.into_iter().filter_map(below).collect() }
    }

    /// The path below the tree's root of what the search calls `path`.
    pub fn path(&self, path: &Path) -> Option<Vec<u8>> {
        let path = path.strip_prefix("./").unwrap_or(path);
        let rest = |(start, below): &(PathBuf, PathBuf)| {
            let rest = path.strip_prefix(start).ok()?;
            Some((rest.as_os_str().len(), below.join(rest)))
        };
        let found = self.starts.iter().filter_map(rest).min_by_key(|(rest, _)| *rest)?;
        let bytes = found.1.into_os_string().into_encoded_bytes();
        // A file that is named itself has nothing behind it.
        Some(bytes.strip_suffix(b"/").map_or(bytes.clone(), <[u8]>::to_vec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_searchs_paths_are_the_trees() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("fs/ext4")).unwrap();
        std::fs::write(root.join("fs/open.c"), "").unwrap();
        let starts = ["./", "../fs/ext4", "open.c"].map(Path::new);
        let below = Below::new(&root, &root.join("fs"), starts);
        let path =
            |text: &str| below.path(Path::new(text)).map(|path| String::from_utf8(path).unwrap());
        assert_eq!(path("namei.c").as_deref(), Some("fs/namei.c"));
        assert_eq!(path("../fs/ext4/inode.c").as_deref(), Some("fs/ext4/inode.c"));
        assert_eq!(path("open.c").as_deref(), Some("fs/open.c"));
        assert_eq!(Below::new(&root, &root, [Path::new("/")]).path(Path::new("/a.c")), None);
    }
}
