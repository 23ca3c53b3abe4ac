//! One attempt at a build, step by step: take the lock and look what there is, list the tree, decide
//! what is kept and what is read, read, publish.

use std::{collections::HashSet, sync::Arc, time::Instant};

use super::{
    Extent, Observer, Outcome, Report, catalog, disk::Disk, graph, intact, neighbour, plan::Work,
    publish::Generation, read::Reading,
};
use crate::{
    Error, Index, Tree,
    idiom::Idioms,
    scratch::Scratch,
    stamp::Stamp,
    store::{
        Cache, Home,
        lock::Lock,
        manifest::{Manifest, NO_CODE},
    },
    tree::raw::Folder,
};

/// What is to be built, and who hears of it.
pub(super) struct Task<'a> {
    pub(super) cache: &'a Cache,
    pub(super) tree: &'a Tree,
    pub(super) idioms: &'a Idioms,
    /// What the index is to know, where that is said.
    pub(super) wanted: Option<Extent>,
    /// What a new one knows where it isn't.
    pub(super) first: Extent,
    pub(super) observer: &'a dyn Observer,
}

/// What there is before a build, with the right to change it.
struct Ground {
    home: Home,
    lock: Lock,
    /// The index to be updated.
    old: Option<Index>,
    /// Why what there was can't be.
    discarded: Option<String>,
    /// There was nothing.
    is_new: bool,
    /// What the index is to know.
    extent: Extent,
    /// The first number for the names of new files.
    first_part: u64,
}

/// The index that a new one takes over from: the tree's own, or another tree's.
struct Base {
    index: Option<Index>,
    /// Of another tree's: for each listed file whether it is what the index knows.
    same: Option<Vec<bool>>,
    /// Files of which is read whatever is known: what lies over another's graph and catalog,
    /// and all that does of a tree that never changes, is made at once.
    again: HashSet<Vec<u8>>,
}

/// What is to be done.
struct Plan {
    work: Work,
    graph: graph::Plan,
    catalog: catalog::Plan,
    /// Where what was read is until all is.
    scratch: Arc<Scratch>,
    /// Whether the base's graph and catalog stay.
    is_update: bool,
}

