//! Which architecture a question is about: a folder of `arch/`.

use std::path::Path;

use anyhow::{Result, bail};
use kgrep_index::graph::Arch;

use crate::settings::{Origin, Setting};

/// The architecture that `setting` means in the tree at `root`.
///
/// A tree without that architecture's folder is asked about as a whole, unless the user
/// has named the architecture and there are others.
///
/// # Errors
/// When he has.
pub fn chosen(setting: &Setting<String>, root: &Path) -> Result<Arch> {
    let name = folder_name(&setting.value);
    if name == "all" {
        return Ok(Arch::All);
    }
    if root.join("arch").join(name).is_dir() {
        return Ok(Arch::named(name));
    }
    let there = architectures(root);
    if setting.origin != Origin::Default && !there.is_empty() {
        bail!(
            "no architecture here is called {name} ({}); there are {}, and all",
            setting.origin,
            there.join(", ")
        );
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

    fn asked(value: &str, origin: Origin, folders: &[&str]) -> Result<Arch> {
        let tree = tempfile::tempdir().unwrap();
        for folder in folders {
            std::fs::create_dir_all(tree.path().join("arch").join(folder)).unwrap();
        }
        chosen(&Setting { value: value.to_owned(), origin }, tree.path())
    }

    #[test]
    fn the_machines_own_where_the_tree_has_it() {
        let asked = |folders: &[&str]| asked("x86_64", Origin::Default, folders).unwrap();
        assert_eq!(asked(&["arm64", "x86"]), Arch::named("x86"));
        assert_eq!(asked(&["arm64"]), Arch::All);
        assert_eq!(asked(&[]), Arch::All);
    }

    #[test]
    fn a_named_one_must_be_there() {
        let flag = || Origin::Flag("arch");
        assert_eq!(asked("aarch64", flag(), &["arm64"]).unwrap(), Arch::named("arm64"));
        assert_eq!(asked("all", flag(), &["arm64"]).unwrap(), Arch::All);
        assert_eq!(asked("vax", flag(), &[]).unwrap(), Arch::All, "no kernel, no architectures");
        let error = asked("vax", flag(), &["x86", "arm64"]).unwrap_err().to_string();
        assert!(error.contains("vax") && error.contains("arm64, x86"), "{error}");
    }
}
