//! What a user sees while a question reads a whole tree because there is no index: after a
//! moment, what is read, how far it is, and how to stop it.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use kgrep_engine::{Progress, ProgressSink};
use kgrep_index::Tree;

use crate::message::tell;

/// A user who waits longer wants to know for what.
const A_MOMENT: Duration = Duration::from_millis(700);

/// More files than this take a moment.
const MANY_FILES: usize = 2000;

/// Shows how far the reading of a tree is.
///
/// `many` is called once it is known that there are many files.
pub(crate) fn sink(many: impl Fn(&Tree) + Send + Sync + 'static) -> ProgressSink {
    let reading: OnceLock<Reading> = OnceLock::new();
    Arc::new(move |tree, progress| {
        let reading = reading.get_or_init(|| Reading::of(tree));
        match progress {
            Progress::Listed => reading.go_on("files listed"),
            Progress::Reading => reading.next_step(),
            Progress::Many => many(tree),
            Progress::Read => reading.go_on("files read"),
            Progress::Done => reading.end(),
        }
    })
}

/// A tree that is being read.
struct Reading {
    root: PathBuf,
    is_source: bool,
    begun: Instant,
    seen: AtomicUsize,
    /// There once the moment is over.
    bar: OnceLock<ProgressBar>,
}

impl Reading {
    /// Nothing is shown yet.
    fn of(tree: &Tree) -> Reading {
        Reading {
            root: tree.root().to_owned(),
            is_source: tree.looks_like_source(),
            begun: Instant::now(),
            seen: AtomicUsize::new(0),
            bar: OnceLock::new(),
        }
    }

    /// Another file was listed, or read.
    fn go_on(&self, doing: &str) {
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        if self.bar.get().is_none() && (seen == MANY_FILES || self.begun.elapsed() > A_MOMENT) {
            self.begin();
        }
        if let Some(bar) = self.bar.get().filter(|_| seen.is_multiple_of(64)) {
            bar.set_message(format!("{} {doing}", HumanCount(seen as u64)));
        }
    }

    /// What follows is counted anew.
    fn next_step(&self) {
        self.seen.store(0, Ordering::Relaxed);
    }

    /// All was read.
    fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn begin(&self) {
        self.bar.get_or_init(|| {
            if !self.is_source {
                tell(format!(
                    "{} is not a source tree (no .git, and none of a kernel's files): every \
                     file below it is read for this; Ctrl-C stops it",
                    self.root.display()
                ));
            }
            if crate::taken::is_set() || !io::stderr().is_terminal() {
                return ProgressBar::hidden();
            }
            let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}; Ctrl-C stops");
            let bar = ProgressBar::new_spinner();
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            crate::waiting::is_drawn_by(&bar);
            bar
        });
    }
}
