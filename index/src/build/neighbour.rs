//! An index that begins as another tree's: of two revisions, whose files are links to the same ones.
//!
//! The new index's folder gets links to the other's parts, which never change once written. What
//! that index says is then taken for the old index of an update, which compares the stamps: files
//! that are the same have the same. Nothing is published before the update is done.

use std::fs;

use crate::{
    Error, Index, Tree,
    store::{Cache, Home, trust::Trust},
};

/// What `neighbour`'s index says, with links to its parts in `home`, the folder of `tree`'s; none
/// where there is no such index, or it can't be shared.
pub(super) fn borrow(
    cache: &Cache,
    tree: &Tree,
    neighbour: &Tree,
    home: &Home,
) -> Result<Option<Index>, Error> {
    if tree == neighbour || cache.trust(neighbour)? != Trust::Own {
        return Ok(None);
    }
    let theirs = Home::new(cache.home(neighbour));
    // What can't be opened is no use; it is built again when it is asked itself.
    let Ok(index) = Index::taken_for(&theirs, tree.root()) else { return Ok(None) };
    let Ok(Some(index)) = super::intact(Some(index)) else { return Ok(None) };
    for (from, to) in theirs.parts_of(&index.manifest().numbers(), home) {
        match fs::hard_link(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Ok(None),
            _ => {}
        }
    }
    Ok(Some(index))
}
