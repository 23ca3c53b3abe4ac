//! The arguments of `kgrep log`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which log, and what of it.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  kgrep log panic.txt                 of a file: syslog, journal, serial console, bug report
  kgrep log --only frames panic.txt   the traces alone
  dmesg | kgrep log                   every line, and where in the source it comes from
  kgrep -s 27                         then: open where row 27 of that comes from
  kgrep log --patches debian/patches panic.txt    what the distribution changed of the trace
  kgrep log --vmlinux vmlinux --modules . panic.txt    exact lines, with what was inlined

The kernel's binary is not needed: the frame above tells which line of its function a
frame is at, by what the function calls. Where several lines fit, all are listed, the
best first.")]
pub(crate) struct LogArgs {
    /// The logs; without any, or as `-`, standard input
    pub(crate) files: Vec<PathBuf>,

    /// Only these rows
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) only: Option<Only>,

    /// Read the running kernel's log, as `dmesg` does
    #[arg(long, conflicts_with = "files")]
    pub(crate) dmesg: bool,

    /// Mark functions of traces that these patches touch: a series, a folder, an mbox, a spec
    #[arg(long, value_name = "PATCHES")]
    pub(crate) patches: Option<PathBuf>,

    /// The tree that the patches belong to (default: the one around the current folder);
    /// alone, its own debian/patches count, in it or beside it
    #[arg(long, value_name = "TREE")]
    pub(crate) on: Option<PathBuf>,

    /// The kernel's own vmlinux with debug information: exact lines, and what was inlined
    #[arg(long, value_name = "FILE")]
    pub(crate) vmlinux: Option<PathBuf>,

    /// Modules with debug information (*.ko, *.ko.debug, packed or not), anywhere below a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) modules: Option<PathBuf>,
}

/// A kind of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Stack frames, and places that lines name themselves
    Frames,
    /// Lines that a call printed
    Messages,
    /// Oopses, warnings, panics and their like, with their heads
    Reports,
}
