//! Reads many source files at once, on all processors.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use kgrep_index::outline::LARGEST;
use kgrep_index::{read_at_most, read_at_most_into};

/// What is said of a file that is left out.
pub(crate) const TOO_LARGE: &str = "larger than 64 MiB, so that its code is not read";

/// What is in the file of code at `path`.
///
/// # Errors
/// When it can't be read, or is larger than what is outlined ([`LARGEST`]): the answer is the
/// same with an index and without.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, LARGEST).map_err(read_error)
}

/// The same, read into `memory`, of which what is in the file is the beginning.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_into<'m>(path: &Path, memory: &'m mut Vec<u8>) -> io::Result<&'m [u8]> {
    read_at_most_into(path, LARGEST, memory).map_err(read_error)
}

/// An error of reading, as it is said.
fn read_error(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ io::ErrorKind::FileTooLarge => io::Error::new(kind, TOO_LARGE),
        _ => error,
    }
}

/// The most memory that is kept for the next files, but for small pieces: a driver's headers of registers have up to
/// 25 megabytes each, and the system clears what is asked for anew.
const KEPT: usize = 50 << 20;
/// A piece of which each thread may keep one.
const SMALL: usize = 1 << 20;

/// Memory that files are read into one after the other, for as many threads as read some.
#[derive(Default)]
pub struct Scratch(Mutex<Vec<Vec<u8>>>);

impl Scratch {
    /// What `work` makes, which has some of it meanwhile.
    pub fn lent<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut memory = self.spare().pop().unwrap_or_default();
        let made = work(&mut memory);
        // What a large file took is not kept for small ones, nor by each of many threads.
        let mut spare = self.spare();
        let kept: usize = spare.iter().map(Vec::capacity).sum();
        if kept + memory.capacity() <= KEPT || memory.capacity() <= SMALL {
            spare.push(memory);
        }
        made
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads of rayon may not wait for others: what these look up in the index is worked on by the
/// threads of rayon again, and none would be left.
fn may_wait() {
    debug_assert!(rayon::current_thread_index().is_none(), "a thread of rayon waits for others");
}

/// What `work` makes of each item, in the items' order, whatever the number of threads. No thread of
/// rayon should ask, as debug builds say: waiting would stop it for good. There it is done one after the
/// other.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    may_wait();
    // The system would look into four files for the number of processors, each time it is asked.
    let is_alone = items.len() < 2 || rayon::current_thread_index().is_some();
    let threads = if is_alone { 1 } else { rayon::current_num_threads().min(items.len()) };
    let next = AtomicUsize::new(0);
    let part = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(part)).collect();
        let mut all = part();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}

/// The most items that may be in work, or made and not taken yet.
const WINDOW: usize = 32;

/// Hands what `work` makes of each item to `take`, in the items' order and while others are worked on,
/// until it breaks. Not for threads of rayon, as [`in_parallel`].
pub fn in_order<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    may_wait();
    let line = Line::default();
    let make = || {
        let _ends = Ends { line: &line, only_in_panic: true };
        while let Some(at) = line.next(items.len()) {
            let made = work(&items[at]);
            line.put(at, made);
        }
    };
    let threads = if items.len() < 2 { 0 } else { rayon::current_num_threads().min(items.len()) };
    thread::scope(|scope| {
        let start = |_: &usize| thread::Builder::new().spawn_scoped(scope, make).is_ok();
        if (0..threads).filter(start).count() == 0 {
            let _ = items.iter().try_for_each(|item| take(work(item)));
            return;
        }
        let _ends = Ends { line: &line, only_in_panic: false };
        while let Some(made) = line.take(items.len()) {
            if take(made).is_break() {
                break;
            }
        }
    });
}

/// What is made of items, in their order, for one who takes it.
struct Line<R> {
    state: Mutex<State<R>>,
    /// Told when the first in the line is ready.
    is_ready: Condvar,
    /// Told when there is room in it.
    has_room: Condvar,
}

struct State<R> {
    /// What is made of those from `taken` on, as far as it is.
    made: VecDeque<Option<R>>,
    /// How many were taken.
    taken: usize,
    /// Nobody takes more, or somebody makes no more.
    is_over: bool,
}

impl<R> Default for Line<R> {
    fn default() -> Line<R> {
        let state = State { made: VecDeque::new(), taken: 0, is_over: false };
        Line { state: Mutex::new(state), is_ready: Condvar::new(), has_room: Condvar::new() }
    }
}

impl<R> Line<R> {
    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The item, of so many, that is to be worked on next.
    fn next(&self, count: usize) -> Option<usize> {
        let is_full = |state: &mut State<R>| !state.is_over && state.made.len() >= WINDOW;
        let waited = self.has_room.wait_while(self.state(), is_full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let at = state.taken + state.made.len();
        if state.is_over || at >= count {
            return None;
        }
        state.made.push_back(None);
        Some(at)
    }

    fn put(&self, at: usize, made: R) {
        let mut state = self.state();
        let place = at - state.taken;
        if let Some(empty) = state.made.get_mut(place) {
            *empty = Some(made);
        }
        drop(state);
        if place == 0 {
            self.is_ready.notify_one();
        }
    }

    /// What was made of the next of so many items.
    fn take(&self, count: usize) -> Option<R> {
        let is_missing = |state: &mut State<R>| {
            !state.is_over && state.taken < count && !matches!(state.made.front(), Some(Some(_)))
        };
        let waited = self.is_ready.wait_while(self.state(), is_missing);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let made = state.made.pop_front()??;
        state.taken += 1;
        drop(state);
        self.has_room.notify_one();
        Some(made)
    }
}

/// Ends a line when it is dropped, so that nobody waits for who is gone.
struct Ends<'l, R> {
    line: &'l Line<R>,
    /// Who has nothing more to do otherwise leaves the rest to others.
    only_in_panic: bool,
}

impl<R> Drop for Ends<'_, R> {
    fn drop(&mut self) {
        if !self.only_in_panic || thread::panicking() {
            self.line.state().is_over = true;
            self.line.is_ready.notify_all();
            self.line.has_room.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::{WINDOW, in_order, in_parallel};

    #[test]
    fn results_come_in_the_items_order() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(in_parallel(&items, |item| item * 2), doubled);
        assert!(in_parallel(&[] as &[usize], |item| *item).is_empty());
    }

    fn taken(items: &[usize], most: usize) -> Vec<usize> {
        let mut all = Vec::new();
        in_order(
            items,
            |item| item * 2,
            |made| {
                all.push(made);
                if all.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        );
        all
    }

    #[test]
    fn what_is_made_is_taken_in_the_items_order_until_there_is_enough() {
        let items: Vec<usize> = (0..10 * WINDOW).collect();
        let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(taken(&items, usize::MAX), doubled);
        assert_eq!(taken(&items, 7), doubled[..7]);
        assert_eq!(taken(&items[..1], 7), [0]);
        assert!(taken(&[], 7).is_empty());
    }

    #[test]
    fn nobody_waits_for_who_panics() {
        let items: Vec<usize> = (0..10 * WINDOW).collect();
        let work = |item: &usize| assert_ne!(*item, WINDOW, "the one that nothing is made of");
        let all = || in_order(&items, work, |()| ControlFlow::Continue(()));
        assert!(catch_unwind(AssertUnwindSafe(all)).is_err());
    }
}
