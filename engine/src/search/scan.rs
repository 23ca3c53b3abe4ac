//! The scan: many threads search, and what they find comes out in path order.
//!
//! One thread walks and deals the files out in batches. Each batch has a channel of
//! its own, and the collector reads these channels in the order of the walk, so no
//! sorting is needed and the first hits can be shown while the rest is searched.
//! All queues are bounded: a search for `e` in a kernel streams.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::file::{FileSearcher, SearchOptions};
use super::hits::FileHits;
use super::narrow::Filter;
use super::objects::Objects;
use super::pattern::Query;
use super::request::SearchRequest;
use super::walk::{Haystack, Scope, reason};
use crate::{Cancel, Error, NoteSink, Result};

/// What comes out of a scan.
#[derive(Debug)]
pub enum Event {
    /// Hits in one file.
    Hits(FileHits),
    /// Something could not be searched: what, and why.
    Problem(String),
    /// An ignore file has a line that can't be used: where, and why.
    Warning(String),
}

/// How much a scan looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Files searched.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The first batch is this small, so that the second thread soon has work.
const FIRST_BATCH: usize = 4;

/// No batch is larger.
const LARGEST_BATCH: usize = 64;

/// How many batches may be under way or waiting for the collector.
const WINDOW: usize = 32;

/// More threads than this only cost memory.
const MOST_THREADS: usize = 64;

/// What a batch finds is handed on together: one message per file would wake the collector
/// for each, and fill the channel of a batch whose turn has not come. When it takes this
/// many bytes, it goes on its way before the batch ends.
const PARCEL: usize = 1 << 20;

/// How many parcels of one batch may wait for the collector.
const PARCELS: usize = 8;

struct Batch {
    haystacks: Vec<Result<Haystack, ignore::Error>>,
    events: Sender<Parcel>,
}

/// Some of what a batch found, in order.
type Parcel = Vec<Event>;

/// All that a search is made of.
pub struct Search<'a> {
    /// Where to look.
    pub scope: &'a Scope,
    /// What for.
    pub query: &'a Query,
    /// What was asked for.
    pub args: &'a SearchRequest,
    /// The index's filter for the walk.
    pub filter: Option<&'a Filter>,
    /// The files, where they lie in no folder.
    pub objects: Option<&'a Objects<'a>>,
    /// How each file is searched.
    pub options: &'a SearchOptions,
    /// Takes what is to be said besides.
    pub notes: &'a NoteSink,
    /// Ends it early.
    pub cancel: &'a Cancel,
}

/// Searches everything in its scope and calls `each` with what is found, in path
/// order, until it returns false or is cancelled.
///
/// # Errors
/// When the globs or types among `args` are wrong, or no thread can be started.
pub fn scan(search: &Search<'_>, mut each: impl FnMut(Event) -> bool) -> Result<Totals> {
    let threads = search
        .args
        .threads
        .filter(|threads| *threads > 0)
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get))
        .min(MOST_THREADS);
    let stop = AtomicBool::new(false);
    let is_over = || stop.load(Ordering::Relaxed) || search.cancel.is_set();
    let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let (jobs, waiting) = bounded::<Batch>(WINDOW);
    let (ordered, in_order) = bounded::<Receiver<Parcel>>(WINDOW);
    thread::scope(|threads_scope| {
        for number in 0..threads {
            let waiting = waiting.clone();
            let (files, bytes) = (&files, &bytes);
            let started = thread::Builder::new().spawn_scoped(threads_scope, move || {
                // A matcher that threads share hands its scratch space around under a lock.
                let query = search.query.clone();
                let reader = search.objects.map(Objects::reader);
                let mut searcher = FileSearcher::new(&query, search.options, reader);
                for batch in waiting {
                    let totals = search_batch(&mut searcher, batch, &is_over);
                    files.fetch_add(totals.files, Ordering::Relaxed);
                    bytes.fetch_add(totals.bytes, Ordering::Relaxed);
                }
            });
            match started {
                Ok(_) => {}
                Err(error) if number == 0 => return Err(Error::Thread(error)),
                // Fewer threads do the same, only slower.
                Err(_) => break,
            }
        }
        drop(waiting);
        let stop = &stop;
        let walker = thread::Builder::new()
            .spawn_scoped(threads_scope, move || deal(search, &is_over, &jobs, &ordered))
            .map_err(Error::Thread)?;
        'batches: for events in in_order {
            for event in events.into_iter().flatten() {
                if !each(event) {
                    stop.store(true, Ordering::Relaxed);
                    break 'batches;
                }
            }
        }
        // A thread that still waits for room sees that nobody reads any more, and ends.
        walker.join().expect("the walker doesn't panic")
    })?;
    Ok(Totals { files: files.into_inner(), bytes: bytes.into_inner() })
}

/// Walks, and deals out batches until there is nothing more or nobody listens.
fn deal(
    search: &Search<'_>,
    is_over: &dyn Fn() -> bool,
    jobs: &Sender<Batch>,
    ordered: &Sender<Receiver<Parcel>>,
) -> Result<()> {
    let mut size = FIRST_BATCH;
    let mut haystacks = Vec::with_capacity(size);
    let send = |haystacks: Vec<_>| {
        let (events, receiver) = bounded(PARCELS);
        ordered.send(receiver).is_ok() && jobs.send(Batch { haystacks, events }).is_ok()
    };
    let mut each = |haystack: Result<Haystack, ignore::Error>| {
        haystacks.push(haystack);
        if haystacks.len() < size {
            return true;
        }
        size = (size * 2).min(LARGEST_BATCH);
        let batch = std::mem::replace(&mut haystacks, Vec::with_capacity(size));
        send(batch) && !is_over()
    };
    match search.objects {
        Some(objects) => _ = objects.haystacks().all(|haystack| each(Ok(haystack))),
        None => search.scope.walk(search.args, search.filter, search.notes, each)?,
    }
    if !haystacks.is_empty() {
        send(haystacks);
    }
    Ok(())
}

fn search_batch(
    searcher: &mut FileSearcher<'_>,
    batch: Batch,
    is_over: &dyn Fn() -> bool,
) -> Totals {
    let mut totals = Totals::default();
    let mut parcel = Parcel::new();
    let mut size = 0;
    for haystack in batch.haystacks {
        if is_over() {
            break;
        }
        let haystack = match haystack {
            Ok(haystack) => haystack,
            Err(error) => {
                let event = if error.is_partial() { Event::Warning } else { Event::Problem };
                parcel.push(event(reason(&error)));
                continue;
            }
        };
        totals.files += 1;
        let mut listened_to = true;
        let searched = searcher.search(&haystack, |hits| {
            size += hits.size();
            parcel.push(Event::Hits(hits));
            if size >= PARCEL {
                size = 0;
                listened_to = batch.events.send(std::mem::take(&mut parcel)).is_ok();
            }
            listened_to
        });
        match searched {
            Ok(bytes) => totals.bytes += bytes,
            Err(error) => {
                parcel.push(Event::Problem(format!("{}: {error}", haystack.path.display())));
            }
        }
        if !listened_to {
            return totals;
        }
    }
    if !parcel.is_empty() {
        // The caller has seen enough.
        let _ = batch.events.send(parcel);
    }
    totals
}