impl Task<'_> {
    /// One attempt; `None` when an update would have to follow so much in the graph that
    /// building from nothing is better.
    pub(super) fn attempt(&self, from_nothing: bool) -> Result<Option<Outcome>, Error> {
        let begun = Instant::now();
        let Some(mut ground) = self.ground(from_nothing)? else {
            return Ok(Some(Outcome::Another));
        };
        let disk = Disk::look(self.cache, self.tree)?;
        let base = self.base(&mut ground, &disk)?;
        let plan = self.plan(&mut ground, &base, &disk);
        if plan.is_update && base.is_as(&disk, &plan.work) {
            return Ok(Some(Outcome::Current));
        }
        // What is not taken over need not take room any longer.
        drop(base);
        let Plan { mut work, graph, catalog, scratch, .. } = plan;
        self.observer.start(work.reads(), work.bytes);
        let top = Folder::root(self.tree.root())?;
        let Ground { home, lock, .. } = &ground;
        let made = match self.make(&ground, &disk, &top, &mut work, (graph, catalog), &scratch) {
            Ok(Some(made)) => made,
            nothing => {
                // Without the new segments' bytes the disk may have room again for others.
                home.tidy(lock, &self.published_parts());
                return nothing.map(|_| None);
            }
        };
        home.tidy(lock, &made.numbers());
        Ok(Some(Outcome::Published(Report {
            whole: work.kept_parts.is_empty(),
            files: made.files(),
            files_read: work.reads(),
            bytes_read: work.bytes,
            discarded: ground.discarded,
            time: begun.elapsed(),
        })))
    }

    /// Takes the lock, looks what there is and removes what is no use; `None` when another was at
    /// work, and this attempt has nothing to add.
    fn ground(&self, from_nothing: bool) -> Result<Option<Ground>, Error> {
        let home = self.cache.make_home(self.tree)?;
        let published = || std::fs::metadata(home.manifest()).ok().map(|meta| Stamp::of(&meta));
        let before = published();
        let Some(lock) = home.lock(&|| self.observer.waiting())? else { return Ok(None) };
        let waited_for_news = lock.waited && published() != before;
        let (old, discarded) = match Index::open(self.cache, self.tree).and_then(intact) {
            Ok(old) => (old, None),
            Err(error) => (None, Some(error.to_string())),
        };
        if waited_for_news && old.is_some() && !from_nothing {
            return Ok(None);
        }
        // Where a part is damaged, the manifest still tells what there was.
        let knew = match &old {
            Some(old) => Some(Extent::of(old.manifest())),
            None => Manifest::open(&home.manifest()).ok().map(|old| Extent::of(&old)),
        };
        let extent = self.wanted.or(knew).unwrap_or(self.first);
        let old = old.filter(|_| !from_nothing);
        let is_new = old.is_none() && discarded.is_none() && !from_nothing;
        let kept: Vec<u64> = old.iter().flat_map(|old| old.manifest().numbers()).collect();
        // Numbers are given before anything is removed, so that a reader that still looks for an
        // old part never finds a new one under its name.
        let first_part = home.next_part(&lock);
        home.remove_unfinished(&lock);
        if discarded.is_some() {
            // It serves nobody, and the new one may need its room.
            home.unpublish(&lock);
        }
        if old.is_some() || discarded.is_some() {
            home.tidy(&lock, &kept);
        }
        Ok(Some(Ground { home, lock, old, discarded, is_new, extent, first_part }))
    }

    /// What the new index takes over from: the old one, or where there was nothing, another tree's.
    fn base(&self, ground: &mut Ground, disk: &Disk) -> Result<Base, Error> {
        let idioms = if ground.extent.has_code() { self.idioms.fingerprint() } else { NO_CODE };
        let wanted = neighbour::Wanted { idioms, catalog: ground.extent.has_catalog() };
        let borrowed = match ground.is_new {
            true => {
                let (folders, home) = (&disk.folders, &ground.home);
                neighbour::borrow(self.cache, self.tree, folders, &wanted, home)?
            }
            false => None,
        };
        let (borrowed, same) = borrowed.map(|borrowed| (borrowed.index, borrowed.same)).unzip();
        let index = ground.old.take().or(borrowed);
        let last = index.iter().flat_map(|index| index.manifest().numbers()).max().unwrap_or(0);
        ground.first_part = ground.first_part.max(last.saturating_add(1));
        let laid = index.as_ref().filter(|_| disk.settled || same.is_some());
        let laid = laid.map(|index| index.laid_files(disk.settled)).transpose();
        let again = laid.ok().flatten().unwrap_or_default();
        Ok(Base { index, same, again })
    }

    /// What is to be done: an update of the base, where that is possible and worth it.
    fn plan(&self, ground: &mut Ground, base: &Base, disk: &Disk) -> Plan {
        let extent = ground.extent;
        let updated = base.index.as_ref().and_then(|old| {
            self.update(old, base, disk, extent).unwrap_or_else(|error| {
                ground.discarded = (!base.is_borrowed()).then(|| error.to_string());
                None
            })
        });
        updated.unwrap_or_else(|| {
            // The text alone needs little.
            let scratch = extent.has_code().then(|| ground.home.scratch(&ground.lock));
            let scratch = Arc::new(scratch.unwrap_or_default());
            Plan {
                work: Work::new(None, &disk.folders, disk.start, (None, &HashSet::new())),
                graph: graph::Plan::whole(extent.has_code(), &scratch),
                catalog: catalog::Plan::whole(extent.has_catalog()),
                scratch,
                is_update: false,
            }
        })
    }

    /// How `old` is updated; `None` when the index is better built anew.
    fn update(
        &self,
        old: &Index,
        base: &Base,
        disk: &Disk,
        extent: Extent,
    ) -> Result<Option<Plan>, Error> {
        let Disk { folders, settled, .. } = disk;
        let known = (base.same.as_deref(), &base.again);
        let work = Work::new(Some(old), folders, disk.start, known);
        let code = (self.idioms, extent.has_code());
        let graph = graph::Plan::update(old, code, folders, &work, *settled);
        let catalog = catalog::Plan::update(old, extent.has_catalog(), folders, &work, *settled);
        let both = graph?.zip(catalog?);
        let scratch = Arc::default();
        Ok(both.map(|(graph, catalog)| Plan { work, graph, catalog, scratch, is_update: true }))
    }

    /// Reads what is to be read, and publishes what was made of it; `None` when too much follows
    /// from it in the graph.
    fn make(
        &self,
        ground: &Ground,
        disk: &Disk,
        top: &Folder,
        work: &mut Work,
        (graph, catalog): (graph::Plan, catalog::Plan),
        scratch: &Scratch,
    ) -> Result<Option<Generation>, Error> {
        let Ground { home, lock, .. } = ground;
        let (listed, code) = (&disk.folders, (&graph, self.idioms));
        let mut reading = Reading::new(
            (home, scratch),
            top,
            listed,
            self.observer,
            code,
            &catalog,
            ground.first_part,
        );
        let read = reading.read(&work.files);
        work.read_again(&reading.read_again(&work.again()));
        let number = reading.next_part();
        drop(reading);
        self.observer.writing();
        let (mut read, last) = read?;
        // These take the most while files are read, and little then: before the graph needs its room.
        self.observer.freed();
        catalog.close();
        self.observer.freed();
        let last = last.map(|segment| segment.make(home, scratch)).transpose()?;
        self.observer.freed();
        // Each waits for the disk, or for what another does on one processor only.
        let (part, (graph, catalog)) = rayon::join(
            || last.map(|segment| segment.write(home)).transpose(),
            || {
                rayon::join(
                    || graph.write(home, number, self.idioms, self.observer),
                    || catalog.write(home, number),
                )
            },
        );
        read.parts.extend(part?);
        let (Some(graph), catalog) = (graph?, catalog?) else { return Ok(None) };
        let made = Generation::new(listed, work, (&read.files, &read.parts), (graph, catalog));
        made.publish(home, lock, self.tree, disk)?;
        Ok(Some(made))
    }

    /// The numbers of the parts of the index that is published now.
    fn published_parts(&self) -> Vec<u64> {
        let open = Index::open(self.cache, self.tree).ok().flatten();
        open.iter().flat_map(|index| index.manifest().numbers()).collect()
    }
}

impl Base {
    /// Whether it is another tree's.
    fn is_borrowed(&self) -> bool {
        self.same.is_some()
    }

    /// Whether it is the tree's own, and says already what a build would, which has this to do.
    fn is_as(&self, disk: &Disk, work: &Work) -> bool {
        let Some(old) = self.index.as_ref().filter(|_| !self.is_borrowed()) else { return false };
        work.changes_nothing(old, &disk.folders, &disk.rules)
            && old.manifest().rules_broken() == disk.broken_rules
    }
}
