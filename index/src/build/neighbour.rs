//! An index that begins as another tree's whose files are the same: of two revisions, or of a
//! revision and a folder.
//!
//! The new index's folder gets links to the other's parts, which never change once written. What
//! that index says is then taken for the old index of an update. Of two revisions, files that are
//! the same are links to one; of other trees the contents are compared. Nothing is published before the
//! update is done.

use std::{fs, path::Path};

use rayon::prelude::*;

use super::graph::most;
use crate::{
    Error, Index, State, Tree,
    outline::LARGEST,
    stamp::Stamp,
    store::{
        Cache, Entry, EntryState, Home,
        manifest::Manifest,
        table::{File, View},
        trust::{Trust, trust},
    },
    tree::{
        listing::{ListedFile, ListedFolder},
        raw::{Folder, Kind},
    },
};

/// What an index begins as.
pub(super) struct Borrowed {
    pub(super) index: Index,
    /// For each listed file whether it is what the index says of the file at its path.
    pub(super) same: Vec<bool>,
}

/// What is to be known of a tree.
pub(super) struct Wanted {
    /// The fingerprint of the idioms, of what isn't outlined another.
    pub(super) idioms: u32,
    pub(super) catalog: bool,
}

/// The index whose files are most alike to those listed, with links to its parts in `home`; none
/// where too much differs from each.
pub(super) fn borrow(
    cache: &Cache,
    tree: &Tree,
    listed: &[ListedFolder],
    wanted: &Wanted,
    home: &Home,
) -> Result<Option<Borrowed>, Error> {
    let entries = cache.list()?.into_iter().filter(|entry| entry.state == EntryState::Used);
    let candidates: Vec<Candidate> =
        entries.filter_map(|entry| Candidate::of(entry, cache, tree, listed, wanted)).collect();
    let Some(best) = candidates.into_iter().max_by_key(|candidate| candidate.alike) else {
        return Ok(None);
    };
    let theirs = Home::new(best.entry.dir);
    // What can't be opened is no use; it is built again when it is asked itself.
    let opened = Index::taken_for(&theirs, tree.root(), best.is_revision);
    let Ok(index) = opened else { return Ok(None) };
    let Ok(Some(index)) = super::intact(Some(index)) else { return Ok(None) };
    for (from, to) in theirs.parts_of(&index.manifest().numbers(), home) {
        match fs::hard_link(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Ok(None),
            _ => {}
        }
    }
    let is_linked = best.is_revision && cache.is_revision(tree);
    let same = match is_linked {
        true => each(listed, &index.table(), |_, file, known| file.stamp == known.stamp),
        false => same(&index, (tree.root(), best.root.as_path()), listed)?,
    };
    Ok(Some(Borrowed { index, same }))
}

/// An index that another may begin as.
struct Candidate {
    entry: Entry,
    root: std::path::PathBuf,
    is_revision: bool,
    /// How many files look the same.
    alike: usize,
}

impl Candidate {
    fn of(
        entry: Entry,
        cache: &Cache,
        tree: &Tree,
        listed: &[ListedFolder],
        wanted: &Wanted,
    ) -> Option<Candidate> {
        let root = entry.root.clone().filter(|root| root != tree.root())?;
        if trust(cache.folder(), &entry.dir).ok()? != Trust::Own {
            return None;
        }
        let manifest = Manifest::open(&Home::new(entry.dir.clone()).manifest()).ok()?;
        let knows = manifest.graph().idioms == wanted.idioms
            && manifest.catalog().is_some() == wanted.catalog;
        let alike = each(listed, &manifest.table(), |_, file, known| {
            file.stamp.size == known.stamp.size && !file.ignored
        });
        let alike = alike.into_iter().filter(|alike| *alike).count();
        let all: usize = listed.iter().map(|folder| folder.files.len()).sum();
        let ignored = listed.iter().flat_map(|folder| &folder.files).filter(|file| file.ignored);
        let differing = (all - ignored.count()).max(manifest.table().files()) - alike;
        let is_near = differing <= most(cache.is_revision(tree)) && differing < alike;
        let is_revision = cache.is_revision_at(&root);
        (knows && is_near).then_some(Candidate { entry, root, is_revision, alike })
    }
}

/// For each listed file, in order, whether the table has one at its path, and `alike` holds.
fn each(
    listed: &[ListedFolder],
    view: &View<'_>,
    alike: impl Fn(&ListedFolder, &ListedFile, &File<'_>) -> bool + Sync,
) -> Vec<bool> {
    let of_folder = |folder: &ListedFolder| {
        let known = view.find_folder(&folder.path).map(|at| view.folder(at));
        let file = |file: &ListedFile| {
            let known = known.as_ref().and_then(|known| {
                Some(view.file(known, view.find_file(known, file.name.to_bytes())?))
            });
            known.is_some_and(|known| alike(folder, file, &known))
        };
        folder.files.iter().map(file).collect::<Vec<bool>>()
    };
    listed.par_iter().flat_map_iter(of_folder).collect()
}

/// For each listed file whether its content is what the index has of the file at its path below
/// `theirs`.
fn same(
    index: &Index,
    (ours, theirs): (&Path, &Path),
    listed: &[ListedFolder],
) -> Result<Vec<bool>, Error> {
    let (ours, theirs) = (Folder::root(ours)?, Folder::root(theirs)?);
    let view = index.table();
    Ok(each(listed, &view, |folder, file, known| {
        let is_text = matches!(known.state, State::Text | State::Utf16 | State::Dense);
        if !is_text || file.ignored || known.stamp.size != file.stamp.size {
            return false;
        }
        is_same(&ours, &theirs, &folder.path, file, &known.stamp).unwrap_or(false)
    }))
}

/// Whether a file has the content that the other's had when it was stamped so.
fn is_same(
    ours: &Folder,
    theirs: &Folder,
    folder: &[u8],
    file: &ListedFile,
    stamp: &Stamp,
) -> Option<bool> {
    let path = std::ffi::CString::new(folder).ok()?;
    let theirs = theirs.open(&path).ok()?;
    let mut source = theirs.read_file(&file.name).ok()?;
    let text = read_whole(&mut source)?;
    // Only what is stamped as it was is what the index has.
    let stat = rustix::fs::fstat(&source).ok()?;
    if !stamp.is_of(&stat) || Kind::of(&stat) != Kind::File {
        return None;
    }
    let ours = ours.open(&path).ok()?;
    Some(read_whole(&mut ours.read_file(&file.name).ok()?)? == text)
}

fn read_whole(source: &mut fs::File) -> Option<Vec<u8>> {
    use std::io::Read;

    let mut text = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut text).ok()?;
    (text.len() as u64 <= LARGEST).then_some(text)
}
