//! Building and updating an index: list the tree, take over what is unchanged, read the rest
//! once, publish.
//!
//! An update writes the file table anew and one more segment with the files that changed.
//! Which document of which segment a file is stands in the table, so that what changed or
//! went away needs no mark in the old segments. When segments have grown many, or a large
//! part of them is no longer in use, their files are read again instead of being merged: the
//! files are the truth, and reading them is quick.

mod catalog;
pub mod check;
mod graph;
mod neighbour;
mod plan;
mod read;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use self::{plan::Work, read::Reading};
use crate::{
    Error, Index, State, Tree,
    catalog::Catalog,
    idiom::Idioms,
    store::{
        Cache, Home,
        container::{Container, Section},
        manifest::{
            self, CATALOG, CatalogPart, GRAPH, GraphPart, META, Manifest, PARTS, Part, RULES, WALK,
        },
    },
    tree::{
        listing::{self, ListedFolder},
        raw::Folder,
        rules::{inner_rules, outer_rules, repositories},
        stamp::{Stamp, Start},
        table::split,
        table_write::TableWriter,
    },
};

/// What hears of a build. All methods are called from several
/// threads at once.
pub trait Observer: Sync {
    /// Another kgrep is building this index. Whether to wait for it, and then to go on.
    fn waiting(&self) -> bool {
        true
    }

    /// The tree is listed: so much is to be read.
    fn start(&self, _files: u64, _bytes: u64) {}

    /// So much more was read.
    fn progress(&self, _files: u64, _bytes: u64) {}

    /// All was read: what is known of it is put together and written.
    fn writing(&self) {}
}

/// An observer that wants to know nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {}

/// What a build did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Another one is at work that was not to be waited for, or it published this index
    /// while this one waited; nothing was done.
    Another,
    /// The index was current already.
    Current,
    /// A new generation was published.
    Published(Report),
}

/// Figures of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether everything was read, not only what changed.
    pub whole: bool,
    /// Files in the table.
    pub files: u64,
    /// Files that were read.
    pub files_read: u64,
    /// Bytes of these.
    pub bytes_read: u64,
    /// Why the old index was not used, if there was one.
    pub discarded: Option<String>,
    /// How long it took.
    pub time: Duration,
}

/// What an index knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// The text: which files hold which trigrams.
    Text,
    /// Also the code: its symbols and their graph.
    Code,
    /// Also the catalog.
    Catalog,
}

impl Extent {
    fn of(manifest: &Manifest) -> Extent {
        match (manifest.graph().has_code(), manifest.catalog()) {
            (false, _) => Extent::Text,
            (true, None) => Extent::Code,
            (true, Some(_)) => Extent::Catalog,
        }
    }
}

/// Builds `tree`'s index from nothing. It knows what it knew before; a new one, the text.
pub fn rebuild(cache: &Cache, tree: &Tree, observer: &dyn Observer) -> Result<Outcome, Error> {
    run(cache, tree, &Idioms::built_in(), (None, Extent::Text), observer, true)
}

/// Like [`rebuild`], with these idioms. The index knows what is `wanted`, else what it knew
/// before, and a new one everything.
pub fn rebuild_with(
    cache: &Cache,
    tree: &Tree,
    idioms: &Idioms,
    wanted: Option<Extent>,
    observer: &dyn Observer,
) -> Result<Outcome, Error> {
    run(cache, tree, idioms, (wanted, Extent::Catalog), observer, true)
}

/// Brings `tree`'s index up to date: builds it when there is none or it is damaged, else
/// reads only what changed. It knows what it knew before; a new one, the text.
pub fn update(cache: &Cache, tree: &Tree, observer: &dyn Observer) -> Result<Outcome, Error> {
    run(cache, tree, &Idioms::built_in(), (None, Extent::Text), observer, false)
}

/// Like [`update`], with these idioms: when they are not those the index was built with, it is
/// built anew, as it is when it is to know something else than before. For `wanted` see
/// [`rebuild_with`].
pub fn update_with(
    cache: &Cache,
    tree: &Tree,
    idioms: &Idioms,
    wanted: Option<Extent>,
    observer: &dyn Observer,
) -> Result<Outcome, Error> {
    run(cache, tree, idioms, (wanted, Extent::Catalog), observer, false)
}

/// `first` is what a new index knows of which nothing is `wanted`.
fn run(
    cache: &Cache,
    tree: &Tree,
    idioms: &Idioms,
    extent: (Option<Extent>, Extent),
    observer: &dyn Observer,
    from_nothing: bool,
) -> Result<Outcome, Error> {
    let attempt = |from_nothing| attempt(cache, tree, idioms, extent, observer, from_nothing);
    match attempt(from_nothing)? {
        Some(outcome) => Ok(outcome),
        None => Ok(attempt(true)?.unwrap_or(Outcome::Another)),
    }
}

