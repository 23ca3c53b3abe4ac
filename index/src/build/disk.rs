//! What is on the disk when a build begins: the tree's folders and files, and the ignore rules that
//! decide about them.

use crate::{
    Error, Tree,
    stamp::Start,
    store::Cache,
    tree::{
        listing::{self, ListedFolder},
        rules::{inner_rules, outer_rules, repositories},
    },
};

/// A tree as it was found.
pub(super) struct Disk {
    /// When the look at it began.
    pub(super) start: Start,
    pub(super) folders: Vec<ListedFolder>,
    /// The state of the ignore rules.
    pub(super) rules: Vec<u8>,
    /// Whether a rule file has lines that can't be used.
    pub(super) broken_rules: bool,
    /// Whether the tree is one of those that never change.
    pub(super) settled: bool,
}

impl Disk {
    /// Lists the tree.
    pub(super) fn look(cache: &Cache, tree: &Tree) -> Result<Disk, Error> {
        let start = Start::settled();
        let mut rules = outer_rules(tree.root());
        let listing::Listed { mut folders, broken_rules } = listing::list(tree.root(), start)?;
        let settled = cache.is_revision(tree);
        if settled {
            listing::settle(&mut folders);
        }
        rules.extend(listed_rules(tree, &folders, start));
        Ok(Disk { start, folders, rules, broken_rules, settled })
    }
}

/// The state of the ignore rules inside of the tree's repositories.
fn listed_rules(tree: &Tree, listed: &[ListedFolder], start: Start) -> Vec<u8> {
    let folders = listed.iter().map(|folder| {
        let has_file = folder.files.iter().any(|file| file.name.to_bytes() == b".git");
        (folder.path.as_slice(), has_file)
    });
    inner_rules(tree.root(), repositories(folders), Some(start))
}
