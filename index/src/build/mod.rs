//! Building and updating an index: list the tree, take over what is unchanged, read the rest
//! once, publish.
//!
//! An update writes the file table anew and one more segment with the files that changed.
//! Which document of which segment a file is stands in the table, so that what changed or
//! went away needs no mark in the old segments. When segments have grown many, or a large
//! part of them is no longer in use, their files are read again instead of being merged: the
//! files are the truth, and reading them is quick.

mod attempt;
mod catalog;
pub mod check;
mod disk;
mod graph;
mod neighbour;
mod plan;
mod publish;
mod read;

use std::time::Duration;

use rayon::prelude::*;

use self::attempt::Task;
use crate::{
    Error, Index, State, Tree,
    catalog::Catalog,
    idiom::Idioms,
    store::{Cache, container::Container, manifest::Manifest},
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

    /// Much memory was freed, and others will need some: an allocator that keeps what is freed may be
    /// told to give it back.
    fn freed(&self) {}
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
        match (manifest.graph().has_code(), manifest.had_catalog()) {
            (false, _) => Extent::Text,
            (true, false) => Extent::Code,
            (true, true) => Extent::Catalog,
        }
    }

    fn has_code(self) -> bool {
        self >= Extent::Code
    }

    fn has_catalog(self) -> bool {
        self >= Extent::Catalog
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
    (wanted, first): (Option<Extent>, Extent),
    observer: &dyn Observer,
    from_nothing: bool,
) -> Result<Outcome, Error> {
    let task = Task { cache, tree, idioms, wanted, first, observer };
    match task.attempt(from_nothing)? {
        Some(outcome) => Ok(outcome),
        None => Ok(task.attempt(true)?.unwrap_or(Outcome::Another)),
    }
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

/// A file's place in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) state: State,
    pub(crate) part: u16,
    pub(crate) document: u32,
}
