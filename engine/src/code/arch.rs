//! Which architecture a question is about: a folder of `arch/`.

use std::path::Path;

use kgrep_index::graph::Arch;

use crate::{Error, Result};

/// The architecture that a user means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchChoice {
    /// Its name, as Rust, `uname -m` or the kernel has it; or `all`.
    pub name: String,
    /// True when the user has named it: a tree without it is then an error.
    pub named: bool,
}

/// The architecture that `choice` means in the tree at `root`.
///
/// A tree without that architecture's folder is asked about as a whole, unless the user
/// has named the architecture and there are others.
///
/// # Errors
/// If the user named an architecture that this tree lacks, and it has others.
pub(crate) fn chosen(choice: &ArchChoice, root: &Path) -> Result<Arch> {
    let name = folder_name(&choice.name);
    if name == "all" {
        return Ok(Arch::All);
    }
    if root.join("arch").join(name).is_dir() {
        return Ok(Arch::named(name));
    }
    let there = architectures(root);
    if choice.named && !there.is_empty() {
        return Err(Error::UnknownArch { name: name.to_owned(), there });
    }
    Ok(Arch::All)
}

/// The folder of a machine, by the name that Rust or `uname -m` has for it.
pub fn folder_name(machine: &str) -> &str {
    match machine {
        "x86_64" | "i386" | "i686" | "amd64" => "x86",
        "aarch64" => "arm64",
        "armv7l" | "armhf" => "arm",
        "powerpc64" | "ppc64" | "ppc64le" => "powerpc",
        "riscv32" | "riscv64" => "riscv",
        "mips32r6" | "mips64" | "mips64r6" => "mips",
        "loongarch64" => "loongarch",
        "sparc64" => "sparc",
        "s390x" => "s390",
        other => other,
    }
}

/// The architectures of the tree at `root`.
pub fn architectures(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join("arch")).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, named: bool, folders: &[&str]) -> Result<Arch> {
        let tree = tempfile::tempdir().unwrap();
        for folder in folders {
            std::fs::create_dir_all(tree.path().join("arch").join(folder)).unwrap();
        }
        chosen(&ArchChoice { name: name.to_owned(), named }, tree.path())
    }

    #[test]
    fn the_machines_own_where_the_tree_has_it() {
        let asked = |folders: &[&str]| asked("x86_64", false, folders).unwrap();
        assert_eq!(asked(&["arm64", "x86"]), Arch::named("x86"));
        assert_eq!(asked(&["arm64"]), Arch::All);
        assert_eq!(asked(&[]), Arch::All);
    }

    #[test]
    fn a_named_one_must_be_there() {
        assert_eq!(asked("aarch64", true, &["arm64"]).unwrap(), Arch::named("arm64"));
        assert_eq!(asked("all", true, &["arm64"]).unwrap(), Arch::All);
        assert_eq!(asked("vax", true, &[]).unwrap(), Arch::All, "no kernel, no architectures");
        let error = asked("vax", true, &["x86", "arm64"]).unwrap_err().to_string();
        assert!(error.contains("vax") && error.contains("arm64, x86"), "{error}");
    }
}