/// One attempt at [`run`]; `None` when an update would have to follow so much in the graph that
/// building from nothing is better.
fn attempt(
    cache: &Cache,
    tree: &Tree,
    idioms: &Idioms,
    (wanted, first): (Option<Extent>, Extent),
    observer: &dyn Observer,
    from_nothing: bool,
) -> Result<Option<Outcome>, Error> {
    let begun = Instant::now();
    let home = cache.make_home(tree)?;
    let published = || std::fs::metadata(home.manifest()).ok().map(|meta| Stamp::of(&meta));
    let before = published();
    let Some(lock) = home.lock(&|| observer.waiting())? else { return Ok(Some(Outcome::Another)) };
    let waited_for_news = lock.waited && published() != before;
    let (old, mut discarded) = match Index::open(cache, tree).and_then(intact) {
        Ok(old) => (old, None),
        Err(error) => (None, Some(error.to_string())),
    };
    if waited_for_news && old.is_some() && !from_nothing {
        return Ok(Some(Outcome::Another));
    }
    // Where a part is damaged, the manifest still tells what there was.
    let knew = match &old {
        Some(old) => Some(Extent::of(old.manifest())),
        None => Manifest::open(&home.manifest()).ok().map(|old| Extent::of(&old)),
    };
    let extent = wanted.or(knew).unwrap_or(first);
    let (code, in_catalog) = (extent >= Extent::Code, extent >= Extent::Catalog);
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

    let start = Start::settled();
    let mut rules = outer_rules(tree.root());
    let listing::Listed { folders: mut listed, broken_rules } = listing::list(tree.root(), start)?;
    let settled = cache.is_revision(tree);
    if settled {
        listing::settle(&mut listed);
    }
    rules.extend(listed_rules(tree, &listed, start));
    let idioms_wanted = if code { idioms.fingerprint() } else { manifest::NO_CODE };
    let wanted = neighbour::Wanted { idioms: idioms_wanted, catalog: in_catalog };
    let borrowed = match is_new {
        true => neighbour::borrow(cache, tree, &listed, &wanted, &home)?,
        false => None,
    };
    let (borrowed, same) = borrowed.map(|borrowed| (borrowed.index, borrowed.same)).unzip();
    let is_borrowed = borrowed.is_some();
    let old = old.or(borrowed);
    let last = old.iter().flat_map(|old| old.manifest().numbers()).max().unwrap_or(0);
    let first_part = first_part.max(last.saturating_add(1));
    // What lies over another's graph and catalog, and all that does of a tree that never changes, is
    // made at once.
    let laid = old.as_ref().filter(|_| settled || is_borrowed).map(Index::laid_files).transpose();
    let again = laid.ok().flatten().unwrap_or_default();
    let nothing = HashSet::new();
    let mut work = Work::new(old.as_ref(), &listed, start, (same.as_deref(), &again));
    let plans = match &old {
        Some(old) => {
            let graph = graph::Plan::update(old, (idioms, code), &listed, &work, settled);
            let catalog = catalog::Plan::update(old, in_catalog, &listed, &work, settled);
            let both = graph.and_then(|graph| Ok(graph.zip(catalog?)));
            both.unwrap_or_else(|error| {
                discarded = (!is_borrowed).then(|| error.to_string());
                None
            })
        }
        None => None,
    };
    let old = old.filter(|_| plans.is_some());
    if old.is_none() {
        work = Work::new(None, &listed, start, (None, &nothing));
    }
    let (graph, catalog) =
        plans.unwrap_or_else(|| (graph::Plan::whole(code), catalog::Plan::whole(in_catalog)));
    if let Some(old) = &old
        && !is_borrowed
        && work.changes_nothing(old, &listed, &rules)
        && old.manifest().rules_broken() == broken_rules
    {
        return Ok(Some(Outcome::Current));
    }
    observer.start(work.reads(), work.bytes);
    let top = Folder::root(tree.root())?;
    let mut reading =
        Reading::new(&home, &top, &listed, observer, (&graph, idioms), &catalog, first_part);
    let read = reading.read(&work.files);
    work.read_again(&reading.read_again(&work.again()));
    let number = reading.next_part();
    observer.writing();
    let result = read.and_then(|(mut read, pending)| {
        // Each waits for the disk, or for what another does on one processor only.
        let (part, (graph, catalog)) = rayon::join(
            || pending.map(|pending| pending.write(&home)).transpose(),
            || rayon::join(|| graph.write(&home, number, idioms), || catalog.write(&home, number)),
        );
        read.parts.extend(part?);
        let (Some(graph), catalog) = (graph?, catalog?) else { return Ok(None) };
        let (table, parts) = assemble(&listed, &work, &read.files, &read.parts);
        publish(
            &home,
            &lock,
            tree,
            start,
            (&rules, broken_rules),
            &table,
            &parts,
            (&graph, catalog.as_ref()),
        )?;
        let numbers = parts.iter().map(|part| part.number).chain(graph.numbers());
        let numbers = numbers.chain(catalog.iter().flat_map(CatalogPart::numbers));
        Ok(Some((table.view().files() as u64, numbers.collect::<Vec<u64>>())))
    });
    let (files, numbers) = match result {
        Ok(Some(done)) => done,
        nothing => {
            // Without the new segments' bytes the disk may have room again for others.
            let numbers: Vec<u64> = published_parts(cache, tree);
            home.tidy(&lock, &numbers);
            return nothing.map(|_| None);
        }
    };
    home.tidy(&lock, &numbers);
    Ok(Some(Outcome::Published(Report {
        whole: work.kept_parts.is_empty(),
        files,
        files_read: work.reads(),
        bytes_read: work.bytes,
        discarded,
        time: begun.elapsed(),
    })))
}

