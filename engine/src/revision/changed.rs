//! Which files differ between two revisions: folders that are equal are not read.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::{EntryIs, ObjectReader, Repository, Revision};
use crate::Result;

impl Repository {
    /// The files that differ between two revisions, and those that only one of them has, in path
    /// order.
    ///
    /// # Errors
    /// If an object is missing.
    pub(crate) fn changed(&self, from: &Revision, to: &Revision) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        let mut reader = self.reader();
        below(&mut reader, b"", [Some(from.id), Some(to.id)], &mut found)?;
        found.sort_unstable();
        Ok(found)
    }
}

/// Adds the files that differ in a folder, which is one of these objects on each side.
fn below(
    reader: &mut ObjectReader<'_>,
    folder: &[u8],
    sides: [Option<ObjectId>; 2],
    found: &mut Vec<Vec<u8>>,
) -> Result<()> {
    let mut entries: BTreeMap<Vec<u8>, [Option<(EntryIs, ObjectId)>; 2]> = BTreeMap::new();
    for (side, id) in sides.into_iter().enumerate() {
        let Some(id) = id else { continue };
        for entry in reader.entries(id)? {
            let known = entries.entry(entry.name).or_default();
            if let Some(known) = known.get_mut(side) {
                *known = Some((entry.is, entry.id));
            }
        }
    }
    for (name, both) in entries {
        if both[0] == both[1] {
            continue;
        }
        let path = match folder {
            b"" => name,
            _ => [folder, b"/", &name[..]].concat(),
        };
        let which =
            |wanted| both.map(|side| side.filter(|(is, _)| *is == wanted).map(|(_, id)| id));
        let folders = which(EntryIs::Folder);
        if folders != [None, None] {
            below(reader, &path, folders, found)?;
        }
        let files = which(EntryIs::File);
        if files[0] != files[1] {
            found.push(path);
        }
    }
    Ok(())
}
