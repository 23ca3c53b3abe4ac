//! What is on the disk below a root, for an index to be built: each folder with its files,
//! their stamps, and the verdict of the ignore rules.

use std::{collections::HashSet, ffi::CString, path::Path};

use rayon::prelude::*;
use rustix::io::Errno;

use super::{
    raw::{Folder, Kind},
    rules::{Allowed, allowed, is_hidden, is_rule, shown_hidden},
};
use crate::{
    Error,
    paths::{join, split},
    stamp::{Stamp, Start},
    store::table::{IGNORED, LINKS, OPAQUE, RACY},
};

/// A folder as it was found.
#[derive(Debug)]
pub(crate) struct ListedFolder {
    /// Relative to the root.
    pub(crate) path: Vec<u8>,
    /// As in the table's records.
    pub(crate) flags: u32,
    pub(crate) stamp: Stamp,
    /// Sorted by name.
    pub(crate) files: Vec<ListedFile>,
}

/// A tree as it was found.
#[derive(Debug)]
pub(crate) struct Listed {
    /// Sorted by path, the root first.
    pub(crate) folders: Vec<ListedFolder>,
    /// A rule file has lines that can't be used.
    pub(crate) broken_rules: bool,
}

/// A file as it was found.
#[derive(Debug)]
pub(crate) struct ListedFile {
    pub(crate) name: CString,
    pub(crate) ignored: bool,
    /// Listed with `--hidden` only.
    pub(crate) hidden: bool,
    pub(crate) stamp: Stamp,
}

/// Lists the tree. Stamps that a change after
/// `start` might leave as they are make a folder [`RACY`]; files are judged by the reader.
pub(crate) fn list(root: &Path, start: Start) -> Result<Listed, Error> {
    let mut allowed = allowed(root);
    let shown = shown_hidden(root, &allowed);
    allowed.doubt_as(&shown);
    list_allowed(root, start, &allowed, &shown)
}

/// Makes these the folders of a tree that never changes.
pub(crate) fn settle(listed: &mut [ListedFolder]) {
    for folder in listed {
        folder.stamp = folder.stamp.settled();
        for file in &mut folder.files {
            file.stamp = file.stamp.settled();
        }
    }
}

/// Lists the tree with these verdicts, and doubts those that may be older than the rules.
fn list_allowed(
    root: &Path,
    start: Start,
    allowed: &Allowed,
    shown: &Allowed,
) -> Result<Listed, Error> {
    let top = Folder::root(root)?;
    let mut paths: Vec<&[u8]> = allowed.folders.iter().map(Vec::as_slice).collect();
    if !allowed.folders.contains(&b""[..]) {
        paths.push(b"");
    }
    let mut folders: Vec<ListedFolder> = paths
        .par_iter()
        .flat_map_iter(|path| list_folder(&top, path, allowed, &shown.files, start))
        .collect();
    folders.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    // A folder without its parent: the parent went away in between, and what is now in its
    // place will be noticed there.
    let known: HashSet<Vec<u8>> = folders.iter().map(|f| f.path.clone()).collect();
    folders.retain(|f| f.path.is_empty() || known.contains(split(&f.path).0));
    Ok(Listed { folders, broken_rules: allowed.broken || shown.broken })
}

/// The folder at `path` and the opaque ones in it; nothing when it is gone.
fn list_folder(
    top: &Folder,
    path: &[u8],
    allowed: &Allowed,
    shown: &HashSet<Vec<u8>>,
    start: Start,
) -> Vec<ListedFolder> {
    let opaque =
        |path: Vec<u8>, flags, stamp| ListedFolder { path, flags, stamp, files: Vec::new() };
    let unknown = Stamp { size: 0, mtime: 0, ctime: 0, inode: 0 };
    let listed = CString::new(path).map_err(|_| Errno::INVAL).and_then(|c_path| {
        let folder = top.open(&c_path)?;
        let before = Stamp::new(&folder.stat()?);
        let (mut names, mut inner, mut flags) = (Vec::new(), Vec::new(), 0);
        folder.read(|name, kind| match kind {
            Kind::File => names.push(name.to_owned()),
            Kind::Folder => inner.push(join(path, name.to_bytes())),
            // What a linked rule file says can change anywhere: `fresh` shall meet it each time.
            Kind::Link if is_rule(name.to_bytes()) => flags |= LINKS | RACY,
            Kind::Link => flags |= LINKS,
            Kind::Other => {}
        })?;
        // What came after the rules were asked has no verdict; then the folder is as new.
        let moved = Stamp::new(&folder.stat()?) != before || before.is_racy(start);
        if moved || allowed.is_unsure(path) {
            flags |= RACY;
        }
        names.sort_unstable();
        let all = names.len();
        let mut files = list_files(&folder, path, names, (&allowed.files, shown));
        if files.len() < all {
            // One went away, or is something else now: the folder is being changed.
            flags |= RACY;
        }
        if flags & RACY != 0 {
            files.iter_mut().for_each(|file| file.ignored = false);
        }
        let verdict = if flags & RACY == 0 { OPAQUE | IGNORED } else { OPAQUE };
        let mut found = vec![ListedFolder { path: path.to_vec(), flags, stamp: before, files }];
        for inner in inner {
            if split(&inner).1 == b".git" {
                found.push(opaque(inner, OPAQUE, unknown));
            } else if !allowed.folders.contains(&inner) {
                found.push(opaque(inner, verdict, unknown));
            }
        }
        Ok(found)
    });
    match listed {
        Ok(found) => found,
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Vec::new(),
        Err(_) => vec![opaque(path.to_vec(), OPAQUE, unknown)],
    }
}

/// Those of a folder's names that are files.
fn list_files(
    folder: &Folder,
    path: &[u8],
    names: Vec<CString>,
    (allowed, shown): (&HashSet<Vec<u8>>, &HashSet<Vec<u8>>),
) -> Vec<ListedFile> {
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        let stat = match folder.stat_of(&name) {
            Ok(stat) if Kind::of(&stat) == Kind::File => stat,
            _ => continue,
        };
        let whole = join(path, name.to_bytes());
        let ignored = !allowed.contains(&whole);
        let hidden = is_hidden(&whole) && !shown.contains(&whole);
        files.push(ListedFile { name, ignored, hidden, stamp: Stamp::new(&stat) });
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_went_away_after_the_verdicts_leave_a_mark() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        std::fs::write(root.join(".ignore"), "*.o\n").unwrap();
        std::fs::write(root.join("sub/a.o"), "text").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let (start, verdicts) = (Start::now(), allowed(root));
        let list = || list_allowed(root, start, &verdicts, &Allowed::default()).unwrap().folders;
        let flags = |listed: &[ListedFolder]| listed.iter().map(|f| f.flags).collect::<Vec<_>>();
        assert_eq!(flags(&list()), [0, 0]);
        std::fs::remove_file(root.join(".ignore")).unwrap();
        assert_eq!(flags(&list()), [RACY, 0], "`fresh` doubts all rules then");
    }
}
