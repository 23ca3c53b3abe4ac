//! Counts of hunks a patch, file, function, folder or subsystem.

use std::path::Path;

use super::{Pass, Placer};
use crate::diff::Sides;
use crate::diff::context;
use crate::diff::group::{self, By, Group, Groups};
use crate::diff::locate::Lines;
use crate::diff::maintainers::Maintainers;
use crate::diff::model::{Entry, FileChange};
use crate::{Error, Result};

/// The counts, most hunks first; patches in their order.
///
/// # Errors
/// When no thread can be started.
pub fn counts(
    pass: &Pass<'_>,
    placer: &Placer<'_>,
    by: By,
    maintainers: &Maintainers,
) -> Result<Vec<Group>> {
    let named = |file: &FileChange| -> Vec<Vec<u8>> {
        let text = if by == By::Function { placer.read(file) } else { None };
        let lines = text.as_ref().map(|(_, text)| Lines::of(text));
        let name = |entry: Entry<'_>| {
            // A hunk of two folders belongs to the distribution's patch, where that is known.
            let behind = placer.behind.and_then(|behind| behind.patch(file, entry.hunk));
            let around = || context::of_hunk(file, entry.hunk?, lines.as_ref());
            let entry = Entry { patch: behind.or(entry.patch), ..entry };
            group::name(&entry, by, maintainers, around)
        };
        file.entries(pass.set.patches.get(file.patch)).map(name).collect()
    };
    let mut groups = Groups::default();
    pass.each::<_, Error>(
        |_, file| {
            let counts: Vec<_> = file.entries(None).map(|entry| entry.counts()).collect();
            (named(&file), counts, file.name().to_vec())
        },
        |(names, counts, file)| {
            names.into_iter().zip(counts).for_each(|(name, n)| groups.add(name, &file, n));
            Ok(true)
        },
    )?;
    let mut groups = groups.into_vec();
    if by != By::Patch {
        groups.sort_by(|a, b| b.entries.cmp(&a.entries).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(groups)
}

/// MAINTAINERS of the newest tree that has one; paths are read from the folder `base`.
pub fn maintainers(sides: &Sides, base: &Path) -> Option<Maintainers> {
    let trees = sides.trees();
    let mut files = trees.iter().rev().map(|tree| base.join(tree).join("MAINTAINERS"));
    files.find_map(|file| std::fs::read(file).ok()).map(|text| Maintainers::parse(&text))
}
