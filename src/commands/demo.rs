//! `kgrep demo`: a tour on a small kernel-like tree that is built in, with the real
//! commands run as a user would run them.
//!
//! The tree, and the lists that the tour makes, have a folder of their own in the
//! cache, so that the tour works anywhere and leaves the user's own lists alone.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};

use kgrep_index::store::trust::may_write;

use crate::folders;
use crate::render::{Content, print_page, visible};

/// The tree that the tests use too.
static TREE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/trees/kernel");

/// The file that makes the tree a kernel's top: else a repository that the cache is in, as that of
/// a home folder that is kept in one, would be taken for the tree.
const MARK: &str = "# What is made before everything else.\n";

/// An upstream kernel's and a distribution's, for `kgrep diff`.
static PAIR: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/trees/pair");

/// A log for `kgrep log`.
const LOG: &str = "\
[    0.912345] ------------[ cut here ]------------
[    0.912348] WARNING: CPU: 1 PID: 1 at fs/namespace.c:21 alloc_vfsmnt+0x31/0x70
[    0.912352] Call Trace:
[    0.912354]  <TASK>
[    0.912356]  vfs_caches_init+0x2c/0x60
[    0.912358]  start_kernel+0x9a/0x1f0
[    0.912361]  </TASK>
[    0.912363] ---[ end trace 0000000000000000 ]---
";

/// The stations: what is said, and kgrep's arguments.
const TOUR: [(&str, &[&str]); 10] = [
    (
        "Search. The bracket that is never closed makes this plain text, not a regular\n\
         expression. Every match gets a number:",
        &["kmem_cache_alloc("],
    ),
    ("The numbers stay good for follow-ups. Two lines around matches 2 and 3:", &["-s", "c2 2,3"]),
    ("Keep some, and count them by folder:", &["-s", "k 3-7; tree"]),
    (
        "Open match 4 in the editor. (The editor of this tour only prints how it is\n\
         called; yours is taken from KGREP_EDITOR, VISUAL or EDITOR.)",
        &["-s", "4"],
    ),
    (
        "Once in a tree, an index makes searches many times faster, and questions possible:",
        &["index"],
    ),
    ("Find by an idea, when you don't know the name:", &["find", "change", "root", "mount"]),
    (
        "Tell all about one name: a system call, a boot parameter, a struct, an option, …:",
        &["trace", "rdinit="],
    ),
    (
        "How does one function get to another, also where a function is handed over?",
        &["chain", "start_kernel", "run_init_process"],
    ),
    (
        "What does a distribution do differently, and who understands its parameter?",
        &["diff", "../pair/upstream", "../pair/distro", "crashkernel=auto"],
    ),
    ("Where does a warning in a log come from?", &["log", "../warning.txt"]),
];

/// Writes the tree below the folder `cache` and walks through it.
///
/// # Errors
/// When the tree can't be written, or a command of the tour fails.
pub(crate) fn run(cache: &Path) -> anyhow::Result<()> {
    let place = cache.join("demo");
    may_write(cache, &place)?;
    let tree = place.join("kernel");
    unpack(&TREE, &tree).with_context(|| format!("can't write {}", tree.display()))?;
    let mark = tree.join("Kbuild");
    put(&mark, MARK.as_bytes()).with_context(|| format!("can't write {}", mark.display()))?;
    let pair = place.join("pair");
    unpack(&PAIR, &pair).with_context(|| format!("can't write {}", pair.display()))?;
    let log = place.join("warning.txt");
    put(&log, LOG.as_bytes()).with_context(|| format!("can't write {}", log.display()))?;
    let kgrep = folders::program()?;

    say(&format!("A small kernel-like tree is in {}\n", tree.display()))?;
    for (text, args) in TOUR {
        say(&format!("{text}\n\n$ kgrep {}\n", typed(args)))?;
        let status = Command::new(&kgrep)
            .args(args)
            .current_dir(&tree)
            .env("KGREP_CACHE_DIR", &place)
            // The user's own settings would make this another tour.
            .env("XDG_CONFIG_HOME", &place)
            .env("KGREP_PAGER", "cat")
            .env("KGREP_EDITOR", editor(&tree))
            .env_remove("KCONFIG_CONFIG")
            .env_remove("KGREP_ARCH")
            .env_remove("EDITORLINEFLAG")
            .env_remove("EDITORLINEFLAGREVERSED")
            .stdin(std::process::Stdio::null())
            .status()
            .with_context(|| format!("can't run {}", kgrep.display()))?;
        if !status.success() {
            bail!("`kgrep {}` failed: {status}", typed(args));
        }
        say("\n")?;
    }
    say(&format!(
        "Now you: cd {} && kgrep start_kernel\n\
         (`kgrep browse start_kernel` has the source beside the list)\n\
         or in a real kernel tree. `kgrep -h` fits a screen. Beside it, in pair, are the sources \
         of two\nkernels for `kgrep diff`.\n",
        shlex::try_quote(&tree.to_string_lossy()).unwrap_or_default()
    ))
}

/// What stands for an editor: it prints how it is called, whatever the path may hold.
fn editor(tree: &Path) -> &'static str {
    let path = tree.as_os_str().as_encoded_bytes();
    if *visible(path) == *path { "echo vim" } else { "sh -c 'echo vim \"$@\" | cat -v' sh" }
}

/// Writes what is missing or differs.
fn unpack(dir: &Dir<'_>, root: &Path) -> io::Result<()> {
    fs::create_dir_all(root.join(dir.path()))?;
    for file in dir.files() {
        put(&root.join(file.path()), file.contents())?;
    }
    dir.dirs().try_for_each(|dir| unpack(dir, root))
}

/// Writes a file that is missing or differs; a tour that runs at the same time finds it whole.
fn put(path: &Path, contents: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == contents) {
        return Ok(());
    }
    let mut whole = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    whole.write_all(contents)?;
    whole.persist(path)?;
    Ok(())
}

/// The arguments as they are typed in a shell.
fn typed(args: &[&str]) -> String {
    let quoted = args.iter().map(|arg| shlex::try_quote(arg).unwrap_or_default());
    quoted.collect::<Vec<_>>().join(" ")
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(print_page(text, Content::Text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_written_and_mended() {
        let place = tempfile::tempdir().unwrap();
        unpack(&TREE, place.path()).unwrap();
        let file = place.path().join("fs/namespace.c");
        let whole = fs::read(&file).unwrap();
        assert!(whole.windows(10).any(|window| window == b"pivot_root"));
        fs::write(&file, "changed").unwrap();
        unpack(&TREE, place.path()).unwrap();
        assert_eq!(fs::read(&file).unwrap(), whole);
    }

    #[test]
    fn command_lines_can_be_typed() {
        assert_eq!(typed(&["a(", "-s", "c2 2,3", "-tc"]), "'a(' -s 'c2 2,3' -tc");
    }
}
