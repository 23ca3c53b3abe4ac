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

The kernel's binary is not needed: which line of a function a frame is at, the frame above it
says, by what the function calls. Where several lines fit, all are listed, the best first.")]
pub(crate) struct LogArgs {
    /// The logs; without any, or as `-`, standard input
    pub(crate) files: Vec<PathBuf>,

    /// Only these rows
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) only: Option<Only>,

    /// Read the running kernel's log, as `dmesg` does
    #[arg(long, conflicts_with = "files")]
    pub(crate) dmesg: bool,
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
