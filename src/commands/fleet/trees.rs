//! Which trees tables are made of, and what they are called: the list is the same on every machine
//! that is given the same words, so that each can do its part of it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::cli::{CommonArgs, ExportArgs};
use crate::folders;

/// A list of trees is not longer.
const LONGEST: u64 = 64 << 20;

/// A tree with its name in the fleet.
pub(super) struct Tree {
    /// What its folder of tables is called: `v6.1`, `rhel-9`.
    pub(super) name: String,
    /// Where it is.
    pub(super) place: Place,
}

/// Where a tree is.
#[derive(PartialEq, Eq)]
pub(super) enum Place {
    /// Its top folder.
    Folder(PathBuf),
    /// A revision of the repository.
    Revision(String),
}

/// All that are named, in their order: folders and revisions, then those of the file, of `--at`, and
/// of `--tags`; without any, the tree around the current folder.
///
/// # Errors
/// If a tree does not exist, or two have one name.
pub(super) fn all(
    args: &ExportArgs,
    common: &CommonArgs,
    mut tags: impl FnMut(&str) -> Result<Vec<String>>,
) -> Result<Vec<Tree>> {
    let here = folders::current()?;
    let mut words = args.trees.clone();
    if let Some(path) = &args.trees_from {
        words.extend(listed(path).with_context(|| path.display().to_string())?);
    }
    let mut found: Vec<Tree> = Vec::new();
    for word in &words {
        add(&mut found, tree(&here, word)?)?;
    }
    for name in &common.at {
        add(&mut found, revision(name, name)?)?;
    }
    for glob in &args.tags {
        for tag in tags(glob.strip_prefix("git:").unwrap_or(glob))? {
            add(&mut found, revision(&tag, &tag)?)?;
        }
    }
    if found.is_empty() {
        ensure!(args.trees_from.is_none(), "there is no tree in the list; give one per line");
        let root = kgrep_index::Tree::locate(&here)?.root().to_owned();
        add(&mut found, folder(&root)?)?;
    }
    Ok(found)
}

/// The lines of a file that are not empty and no comments.
fn listed(path: &Path) -> Result<Vec<OsString>> {
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => io::stdin().lock().take(LONGEST).read_to_end(&mut bytes)?,
        false => File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?,
    };
    ensure!((read as u64) < LONGEST, "more than {} MiB of trees are not read", LONGEST >> 20);
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let wanted = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    Ok(wanted.map(|line| OsString::from_vec(line.to_vec())).collect())
}

/// Takes a tree in; one that is there already is not taken twice.
fn add(found: &mut Vec<Tree>, tree: Tree) -> Result<()> {
    match found.iter().find(|other| other.name == tree.name) {
        None => found.push(tree),
        Some(other) => ensure!(
            other.place == tree.place,
            "two trees are called {}; give one another name: NAME=TREE",
            tree.name
        ),
    }
    Ok(())
}

/// What a word means: a folder, `git:REV`, or one of them behind a name and `=`.
fn tree(here: &Path, word: &OsStr) -> Result<Tree> {
    if here.join(word).is_dir() {
        return folder(&here.join(word).canonicalize()?).map(|tree| match named(Path::new(word)) {
            // A link's name is the one that was given.
            Some(name) => Tree { name, ..tree },
            None => tree,
        });
    }
    let bytes = word.as_bytes();
    if let Some(name) = bytes.strip_prefix(b"git:") {
        let name = String::from_utf8_lossy(name);
        return revision(&name, &name);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
        let name = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let rest = OsStr::from_bytes(&bytes[at + 1..]);
        if here.join(rest).is_dir() || rest.as_bytes().starts_with(b"git:") {
            return Ok(Tree { name, ..tree(here, rest)? });
        }
    }
    bail!("{}: neither a folder nor git:REV", Path::new(word).display())
}

fn named(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

fn folder(root: &Path) -> Result<Tree> {
    let name = named(root).with_context(|| {
        format!("{}: the folder has no name; give it one: NAME=TREE", root.display())
    })?;
    Ok(Tree { name, place: Place::Folder(root.to_owned()) })
}

fn revision(name: &str, revision: &str) -> Result<Tree> {
    ensure!(
        !revision.is_empty() && !revision.contains(':') && !revision.contains(".."),
        "{revision}: a table is of one whole revision, such as v6.1"
    );
    Ok(Tree { name: name.to_owned(), place: Place::Revision(revision.to_owned()) })
}
