//! Memory that nobody needs any more, given back to the system where it has become much: between a
//! server's questions the pages of the index that answers read, and there and in the middle of a build what
//! the allocator holds of what was freed.

#[cfg(target_os = "linux")]
use std::fs;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::served::Served;

/// Resident memory, in bytes, from which on some is given back: a quarter of what a server may take, for
/// the next answer comes on top of it.
const MUCH: u64 = 100 << 20;

/// Gives back what no question needs now, if it is much; who asks next reads those pages of the index
/// again, from the system's cache.
pub(crate) fn give_back<'a>(trees: impl IntoIterator<Item = &'a Served>) {
    if resident().is_none_or(|bytes| bytes < MUCH) {
        return;
    }
    for served in trees {
        served.release();
    }
    trim();
}

/// The time between two looks at it while an answer is made: most are made sooner.
const STEP: Duration = Duration::from_millis(100);

/// What is asked about at the moment, for a thread that looks after the memory meanwhile.
pub(crate) struct Watch<T> {
    open: Mutex<Open<T>>,
    changed: Condvar,
}

struct Open<T> {
    /// Each with its number.
    about: Vec<(u64, T)>,
    /// How many there have been.
    number: u64,
    is_over: bool,
}

impl<T: Clone> Watch<T> {
    pub(crate) fn new() -> Watch<T> {
        let open = Open { about: Vec::new(), number: 0, is_over: false };
        Watch { open: Mutex::new(open), changed: Condvar::new() }
    }

    fn open(&self) -> MutexGuard<'_, Open<T>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is asked `about` is looked after until what this gives is dropped.
    pub(crate) fn during(&self, about: T) -> During<'_, T> {
        let mut open = self.open();
        open.number += 1;
        let number = open.number;
        open.about.push((number, about));
        drop(open);
        self.changed.notify_all();
        During { watch: self, number }
    }

    /// No more will be asked.
    pub(crate) fn end(&self) {
        self.open().is_over = true;
        self.changed.notify_all();
    }

    /// Until the end, has `release` give the pages of the index back while answers are made and much is
    /// in memory: an answer of all the kernel's calls reads half of it, once.
    pub(crate) fn look_after(&self, release: impl Fn(&T)) {
        let mut open = self.open();
        loop {
            let is_idle = |open: &mut Open<T>| open.about.is_empty() && !open.is_over;
            open = self.changed.wait_while(open, is_idle).unwrap_or_else(PoisonError::into_inner);
            let waited = self.changed.wait_timeout_while(open, STEP, |open| !open.is_over);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
            if open.is_over {
                return;
            }
            if resident().is_some_and(|bytes| bytes >= MUCH) {
                let about = open.about.clone();
                drop(open);
                about.iter().for_each(|(_, about)| release(about));
                open = self.open();
            }
        }
    }
}

/// An answer is being made.
pub(crate) struct During<'w, T: Clone> {
    watch: &'w Watch<T>,
    number: u64,
}

impl<T: Clone> Drop for During<'_, T> {
    fn drop(&mut self) {
        self.watch.open().about.retain(|(number, _)| *number != self.number);
    }
}

/// How many bytes of this process are in memory; none where the system doesn't tell.
#[cfg(target_os = "linux")]
fn resident() -> Option<u64> {
    // proc_pid_status(5)
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = kilobytes.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<u64> {
    None
}

/// glibc's allocator keeps what is freed, for each thread: after large answers several times what
/// is in use. Others give it back by themselves.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn trim() {
    // SAFETY: malloc_trim(3) takes a number, is safe in threads, and leaves what is in use alone.
    #[allow(unsafe_code, reason = "glibc has no other way to be asked")]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn trim() {}

/// From this size on, in bytes, an allocation is large.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 1 << 20;

/// Has memory that is freed go back to the system at once where it is much. By itself glibc's allocator
/// takes the largest allocation that was freed as its measure, up to 64 MB, of what each thread may keep
/// (mallopt(3), `M_MMAP_THRESHOLD`), and malloc_trim(3) leaves the end of what threads hold alone: a server
/// that had 2 MB in use held 150, and a build took a quarter more memory, and more time.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn keep_little() {
    // SAFETY: mallopt(3) takes numbers, and changes how memory is taken from now on only.
    #[allow(unsafe_code, reason = "glibc has no other way to be told by a program")]
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_little() {}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use std::env;
    use std::process::Command;
    use std::thread;

    use super::{keep_little, resident, trim};

    /// Says to the process that a test starts that it is alone.
    const ALONE: &str = "KGREP_TEST_ALONE";

    /// Does `measure` in a process of its own: what the test `name` measures is a whole process's, and the
    /// other tests of this one allocate meanwhile.
    fn alone(name: &str, measure: impl FnOnce()) {
        if env::var_os(ALONE).is_some() {
            return measure();
        }
        let program = env::current_exe().expect("Linux tells");
        let test = format!("room::tests::{name}");
        let arguments = [test.as_str(), "--exact", "--test-threads=1"];
        let output =
            Command::new(program).args(arguments).env(ALONE, "1").output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{test} isn't a test's name: {said}");
    }

    #[test]
    fn what_was_freed_goes_back_to_the_system() {
        alone("what_was_freed_goes_back_to_the_system", || {
            let mut blocks: Vec<Vec<u8>> = (0..100_000).map(|_| vec![1; 1000]).collect();
            // One that is in use at the end: the allocator gives nothing back by itself.
            let last = blocks.pop();
            drop(blocks);
            let before = resident().expect("Linux tells");
            trim();
            let after = resident().expect("Linux tells");
            assert!(after + (80 << 20) < before, "{before} bytes before, {after} after");
            drop(last);
        });
    }

    #[test]
    fn what_a_thread_freed_goes_back_however_large_something_was() {
        alone("what_a_thread_freed_goes_back_however_large_something_was", || {
            keep_little();
            let before = resident().expect("Linux tells");
            let worker = thread::spawn(|| {
                drop(vec![1u8; 30 << 20]);
                // Small ones are taken from what the thread holds.
                drop((0..100_000).map(|_| vec![1; 1000]).collect::<Vec<Vec<u8>>>());
                trim();
                resident().expect("Linux tells")
            });
            let after = worker.join().expect("it ends well");
            assert!(after < before + (20 << 20), "{before} bytes before, {after} after");
        });
    }
}