/// The index, once every byte that an update would take over is found to be as it was
/// written: a search that met damage has sent its user here.
fn intact(index: Option<Index>) -> Result<Option<Index>, Error> {
    if let Some(index) = &index {
        let segments = index.segments().par_iter().map(|segment| segment.container());
        segments.try_for_each(Container::verify)?;
        index.stored().containers().try_for_each(Container::verify)?;
        let mut catalog = index.catalog().map(Catalog::containers).into_iter().flatten();
        catalog.try_for_each(Container::verify)?;
    }
    Ok(index)
}

/// The state of the ignore rules inside of the tree's repositories.
fn listed_rules(tree: &Tree, listed: &[ListedFolder], start: Start) -> Vec<u8> {
    let folders = listed.iter().map(|folder| {
        let has_file = folder.files.iter().any(|file| file.name.to_bytes() == b".git");
        (folder.path.as_slice(), has_file)
    });
    inner_rules(tree.root(), repositories(folders), Some(start))
}

/// The numbers of the parts of the index that is published now.
fn published_parts(cache: &Cache, tree: &Tree) -> Vec<u64> {
    let open = Index::open(cache, tree).ok().flatten();
    open.iter().flat_map(|index| index.manifest().numbers()).collect()
}

/// A file's place in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) state: State,
    pub(crate) part: u16,
    pub(crate) document: u32,
}

/// The new table, and the parts it points into: those that are kept, then the new ones.
fn assemble(
    listed: &[ListedFolder],
    work: &Work,
    read: &[Place],
    new_parts: &[Part],
) -> (TableWriter, Vec<Part>) {
    let kept = work.kept_parts.len() as u16;
    let mut parts = work.kept_parts.clone();
    parts.extend_from_slice(new_parts);
    let mut table = TableWriter::default();
    let (mut numbers, mut read) = (work.places.iter(), read.iter());
    let find = |path: &[u8]| listed.binary_search_by(|folder| folder.path.as_slice().cmp(path));
    for folder in listed {
        let parent = find(split(&folder.path).0).unwrap_or(0) as u32;
        let files = folder.files.len() as u32;
        table.folder(&folder.path, parent, files, folder.flags, &folder.stamp);
        for file in &folder.files {
            let place = match numbers.next() {
                Some(Some(place)) => *place,
                _ => {
                    let new = read.next().copied();
                    let new = new.unwrap_or(Place { state: State::Racy, part: 0, document: 0 });
                    Place { part: new.part + kept, ..new }
                }
            };
            table.file(
                file.name.to_bytes(),
                place.state,
                place.part,
                place.document,
                file.hidden,
                &file.stamp,
            );
        }
    }
    (table, parts)
}

#[allow(clippy::too_many_arguments, reason = "each is one section of the manifest")]
fn publish(
    home: &Home,
    lock: &crate::store::lock::Lock,
    tree: &Tree,
    start: Start,
    (rules, broken_rules): (&[u8], bool),
    table: &TableWriter,
    parts: &[Part],
    (graph, catalog): (&GraphPart, Option<&CatalogPart>),
) -> Result<(), Error> {
    let meta = manifest::meta(tree.root(), start);
    let parts = manifest::parts(parts);
    let graph = manifest::graph(graph);
    let catalog = manifest::catalog(catalog);
    let [folders, files, names] = table.sections();
    home.publish(
        lock,
        &[
            Section { name: META, pieces: vec![&meta] },
            Section { name: PARTS, pieces: vec![&parts] },
            Section { name: GRAPH, pieces: vec![&graph] },
            Section { name: CATALOG, pieces: vec![&catalog] },
            Section { name: RULES, pieces: vec![rules] },
            Section { name: WALK, pieces: vec![&manifest::walk(broken_rules)] },
            folders,
            files,
            names,
        ],
    )
}
