//! Where a tree begins. What is in it is for `tree`, where its index lies for `store`.

use std::path::{Path, PathBuf};

use crate::Error;

/// A tree that has, or could have, an index of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    root: PathBuf,
}

/// Files that a kernel's top folder has and no other folder of it has together.
const KERNEL_TOP: [&str; 4] = ["Kbuild", "Kconfig", "MAINTAINERS", "Makefile"];

/// Whether a folder has the marks of a tree's top.
fn is_top(folder: &Path) -> bool {
    folder.join(".git").exists() || KERNEL_TOP.iter().all(|name| folder.join(name).is_file())
}

impl Tree {
    /// The tree that `path` is in: the nearest folder, from `path` upwards, with a `.git` or
    /// with a kernel's top-level files; else the folder itself (that of a file, for a file).
    ///
    /// Fails when `path` does not exist.
    pub fn locate(path: &Path) -> Result<Tree, Error> {
        let real = path.canonicalize().map_err(|e| Error::io(path, e))?;
        let start = match real.parent() {
            Some(parent) if !real.is_dir() => parent.to_path_buf(),
            _ => real,
        };
        let root = start.ancestors().find(|folder| is_top(folder)).unwrap_or(&start).to_path_buf();
        Ok(Tree { root })
    }

    /// The folder as a tree of its own, be it inside of another.
    ///
    /// Fails when it does not exist.
    pub fn at(folder: &Path) -> Result<Tree, Error> {
        Ok(Tree { root: folder.canonicalize().map_err(|e| Error::io(folder, e))? })
    }

    /// Whether the top folder has the marks of a tree's.
    pub(crate) fn is_marked(&self) -> bool {
        is_top(&self.root)
    }

    /// What could be trees around this one: it, and each folder above it.
    pub(crate) fn upwards(&self) -> impl Iterator<Item = Tree> {
        self.root.ancestors().map(|root| Tree { root: root.to_path_buf() })
    }

    /// Whether the top folder has anything that a source tree's has: a `.git`, or one of a
    /// kernel's top-level files. A machine's or a user's top folder has none.
    pub fn looks_like_source(&self) -> bool {
        self.root.join(".git").exists() || KERNEL_TOP.iter().any(|n| self.root.join(n).is_file())
    }

    /// The tree's top folder: absolute, without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernels_top_is_found_from_below() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap().join("linux");
        std::fs::create_dir_all(top.join("drivers/net")).unwrap();
        std::fs::write(top.join("drivers/net/Kconfig"), "").unwrap();
        std::fs::write(top.join("drivers/net/Makefile"), "").unwrap();
        for name in KERNEL_TOP {
            std::fs::write(top.join(name), "").unwrap();
        }
        assert_eq!(Tree::locate(&top.join("drivers/net")).unwrap().root(), top);
        assert_eq!(Tree::locate(&top.join("drivers/net/Kconfig")).unwrap().root(), top);
    }

    #[test]
    fn without_a_mark_the_folder_itself_is_the_tree() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().canonicalize().unwrap();
        std::fs::create_dir(real.join("a")).unwrap();
        assert_eq!(Tree::locate(&real.join("a")).unwrap().root(), real.join("a"));
        assert!(Tree::locate(&real.join("missing")).is_err());
    }
}
