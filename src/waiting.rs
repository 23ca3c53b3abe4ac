//! A sign of life: what takes longer than a second says on a terminal what is being done, and
//! for how long already, until the answer begins.
//!
//! What has a better picture of its own (an index being built, a tree being read) ends it.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, WeakProgressBar};

/// A user who waits longer wants to know for what.
const A_SECOND: Duration = Duration::from_secs(1);

/// How often the picture changes.
const TICK: Duration = Duration::from_millis(120);

const PICTURES: [&str; 8] = ["⣾", "⣷", "⣯", "⣟", "⡿", "⢿", "⣻", "⣽"];

/// Takes the line away.
const CLEAR: &str = "\r\x1b[K";

/// What is being done, and who draws it.
static WAITING: Mutex<Option<(Sender<()>, JoinHandle<()>)>> = Mutex::new(None);

/// Whether the line is there; held while something is written to the terminal.
static DRAWN: Mutex<bool> = Mutex::new(false);

/// A better picture, if there is one.
static BAR: Mutex<Option<WeakProgressBar>> = Mutex::new(None);

/// From now on, something is done that may take long. Nothing is shown unless both standard
/// output and standard error are a terminal that can take a line away again.
pub(crate) fn begin(doing: &'static str) {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    if is_dumb
        || crate::taken::is_set()
        || !io::stderr().is_terminal()
        || !io::stdout().is_terminal()
    {
        return;
    }
    let (stop, stopped) = mpsc::channel();
    let begun = Instant::now();
    let drawer = thread::Builder::new().name("waiting".to_owned()).spawn(move || {
        let mut wait = A_SECOND;
        let mut pictures = PICTURES.iter().cycle();
        while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            let picture = pictures.next().unwrap_or(&"");
            draw(&format!("{picture} {doing}, {} s; Ctrl-C stops", begun.elapsed().as_secs()));
            wait = TICK;
        }
        aside(|| ());
    });
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    // Without a thread there is no picture.
    *waiting = drawer.ok().map(|drawer| (stop, drawer));
}

/// The answer begins, or something else is shown: the line is gone when this returns.
pub(crate) fn end() {
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((stop, drawer)) = waiting {
        drop(stop);
        let _ = drawer.join();
    }
}

/// What draws a better picture from now on, as long as it is there.
pub(crate) fn is_drawn_by(bar: &ProgressBar) {
    end();
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.downgrade());
}

/// Writes something else than the picture: its line is taken away, and comes back below.
pub(crate) fn aside<T>(write: impl FnOnce() -> T) -> T {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *drawn) {
        let _ = io::stderr().write_all(CLEAR.as_bytes());
    }
    let bar = BAR
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .and_then(WeakProgressBar::upgrade);
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn draw(line: &str) {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    *drawn = io::stderr().write_all(format!("{CLEAR}{line}").as_bytes()).is_ok();
}
