//! What a server keeps in memory between questions, given back to the system where it has become much:
//! the pages of the index that answers read, and what the allocator holds of what was freed.

#[cfg(target_os = "linux")]
use std::fs;

use crate::served::Served;

/// Resident memory, in bytes, from which on some is given back: half of what a server may take.
const MUCH: u64 = 200 << 20;

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
fn trim() {
    // SAFETY: malloc_trim(3) takes a number, is safe in threads, and leaves what is in use alone.
    #[allow(unsafe_code, reason = "glibc has no other way to be asked")]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::{resident, trim};

    #[test]
    fn what_was_freed_goes_back_to_the_system() {
        let mut blocks: Vec<Vec<u8>> = (0..100_000).map(|_| vec![1; 1000]).collect();
        // One that is in use at the end: the allocator gives nothing back by itself.
        let last = blocks.pop();
        drop(blocks);
        let before = resident().expect("Linux tells");
        trim();
        let after = resident().expect("Linux tells");
        assert!(after + (80 << 20) < before, "{before} bytes before, {after} after");
        drop(last);
    }
}
