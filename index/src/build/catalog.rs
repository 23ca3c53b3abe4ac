//! The catalog's part of a build: the documents of the files while they are in memory for the
//! text, and with the outline that the graph has made of them anyway.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::{
    graph::{self, MAX_CHANGED, MAX_DIFFERING},
    plan::Work,
};
use crate::{
    Error, Index,
    catalog::{
        self, Builder, documents,
        recent::{self, Recent},
        wants,
    },
    outline::FileOutline,
    store::{Home, manifest::CatalogPart},
    tree::listing::ListedFolder,
};

/// What a build makes of the catalog.
pub(super) enum Plan {
    /// There is to be none.
    Nothing,
    /// All files are read.
    Whole(Builder),
    /// The catalog stays; these files are no longer what it says of them.
    Changed { base: CatalogPart, before: Recent, changed: Mutex<Recent> },
    /// The catalogs stay, and get another over them with these files: a tree's that never changes,
    /// which questions need not put together.
    Over { base: CatalogPart, builder: Builder, replaced: BTreeSet<Vec<u8>> },
}

impl Plan {
    /// A plan for building everything, where a catalog is wanted.
    pub(super) fn whole(wanted: bool) -> Plan {
        if wanted { Plan::Whole(Builder::new()) } else { Plan::Nothing }
    }

    /// A plan for updating `old`'s catalog; `None` when it is better built anew.
    pub(super) fn update(
        old: &Index,
        wanted: bool,
        listed: &[ListedFolder],
        work: &Work,
        settled: bool,
    ) -> Result<Option<Plan>, Error> {
        if !wanted {
            return Ok(old.catalog().is_none().then_some(Plan::Nothing));
        }
        let (Some(base), Some(catalog)) = (old.manifest().catalog(), old.catalog()) else {
            return Ok(None);
        };
        let mut changed = Recent::new();
        // What others make of a file's code is nothing that its documents tell.
        let paths = work.differing.iter().map(|&job| graph::path_of(listed, job));
        let gone = graph::gone(old, listed, &catalog::wants);
        let paths = paths.chain(gone).filter(|path| wants(path));
        let over = catalog.replaced()?.into_iter().flatten().map(<[u8]>::to_vec);
        if settled {
            let builder = Builder::new();
            let (mut base, mut replaced) = (base.clone(), paths.collect::<BTreeSet<_>>());
            if !catalog.takes_another() {
                base.recent.clear();
                replaced.extend(over);
                replaced.extend(catalog.recent()?.into_keys());
            }
            let is_few = replaced.len() <= MAX_DIFFERING;
            return Ok(is_few.then_some(Plan::Over { base, builder, replaced }));
        }
        let paths = over.chain(paths);
        changed.extend(paths.map(|path| (path, None)));
        let before = catalog.recent()?;
        let count =
            before.len() + changed.keys().filter(|path| !before.contains_key(*path)).count();
        Ok((count <= MAX_CHANGED).then(|| Plan::Changed {
            base: base.clone(),
            before,
            changed: Mutex::new(changed),
        }))
    }

    /// Takes the text of a file that is being read anyway.
    pub(super) fn file(&self, path: &[u8], text: &[u8], outline: Option<FileOutline>) {
        if !wants(path) {
            return;
        }
        let outline = outline.unwrap_or_default();
        match self {
            Plan::Nothing => {}
            Plan::Whole(builder) => builder.add(path, &documents(path, text, &outline)),
            Plan::Over { builder, replaced, .. } => {
                if replaced.contains(path) {
                    builder.add(path, &documents(path, text, &outline));
                }
            }
            Plan::Changed { changed, .. } => {
                let lock = || changed.lock().unwrap_or_else(PoisonError::into_inner);
                if lock().contains_key(path) {
                    let documents = recent::encode(&documents(path, text, &outline));
                    lock().insert(path.to_vec(), Some(documents));
                }
            }
        }
    }

    /// Makes what others need no longer of what was collected: no more files are added.
    pub(super) fn close(&self) {
        if let Plan::Whole(builder) | Plan::Over { builder, .. } = self {
            builder.close();
        }
    }

    /// Writes what is new under the number `number`, and returns what the manifest says of it.
    pub(super) fn write(self, home: &Home, number: u64) -> Result<Option<CatalogPart>, Error> {
        match self {
            Plan::Nothing => Ok(None),
            Plan::Whole(builder) => {
                let checksum = builder.write(&home.catalog(number), None)?;
                Ok(Some(CatalogPart { number, checksum, recent: Vec::new() }))
            }
            Plan::Over { base, replaced, .. } if replaced.is_empty() => Ok(Some(base)),
            Plan::Over { mut base, builder, replaced } => {
                let checksum = builder.write(&home.recent(number), Some(&replaced))?;
                base.recent.push((number, checksum));
                Ok(Some(base))
            }
            Plan::Changed { base, mut before, changed } => {
                let changed = changed.into_inner().unwrap_or_else(PoisonError::into_inner);
                if changed.is_empty() {
                    return Ok(Some(base));
                }
                before.extend(changed);
                let checksum = recent::write(&home.recent(number), &before)?;
                Ok(Some(CatalogPart { recent: vec![(number, checksum)], ..base }))
            }
        }
    }
}
