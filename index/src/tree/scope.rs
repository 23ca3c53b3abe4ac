//! The part of a tree that a search looks at, so that a search below `fs/ext4` asks after
//! the files of `fs/ext4` only.

use crate::paths::is_below;

/// Folders of a tree, relative to its root; the empty path is the whole tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Vec<Vec<u8>>);

impl Scope {
    /// The whole tree.
    pub fn whole() -> Scope {
        Scope(vec![Vec::new()])
    }

    /// What is below any of these folders. Paths are relative to the tree's root, without
    /// `.` or `..`, with `/` between components and none at the end.
    pub fn below<P: Into<Vec<u8>>>(folders: impl IntoIterator<Item = P>) -> Scope {
        Scope(folders.into_iter().map(Into::into).collect())
    }

    /// Whether `folder` is one of the scope's folders or below one.
    pub(crate) fn holds(&self, folder: &[u8]) -> bool {
        self.0.iter().any(|top| is_below(folder, top))
    }

    /// Whether that is so of every folder.
    pub(crate) fn is_whole(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    /// Whether one of the scope's folders is below `folder`: its ignore rules count.
    pub(crate) fn passes(&self, folder: &[u8]) -> bool {
        self.0.iter().any(|top| is_below(top, folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_alike_is_not_below() {
        let scope = Scope::below(["fs/ext4"]);
        assert!(scope.holds(b"fs/ext4") && scope.holds(b"fs/ext4/x"));
        assert!(!scope.holds(b"fs/ext42") && !scope.holds(b"fs"));
        assert!(scope.passes(b"") && scope.passes(b"fs") && !scope.passes(b"f"));
        assert!(Scope::whole().holds(b"any") && Scope::whole().holds(b""));
    }
}
