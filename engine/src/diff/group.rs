//! Counts instead of hunks: how much each patch, file, function, folder or subsystem
//! changes.

use super::context::Enclosing;
use super::maintainers::Maintainers;
use super::model::Entry;
use std::collections::{HashMap, HashSet};

/// What to count by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The patch.
    Patch,
    /// The file.
    File,
    /// What encloses the change: a function, a Kconfig entry, a section.
    Function,
    /// The folder the file is in.
    Folder,
    /// The section of MAINTAINERS.
    Subsystem,
}

/// One line of the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What its entries have in common; empty where nothing is known.
    pub name: Vec<u8>,
    /// Number of entries.
    pub entries: u32,
    /// Number of different files.
    pub files: u32,
    /// Added lines.
    pub added: u32,
    /// Removed lines.
    pub removed: u32,
}

/// What an entry belongs to. `enclosing` is asked for it only by function.
pub fn name(
    entry: &Entry<'_>,
    by: By,
    maintainers: &Maintainers,
    enclosing: impl FnOnce() -> Option<Enclosing>,
) -> Vec<u8> {
    let file = entry.file.name();
    match by {
        By::Patch => entry.patch.map(|patch| patch.name.clone()).unwrap_or_default(),
        By::File => file.to_vec(),
        // Two files' functions of one name are two functions.
        By::Function => match enclosing() {
            Some(around) => [file, b": ", &around.name].concat(),
            None => file.to_vec(),
        },
        By::Folder => {
            let end = file.iter().rposition(|&b| b == b'/').unwrap_or(0);
            file.get(..end).unwrap_or_default().to_vec()
        }
        By::Subsystem => maintainers.subsystem(file).unwrap_or_default().to_vec(),
    }
}

/// A patch's name without its folders and its ending.
pub fn short_name(name: &[u8]) -> String {
    let base = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let bare = [&b".patch"[..], b".diff", b".mbox"].iter().find_map(|end| base.strip_suffix(*end));
    String::from_utf8_lossy(bare.unwrap_or(base)).into_owned()
}

/// The counts, in the order in which their names first occur.
#[derive(Debug, Default)]
pub struct Groups {
    groups: Vec<Group>,
    places: HashMap<Vec<u8>, usize>,
    /// A file that several patches change is one file.
    seen: HashSet<(usize, Vec<u8>)>,
}

impl Groups {
    /// Counts an entry of the file `file`, with its added and removed lines.
    pub fn add(&mut self, name: Vec<u8>, file: &[u8], (added, removed): (u32, u32)) {
        let place = *self.places.entry(name).or_insert_with_key(|name| {
            self.groups.push(Group { name: name.clone(), ..Group::default() });
            self.groups.len() - 1
        });
        let Some(group) = self.groups.get_mut(place) else { return };
        group.entries += 1;
        group.files += u32::from(self.seen.insert((place, file.to_vec())));
        group.added += added;
        group.removed += removed;
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Group> {
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::model::DiffSet;
    use crate::diff::parse;
    use std::path::Path;

    #[test]
    fn counts_by_folder_and_function() {
        let mut set = DiffSet::default();
        let text = b"--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1 +1 @@ int f(void)\n-\ta\n+\tb\n\
            @@ -9 +9,2 @@ int f(void)\n \tc\n+\td\n--- a/fs/y.c\n+++ b/fs/y.c\n@@ -1 +1 @@\n-\ta\n+\tb\n\
            --- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-\ta\n+\tb\n";
        parse::read(&mut set, text, b"one.patch", Path::new("x"));
        let by = |by| {
            let none = Maintainers::default();
            let around = |entry: &Entry<'_>| {
                let hunk = entry.hunk?;
                crate::diff::context::of_hunk(entry.file, hunk, None)
            };
            let mut groups = Groups::default();
            for entry in set.entries() {
                let name = name(&entry, by, &none, || around(&entry));
                groups.add(name, entry.file.name(), entry.counts());
            }
            let show = |g: Group| {
                (String::from_utf8(g.name).unwrap(), g.entries, g.files, g.added, g.removed)
            };
            groups.into_vec().into_iter().map(show).collect::<Vec<_>>()
        };
        let own = |name: &str, counts: (u32, u32, u32, u32)| {
            (name.to_owned(), counts.0, counts.1, counts.2, counts.3)
        };
        assert_eq!(by(By::Folder), [own("fs", (3, 2, 3, 2)), own("", (1, 1, 1, 1))]);
        assert_eq!(by(By::Patch), [own("one.patch", (4, 3, 4, 3))]);
        assert_eq!(by(By::Function)[0], own("fs/x.c: f", (2, 1, 2, 1)));
    }
}
