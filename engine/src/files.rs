//! Reads many source files at once, on all processors.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kgrep_index::outline::LARGEST;
use kgrep_index::read_at_most;

/// What is said of a file that is left out.
pub(crate) const TOO_LARGE: &str = "larger than 64 MiB, so that its code is not read";

/// What is in the file of code at `path`.
///
/// # Errors
/// When it can't be read, or is larger than what is outlined ([`LARGEST`]): the answer is the
/// same with an index and without.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, LARGEST).map_err(|error| match error.kind() {
        kind @ io::ErrorKind::FileTooLarge => io::Error::new(kind, TOO_LARGE),
        _ => error,
    })
}

/// What `work` makes of each item, in the items' order, whatever the number of threads.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    // The system would look into four files for the number of processors, each time it is asked.
    let threads = if items.len() < 2 { 1 } else { rayon::current_num_threads().min(items.len()) };
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

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn results_come_in_the_items_order() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(in_parallel(&items, |item| item * 2), doubled);
        assert!(in_parallel(&[] as &[usize], |item| *item).is_empty());
    }
}
