//! What `stat` says of a file or folder, and whether that can be trusted to show a change.

use std::{fs::Metadata, os::unix::fs::MetadataExt, thread, time::Duration};

use rustix::{
    fs::Stat,
    time::{ClockId, clock_gettime},
};

use crate::bytes::{put_u64, u64_at};

/// The four values that change when a file does. A program can put back size and mtime
/// (`touch -r`); ctime it can't, and a replaced file has another inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Bytes.
    pub(crate) size: u64,
    /// Nanoseconds since 1970; wraps around for years past 2262, which still shows changes.
    pub(crate) mtime: i64,
    /// As `mtime`.
    pub(crate) ctime: i64,
    pub(crate) inode: u64,
}

impl Stamp {
    /// How many bytes [`Stamp::put`] appends.
    pub(crate) const LEN: usize = 32;

    /// The stamp in what `stat` returned.
    // The fields' types differ between architectures.
    #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
    pub(crate) fn new(stat: &Stat) -> Stamp {
        Stamp {
            size: stat.st_size as u64,
            mtime: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            ctime: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            inode: stat.st_ino as u64,
        }
    }

    /// The stamp of a file in a tree that never changes. Its times say nothing: whenever another
    /// revision's tree gets a link to the same file, the system moves its ctime.
    pub(crate) fn settled(self) -> Stamp {
        Stamp { mtime: 0, ctime: 0, ..self }
    }

    /// Whether this is the stamp of what `stat` returned.
    pub(crate) fn is_of(&self, stat: &Stat) -> bool {
        let now = Stamp::new(stat);
        // No clock of a running system gives 0 for a ctime.
        *self == if (self.mtime, self.ctime) == (0, 0) { now.settled() } else { now }
    }

    /// The same of what the standard library returned.
    pub(crate) fn of(meta: &Metadata) -> Stamp {
        Stamp {
            size: meta.size(),
            mtime: nanoseconds(meta.mtime(), meta.mtime_nsec()),
            ctime: nanoseconds(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }

    /// Whether a change after `start` could leave this very stamp, as the file was written in
    /// the same tick of the clock that stamps files.
    pub(crate) fn is_racy(&self, start: Start) -> bool {
        // File systems that store no fractions of a second: FAT has ticks of two seconds.
        let whole = |time: i64| time % NANOSECONDS == 0;
        let tick = if whole(self.ctime) && whole(self.mtime) { 2 * NANOSECONDS } else { TICK };
        self.ctime.max(self.mtime) >= start.0.saturating_sub(tick)
    }

    /// Appends the stamp.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        put_u64(out, self.size);
        put_u64(out, self.mtime as u64);
        put_u64(out, self.ctime as u64);
        put_u64(out, self.inode);
    }

    /// The stamp at `at`; zeros past the end.
    pub(crate) fn at(bytes: &[u8], at: usize) -> Stamp {
        Stamp {
            size: u64_at(bytes, at),
            mtime: u64_at(bytes, at + 8) as i64,
            ctime: u64_at(bytes, at + 16) as i64,
            inode: u64_at(bytes, at + 24),
        }
    }
}

const NANOSECONDS: i64 = 1_000_000_000;
/// The kernel stamps files with the time of its last tick; the slowest ticks 100 times a second.
const TICK: i64 = NANOSECONDS / 100;

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.wrapping_mul(NANOSECONDS).wrapping_add(rest)
}

/// When reading a tree began, on the clock that stamps files: nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start(pub(crate) i64);

impl Start {
    /// Now, when what was written before the call is old enough not to be racy: an index built
    /// right behind a checkout holds all of it.
    pub(crate) fn settled() -> Start {
        // The clock that is read may be a tick behind as well.
        thread::sleep(Duration::from_nanos(2 * TICK as u64 + 1_000_000));
        Start::now()
    }

    /// Now.
    pub(crate) fn now() -> Start {
        let now = clock_gettime(ClockId::RealtimeCoarse);
        Start(nanoseconds(now.tv_sec, now.tv_nsec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(mtime: i64, ctime: i64) -> Stamp {
        Stamp { size: 1, mtime, ctime, inode: 1 }
    }

    #[test]
    fn a_file_as_new_as_the_index_is_racy() {
        let start = Start(100 * NANOSECONDS + 500);
        assert!(stamp(start.0, start.0).is_racy(start));
        assert!(stamp(1, start.0 + 1).is_racy(start), "mtime put back, ctime tells");
        assert!(stamp(start.0 + 1, 1).is_racy(start), "mtime in the future");
        assert!(!stamp(1, start.0 - TICK - 1).is_racy(start));
    }

    #[test]
    fn whole_seconds_are_trusted_later() {
        let start = Start(100 * NANOSECONDS + 500);
        assert!(stamp(0, 99 * NANOSECONDS).is_racy(start));
        assert!(!stamp(0, 97 * NANOSECONDS).is_racy(start));
    }

    #[test]
    fn stamps_come_back_as_written() {
        let mut out = vec![7];
        let written = Stamp { size: u64::MAX, mtime: -1, ctime: i64::MIN, inode: 3 };
        written.put(&mut out);
        assert_eq!(out.len(), 1 + Stamp::LEN);
        assert_eq!(Stamp::at(&out, 1), written);
    }
}
